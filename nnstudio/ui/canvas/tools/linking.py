"""A wire without a mouse: a list of the ports that the chosen node can be connected to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.boxes.choice_box import ChoiceBox, Question
from nnstudio.ui.canvas.boxes.choice_rows import Choice
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.gestures.wiring import FITS, REFUSED, Drag, End
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.stage import Stage

MOST = 200
"""So many nodes are judged at a time, the nearest ones."""


@dataclass(frozen=True)
class _Way:
    """A wire that may be made: what it would do, and which wire it would take the place of."""

    link: Link
    near: End
    far: End
    doubt: str
    instead: Link | None
    place: int
    """How many other nodes are nearer."""

    @property
    def rank(self) -> tuple[bool, bool, int]:
        return bool(self.doubt), self.instead is not None, self.place


class Linker(QObject):
    """Asks which port the chosen node is to be connected to, those first where the wire fits and nothing goes."""

    def __init__(self, view: Stage, edits: Edits) -> None:
        super().__init__(view)
        self._view, self._edits = view, edits
        self.box = ChoiceBox(view)
        self.box.chosen.connect(lambda link: edits.connect_all((link,)))
        view.bridge.session_changed.connect(self.box.close_box)
        view.bridge.sheet_changed.connect(self.box.close_box)

    def ask(self) -> None:
        """For the node that was chosen last."""
        canvas = self._view.canvas
        if not canvas.chosen:
            return
        item = canvas.nodes[canvas.chosen[-1]]
        drags = [(End(item, spot), Drag(canvas, [End(item, spot)])) for spot in item.plan.spots]
        near = _by_distance(item, canvas.nodes.values())
        title = self.tr("Connect {0} to…").format(item.title)
        nothing = self.tr("Nothing that '{0}' can be connected to").format(item.title)
        question = Question(
            title, self.tr("Search nodes…"), lambda text: self._find(drags, near, text),
            lambda text: f"{nothing}: {text}" if text else nothing,
        )  # fmt: skip
        self.box.ask(question, self._view.mapFromScene(item.card_rect.topRight()))

    def _find(self, drags: Sequence[tuple[End, Drag]], near: Sequence[NodeItem], text: str) -> list[Choice]:
        """The nearest nodes that all words are said of, those first that are called so."""
        words = text.casefold().split()
        met = [other for other in near if all(word in f"{other.title} {other.node.type}".casefold() for word in words)]
        ways = sorted(self._ways(drags, met[:MOST]), key=lambda way: way.rank)
        ways.sort(key=lambda way: not way.far.item.title.casefold().startswith(text.strip().casefold()))
        return [self._choice(way) for way in ways]

    def _ways(self, drags: Sequence[tuple[End, Drag]], others: Sequence[NodeItem]) -> Iterator[_Way]:
        """Every wire between the node and others that the rules allow and that is not there yet."""
        for near, drag in drags:
            for place, other in enumerate(others):
                for spot in other.plan.spots:
                    if spot.is_output != near.spot.is_output:
                        yield from self._way(near, drag, End(other, spot), place)

    def _way(self, near: End, drag: Drag, far: End, place: int) -> Iterator[_Way]:
        verdict, (link,) = drag.judge(far), drag.links_to(far)
        there = self._view.canvas.sheet.links_into(link.target, link.input)
        if verdict.answer == REFUSED or link in there:
            return
        many = self._view.canvas.nodes[link.target].node.port("input", link.input).many
        doubt = "" if verdict.answer == FITS else verdict.reason
        yield _Way(link, near, far, doubt, there[0] if there and not many else None, place)

    def _choice(self, way: _Way) -> Choice:
        words = self.tr("to {0}") if way.near.spot.is_output else self.tr("from {0}")
        own = f"{way.near.spot.name} " if _several(way.near) else ""
        detail = self.tr("Connects {0} with {1}.").format(_named(way.near), _named(way.far))
        if way.instead is not None:
            name = self._view.canvas.nodes[way.instead.source].title
            detail = f"{detail} {self.tr('The wire from {0} goes.').format(name)}"
        node = way.far.item.node
        return Choice(
            way.link, own + words.format(_named(way.far)), node.type, detail, node.layer.family.key, way.doubt
        )


def _by_distance(item: NodeItem, others: Iterable[NodeItem]) -> list[NodeItem]:
    """The other nodes, the nearest first."""
    middle = item.card_rect.center()
    found = [other for other in others if other is not item]
    return sorted(found, key=lambda other: (other.card_rect.center() - middle).manhattanLength())


def _several(end: End) -> bool:
    """Whether the node has more ports on that side."""
    return sum(spot.is_output == end.spot.is_output for spot in end.item.plan.spots) > 1


def _named(end: End) -> str:
    return f"{end.item.title}.{end.spot.name}" if _several(end) else end.item.title
