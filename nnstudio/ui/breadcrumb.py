"""The way into a block, over the drawing: each step can be clicked, and a button leads back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from nnstudio.ui import icons, keymap, places
from nnstudio.ui.bridge import Bridge

LONGEST = 180
"""Of one step, in pixels."""
HEIGHT = 34


class Breadcrumb(QFrame):
    """Shown only inside of a block."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._shown: tuple[str, ...] = ()
        self.setFixedHeight(HEIGHT)
        self.setProperty("class", "canvas")
        self.setAccessibleName(self.tr("Way into the block"))
        self.back = self._button("", self.tr("Leave the block"))
        keymap.tip(self.back, self.tr("Leave the block"), "leave_block")
        self.back.setIcon(icons.icon("chevron-left", "text"))
        self.back.setIconSize(QSize(16, 16))
        self.back.clicked.connect(bridge.leave)
        self.steps: list[QToolButton] = []
        self.here = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.here.setStyleSheet("font-weight: 600;")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 3, 12, 3)
        self._row.setSpacing(0)
        for signal in (bridge.session_changed, bridge.sheet_changed, bridge.history_changed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the way as it is now."""
        self.setVisible(bool(self._bridge.path))
        words = self._words()
        if words != self._shown:
            self._shown = words
            self._rebuild(words)

    def _words(self) -> tuple[str, ...]:
        """The project, then the block at each step with how often it is repeated."""
        session = self._bridge.current
        if session is None or not self._bridge.path:
            return ()
        document = session.document
        found = [document.title]
        for node in places.instances_on(document, self._bridge.path):
            repeat = node.params["repeat"]
            name = document.blocks[node.block].name
            found.append(f"{name} ×{repeat}" if repeat != 1 else name)
        return tuple(found)

    def _rebuild(self, words: tuple[str, ...]) -> None:
        while item := self._row.takeAt(0):
            widget = item.widget()
            if widget is not None and widget not in (self.back, self.here):
                widget.hide()
                widget.deleteLater()
        self._row.addWidget(self.back)
        self.steps = [self._step(word, depth) for depth, word in enumerate(words[:-1])]
        for step in self.steps:
            self._row.addWidget(step)
            self._row.addWidget(self._sign())
        self._row.addSpacing(6)
        self.here.setText(self._elided(words[-1]) if words else "")
        self._row.addWidget(self.here)
        self._row.addStretch(1)

    def _step(self, word: str, depth: int) -> QToolButton:
        button = self._button(self._elided(word).replace("&", "&&"), self.tr("Go to {0}").format(word))
        button.clicked.connect(lambda: self._bridge.go_to(depth))
        return button

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setProperty("class", "muted")
        return button

    def _sign(self) -> QLabel:
        sign = QLabel()
        sign.setPixmap(icons.icon("chevron-right", "muted").pixmap(QSize(12, 12)))
        return sign

    def _elided(self, word: str) -> str:
        return self.fontMetrics().elidedText(word, Qt.TextElideMode.ElideMiddle, LONGEST)
