"""The rows of a box to choose from: what each says, and how it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nnstudio.ui import icons, theme

ROW = 28
_ICON, _GAP = 16, 8
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


@dataclass(frozen=True)
class Choice:
    """One thing to choose. `key` is what is told when it is; `warning` says what does not fit yet."""

    key: object
    title: str
    note: str = ""
    """At the right."""
    detail: str = ""
    """Under the list, while the row is the current one."""
    family: str = ""
    """Gives icon and colour."""
    warning: str = ""
    brief: str = ""
    """The note where there is not room for all of it."""
    severity: str = "warning"

    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(filter(None, (self.title, self.note, self.warning or self.detail)))


class ChoiceModel(QAbstractListModel):
    """The rows that are shown now."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        choice = self.choices[index.row()]
        match role:
            case _Role.DisplayRole:
                return choice.title
            case _Role.AccessibleTextRole:
                return choice.spoken()
            case _Role.ToolTipRole:
                return choice.warning
            case _Role.UserRole:
                return choice
        return None


class ChoiceDelegate(QStyledItemDelegate):
    """Icon in the family's colour, the name, and the note at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        choice: Choice | None = index.data(_Role.UserRole)
        if choice is None:  # it has just gone
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, option)
        room = QRect(option.rect).adjusted(_GAP + 4, 0, -_GAP - 4, 0)
        room.setLeft(_paint_icon(painter, room, choice))
        room.setRight(_paint_note(painter, room, choice, option))
        painter.setPen(theme.color("text"))
        _paint_text(painter, room, choice.title, Qt.AlignmentFlag.AlignLeft)
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    chosen = bool(option.state & QStyle.StateFlag.State_Selected)
    if not chosen and not option.state & QStyle.StateFlag.State_MouseOver:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("selection" if chosen else "hover"))
    painter.drawRoundedRect(QRectF(option.rect).adjusted(4, 0, -4, 0), 4, 4)


def _paint_icon(painter: QPainter, room: QRect, choice: Choice) -> int:
    """Gives where the name begins."""
    place = QRectF(room.left(), room.center().y() - _ICON / 2 + 1, _ICON, _ICON)
    if choice.family in icons.names():
        icons.paint(painter, place, choice.family, f"family:{choice.family}")
    return room.left() + _ICON + _GAP


def _paint_note(painter: QPainter, room: QRect, choice: Choice, option: QStyleOptionViewItem) -> int:
    """Gives where the name has to end."""
    if choice.warning:
        place = QRectF(room.right() - 14, room.center().y() - 6, 14, 14)
        icons.paint(painter, place, choice.severity, "bad" if choice.severity == "error" else "warning")
        room = room.adjusted(0, 0, -_ICON - 4, 0)
    painter.setPen(theme.color("muted"))
    free = room.width() - option.fontMetrics.horizontalAdvance(choice.title) - _GAP
    widths = {note: option.fontMetrics.horizontalAdvance(note) for note in (choice.note, choice.brief, "")}
    note = next(note for note, width in widths.items() if width <= free or not note)
    rest = QRect(room.right() - widths[note], room.top(), widths[note] + 1, room.height())
    _paint_text(painter, rest, note, Qt.AlignmentFlag.AlignRight)
    return room.right() - widths[note] - (_GAP if note else 0)


def _paint_text(painter: QPainter, room: QRect, text: str, side: Qt.AlignmentFlag) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
