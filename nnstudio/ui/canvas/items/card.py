"""What a node's card says and where its parts are; the painting is in `card_paint`."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF

from nnstudio.compiler.result import NodeFacts, Problem
from nnstudio.graph.nodes import Node
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.metrics import CARD_WIDTH, HEADER, LINE, PAD, PORT, in_two, measure

MARGIN = 10.0
"""Room around the card for ports, badge, glow and shadow."""
NOTE = 18.0
"""Room for a problem's message under the card, of one line."""
NOTE_LINE = 14.0
"""Room for the second line of it."""
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
    note: tuple[str, ...] = ()
    """A problem in short, under the card, line by line."""
    fix: str = ""
    """What the button under the note does."""
    severity: str = ""
    """The worst of the problems: "error", "warning" or nothing."""
    muted: bool = False
    frozen: bool = False
    """Training leaves its weights as they are."""
    color: str = ""
    """Instead of the family's."""
    collapsed: bool = False
    """Only the header and the ports are there."""
    locked: bool = False
    noted: bool = False
    """There is a note, which the tip tells."""

    @property
    def hue(self) -> tuple[str, str]:
        """What its colour follows from, as `theme.card_color` takes it."""
        return self.family, self.color

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
    inputs, outputs, looks = node.inputs, node.outputs, node.looks
    return Card(
        name=title or node.name,
        family=node.layer.family.key,
        lines=() if looks.collapsed else texts.lines_of(node, facts),
        inputs=tuple(port.name for port in inputs),
        outputs=tuple(port.name for port in outputs),
        optional=frozenset(port.name for port in inputs if port.optional),
        named=not looks.collapsed and _names_ports(node, len(inputs), len(outputs)),
        figures=() if looks.collapsed else figures,
        mark=texts.repeat_mark(node),
        value="" if figures else value,
        note=in_two(texts.short_message(worst), CARD_WIDTH) if worst else (),
        fix=worst.remedy.label if worst and worst.remedy else "",
        severity=worst.severity if worst else "",
        muted=node.muted,
        frozen=node.tuning.frozen,
        color=looks.color,
        collapsed=looks.collapsed,
        locked=looks.locked,
        noted=bool(looks.note),
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
    beside = len(card.outputs) if len(card.outputs) > 1 and not card.named else 0
    text_end = HEADER + 3 + LINE * (card.rows + max(len(card.lines), beside)) + (FIGURES if card.figures else 0)
    height = max([text_end + 3, *(spot.at.y() + PORT + (4 if card.collapsed else 8) for spot in spots)])
    picture = QRectF()
    if picture_height and not card.collapsed:
        picture = QRectF(PAD, text_end + 2, CARD_WIDTH - 2 * PAD, picture_height)
        height = max(height, picture.bottom() + PAD)
    face = QRectF(0, 0, CARD_WIDTH, round(height))
    note = NOTE + NOTE_LINE * (len(card.note) - 1) if card.note else 0.0
    bounds = face.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN + note)
    fix = QRectF()
    if card.fix:
        width = min(measure(11).horizontalAdvance(card.fix) + 18, CARD_WIDTH)
        fix = QRectF(0.5, face.bottom() + note + 4.5, round(width), FIX)
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
    ins, outs = _rows_in(card), _rows_out(card)
    entries = [Spot(n, False, QPointF(0, y), n in card.optional) for n, y in zip(card.inputs, ins, strict=True)]
    return entries + [Spot(n, True, QPointF(CARD_WIDTH, y)) for n, y in zip(card.outputs, outs, strict=True)]


def _rows_in(card: Card) -> list[float]:
    """In rows of their own where the ports are named there; else down from the header's edge."""
    if card.named:
        return [line_center(row) for row in range(len(card.inputs))]
    return [HEADER + LINE * row for row in range(len(card.inputs))]


def _rows_out(card: Card) -> list[float]:
    """Several outputs stand beside the lines, where their names are."""
    if card.collapsed:
        return [HEADER + LINE * row for row in range(len(card.outputs))]
    if card.named or len(card.outputs) > 1:
        return [line_center(row) for row in range(len(card.outputs))]
    return [HEADER for _ in card.outputs]
