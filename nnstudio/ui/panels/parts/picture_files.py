"""A panel's picture, with caption and legend, in a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QSaveFile, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme

MARGIN = 12
CAPTION = 28
GAP = 8
"""Between two legends."""
SCALE = 2
"""Pixels of the file for one of the window's, so that it can be printed."""


@dataclass(frozen=True)
class Picture:
    """What goes into a file: a caption, legends, and the body, which paints itself at a point."""

    caption: str
    keys: Sequence[QWidget]
    body: QSize
    paint_body: Callable[[QPainter, QPoint], None]

    @property
    def size(self) -> QSize:
        return self.body + QSize(2 * MARGIN, CAPTION + 2 * MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Paint all of it."""
        painter.fillRect(QRect(QPoint(0, 0), self.size), theme.color("surface"))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.base_font())
        line = QRect(MARGIN, MARGIN // 2, self.size.width() - 2 * MARGIN, CAPTION)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.caption)
        self._paint_keys(painter)
        self.paint_body(painter, QPoint(MARGIN, MARGIN + CAPTION))

    def _paint_keys(self, painter: QPainter) -> None:
        right = self.size.width() - MARGIN
        for key in reversed(self.keys):
            right -= key.width()
            top = MARGIN // 2 + (CAPTION - key.height()) // 2
            key.render(painter, QPoint(right, top), QRegion(), QWidget.RenderFlag.DrawChildren)
            right -= GAP


def save_png(picture: Picture, path: Path) -> None:
    """Write a picture of dots. Raises OSError."""
    image = QImage(picture.size * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    _paint_on(image, picture)
    file = _open(path)
    if not QImageWriter(file, QByteArray(b"png")).write(image):
        raise OSError(None, file.errorString(), os.fspath(path))
    _commit(file, path)


def save_svg(picture: Picture, path: Path) -> None:
    """Write a picture of lines. Raises OSError."""
    from PySide6.QtSvg import QSvgGenerator

    file = _open(path)
    generator = QSvgGenerator()
    generator.setOutputDevice(file)
    generator.setSize(picture.size)
    generator.setViewBox(QRect(QPoint(0, 0), picture.size))
    generator.setTitle(picture.caption)
    _paint_on(generator, picture)
    _commit(file, path)


def _paint_on(device: QPaintDevice, picture: Picture) -> None:
    painter = QPainter(device)
    try:
        picture.paint(painter)
    finally:
        painter.end()


def _open(path: Path) -> QSaveFile:
    """A file that takes the other's place only once it is whole."""
    file = QSaveFile(os.fspath(path))
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
        raise OSError(None, file.errorString(), os.fspath(path))
    return file


def _commit(file: QSaveFile, path: Path) -> None:
    if not file.commit():
        raise OSError(None, file.errorString(), os.fspath(path))
