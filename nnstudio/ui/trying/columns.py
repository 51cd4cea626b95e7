"""A row of a table: a slider for each column, and a list for one that has few values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from nnstudio.ui.panels.parts import numbers
from nnstudio.ui.panels.parts.header import ElidedLabel, FlatCombo
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.slider import NumberSlider
from nnstudio.ui.trying.ways import Floats, Way

_EQUALS = "="
_ROW = 24


@dataclass(frozen=True)
class Column:
    """What is set by one control: one number of the vector, or several of which one is 1 and the others are 0."""

    name: str
    places: tuple[int, ...]
    choices: tuple[str, ...] = ()


def columns_of(way: Way) -> list[Column]:
    """The columns of an input. Those called "colour=red", "colour=blue" are one, if all have only zeros and ones."""
    found: list[Column] = []
    for place, title in enumerate(way.columns):
        name, equals, choice = title.partition(_EQUALS)
        if not equals or not set(way.choices(place)) <= {0.0, 1.0} or not way.choices(place):
            found.append(Column(title, (place,)))
        elif found and found[-1].choices and found[-1].name == name:
            found[-1] = Column(name, (*found[-1].places, place), (*found[-1].choices, choice))
        else:
            found.append(Column(name, (place,), (choice,)))
    return [Column(way.columns[each.places[0]], each.places) if len(each.choices) == 1 else each for each in found]


class Choice(FlatCombo):
    """One of a few values of a column."""

    moved = Signal()

    def __init__(self, name: str, texts: Sequence[str]) -> None:
        super().__init__(name)
        self.addItems(list(texts))
        self.activated.connect(self._chosen)

    def _chosen(self, _index: int) -> None:
        self.moved.emit()


class ColumnsEditor(Editor):
    """Begins with the test sample."""

    share = 4
    """There are names to read beside the sliders."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        self.columns = columns_of(way)
        self.values = np.zeros(way.size, np.float32)
        self.controls: list[NumberSlider | Choice] = [self._control(column) for column in self.columns]
        self._arrange()
        self.show_sample(way.sample)
        for control in self.controls:
            control.moved.connect(self._moved)

    def numbers(self) -> list[float]:
        return [float(value) for value in self.values]

    def show_sample(self, sample: Floats) -> None:
        self.values = np.nan_to_num(np.array(sample, np.float32).reshape(-1))
        for column, control in zip(self.columns, self.controls, strict=True):
            own = self.values[list(column.places)]
            if isinstance(control, NumberSlider):
                control.show_value(float(own[0]))
            else:
                control.setCurrentIndex(self._choice(column, own))

    # Inside

    def _arrange(self) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        for row, (column, control) in enumerate(zip(self.columns, self.controls, strict=True)):
            label = ElidedLabel()
            label.setText(column.name)
            label.setToolTip(column.name)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
            grid.setRowMinimumHeight(row, _ROW)
        grid.setRowStretch(len(self.columns), 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        if self.controls:
            self.setFocusProxy(self.controls[0])

    def _control(self, column: Column) -> NumberSlider | Choice:
        place = column.places[0]
        few = self.way.choices(place)
        if column.choices:
            return Choice(column.name, column.choices)
        if len(few) > 1:
            return Choice(column.name, [numbers.number_text(value) for value in few])
        low, high = (float(ends[place]) if ends.size else 0.0 for ends in (self.way.low, self.way.high))
        return NumberSlider(column.name, low, high)

    def _choice(self, column: Column, own: Floats) -> int:
        """Which entry of the list a column's values are."""
        if column.choices:
            return int(own.argmax())
        return int(np.abs(np.array(self.way.choices(column.places[0])) - own[0]).argmin())

    def _moved(self) -> None:
        for column, control in zip(self.columns, self.controls, strict=True):
            if isinstance(control, NumberSlider):
                self.values[column.places[0]] = control.value
            elif column.choices:
                self.values[list(column.places)] = np.eye(len(column.choices), dtype=np.float32)[control.currentIndex()]
            else:
                self.values[column.places[0]] = self.way.choices(column.places[0])[control.currentIndex()]
        self.made()
