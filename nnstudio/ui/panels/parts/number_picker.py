"""Previous, number, next: one of so many."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nnstudio.ui.panels.parts.header import tool_button

# Only the geometry: the colours stay the theme's own.
_FLAT = "QLineEdit { background: transparent; padding: 0 3px; min-height: 18px; max-height: 18px; }\
 QLineEdit:!hover:!focus { border-color: transparent; } QLineEdit:focus { padding: 0 2px; min-height: 16px; }"


class NumberPicker(QWidget):
    """The numbers from 0 on; `picked` tells that the person wants another."""

    picked = Signal(int)

    def __init__(self, name: str, back: str, forth: str) -> None:
        super().__init__()
        self.value = self.count = 0
        self.back = tool_button("chevron-left", back)
        self.forth = tool_button("chevron-right", forth)
        self.number = QLineEdit()
        self._valid = QIntValidator(0, 0, self)
        self._dress_number(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.back, self.number, self.forth):
            layout.addWidget(widget)
        self.back.clicked.connect(self._go_back)
        self.forth.clicked.connect(self._go_on)
        self.number.editingFinished.connect(self._typed)
        self.show_number(0)

    def set_count(self, count: int) -> None:
        """How many there are to choose from."""
        if count != self.count:
            self.count = count
            self.show_number(self.value)

    def show_number(self, value: int) -> None:
        """Another one is chosen, wherever."""
        self.value = value
        last = max(self.count - 1, value)
        self._valid.setTop(last)
        self.number.setText(str(value))
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance(str(last)) + 14)
        self.back.setEnabled(value > 0)
        self.forth.setEnabled(value < self.count - 1)

    def step(self, by: int) -> None:
        """The next one, or the one before."""
        self.choose(self.value + by)

    def choose(self, value: int) -> None:
        """That one, or the nearest there is."""
        value = min(max(value, 0), max(self.count - 1, 0))
        self.show_number(value)
        self.picked.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.step(steps[key])
        else:
            super().keyPressEvent(event)

    def _go_back(self) -> None:
        self.step(-1)

    def _go_on(self) -> None:
        self.step(1)

    def _typed(self) -> None:
        self.choose(int(self.number.text() or 0))

    def _dress_number(self, name: str) -> None:
        self.number.setAccessibleName(name)
        self.number.setToolTip(name)
        self.number.setValidator(self._valid)
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setStyleSheet(_FLAT)
