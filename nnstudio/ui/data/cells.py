"""Paints the cells of a table of samples: numbers, classes, tokens, pictures and curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nnstudio.ui import theme
from nnstudio.ui.data import tokens
from nnstudio.ui.data.words import Column, class_text, number_text, of_characters
from nnstudio.ui.panels.parts.legend import paint_symbol
from nnstudio.ui.panels.parts.pictures import grown, picture
from nnstudio.ui.panels.parts.shades import shade, symbol

CELL = Qt.ItemDataRole.UserRole
PAD = 8
_Index = QModelIndex | QPersistentModelIndex
_VALIGN = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Cell:
    """What a cell shows: a value, or None while it is not here."""

    column: Column
    value: Any
    names: Sequence[str] = field(default_factory=tuple)


class CellDelegate(QStyledItemDelegate):
    """Paints one cell by what its column holds."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        cell: Cell | None = index.data(CELL)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("selection"))
        room = QRectF(option.rect).adjusted(PAD, 2, -PAD, -2)
        if cell is None or cell.value is None:
            _paint_absent(painter, room)
        else:
            painter.setClipRect(option.rect)
            _PAINTERS[cell.column.look](painter, room, cell)
        painter.restore()


def laid(cell: Cell, room: QRectF) -> list[tokens.Laid]:
    """The tokens of a cell where they lie in it."""
    metrics = QFontMetricsF(theme.base_font())
    letters = of_characters(cell.column.field, cell.names)
    found = list(tokens.shown(cell.column.field, cell.value, cell.names))
    lines = max(1, int(room.height() // tokens.LINE))
    used = tokens.lay_out(found, room, metrics, letters=letters)
    rows = len({each.rect.top() for each in used})
    shift = max(0.0, (room.height() - min(rows, lines) * tokens.LINE) / 2)
    return [tokens.Laid(each.piece, each.rect.translated(0, shift)) for each in used]


def paint_curve(painter: QPainter, room: QRectF, values: Any) -> None:
    """Numbers in a row, as a line from the least to the largest; those that are missing are a gap."""
    flat = np.asarray(values, np.float32).reshape(-1)
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return
    low, high = float(finite.min()), float(finite.max())
    if low < 0 < high:
        zero = room.bottom() + low / (high - low) * room.height()
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(room.left(), zero), QPointF(room.right(), zero))
    x = room.left() + np.arange(len(flat)) / max(len(flat) - 1, 1) * room.width()
    y = room.bottom() - (flat - low) / ((high - low) or 1.0) * room.height()
    painter.setPen(QPen(theme.color("accent"), 1.4))
    known = np.isfinite(flat)
    for run in np.split(np.arange(len(flat)), np.flatnonzero(np.diff(known.astype(int))) + 1):
        if known[run[0]]:
            painter.drawPolyline(QPolygonF([QPointF(x[i], y[i]) for i in run]))


def paint_class(painter: QPainter, room: QRectF, label: int, text: str, *, many: bool) -> None:
    """A class's point and its name."""
    painter.setPen(QPen(shade(label, many), 1.4))
    painter.setBrush(shade(label, many))
    paint_symbol(painter, symbol(label), QPointF(room.left() + 5, room.center().y() + 0.5), 3.2)
    painter.setPen(theme.color("text"))
    place = room.adjusted(16, 0, 0, 0)
    painter.drawText(
        place, _VALIGN, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    )


def _paint_number(painter: QPainter, room: QRectF, cell: Cell) -> None:
    value = float(cell.value)
    painter.setPen(theme.color("text" if math.isfinite(value) else "disabled"))
    painter.drawText(room, _VALIGN | Qt.AlignmentFlag.AlignRight, number_text(value))


def _paint_label(painter: QPainter, room: QRectF, cell: Cell) -> None:
    label, classes = int(cell.value), len(cell.names) or cell.column.field.classes
    paint_class(painter, room, label, class_text(label, cell.names), many=classes != 2)


def _paint_tokens(painter: QPainter, room: QRectF, cell: Cell) -> None:
    painter.setFont(theme.base_font())
    tokens.paint(painter, laid(cell, room))


def _paint_image(painter: QPainter, room: QRectF, cell: Cell) -> None:
    image = picture(np.asarray(cell.value, np.float32))
    side = min(room.width(), room.height())
    place = QRectF(room.left(), room.top(), side * image.width() / max(image.height(), 1), side)
    painter.drawImage(place, grown(image, round(side * painter.device().devicePixelRatioF())))


def _paint_curve(painter: QPainter, room: QRectF, cell: Cell) -> None:
    paint_curve(painter, room.adjusted(0, 3, 0, -3), cell.value)


def _paint_absent(painter: QPainter, room: QRectF) -> None:
    """A quiet bar: it is on its way."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("hover"))
    painter.drawRoundedRect(QRectF(room.left(), room.center().y() - 4, min(room.width(), 48), 8), 4, 4)


_PAINTERS: Mapping[str, Any] = {
    "number": _paint_number,
    "label": _paint_label,
    "tokens": _paint_tokens,
    "image": _paint_image,
    "curve": _paint_curve,
}
