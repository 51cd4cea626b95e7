"""The filters of the chosen convolution."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtWidgets import QVBoxLayout

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.canvas.texts import tr
from nnstudio.ui.features import words
from nnstudio.ui.features.filter_view import Filters, FilterView
from nnstudio.ui.features.page import Chosen, Page, Seen


class FiltersPage(Page):
    """All of them, as pictures; a click chooses the channel that the other views show."""

    sampled = False

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(chosen)
        self.view = FilterView()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.view.chosen.connect(self._choose)

    def fits(self, node: Node, facts: NodeFacts) -> bool:
        return "weight" in facts.weights and len(facts.weights["weight"]) >= 3

    def advice(self) -> str:
        return self.tr("Add a Conv2d to see its filters.")

    def options(self, seen: Sequence[Seen], shown: Seen) -> dict[str, Option]:
        return {"node": shown.key}

    def show_frame(self, frame: ProbeFrame, shown: Seen) -> None:
        self.view.current = self.chosen.channel
        self.view.show_filters(filters_of(frame))

    def caption(self, frame: ProbeFrame, sample: Sequence[str]) -> Sequence[str]:
        count, outputs = len(self.view.filters.values), words.number(frame.facts, "outputs")
        inputs, shape = int(words.number(frame.facts, "inputs")), frame.arrays["filters"].shape
        size = "×".join(map(str, shape[2:]))
        text = self.tr("{0} filters of {1}×{2}").format(int(outputs), inputs, size)
        told = [self.tr("first {0}").format(count)] if count < outputs else []
        return text, *told, *([self.tr("first {0} inputs").format(shape[1])] if shape[1] < inputs else [])

    def rows(self) -> Iterable[Sequence[object]]:
        """Every weight."""
        yield "filter", "input", "row", "column", "weight"
        filters = self.view.filters
        for output, line, row, column in np.ndindex(filters.values.shape):
            yield output, filters.names[line], row, column, float(filters.values[output, line, row, column])

    def forget(self) -> None:
        self.view.show_filters(Filters())

    def _choose(self, output: int) -> None:
        self.chosen.channel = output


def filters_of(frame: ProbeFrame) -> Filters:
    """Whatever axes they have, as O×R×h×w."""
    values, facts = frame.arrays["filters"].numpy(), frame.facts
    outputs, inputs = values.shape[:2]
    slices = values.shape[2] if values.ndim == 5 else 1
    flat = values.reshape(outputs, inputs * slices, *((1, 1, *values.shape[2:])[-2:]))
    if facts.get("colors") is True:
        return Filters(flat, (tr("red"), tr("green"), tr("blue")), colors=True)
    own = words.number(facts, "groups") > 1
    text = tr("own {0}") if own else tr("in {0}")  # each group looks at channels of its own
    places = [divmod(number, slices) for number in range(inputs * slices)]
    names = [text.format(f"{channel}.{slice_}" if slices > 1 else channel) for channel, slice_ in places]
    return Filters(flat, names)
