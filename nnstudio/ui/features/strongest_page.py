"""The test samples that excite a channel most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtWidgets import QVBoxLayout

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.features import words
from nnstudio.ui.features.page import Chosen, Page, Seen, axes, is_made
from nnstudio.ui.panels.parts.numbers import cell_text, number_text
from nnstudio.ui.panels.parts.pictures import Floats
from nnstudio.ui.panels.parts.sample_grid import Item, SampleGrid

SCANNED = 256
"""Samples looked through for one frame."""


@dataclass(frozen=True)
class Hit:
    """A sample, and how much it excites the channel; `place` are shares of the map's height and width."""

    index: int
    score: float
    label: str
    sample: Floats
    place: tuple[float, float]


@dataclass
class Search:
    """What has been found of one channel of the model as it stands."""

    of: tuple[object, ...] = ()
    scanned: int = 0
    total: int = 0
    hits: list[Hit] = field(default_factory=list)


class StrongestPage(Page):
    """While nothing is trained it goes on until all samples have been looked through; else it shows the first."""

    sampled = False

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(chosen)
        self.grid = SampleGrid()
        self.search = Search()
        self._start = self._count = 0
        self._mapped = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)
        self.grid.room_changed.connect(self._on_room)

    def fits(self, node: Node, facts: NodeFacts) -> bool:
        return is_made(node) and axes(facts) in (1, 2, 3, 4)

    def options(self, seen: Sequence[Seen], shown: Seen) -> dict[str, Option]:
        self._mapped, self._count = len(shown.shape) > 2, self.grid.capacity
        asked: dict[str, Option] = {"node": shown.key, "channel": min(self.chosen.channel, channels_of(shown) - 1)}
        return asked | {
            "last": shown.is_sequence,
            "start": self._start,
            "scan": SCANNED,
            "count": self._count,
        }

    def begin(self) -> None:
        """From the first sample on: another channel, another node or more room."""
        self._start = 0
        self.asked.emit()

    def show_frame(self, frame: ProbeFrame, shown: Seen) -> None:
        start = int(words.number(frame.facts, "start"))
        of = shown.key, frame.facts.get("channel"), frame.step, frame.subject
        if start and (of != self.search.of or start != self.search.scanned):
            self.begin()  # the model is another one since the first part
            return
        if not start:
            self.search = Search(of)
        self.search.total = int(words.number(frame.facts, "total"))
        self.search.scanned = start + int(words.number(frame.facts, "scanned"))
        self.search.hits = sorted([*self.search.hits, *_hits(frame)], key=lambda hit: -hit.score)[: self.grid.capacity]
        self.grid.show_items([self._item(hit) for hit in self.search.hits])
        self._start = 0 if self.chosen.training else self.search.scanned
        if not self.chosen.training and self.search.scanned < self.search.total:
            self.asked.emit()

    def caption(self, frame: ProbeFrame, sample: Sequence[str]) -> Sequence[str]:
        scanned, total = self.search.scanned, self.search.total
        every, some = self.tr("strongest of all {0} samples"), self.tr("strongest of the first {1} of {0} samples")
        channel = self.tr("channel {0}").format(self.chosen.channel)
        return channel, (every if scanned == total else some).format(f"{total:,}", f"{scanned:,}")

    def rows(self) -> Iterable[Sequence[object]]:
        """The samples that are shown."""
        yield "sample", "label", "value", "row share", "column share"
        for hit in self.search.hits:
            yield hit.index, hit.label, hit.score, *hit.place

    def forget(self) -> None:
        self.search, self._start = Search(), 0
        self.grid.show_items(())

    def _on_room(self) -> None:
        """Where there is room for more than was asked for, they are asked for."""
        if self.grid.capacity > self._count:
            self.begin()

    def _item(self, hit: Hit) -> Item:
        label = f"“{hit.label}” " if hit.label else ""
        tip = self.tr("sample {0} {1}\nlargest value {2}").format(hit.index, label, number_text(hit.score))
        return Item(
            hit.index, hit.sample, f"{cell_text(hit.score)} {label}".strip(), tip, hit.place if self._mapped else None
        )


def channels_of(shown: Seen) -> int:
    """How many channels a node puts out."""
    return max(1, shown.shape[-1] if shown.is_sequence else shown.shape[0]) if shown.shape else 1


def _hits(frame: ProbeFrame) -> list[Hit]:
    arrays = {name: array.numpy() for name, array in frame.arrays.items()}
    names = frame.facts.get("names")
    classes = arrays.get("label", np.full(len(arrays["index"]), -1))
    labels = [_label(int(label), names) for label in classes]
    told = zip(arrays["index"], arrays["score"], labels, arrays["samples"], arrays["place"], strict=True)
    return [
        Hit(int(index), float(score), label, sample, (float(place[0]), float(place[1])))
        for index, score, label, sample, place in told
    ]


def _label(label: int, names: Option) -> str:
    if label < 0:
        return ""
    return str(names[label]) if isinstance(names, list) and label < len(names) else str(label)
