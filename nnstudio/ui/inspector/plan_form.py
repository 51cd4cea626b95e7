"""The training plan as a form: sections that open and close, and the learning rate over the run as a curve."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.graph.training import Section, TrainingPlan, plan_sections
from nnstudio.params import Value
from nnstudio.project.session import Run
from nnstudio.project.steering import NEXT_RUN
from nnstudio.settings import PLAN_CLOSED
from nnstudio.training.course import course
from nnstudio.training.registry import optimizer, schedule
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.fields import Field
from nnstudio.ui.inspector.fold import Fold
from nnstudio.ui.inspector.form import Form
from nnstudio.ui.inspector.lr_curve import LrCurve
from nnstudio.ui.inspector.samples import steps_per_epoch
from nnstudio.ui.inspector.texts import to_text


class PlanForm(QWidget):
    """The training plan, wherever it is shown. A section that is closed has no fields until it is opened."""

    folded = Signal(object)
    """tuple of str: the person has opened or closed a section; these are closed now."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._shown: object = None
        self.folds: dict[str, Fold] = {}
        self.forms: dict[str, Form] = {}
        self.curve = LrCurve()
        self.instead = parts.label(look="small", wrap=True)
        """Said in place of the curve."""
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        for section in plan_sections(TrainingPlan().values):
            self._add(section)
        self.folds["schedule"].body.addWidget(self.curve)
        self.folds["schedule"].body.addWidget(self.instead)
        self.fold(PLAN_CLOSED)
        bridge.run_changed.connect(self._follow)

    @property
    def fields(self) -> dict[str, Field]:
        """Of all sections that were opened, by the names of their parameters."""
        return {name: field for form in self.forms.values() for name, field in form.fields.items()}

    def refresh(self) -> None:
        """Show the plan as it is now."""
        session = self._bridge.session
        plan, active = session.document.plan, session.steering.active
        shown = (session, plan, active, steps_per_epoch(session))
        if shown == self._shown:
            return
        self._shown = shown
        for section in plan_sections(plan.values):
            form, fold = self.forms[section.key], self.folds[section.key]
            fold.tell(_digest(section, plan))
            if fold.is_open:
                form.show_params(section.params, plan.values, session)
                form.remark(self._remarks(section, plan, active=active))
        self._order()
        self._show_course(plan)
        self.curve.show_run(session.run)

    def fold(self, closed: Iterable[str]) -> None:
        """Close these sections and open the others."""
        for key, fold in self.folds.items():
            fold.open(key not in closed)
        self._again()

    def reveal(self, name: str) -> Field:
        """The field of a parameter, with the section around it open."""
        sections = plan_sections(self._bridge.session.document.plan.values)
        key = next(each.key for each in sections if name in [param.name for param in each.params])
        self.folds[key].open(True)
        self._again()
        return self.forms[key].fields[name]

    def _again(self) -> None:
        """What was opened is to be filled, where anything is shown."""
        if self._shown is not None:
            self._shown = None
            self.refresh()

    def commit(self) -> None:
        """Take what is being written."""
        for form in self.forms.values():
            form.commit()

    def _write(self, name: str, value: Value) -> None:
        self._bridge.session.document.set_plan(**{name: value})

    def _add(self, section: Section) -> None:
        fold = self.folds[section.key] = Fold(self.tr(section.title))
        form = self.forms[section.key] = Form(self._write)
        fold.body.addWidget(form)
        fold.turned.connect(self._turned)
        self.column.addWidget(fold)

    def _turned(self, _: bool) -> None:
        self._again()
        self.folded.emit(tuple(key for key, fold in self.folds.items() if not fold.is_open))

    def _remarks(self, section: Section, plan: TrainingPlan, *, active: bool) -> dict[str, str]:
        """What is said under the fields: what was chosen, and what a run that goes on does not take over."""
        said = {"optimizer": optimizer(plan.optimizer).summary, "schedule": schedule(plan.schedule).summary}
        if active:
            said |= dict.fromkeys(NEXT_RUN, self.tr("from the next run on"))
        names = {param.name for param in section.params}
        return {name: text for name, text in said.items() if name in names}

    def _order(self) -> None:
        """Tab goes from top to bottom, also to fields that came with another optimizer."""
        stops: list[QWidget] = []
        for key, fold in self.folds.items():
            stops += [fold.button, *(field.editor for field in self.forms[key].fields.values())]
        for first, second in pairwise(stops):
            self.setTabOrder(first, second)

    def _show_course(self, plan: TrainingPlan) -> None:
        kind = schedule(plan.schedule)
        known = course(kind, plan.own(kind.params), plan.lr, plan.epochs, steps_per_epoch(self._bridge.session))
        self.curve.setVisible(known is not None)
        self.instead.setVisible(known is None)
        if known is not None:
            self.curve.show_course(known)
        else:
            words = self.tr("When it falls follows from the test loss, so there is no curve to show before the run.")
            self.instead.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)

    def _follow(self, run: Run) -> None:
        if self.isVisible():
            self.refresh()  # what holds from the next run on
            self.curve.show_run(run)


def _digest(section: Section, plan: TrainingPlan) -> str:
    """What differs from what is usual, in a line."""
    words = [
        f"{param.name} {to_text(param, plan.values[param.name]) or '–'}"
        for param in section.params
        if plan.values[param.name] != param.default
    ]
    return ", ".join(words)
