"""The offer of what a crash has left behind: a strip over the drawing that is in nobody's way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnstudio.project.recovery import Left
from nnstudio.ui import icons

MOST_HEIGHT = 160
"""Of the rows, in pixels; more of them scroll."""


class RecoveryPage(QFrame):
    """Each project with its time and its file. Nothing is lost by not answering."""

    restore = Signal(object)
    """recovery.Left."""
    discard = Signal(object)
    """recovery.Left."""
    later = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offered: list[Left] = []
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Projects that were not saved"))
        self.restore_buttons: list[QPushButton] = []
        self.discard_buttons: list[QPushButton] = []
        self.restore_all = QPushButton(self.tr("Restore All"))
        self.restore_all.setToolTip(self.tr("Open each of them in a tab, as unsaved work"))
        self.restore_all.clicked.connect(self._restore_all)
        self.put_off = QPushButton(self.tr("Later"))
        self.put_off.setToolTip(self.tr("Keep them; they are offered again at the next start, and in the File menu"))
        self.put_off.clicked.connect(self.later)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._arrange()
        self.hide()

    def offer(self, found: Sequence[Left]) -> None:
        """Show what was found."""
        self.offered = list(found)
        self._rebuild()
        self.setVisible(bool(found))

    def take(self, left: Left) -> None:
        """The person has decided on it."""
        self.offered = [other for other in self.offered if other is not left]
        self._rebuild()
        self.setVisible(bool(self.offered))

    # Inside

    def _arrange(self) -> None:
        sign = QLabel()
        sign.setPixmap(icons.icon("warning", "warning").pixmap(QSize(16, 16)))
        words = QLabel(self.tr("The program ended without saving these projects."), wordWrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(sign)
        head.addWidget(words, 1)
        head.addWidget(self.restore_all)
        head.addWidget(self.put_off)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._area)

    def _rebuild(self) -> None:
        rows = QWidget()
        rows.setProperty("class", "content")
        grid = QGridLayout(rows)
        grid.setContentsMargins(24, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        self.restore_buttons, self.discard_buttons = [], []
        for row, left in enumerate(self.offered):
            self._add_row(grid, row, left)
        self._area.setWidget(rows)
        self._area.setFixedHeight(min(rows.sizeHint().height(), MOST_HEIGHT))
        self.restore_all.setVisible(len(self.offered) > 1)

    def _add_row(self, grid: QGridLayout, row: int, left: Left) -> None:
        place = str(left.path) if left.path else self.tr("Not saved to a file yet")
        for column, (words, look) in enumerate(((left.title, ""), (self._when(left), "muted"), (place, "muted"))):
            label = QLabel(words, textFormat=Qt.TextFormat.PlainText)
            label.setProperty("class", look)
            label.setToolTip(words)
            label.setMinimumWidth(40)
            grid.addWidget(label, row, column)
        restore, discard = QPushButton(self.tr("Restore")), QPushButton(self.tr("Discard"))
        restore.setToolTip(self.tr("Open it as unsaved work; its file stays as it is until you save"))
        discard.setToolTip(self.tr("Delete what was kept of it; its file stays as it is"))
        restore.setAccessibleName(self.tr("Restore {0}").format(left.title))
        discard.setAccessibleName(self.tr("Discard {0}").format(left.title))
        restore.clicked.connect(lambda: self.restore.emit(left))
        discard.clicked.connect(lambda: self.discard.emit(left))
        grid.addWidget(restore, row, 3)
        grid.addWidget(discard, row, 4)
        self.restore_buttons.append(restore)
        self.discard_buttons.append(discard)

    def _when(self, left: Left) -> str:
        when = datetime.fromtimestamp(left.time)
        today = when.date() == datetime.now().date()
        return self.tr("kept {0}").format(when.strftime("%H:%M" if today else "%Y-%m-%d %H:%M"))

    def _restore_all(self) -> None:
        for left in list(self.offered):
            self.restore.emit(left)
