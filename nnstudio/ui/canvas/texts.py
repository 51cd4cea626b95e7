"""What the canvas says in words: the lines on a card, and the tips."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import TensorSpec, shape_text
from nnstudio.compiler.result import NodeFacts, Problem
from nnstudio.data.registry import dataset
from nnstudio.errors import NNStudioError
from nnstudio.graph.blocks import OWN
from nnstudio.graph.marks import Frame, Mark
from nnstudio.graph.nodes import Node
from nnstudio.params import Param, ShapeParam, SizeParam, TensorParam, Value, shape_of

_MOST_ROWS = 4
_MOST_FIGURES = 4
_SHORT = {"kernel_size": "kernel", "output_size": "size"}


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Canvas", text)


def plain(text: str) -> str:
    """A tip that Qt shows letter by letter: without this it takes `<b>` in a name for rich text."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


def lines_of(node: Node, facts: NodeFacts | None) -> tuple[str, ...]:
    """What stands on a card under its title: what tells most, then numbers, shape and counts."""
    more = number_rows(node)
    if node.block and facts is not None:
        more += tuple(map(str, facts.outputs.values()))[:1]
    count = count_line(node, facts)
    first = telling_line(node)
    if node.type == "Input" and facts is not None:  # inside a block it takes the shape of what comes in
        first = " ".join([node.type, *(shape_text(spec.per_sample) for spec in facts.outputs.values())])
    return (first, *more, count) if count else (first, *more)


def number_rows(node: Node) -> tuple[str, ...]:
    """The rows of a matrix that was typed in, where a card has room for them."""
    for param in node.layer.params_for(node.params):
        value = node.params.get(param.name)
        if isinstance(param, TensorParam) and isinstance(value, tuple) and any(isinstance(x, tuple) for x in value):
            if len(value) > _MOST_ROWS:
                return (*map(numbers_text, value[: _MOST_ROWS - 1]), "…")
            return tuple(map(numbers_text, value))
    return ()


def repeat_mark(node: Node) -> str:
    """`×6` at a block that is repeated."""
    repeat = node.params["repeat"] if node.block else 1
    return f"×{repeat}" if repeat != 1 else ""


def numbers_text(value: Value) -> str:
    """A number in few digits, or a list of them."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(numbers_text, value))}]"
    return digits(value, ".4g")


def telling_line(node: Node) -> str:
    """The first line of a card: the parameters that tell most, or else the type."""
    if node.type == "Dataset":
        return f"{node.type} · {node.params.get('dataset', '')}"
    telling = [param for param in node.layer.params_for(node.params) if param.telling]
    if node.block:
        known = node.layer.params_for(node.params)
        offered = [p for p in known if p.name not in OWN and p.name in node.params]  # values follow a moment later
        return " · ".join((node.name, *(f"{p.name} {value_text(p, node.params[p.name])}" for p in offered)))
    if not telling:
        return node.type
    if len(telling) == 1 and isinstance(telling[0], SizeParam | ShapeParam | TensorParam):
        return f"{node.type} {value_text(telling[0], node.params.get(telling[0].name))}"
    return " · ".join(
        f"{_SHORT.get(param.name, param.name)} {value_text(param, node.params.get(param.name))}" for param in telling
    )


def count_line(node: Node, facts: NodeFacts | None) -> str:
    """The second line: how many samples or trainable numbers; empty where there is nothing to count."""
    if node.type == "Dataset":
        count = dataset(str(node.params["dataset"])).samples_for(node.params)
        return tr("{count} samples").format(count=f"{count:,}") if count else ""
    if facts is None or not facts.parameters:
        return ""
    words = tr("1 parameter") if facts.parameters == 1 else tr("{count} parameters")
    return " · ".join([words.format(count=f"{facts.parameters:,}"), *tuning_words(node)])


def tuning_words(node: Node) -> list[str]:
    """How its weights are trained, where that is otherwise than the plan says."""
    frozen = [tr("frozen")] if node.tuning.frozen else []
    return frozen + ([] if node.tuning.lr is None else [f"lr {node.tuning.lr:g}"])


def value_text(param: Param, value: Value) -> str:
    """A parameter's value in a few characters: `3×3`, `0.25`."""
    if isinstance(param, SizeParam) and isinstance(value, int) and not isinstance(value, bool):
        return "×".join([str(value)] * param.axes)
    if isinstance(param, TensorParam):
        shape = shape_of(value) or ()
        return numbers_text(value) if len(shape) < 2 else "×".join(map(str, shape))
    if isinstance(value, tuple):
        return "×".join(digits(item, "g") for item in value)
    return digits(value, "g")


def digits(value: Value, places: str) -> str:
    """A number with a minus sign of its own and no negative zero; `places` is how a float is formatted: ".2f"."""
    if isinstance(value, float):
        return f"{value:z{places}}".replace("-", "−")
    return str(value).replace("-", "−") if isinstance(value, int) else str(value)


def figure_text(array: NDArray[Any]) -> str:
    """A computed number, or a few of them, in digits that do not jump about; empty for more."""
    if array.ndim > 1 or array.size > _MOST_FIGURES:
        return ""
    return f"[{', '.join(map(number_text, array.tolist()))}]" if array.ndim else number_text(array.item())


def number_text(value: float) -> str:
    """A computed number with two digits behind the point."""
    return digits(float(value), ".2f" if 0.005 <= abs(value) < 10_000 or value == 0 else ".2g")


def loss_text(value: float) -> str:
    """A loss in few digits that do not jump about."""
    return digits(float(value), ".3f" if 0.0005 <= abs(value) < 1000 or value == 0 else ".2g")


def port_tip(port: Port, specs: Iterable[TensorSpec], is_output: bool) -> str:
    """A port's name, what it takes, what is there now, and the declaration's own word."""
    side = tr("output") if is_output else tr("input")
    lines = [f"{port.name} · {side}"]
    if not is_output:
        many = " " + tr("(any number of wires)") if port.many else " " + tr("(optional)") if port.optional else ""
        lines.append(tr("takes {what}").format(what=port.needs()) + many)
    shown = ", ".join(map(str, specs))
    if shown:
        lines.append((tr("gives {shape}") if is_output else tr("gets {shape}")).format(shape=shown))
    if port.help:
        lines.append(port.help)
    return "\n".join(lines)


def node_tip(node: Node, facts: NodeFacts | None, problems: Iterable[Problem]) -> str:
    """Problems with what to do; else what the layer is and what it puts out."""
    told = [str(problem) for problem in problems]
    if told:
        return "\n".join([*told, node.looks.note]).rstrip()
    lines = [*filter(None, [node.looks.note]), f"{node.name} · {node.type}", node.layer.summary]
    if facts is not None:
        shapes = [(f"{name} " if len(facts.outputs) > 1 else "") + str(s) for name, s in facts.outputs.items()]
        lines.append(tr("gives {shape}").format(shape=", ".join(shapes)))
    if node.muted:
        lines.append(tr("Muted: what comes in passes on."))
    if node.tuning.frozen:
        lines.append(tr("Frozen: training leaves its weights as they are."))
    if node.tuning.lr is not None:
        lines.append(tr("Trained at a learning rate of its own, {rate}.").format(rate=f"{node.tuning.lr:g}"))
    if node.looks.locked:
        lines.append(tr("Locked: it stays where it is when others move."))
    return "\n".join(lines)


def mark_tip(mark: Mark) -> str:
    """What can be done with a frame or a comment."""
    if isinstance(mark, Frame):
        told = tr("Drag to move it with what is inside. Double-click to rename it.")
        return f"{mark.title}\n{told}" if mark.title else told
    return tr("Double-click to write.")


def color_title(name: str) -> str:
    """What a colour of `graph.looks` is called; without a name it is the usual one."""
    titles = {
        "": tr("As usual"),
        "blue": tr("Blue"),
        "green": tr("Green"),
        "yellow": tr("Yellow"),
        "orange": tr("Orange"),
        "red": tr("Red"),
        "pink": tr("Pink"),
        "grey": tr("Grey"),
    }
    return titles[name]


def short_message(problem: Problem) -> str:
    """The message without the node's own name, as it stands at the node anyway."""
    text = re.sub(r"^(\w+ )?'[^']*' ", "", problem.message)
    return text[:1].upper() + text[1:]


def said(error: NNStudioError) -> str:
    """An error as one tip."""
    return f"{error.message} {error.fix}".strip()
