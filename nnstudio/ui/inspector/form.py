"""A form made from a ParamSet: a label and an editor for each parameter.

The form knows no document: `write(name, value)` does what is to be done and may refuse with an error of
ours, which is told at the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nnstudio.errors import NNStudioError
from nnstudio.params import ChoiceParam, CodeParam, Param, PointsParam, Value
from nnstudio.ui.inspector.code_field import CodeField
from nnstudio.ui.inspector.dataset_field import DatasetField, is_dataset
from nnstudio.ui.inspector.fields import Field, field_for
from nnstudio.ui.inspector.file_fields import FILE_PARAMS, FileField
from nnstudio.ui.inspector.points_field import PointsField

Write = Callable[[str, Value], None]
LABEL_WIDTH = 104


class Form(QWidget):
    """Shows the values of some parameters, and writes those that the person changes."""

    file_asked = Signal(str)
    """Name of a parameter that is a file, or is found by looking into one: it is to be set."""
    label_asked = Signal(str, object)
    """Name of a parameter, and QPoint on the screen: what can be done with it beside setting it?"""

    paint_asked = Signal()
    """The person wants to paint the points of a field."""

    def __init__(self, write: Write, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._params: tuple[Param, ...] = ()
        self._about: object = None
        self.fields: dict[str, Field] = {}
        self._labels: list[QLabel] = []
        self._marks: Mapping[str, str] = {}
        self._hint = ""
        self._remarks: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def show_params(
        self,
        params: Sequence[Param],
        values: Mapping[str, Value],
        about: object,
        mixed: frozenset[str] = frozenset(),
    ) -> None:
        """Show these parameters. `about` says whose they are: the same again keeps text being written."""
        afresh = about != self._about
        if tuple(params) != self._params:
            self._rebuild(tuple(params))
        self._about = about
        for name, field in self.fields.items():
            field.show_value(values[name], mixed=name in mixed, afresh=afresh)

    def mark(self, marks: Mapping[str, str], hint: str = "") -> None:
        """An arrow behind the names of these parameters, and a text of its own in the tip; `hint` in all others."""
        self._marks, self._hint = marks, hint
        for param, label in zip(self._params, self._labels, strict=True):
            self._dress(label, param)

    def remark(self, remarks: Mapping[str, str]) -> None:
        """A quiet text under the fields of these parameters, and none under the others."""
        for name in self._remarks.keys() | remarks.keys() & self.fields.keys():
            self._remark(name, remarks.get(name, ""))

    def _remark(self, name: str, text: str) -> None:
        if name not in self._remarks:
            made = self._remarks[name] = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
            made.setProperty("class", "small")
            self._grid.addWidget(made, 4 * list(self.fields).index(name) + 3, 0, 1, 2)
        self._remarks[name].setText(text)
        self._remarks[name].setVisible(bool(text))

    def commit(self) -> None:
        """Take what is being written, as before saving or training."""
        for field in list(self.fields.values()):
            if field.pending():
                field.commit()

    def _rebuild(self, params: tuple[Param, ...]) -> None:
        focused = next((name for name, field in self.fields.items() if field.editor.hasFocus()), "")
        kept = {param.name: self.fields[param.name] for param in params if self._has(param)}
        old = [field for field in self.fields.values() if field not in kept.values()]
        for widget in [*old, *(field.message for field in old), *self._labels, *self._remarks.values()]:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._params = params
        self._remarks = {}
        self._labels = [self._label(param) for param in params]
        self.fields = {param.name: kept.get(param.name) or self._field(param) for param in params}
        for row, (label, field) in enumerate(zip(self._labels, self.fields.values(), strict=True)):
            self._grid.addWidget(label, 4 * row, 0)
            self._grid.addWidget(field, *((4 * row + 1, 0, 1, 2) if field.wide else (4 * row, 1, 1, 1)))
            field.message.setParent(self)
            self._grid.addWidget(field.message, 4 * row + 2, 0, 1, 2)
        if focused in self.fields:
            self.fields[focused].editor.setFocus()

    def _has(self, param: Param) -> bool:
        """Whether there is a field for exactly this parameter: it stays, with what is being written in it."""
        return param.name in self.fields and self.fields[param.name].param == param

    def _label(self, param: Param) -> QLabel:
        label = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        label.setProperty("class", "muted")
        label.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        label.customContextMenuRequested.connect(lambda at: self.label_asked.emit(param.name, label.mapToGlobal(at)))
        self._dress(label, param)
        return label

    def _dress(self, label: QLabel, param: Param) -> None:
        marked = param.name in self._marks
        label.setText(f"{param.name} ↗" if marked else param.name)
        label.setToolTip("\n".join(filter(None, (param.help, self._marks.get(param.name, self._hint)))))

    def _field(self, param: Param) -> Field:
        field = _made_for(param)
        if isinstance(field, FileField):
            field.asked.connect(lambda: self.file_asked.emit(param.name))
        if isinstance(field, PointsField):
            field.paint_asked.connect(self.paint_asked)
        field.setParent(self)
        field.committed.connect(lambda value, field=field: self._commit(field, value))
        return field

    def _commit(self, field: Field, value: Value) -> None:
        try:
            self._write(field.param.name, value)
        except NNStudioError as error:
            field.refuse(str(error))


def _made_for(param: Param) -> Field:
    """The editor for a parameter of any kind."""
    if isinstance(param, CodeParam):
        return CodeField(param)
    if isinstance(param, PointsParam):
        return PointsField(param)
    if isinstance(param, ChoiceParam) and is_dataset(param):
        field: Field = DatasetField(param)
    elif isinstance(param, FILE_PARAMS):
        field = FileField(param)
    else:
        return field_for(param)
    field.show_value(param.default)
    return field
