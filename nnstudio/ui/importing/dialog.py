"""The import dialog: what is in a file, how it is read, and what of it is learned from.

What is changed is asked of the engine at once, and shown as the engine reads it: nothing here is guessed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.data.loading import bytes_text
from nnstudio.data.registry import dataset
from nnstudio.data.spec import Field
from nnstudio.errors import NNStudioError
from nnstudio.params import Column, Value
from nnstudio.project.carrying import as_lists
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.buttons import with_room
from nnstudio.ui.importing.columns import ColumnsView
from nnstudio.ui.importing.facts import NO_ARRAY, Found, Wanted, likely, offered, why_not
from nnstudio.ui.importing.looking import Looking
from nnstudio.ui.importing.pages import ArraysPage, PicturesPage, TextPage
from nnstudio.ui.importing.waiting import RefusalPage, WaitingPage
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.form import Form

Page: TypeAlias = ColumnsView | PicturesPage | TextPage | ArraysPage
SIZE = (1120, 680)
SMALLEST = (760, 480)
SIDE = 300
"""Width of how it is read."""


class ImportDialog(QDialog):
    """Shows one file. `taken` tells that it is to be taken in as it is shown."""

    taken = Signal()
    same_found = Signal()
    """The file is the one that was looked for: `found` has it."""
    file_asked = Signal(str)
    """Name of a parameter that is another file, as one of labels: it is to be chosen."""
    other_asked = Signal()
    """The person would rather have another file."""

    def __init__(self, bridge: Bridge, wanted: Wanted, parent: QWidget, *, standardizes: bool) -> None:
        super().__init__(parent)
        self.wanted = wanted
        self.found: Found | None = None
        self._reading = dict(wanted.reading)
        self._columns = wanted.columns
        self._standardizes = standardizes
        self._kind = wanted.dataset
        self.looking = Looking(bridge, self)
        self.looking.answered.connect(self._answered)
        self.looking.failed.connect(self._failed)
        self.looking.progress.connect(self._told)
        self._make()
        self._arrange()
        self._name(bridge)
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self._wait()
        self.looking.ask(wanted.path, wanted.dataset, self._reading)

    @property
    def standardize(self) -> bool:
        """Whether the numbers are to be standardized."""
        return self.standardize_box.isVisibleTo(self) and self.standardize_box.isChecked()

    def done(self, result: int) -> None:
        """Closed in whatever way: nothing is asked any more."""
        self.looking.stop()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter takes it in from anywhere."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.ok.click()
        else:
            super().keyPressEvent(event)

    # What the person changes

    def _write(self, name: str, value: Value) -> None:
        """Another way to read it."""
        value = "" if value == NO_ARRAY and name == "target" else value
        self.say({name: as_lists(dataset(self._kind).params[name].check(value))})

    def _recolumn(self, columns: tuple[Column, ...]) -> None:
        """Other kinds or roles: the file is read as before."""
        assert self.found is not None
        self._columns = columns
        self.found = self.found.using(columns)
        self._show_state(self.found)

    def say(self, more: Mapping[str, Any]) -> None:
        """How it is to be read: looked into anew, with this."""
        self._reading |= more
        if "labels" in more:  # they are the target, whatever it was before
            self._reading.pop("target", None)
        self.summary.setText(self.tr("Reading…"))
        self.ok.setEnabled(False)
        self.looking.ask(self.wanted.path, self._kind, self._reading, later=True)

    # What the engine answers

    def _told(self, told: msg.DataProgress) -> None:
        self.waiting.show_progress(told)
        if self.stack.currentWidget() is not self.waiting and told.what:
            self.summary.setText(told.what)

    def _answered(self, found: Found) -> None:
        self.found = found = found.using(self._columns)
        if self.wanted.sha256 and found.values.get("sha256") == self.wanted.sha256:
            self.same_found.emit()
            return
        self._show_form(found)
        page = self._page_for(found)
        page.show_found(found)
        self.preview.setCurrentWidget(page)
        self._show_state(found)
        if self.stack.currentWidget() is not self.content:
            self.stack.setCurrentWidget(self.content)
            self._focus(page)

    def _failed(self, error: NNStudioError) -> None:
        """In place of the preview; beside it stays how it is read, so that it can be changed."""
        self.refusal.show_error(error)
        self.ok.setEnabled(False)
        self.summary.setText("")
        self.preview.setCurrentWidget(self.refusal)
        if self.found is None:
            self._offer_reading()
        if self.stack.currentWidget() is not self.content:
            self.stack.setCurrentWidget(self.content)
            self.refusal.other.setFocus()

    def _offer_reading(self) -> None:
        """Nothing is known of the file but its name: what can be said of such files can be said of this one."""
        name = self.wanted.dataset or likely(self.wanted.path)
        self.side.setVisible(bool(name))
        if name:
            params = dataset(name).params
            said = {key: value for key, value in self._reading.items() if key in params}
            self._show_form(Found(name, params.check(said)))

    def _wait(self) -> None:
        self.waiting.begin(self.tr("Looking into {0}…").format(self.wanted.path.name))
        self.stack.setCurrentWidget(self.waiting)
        self.ok.setEnabled(False)

    # Inside

    def _page_for(self, found: Found) -> Page:
        pages: dict[str, ColumnsView | PicturesPage | TextPage] = {
            "table": self.columns,
            "images": self.pictures,
            "text": self.text,
        }
        return pages.get(found.kind, self.arrays)

    def _focus(self, page: QWidget) -> None:
        (self.columns.table if page is self.columns else self.ok).setFocus()

    def _show_form(self, found: Found) -> None:
        """How such files can be read."""
        self._kind = found.dataset
        shown, values = offered(found), dict(found.values)
        if values.get("target") == "" and found.arrays:
            values["target"] = NO_ARRAY
        self.form.show_params(shown, values, found.dataset)
        self.side.setVisible(bool(shown))

    def _show_state(self, found: Found) -> None:
        self.kind.setText(self._fact_words(found))
        refusal = why_not(found)
        self.ok.setEnabled(not refusal)
        self.summary.setText(refusal or self._summary(found))
        self.warnings.setText("\n".join(found.warnings))
        self.warnings.setVisible(bool(found.warnings))
        self.standardize_box.setVisible(self._standardizes and bool(found.columns))

    def _fact_words(self, found: Found) -> str:
        words = [dataset(found.dataset).title]
        if count := found.number("rows") or found.number("tokens"):
            words += [self._count_words(found.kind).format(f"{count:,}")]
        if found.columns:
            words += [self.tr("{0} columns").format(f"{len(found.columns):,}")]
        if memory := dataset(found.dataset).bytes_for(found.values) or found.number("memory"):
            words += [self.tr("{0} of memory").format(bytes_text(memory))]
        return " · ".join(words)

    def _count_words(self, kind: str) -> str:
        words = {"table": self.tr("{0} rows"), "images": self.tr("{0} pictures"), "text": self.tr("{0} tokens")}
        return words.get(kind, self.tr("{0} samples"))

    def _summary(self, found: Found) -> str:
        """What comes out of the node; of a table, what is learned from what."""
        if found.columns:
            return self._learned(found)
        fields = dataset(found.dataset).fields_for(found.values)
        return self.tr("Gives: {0}").format(" · ".join(map(self._field_words, fields)))

    def _field_words(self, field: Field) -> str:
        if field.kind == "tokens":
            return self.tr("{0}, {1} tokens").format(field.name, field.shape[0])
        if field.classes:
            return self.tr("{0}, {1} classes").format(field.name, f"{field.classes:,}")
        return f"{field.name} {' × '.join(map(str, field.shape))}"

    def _learned(self, found: Found) -> str:
        inputs = [column for column in found.columns if column.role == "input"]
        targets = [f"'{column.name}'" for column in found.columns if column.role == "target"]
        source = inputs[0].name if len(inputs) == 1 else self.tr("{0} columns").format(f"{len(inputs):,}")
        if not targets:
            return self.tr("Gives {0}, and no target to learn.").format(source)
        shown = ", ".join(targets[:3]) + ("…" if len(targets) > 3 else "")
        return self.tr("Learns {0} from {1}.").format(shown, source)

    def _name(self, bridge: Bridge) -> None:
        self.setWindowTitle(self.tr("Import Data"))
        node = bridge.session.document.nodes.get(self.wanted.node)
        self.title.setText(self.wanted.path.name or str(self.wanted.path))
        self.place.setText(str(self.wanted.path.parent))
        self.place.setToolTip(str(self.wanted.path))
        self.ok.setText(self.tr("Change '{0}'").format(node.name) if node else self.tr("Add to the Drawing"))
        with_room(self.ok)

    def _make(self) -> None:
        self.title, self.place = parts.NameLabel(), parts.NameLabel()
        self.title.setProperty("class", "title")
        self.place.setProperty("class", "muted")
        self.kind = parts.label(look="muted")
        self.waiting, self.refusal = WaitingPage(), RefusalPage()
        self.columns, self.pictures, self.text, self.arrays = ColumnsView(), PicturesPage(), TextPage(), ArraysPage()
        self.columns.changed.connect(self._recolumn)
        self.refusal.other_asked.connect(self.other_asked)
        self.form = Form(self._write)
        self.form.file_asked.connect(self.file_asked)
        self.warnings = parts.label(look="warning", wrap=True)
        self.warnings.hide()
        self.summary = parts.label(look="muted", wrap=True)
        self.standardize_box = QCheckBox(self.tr("Standardize the numbers"))
        self.standardize_box.setToolTip(
            self.tr(
                "Put a Standardize layer behind: each column gets mean 0 and deviation 1, found on the training part"
            )
        )
        self.standardize_box.hide()
        self.cancel = with_room(QPushButton(self.tr("Cancel")))
        self.cancel.setToolTip(self.tr("Leave the drawing as it is"))
        self.cancel.clicked.connect(self.reject)
        self.ok = QPushButton(default=True)
        self.ok.setToolTip(self.tr("Take the data in as they are shown; Undo takes it back (Ctrl+Enter)"))
        self.ok.clicked.connect(self.taken)

    def _arrange(self) -> None:
        self.preview = QStackedWidget()
        for page in (self.columns, self.pictures, self.text, self.arrays, self.refusal):
            self.preview.addWidget(page)
        self.side = self._make_side()
        self.content = QWidget()
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.preview, 1)
        row.addWidget(self.side)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.content)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.place)
        column.addWidget(self.kind)
        column.addWidget(self.warnings)
        column.addSpacing(8)
        column.addWidget(self.stack, 1)
        column.addSpacing(8)
        column.addLayout(self._foot())

    def _make_side(self) -> QWidget:
        inside = QWidget()
        inside.setProperty("class", "content")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(parts.label(self.tr("How it is read"), "heading"))
        column.addWidget(self.form)
        column.addStretch(1)
        side = QScrollArea(widgetResizable=True)
        side.setFrameShape(QFrame.Shape.NoFrame)
        side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setFixedWidth(SIDE)
        side.setWidget(inside)
        return side

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.standardize_box)
        row.addWidget(self.summary, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.ok)
        return row
