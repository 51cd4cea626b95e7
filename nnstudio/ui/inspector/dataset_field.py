"""The field for the data set of a Dataset node: it opens a box to search in, with the data sets by their groups."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QComboBox

from nnstudio.catalogue.search import Entry, Index
from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS, DatasetType
from nnstudio.params import ChoiceParam, Param
from nnstudio.ui.canvas.boxes.choice_box import ChoiceBox, Question
from nnstudio.ui.canvas.boxes.choice_rows import Choice
from nnstudio.ui.inspector.fields import Field


def is_dataset(param: Param) -> bool:
    """Whether a parameter chooses among the data sets."""
    return isinstance(param, ChoiceParam) and param.name == "dataset" and set(param.choices) <= set(datasets())


class OpeningCombo(QComboBox):
    """Looks like a list to choose from, and asks for something better when it is opened."""

    opened = Signal()

    def showPopup(self) -> None:
        self.opened.emit()


class DatasetField(Field):
    """Shows the title of the data set. In the box each has its group beside it and its summary below."""

    param: ChoiceParam

    def __init__(self, param: ChoiceParam) -> None:
        self.combo = OpeningCombo()
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)  # a long title does not make the inspector wide
        self.box: ChoiceBox | None = None
        self._chosen: object = None
        super().__init__(self.combo, param)
        self.combo.opened.connect(self.open_box)

    def open_box(self) -> None:
        """Let the person search."""
        if self.box is not None:
            return
        window = self.window()
        self.box = ChoiceBox(window)
        self.box.chosen.connect(self._choose)
        self.box.closed.connect(self._closed)
        question = Question(self.tr("Choose a data set"), self.tr("Search data sets…"), self._find, self._nothing)
        self.box.ask(question, self.combo.mapTo(window, QPoint(0, 0)))

    def pending(self) -> bool:
        return self._chosen is not None

    def _display(self) -> None:
        self._chosen = None
        self.combo.clear()
        kind = datasets().get(str(self.value))
        self.combo.addItem(self.tr("several values") if self.mixed else kind.title if kind else str(self.value))
        self.combo.setToolTip(kind.summary if kind is not None and not self.mixed else self.param.help)

    def _read(self) -> object:
        return self._chosen

    # The box

    def _find(self, text: str) -> list[Choice]:
        """What a text finds, best first; all of them by their groups for an empty one."""
        known = [kind for kind in datasets().values() if kind.name in self.param.choices]
        ordered = [kind for group in GROUPS for kind in known if kind.group == group]
        if text.strip():
            hits = Index(map(_entry, ordered)).find(text)
            ordered = sorted((kind for kind in ordered if kind.name in hits), key=lambda kind: hits[kind.name])
        return [Choice(kind.name, kind.title, GROUPS[kind.group], kind.summary, "data") for kind in ordered]

    def _nothing(self, text: str) -> str:
        return self.tr("No data set is called '{0}'.").format(text)

    def _choose(self, key: object) -> None:
        self._chosen = key
        self.commit()
        self._chosen = None

    def _closed(self) -> None:
        if self.box is not None:
            self.box.deleteLater()
            self.box = None
            QTimer.singleShot(0, self.combo, self._go_back)

    def _go_back(self) -> None:
        """The keyboard comes back, unless the person has gone elsewhere."""
        if QApplication.focusWidget() in (None, self.window()):
            self.combo.setFocus(Qt.FocusReason.PopupFocusReason)


def _entry(kind: DatasetType) -> Entry:
    return Entry(kind.name, kind.title, (kind.name.replace("_", " "), *kind.aliases), GROUPS[kind.group], kind.summary)
