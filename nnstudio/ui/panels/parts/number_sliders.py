"""Sliders for a few numbers, each with a field to type in; one drag is one gesture."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSlider, QWidget

from nnstudio.ui.panels.parts import numbers
from nnstudio.ui.panels.parts.numbers import NoNumbers, number_text

STEPS = 200
"""Places of a slider on each side of zero."""
LEAST, WIDEST = 136, 240
COLUMNS = 4


class NumberSlider(QWidget):
    """`moved` tells which of several it is, the number, and whether it goes on with the last one."""

    moved = Signal(int, float, bool)

    def __init__(self, place: int = 0) -> None:
        super().__init__()
        self._own_place = place
        self.value = 0.0
        self.reach = 1.0
        """Both ends."""
        self.whole = False
        self._more = False
        self.word = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.word.setProperty("class", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMinimumWidth(48)
        self.field = QLineEdit()
        self.field.setFixedWidth(72)
        self.field.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 18px; max-height: 18px; }")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.word)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(WIDEST)
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.sliderReleased.connect(self._on_released)
        self.field.editingFinished.connect(self._on_typed)

    def show_number(self, word: str, value: float, *, whole: bool, anew: bool) -> None:
        """Another number; `anew` where it is of something else, and the ends are to suit it."""
        self.word.setText(word)
        self.slider.setAccessibleName(word)
        self.field.setAccessibleName(word)
        if self.slider.isSliderDown():
            return
        self.whole, self.value = whole, value
        if anew or abs(value) > self.reach:
            self._suit()
        self._place()

    def _suit(self) -> None:
        """Ends twice as far as the number, and no nearer than 1."""
        least = 10.0 if self.whole else 1.0
        self.reach = max(least, 2.0 ** ceil(log2(max(2 * abs(self.value), 1e-9))))

    def _place(self) -> None:
        steps = int(self.reach) if self.whole else STEPS
        self.slider.blockSignals(True)
        self.slider.setRange(-steps, steps)
        self.slider.setPageStep(max(1, steps // 10))
        self.slider.setValue(round(self.value / self.reach * steps))
        self.slider.blockSignals(False)
        if not self.field.hasFocus() or not self.field.isModified():
            self.field.setText(number_text(self.value))

    def _on_slid(self, place: int) -> None:
        self.value = self.reach * place / self.slider.maximum()
        self.field.setText(number_text(self.value))
        more, self._more = self._more, self.slider.isSliderDown()
        self.moved.emit(self._own_place, self.value, more)

    def _on_released(self) -> None:
        self._more = False
        if abs(self.value) >= self.reach:
            self._suit()
            self._place()

    def _on_typed(self) -> None:
        if not self.field.isModified():
            return
        try:
            value = numbers.number(self.field.text())
        except NoNumbers as error:
            self.field.setToolTip(str(error))
            self.field.setText(number_text(self.value))
            return
        self.field.setModified(False)
        self.field.setToolTip("")
        self.value = float(round(value)) if self.whole else value
        if abs(self.value) > self.reach:
            self._suit()
        self._place()
        self.moved.emit(self._own_place, self.value, False)


class NumberSliders(QWidget):
    """`moved` tells what a NumberSlider tells."""

    moved = Signal(int, float, bool)

    def __init__(self) -> None:
        super().__init__()
        self.sliders: list[NumberSlider] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(COLUMNS, 1)
        self.hide()

    def show_numbers(self, words: Sequence[str], values: Sequence[float], *, whole: bool, anew: bool) -> None:
        """Other numbers, each with its word; hidden where there are none."""
        while len(self.sliders) < len(values):
            self._add()
        for slider, word, value in zip(self.sliders, words, values, strict=False):
            slider.show_number(word, value, whole=whole, anew=anew)
        for place, slider in enumerate(self.sliders):
            slider.setVisible(place < len(values))
        self.setVisible(bool(values))

    def _add(self) -> None:
        place = len(self.sliders)
        slider = NumberSlider(place)
        slider.moved.connect(self.moved)
        self._grid.addWidget(slider, place // COLUMNS, place % COLUMNS)
        self._grid.setColumnStretch(place % COLUMNS, 8)
        self.sliders.append(slider)
