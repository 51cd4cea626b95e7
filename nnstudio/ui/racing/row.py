"""One row of the race dialog: what varies, and its values as a list or from one number to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.errors import BadParameter
from nnstudio.graph.race import MOST_RUNS, Axis, Span
from nnstudio.ui import buttons
from nnstudio.ui.inspector import texts
from nnstudio.ui.racing.varying import Varying, values_from, values_text
from nnstudio.ui.spin import spin_box

LIST, SPAN = 0, 1


class Row(QWidget):
    """`changed` tells that the person has given something else; `axis` is what it says, or raises BadParameter."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, offered: Mapping[str, Varying], axis: Axis) -> None:
        super().__init__()
        self._offered = offered
        self.what = self._picker(offered, axis.path)
        self.how = QComboBox()
        self.how.addItems([self.tr("values"), self.tr("from – to")])
        self.how.setToolTip(self.tr("A list of values, or numbers from one to another"))
        self.how.setAccessibleName(self.tr("How the values are given"))
        self.list = QLineEdit()
        self.list.setPlaceholderText(self.tr("0.1, 0.01, 0.001"))
        self.list.setAccessibleName(self.tr("Values"))
        self._make_span()
        self.message = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.message.setProperty("class", "bad")
        self.message.hide()
        self.remove = buttons.small("close", self.tr("Leave this out"), lambda: self.removed.emit(self))
        self._arrange()
        self.show_axis(axis)
        self._connect()

    @property
    def path(self) -> str:
        return self.what.currentText().strip()

    @property
    def axis(self) -> Axis:
        """What the row says now. Raises BadParameter."""
        known = self._offered.get(self.path)
        if not self.path:
            raise BadParameter(self.tr("Choose what varies."))
        if self.how.currentIndex() == SPAN:
            return Axis(self.path, span=self._span(), whole=known is not None and known.whole)
        values = values_from(known, self.path, self.list.text())
        if not values:
            raise BadParameter(self.tr("Write one value or several, with commas between."))
        return Axis(self.path, values)

    def show_axis(self, axis: Axis) -> None:
        """Show what a row of the document says."""
        self.what.setCurrentText(axis.path)
        self._show_help()
        with QSignalBlocker(self.list):
            self.list.setText(values_text(axis.values))
        if axis.span is not None:
            self.low.setText(texts.float_text(float(axis.span.low)))
            self.high.setText(texts.float_text(float(axis.span.high)))
            self.count.setValue(axis.span.count)
            self.scale.setCurrentIndex(int(axis.span.log))
        self.how.setCurrentIndex(LIST if axis.span is None else SPAN)
        self.stack.setCurrentIndex(self.how.currentIndex())

    def tell(self, message: str) -> None:
        """Why it can not be as it is, or an empty text."""
        self.message.setText(message)
        self.message.setVisible(bool(message))

    # Inside

    def _span(self) -> Span:
        ends = []
        for edit in (self.low, self.high):
            try:
                ends.append(float(edit.text().replace(",", ".")))
            except ValueError:
                raise BadParameter(self.tr("'{0}' is no number.").format(edit.text()[:30])) from None
        return Span(ends[0], ends[1], self.count.value(), self.scale.currentIndex() == 1)

    def _picker(self, offered: Mapping[str, Varying], path: str) -> QComboBox:
        """A list that is searched by writing any part of a name."""
        made = QComboBox(editable=True)
        made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        made.addItems(list(offered))
        for place, varying in enumerate(offered.values()):
            made.setItemData(place, varying.param.help, Qt.ItemDataRole.ToolTipRole)
        if path not in offered:
            made.addItem(path)
        completer = QCompleter(list(offered), made)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        made.setCompleter(completer)
        made.setMinimumWidth(168)
        made.setMaxVisibleItems(16)
        made.setAccessibleName(self.tr("What varies"))
        return made

    def _make_span(self) -> None:
        self.low, self.high = QLineEdit(), QLineEdit()
        for edit, words in ((self.low, self.tr("From")), (self.high, self.tr("To"))):
            edit.setAccessibleName(words)
            edit.setToolTip(words)
            edit.setMinimumWidth(56)
        tip = self.tr("How many values; draws take any between")
        self.count = spin_box(1, MOST_RUNS, self.tr("How many values"), tip)
        self.count.setValue(4)
        self.scale = QComboBox()
        self.scale.addItems([self.tr("linear"), self.tr("log")])
        self.scale.setToolTip(self.tr("Equal distances, or equal ratios, as for learning rates"))
        self.scale.setAccessibleName(self.tr("Scale"))
        self.span = QWidget()
        line = QHBoxLayout(self.span)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for widget, stretch in ((self.low, 1), (QLabel("–"), 0), (self.high, 1), (self.count, 0), (self.scale, 0)):
            line.addWidget(widget, stretch)

    def _arrange(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.span)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.what, 3)
        line.addWidget(self.how)
        line.addWidget(self.stack, 3)
        line.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.message)
        QWidget.setTabOrder(self.what, self.how)

    def _connect(self) -> None:
        self.what.currentTextChanged.connect(self._picked)
        self.how.currentIndexChanged.connect(self._turned)
        for edit in (self.list, self.low, self.high):
            edit.textChanged.connect(self.changed)
        self.count.valueChanged.connect(self.changed)
        self.scale.currentIndexChanged.connect(self.changed)

    def _picked(self, path: str) -> None:
        """Something else varies: begin with values that it takes."""
        known = self._offered.get(path.strip())
        if known is not None:
            self.show_axis(Axis(known.path, known.suggested()))
        self._show_help()
        self.changed.emit()

    def _show_help(self) -> None:
        known = self._offered.get(self.path)
        self.what.setToolTip(known.param.help if known else self.tr("Choose a parameter, or write a part of its name"))
        model = self.how.model()
        numeric = known is None or known.numeric
        model.item(SPAN).setEnabled(numeric)  # type: ignore[attr-defined]  # a standard item model

    def _turned(self, how: int) -> None:
        if how == SPAN and not self.low.text():
            self._suggest_span()
        self.stack.setCurrentIndex(how)
        self.changed.emit()

    def _suggest_span(self) -> None:
        """The ends of what is listed, or of what is usual."""
        numbers = _numbers(self._values())
        low, high = (min(numbers), max(numbers)) if len(set(numbers)) > 1 else (0.001, 0.1)
        self.low.setText(texts.float_text(low))
        self.high.setText(texts.float_text(high))
        self.scale.setCurrentIndex(int(low > 0 and high / low >= 10))

    def _values(self) -> Sequence[object]:
        try:
            return values_from(self._offered.get(self.path), self.path, self.list.text())
        except BadParameter:
            return ()


def _numbers(values: Sequence[object]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
