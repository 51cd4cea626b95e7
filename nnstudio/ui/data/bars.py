"""How often each class or token is there: bars side by side, filled for training and hollow for testing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.data.spec import Field
from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.data.source import Known
from nnstudio.ui.data.words import class_text, edge_text, token_text
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.shades import shade

SLIMMEST, WIDEST = 24.0, 72.0
"""Pixels for a pair of bars."""
HEAD, FOOT = 34.0, 18.0
BETWEEN = 24.0


@dataclass(frozen=True)
class Bar:
    """One class or token."""

    name: str
    train: int
    test: int
    label: int = -1
    """Its number as a class, for its colour."""


@dataclass(frozen=True)
class Group:
    """The classes or tokens of one field."""

    title: str
    bars: tuple[Bar, ...]


def groups_of(summary: msg.DataSummary, known: Known, kind: str) -> list[Group]:
    """What a summary counts of labels, or of tokens."""
    found = []
    for field in known.fields:
        counts = summary.arrays.get(f"{field.name}.counts")
        if counts is None or field.kind != kind:
            continue
        names, table = known.names_of(field), counts.numpy()
        order = summary.arrays.get(f"{field.name}.tokens")
        which = order.numpy() if order is not None else np.arange(table.shape[1])
        bars = [
            Bar(_name(field, number, names), int(train), int(test), number if order is None else -1)
            for number, train, test in zip(which.tolist(), *table, strict=True)
        ]
        found.append(Group(field.name, tuple(bars)))
    return found


def _name(field: Field, number: int, names: Sequence[str]) -> str:
    if field.kind != "tokens":
        return class_text(number, names)
    return edge_text(field, number, names) if number in (field.start, field.end) else token_text(number, names)


class Bars(QWidget):
    """Groups of bars. Where there is not room for all bars of one, the first ones are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: tuple[Group, ...] = ()
        self.setMouseTracking(True)
        self.setMinimumSize(120, 80)
        theme.current().changed.connect(self.update)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show these."""
        self.groups = tuple(groups)
        self.update()

    def areas(self) -> list[tuple[Group, QRectF, int]]:
        """Where each group lies, and how many of its bars there is room for."""
        if not self.groups:
            return []
        wishes = [min(max(len(group.bars), 2) * self._wish(group), self.width()) for group in self.groups]
        room = self.width() - BETWEEN * (len(self.groups) - 1)
        scale = min(1.0, room / sum(wishes))
        found, left = [], 0.0
        for group, wish in zip(self.groups, wishes, strict=True):
            area = QRectF(left, 0, wish * scale, self.height())
            found.append((group, area, min(len(group.bars), max(1, int(area.width() / SLIMMEST)))))
            left = area.right() + BETWEEN
        return found

    def at(self, point: QPointF) -> tuple[Group, Bar] | None:
        """The bars there."""
        for group, area, count in self.areas():
            place = int((point.x() - area.left()) // (area.width() / count))
            if area.contains(point) and 0 <= place < count:
                return group, group.bars[place]
        return None

    def describe(self, point: QPointF) -> str:
        """The counts under the mouse."""
        found = self.at(point)
        if found is None:
            return ""
        group, bar = found
        total = sum(each.train + each.test for each in group.bars) or 1
        share = f"{100 * (bar.train + bar.test) / total:.2f}"
        words = self.tr("{0}: {1}\ntrain {2} · test {3} · {4} %")
        return words.format(group.title, bar.name, f"{bar.train:,}", f"{bar.test:,}", share)

    def counts(self, room: QRectF, bar: Bar, most: int, *, tested: bool) -> list[tuple[str, QRectF]]:
        """The number over each of a pair of bars and where it stands; none where there is not room for both."""
        found, metrics = (bar.train, bar.test) if tested else (bar.train,), QFontMetricsF(theme.base_font(11))
        width = max(metrics.horizontalAdvance(f"{number:,}") for number in found) + 2
        if width * len(found) > room.width():
            return []
        width = max(width, _width(room.width(), tested=tested))
        left, top = room.center().x() - width * len(found) / 2, room.bottom() - 15
        return [
            (f"{number:,}", QRectF(left + place * width, top - number / most * room.height(), width, 14))
            for place, number in enumerate(found)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font(11))
        for group, area, count in self.areas():
            self._paint_title(painter, group, area, count)
            self._paint_group(painter, group, area, count)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    # Inside

    @staticmethod
    def _wish(group: Group) -> float:
        """How wide a pair of bars would be, for its name to be read."""
        metrics = QFontMetricsF(theme.base_font(11))
        return max(WIDEST, *(metrics.horizontalAdvance(bar.name) + 12 for bar in group.bars[:20]), 0.0)

    def _paint_title(self, painter: QPainter, group: Group, area: QRectF, count: int) -> None:
        rest = len(group.bars) - count
        words = [group.title, self.tr("{0} more").format(f"{rest:,}") if rest else ""]
        painter.setPen(theme.color("muted"))
        place = QRectF(area.left(), 0, area.width(), 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, " · ".join(filter(None, words)))

    def _paint_group(self, painter: QPainter, group: Group, area: QRectF, count: int) -> None:
        shown, step = group.bars[:count], area.width() / count
        most = max((max(bar.train, bar.test) for bar in shown), default=0) or 1
        tested = any(bar.test for bar in group.bars)
        base, height = area.bottom() - FOOT, area.height() - HEAD - FOOT
        for place, bar in enumerate(shown):
            room = QRectF(area.left() + place * step, area.top() + HEAD, step, height)
            width = _width(step, tested=tested)
            left = room.center().x() - (width if tested else width / 2)
            color = shade(bar.label, len(group.bars) != 2) if bar.label >= 0 else theme.color("accent")
            self._paint_bar(painter, QRectF(left, base, width, -bar.train / most * height), color, hollow=False)
            if tested:
                inner = QRectF(left + width + 1, base, width - 1, -bar.test / most * height)
                self._paint_bar(painter, inner, color, hollow=True)
            for number, count_place in self.counts(room, bar, most, tested=tested):
                painter.setPen(theme.color("muted"))
                painter.drawText(count_place, Qt.AlignmentFlag.AlignCenter, number)
            self._paint_name(painter, room, bar.name)
        painter.fillRect(QRectF(area.left(), base, area.width(), 1), theme.color("line"))

    @staticmethod
    def _paint_bar(painter: QPainter, place: QRectF, color: QColor, *, hollow: bool) -> None:
        place = place.normalized()
        if place.height() <= 0:
            return
        painter.setPen(QPen(color, 1.2) if hollow else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if hollow else color)
        painter.drawRect(place.adjusted(0.6, 0.6, -0.6, 0) if hollow else place)

    @staticmethod
    def _paint_name(painter: QPainter, room: QRectF, name: str) -> None:
        painter.setPen(theme.color("text"))
        name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()) - 2)
        place = QRectF(room.left(), room.bottom() + 3, room.width(), 15)
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, name)


def _width(step: float, *, tested: bool) -> float:
    """Of one bar of a pair that has `step` pixels."""
    return min((step - 6) / (2 if tested else 1), 26.0)
