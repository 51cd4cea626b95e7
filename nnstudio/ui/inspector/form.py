"""A form made from a ParamSet: a label and an editor for each parameter.

The form knows no document: `write(name, value)` does what is to be done and may refuse with an error of
ours, which is told at the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from nnstudio.errors import NNStudioError
from nnstudio.params import Param, Value
from nnstudio.ui.inspector.fields import Field, field_for

Write = Callable[[str, Value], None]
LABEL_WIDTH = 104


class Form(QWidget):
    """Shows the values of some parameters, and writes those that the person changes."""

    def __init__(self, write: Write, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._params: tuple[Param, ...] = ()
        self._about: object = None
        self.fields: dict[str, Field] = {}
        self._labels: list[QLabel] = []
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

    def commit(self) -> None:
        """Take what is being written, as before saving or training."""
        for field in list(self.fields.values()):
            if field.pending():
                field.commit()

    def _rebuild(self, params: tuple[Param, ...]) -> None:
        focused = next((name for name, field in self.fields.items() if field.editor.hasFocus()), "")
        old = self.fields.values()
        for widget in [*old, *(field.message for field in old), *self._labels]:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._params = params
        self._labels = [self._label(param) for param in params]
        self.fields = {param.name: self._field(param) for param in params}
        for row, (label, field) in enumerate(zip(self._labels, self.fields.values(), strict=True)):
            self._grid.addWidget(label, 2 * row, 0)
            self._grid.addWidget(field, 2 * row, 1)
            field.message.setParent(self)
            self._grid.addWidget(field.message, 2 * row + 1, 0, 1, 2)
        if focused in self.fields:
            self.fields[focused].editor.setFocus()

    def _label(self, param: Param) -> QLabel:
        label = QLabel(param.name, self, textFormat=Qt.TextFormat.PlainText)
        label.setToolTip(param.help)
        label.setProperty("class", "muted")
        return label

    def _field(self, param: Param) -> Field:
        field = field_for(param)
        field.setParent(self)
        field.committed.connect(lambda value, field=field: self._commit(field, value))
        return field

    def _commit(self, field: Field, value: Value) -> None:
        try:
            self._write(field.param.name, value)
        except NNStudioError as error:
            field.refuse(str(error))
