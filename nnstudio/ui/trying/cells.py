"""Many numbers as a table whose cells are typed and dragged; too many of them as a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QVBoxLayout

from nnstudio.ui.panels.parts.heat_map import HeatMap
from nnstudio.ui.panels.parts.weight_table import WeightTable
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.ways import Floats, Way

MOST_CELLS = 1024
"""Numbers that can be changed one by one."""


class CellsEditor(Editor):
    """Begins with the test sample."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        self.values = _matrix(way.sample)
        self.table = WeightTable() if self.values.size <= MOST_CELLS else None
        self.map = HeatMap() if self.table is None else None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if self.table is not None:
            column.addWidget(self.table)
            self.table.typed.connect(self._typed)
            self.setFocusProxy(self.table)
        elif self.map is not None:
            column.addWidget(self.map, 1)
            words = self.tr("{0} numbers are too many to type: choose another sample.").format(f"{way.size:,}")
            column.addWidget(QLabel(words))
        self.show_sample(way.sample)

    def numbers(self) -> list[float]:
        return [float(value) for value in self.values.reshape(-1)]

    def show_sample(self, sample: Floats) -> None:
        self.values = _matrix(sample)
        self._reach = float(np.abs(self.values).max(initial=0.0)) or 1.0
        self._show()

    def _typed(self, cells: list[tuple[int, int]], values: NDArray[np.float64], _more: bool) -> None:
        for (row, column), value in zip(cells, np.ravel(values), strict=True):
            self.values[row, column] = value
        self._show()
        self.made()

    _reach = 1.0
    """Of the colours: it stays while numbers are dragged, as a drag is as fast as it is wide."""

    def _show(self) -> None:
        reach = self._reach
        if self.table is not None:
            self.table.weights.show_values(self.values.copy(), reach)
        elif self.map is not None:
            self.map.show_values(self.values, reach)


def _matrix(sample: Floats) -> NDArray[np.float64]:
    """The first axis down; one row for a vector or a number."""
    numbers = np.nan_to_num(np.array(sample, np.float64))
    return numbers.reshape(1, -1) if numbers.ndim < 2 else numbers.reshape(len(numbers), -1)
