"""A text that is typed, and under it the tokens that the network gets."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.data.spec import Field
from nnstudio.ui import theme
from nnstudio.ui.data import tokens as view_tokens
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.spelling import Spelled, Spelling, listed
from nnstudio.ui.trying.ways import TEXT, Floats, Way

MOST_LETTERS = 20_000


class TextEditor(Editor):
    """Begins with the text of the test sample."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        field = way.source or Field(way.name, way.shape, "int64", TEXT)
        first = int(way.sample.reshape(-1)[0]) if way.size else -1
        begins = field.start is not None and first == field.start and field.padding is not None
        self.spelling = Spelling(field, way.tokens or _numbered(way), begins, way.task == "tokens")
        self.spelled = Spelled(())
        self._sample: Floats = way.sample
        self.text, self.view = QPlainTextEdit(), TokenView(self.spelling)
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(self.tr("Type here"))
        self.text.setAccessibleName(self.tr("Text for the network"))
        self.text.setFont(theme.mono_font(13))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.text, 2)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.text)
        self.show_sample(way.sample)
        self.text.textChanged.connect(self._typed)

    def numbers(self) -> list[float]:
        return [float(token) for token in self.spelled.tokens] if self.own else self._sample.reshape(-1).tolist()

    def show_sample(self, sample: Floats) -> None:
        self._sample = sample
        tokens = [int(token) for token in sample.reshape(-1)]
        written = self.spelling.write(tokens)
        self.spelled = Spelled(tuple(tokens), self.spelling.read(written).at)
        self.text.blockSignals(True)
        self.text.setPlainText(written)
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.text.blockSignals(False)
        self.view.show_tokens(self.spelled)

    @property
    def at(self) -> int:
        return self.spelled.at

    @property
    def remark(self) -> str:
        found, words = self.spelled, []
        if found.unknown:
            words.append(self.tr("unknown: {0}").format(listed(found.unknown)))
        if found.cut:
            words.append(self.tr("only the last {0} count").format(self.spelling.length))
        if found.filled:
            words.append(self.tr("filled up in front with {0}").format(found.filled))
        return " · ".join(words)

    def _typed(self) -> None:
        self.spelled = self.spelling.read(self.text.toPlainText()[-MOST_LETTERS:])
        self.view.show_tokens(self.spelled)
        self.made()


def _numbered(way: Way) -> tuple[str, ...]:
    """Tokens without names are called by their numbers."""
    return tuple(str(number) for number in range(int(way.sample.max(initial=0)) + 1))


class TokenView(QWidget):
    """The tokens, the last ones where there is no room for all."""

    def __init__(self, spelling: Spelling) -> None:
        super().__init__()
        self._spelling = spelling
        self._tokens: tuple[int, ...] = ()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(22)
        self.setAccessibleName(self.tr("Tokens that the network gets"))
        theme.current().changed.connect(self.update)

    def show_tokens(self, spelled: Spelled) -> None:
        self._tokens = spelled.tokens
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 44)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        piece = view_tokens.at(self._laid(), event.position())
        words = "" if piece is None or piece.place < 0 else self._described(piece)
        tips.show(self, event.position().toPoint(), words)

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, QPointF(0, 0).toPoint(), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font(12))
        view_tokens.paint(painter, self._laid())

    def _described(self, piece: view_tokens.Piece) -> str:
        return view_tokens.described(self._spelling.field, np.array(self._tokens), self._spelling.names, piece)

    def _laid(self) -> list[view_tokens.Laid]:
        spelling = self._spelling
        found = view_tokens.pieces(spelling.field, np.array(self._tokens, np.int64), spelling.names)
        room = QRectF(self.rect())
        return view_tokens.lay_out(found, room, QFontMetricsF(theme.base_font(12)), letters=spelling.letters)
