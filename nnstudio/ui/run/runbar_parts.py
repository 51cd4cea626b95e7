"""Pieces of the toolbar: the engine's dot, the row that leaves out what has no room."""

from __future__ import annotations

from collections import deque
from statistics import median

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from nnstudio.project.session import Run
from nnstudio.ui import theme

FEW_RATES = 3
"""From so many figures on the pace is told."""
RATES_WITHIN = 1.0
"""Seconds that the pace is the middle of; longer where figures come seldom."""


class EngineDot(QWidget):
    """Full when ready, a ring while starting, crossed out when gone: not by colour alone."""

    _LOOKS = {"ready": "good", "starting": "warning", "lost": "warning", "stopped": "bad"}

    def __init__(self) -> None:
        super().__init__()
        self._state = "starting"
        self.setFixedSize(10, 10)
        theme.current().changed.connect(self.update)

    def show_state(self, state: str) -> None:
        """One of protocol.client's states."""
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = theme.color(self._LOOKS.get(self._state, "muted"))
        painter.setPen(QPen(shade, 1.6))
        if self._state == "ready":
            painter.setBrush(shade)
        painter.drawEllipse(2, 2, 6, 6)
        if self._state == "stopped":
            painter.drawLine(2, 8, 8, 2)


class Row(QWidget):
    """The row of the toolbar. Where the window is narrow, what `spare` names is left out, the first one first."""

    SMALLEST = 860

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.spare: list[QWidget] = []
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(4, 0, 4, 0)
        self.line.setSpacing(8)

    def fit(self) -> None:
        """Leave out as little as has to be."""
        for widget in self.spare:
            widget.setVisible(True)
        for widget in self.spare:
            self.line.invalidate()
            self.line.activate()
            if self.line.minimumSize().width() <= self.width():
                return
            widget.setVisible(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.SMALLEST, self.line.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class Pace:
    """Steps a second, as seen over the last moments: one odd figure, as after a pause, does not count."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._told: deque[tuple[float, float]] = deque()

    def tell(self, run: Run, rate: float, now: float) -> None:
        """A figure of the run came at `now`, in seconds."""
        if run is not self._run:
            self._run = run
            self._told.clear()
        self._told.append((now, rate))
        while len(self._told) > FEW_RATES and self._told[0][0] < now - RATES_WITHIN:
            self._told.popleft()

    def forget(self) -> None:
        """The run stands still; what was told before says nothing of how it goes on."""
        self._told.clear()

    def rate(self, run: Run) -> float:
        """The middle one of the latest figures; 0 while there are too few."""
        known = run is self._run and len(self._told) >= FEW_RATES
        return median(rate for _, rate in self._told) if known else 0.0


def time_words(seconds: float) -> str:
    """`12 s`, `3 min`, `2 h 5 min`."""
    if seconds < 99.5:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60:,} h {minutes % 60} min"


def number(widest: str) -> QLabel:
    """A quiet label whose digits have one width, with room for `widest`."""
    made = QLabel(textFormat=Qt.TextFormat.PlainText)
    made.setProperty("class", "muted")
    made.setFont(theme.base_font())
    widen(made, widest)
    return made


def widen(label: QLabel, widest: str) -> None:
    """Give a label room for the widest text to come."""
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest) + 4 if widest else 0)
