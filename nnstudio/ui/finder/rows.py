"""The rows of the list of commands: name and keys, and in a second line where it is and what it does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nnstudio.ui import icons, theme
from nnstudio.ui.finder.offers import Offer

OFFER = Qt.ItemDataRole.UserRole
ROW = 44
_Index = QModelIndex | QPersistentModelIndex
_TOP, _ROOT = Qt.AlignmentFlag.AlignVCenter, QModelIndex()


class OfferModel(QAbstractListModel):
    """The offers as Qt asks for them; a screen reader hears name, keys and note."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[Offer] = []

    def show(self, offers: Sequence[Offer]) -> None:
        self.beginResetModel()
        self.offers = list(offers)
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.offers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        offer = self.offers[index.row()]
        told: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: offer.name,
            Qt.ItemDataRole.ToolTipRole: offer.note,
            Qt.ItemDataRole.AccessibleTextRole: " ".join(filter(None, (offer.name, offer.keys, offer.note))),
            OFFER: offer,
        }
        return told.get(role)


class OfferDelegate(QStyledItemDelegate):
    """Paints one offer; what is not possible now is dull."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        offer: Offer = index.data(OFFER)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        rect = option.rect.adjusted(12, 4, -12, -4)
        self._paint_icon(painter, offer, rect)
        room = rect.adjusted(28, 0, 0, 0)
        upper, lower = QRect(room), QRect(room)
        upper.setBottom(room.center().y())
        lower.setTop(room.center().y() + 1)
        upper.setRight(self._paint_keys(painter, option.font, offer, upper))
        _write(painter, option.font, "text" if offer.possible else "disabled", upper, offer.name)
        _write(painter, _smaller(option.font), "muted" if offer.possible else "disabled", lower, offer.note)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if not chosen and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(theme.color("accent") if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("selection" if chosen else "hover"))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(4.5, 0.5, -4.5, -0.5), 4, 4)

    def _paint_icon(self, painter: QPainter, offer: Offer, rect: QRect) -> None:
        place = QRect(rect.left(), rect.top() + 2, 16, 16)
        if offer.ticked:
            icons.paint(painter, QRectF(place), "check", "accent")
        elif not offer.icon.isNull():
            mode = QIcon.Mode.Normal if offer.possible else QIcon.Mode.Disabled
            offer.icon.paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)

    def _paint_keys(self, painter: QPainter, font: QFont, offer: Offer, rect: QRect) -> int:
        """The keys at the right end; gives how far the name may reach."""
        if not offer.keys:
            return rect.right()
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(offer.keys)
        _write(painter, font, "muted", QRect(rect.right() - width, rect.top(), width + 1, rect.height()), offer.keys)
        return rect.right() - width - 16


def _write(painter: QPainter, font: QFont, shade: str, rect: QRect, text: str) -> None:
    painter.setFont(font)
    painter.setPen(theme.color(shade))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, _TOP | Qt.AlignmentFlag.AlignLeft, shown)


def _smaller(font: QFont) -> QFont:
    made = QFont(font)
    made.setPixelSize(font.pixelSize() - 2)
    return made
