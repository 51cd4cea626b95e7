"""Fields in which a person writes on the canvas itself: the title of a frame, a comment, the note of a node.

A field lies over the view at a place of the scene and has an undo of its own. What was typed is taken when the field is
left, by whatever way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from nnstudio.graph import rules
from nnstudio.ui import hues
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.stage import Stage
from nnstudio.ui.prose import ProseField, is_done

_LEAST_PX, _MOST_PX = 12, 26
_LEAST_WIDTH = 160


@dataclass(frozen=True)
class Wanted:
    """What is to be written. `area` is its place in the scene, None once what it belongs to is gone."""

    text: str
    area: Callable[[], QRectF | None]
    take: Callable[[str], None]
    hint: str
    longest: int = rules.LONGEST_TITLE
    """How many characters; more than a title has are written in several lines."""


class Writing(QObject):
    """One field at a time."""

    def __init__(self, view: Stage) -> None:
        super().__init__(view)
        self._view = view
        self._wanted: Wanted | None = None
        self.field: LineField | LinesField | None = None
        """The one that is open."""
        view.zoom_changed.connect(self.place)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self.place)
        view.bridge.history_changed.connect(self.place)
        view.canvas.leaving.connect(self.end)
        view.canvas.rebuilt.connect(self.end)

    def begin(self, wanted: Wanted) -> None:
        """Let a person write; what was open is taken first."""
        self.end()
        self._wanted = wanted
        make = LinesField if wanted.longest > rules.LONGEST_TITLE else LineField
        field = make(self._view.bridge, wanted.longest, self._view.viewport())
        self.field = field
        field.setPlaceholderText(wanted.hint)
        field.setAccessibleName(wanted.hint)
        field.set_whole(wanted.text)
        field.left.connect(self.end)
        self.place()
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self, *_: object) -> None:
        """Close the field, and take what was typed."""
        field, wanted = self.field, self._wanted
        self.field = self._wanted = None
        if field is None or wanted is None:
            return
        if field.hasFocus():
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        field.hide()
        field.deleteLater()
        if field.whole() != wanted.text:
            wanted.take(field.whole())

    def place(self, *_: object) -> None:
        """Put the field where it belongs now."""
        area = self._wanted.area() if self._wanted is not None else None
        if self.field is None or area is None:
            self.end()
            return
        seen = self._view.mapFromScene(area).boundingRect()
        look = hues.prose(round(min(max(13 * self._view.zoom, _LEAST_PX), _MOST_PX)))
        if look != self.field.styleSheet():
            self.field.setStyleSheet(look)
        size = QRect(seen.topLeft(), seen.size().expandedTo(self.field.minimumSizeHint()))
        size.setWidth(max(size.width(), _LEAST_WIDTH))
        size.setHeight(max(size.height(), self.field.least_height()))
        self.field.setGeometry(size)


class LineField(QLineEdit):
    """One line; Enter and Escape leave it."""

    left = Signal()

    def __init__(self, _: Bridge, longest: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(longest)

    def whole(self) -> str:
        """All that is written in it."""
        return self.text()

    def set_whole(self, text: str) -> None:
        self.setText(text)
        self.selectAll()

    def least_height(self) -> int:
        return self.sizeHint().height()

    def event(self, event: QEvent) -> bool:
        return _kept(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the field does not want ends here too: it is not meant for the drawing behind."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self.left.emit()


class LinesField(ProseField):
    """Several lines; Ctrl+Enter and Escape leave it."""

    left = Signal()

    def whole(self) -> str:
        """All that is written in it."""
        return self.toPlainText()

    def set_whole(self, text: str) -> None:
        self.setPlainText(text)
        self.selectAll()

    def least_height(self) -> int:
        return 4 * self.fontMetrics().lineSpacing() + 16

    def event(self, event: QEvent) -> bool:
        return _kept(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the field does not want ends here too: it is not meant for the drawing behind."""
        if event.key() == Qt.Key.Key_Escape or is_done(event):
            self.left.emit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


def _kept(event: QEvent) -> bool:
    """While somebody writes, no shortcut acts on the drawing; those of the window's own, as Save and F6, stay."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    own = (QKeySequence.StandardKey.Save, QKeySequence.StandardKey.SaveAs)
    function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
    if function or any(event.matches(key) for key in own):
        return False
    event.accept()
    return True
