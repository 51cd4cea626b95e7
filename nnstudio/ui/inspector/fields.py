"""One editor for each kind of parameter. A field shows a value and says when the person has given another.

A value that the parameter does not take stays, with the reason in `message`, and is not given on;
Escape brings the present value back. Nothing is given on while the program itself shows a value.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from nnstudio.errors import BadParameter
from nnstudio.params import BoolParam, ChoiceParam, IntParam, PaddingParam, Param, Value
from nnstudio.ui.inspector import texts

_LONG_CHOICE, _LONG_TITLE, _COMBO_ROWS = 12, 16, 16
"""Letters of a choice that has room for certain, and beside its label; and choices that are seen at once."""


class Field(QWidget):
    """An editor, and the message that the form puts under it. Sub-classes bring the editor."""

    committed = Signal(object)
    """The person gave another value, and the parameter takes it."""
    wide = False
    """Whether it stands under its label, over the whole width of the form."""

    def __init__(self, editor: QWidget, param: Param) -> None:
        super().__init__()
        self.param = param
        self.editor = editor
        self.value: Value = param.default
        self.mixed = False
        self.message = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.message.hide()
        self.message.setProperty("class", "bad")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(editor)
        editor.setToolTip(tip_of(param))
        editor.setAccessibleName(param.name)
        editor.setAccessibleDescription(param.help)
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        editor.installEventFilter(self)
        self.setFocusProxy(editor)

    @property
    def problem(self) -> str:
        """Why the text is not taken, or an empty string."""
        return self.message.text()

    def show_value(self, value: Value, *, mixed: bool = False, afresh: bool = True) -> None:
        """Show what holds now; `mixed` where several differ. Unless `afresh`, text being written stays."""
        same = value == self.value and mixed == self.mixed and type(value) is type(self.value)
        self.value, self.mixed = value, mixed
        if afresh or not same or not (self.problem or self.pending()):
            self.restore()

    def restore(self) -> None:
        """The present value again, and no message."""
        self.refuse("")
        self._display()

    def refuse(self, message: str) -> None:
        """Tell under the editor why the value can not be taken; an empty text takes the message away."""
        self.message.setText(message)
        self.message.setVisible(bool(message))
        self.editor.setProperty("class", "error" if message else "")
        self.editor.setAccessibleDescription(message or self.param.help)
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)

    def commit(self) -> None:
        """Take what stands in the editor."""
        if not self.pending():
            self.refuse("")
            return
        try:
            value = self.param.check(self._read())
        except BadParameter as error:
            self.refuse(str(error))
            return
        self.refuse("")
        if value == self.value and not self.mixed:
            self._display()
            return
        self.committed.emit(value)

    def pending(self) -> bool:
        """Whether the editor holds something else than the present value."""
        raise NotImplementedError

    def _display(self) -> None:
        raise NotImplementedError

    def _read(self) -> object:
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape restores, undo is the document's when nothing is being written, the wheel scrolls the form."""
        if isinstance(event, QKeyEvent) and self._takes_key(event):
            return True
        if isinstance(event, QWheelEvent) and not self.editor.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _takes_key(self, event: QKeyEvent) -> bool:
        writing = bool(self.problem) or self.pending()
        if event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape and writing:
                event.accept()
                return True
            # The text's own undo while there is text to undo; afterwards the keys mean the document's.
            if not writing and _steps_back(event):
                event.ignore()
                return True
        elif event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape and writing:
            self.restore()
            return True
        elif event.type() == QEvent.Type.KeyPress and not writing and _steps_back(event):
            event.ignore()  # for whatever is around the field
            return True
        return False


def _steps_back(event: QKeyEvent) -> bool:
    """Whether it is the key of undo or of redo."""
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)


class TextField(Field):
    """A line of text that the parameter reads: numbers, sizes, shapes. `line` may be part of `editor`."""

    def __init__(self, param: Param, editor: QWidget | None = None, line: QLineEdit | None = None) -> None:
        self.line = line or QLineEdit()
        self._shown = ""
        super().__init__(editor or self.line, param)
        self.line.setPlaceholderText(self.tr("none") if param.optional else "")
        if editor is None:
            self.line.editingFinished.connect(self.commit)

    def pending(self) -> bool:
        return self.line.text() != self._shown

    def _display(self) -> None:
        self._shown = "" if self.mixed else texts.to_text(self.param, self.value)
        self.line.setText(self._shown)
        self.line.setCursorPosition(0)
        if self.mixed:
            self.line.setPlaceholderText(self.tr("several values"))

    def _read(self) -> object:
        return texts.from_text(self.param, self.line.text())


class NumberBox(QAbstractSpinBox):
    """A spin box that lets any text stand, so that a slip can be mended instead of being swallowed."""

    stepped = Signal(int)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may stand; the field says what is wrong with it."""
        return (QValidator.State.Acceptable, text, position)

    def stepBy(self, steps: int) -> None:
        self.stepped.emit(steps)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        both = QAbstractSpinBox.StepEnabledFlag
        return both.StepUpEnabled | both.StepDownEnabled


class IntField(TextField):
    """A whole number, typed or stepped."""

    param: IntParam

    def __init__(self, param: IntParam) -> None:
        box = NumberBox()
        # The style sheet's padding does not reach the line inside of a spin box.
        box.lineEdit().setTextMargins(8, 0, 0, 0)
        super().__init__(param, box, box.lineEdit())
        box.editingFinished.connect(self.commit)
        box.stepped.connect(self._step)

    def _step(self, steps: int) -> None:
        present = texts.from_text(self.param, self.line.text())
        start = present if isinstance(present, int) else self.param.default or 0
        self.line.setText(str(min(max(start + steps, self.param.low), self.param.high)))
        self.commit()


class PaddingField(TextField):
    """A word to choose, or a size to type."""

    def __init__(self, param: PaddingParam) -> None:
        combo = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        combo.addItems(list(param.words))
        line = combo.lineEdit()
        assert line is not None
        combo.setCompleter(None)  # type: ignore[arg-type]  # Qt takes none to mean none
        super().__init__(param, combo, line)
        line.editingFinished.connect(self.commit)
        combo.activated.connect(self.commit)


class ChoiceField(Field):
    """One of a few words."""

    param: ChoiceParam

    def __init__(self, param: ChoiceParam) -> None:
        self.combo = QComboBox()
        for row, (choice, title) in enumerate(zip(param.choices, param.titles or param.choices, strict=True)):
            self.combo.addItem(title, choice)
            self.combo.setItemData(row, param.tips[row] if param.tips else None, Qt.ItemDataRole.ToolTipRole)
        if max(map(len, param.titles or param.choices), default=0) > _LONG_CHOICE:  # cut off where there is no room
            self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.combo.setMinimumContentsLength(_LONG_CHOICE // 2)
        self.combo.view().setMinimumWidth(self.combo.view().sizeHintForColumn(0))  # the list shows all of each
        self.combo.setMaxVisibleItems(_COMBO_ROWS)
        self.wide = max(map(len, param.titles), default=0) > _LONG_TITLE
        super().__init__(self.combo, param)
        self.combo.activated.connect(self.commit)

    def pending(self) -> bool:
        return self.combo.currentIndex() >= 0 and (self.mixed or self.combo.currentData() != self.value)

    def _display(self) -> None:
        row = -1 if self.mixed else self.combo.findData(str(self.value))
        self.combo.setCurrentIndex(row)
        chosen = self.param.tips[row] if self.param.tips and row >= 0 else ""
        self.combo.setToolTip("\n\n".join(filter(None, (chosen, tip_of(self.param)))))

    def _read(self) -> object:
        return self.combo.currentData()


class BoolField(Field):
    """On or off."""

    def __init__(self, param: BoolParam) -> None:
        self.check = QCheckBox()
        super().__init__(self.check, param)
        self.check.clicked.connect(self._clicked)

    def pending(self) -> bool:
        if self.check.checkState() == Qt.CheckState.PartiallyChecked:
            return False
        return self.mixed or self.check.isChecked() != self.value

    def _clicked(self) -> None:
        self.check.setTristate(False)
        self._say()
        self.commit()

    def _display(self) -> None:
        self.check.setTristate(self.mixed)
        state = Qt.CheckState.Checked if self.value else Qt.CheckState.Unchecked
        self.check.setCheckState(Qt.CheckState.PartiallyChecked if self.mixed else state)
        self._say()

    def _say(self) -> None:
        words = {Qt.CheckState.Checked: self.tr("on"), Qt.CheckState.Unchecked: self.tr("off")}
        self.check.setText(words.get(self.check.checkState(), self.tr("several values")))

    def _read(self) -> object:
        return self.check.isChecked()


_KINDS: dict[str, type[Field]] = {
    "int": IntField,
    "bool": BoolField,
    "choice": ChoiceField,
    "padding": PaddingField,
}


def field_for(param: Param) -> Field:
    """The editor for a parameter; whatever has no editor of its own is written as text."""
    made: Field = _KINDS.get(param.kind, TextField)(param)  # type: ignore[call-arg, arg-type]  # one argument each
    made.show_value(param.default)
    return made


def tip_of(param: Param) -> str:
    """What the parameter is and what it takes."""
    return f"{param.help}\n{param.name} takes {param.wants()}.".strip()
