"""The race dialog: what varies, how it is combined, and which runs that gives, seen as one writes.

A window beside the main one: nothing waits for it. What it says is kept in the document when a race is started or the
dialog is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QListWidgetItem,
    QWidget,
)

from nnstudio.errors import NNStudioError
from nnstudio.graph.race import MOST_AXES, MOST_RUNS, Axis, Entry, Race, entries
from nnstudio.project.racing import total
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.ui.racing.face import Face
from nnstudio.ui.racing.presets import PRESETS
from nnstudio.ui.racing.row import Row
from nnstudio.ui.racing.summary import cost_words
from nnstudio.ui.racing.varying import Varying, varying


class RaceDialog(Face):
    """`wanted` tells that the race is to be started. `others` gives the other open projects."""

    wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.session: Session | None = None
        self.rows: list[Row] = []
        self._offered: dict[str, Varying] = {}
        self._why: Callable[[], str] = lambda: ""
        self._estimate: msg.Estimated | None = None
        self.projects: list[tuple[QCheckBox, Session]] = []
        self._connect()

    # What it shows

    def show_project(self, session: Session, others: list[Session], why: Callable[[], str]) -> None:
        """The race of a project, as its document has it; `why` tells why none can begin now."""
        self.session, self._why = session, why
        self._offered = {each.path: each for each in varying(session.document)}
        self._show_others(others)
        self.show_race(session.document.race or Race((Axis("training.lr", self._offered["training.lr"].suggested()),)))

    def show_race(self, race: Race) -> None:
        """Other rows and numbers."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for axis in race.axes:
            self._add_row(axis)
        self.mode.setCurrentIndex(int(race.mode == "random"))
        self.draws.setValue(race.draws)
        self.seed.setValue(race.seed)
        self.repeats.setValue(race.repeats)
        self.refresh()

    def show_estimate(self, estimate: msg.Estimated | None) -> None:
        """What one run of the plan takes, as far as it is known."""
        self._estimate = estimate
        self.refresh()

    @property
    def race(self) -> Race:
        """What is written now. Raises BadParameter, and tells it in the row."""
        axes: list[Axis] = []
        wrong: NNStudioError | None = None
        for row in self.rows:
            try:
                axes.append(row.axis)
                row.tell("")
            except NNStudioError as error:
                row.tell(str(error))
                wrong = wrong or error
        if wrong is not None:
            raise wrong
        mode = ("grid", "random")[self.mode.currentIndex()]
        return Race(tuple(axes), mode, self.draws.value(), self.seed.value(), self.repeats.value())

    @property
    def others(self) -> list[Session]:
        """The other projects that take part."""
        return [session for box, session in self.projects if box.isChecked()]

    def tell(self, message: str) -> None:
        """Why no race can begin; it goes away with the next change."""
        self.message.setText(message)
        self.message.setVisible(bool(message))

    def refresh(self, *_: object) -> None:
        """The runs that this gives, and what they would take; or what is wrong."""
        self.show_draws(shown=self.mode.currentIndex() == 1)
        self.add.setEnabled(len(self.rows) < MOST_AXES)
        self.nothing.setVisible(not self.rows)
        try:
            found, message = self._found(), ""
        except NNStudioError as error:
            told = any(row.message.text() for row in self.rows)
            found, message = [], "" if told else str(error)
        self._show_runs(found, message)

    def keep(self) -> None:
        """Into the document, where it can be run and is something."""
        if self.session is None:
            return
        try:
            race = self.race
            if race != (self.session.document.race or Race()):
                self.session.document.set_race(race)
        except NNStudioError:
            return  # half-written: what the document has stays

    def hideEvent(self, event: QHideEvent) -> None:
        self.keep()
        super().hideEvent(event)

    # Inside

    def _found(self) -> list[Entry]:
        """The runs, each with a plan that can be had. Raises NNStudioError."""
        session = self.session
        if session is None:
            return []
        plan, race = session.document.plan, self.race
        found = [*entries(race, plan.seed)]
        for entry in found:
            plan.changed(entry.plan)
        for other in self.others:
            title = other.document.title
            repeats = entries(Race(repeats=race.repeats), plan.seed)
            found += [replace(each, label=" · ".join(filter(None, (title, each.label)))) for each in repeats]
        return found

    def _show_runs(self, found: list[Entry], message: str) -> None:
        self.runs.clear()
        for entry in found:
            item = QListWidgetItem(entry.label or self.tr("as the plan is"), self.runs)
            item.setToolTip(entry.label)
        one = self.tr("1 run") if len(found) == 1 else self.tr("{0} runs").format(len(found))
        self.count.setText(one if found else self.tr("No runs"))
        too_many = "" if len(found) <= MOST_RUNS else self.tr("More than {0} runs: leave out some.").format(MOST_RUNS)
        self.tell(message or too_many or self._why())
        self.cost.setText(self._cost_words(found))
        self.start.setEnabled(bool(found) and not self.message.text())

    def _cost_words(self, found: list[Entry]) -> str:
        if self._estimate is None or self.session is None or not found:
            return ""
        plan = self.session.document.plan
        return cost_words(total(self._estimate, [plan.changed(entry.plan).epochs for entry in found]))

    def _show_others(self, others: list[Session]) -> None:
        for box, _ in self.projects:
            box.hide()
            box.deleteLater()
        self.projects = []
        for other in others:
            box = QCheckBox(other.document.title.replace("&", "&&"))
            box.setToolTip(
                self.tr("Its network takes part by its own plan, with the seeds and samples of this project")
            )
            box.toggled.connect(self.refresh)
            self.others_column.addWidget(box)
            self.projects.append((box, other))
        self.others_title.setVisible(bool(others))

    def _add_row(self, axis: Axis) -> None:
        row = Row(self._offered, axis)
        row.changed.connect(self.refresh)
        row.removed.connect(self._remove_row)
        self.rows.append(row)
        self.column.insertWidget(self.column.count() - 1, row)

    def _add(self) -> None:
        """One more: the first thing that is not there yet."""
        taken = {row.path for row in self.rows}
        known = next(each for each in self._offered.values() if each.path not in taken)
        self._add_row(Axis(known.path, known.suggested()))
        self.rows[-1].what.setFocus()
        self.rows[-1].what.lineEdit().selectAll()  # type: ignore[union-attr]  # it can be edited
        self.refresh()

    def _remove_row(self, row: Row) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.refresh()

    def _take_preset(self, change: Callable[[Race], Race], _: bool = False) -> None:
        try:
            race = self.race
        except NNStudioError:
            race = Race(repeats=self.repeats.value())
        self.show_race(change(race))

    def _connect(self) -> None:
        for button, preset in zip(self.presets, PRESETS, strict=True):
            button.clicked.connect(partial(self._take_preset, preset.change))
        self.add.clicked.connect(self._add)
        self.start.clicked.connect(self.wanted)
        self.leave.clicked.connect(self.close)
        self.mode.currentIndexChanged.connect(self.refresh)
        for spin in (self.draws, self.seed, self.repeats):
            spin.valueChanged.connect(self.refresh)
