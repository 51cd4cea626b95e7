"""The variables of forward and of the loss, one after the other as they are computed: a variable is a node."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, TypeAlias

import torch
from torch import nn

FORWARD, LOSS = "forward", "compute_loss"
UNUSED = "_"
"""What nobody takes of a tuple."""
Tell: TypeAlias = Callable[[str, torch.Tensor, bool], None]
"""Name, value, and whether it came in from outside of the forward that it is a variable of."""


@contextmanager
def following(model: nn.Module, tell: Tell) -> Iterator[None]:
    """Whatever `model` computes inside is told, before anything is made of it: `x.relu_()` changes what `x` was.

    Names are as those of `trace`; a variable that gets another value is told again.
    """
    before = sys.getprofile()
    sys.setprofile(_Follower(model, tell))
    try:
        yield
    finally:
        sys.setprofile(before if callable(before) else None)  # cProfile's object cannot be put back


@dataclass
class _Level:
    """A forward that is going on, and those of its variables that have been told."""

    frame: FrameType
    lead: str
    told: dict[str, object] = field(default_factory=dict)


class _Follower:
    """Looks at the variables whenever a forward calls something or returns."""

    def __init__(self, model: nn.Module, tell: Tell) -> None:
        self._tell = tell
        self._paths = {id(module): path for path, module in model.named_modules()}
        self._file = type(model).forward.__code__.co_filename
        self._levels: list[_Level] = []

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        top = self._levels[-1] if self._levels else None
        if event == "call":
            if top is not None and frame.f_back is top.frame:
                self._look(top)
            self._enter(frame)
        elif top is not None and frame is top.frame and event in ("c_call", "return"):
            self._look(top)
            if event == "return":
                self._levels.pop()

    def _enter(self, frame: FrameType) -> None:
        code = frame.f_code
        if code.co_filename != self._file or code.co_name not in (FORWARD, LOSS):
            return
        path = self._paths.get(id(frame.f_locals.get("self")))
        if path is None:
            return
        level = _Level(frame, f"{path}." if path else "")
        self._levels.append(level)
        if code.co_name == LOSS:  # what comes in here was told before, or is the data's
            level.told = dict(frame.f_locals)
        else:
            self._look(level, given=True)

    def _look(self, level: _Level, *, given: bool = False) -> None:
        for name, value in level.frame.f_locals.items():
            if isinstance(value, torch.Tensor) and level.told.get(name) is not value and name != UNUSED:
                level.told[name] = value
                self._tell(level.lead + name, value, given)
