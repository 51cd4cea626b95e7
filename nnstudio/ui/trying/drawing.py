"""An image that is drawn by hand, and beside the board what the network sees of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.painting.sketch import Manner
from nnstudio.ui.painting.sketch_board import SketchBoard
from nnstudio.ui.panels.parts.header import tool_button
from nnstudio.ui.panels.parts.pictures import grown, picture
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.ways import Floats, Way


class DrawingEditor(Editor):
    """A board with its tools. Drawings on a plain ground begin blank; others begin with the test sample."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        manner = way.manner
        self.board, self.preview = SketchBoard(), Preview(manner)
        self.fit = self._tool("fit", self.tr("Centre and scale it as the data's own drawings are"), checkable=True)
        self.fit.setChecked(manner.fits)
        self.fit.setVisible(manner.fits)
        self.eraser = self._tool("erase", self.tr("Erase (E, or the right mouse button)"), checkable=True)
        self.thicker = self._tool("plus", self.tr("Thicker pen (])"))
        self.thinner = self._tool("minus", self.tr("Thinner pen ([)"))
        self.undoer = self._tool("undo", self.tr("Take the last line back (Ctrl+Z on the board)"))
        self.clearer = self._tool("delete", self.tr("Clear the board (Delete)"))
        self.ink = self._tool("paint", self.tr("Colour of the pen"))
        self.ink.setVisible(way.shape[0] == 3)
        self._arrange()
        self._connect()
        self.board.start(manner, None if manner.plain else way.sample)
        self.own = manner.plain
        self._show()

    def numbers(self) -> list[float]:
        return self.pixels().reshape(-1).tolist()

    def pixels(self) -> Floats:
        """What the network sees."""
        return self.preview.pixels

    def show_sample(self, sample: Floats) -> None:
        """One step on the board: what was drawn can be had back."""
        shown = self.board.sketch
        if shown.lines or shown.base is None or not np.array_equal(shown.base, sample):
            self.board.lay(np.array(sample))
        self.own = False

    def parts(self) -> Sequence[QWidget]:
        return [self.board, self.preview]

    # Inside

    def _tool(self, icon: str, tip: str, *, checkable: bool = False) -> QToolButton:
        return tool_button(icon, tip, checkable=checkable)

    def _arrange(self) -> None:
        tools = QVBoxLayout()
        tools.setSpacing(1)
        for tool in (self.undoer, self.eraser, self.ink, self.thicker, self.thinner, self.fit, self.clearer):
            tools.addWidget(tool)
        tools.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(tools)
        row.addWidget(self.board, 3)
        row.addWidget(self.preview, 1)
        self.setFocusProxy(self.board)

    def _connect(self) -> None:
        self.board.changed.connect(self._drawn)
        self.board.pen_changed.connect(self._show_pen)
        self.eraser.clicked.connect(self.board.set_erasing)
        self.thicker.clicked.connect(self._thicken)
        self.thinner.clicked.connect(self._thin)
        self.undoer.clicked.connect(self.board.undo)
        self.clearer.clicked.connect(self._clear)
        self.fit.clicked.connect(self._drawn)
        self.ink.clicked.connect(self._choose_ink)

    def _drawn(self) -> None:
        self._show()
        self.made()

    def _show(self) -> None:
        self.preview.show_pixels(self.board.sketch.pixels(fitted=self.fit.isChecked()))
        self.undoer.setEnabled(self.board.can_undo)
        self.clearer.setEnabled(not self.board.sketch.blank)
        self._show_pen()

    def _show_pen(self) -> None:
        self.eraser.setChecked(self.board.erasing)
        self.thinner.setEnabled(self.board.thinner)
        self.thicker.setEnabled(self.board.thicker)
        if self.way.shape[0] == 3:
            manner = self.board.manner
            dot = QPixmap(14, 14)
            dot.fill(_color(self.board.color or manner.ink, manner))
            self.ink.setIcon(QIcon(dot))

    def _thicken(self) -> None:
        self.board.set_width(self.board.width_step + 1)

    def _thin(self) -> None:
        self.board.set_width(self.board.width_step - 1)

    def _clear(self) -> None:
        self.board.lay(None)

    def _choose_ink(self) -> None:
        manner = self.board.manner
        before = _color(self.board.color or manner.ink, manner)
        chosen = QColorDialog.getColor(before, self, self.tr("Colour of the pen"))
        if chosen.isValid():
            self.take_ink(chosen)

    def take_ink(self, color: QColor) -> None:
        """Draw in this colour."""
        level = self.board.manner.level
        self.board.color = (level(color.redF()), level(color.greenF()), level(color.blueF()))
        self.board.set_erasing(False)


def _color(levels: tuple[float, ...], manner: Manner) -> QColor:
    span = (manner.high - manner.low) or 1.0
    return QColor.fromRgbF(*(min(max((level - manner.low) / span, 0.0), 1.0) for level in levels[:3]))


class Preview(QWidget):
    """The picture as the network sees it, pixel by pixel."""

    def __init__(self, manner: Manner) -> None:
        super().__init__()
        self._manner = manner
        self.pixels: Floats = np.zeros(manner.shape, np.float32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(56)
        self.setMaximumWidth(140)
        self.setToolTip(self.tr("As the network sees it"))
        self.setAccessibleName(self.tr("The picture as the network sees it"))
        theme.current().changed.connect(self.update)

    def show_pixels(self, pixels: Floats) -> None:
        self.pixels = pixels
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(72, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        _, height, width = self.pixels.shape
        room = QSizeF(self.width(), self.height() - 20)
        size = QSizeF(width, height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, (self.height() - size.height() - 18) / 2, size.width(), size.height())
        side = round(max(size.width(), size.height()) * self.devicePixelRatioF())
        painter.drawImage(place, grown(picture(self.pixels, (self._manner.low, self._manner.high)), side))
        painter.setPen(theme.color("line"))
        painter.drawRect(place)
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.base_font(11))
        words = painter.fontMetrics().elidedText(
            self.tr("seen as"), Qt.TextElideMode.ElideRight, max(round(place.width()), self.width())
        )
        painter.drawText(QRectF(0, place.bottom() + 3, self.width(), 16), Qt.AlignmentFlag.AlignLeft, words)
