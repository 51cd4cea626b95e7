"""A wire without a mouse: a list of the ports that the chosen node can be connected to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from nnstudio.catalogue.search import Entry, Index
from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.choice_box import ChoiceBox, Question
from nnstudio.ui.canvas.choice_rows import Choice
from nnstudio.ui.canvas.edits import Edits
from nnstudio.ui.canvas.gestures.wiring import FITS, REFUSED, Drag, End
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.stage import Stage


@dataclass(frozen=True)
class _Way:
    """A wire that may be made: what it would do, and which wire it would take the place of."""

    link: Link
    near: End
    far: End
    doubt: str
    instead: Link | None
    distance: float

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return bool(self.doubt), self.instead is not None, self.distance


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
        choices = {
            str(n): self._choice(way) for n, way in enumerate(sorted(self._ways(item), key=lambda way: way.rank))
        }
        index = Index(Entry(key, choice.title, (choice.note,), "", choice.detail) for key, choice in choices.items())

        def find(text: str) -> Sequence[Choice]:
            return [choices[key] for key in index.find(text)]

        title = self.tr("Connect {0} to…").format(item.title)
        nothing = self.tr("Nothing that '{0}' can be connected to").format(item.title)
        question = Question(
            title, self.tr("Search nodes…"), find, lambda text: f"{nothing}: {text}" if text else nothing
        )
        self.box.ask(question, self._view.mapFromScene(item.card_rect.topRight()))

    def _ways(self, item: NodeItem) -> Iterator[_Way]:
        """Every wire between the node and another that the rules allow and that is not there yet."""
        canvas = self._view.canvas
        middle = item.card_rect.center()
        others = [other for other in canvas.nodes.values() if other is not item]
        for spot in item.plan.spots:
            drag = Drag(canvas, [End(item, spot)])
            ends = [
                End(other, each) for other in others for each in other.plan.spots if each.is_output != spot.is_output
            ]
            for end in ends:
                verdict, (link,) = drag.judge(end), drag.links_to(end)
                there = canvas.sheet.links_into(link.target, link.input)
                if verdict.answer == REFUSED or link in there:
                    continue
                many = canvas.nodes[link.target].node.port("input", link.input).many
                instead = there[0] if there and not many else None
                distance = (end.item.card_rect.center() - middle).manhattanLength()
                yield _Way(
                    link, End(item, spot), end, "" if verdict.answer == FITS else verdict.reason, instead, distance
                )

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


def _several(end: End) -> bool:
    """Whether the node has more ports on that side."""
    return sum(spot.is_output == end.spot.is_output for spot in end.item.plan.spots) > 1


def _named(end: End) -> str:
    return f"{end.item.title}.{end.spot.name}" if _several(end) else end.item.title
