"""The last projects: name, folder and when; one that is gone says so and can be taken off the list."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QSize, Qt, QTime, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui import icons
from nnstudio.ui.inspector.parts import NameLabel

LISTED = 5


class _Name(QPushButton):
    """A name of any length: the middle of a long one is left out."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        missing = self.sizeHint().width() - self.width()
        if missing > 0:
            room = self.fontMetrics().horizontalAdvance(self.text()) - missing
            option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)  # type: ignore[attr-defined]  # its stubs know no text
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


class Row(QWidget):
    """One project. What is not there any more can only be taken off."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.is_missing = False
        self.sign = QLabel()
        self.sign.setPixmap(icons.icon("warning", "warning").pixmap(QSize(14, 14)))
        self.sign.hide()
        self.open = _Name(path.name.replace("&", "&&"))
        self.open.setProperty("class", "link")
        self.open.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.open.setToolTip(str(path))
        self.where = NameLabel()
        self.where.setText(str(path.parent))
        self.when = QLabel(textFormat=Qt.TextFormat.PlainText)
        for label in (self.where, self.when):
            label.setProperty("class", "small")
        self.forget = QToolButton(autoRaise=True)
        self.forget.setIcon(icons.icon("close", "muted"))
        self.forget.setIconSize(QSize(12, 12))
        self.forget.setToolTip(_tr("Take this project off the list; its file stays"))
        self.forget.setAccessibleName(_tr("Take {0} off the list").format(path.name))
        self._arrange()

    def show_time(self, seconds: float | None) -> None:
        """When the file was written; None where there is none."""
        self.is_missing = seconds is None
        self.sign.setVisible(self.is_missing)
        self.open.setEnabled(not self.is_missing)
        missing = _tr("not there any more")
        self.when.setText(missing if seconds is None else when_words(datetime.fromtimestamp(seconds), datetime.now()))

    def _arrange(self) -> None:
        upper, lower, lines, row = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(), QHBoxLayout(self)
        upper.setSpacing(6)
        upper.addWidget(self.sign)
        upper.addWidget(self.open)
        upper.addStretch(1)
        lower.setContentsMargins(5, 0, 0, 0)
        lower.setSpacing(8)
        lower.addWidget(self.when)
        lower.addWidget(self.where)
        lower.addStretch(1)
        lines.setSpacing(0)
        lines.addLayout(upper)
        lines.addLayout(lower)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(8)
        row.addLayout(lines, 1)
        row.addWidget(self.forget, 0, Qt.AlignmentFlag.AlignTop)


class Recent(QWidget):
    """Shown only where there is something to list."""

    chosen = Signal(object)
    """Path: to be opened."""
    forgotten = Signal(object)
    """Path: no longer to be listed."""
    _looked = Signal(object, object)
    """Path, and when it was written or None."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        heading = QLabel(_tr("Recent projects"), textFormat=Qt.TextFormat.PlainText)
        heading.setProperty("class", "heading")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addLayout(self._list)
        self._looked.connect(self._show_time, Qt.ConnectionType.QueuedConnection)

    def show_paths(self, paths: Sequence[Path]) -> None:
        """List these, newest first. Whether they are still there is looked up by and by: a slow disk keeps nobody."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [self._row(path) for path in paths[:LISTED]]
        for row in self.rows:
            self._list.addWidget(row)
        self.setVisible(bool(self.rows))
        names = [row.path for row in self.rows]
        if names:
            threading.Thread(target=self._look, args=(names,), name="nnstudio-recent", daemon=True).start()

    def _look(self, paths: Sequence[Path]) -> None:
        """In a thread of its own."""
        for path in paths:
            with contextlib.suppress(RuntimeError):  # the window is gone meanwhile
                self._looked.emit(path, _written(path))

    def _show_time(self, path: Path, seconds: float | None) -> None:
        for row in self.rows:
            if row.path == path:
                row.show_time(seconds)

    def _row(self, path: Path) -> Row:
        row = Row(path)
        row.open.clicked.connect(lambda: self.chosen.emit(path))
        row.forget.clicked.connect(lambda: self.forgotten.emit(path))
        return row


def _written(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except (OSError, ValueError):
        return None


def when_words(then: datetime, now: datetime) -> str:
    """When something was, in few words."""
    clock = QLocale().toString(QTime(then.hour, then.minute), QLocale.FormatType.ShortFormat)
    days = (now.date() - then.date()).days
    if days == 0:
        return _tr("today {0}").format(clock)
    if days == 1:
        return _tr("yesterday {0}").format(clock)
    return _tr("{0} days ago").format(days) if 1 < days < 7 else _day_words(then.date())


def _day_words(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Recent", text)
