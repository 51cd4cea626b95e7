"""One point of a map and what it comes from, walked across the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui import icons
from nnstudio.ui.canvas.texts import tr
from nnstudio.ui.features import words
from nnstudio.ui.features.function_view import FunctionView
from nnstudio.ui.features.patch_view import Patch, PatchView
from nnstudio.ui.panels.parts.header import ElidedLabel, tool_button
from nnstudio.ui.panels.parts.map_view import Map, MapView, Window
from nnstudio.ui.panels.parts.pictures import Floats

STEP_MS = 350
"""Between two places while it walks by itself."""
BAR = 24
KEYS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class PointPage(QWidget):
    """The map it comes from, the numbers, and the map it is a point of; below, the sum and what walks on."""

    asked = Signal(object)
    """A list of places: another point is wanted, or None: none at all."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[int] = []
        self.row = -1
        """Which of the maps it comes from is shown; -1 until one has been chosen."""
        self._shape: tuple[int, ...] = ()
        self._given: Floats = np.zeros((0, 0, 0), np.float32)
        self._names: list[str] = []
        self._frame: ProbeFrame | None = None
        self.given = MapView(self.tr("row {0}, column {1}\n{2}"))
        self.made = MapView(self.tr("row {0}, column {1}\n{2}"))
        self.patch, self.function = PatchView(), FunctionView()
        self.untold = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.untold.setTextFormat(Qt.TextFormat.PlainText)
        self.middle = QStackedWidget()
        for view in (self.patch, self.function, self.untold):
            self.middle.addWidget(view)
        self.equation = ElidedLabel()
        self.still = False
        """While it is, no other point can be seen."""
        self._timer = QTimer(self, singleShot=True, interval=STEP_MS)
        self._arrange()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("How a point of the map comes about"))

    @property
    def playing(self) -> bool:
        return self.play.isChecked()

    def open(self, at: Sequence[int]) -> None:
        """Show a point, from the frame that comes next."""
        self.at, self.row = [*at], -1
        self.play.setChecked(False)

    def show_frame(self, frame: ProbeFrame, layer: str) -> None:
        """What a point comes from; a frame of another point, or of none, is passed over."""
        facts, shape, told = frame.facts, words.whole(frame.facts, "shape"), words.whole(frame.facts, "at")
        if any(place >= size for place, size in zip(self.at, shape, strict=False)):
            self.at = told  # the map is smaller than before
        if told != self.at:
            return
        self._frame, self._shape = frame, tuple(shape)
        self._show_made(frame.arrays["maps"].numpy())
        if facts.get("unexplained"):
            self._say(words.not_told(layer, words.number(facts, "output")))
        else:
            self._show_parts(frame, layer)
        if self.playing:
            self._timer.start()

    def step(self, by: int) -> None:
        """On along the rows, or back; behind the last place comes the first."""
        rows, columns = self._shape[-2:] if len(self._shape) >= 2 else (1, 1)
        place = (self.at[-2] * columns + self.at[-1] + by) % (rows * columns)
        if len(self._shape) == 2:  # a row is a channel: along it only
            place = self.at[-2] * columns + (self.at[-1] + by) % columns
        self._go([*self.at[:-2], *divmod(place, columns)])

    def go(self, down: int, across: int) -> None:
        """To a neighbour on the map, as far as there is one."""
        if self._shape:
            rows, columns = self._shape[-2:]
            row, column = self.at[-2] + down, self.at[-1] + across
            self._go([*self.at[:-2], min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)])

    def turn(self, by: int) -> None:
        """To the same place on another channel's map."""
        if len(self._shape) > 2:
            self._go([(self.at[0] + by) % self._shape[0], *self.at[1:]])

    def keep_still(self, still: bool) -> None:
        """No other point can be seen, or they can again."""
        self.still = still
        self.play.setChecked(False)
        for button in (self.back, self.play, self.forth, self.close_button):
            button.setDisabled(still)

    def values(self) -> ProbeFrame | None:
        """The frame that is shown."""
        return self._frame

    # Events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        turns = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if key in KEYS:
            self.go(*KEYS[key])
        elif key in turns:
            self.turn(turns[key])
        elif key == Qt.Key.Key_Space:
            self.play.toggle()
        elif key == Qt.Key.Key_Escape:
            self.close_button.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The maps need no more room than they are high; the numbers do."""
        super().resizeEvent(event)
        side = max(self.height() - BAR - 8, self.width() // 5)
        for view in (self.given, self.made):
            view.setMaximumWidth(side)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.play.setChecked(False)

    # Inside

    def _go(self, at: list[int]) -> None:
        if at != self.at and not self.still:
            self.at = at
            self.asked.emit(at)

    def _walk(self) -> None:
        if self.playing:
            self.step(1)

    def _on_play(self, playing: bool) -> None:
        self.play.setIcon(icons.icon("pause" if playing else "train", "accent" if playing else "muted"))
        self.play.setToolTip(self.tr("Stand still (Space)") if playing else self.tr("Walk across the map (Space)"))
        if playing:
            self._timer.start(0)
        else:
            self._timer.stop()

    def _clicked(self, row: int, column: int) -> None:
        self._go([*self.at[:-2], row, column])

    def _choose_row(self, row: int) -> None:
        self.row = row
        if self._frame is not None:
            self._show_given(self._frame)
            self.patch.show_patch(self.patch.shown, row)

    def _show_made(self, maps: Floats) -> None:
        """The map that the point is on."""
        at, flat = self.at, maps.reshape(-1, *maps.shape[-2:])
        number = int(np.ravel_multi_index(at[:-2], maps.shape[:-2])) if maps.ndim > 2 and at[0] < len(maps) else 0
        low, high = span(maps)
        title = self.tr("output") if maps.ndim < 3 else self.tr("output · channel {0}").format(at[0])
        self.made.show_map(Map(flat[number], low, high, title, window=Window([at[-2]], [at[-1]])))

    def _show_parts(self, frame: ProbeFrame, layer: str) -> None:
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        self._given, patch = arrays["given"], arrays["patch"]
        if not 0 <= self.row < len(self._given):
            self.row = _most_telling(arrays.get("filter"), patch)
        self._names = names_of(frame.facts, len(self._given))
        self._show_given(frame)
        self.given.show()
        text = words.equation(frame.facts, arrays.get("sums"), patch, layer)
        if "curve" in arrays:
            self.function.show_curve(arrays["curve"], (float(patch.flat[0]), words.number(frame.facts, "value")))
            self.middle.setCurrentWidget(self.function)
        else:
            self._show_patch(patch, arrays.get("filter"), frame.facts)
        self.equation.setText(text)
        self.equation.setToolTip(text)

    def _show_patch(self, patch: Floats, filters: Floats | None, facts: Mapping[str, object]) -> None:
        low, high = span(self._given)
        found = facts.get("largest")
        largest = found if isinstance(found, int) else -1
        self.patch.show_patch(Patch(patch, low, high, filters, self._names, largest), self.row)
        self.middle.setCurrentWidget(self.patch)

    def _show_given(self, frame: ProbeFrame) -> None:
        low, high = span(self._given)
        rows, columns = (frame.arrays[name].numpy().tolist() for name in ("rows", "columns"))
        padding = words.whole(frame.facts, "padding") if frame.facts.get("kind") != "transposed" else []
        edge = (padding[-2] if len(padding) > 1 else 0, padding[-1] if padding else 0)
        title = self.tr("input · {0}").format(self._names[self.row]) if self._names else self.tr("input")
        self.given.show_map(Map(self._given[self.row], low, high, title, edge, Window(rows, columns)))

    def _say(self, text: str) -> None:
        self.given.hide()
        self.untold.setText(text)
        self.middle.setCurrentWidget(self.untold)
        self.equation.setText("")
        self.equation.setToolTip("")

    def _arrange(self) -> None:
        maps = QHBoxLayout()
        maps.setSpacing(12)
        for view, share in ((self.given, 4), (self.middle, 7), (self.made, 4)):
            maps.addWidget(view, share)
        self.back = tool_button("step-back", self.tr("One place back (←)"))
        self.play = tool_button("train", self.tr("Walk across the map (Space)"), checkable=True)
        self.forth = tool_button("step", self.tr("One place on (→)"))
        self.close_button = tool_button("close", self.tr("Back to all maps (Esc)"))
        bar = QHBoxLayout()
        bar.setSpacing(2)
        for button in (self.back, self.play, self.forth):
            bar.addWidget(button)
        bar.addSpacing(8)
        bar.addWidget(self.equation, 1)
        bar.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(maps, 1)
        column.addLayout(bar)

    def _connect(self) -> None:
        self.back.clicked.connect(self._step_back)
        self.forth.clicked.connect(self._step_on)
        self.play.toggled.connect(self._on_play)
        self.close_button.clicked.connect(self._close)
        self.made.clicked.connect(self._clicked)
        self.patch.chosen.connect(self._choose_row)
        self._timer.timeout.connect(self._walk)

    def _step_back(self) -> None:
        self.step(-1)

    def _step_on(self) -> None:
        self.step(1)

    def _close(self) -> None:
        self.at = []
        self._frame = None
        self.asked.emit(None)


def span(values: Floats) -> tuple[float, float]:
    """Least and largest of the finite ones."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def names_of(facts: Mapping[str, object], count: int) -> list[str]:
    """What the maps are that a point comes from: channels, slices of them, or one map of all channels."""
    first, slices = facts.get("first"), facts.get("slices")
    start = first if isinstance(first, int) else 0
    if isinstance(slices, list) and slices:
        return [
            tr("channel {0}, slice {1}").format(start + n // len(slices), slices[n % len(slices)]) for n in range(count)
        ]
    shown = facts.get("shown")
    if count == 1 and isinstance(shown, int) and shown > 1:
        return [tr("channels {0} to {1}").format(start, start + shown - 1)]
    return [tr("channel {0}").format(start + number) for number in range(count)]


def _most_telling(filters: Floats | None, patch: Floats) -> int:
    """The row that has the largest part in the sum."""
    if filters is None or not patch.size:
        return 0
    return int(np.abs((patch * filters).sum(axis=(1, 2))).argmax())
