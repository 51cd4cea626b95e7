"""Painted points in the form: how many there are, and the way to where they are painted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from nnstudio.params import PointsParam, Value, classes_in, points_of
from nnstudio.ui import icons
from nnstudio.ui.inspector.fields import Field


class PointsField(Field):
    """A button: thousands of numbers are nothing to be typed in."""

    paint_asked = Signal()
    wide = True

    def __init__(self, param: PointsParam) -> None:
        self.button = QPushButton(icons.icon("paint"), "")
        super().__init__(self.button, param)
        tip = self.tr("{0}\nOpen the Paint panel").format(param.help)
        self.button.setToolTip(tip.strip())
        self.button.clicked.connect(self.paint_asked)

    def pending(self) -> bool:
        """Nothing is written here."""
        return False

    def _display(self) -> None:
        points = points_of(self.value)
        count = self.tr("1 point") if len(points) == 1 else self.tr("{0} points").format(f"{len(points):,}")
        self.button.setText(self.tr("Paint…") if self.mixed else self.tr("{0} · Paint…").format(count))
        self.button.setAccessibleDescription(self.tr("{0} in {1} classes").format(count, classes_in(points)))

    def _read(self) -> Value:
        return self.value
