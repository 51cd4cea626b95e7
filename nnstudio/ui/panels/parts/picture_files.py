"""A widget and its caption as a picture in a file."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSaveFile, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme

MARGIN = 12
CAPTION = 28
SCALE = 2
"""Pixels of the file for one of the window's, so that it can be printed."""


def save_png(body: QWidget, caption: str, path: Path) -> None:
    """Write a picture of dots. Raises OSError."""
    size = _size(body)
    image = QImage(size * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    _paint(painter, size, body, caption)
    painter.end()
    file = QSaveFile(os.fspath(path))
    if not (file.open(QSaveFile.OpenModeFlag.WriteOnly) and image.save(file, "PNG") and file.commit()):
        raise OSError(None, file.errorString(), os.fspath(path))


def save_svg(body: QWidget, caption: str, path: Path) -> None:
    """Write a picture of lines. Raises OSError."""
    file = QSaveFile(os.fspath(path))
    if not file.open(QSaveFile.OpenModeFlag.WriteOnly):
        raise OSError(None, file.errorString(), os.fspath(path))
    size = _size(body)
    generator = QSvgGenerator()
    generator.setOutputDevice(file)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle(caption)
    painter = QPainter(generator)
    _paint(painter, size, body, caption)
    painter.end()
    if not file.commit():
        raise OSError(None, file.errorString(), os.fspath(path))


def _size(body: QWidget) -> QSize:
    return body.size() + QSize(2 * MARGIN, CAPTION + 2 * MARGIN)


def _paint(painter: QPainter, size: QSize, body: QWidget, caption: str) -> None:
    painter.fillRect(QRect(QPoint(0, 0), size), theme.color("surface"))
    painter.setPen(theme.color("text"))
    painter.setFont(theme.base_font())
    line = QRect(MARGIN, MARGIN // 2, size.width() - 2 * MARGIN, CAPTION)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, caption)
    QWidget.render(body, painter, QPoint(MARGIN, MARGIN + CAPTION))  # a view has a render of its own
