"""First, back, on, last: steps through something, and a few lines on where one is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.header import ElidedLabel, tool_button

MOST_LINES = 3
_LINE = 16
_ROW = 24


class StepBar(QWidget):
    """Buttons, where one is, and what happens there. It is but a row high until the first step."""

    stepped = Signal(int)
    """To go on by so many steps, or back."""
    gone = Signal(int)
    """To the first step, 0, or the last, 1; −1 leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.first = tool_button("to-start", self.tr("First operation (Home)"), color="text")
        self.back = tool_button("step-back", self.tr("Operation before (Left)"), color="text")
        self.on = tool_button("step-on", self.tr("Next operation (Right)"), color="text")
        self.last = tool_button("to-end", self.tr("Last operation (End)"), color="text")
        self.leave = tool_button("close", self.tr("Leave the walk (Escape)"))
        self.place = ElidedLabel()
        self._going = False
        self.lines = StepLines()
        self._connect()
        self._arrange()

    def show_step(self, place: str, lines: Sequence[str], *, position: int, count: int) -> None:
        """Say where one is; position −1 is before the first step, where the only line stands beside the buttons."""
        self._going = position >= 0
        self.place.setText(place or " ".join(lines))
        self.place.setToolTip(tips.plain(self.place.text()))
        self.place.setFont(theme.base_font(12, QFont.Weight.DemiBold if self._going else QFont.Weight.Normal))
        self.lines.show_lines(lines if self._going else ())
        self._fit_in()
        for button in (self.first, self.back):
            button.setEnabled(position > 0)
        for button in (self.on, self.last):
            button.setEnabled(position < count - 1)
        self.leave.setVisible(position >= 0)

    def set_most(self, lines: int) -> None:
        """So many lines are needed at most."""
        self.lines.room = min(max(lines, 1), MOST_LINES)
        self._fit_in()

    def _connect(self) -> None:
        self.first.clicked.connect(lambda: self.gone.emit(0))
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.on.clicked.connect(lambda: self.stepped.emit(1))
        self.last.clicked.connect(lambda: self.gone.emit(1))
        self.leave.clicked.connect(lambda: self.gone.emit(-1))

    def _fit_in(self) -> None:
        self.lines.setVisible(self._going)
        self.setFixedHeight(4 + _ROW + (self.lines.room * _LINE if self._going else 0))

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        buttons: list[QToolButton] = [self.first, self.back, self.on, self.last, self.leave]
        for button in buttons:
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.place, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(row)
        whole.addWidget(self.lines, 1)


class StepLines(QLabel):
    """A few lines of a formula, each on a line of its own."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self._lines: tuple[str, ...] = ()
        self.room = MOST_LINES
        """Lines that are shown at once."""
        self.setFont(theme.base_font(12))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def show_lines(self, lines: Sequence[str]) -> None:
        self._lines = tuple(lines)
        self.setText("\n".join(lines))
        self.setToolTip(tips.plain(self.text()) if lines else "")
        self.setAccessibleName(self.text())
        self.update()

    def shown(self) -> list[str]:
        """What there is room for; the last line counts the rest."""
        rest = len(self._lines) - self.room
        if rest <= 0:
            return list(self._lines)
        return [*self._lines[: self.room - 1], self.tr("and {0} more, in the tip").format(rest + 1)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        for number, line in enumerate(self.shown()):
            text = self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, self.width())
            room = self.rect().adjusted(0, number * _LINE, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, text)
