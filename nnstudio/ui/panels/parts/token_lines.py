"""Lines between the tokens of two sequences: the more one looks at another, the stronger (as BertViz, Vig 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import shades, tips
from nnstudio.ui.panels.parts.heads import head_title
from nnstudio.ui.panels.parts.legend import Key
from nnstudio.ui.panels.parts.looks import Floats, Looks, placed
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.plane import HUES
from nnstudio.ui.panels.parts.token_map import LARGEST, letters, longest

MOST_LINES = 300
"""The strongest ones; more of them are a fog."""
LEVELS = 12
"""Strengths of lines: those of one are drawn at once."""
FEW = 4
"""Heads that a legend has room for with their names; of more the numbers are told."""
TOLD = 5
"""Tokens that a read-out names, the strongest first."""
_APART = 2.0
"""Pixels between the lines of two heads from one token to another; less where the tokens are close."""
_FADED = 0.25
_WIDEST_STEP = 72.0
_EDGE = 6.0
_LEAST = 36.0
"""Room for a word among letters, as the mark of an end."""
_MOST_SHORT = 0.8
"""So many names must have room for any to be written."""


@dataclass(frozen=True)
class Token:
    """One of the tokens: of those that look (`asks`), or of those that are looked at."""

    asks: bool
    place: int


@dataclass(frozen=True)
class Bundle:
    """Lines of one strength, and of one head; of all together where it is negative."""

    level: int
    head: int
    lines: list[QLineF]

    @property
    def pen(self) -> QPen:
        key = key_of(self.head, "")
        shade = QColor(key.shade)
        shade.setAlphaF(self.level / LEVELS)
        return QPen(shade, 1.0 + self.level / LEVELS, Qt.PenStyle.DashLine if key.dashed else Qt.PenStyle.SolidLine)


def key_of(head: int, text: str) -> Key:
    """A head's own hue, and a dash where the hues begin again; the accent for what is no single head."""
    if head < 0:
        return Key(text, "accent")
    return Key(text, shades.token(head, many=True), dashed=head >= len(HUES))


def keys_of(heads: Sequence[int]) -> list[Key]:
    """What a legend says of heads that have lines of their own."""
    return [key_of(head, head_title(head) if len(heads) <= FEW else str(head + 1)) for head in heads]


def strengths(shade: QColor) -> NDArray[np.uint8]:
    """A line's colour from the weakest to the strongest, for a scale."""
    ramp = np.empty((256, 4), np.uint8)
    ramp[:] = shade.red(), shade.green(), shade.blue(), 255
    ramp[:, 3] = np.arange(256)
    return ramp


class TokenLines(QWidget):
    """Those that look are at the left and what they look at is at the right; or below and above, where it is wide."""

    row_chosen = Signal(int)
    """The person clicked on a token that looks."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = Looks()
        self.token: Token | None = None
        """The one that is pointed at: only its lines are shown."""
        self._across: tuple[float, float] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(80, 60)
        self.setAccessibleName(self.tr("Lines from each token to those it looks at"))
        theme.current().changed.connect(self.update)

    def show_looks(self, looks: Looks) -> None:
        """Other weights; the token that is pointed at stays."""
        self.looks, self._across = looks, None
        if self.token is not None and self.token.place >= looks.weights.shape[0 if self.token.asks else 1]:
            self.token = None
        self.update()

    @property
    def wide(self) -> bool:
        """Whether the tokens lie in two rows rather than in two columns."""
        return self.width() > self.height()

    def position(self, token: Token) -> QPointF:
        """Where its lines end."""
        along = self._along(token.asks, token.place)
        across = self._sides()[0 if token.asks else 1]
        return QPointF(along, across) if self.wide else QPointF(across, along)

    def at(self, point: QPointF) -> Token | None:
        """The token there, as far as to the middle between the two; None where there is none."""
        if not self.looks.some:
            return None
        along, across = (point.x(), point.y()) if self.wide else (point.y(), point.x())
        first, second = self._sides()
        asks = abs(across - first) < abs(across - second)
        if abs(across - (first if asks else second)) > 0.25 * abs(first - second) + 40:
            return None
        count = self.looks.weights.shape[0 if asks else 1]
        start, step = self._along(asks, 0), self._step(asks)
        place = round((along - start) / step)
        return Token(asks, place) if 0 <= place < count else None

    def describe(self, token: Token | None) -> str:
        """At whom a token looks, or who looks at it, and with which head where they are told apart."""
        if token is None:
            return ""
        names = self.looks.columns if token.asks else self.looks.rows
        own = placed(self.looks.rows if token.asks else self.looks.columns, token.place)
        first = self.tr("{0} looks at").format(own) if token.asks else self.tr("{0} is looked at by").format(own)
        strands = self._strands()
        weights = np.stack([each[token.place] if token.asks else each[:, token.place] for _, each in strands])
        best = np.argsort(-weights, axis=None)[:TOLD]
        lines = [first]
        for strand, place in zip(*np.unravel_index(best, weights.shape), strict=True):
            if weights[strand, place] > 0:
                head = f" · {head_title(strands[strand][0])}" if len(strands) > 1 else ""
                lines.append(f"{number_text(float(weights[strand, place]))}  {placed(names, int(place))}{head}")
        return "\n".join(lines)

    def lines(self) -> list[Bundle]:
        """By strength, the weakest first."""
        strands = self._strands()
        weights = np.stack([each for _, each in strands])
        if self.token is not None:
            keep = np.zeros(weights.shape, bool)
            keep[(slice(None), self.token.place) if self.token.asks else (..., self.token.place)] = True
            weights = np.where(keep, weights, 0)
        levels = np.ceil(np.clip(weights / self.looks.top, 0, 1) * LEVELS - 0.5).astype(int)
        found = np.nonzero(levels)
        if len(found[0]) > MOST_LINES:
            strongest = np.argpartition(-weights[found], MOST_LINES)[:MOST_LINES]
            found = tuple(each[strongest] for each in found)
        ends = [[self._ends(asks, strand, len(strands)) for asks in (True, False)] for strand in range(len(strands))]
        bundles: dict[tuple[int, int], list[QLineF]] = {}
        for level, strand, row, column in zip(*(each.tolist() for each in (levels[found], *found)), strict=True):
            asking, asked = ends[strand]
            bundles.setdefault((level, strand), []).append(QLineF(asking[row], asked[column]))
        return [Bundle(level, strands[strand][0], lines) for (level, strand), lines in sorted(bundles.items())]

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._across = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.at(event.position()))
        tips.show(self, event.position().toPoint(), self.describe(self.token))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.token is not None and self.token.asks:
            self.row_chosen.emit(self.token.place)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        tips.show(self, self.rect().center(), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Along a sequence, and to the other one."""
        along = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1} if self.wide else {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        across = (Qt.Key.Key_Up, Qt.Key.Key_Down) if self.wide else (Qt.Key.Key_Left, Qt.Key.Key_Right)
        key = Qt.Key(event.key())
        if not self.looks.some or key not in (*along, *across, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
            return
        token = self.token or Token(True, -along.get(key, 0))
        asks = token.asks != (key in across)
        count = self.looks.weights.shape[0 if asks else 1]
        moved = Token(asks, min(max(token.place + along.get(key, 0), 0), count - 1))
        self._point(None if key == Qt.Key.Key_Escape else moved)
        tips.show(self, self.position(moved).toPoint(), self.describe(self.token))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.looks.some:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for bundle in self.lines():
            painter.setPen(bundle.pen)
            painter.drawLines(bundle.lines)
        for asks in (True, False):
            self._paint_tokens(painter, asks)

    # Inside

    def _point(self, token: Token | None) -> None:
        if token != self.token:
            self.token = token
            self.update()

    def _sides(self) -> tuple[float, float]:
        """Across: where the lines end at those that look, and at the others."""
        if self._across is None:
            self._across = self._find_sides()
        return self._across

    def _find_sides(self) -> tuple[float, float]:
        if self.wide:
            line = QFontMetricsF(theme.base_font(LARGEST)).height() + _EDGE
            return self.height() - line, line
        metrics = QFontMetricsF(theme.base_font(LARGEST))
        most = self.width() / 3
        left, right = (
            min(longest(names, metrics) + 2 * _EDGE, most) for names in (self.looks.rows, self.looks.columns)
        )
        return left, self.width() - right

    def _step(self, asks: bool) -> float:
        room = self.width() if self.wide else self.height()
        count = self.looks.weights.shape[0 if asks else 1]
        return min((room - 2 * _EDGE) / max(count, 1), _WIDEST_STEP if self.wide else 26.0)

    def _along(self, asks: bool, place: int) -> float:
        """The middle of a token; a short sequence stands in the middle."""
        room = self.width() if self.wide else self.height()
        count, step = self.looks.weights.shape[0 if asks else 1], self._step(asks)
        return (room - count * step) / 2 + (place + 0.5) * step

    def _strands(self) -> tuple[tuple[int, Floats], ...]:
        """The heads that have lines of their own, or all as one."""
        return self.looks.strands or ((-1, self.looks.weights),)

    def _ends(self, asks: bool, strand: int, strands: int) -> list[QPointF]:
        """Where the lines of one of the heads end: a little beside those of the others."""
        step, across = self._step(asks), self._sides()[0 if asks else 1]
        aside = (strand - (strands - 1) / 2) * min(_APART, 0.6 * step / strands)
        first, count = self._along(asks, 0) + aside, self.looks.weights.shape[0 if asks else 1]
        along = [first + place * step for place in range(count)]
        return [QPointF(at, across) if self.wide else QPointF(across, at) for at in along]

    def _paint_tokens(self, painter: QPainter, asks: bool) -> None:
        names = self.looks.rows if asks else self.looks.columns
        px = self._letters(names, self._step(asks))
        strength = self._strength(asks, len(names))
        pointed = self.token.place if self.token is not None and self.token.asks == asks else -1
        painter.setFont(theme.base_font(px or LARGEST))
        for place, name in enumerate(names):
            named = place == pointed or (self.token is not None and strength[place] >= 0.5)
            if not px and not named:
                continue
            painter.setPen(theme.color("accent" if place == pointed else "text"))
            painter.setOpacity(1.0 if place == pointed else max(_FADED, strength[place]))
            self._paint_token(painter, asks, place, name, roomy=not px)
        painter.setOpacity(1.0)

    def _letters(self, names: tuple[str, ...], step: float) -> int:
        """How large the names can be beside each other; 0 where most of them would not be read."""
        if not self.wide:
            return letters(step)
        px = letters(step * (1.4 if all(len(name) < 2 for name in names) else 1.0))
        metrics = QFontMetricsF(theme.base_font(px or LARGEST))
        short = sum(metrics.horizontalAdvance(name) <= step + 1 for name in names)
        return px if short >= _MOST_SHORT * len(names) else 0

    def _strength(self, asks: bool, count: int) -> list[float]:
        """How much each has to do with the token that is pointed at."""
        if self.token is None:
            return [1.0] * count
        if self.token.asks == asks:
            return [0.0] * count
        weights = self.looks.weights
        seen = weights[self.token.place] if self.token.asks else weights[:, self.token.place]
        return np.clip(seen / self.looks.top, 0, 1).tolist()  # type: ignore[no-any-return]  # floats

    def _paint_token(self, painter: QPainter, asks: bool, place: int, name: str, *, roomy: bool) -> None:
        """Behind the end of its lines."""
        at, flags = self.position(Token(asks, place)), Qt.AlignmentFlag
        if self.wide:
            wide = 120.0 if roomy else max(self._step(asks) - 2, _LEAST)
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(wide))
            wide = painter.fontMetrics().horizontalAdvance(text) + 2
            left = min(max(at.x() - wide / 2, 0.0), self.width() - wide)
            room = QRectF(left, at.y() + (0 if asks else -24), wide, 24)
            painter.drawText(room, flags.AlignHCenter | (flags.AlignTop if asks else flags.AlignBottom), text)
            return
        wide = (at.x() if asks else self.width() - at.x()) - _EDGE
        room = QRectF(0 if asks else at.x() + _EDGE, at.y() - 12, wide, 24)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(wide))
        painter.drawText(room, flags.AlignVCenter | (flags.AlignRight if asks else flags.AlignLeft), text)
