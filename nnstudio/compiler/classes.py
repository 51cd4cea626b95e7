"""The body of one class: what `__init__` makes, and the lines of `forward`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from nnstudio.catalogue.spec import Module, Stored, SubGraph, Typed
from nnstudio.catalogue.tensors import shape_text
from nnstudio.compiler.custom import text_of
from nnstudio.compiler.expressions import Slot, after, expression, identifier, slots_of, tensor_slots, typed_slots
from nnstudio.compiler.infer import Inference
from nnstudio.compiler.plan import Plan, Step
from nnstudio.graph.nodes import Node

Returns: TypeAlias = "tuple[str | Returns, ...]"


@dataclass(frozen=True)
class Use:
    """The class that stands for a block at one place, and what it is made with there."""

    class_name: str
    slots: tuple[Slot, ...] = ()


Uses: TypeAlias = Mapping[str, Use]
"""By id of the Block node."""


@dataclass(frozen=True)
class Made:
    """One attribute. `frame` has the constructor's call in the place of `{}`."""

    node: Node
    callee: str
    slots: tuple[Slot, ...]
    frame: str

    def text(self, values: Mapping[int, str], usual: frozenset[int]) -> str:
        """The line, with some arguments replaced; the usual ones are left out."""
        written = [
            slot.written(values.get(place, slot.text)) for place, slot in enumerate(self.slots) if place not in usual
        ]
        return self.frame.format(f"{self.callee}({', '.join(written)})")


@dataclass(frozen=True)
class Row:
    """A line of forward; the comment says what shape comes out."""

    node: Node
    text: str
    comment: str = ""

    def __str__(self) -> str:
        return f"{self.text}  # {self.comment}" if self.comment else self.text


@dataclass(frozen=True)
class Body:
    """What a class consists of."""

    makes: tuple[Made, ...]
    rows: tuple[Row, ...]
    arguments: tuple[str, ...]
    returns: tuple[str, ...]

    @property
    def skeleton(self) -> object:
        """What is the same in all places that can share a class."""
        makes = tuple((made.node.name, made.callee, made.frame, _named(made.slots)) for made in self.makes)
        return makes, tuple(row.text for row in self.rows), self.arguments, self.returns


def _named(slots: tuple[Slot, ...]) -> tuple[tuple[str, bool], ...]:
    return tuple((slot.name, slot.keyword) for slot in slots)


def body_of(plan: Plan, inference: Inference, uses: Uses) -> Body:
    """Both parts' attributes, and the lines of forward."""
    return Body(
        makes=tuple(made for step in plan.steps if (made := made_by(step, uses)) is not None),
        rows=tuple(row for step in plan.forward for row in rows_of(step, inference)),
        arguments=tuple(plan.fields[name] for name in plan.signature.inputs),
        returns=plan.outputs,
    )


def made_by(step: Step, uses: Uses) -> Made | None:
    """The attribute of a step, where it has one."""
    name = identifier(step.node.name)
    match step.code:
        case Module(callee):
            return Made(step.node, callee, tuple(slots_of(step)), f"self.{name} = {{}}")
        case Typed():
            return Made(step.node, text_of(step.node).name, tuple(typed_slots(step)), f"self.{name} = {{}}")
        case SubGraph():
            use = uses[step.node.id]
            return Made(step.node, use.class_name, use.slots, f"self.{name} = {_repeated(step)}")
        case Stored(trainable):
            # The numbers are the argument, never a tensor: parameters made of one tensor would share its memory.
            kept = "self.{} = nn.Parameter({{}})" if trainable else 'self.register_buffer("{}", {{}}, persistent=False)'
            return Made(step.node, "torch.tensor", tuple(tensor_slots(step)), kept.format(name))
    return None


def _times(step: Step) -> int:
    return step.site.number("repeat") if isinstance(step.code, SubGraph) else 1


def _loops(step: Step) -> bool:
    """Whether the repeats of a block are called one by one: it has more than one way in or out."""
    return _times(step) > 1 and (len(step.node.inputs) > 1 or len(step.node.outputs) > 1)


def _repeated(step: Step) -> str:
    times = _times(step)
    if times == 1:
        return "{}"
    each = f"{{}} for _ in range({times})"
    return f"nn.ModuleList({each})" if _loops(step) else f"nn.Sequential(*({each}))"


# forward


def rows_of(step: Step, inference: Inference) -> Iterator[Row]:
    """The lines that compute a step: the call, then what has to be done to what it gave."""
    outputs = inference.facts[step.node.id].outputs
    attributes = {port.name: port.attribute for port in step.node.outputs if port.attribute}
    called = [port for port in step.targets if port not in attributes]
    shapes = {port: shape_text(outputs[port].shape) for port in step.targets}
    if called and _loops(step):
        yield from _loop(step, shapes[called[0]])
    elif called:
        yield Row(step.node, f"{_target(step)} = {expression(step)}", shapes[called[0]])
    for port in called:
        if calls := after(step, port):
            yield Row(step.node, f"{step.targets[port]} = {step.targets[port]}{calls}", shapes[port])
    for port, attribute in attributes.items():
        if port in step.targets:
            text = f"{step.targets[port]} = self.{identifier(step.node.name)}.{identifier(attribute)}"
            yield Row(step.node, text, shapes[port])


def _target(step: Step) -> str:
    """The left-hand side: a name, or names as the call's tuple is nested."""
    returns = _returns(step)
    if not returns:
        return next(iter(step.targets.values()))
    return _pattern(step, returns)


def _returns(step: Step) -> Returns:
    code = step.code
    if isinstance(code, SubGraph | Typed):
        names = tuple(port.name for port in step.node.outputs)
        return names if len(names) > 1 else ()
    return getattr(code, "returns", ())


def _pattern(step: Step, returns: Returns) -> str:
    """`lstm, (lstm_h, _)`; `_` for what nobody takes."""
    return ", ".join(_pattern_item(step, item) for item in returns) + ("," if len(returns) == 1 else "")


def _pattern_item(step: Step, item: str | Returns) -> str:
    if isinstance(item, str):
        return step.targets.get(item, "_")
    inside = _pattern(step, item)
    return "_" if set(inside) <= {"_", ",", " "} else f"({inside})"


def _loop(step: Step, comment: str) -> Iterator[Row]:
    """Each repeat takes what the one before put out, place by place; inputs beyond the outputs are the same for all."""
    names = [name for names in step.arguments.values() for name in names]
    running = [step.running[port.name] for port in step.node.outputs]
    yield Row(step.node, f"{', '.join(running)} = {', '.join(names[: len(running)])}")
    yield Row(step.node, f"for each in self.{identifier(step.node.name)}:")
    yield Row(step.node, f"    {', '.join(running)} = each({', '.join([*running, *names[len(running) :]])})", comment)
