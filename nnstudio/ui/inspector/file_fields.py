"""Fields of what is not typed in: a file, columns of a table, names. A button leads to where they are set."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from nnstudio.params import ColumnsParam, Param, PathParam, StringsParam, Value, columns_of
from nnstudio.ui.inspector.fields import Field, tip_of
from nnstudio.ui.inspector.parts import NameLabel

FILE_PARAMS = (PathParam, ColumnsParam, StringsParam)


class FileField(Field):
    """A short text that says what there is, and a button."""

    wide = True
    asked = Signal()
    """The person wants to set it."""

    def __init__(self, param: Param) -> None:
        self.button = QPushButton()
        super().__init__(self.button, param)
        self.words = NameLabel()
        self.button.setText(self.tr("Choose…") if isinstance(param, PathParam) else self.tr("Edit…"))
        self.button.setAccessibleName(f"{param.name}: {self.button.text()}")
        self.button.clicked.connect(self.asked)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.removeWidget(self.button)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        column.addLayout(row)

    def pending(self) -> bool:
        return False

    def _display(self) -> None:
        text = self.tr("several values") if self.mixed else self._short(self.value)
        self.words.setText(text)
        self.words.tip = "" if self.mixed else self._whole(self.value)
        self.words.setToolTip(self.words.tip)
        self.button.setToolTip("\n".join(filter(None, (self.words.tip, tip_of(self.param)))))

    def _read(self) -> object:
        return self.value

    def _short(self, value: Value) -> str:
        if isinstance(self.param, PathParam):
            path = PurePath(str(value))
            return path.name or str(value) or self.tr("none yet")
        if isinstance(self.param, ColumnsParam):
            roles = [column.role for column in columns_of(value)]
            told = self.tr("{0} in, {1} target").format(roles.count("input"), roles.count("target"))
            return told if roles else self.tr("none yet")
        count = len(value) if isinstance(value, tuple) else 0
        return self.tr("{0} names").format(f"{count:,}") if count else self.tr("none yet")

    def _whole(self, value: Value) -> str:
        if isinstance(self.param, PathParam):
            return str(value)
        if isinstance(self.param, ColumnsParam):
            shown = [f"{column.name}: {column.kind}, {column.role}" for column in columns_of(value)]
        else:
            shown = [str(each) for each in value] if isinstance(value, tuple) else []
        return "\n".join(shown[:20]) + ("\n…" if len(shown) > 20 else "")
