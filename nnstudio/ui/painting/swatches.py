"""The classes to paint with, as small buttons: each with its colour, its shape and its key."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts.legend import paint_symbol
from nnstudio.ui.panels.parts.shades import shade, symbol

WIDTH, HEIGHT = 20, 22
RADIUS = 4.2


class Swatch(QAbstractButton):
    """One class. A line under it says that it is in the hand."""

    def __init__(self, label: int, name: str) -> None:
        super().__init__()
        self.label = label
        self._many = False
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("Paint class {0} (key {1})").format(name, label + 1))
        self.setAccessibleName(self.tr("Class {0}").format(name))
        theme.current().changed.connect(self.update)

    def set_many(self, many: bool) -> None:
        """Whether more than two classes are painted, so that each has a hue of its own."""
        self._many = many
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.color("accent")) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade(self.label, self._many or self.label > 1))
        paint_symbol(painter, symbol(self.label), QPointF(self.width() / 2, self.height() / 2 - 1), RADIUS)
        if self.isChecked():
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(4, self.height() - 4, self.width() - 8, 2, 1, 1)


class Swatches(QWidget):
    """A button for each class."""

    chosen = Signal(int)
    """The person wants to paint this class."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self.buttons = [Swatch(label, name) for label, name in enumerate(names)]
        for button in self.buttons:
            self._group.addButton(button, button.label)
            row.addWidget(button)
        self._group.idClicked.connect(self.chosen)

    def show_class(self, label: int | None, *, many: bool) -> None:
        """Mark the class in the hand; none while it holds the eraser."""
        self._group.setExclusive(False)
        for button in self.buttons:
            button.setChecked(button.label == label)
            button.set_many(many)
        self._group.setExclusive(True)
