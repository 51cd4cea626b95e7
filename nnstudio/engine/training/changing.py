"""What of a plan is otherwise in another one, in words; and what a run can not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nnstudio.engine.training.layers import Difference
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.messages import Group, Plan
from nnstudio.training.registry import optimizers, schedules

_APART = (*msg.FIXED, "optimizer_params", "schedule_params", "groups")
"""What is not told under its own name."""


def check_changeable(old: Plan, new: Plan) -> None:
    """Raise EngineError where the new plan differs in what a run can not change."""
    for name in msg.FIXED:
        if getattr(old, name) != getattr(new, name):
            raise EngineError(f"The {name} of a run can not be changed.", fix="Stop it, and train from the beginning.")


def differences(old: Plan, new: Plan) -> list[Difference]:
    """All that can be changed and is otherwise, by the names of the plan's parameters: "lr", "momentum", "conv1.lr"."""
    return [Difference(name, _words(one), _words(other)) for name, one, other in _changed(old, new) if one != other]


def _changed(old: Plan, new: Plan) -> Iterator[tuple[str, object, object]]:
    for name in Plan.__struct_fields__:
        if name not in _APART:
            yield name, getattr(old, name), getattr(new, name)
        elif name.endswith("_params"):
            yield from _own(name.removesuffix("_params"), old, new)
    yield from _grouped(old.groups, new.groups)


def _own(what: str, old: Plan, new: Plan) -> Iterator[tuple[str, object, object]]:
    """Own parameters of the optimizer or the schedule. Those of another one than before begin at their defaults."""
    chosen = str(getattr(new, what))
    kind = optimizers().get(chosen) if what == "optimizer" else schedules().get(chosen)
    usual: Mapping[str, object] = kind.params.defaults() if kind else {}
    same = getattr(old, what) == chosen
    before: dict[str, Any] = {**usual, **(getattr(old, f"{what}_params") if same else {})}
    after: dict[str, Any] = {**usual, **getattr(new, f"{what}_params")}
    for name, value in after.items():
        yield name, _plain(before.get(name)), _plain(value)


def _grouped(old: tuple[Group, ...], new: tuple[Group, ...]) -> Iterator[tuple[str, object, object]]:
    before, after = ({group.prefix: group for group in groups} for groups in (old, new))
    for prefix in {**before, **after}:
        one, other = before.get(prefix, Group(prefix)), after.get(prefix, Group(prefix))
        yield f"{prefix}.lr", one.lr, other.lr
        yield f"{prefix}.frozen", one.frozen, other.frozen


def _plain(value: object) -> object:
    """As it compares: a pair of numbers travels as a list."""
    return tuple(value) if isinstance(value, list) else value


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    return "none" if value is None else str(value)
