"""What the network says: bars of probabilities, numbers with their names, or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui import theme
from nnstudio.ui.data.words import MARKS
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.pictures import Floats, grown, picture

MOST = 10
"""Answers that are shown."""
ROW, THICK = 24.0, 10.0
"""Of a line at most, and of its bar."""
LEAST_ROW = 13.0
FIGURE, BAR = 50.0, 24.0
"""Room for a figure, and for a bar at least."""
TWO_LINES = 30.0
"""Room for a name with its bar under it."""
GAP = 8.0
_MARKS = 3
"""Names that may stand at the front of a vocabulary of letters, such as that of padding."""


@dataclass(frozen=True)
class Said:
    """One line: a class with its probability, or a number with its name."""

    name: str
    value: float
    first: bool = False
    """Whether it is the likeliest."""
    true: bool = False
    """Whether the data say that it is right."""


@dataclass(frozen=True)
class Answer:
    """`of_classes`: values are probabilities. `total` counts the lines that there would be in all."""

    lines: tuple[Said, ...] = ()
    of_classes: bool = True
    total: int = 0
    image: Floats | None = None
    written: str = ""
    """The likeliest token of each place."""

    @property
    def best(self) -> Said | None:
        return next((line for line in self.lines if line.first), None)


def answer_of(frame: ProbeFrame, columns: Sequence[str] = ()) -> Answer:
    """A frame of the answer probe, understood. `columns` are the names of numbers."""
    arrays = {name: array.numpy() for name, array in frame.arrays.items()}
    told = frame.facts.get("names")
    names = [str(name) for name in told] if isinstance(told, list) else []
    if "probabilities" in arrays:
        label = frame.facts.get("label")
        lines = _classes(arrays["probabilities"], names, label if isinstance(label, int) else -1)
        written = _written(arrays["written"], names) if "written" in arrays else ""
        return Answer(lines, True, len(arrays["probabilities"]), None, written)
    output = arrays.get("output", np.empty(0, np.float32))
    if output.ndim == 3 and output.shape[0] in (1, 3):
        return Answer((), False, output.size, output)
    return Answer(_numbers(output.reshape(-1), columns, str(frame.facts.get("output", ""))), False, output.size)


def _classes(probabilities: Floats, names: Sequence[str], label: int) -> tuple[Said, ...]:
    """All in their order where they are few; else the likeliest first."""
    shares = np.nan_to_num(probabilities, nan=0.0)
    order = np.argsort(-shares, kind="stable")
    first = int(order[0]) if len(order) else -1
    shown = range(len(shares)) if len(shares) <= MOST else order[:MOST].tolist()
    return tuple(
        Said(MARKS.get(names[place], names[place]) if place < len(names) else str(place), float(probabilities[place]),
             place == first, place == label)
        for place in shown
    )  # fmt: skip


def _numbers(values: Floats, columns: Sequence[str], output: str) -> tuple[Said, ...]:
    named = len(columns) == len(values)
    plain = [output] if len(values) == 1 else [f"{output}[{place}]" for place in range(min(len(values), MOST))]
    titles = list(columns) if named else plain
    return tuple(Said(name, float(value)) for name, value in zip(titles[:MOST], values[:MOST], strict=True))


def _written(tokens: Floats, names: Sequence[str]) -> str:
    texts = [MARKS.get(names[token], names[token]) if token < len(names) else str(token) for token in tokens.tolist()]
    words = any(len(name) > 1 for name in names[_MARKS:])
    return (" " if words else "").join(texts)


class AnswerView(QWidget):
    """Lines of names, bars and figures; the likeliest stands out by weight and colour."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = Answer()
        self._longest = 0.0
        """Of the names, as wide as it may be."""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(130)
        theme.current().changed.connect(self.update)

    def show_answer(self, answer: Answer) -> None:
        self.answer = answer
        metrics = QFontMetricsF(theme.base_font(12, QFont.Weight.Bold))
        self._longest = max((metrics.horizontalAdvance(line.name) for line in answer.lines), default=0.0) + 2
        best = answer.best
        words = f"{best.name} {self._figure(best)}" if best else ", ".join(
            f"{line.name} {self._figure(line)}" for line in answer.lines
        )  # fmt: skip
        self.setAccessibleName(self.tr("The network says: {0}").format(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 160)

    def describe(self, at: QPointF) -> str:
        """The exact value of the line there; under the lines all that is written."""
        if self.answer.written and at.y() > self.height() - self._foot:
            return self._words() + self.answer.written
        number = int((at.y() - self._top) // self._row) if self.answer.lines else -1
        if not 0 <= number < len(self.answer.lines):
            return ""
        line = self.answer.lines[number]
        exact = f"{line.value:.6f}" if self.answer.of_classes else f"{line.value:.7g}"
        return f"{line.name}\n{exact}" + (f"\n{self.tr('so the data say')}" if line.true else "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.answer.image is not None:
            self._paint_image(painter, self.answer.image)
        elif len(self.answer.lines) == 1 and not self.answer.of_classes:
            self._paint_single(painter, self.answer.lines[0])
        else:
            for number in range(len(self.answer.lines)):
                self._paint_line(painter, number)
            self._paint_foot(painter)

    # Inside

    @property
    def _foot(self) -> float:
        """Room under the lines for what else there is to say."""
        return 18.0 if self._words() else 0.0

    @property
    def _row(self) -> float:
        return max(LEAST_ROW, min(1.4 * ROW if self._apart else ROW, self._room_each))

    @property
    def _room_each(self) -> float:
        return (self.height() - self._foot) / max(len(self.answer.lines), 1)

    @property
    def _apart(self) -> bool:
        """Whether bars stand under the names: where these would be cut beside them, and there is the height."""
        return self._longest > self._beside and self._room_each >= TWO_LINES

    @property
    def _beside(self) -> float:
        """Room for a name beside its bar and its figure."""
        return max(self.width() - FIGURE - 2 * GAP - BAR, BAR)

    @property
    def _top(self) -> float:
        return max(0.0, (self.height() - self._foot - self._row * len(self.answer.lines)) / 2)

    def _font(self, bold: bool = False) -> QFont:
        size = 12 if self._room_each >= 15 else 11
        return theme.base_font(size, QFont.Weight.Bold if bold else QFont.Weight.Normal)

    def _places(self, number: int) -> tuple[QRectF, QRectF, QRectF]:
        """Of the name, the bar and the figure of a line."""
        top, width, high = self._top + number * self._row, float(self.width()), self._row
        if self._apart:
            words, bar = high - THICK - 5, QRectF(0, top + high - THICK - 5, width, THICK)
            name = QRectF(0, top, width - FIGURE - GAP, words)
            return name, bar, QRectF(width - FIGURE, top, FIGURE, words)
        names = min(self._longest, self._beside)
        bar = QRectF(names + GAP, top, max(width - names - 2 * GAP - FIGURE, 8), high)
        return QRectF(0, top, names, high), bar, QRectF(width - FIGURE, top, FIGURE, high)

    def _paint_line(self, painter: QPainter, number: int) -> None:
        line, (name, bar, figure) = self.answer.lines[number], self._places(number)
        font, side = self._font(bold=line.first), Qt.AlignmentFlag
        painter.setFont(font)
        painter.setPen(theme.color("text" if line.first or not self.answer.of_classes else "muted"))
        text = QFontMetricsF(font).elidedText(line.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, side.AlignVCenter | (side.AlignLeft if self._apart else side.AlignRight), text)
        painter.setFont(theme.tabular(font))
        painter.drawText(figure, side.AlignVCenter | side.AlignRight, self._figure(line))
        self._paint_bar(painter, bar, line)

    def _paint_bar(self, painter: QPainter, room: QRectF, line: Said) -> None:
        thick = min(THICK, self._row - 3)
        track = QRectF(room.left(), room.center().y() - thick / 2, room.width(), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.mix(theme.color("surface"), theme.color("line"), 0.6))
        painter.drawRoundedRect(track, 3, 3)
        painter.setBrush(self._bar_color(line))
        painter.drawRoundedRect(self._filled(track, line), 3, 3)
        if line.true:
            painter.setBrush(theme.color("good"))
            painter.drawEllipse(QPointF(track.right() - thick / 2, track.center().y()), thick / 4, thick / 4)

    def _filled(self, track: QRectF, line: Said) -> QRectF:
        """The part of the track that a value takes: probabilities from the left, numbers from the middle."""
        value = line.value if np.isfinite(line.value) else 0.0
        if self.answer.of_classes:
            return QRectF(
                track.left(), track.top(), max(track.width() * min(max(value, 0.0), 1.0), 1.0), track.height()
            )
        reach = max((abs(each.value) for each in self.answer.lines if np.isfinite(each.value)), default=1.0) or 1.0
        end = track.center().x() + value / reach * track.width() / 2
        left, right = sorted((track.center().x(), end))
        return QRectF(left, track.top(), max(right - left, 1.0), track.height())

    def _bar_color(self, line: Said) -> object:
        strong = line.first or not self.answer.of_classes
        return theme.color("accent") if strong else theme.mix(theme.color("surface"), theme.color("accent"), 0.5)

    def _paint_single(self, painter: QPainter, line: Said) -> None:
        """One number, large."""
        middle = self.height() / 2
        painter.setPen(theme.color("text"))
        painter.setFont(theme.tabular(theme.base_font(30, QFont.Weight.DemiBold)))
        place = QRectF(0, middle - 30, self.width(), 40)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._figure(line))
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.base_font(12))
        painter.drawText(place.translated(0, 32), Qt.AlignmentFlag.AlignCenter, line.name)

    def _paint_image(self, painter: QPainter, pixels: Floats) -> None:
        _, height, width = pixels.shape
        size = QSizeF(width, height).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size)
        side = round(max(size.width(), size.height()) * self.devicePixelRatioF())
        painter.drawImage(place, grown(picture(pixels), side))

    def _paint_foot(self, painter: QPainter) -> None:
        words = self._words()
        if not words:
            return
        painter.setFont(theme.base_font(11))
        painter.setPen(theme.color("muted"))
        place = QRectF(0, self.height() - self._foot, self.width(), self._foot)
        metrics = QFontMetricsF(painter.font())
        if self.answer.written:
            words = self._fitted(words, self.answer.written, metrics, place.width())
        kept = metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, kept)

    def _fitted(self, words: str, written: str, metrics: QFontMetricsF, room: float) -> str:
        """Both, or an arrow and as much of the end as there is room for: the last ones count most."""
        if metrics.horizontalAdvance(words + written) > room:
            words = "→ "
        left = room - metrics.horizontalAdvance(words)
        return words + metrics.elidedText(written, Qt.TextElideMode.ElideLeft, left)

    def _words(self) -> str:
        answer = self.answer
        if answer.written:
            return self.tr("at each place: ")
        if answer.lines and answer.total > len(answer.lines):
            words = self.tr("the likeliest {0} of {1}") if answer.of_classes else self.tr("the first {0} of {1}")
            return words.format(len(answer.lines), f"{answer.total:,}")
        return ""

    def _figure(self, line: Said) -> str:
        return self.tr("{0} %").format(f"{100 * line.value:.1f}") if self.answer.of_classes else number_text(line.value)
