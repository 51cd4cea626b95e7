"""The examples as cards that flow: as many in a row as there is room for, walked with the arrows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.examples import Example
from nnstudio.ui import icons
from nnstudio.ui.welcome.picture import Picture

NARROWEST, GAP = 224, 16
_ACROSS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Card(QFrame):
    """One example: a click or Enter opens it, its button trains it at once."""

    opened = Signal(object)
    """Example."""
    trained = Signal(object)
    """Example: to be opened, and trained."""
    stepped = Signal(object, int, int)
    """Card, columns, rows: an arrow leads from it."""

    def __init__(self, example: Example) -> None:
        super().__init__()
        self.example = example
        self.setProperty("class", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Example {0}: {1}").format(example.title, example.summary))
        self.setToolTip(self.tr("Open a copy of this example, ready to train"))
        self.picture = Picture(example)
        self.train = QPushButton(icons.icon("train"), self.tr("Train"))
        self.train.setToolTip(self.tr("Open this example and train it"))
        self.train.setAccessibleName(self.tr("Train {0}").format(example.title))
        self.train.setCursor(Qt.CursorShape.ArrowCursor)
        self.train.clicked.connect(lambda: self.trained.emit(self.example))
        self._arrange()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.example)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self.example)
        elif key in _ACROSS or key in _DOWN:
            self.stepped.emit(self, _ACROSS.get(key, 0), _DOWN.get(key, 0))
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        title = _label(self.example.title, "strong")
        words = _label(self.example.summary, "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.setMinimumHeight(3 * words.fontMetrics().lineSpacing())
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(_label(" · ".join(self.example.tags), "small"), 1)
        below.addWidget(self.train)
        texts = QVBoxLayout()
        texts.setContentsMargins(12, 8, 12, 12)
        texts.setSpacing(4)
        texts.addWidget(title)
        texts.addWidget(words, 1)
        texts.addSpacing(4)
        texts.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.picture)
        column.addLayout(texts, 1)


class Cards(QWidget):
    """Cards of one width, which fill the row."""

    opened = Signal(object)
    """Example."""
    trained = Signal(object)
    """Example."""

    def __init__(self, examples: Sequence[Example]) -> None:
        super().__init__()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.cards = [Card(example) for example in examples]
        for card in self.cards:
            card.opened.connect(self.opened)
            card.trained.connect(self.trained)
            card.stepped.connect(self._step)
        self._flow(1)

    @property
    def columns(self) -> int:
        return self._columns

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._flow(max(1, (event.size().width() + GAP) // (NARROWEST + GAP)))

    def _flow(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, place // columns, place % columns)

    def _step(self, card: Card, columns: int, rows: int) -> None:
        place = self.cards.index(card) + columns + rows * self._columns
        if 0 <= place < len(self.cards):
            self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)


def _label(text: str, look: str) -> QLabel:
    made = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    made.setProperty("class", look)
    made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return made
