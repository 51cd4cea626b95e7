"""One problem: how bad, where, what, what to do, and a button that does it where one is known."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.compiler.custom import ALLOW
from nnstudio.compiler.result import Problem
from nnstudio.ui import icons, theme

ICON = 16
SHADES = {"error": "bad", "warning": "warning"}


class ProblemRow(QFrame):
    """Chosen by a click or by Enter."""

    chosen = Signal(object)
    """compiler.result.Problem."""
    fix_asked = Signal(object)
    """compiler.result.Problem."""

    def __init__(self, problem: Problem, node: str) -> None:
        super().__init__()
        self.problem = problem
        self.setProperty("class", "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{problem.severity}: {node} {problem}")
        self.fix_button = self._make_button()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 6)
        layout.setSpacing(10)
        layout.addWidget(SeverityIcon(problem.severity), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self._words(node), 1)
        if self.fix_button is not None:
            layout.addWidget(self.fix_button, 0, Qt.AlignmentFlag.AlignVCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.problem)
        else:
            super().keyPressEvent(event)

    def _words(self, node: str) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        message = _label(self.problem.message)
        if node and node not in self.problem.message:
            message.setText(f"{node}: {self.problem.message}")
        words.addWidget(message)
        if self.problem.fix:
            words.addWidget(_label(self.problem.fix, "muted"))
        return words

    def _make_button(self) -> QPushButton | None:
        if self.problem.remedy is None:
            return None
        button = QPushButton(self.problem.remedy.label or self.tr("Fix"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        allows = self.problem.remedy.kind == ALLOW
        tip = self.tr("Let exactly this text run, now and later") if allows else self.tr("Do it now; it can be undone")
        button.setToolTip(tip)
        button.clicked.connect(lambda: self.fix_asked.emit(self.problem))
        return button


class SeverityIcon(QWidget):
    """A cross in a ring or a triangle: told apart by shape as well as by colour."""

    def __init__(self, severity: str) -> None:
        super().__init__()
        self._severity = severity
        self.setFixedSize(QSize(ICON, ICON + 2))
        theme.current().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        name = self._severity if self._severity in SHADES else "info"
        icons.paint(QPainter(self), QRectF(0, 1, ICON, ICON), name, SHADES.get(name, "muted"))


def _label(text: str, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("class", role)
    return label
