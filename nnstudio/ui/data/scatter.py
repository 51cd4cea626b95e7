"""Samples as points: any two numbers, or two components; classes differ by colour and shape, test points are rings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.data.source import Known
from nnstudio.ui.data.words import class_text, number_text, numbers_of, titles_of, tr
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.header import FlatCombo
from nnstudio.ui.panels.parts.legend import Key, Legend, symbol_path
from nnstudio.ui.panels.parts.shades import shade, symbol, token
from nnstudio.ui.panels.parts.ticks import linear_ticks, short

LEFT, TOP, RIGHT, BOTTOM = 44.0, 26.0, 8.0, 24.0
RADIUS = 3.4
NEAR = 10.0
"""Pixels from a point within which the mouse is at it."""
ROOM = 0.04
"""Of the range, beyond the outermost points."""
MOST_KEYS = 10


@dataclass(frozen=True)
class Axis:
    """What can be an axis: its name, and the numbers of all points."""

    title: str
    values: NDArray[np.float64]
    tip: str = ""
    answer: bool = False
    """Whether it is what is to be foretold: it goes up."""

    @property
    def range(self) -> tuple[float, float]:
        finite = self.values[np.isfinite(self.values)]
        if not finite.size:
            return 0.0, 1.0
        low, high = float(finite.min()), float(finite.max())
        room = ROOM * (high - low) or 0.5 * (abs(high) or 1.0)
        return low - room, high + room


@dataclass(frozen=True)
class Points:
    """Samples drawn by lot."""

    axes: tuple[Axis, ...]
    labels: NDArray[np.int64]
    test: NDArray[np.bool_]
    rows: NDArray[np.int64]
    place: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def many(self) -> bool:
        """Whether there are other than two classes, so that each has a hue of its own."""
        return max(len(self.names), int(self.labels.max(initial=-1)) + 1) != 2

    @staticmethod
    def of(summary: msg.DataSummary, known: Known) -> Points:
        """What a summary has to show as points."""
        arrays = {name: array.numpy() for name, array in summary.arrays.items() if name.startswith("points.")}
        rows = arrays.get("points.rows", np.empty(0, np.int64))
        label = str(summary.facts.get("label", ""))
        names = next((known.names_of(field) for field in known.fields if field.name == label), ())
        return Points(
            tuple(_axes(arrays, summary, known)),
            arrays.get("points.label", np.full(len(rows), -1)),
            arrays.get("points.test", np.zeros(len(rows), bool)),
            rows,
            arrays.get("points.place", np.zeros(len(rows), np.int64)),
            names,
        )


class Scatter(QWidget):
    """Two axes to choose, and the points. `chosen` tells the place of a test sample that was clicked on."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.points: Points | None = None
        self._near = -1
        self._keys: tuple[list[Key], ...] = ()
        self._paths: list[tuple[int, bool, QPainterPath]] = []
        self.across, self.up = FlatCombo(self.tr("Across")), FlatCombo(self.tr("Up"))
        self.legend = Legend()
        for widget in (self.across, self.up, self.legend):
            widget.setParent(self)
        for combo in (self.across, self.up):
            combo.activated.connect(self._other_axes)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 80)
        theme.current().changed.connect(self._stale)

    def show_points(self, points: Points) -> None:
        """Other points; the axes stay where there are the same ones."""
        self.points = points
        titles = [axis.title for axis in points.axes]
        answer = next((n for n, axis in enumerate(points.axes) if axis.answer and n), 1)
        for combo, first in ((self.across, 0), (self.up, answer)):
            if titles != [combo.itemText(number) for number in range(combo.count())]:
                combo.clear()
                combo.addItems(titles)
                combo.setCurrentIndex(min(first, len(titles) - 1))
        self._explain()
        self._arrange()
        self._stale()

    @property
    def axes(self) -> tuple[Axis, Axis] | None:
        """The two that are shown."""
        if self.points is None or len(self.points.axes) < 2:
            return None
        return self.points.axes[max(self.across.currentIndex(), 0)], self.points.axes[max(self.up.currentIndex(), 0)]

    @property
    def area(self) -> QRectF:
        """Where points lie."""
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where each point is, in pixels."""
        assert self.axes is not None
        (x0, x1), (y0, y1) = (axis.range for axis in self.axes)
        area = self.area
        x = area.left() + (self.axes[0].values - x0) / (x1 - x0) * area.width()
        y = area.bottom() - (self.axes[1].values - y0) / (y1 - y0) * area.height()
        return x, y

    def at(self, point: QPointF) -> int:
        """The number of the point there, or -1."""
        if self.axes is None or not len(self.axes[0].values):
            return -1
        x, y = self.places()
        far = np.nan_to_num(np.hypot(x - point.x(), y - point.y()), nan=np.inf)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= NEAR else -1

    def describe(self, point: QPointF) -> str:
        """The exact values of the point under the mouse."""
        number = self.at(point)
        if number < 0 or self.points is None or self.axes is None:
            return ""
        points = self.points
        part = self.tr("test") if points.test[number] else self.tr("train")
        lines = [self.tr("sample {0} · {1}").format(f"{int(points.rows[number]):,}", part)]
        lines += [f"{axis.title}: {number_text(float(axis.values[number]), 6)}" for axis in self.axes]
        if points.labels[number] >= 0:
            lines.append(class_text(int(points.labels[number]), points.names))
        return "\n".join(lines)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.axes is None or self.points is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter)
        if not self._paths:
            self._build()
        for label, test, path in self._paths:
            color = shade(label, self.points.many) if label >= 0 else theme.color("accent")
            painter.setPen(QPen(color, 1.2) if test else QPen(theme.color("surface"), 0.6))
            painter.setBrush(Qt.BrushStyle.NoBrush if test else color)
            painter.drawPath(path)
        self._paint_near(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        self._stale()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = self.at(event.position())
        if near != self._near:
            self._near = near
            self.update()
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._near = -1
        self.update()
        tips.show(self, self.rect().center(), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.at(event.position())
        if self.points is not None and number >= 0 and self.points.test[number]:
            self.chosen.emit(int(self.points.place[number]))

    # Inside

    def _other_axes(self, _index: int = 0) -> None:
        self._arrange()
        self._stale()

    def _stale(self) -> None:
        self._paths = []
        self._near = -1
        self.update()

    def _arrange(self) -> None:
        """The pickers at the ends of their axes, the legend at the right."""
        axes = self.axes
        for combo, axis in zip((self.across, self.up), axes or (None, None), strict=True):
            combo.setVisible(axis is not None)
            combo.setToolTip(axis.tip if axis is not None and axis.tip else combo.accessibleName())
            combo.resize(combo.sizeHint())
        self.up.move(0, 0)
        self.across.move(self.width() - self.across.width(), self.height() - self.across.height())
        room = self.width() - self.up.width()
        for keys in self._keys:
            self.legend.set_keys(keys)
            if self.legend.sizeHint().width() < room:
                break
        self.legend.resize(self.legend.sizeHint())
        self.legend.move(self.width() - self.legend.width(), 2)
        self.legend.setVisible(self.legend.width() < room)

    def _explain(self) -> None:
        """What the legend says, and what it says where there is not room for all of it."""
        assert self.points is not None
        points = self.points
        labels = sorted(set(points.labels.tolist()) - {-1})
        keys = [Key(class_text(n, points.names), token(n, points.many), symbol=symbol(n)) for n in labels[:MOST_KEYS]]
        if len(labels) > MOST_KEYS:
            keys.append(Key(self.tr("{0} more").format(len(labels) - MOST_KEYS), "muted", symbol="o"))
        tested = Key(self.tr("test"), "muted", symbol="o", ring=True)
        parts = [Key(self.tr("train"), "muted", symbol="o"), tested] if points.test.any() else []
        self._keys = ([*keys, *parts], keys, parts)

    def _build(self) -> None:
        assert self.points is not None
        x, y = self.places()
        known = np.isfinite(x) & np.isfinite(y)
        for label in sorted(set(self.points.labels.tolist())):
            for test in (False, True):
                chosen = known & (self.points.labels == label) & (self.points.test == test)
                path = QPainterPath()
                path.setFillRule(Qt.FillRule.WindingFill)  # points that overlap leave no hole
                for number in np.flatnonzero(chosen):
                    path.addPath(symbol_path(symbol(label), QPointF(x[number], y[number]), RADIUS))
                self._paths.append((label, test, path))

    def _paint_axes(self, painter: QPainter) -> None:
        assert self.axes is not None
        area = self.area
        painter.setFont(theme.base_font(11))
        line, muted = theme.mix(theme.color("surface"), theme.color("line"), 0.75), theme.color("muted")
        (x0, x1), (y0, y1) = (axis.range for axis in self.axes)
        clear = self.width() - self.across.width() - 26
        for value in linear_ticks(x0, x1, max(2, int(area.width() / 72)))[1]:
            at = area.left() + (value - x0) / (x1 - x0) * area.width()
            painter.setPen(line)
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
            if at < clear:
                painter.setPen(muted)
                place = QRectF(at - 40, area.bottom() + 4, 80, 16)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, short(value))
        for value in linear_ticks(y0, y1, max(2, int(area.height() / 30)))[1]:
            at = area.bottom() - (value - y0) / (y1 - y0) * area.height()
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            painter.setPen(muted)
            place = QRectF(0, at - 8, area.left() - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, short(value))

    def _paint_near(self, painter: QPainter) -> None:
        if self._near >= 0:
            x, y = self.places()
            painter.setPen(QPen(theme.color("text"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x[self._near], y[self._near]), RADIUS + 3, RADIUS + 3)


def _axes(arrays: dict[str, NDArray[Any]], summary: msg.DataSummary, known: Known) -> Sequence[Axis]:
    """The numbers of the fields; components first where there are no two numbers, as in pictures."""
    found = []
    columns = numbers_of(known.fields)
    for column, title in zip(columns, titles_of(columns), strict=True):
        table = arrays.get(f"points.{column.field.name}")
        if table is not None and column.number is not None and column.number < table.shape[1]:
            answer = column.field.kind == "number"
            found.append(Axis(title, table[:, column.number].astype(np.float64), answer=answer))
    parts = arrays.get("points.pca")
    if parts is None:
        return found
    field, shares = str(summary.facts.get("pca", "")), summary.facts.get("pca.explained", [0.0, 0.0])
    words = tr("Principal components of '{0}', {1}.\nThey explain {2} % and {3} % of the variance.")
    tip = words.format(field, summary.facts.get("pca.words", ""), *(f"{100 * share:.1f}" for share in shares))
    pca = [Axis(f"PCA {n + 1}", parts[:, n].astype(np.float64), tip) for n in range(2)]
    several = sum(column.field.kind == "vector" for column in numbers_of(known.fields)) > 1
    image = any(field.kind == "image" for field in known.fields)
    return [*found, *pca] if several and not image else [*pca, *found]
