"""The views of one tensor: numbers, heat map, bars, curve, or a single number; its figures and its axes below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.canvas.texts import digits
from nnstudio.ui.panels.parts.axis_sliders import AxisSliders
from nnstudio.ui.panels.parts.header import ElidedLabel
from nnstudio.ui.panels.parts.number_table import NumberTable
from nnstudio.ui.panels.parts.slice_map import SliceMap
from nnstudio.ui.panels.parts.slice_plot import SlicePlot
from nnstudio.ui.panels.parts.tensor_slice import Slice

NUMBERS, MAP, BARS, CURVE = "numbers", "heat-map", "bars", "curve"
"""The views, by the names of their icons."""
LINES = (BARS, CURVE)
"""Those of one row of numbers."""
_FEW, _SOME = 24, 96


class Parts(ElidedLabel):
    """Words with dots between them, of which those are shown whole that there is room for."""

    @property
    def shown(self) -> str:
        words = self.text().split(" · ")
        wide = self.fontMetrics().horizontalAdvance
        while len(words) > 1 and wide(" · ".join(words)) > self.width():
            words.pop()
        found = " · ".join(words)
        return found if wide(found) <= self.width() else super().shown


class TensorBody(QWidget):
    """`wanted` tells from which row and column on numbers are needed, `pointed` which one was clicked."""

    wanted = Signal(int, int)
    pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.axes = AxisSliders()
        self.table, self.map, self.plot = NumberTable(), SliceMap(), SlicePlot()
        self.number = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        self.number.setFont(theme.base_font(40, QFont.Weight.DemiBold))
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.figures = Parts()
        self.figures.setProperty("class", "muted")
        self.views = QStackedWidget()
        for view in (self.table, self.map, self.plot, self.number):
            self.views.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.views, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.figures, 1)
        row.addWidget(self.axes)
        column.addLayout(row)
        self._column, self._foot = column, row
        self.table.wanted.connect(self.wanted)
        for view in (self.table, self.map, self.plot):
            view.pointed.connect(self.pointed)

    def set_sliders(self, sliders: QWidget) -> None:
        """What changes the numbers, between them and their figures."""
        self._column.insertWidget(1, sliders)

    def set_scale(self, scale: QWidget) -> None:
        """What the colours mean, behind the figures: the header is full of controls."""
        self._foot.addWidget(scale)

    def show_figures(self, words: str) -> None:
        """What is told of the whole tensor."""
        self.figures.setText(words)
        self.figures.setToolTip(words)

    def show_slice(self, slice_: Slice, view: str) -> None:
        """The numbers in a view; a single one is written large."""
        if not slice_.shape:
            value = slice_.values.item()
            self.number.setText(slice_.text(value, ".6g"))
            self.number.setToolTip(slice_.text(value, ".9g"))
            self.views.setCurrentWidget(self.number)
        elif view in LINES:
            self.plot.show_slice(slice_, bars=view == BARS)
            self.views.setCurrentWidget(self.plot)
        elif view == MAP:
            self.map.show_slice(slice_)
            self.views.setCurrentWidget(self.map)
        else:
            self.views.setCurrentWidget(self.table)
            self.table.show_slice(slice_)


def views_for(rank: int) -> tuple[str, ...]:
    """The views that a tensor of so many axes can be seen in."""
    return (NUMBERS, MAP, BARS, CURVE) if rank else ()


def sensible_view(shape: tuple[int, ...], *, whole: bool = False) -> str:
    """The one to begin with; `whole` numbers in a row are names of something, and no heights."""
    if len(shape) < 2 and whole:
        return NUMBERS
    if len(shape) < 2:
        count = shape[0] if shape else 1
        return NUMBERS if count <= 4 else BARS if count <= _SOME else CURVE
    return NUMBERS if shape[-1] * shape[-2] <= _FEW else MAP


def short(value: float) -> str:
    """As the line of figures has room for."""
    return digits(float(value), ".4g")
