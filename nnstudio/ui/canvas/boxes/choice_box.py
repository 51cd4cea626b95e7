"""A small box over the canvas to choose from by typing: a field, a list under it, and a line about the current row.

The keyboard stays in the field: arrows walk the list, Enter chooses, Escape closes, and so does a click elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from nnstudio.ui.canvas.boxes.choice_rows import ROW, Choice, ChoiceDelegate, ChoiceModel

WIDTH = 336
MOST_ROWS, FEWEST_ROWS = 9, 3
INSET = 8
"""How near it comes to the edge of the canvas."""
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}


@dataclass(frozen=True)
class Question:
    """What is to be chosen: how it is asked, what a text finds, and what is said where it finds nothing."""

    title: str
    hint: str
    find: Callable[[str], Sequence[Choice]]
    nothing: Callable[[str], str]


class ChoiceBox(QFrame):
    """Opens at a place of its parent, and is kept inside of it."""

    chosen = Signal(object)
    """The key of what was chosen; the box is closed already."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._question: Question | None = None
        self.setProperty("class", "popup")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.field = QLineEdit(self)
        self.model = ChoiceModel()
        self.list = _list(self.model)
        self.detail = _line("small")
        self.empty = _line("muted")
        self._arrange()
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self.hide()

    def ask(self, question: Question, at: QPoint) -> None:
        """Open with the top of the field near a place of the parent."""
        self._question = question
        self.setAccessibleName(question.title)
        self.field.setAccessibleName(question.title)
        self.field.setPlaceholderText(question.hint)
        self.field.clear()
        self._fill()
        self._place(at)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        _application().installEventFilter(self)

    def close_box(self) -> None:
        """Nothing was chosen, or it was."""
        if not self.isHidden():
            _application().removeEventFilter(self)
            self.hide()
            self.closed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """With what is around it, it closes."""
        super().hideEvent(event)
        self.close_box()

    @property
    def current(self) -> Choice | None:
        """The row that Enter would choose."""
        row = self.list.currentIndex().row()
        return self.model.choices[row] if 0 <= row < len(self.model.choices) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field's keys, and presses anywhere else while the box is open."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and isinstance(watched, QWidget):
            if not self.rect().contains(self.mapFromGlobal(event.globalPosition().toPoint())):
                self.close_box()
            return False
        if watched is not self.field:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()  # no key means anything else while one types here
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        elif kind == QEvent.Type.FocusOut and not self.isActiveWindow():
            return False
        elif kind == QEvent.Type.FocusOut:
            self.close_box()
        return False

    # Inside

    def _key(self, event: QKeyEvent) -> bool:
        """True if the key is not for the text."""
        key = Qt.Key(event.key())
        page = max(1, self.list.height() // ROW - 1)
        steps = {**_STEPS, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        if key in steps:
            self._walk(steps[key], around=abs(steps[key]) == 1)
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        else:
            return False
        return True

    def _walk(self, steps: int, *, around: bool) -> None:
        count = len(self.model.choices)
        if count:
            row = self.list.currentIndex().row() + steps
            self._go_to(row % count if around else min(max(row, 0), count - 1))

    def _go_to(self, row: int) -> None:
        index = self.model.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _fill(self) -> None:
        if self._question is None:
            return
        text = self.field.text()
        self.model.show(self._question.find(text))
        found = bool(self.model.choices)
        self.list.setVisible(found)
        self.empty.setVisible(not found)
        self.detail.setVisible(found)
        if found:
            self._go_to(0)
        else:
            self.empty.setText(self._question.nothing(text.strip()))
            self._say(self.empty.text())

    def _current_changed(self, *_: object) -> None:
        choice = self.current
        if choice is not None:
            self.detail.setText(choice.warning or choice.detail)
            self.detail.setToolTip(self.detail.text())
            self._say(choice.spoken())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            key = self.model.choices[index.row()].key
            self._leave()
            self.chosen.emit(key)

    def _leave(self) -> None:
        self.close_box()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus(Qt.FocusReason.PopupFocusReason)

    def _say(self, text: str) -> None:
        """The keyboard is in the field, so a screen reader has to be told of the list."""
        self.field.setAccessibleDescription(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, text))

    def _place(self, at: QPoint) -> None:
        """As high as there is room for, and whole inside the parent."""
        parent = self.parentWidget()
        room = parent.rect().adjusted(INSET, INSET, -INSET, -INSET) if parent is not None else self.rect()
        self._column.activate()  # nothing has while it was closed: it would reckon with what was shown last
        rest = self.sizeHint().height() - self.list.height()
        rows = min(MOST_ROWS, max(FEWEST_ROWS, (room.height() - rest) // ROW))
        self.list.setFixedHeight(rows * ROW)
        self.empty.setFixedHeight(rows * ROW + self.detail.height())
        width = min(WIDTH, room.width())
        self.setFixedSize(QSize(width, rest + rows * ROW))
        x = min(max(at.x(), room.left()), room.right() - width)
        y = min(max(at.y(), room.top()), room.bottom() - self.height())
        self.move(max(x, room.left()), max(y, room.top()))

    def _arrange(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 8)
        column.setSpacing(4)
        for widget in (self.field, self.list, self.detail, self.empty):
            inner = QVBoxLayout()
            inner.setContentsMargins(*((8, 0, 8, 0) if widget is self.field else (0, 0, 0, 0)))
            inner.addWidget(widget)
            column.addLayout(inner)
        self.list.setFixedHeight(MOST_ROWS * ROW)
        self.detail.setFixedHeight(2 * self.detail.fontMetrics().lineSpacing() + 4)


def _list(model: ChoiceModel) -> QListView:
    made = QListView()
    made.setModel(model)
    made.setItemDelegate(ChoiceDelegate(made))
    made.setUniformItemSizes(True)
    made.setMouseTracking(True)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setAccessibleName(made.tr("What was found"))
    return made


def _line(look: str) -> QLabel:
    made = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    made.setProperty("class", look)
    made.setContentsMargins(12, 0, 12, 0)
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return made


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
