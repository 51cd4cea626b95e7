"""The dialog's pages without data: while the engine reads, and where it can not."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.errors import NNStudioError
from nnstudio.protocol import messages as msg
from nnstudio.ui import icons
from nnstudio.ui.buttons import with_room
from nnstudio.ui.inspector import parts

WIDTH = 480


class WaitingPage(QWidget):
    """How far it is."""

    def __init__(self) -> None:
        super().__init__()
        self.words = parts.label(look="muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(320)
        self.bar.setAccessibleName(self.tr("Progress"))
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        for widget in (self.words, self.bar):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def begin(self, words: str) -> None:
        """Nobody knows yet how long it takes."""
        self.words.setText(words)
        self.bar.setRange(0, 0)

    def show_progress(self, told: msg.DataProgress) -> None:
        """What the engine tells."""
        if told.what:
            self.words.setText(told.what)
        self.bar.setRange(0, 1000 if told.total else 0)
        if told.total:
            self.bar.setValue(min(1000 * told.done // told.total, 1000))


class RefusalPage(QWidget):
    """Why the file can not be read, where, and what to do."""

    other_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        sign = QLabel()
        sign.setPixmap(icons.icon("error", "bad").pixmap(QSize(24, 24)))
        self.words = parts.label(look="strong", wrap=True)
        self.advice = parts.label(look="muted", wrap=True)
        self.other = with_room(QPushButton(self.tr("Choose Another File…")))
        self.other.setToolTip(self.tr("Take another file in its place"))
        self.other.clicked.connect(self.other_asked)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self.words, self.advice):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setFixedWidth(WIDTH)
            column.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_error(self, error: NNStudioError) -> None:
        """Tell what is wrong."""
        self.words.setText(error.message)
        self.advice.setText(error.fix)
        self.advice.setVisible(bool(error.fix))
        self.setAccessibleName(str(error))
