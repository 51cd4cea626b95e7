"""Live pictures that are written: a single number, and the tokens of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from nnstudio.ui import theme
from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.metrics import font, measure
from nnstudio.ui.data.tokens import grounds
from nnstudio.ui.data.words import token_text

_LINE, _LINES = 15.0, 3
_INSET = 1.5
_NUMBER = 22.0
_GAP = 4.0


class NumberPicture(Thumbnail):
    """One number, as a loss or an answer; `told` stands behind it."""

    def __init__(self, value: float, text: str, shape: tuple[int, ...] = (), told: str = "") -> None:
        super().__init__(np.full(shape, value), told=(text, told))

    @property
    def height(self) -> float:
        return _NUMBER

    def paint(self, painter: QPainter, into: QRectF) -> None:
        text, told = self.told
        for px, bold, shade, words, left in (
            (15, True, "text", text, 0.0),
            (11, False, "muted", told, measure(15, True).horizontalAdvance(text) + 8),
        ):
            painter.setFont(font(px, bold))
            painter.setPen(theme.color(shade))
            room = into.width() - left
            shown = measure(px, bold).elidedText(words, Qt.TextElideMode.ElideRight, max(room, 0.0))
            painter.drawText(QPointF(into.left() + left, into.top() + 16), shown if len(shown) > 1 else "")


class TokenPicture(Thumbnail):
    """The beginning of a text, each token on a tint of its own."""

    def __init__(self, words: Sequence[str], length: int, told: tuple[str, ...] = ()) -> None:
        super().__init__(np.zeros(length, np.float32), given=True, told=told)
        self.words = tuple(token_text(place, words) for place in range(len(words)))

    @property
    def height(self) -> float:
        return _LINES * _LINE

    def shows_the_same(self, other: Thumbnail) -> bool:
        return isinstance(other, TokenPicture) and (self.words, self.told) == (other.words, other.told)

    def paint(self, painter: QPainter, into: QRectF) -> None:
        painter.setFont(font(11))
        tints = grounds("raised")
        for place, (text, cell) in enumerate(self._laid(into, measure(11))):
            painter.fillRect(cell.adjusted(0.25, 1, -0.25, -1), tints[place % len(tints)])
            painter.setPen(theme.color("text"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _laid(self, into: QRectF, metrics: QFontMetricsF) -> Iterator[tuple[str, QRectF]]:
        """As many tokens as there is room for, with their places."""
        letters = all(len(word) == 1 for word in self.words)
        left, top, gap = into.left(), into.top(), 0.0 if letters else _GAP / 2
        for word in self.words:
            shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, into.width() - 2 * _INSET)
            width = metrics.horizontalAdvance(shown) + 2 * _INSET + gap
            if left + width > into.right():
                left, top = into.left(), top + _LINE
            if top + _LINE > into.bottom() + 1:
                return
            yield shown, QRectF(left, top, width, _LINE)
            left += width + gap
