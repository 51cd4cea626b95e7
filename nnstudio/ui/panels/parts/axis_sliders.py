"""Where one is on the leading axes of a tensor: a slider for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget


class _Axis(QWidget):
    """One axis: its word, the slider, and the place."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.word = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.word.setProperty("class", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFixedWidth(96)
        self.place = QLabel(textFormat=Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.word)
        row.addWidget(self.slider)
        row.addWidget(self.place)
        self.slider.valueChanged.connect(self._on_moved)

    def show_place(self, word: str, place: int, size: int) -> None:
        self.word.setText(word)
        self.slider.setAccessibleName(word)
        self.slider.setToolTip(self.tr("Which {0} is shown").format(word))
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setRange(0, size - 1)
            self.slider.setPageStep(max(1, size // 8))
            self.slider.setValue(place)
            self.slider.blockSignals(False)
        self._tell()

    def _on_moved(self, _place: int) -> None:
        self._tell()
        self.moved.emit()

    def _tell(self) -> None:
        last = self.slider.maximum()
        self.place.setMinimumWidth(self.place.fontMetrics().horizontalAdvance(f"{last} / {last}"))
        self.place.setText(f"{self.slider.value()} / {last}")


class AxisSliders(QWidget):
    """`moved` tells that `places` are others. Hidden where there is no axis to choose on."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.axes: list[_Axis] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self.hide()

    @property
    def places(self) -> list[int]:
        return [axis.slider.value() for axis in self.axes if not axis.isHidden()]

    def show_places(self, words: Sequence[str], places: Sequence[int], sizes: Sequence[int]) -> None:
        """The axes there are, and where one is on each."""
        while len(self.axes) < len(words):
            axis = _Axis()
            axis.moved.connect(self.moved)
            self._row.addWidget(axis)
            self.axes.append(axis)
        for axis, word, place, size in zip(self.axes, words, places, sizes, strict=False):
            axis.show_place(word, place, size)
        for number, axis in enumerate(self.axes):
            axis.setVisible(number < len(words))
        self.setVisible(bool(words))
