"""A number between two ends: a slider, and a field that takes any."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSlider, QWidget

from nnstudio.ui.panels.parts import numbers

STEPS = 200
_FIELD = 64
# Only the geometry: the colours stay the theme's own.
_FLAT = "QLineEdit { background: transparent; padding: 0 2px; min-height: 18px; max-height: 18px; }\
 QLineEdit:!hover:!focus { border-color: transparent; }"


class NumberField(QLineEdit):
    """Marks what is no number, and says why; leaving it brings the number back."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setStyleSheet(_FLAT)
        self.setFixedWidth(_FIELD)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.value = 0.0

    def show_value(self, value: float) -> None:
        """Show a number, and no fault."""
        self.value = value
        self.setText(numbers.number_text(value))
        self.complain("")

    def read(self) -> bool:
        """Take what is typed; False, and told, where it is no number."""
        try:
            self.value = numbers.number(self.text())
        except numbers.NoNumbers as error:
            self.complain(str(error))
            return False
        self.complain("")
        return True

    def complain(self, why: str) -> None:
        self.setToolTip(why)
        self.setProperty("class", "error" if why else "")
        self.style().unpolish(self)
        self.style().polish(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.show_value(self.value)


class NumberSlider(QWidget):
    """`value` may lie beyond the ends where it was typed; the slider then stands at its end."""

    moved = Signal()
    """The person has given another number."""

    def __init__(self, name: str, low: float, high: float) -> None:
        super().__init__()
        self.low, self.high = low, high if high > low else low + 1.0
        self.slider, self.field = QSlider(Qt.Orientation.Horizontal), NumberField(name)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setMinimumWidth(40)
        self.slider.setAccessibleName(name)
        ends = (numbers.number_text(end) for end in (self.low, self.high))
        self.slider.setToolTip(self.tr("{0}, from {1} to {2} in the data").format(name, *ends))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.slider.valueChanged.connect(self._slid)
        self.field.editingFinished.connect(self._typed)

    @property
    def value(self) -> float:
        return self.field.value

    def show_value(self, value: float) -> None:
        """Show a number, without telling."""
        self.field.show_value(value)
        self.slider.blockSignals(True)
        share = (value - self.low) / (self.high - self.low)
        self.slider.setValue(round(min(max(share, 0.0), 1.0) * STEPS))
        self.slider.blockSignals(False)

    def _slid(self, step: int) -> None:
        self.field.show_value(self.low + (self.high - self.low) * step / STEPS)
        self.moved.emit()

    def _typed(self) -> None:
        before = self.field.value
        if self.field.isModified() and self.field.read() and self.field.value != before:
            self.show_value(self.field.value)
            self.moved.emit()
