"""Previous, number, next: which sample of the test set is looked at. All panels follow the same one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.header import tool_button

# Only the geometry: the colours stay the theme's own.
_FLAT = "QLineEdit { background: transparent; padding: 0 3px; min-height: 18px; max-height: 18px; }\
 QLineEdit:!hover:!focus { border-color: transparent; } QLineEdit:focus { padding: 0 2px; min-height: 16px; }"


class SamplePicker(QWidget):
    """Chooses through the bridge, and follows it."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.samples = 0
        self.back = tool_button("chevron-left", self.tr("Previous sample"))
        self.forth = tool_button("chevron-right", self.tr("Next sample"))
        self.number = QLineEdit()
        self._valid = QIntValidator(0, 0, self)
        self._dress_number()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.back, self.number, self.forth):
            layout.addWidget(widget)
        self.back.clicked.connect(lambda: self.step(-1))
        self.forth.clicked.connect(lambda: self.step(1))
        self.number.editingFinished.connect(lambda: self.choose(int(self.number.text() or 0)))
        bridge.sample_changed.connect(self._follow)
        self._follow(bridge.sample)

    def set_samples(self, samples: int) -> None:
        """How many samples there are to choose from."""
        if samples != self.samples:
            self.samples = samples
            self._follow(self._bridge.sample)

    def step(self, by: int) -> None:
        """The next sample, or the one before."""
        self.choose(self._bridge.sample + by)

    def choose(self, sample: int) -> None:
        """Look at `sample`, or the nearest there is."""
        self._bridge.choose_sample(min(max(sample, 0), max(self.samples - 1, 0)))
        self._follow(self._bridge.sample)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.step(steps[key])
        else:
            super().keyPressEvent(event)

    def _dress_number(self) -> None:
        self.number.setAccessibleName(self.tr("Sample of the test set"))
        self.number.setValidator(self._valid)
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setStyleSheet(_FLAT)

    def _follow(self, sample: int) -> None:
        last = max(self.samples - 1, sample)
        self._valid.setTop(last)
        self.number.setText(str(sample))
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance(str(last)) + 14)
        self.back.setEnabled(sample > 0)
        self.forth.setEnabled(sample < self.samples - 1)
