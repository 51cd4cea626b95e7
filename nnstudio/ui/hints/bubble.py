"""A small note with a tip that points at what it explains. It never lies over that, and takes no clicks but its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.ui import theme

WIDTH, TIP, GAP, EDGE = 280, 8, 4, 8
_MARGIN = 14


class Bubble(QWidget):
    """A part of the window. It does not take the keyboard by itself, but can be reached with it."""

    got_it = Signal()
    no_more = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._points_to = QPointF()
        self.text = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.got = QPushButton(self.tr("Got it"))
        self.got.setToolTip(self.tr("This hint does not come again"))
        self.none = QPushButton(self.tr("No more hints"))
        self.none.setProperty("class", "flat")
        self.none.setToolTip(self.tr("No hint comes again; Help ▸ Show Hints Again brings them back"))
        self.got.clicked.connect(self.got_it)
        self.none.clicked.connect(self.no_more)
        for button in (self.got, self.none):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.got)
        buttons.addWidget(self.none)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN + TIP, _MARGIN + TIP, _MARGIN + TIP, _MARGIN + TIP)
        column.setSpacing(8)
        column.addWidget(self.text)
        column.addLayout(buttons)
        theme.current().changed.connect(self.update)
        self.hide()

    def say(self, words: str) -> None:
        """What it tells; a screen reader hears it by its name."""
        self.text.setText(words)
        self.setAccessibleName(self.tr("Hint: {0}").format(words))

    def point_at(self, anchor: QRect, room: QRect, others: Sequence[QRect] = ()) -> bool:
        """Stand beside the anchor, inside of the room, over as few others as may be; False where there is no place."""
        width = WIDTH + 2 * TIP
        size = QSize(width, max(self.heightForWidth(width), self.minimumSizeHint().height()))
        fitting = [place for place in _places(size, anchor, room) if room.contains(place)]
        free = [place for place in fitting if not _card(place).intersects(anchor)]
        if not free:
            return False
        place = min(free, key=lambda place: sum(map(_card(place).intersects, others)))
        self.setGeometry(place)
        self._points_to = QPointF(_nearest(anchor, place.center()) - place.topLeft())
        self.update()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.got_it.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawPath(self._outline())

    def _outline(self) -> QPainterPath:
        """The card and its tip as one."""
        card = QRectF(self.rect()).adjusted(TIP + 0.5, TIP + 0.5, -TIP - 0.5, -TIP - 0.5)
        path = QPainterPath()
        path.addRoundedRect(card, 6, 6)
        tip = QPainterPath()
        tip.addPolygon(_tip(card, self._points_to))
        return path.united(tip)


def _card(place: QRect) -> QRect:
    """A bubble's place without the room for its tip."""
    return place.adjusted(TIP, TIP, -TIP, -TIP)


def _tip(card: QRectF, at: QPointF) -> QPolygonF:
    """A triangle from the side of the card that is nearest."""
    inner = card.adjusted(TIP + 6, TIP + 6, -TIP - 6, -TIP - 6)
    x = min(max(at.x(), inner.left()), inner.right())
    y = min(max(at.y(), inner.top()), inner.bottom())
    if at.y() < card.top() or at.y() > card.bottom():
        edge, tip = (card.top(), card.top() - TIP) if at.y() < card.top() else (card.bottom(), card.bottom() + TIP)
        return QPolygonF([QPointF(x - TIP, edge), QPointF(x, tip), QPointF(x + TIP, edge)])
    edge, tip = (card.left(), card.left() - TIP) if at.x() < card.left() else (card.right(), card.right() + TIP)
    return QPolygonF([QPointF(edge, y - TIP), QPointF(tip, y), QPointF(edge, y + TIP)])


def _places(size: QSize, anchor: QRect, room: QRect) -> list[QRect]:
    """Below, above, right and left of the anchor, pushed into the room along its side."""
    middle = anchor.center() - QPoint(size.width() // 2, size.height() // 2)
    left = min(max(middle.x(), room.left() + EDGE), room.right() - EDGE - size.width())
    top = min(max(middle.y(), room.top() + EDGE), room.bottom() - EDGE - size.height())
    corners = (
        QPoint(left, anchor.bottom() + GAP),
        QPoint(left, anchor.top() - GAP - size.height()),
        QPoint(anchor.right() + GAP, top),
        QPoint(anchor.left() - GAP - size.width(), top),
    )
    return [QRect(corner, size) for corner in corners]


def _nearest(anchor: QRect, to: QPoint) -> QPoint:
    """The place on the anchor that is nearest to a point."""
    return QPoint(min(max(to.x(), anchor.left()), anchor.right()), min(max(to.y(), anchor.top()), anchor.bottom()))
