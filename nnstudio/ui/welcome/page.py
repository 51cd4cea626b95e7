"""The page that greets, over the canvas: it goes as soon as there is a project to work on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.examples import Example, offered
from nnstudio.ui import icons
from nnstudio.ui.notices import Notice
from nnstudio.ui.projects.projects import Projects
from nnstudio.ui.welcome.cards import Cards
from nnstudio.ui.welcome.recent import Recent

WIDE = 1000
"""From so much room on, what was worked on last stands beside the examples."""
MEDIUM = 680
"""From so much room on, the buttons stand beside the title."""
SIDE = 320
QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's word for no limit, which PySide6 does not give."""
_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_DOWN, _ACROSS = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight


class Welcome(QFrame):
    """`train` starts a run on what is in the window."""

    closed = Signal()

    def __init__(self, host: QWidget, projects: Projects, train: Callable[[], object]) -> None:
        super().__init__(host)
        self._host = host
        self._projects = projects
        self._train = train
        self.setProperty("class", "welcome")
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Welcome"))
        self.new = QPushButton(icons.icon("new", "on_accent"), self.tr("New Project"))
        self.new.setProperty("class", "primary")
        self.new.setToolTip(self.tr("Begin with an empty drawing"))
        self.open = QPushButton(icons.icon("open"), self.tr("Open…"))
        self.open.setToolTip(self.tr("Open a project from a file"))
        self.leave = QToolButton(autoRaise=True)
        self.leave.setIcon(icons.icon("close", "muted"))
        self.leave.setToolTip(self.tr("Close this page (Escape); Help ▸ Welcome brings it back"))
        self.leave.setAccessibleName(self.tr("Close this page"))
        self.recent = Recent()
        self.cards = Cards(offered())
        self._arrange()
        self._connect()
        self.hide()

    def open_page(self) -> None:
        """Show it, with the keyboard on it."""
        self.refresh()
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        for notice in self._host.findChildren(Notice, options=Qt.FindChildOption.FindDirectChildrenOnly):
            notice.raise_()
        self._take_keys(self.recent.rows[0].open if self.recent.rows else self.cards.cards[0])

    def close_page(self) -> None:
        """Back to the drawing."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def refresh(self) -> None:
        """List the projects as they are now."""
        self.recent.show_paths(self._projects.recent())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_page()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._host.rect())
        elif isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() in _BY_KEYS:
            assert isinstance(watched, QWidget)
            self._scroll.ensureWidgetVisible(watched, 0, 24)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With room enough the last projects stand beside the examples, and the buttons beside the title."""
        super().resizeEvent(event)
        self._top.setDirection(_ACROSS if event.size().width() >= MEDIUM else _DOWN)
        wide = event.size().width() >= WIDE and self.recent.isVisibleTo(self)
        self._body.setDirection(_ACROSS if wide else _DOWN)
        self.recent.setMaximumWidth(SIDE if wide else QWIDGETSIZE_MAX)

    # What is done

    def _take_keys(self, part: QWidget) -> None:
        """A part gets the keyboard, now and whenever the page does."""
        self.setFocusProxy(part)
        part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self) -> None:
        self._projects.new()
        self.close_page()

    def _open_example(self, example: Example) -> bool:
        opened = self._projects.open_example(example.path)
        if opened:
            self.close_page()
        return opened

    def _train_example(self, example: Example) -> None:
        if self._open_example(example):
            self._train()

    def _open_recent(self, path: Path) -> None:
        if self._projects.open_recent(path):
            self.close_page()

    def _forget(self, path: Path) -> None:
        place = next((n for n, row in enumerate(self.recent.rows) if row.path == path), 0)
        self._projects.forget(path)
        self.refresh()
        rows = self.recent.rows
        self._take_keys(rows[min(place, len(rows) - 1)].forget if rows else self.cards.cards[0])

    def _connect(self) -> None:
        self._host.installEventFilter(self)
        self.new.clicked.connect(self._begin)
        self.open.clicked.connect(lambda: self.close_page() if self._projects.ask_and_open() else None)
        self.leave.clicked.connect(self.close_page)
        self.cards.opened.connect(self._open_example)
        self.cards.trained.connect(self._train_example)
        self.recent.chosen.connect(self._open_recent)
        self.recent.forgotten.connect(self._forget)
        for card in self.cards.cards:
            card.installEventFilter(self)
            card.train.installEventFilter(self)

    # How it is made

    def _arrange(self) -> None:
        examples = QVBoxLayout()
        examples.setSpacing(8)
        examples.addWidget(_label(self.tr("Examples, ready to train"), "heading"))
        examples.addWidget(self.cards)
        examples.addStretch(1)
        self._body = QBoxLayout(_DOWN)
        self._body.setSpacing(24)
        self._body.addWidget(self.recent, 0, Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(examples, 1)
        content = QWidget()
        content.setProperty("class", "welcome")
        column = QVBoxLayout(content)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addLayout(self._head())
        column.addLayout(self._body, 1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setProperty("class", "welcome")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_label(self.tr("Welcome to NNStudio"), "hero"))
        words.addWidget(_label(self.tr("Draw a neural network, train it, and see inside it."), "muted"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.new)
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        self._top = QBoxLayout(_ACROSS)
        self._top.setSpacing(12)
        self._top.addLayout(words, 1)
        self._top.addLayout(buttons)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(self._top, 1)
        row.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignTop)
        return row


def _label(text: str, look: str) -> QLabel:
    made = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    made.setProperty("class", look)
    return made
