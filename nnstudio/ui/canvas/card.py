"""What a node's card says and where its parts are; the painting is in `card_paint`."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF

from nnstudio.compiler.result import NodeFacts, Problem
from nnstudio.graph.nodes import Node
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.metrics import CARD_WIDTH, HEADER, LINE, PAD, PORT, measure

MARGIN = 10.0
"""Room around the card for ports, badge, glow and shadow."""
NOTE = 18.0
"""Room for a problem's message under the card."""
FIX = 20.0
"""Height of the button that mends it."""
FIGURES = 20.0
"""Height of the line of numbers under the title."""
_FIRST_LINE = HEADER + 3 + LINE / 2


@dataclass(frozen=True)
class Card:
    """Everything a card says. Two equal cards look the same."""

    name: str
    family: str
    lines: tuple[str, ...]
    """The telling one, then the quiet ones."""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    """Inputs that may stay without a wire."""
    named: bool = False
    """The ports have rows of their own, with their names."""
    figures: tuple[str, ...] = ()
    """Numbers that are computed live: the value, then the gradient."""
    mark: str = ""
    """At the right of the header: how often a block is repeated."""
    value: str = ""
    """At the right of the header: the latest loss. Empty where a figure is computed live, which is newer."""
    note: str = ""
    """A problem in short, under the card."""
    fix: str = ""
    """What the button under the note does."""
    severity: str = ""
    """The worst of the problems: "error", "warning" or nothing."""
    muted: bool = False

    @property
    def rows(self) -> int:
        """How many rows the ports take for themselves."""
        return max(len(self.inputs), len(self.outputs)) if self.named else 0


def card_of(
    node: Node,
    facts: NodeFacts | None,
    problems: tuple[Problem, ...] = (),
    *,
    title: str = "",
    value: str = "",
    figures: tuple[str, ...] = (),
) -> Card:
    """The card of a node as it is now."""
    worst = worst_of(problems)
    inputs, outputs = node.inputs, node.outputs
    return Card(
        name=title or node.name,
        family=node.layer.family.key,
        lines=texts.lines_of(node, facts),
        inputs=tuple(port.name for port in inputs),
        outputs=tuple(port.name for port in outputs),
        optional=frozenset(port.name for port in inputs if port.optional),
        named=_names_ports(node, len(inputs), len(outputs)),
        figures=figures,
        mark=texts.repeat_mark(node),
        value="" if figures else value,
        note=texts.short_message(worst) if worst else "",
        fix=worst.remedy.label if worst and worst.remedy else "",
        severity=worst.severity if worst else "",
        muted=node.muted,
    )


def _names_ports(node: Node, inputs: int, outputs: int) -> bool:
    """Whether the ports get rows of their own. A data set has little to say beside them, and a loss is well known."""
    several = outputs > 1 and node.type != "Dataset"
    return several or inputs > 2 or (bool(node.block) and inputs > 1)


def worst_of(problems: tuple[Problem, ...]) -> Problem | None:
    """The first error, or the first warning."""
    return next((p for p in problems if p.severity == "error"), problems[0] if problems else None)


@dataclass(frozen=True)
class Spot:
    """A port at its place on the card."""

    name: str
    is_output: bool
    at: QPointF
    optional: bool = False


@dataclass(frozen=True)
class Plan:
    """Where a card's parts are."""

    card: QRectF
    picture: QRectF
    bounds: QRectF
    fix: QRectF
    """The button under the card that mends a problem; empty where there is none."""
    spots: tuple[Spot, ...] = field(default=())

    def spot(self, name: str, is_output: bool) -> Spot | None:
        """The port of that name, if the card has it."""
        for spot in self.spots:
            if spot.name == name and spot.is_output == is_output:
                return spot
        return None


def plan_of(card: Card, picture_height: float) -> Plan:
    """The parts' places; `picture_height` is 0 where there is no live picture."""
    spots = tuple(_spots(card))
    text_end = HEADER + 3 + LINE * (card.rows + len(card.lines)) + (FIGURES if card.figures else 0)
    height = max([text_end + 3, *(spot.at.y() + PORT + 8 for spot in spots)])
    picture = QRectF()
    if picture_height:
        picture = QRectF(PAD, text_end + 2, CARD_WIDTH - 2 * PAD, picture_height)
        height = max(height, picture.bottom() + PAD)
    face = QRectF(0, 0, CARD_WIDTH, round(height))
    bounds = face.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN + (NOTE if card.note else 0))
    fix = QRectF()
    if card.fix:
        width = min(measure(11).horizontalAdvance(card.fix) + 18, CARD_WIDTH)
        fix = QRectF(0.5, face.bottom() + NOTE + 4.5, round(width), FIX)
        bounds.setBottom(fix.bottom() + MARGIN)
    return Plan(face, picture, bounds, fix, spots)


def port_place(node: Node, name: str, is_output: bool) -> QPointF:
    """Where a port will be on the card of a node that is about to be drawn."""
    spot = plan_of(card_of(node, None), 0.0).spot(name, is_output)
    return QPointF(spot.at) if spot is not None else QPointF(0, HEADER)


def line_center(index: int) -> float:
    """The middle of a line of text on the card."""
    return _FIRST_LINE + LINE * index


def _spots(card: Card) -> list[Spot]:
    """In rows of their own where the ports are named there. Else inputs go down from the header's edge, and several
    outputs stand beside the lines, where their names are.
    """
    if card.named:
        ins = [QPointF(0, line_center(row)) for row in range(len(card.inputs))]
    else:
        ins = [QPointF(0, HEADER + LINE * row) for row in range(len(card.inputs))]
    if card.named or len(card.outputs) > 1:
        outs = [QPointF(CARD_WIDTH, line_center(row)) for row in range(len(card.outputs))]
    else:
        outs = [QPointF(CARD_WIDTH, HEADER) for _ in card.outputs]
    entries = [Spot(n, False, at, n in card.optional) for n, at in zip(card.inputs, ins, strict=True)]
    return entries + [Spot(name, True, at) for name, at in zip(card.outputs, outs, strict=True)]
