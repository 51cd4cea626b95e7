"""How the palette's rows look: a family with its colour square, a group in it, a layer with its colour bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nnstudio.ui import icons, theme

FAMILY, TYPE, OPEN, SECTION = (Qt.ItemDataRole.UserRole + number for number in range(4))
"""Roles: the family's key, which gives the colour; the key of what can be added, which families and groups have not;
whether a family or group is open, and the name it is remembered by."""

ROW = 24
_GROUPED = 8
"""How much further in a row begins that stands in a group."""
_Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints families and layers."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(80, ROW if index.data(TYPE) else ROW + 1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        if index.data(TYPE):
            self._paint_layer(painter, option, index)
        else:
            self._paint_family(painter, option, index)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if not (chosen or over):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        active = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setBrush(theme.color("selection" if active else "hover"))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(10, 0, -10, 0), 4, 4)

    def _paint_family(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        middle = rect.center().y() + 0.5
        sign = QRectF(rect.right() - 19, middle - 6, 12, 12)
        if index.parent().isValid():  # a group, whose name has the room to itself
            sign, text = QRectF(rect.left() + 8, middle - 6, 12, 12), rect.adjusted(25, 0, -8, 0)
            painter.setFont(option.font)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.family_color(index.data(FAMILY)))
            painter.drawRoundedRect(QRectF(rect.left() + 10, middle - 4, 8, 8), 2, 2)
            text = rect.adjusted(25, 0, -22, 0)
            painter.setFont(_bold(option.font))
        painter.setPen(theme.color("muted"))
        shown = painter.fontMetrics().elidedText(
            index.data(Qt.ItemDataRole.DisplayRole), Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)
        icons.paint(painter, sign, "chevron-down" if index.data(OPEN) else "chevron-right", "muted")

    def _paint_layer(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        middle, inset = rect.center().y() + 0.5, _GROUPED if index.parent().parent().isValid() else 0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.family_color(index.data(FAMILY)))
        painter.drawRoundedRect(QRectF(rect.left() + 18 + inset, middle - 7, 3, 14), 1.5, 1.5)
        painter.setPen(theme.color("text"))
        painter.setFont(option.font)
        room = rect.adjusted(29 + inset, 0, -12, 0)
        text = option.fontMetrics.elidedText(
            index.data(Qt.ItemDataRole.DisplayRole), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


def card(name: str, family: str) -> QPixmap:
    """What is dragged: a small card that looks like the node to come."""
    font = _bold(QApplication.font())
    scale = max((screen.devicePixelRatio() for screen in QApplication.screens()), default=1.0)
    painter = QPainter()
    probe = QPixmap(1, 1)
    painter.begin(probe)
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(name) + 46
    painter.end()
    picture = QPixmap(round(width * scale), round(32 * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter.begin(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.color("line"))
    painter.setBrush(theme.header_color(family))
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, 31), 6, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.family_color(family))
    painter.drawRoundedRect(QRectF(1, 4, 3, 24), 1.5, 1.5)
    if family in icons.names():
        icons.paint(painter, QRectF(10, 8, 16, 16), family, f"family:{family}")
    painter.setPen(theme.color("text"))
    painter.setFont(font)
    painter.drawText(QRectF(32, 0, width - 34, 32), Qt.AlignmentFlag.AlignVCenter, name)
    painter.end()
    return picture


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold
