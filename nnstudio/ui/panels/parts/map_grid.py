"""Small pictures in rows and columns, one of which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips

GAP = 3.0
TITLE = 15.0
"""Room for the names of columns."""
SMALL = 11
"""Of the letters, in pixels."""
_LARGEST = 96.0
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class MapGrid(QWidget):
    """`rows` and `columns` name the pictures; `chosen_at` is the place of the one with a ring."""

    chosen = Signal(int, int)
    """Row and column of the picture that the person wants."""
    changed = Signal()
    """There are other rows or columns, or pictures of another shape."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.at: tuple[int, int] = (0, 0)
        self._images: Sequence[Sequence[QImage]] = ()
        self._aspect = 1.0
        self._hovered: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.current().changed.connect(self.update)

    def show_images(
        self, images: Sequence[Sequence[QImage]], rows: Sequence[str], columns: Sequence[str], aspect: float
    ) -> None:
        """Row by row. `aspect` is a picture's width by its height."""
        changed = (tuple(rows), tuple(columns), aspect) != (self.rows, self.columns, self._aspect)
        self._images, self.rows, self.columns, self._aspect = images, tuple(rows), tuple(columns), aspect
        if changed:
            self.changed.emit()
        self.update()

    def choose(self, row: int, column: int) -> None:
        """Put the ring there, without telling."""
        self.at = row, column
        self.update()

    def wanted_width(self, height: int) -> int:
        """As wide as the pictures are when they fill that height."""
        count = max(len(self.columns), 1)
        side = min(self._high(height), _LARGEST) * self._aspect
        return round(self._margin() + 4 + count * (side + GAP))

    def place(self, row: int, column: int) -> QRectF:
        """Where a picture is."""
        size = self._tile()
        left = self._margin() + column * (size.width() + GAP)
        return QRectF(QPointF(left, TITLE + row * (size.height() + GAP)), size)

    def at_point(self, point: QPointF) -> tuple[int, int] | None:
        """Row and column of the picture there, or None."""
        size = self._tile()
        column = int((point.x() - self._margin()) // (size.width() + GAP))
        row = int((point.y() - TITLE) // (size.height() + GAP))
        inside = 0 <= row < len(self.rows) and 0 <= column < len(self.columns)
        return (row, column) if inside and self.place(row, column).contains(point) else None

    # Events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.at_point(event.position())
        if found != self._hovered:
            self._hovered = found
            self.update()
        words = f"{self.rows[found[0]]} · {self.columns[found[1]]}" if found else ""
        tips.show(self, event.position().toPoint(), words)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.at_point(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._tell(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self.rows:
            super().keyPressEvent(event)
            return
        row, column = self.at[0] + step[0], self.at[1] + step[1]
        self._tell(min(max(row, 0), len(self.rows) - 1), min(max(column, 0), len(self.columns) - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setFont(theme.base_font(SMALL))
        for row, images in enumerate(self._images):
            for column, image in enumerate(images):
                place = self.place(row, column)
                painter.fillRect(place, theme.color("field"))
                painter.drawImage(place, image)
        self._paint_names(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hovered is not None and self._hovered != self.at:
            painter.setPen(QPen(theme.color("muted"), 1))
            painter.drawRect(self.place(*self._hovered).adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.setPen(
            QPen(theme.color("accent"), 2, Qt.PenStyle.DotLine if self.hasFocus() else Qt.PenStyle.SolidLine)
        )
        painter.drawRoundedRect(self.place(*self.at).adjusted(-1, -1, 1, 1), 2, 2)

    # Inside

    def _tell(self, row: int, column: int) -> None:
        if (row, column) != self.at:
            self.choose(row, column)
            self.chosen.emit(row, column)

    def _margin(self) -> float:
        """Room for the numbers of rows, where there are several."""
        if len(self.rows) < 2:
            return 2.0
        return 6.0 + self.fontMetrics().horizontalAdvance(str(len(self.rows)))

    def _high(self, height: float) -> float:
        count = max(len(self.rows), 1)
        return max(8.0, (height - TITLE - 2 - (count - 1) * GAP) / count)

    def _tile(self) -> QSizeF:
        high = min(self._high(self.height()), _LARGEST)
        count = max(len(self.columns), 1)
        wide = max(4.0, (self.width() - self._margin() - 2) / count - GAP)
        wide = min(wide, high * self._aspect)
        return QSizeF(wide, min(high, wide / self._aspect))

    def titles(self) -> list[tuple[int, str]]:
        """Columns with what stands over them: their names, or the numbers in them where there is no more room.

        Of very narrow ones only every second is told, or every third, and the chosen one instead of its neighbours.
        """
        metrics, pitch = QFontMetricsF(theme.base_font(SMALL)), self._tile().width() + GAP
        if all(metrics.horizontalAdvance(name) <= pitch for name in self.columns):
            return list(enumerate(self.columns))
        short = [name.rsplit(" ", 1)[-1] for name in self.columns]
        numbers = [metrics.horizontalAdvance(name) for name in short if name.isdecimal()]
        every = ceil((max(numbers, default=0.0) + GAP) / pitch)
        near = [abs(column - self.at[1]) for column in range(len(short))]
        shown = [each for each in range(len(short)) if near[each] == 0 or (each % every == 0 and near[each] >= every)]
        room = int(pitch * every + 2 * GAP)
        return [(each, metrics.elidedText(short[each], Qt.TextElideMode.ElideRight, room)) for each in shown]

    def _paint_names(self, painter: QPainter) -> None:
        for column, title in self.titles():
            place = QRectF(self.place(0, column).center().x() - 40, 0, 80, TITLE - 2)
            painter.setPen(theme.color("accent" if column == self.at[1] else "muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, title)
        for row in range(len(self.rows) if len(self.rows) > 1 else 0):
            middle = self.place(row, 0).center().y()
            painter.setPen(theme.color("accent" if row == self.at[0] else "muted"))
            place = QRectF(0, middle - 8, self._margin() - 4, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(row + 1))


class BesideGrid(QWidget):
    """A grid at the left, as wide as its pictures need within its share; what is chosen in it at the right."""

    SHARE = 0.46
    SPACE = 12

    def __init__(self, grid: MapGrid, large: QStackedWidget) -> None:
        super().__init__()
        self.grid, self.large = grid, large
        for each in (grid, large):
            each.setParent(self)
        self.setMinimumSize(120, 60)
        grid.installEventFilter(self)
        grid.changed.connect(self.arrange)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def arrange(self) -> None:
        """Give both their room."""
        left = 0
        if not self.grid.isHidden():
            wide = min(self.grid.wanted_width(self.height()), round(self.SHARE * self.width()))
            self.grid.setGeometry(0, 0, wide, self.height())
            left = wide + self.SPACE
        self.large.setGeometry(left, 0, max(1, self.width() - left), self.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.arrange()
        return super().eventFilter(watched, event)
