"""A small field for one number, put over a picture of it."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import numbers
from nnstudio.ui.panels.parts.numbers import NoNumbers

WIDTH = 104


class WeightField(QAbstractSpinBox):
    """`typed` tells a number that was entered, or stepped to; `closed` that the field is gone."""

    typed = Signal(float)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.value = 0.0
        self._step = 0.1
        self.setFixedWidth(WIDTH)
        self.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding does not reach the text
        self.setAccessibleName(self.tr("Weight"))
        self.setToolTip(self.tr("Type a number and press Enter, or step it up and down with the arrow keys."))
        self.refusal = QLabel(parent, textFormat=Qt.TextFormat.PlainText)
        self.refusal.hide()
        self.lineEdit().textEdited.connect(self.refusal.hide)
        self._color_refusal()
        theme.current().changed.connect(self._color_refusal)
        self.hide()

    def open_at(self, middle: QPointF, value: float, step: float) -> None:
        """Show a number near a place, ready to be typed over."""
        self._step = step
        self._show_value(value)
        self.adjustSize()
        room = self._over.size()
        left = min(max(0.0, middle.x() - self.width() / 2), room.width() - self.width())
        top = min(max(0.0, middle.y() - self.height() / 2), room.height() - self.height())
        self.move(round(left), round(top))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.lineEdit().selectAll()

    def close_field(self) -> None:
        """What is being typed is not taken."""
        if self.isVisible():
            self.refusal.hide()
            self.hide()
            self.closed.emit()

    def refuse(self, words: str) -> None:
        """Say beside it why a number is not taken."""
        self.refusal.setText(words)
        self.refusal.adjustSize()
        room = self._over.size()
        left = max(0, min(self.x(), room.width() - self.refusal.width()))
        below = self.geometry().bottom() + 4
        fits = below + self.refusal.height() <= room.height()
        self.refusal.move(left, below if fits else max(0, self.y() - 4 - self.refusal.height()))
        self.refusal.show()
        self.refusal.raise_()

    def stepBy(self, steps: int) -> None:
        self._show_value(float(f"{self.value + steps * self._step:.6g}"))
        self.typed.emit(self.value)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_field()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and self.isVisible():
            with contextlib.suppress(NoNumbers):
                self._take()
            self.close_field()

    def _enter(self) -> None:
        try:
            self._take()
        except NoNumbers as error:
            self.refuse(str(error))
        if not self.refusal.isVisible():
            self.close_field()

    def _take(self) -> None:
        """Raises NoNumbers."""
        value = numbers.number(self.lineEdit().text())
        if self.lineEdit().isModified() and value != self.value:
            self.value = value
            self.typed.emit(value)

    def _show_value(self, value: float) -> None:
        self.value = value
        self.lineEdit().setText(f"{value:.6g}")

    def _color_refusal(self) -> None:
        base, line, text = (theme.color(name).name() for name in ("raised", "bad", "text"))
        self.refusal.setStyleSheet(
            f"QLabel {{ background: {base}; border: 1px solid {line}; border-radius: 4px; padding: 3px 8px; "
            f"color: {text}; }}"
        )
