"""The bar under the drawing while a batch is walked through: where one is, what happens there, and the way on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout

from nnstudio.ui import icons, keymap, theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.run import walk_words
from nnstudio.ui.run.walk_control import WalkControl
from nnstudio.ui.spin import spin_box


class WalkBar(QFrame):
    """Shown only while there is a walk. The slider has the keyboard: arrows, Home and End step, Escape leaves."""

    def __init__(self, bridge: Bridge, control: WalkControl) -> None:
        super().__init__()
        self._bridge, self._control = bridge, control
        self._sentence = ""
        self.setProperty("class", "canvas")
        self.setAccessibleName(self.tr("Walk through a batch"))
        self._make_parts()
        self._arrange()
        for signal in (bridge.walked, bridge.session_changed, bridge.run_changed, theme.current().changed):
            signal.connect(self.refresh)
        control.begun.connect(lambda: self.slider.setFocus(Qt.FocusReason.OtherFocusReason))
        self.hide()

    def refresh(self, *_: object) -> None:
        """Show where the walk is now."""
        walk = self._bridge.session.walking.walk if self._bridge.current is not None else None
        self.setVisible(walk is not None)
        if walk is None:
            return
        self.slider.blockSignals(True)
        self.slider.setMaximum(len(walk.stops) - 1)
        self.slider.setValue(walk.position)
        self.slider.blockSignals(False)
        self.place.setText(walk_words.where(walk))
        self._sentence = walk_words.what(walk)
        self.sentence.setToolTip(f"{self._sentence}\n{self._left_out(walk.recorded.left_out)}".strip())
        self._show_sample(walk.recorded.sample, walk.recorded.samples)
        self.first.setEnabled(walk.position > 0)
        self.back.setEnabled(walk.position > 0)
        self.last.setEnabled(not walk.at_end)
        self.on.setEnabled(self._control.can_step())
        self._show_next(at_end=walk.at_end)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._control.leave()
        else:
            super().keyPressEvent(event)

    # Inside

    def _show_next(self, *, at_end: bool) -> None:
        """At the end one more step is that of the whole batch."""
        self.on.setIcon(icons.icon("step" if at_end else "step-on"))
        words = self.tr("Take this step, and record the next batch") if at_end else self.tr("Next operation")
        reason = self._control.why_not_step()
        self.on.setToolTip(reason or keymap.with_key(words, "step_operation"))
        self.on.setAccessibleName(words)

    def _left_out(self, count: int) -> str:
        return self.tr("{0} tensors were too large to be shown with the rest").format(f"{count:,}") if count else ""

    def _show_sample(self, sample: int, samples: int) -> None:
        for widget in (self.sample, self.sample_name):
            widget.setVisible(samples > 1)
        if not self.sample.hasFocus():
            self.sample.blockSignals(True)
            self.sample.setRange(0, max(samples - 1, 0))
            self.sample.setValue(sample)
            self.sample.blockSignals(False)

    def _elide(self) -> None:
        room = self.sentence.width()
        self.sentence.setText(self.sentence.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideRight, room))

    def _make_parts(self) -> None:
        control = self._control
        self.first = self._button("to-start", self.tr("First operation"), "walk_start", control.to_start)
        self.back = self._button("step-back", self.tr("Operation before"), "step_back", control.step_back)
        self.on = self._button("step-on", self.tr("Next operation"), "step_operation", control.step)
        self.last = self._button("to-end", self.tr("Last operation"), "walk_end", control.to_end)
        self.leave = self._button("close", self.tr("Leave the walk (Escape)"), "", control.leave)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMinimumWidth(64)
        self.slider.setPageStep(5)
        self.slider.setAccessibleName(self.tr("Operation"))
        self.slider.setToolTip(self.tr("Arrow keys step, Home and End go to the ends, Escape leaves"))
        self.slider.valueChanged.connect(control.go_to)
        self.place = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.place.setFont(theme.base_font(13, theme.base_font().weight().DemiBold))
        self.sentence = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.sentence.setFont(theme.base_font())
        self.sentence.setMinimumWidth(40)
        self.sample_name = QLabel(self.tr("sample"), textFormat=Qt.TextFormat.PlainText)
        self.sample_name.setProperty("class", "muted")
        tip = self.tr("Which sample of the batch is shown")
        self.sample = spin_box(0, 99, self.tr("Sample of the batch"), tip)
        self.sample.setFixedWidth(72)
        self.sample.valueChanged.connect(control.record)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(4)
        for button in (self.first, self.back, self.on, self.last):
            above.addWidget(button)
        above.addSpacing(4)
        above.addWidget(self.slider, 1)
        above.addSpacing(4)
        above.addWidget(self.sample_name)
        above.addWidget(self.sample)
        above.addWidget(self.leave)
        below.setContentsMargins(4, 0, 4, 0)
        below.setSpacing(12)
        below.addWidget(self.place)
        below.addWidget(self.sentence, 1)
        column.addLayout(above)
        column.addLayout(below)

    def _button(self, icon: str, words: str, command: str, call: Callable[[], object]) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(words)
        button.setToolTip(words)
        if command:
            keymap.tip(button, words, command)
        button.clicked.connect(lambda: call())
        return button
