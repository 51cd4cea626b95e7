"""A field for each setting that declares to be shown: a new setting appears by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nnstudio.settings import About, Settings, about
from nnstudio.ui.spin import spin_box

TEXT_WIDTH = 400
"""Pixels: room for a path."""


class GeneralPage(QWidget):
    """What is chosen counts at once. What changes elsewhere, as by a menu, shows here."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.fields: dict[str, QWidget] = {}
        self._show: dict[str, Callable[[], None]] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(24, 16, 24, 16)
        self._form.setHorizontalSpacing(24)
        self._form.setVerticalSpacing(16)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        for name, known in about().items():
            if known.shown:
                self._add(name, known)
        settings.subscribe(self._changed)

    def _add(self, name: str, known: About) -> None:
        field, show = self._make(name, known)
        field.setAccessibleName(self.tr(known.label))
        field.setToolTip(self.tr(known.help))
        self.fields[name], self._show[name] = field, show
        show()
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
        words = QLabel(self.tr(known.help), textFormat=Qt.TextFormat.PlainText)
        words.setProperty("class", "muted")
        column.addWidget(words)
        label = QLabel(self.tr(known.label), textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(field)
        label.setContentsMargins(0, 1 if known.kind == "flag" else 5, 0, 0)
        self._form.addRow(label, column)

    def _make(self, name: str, known: About) -> tuple[QWidget, Callable[[], None]]:
        """A field of the setting's kind, and what shows the setting in it."""
        if known.kind == "flag":
            return self._flag(name)
        if known.kind == "number":
            return self._number(name, known)
        return self._choice(name, known) if known.choices else self._text(name)

    def _flag(self, name: str) -> tuple[QWidget, Callable[[], None]]:
        field = QCheckBox(self.tr("On"))
        field.toggled.connect(partial(self._set, name))
        return field, lambda: field.setChecked(self._value(name) is True)

    def _number(self, name: str, known: About) -> tuple[QWidget, Callable[[], None]]:
        field = spin_box(round(known.low), round(known.high), known.label, known.help)
        field.setMinimumWidth(96)
        field.valueChanged.connect(partial(self._set, name))
        return field, lambda: field.setValue(int(str(self._value(name))))

    def _choice(self, name: str, known: About) -> tuple[QWidget, Callable[[], None]]:
        field = QComboBox()
        for choice in known.choices:
            field.addItem(self.tr(choice.replace("-", " ").capitalize()), choice)
        field.setMinimumWidth(176)
        field.currentIndexChanged.connect(lambda _: self._set(name, field.currentData()))
        return field, lambda: field.setCurrentIndex(field.findData(self._value(name)))

    def _text(self, name: str) -> tuple[QWidget, Callable[[], None]]:
        field = QLineEdit()
        field.setMinimumWidth(TEXT_WIDTH)
        field.editingFinished.connect(lambda: self._set(name, field.text()))
        return field, lambda: field.setText(str(self._value(name)))

    def _value(self, name: str) -> object:
        return getattr(self._settings, name)

    def _set(self, name: str, value: object) -> None:
        if value != self._value(name):
            setattr(self._settings, name, value)

    def _changed(self, name: str) -> None:
        if name in self._show:
            self._show[name]()
