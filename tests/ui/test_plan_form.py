"""The training plan as a form: its sections, what each choice brings along, and the curve of the learning rate."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.graph.training import plan_sections
from nnstudio.protocol import messages as msg
from nnstudio.training.course import course
from nnstudio.training.registry import optimizers, schedule
from nnstudio.ui.inspector.fields import ChoiceField, TextField
from nnstudio.ui.inspector.lr_curve import LrCurve, Scale
from nnstudio.ui.inspector.plan_form import PlanForm
from nnstudio.ui.inspector.samples import USUAL_STEPS, steps_per_epoch
from tests.ui.studio import Studio, classifier, open_studio, settle, shown


class Plan:
    """A form of the plan on a project with digits."""

    def __init__(self, qtbot: QtBot, document: Document | None = None) -> None:
        self.studio: Studio = open_studio(classifier() if document is None else document)
        self.form = PlanForm(self.studio.bridge)
        self.form.fold(())
        self.form.resize(300, 900)
        shown(qtbot, self.form)
        self.studio.bridge.history_changed.connect(self.form.refresh)

    @property
    def document(self) -> Document:
        return self.studio.document

    def choose(self, name: str, value: str) -> None:
        field = self.form.reveal(name)
        assert isinstance(field, ChoiceField)
        field.combo.setCurrentIndex(field.combo.findData(value))
        field.combo.activated.emit(field.combo.currentIndex())

    def write(self, qtbot: QtBot, name: str, text: str) -> None:
        field = self.form.fields[name]
        assert isinstance(field, TextField)
        field.line.setText(text)
        qtbot.keyClick(field.line, Qt.Key.Key_Return)

    def remarks(self) -> list[str]:
        return [
            label.text()
            for form in self.form.forms.values()
            for label in form.findChildren(QLabel)
            if label.property("class") == "small" and label.isVisibleTo(form)
        ]

    def run(self, state: str, step: int = 0, lr: float = 0.0) -> None:
        engine = self.studio.engine
        engine.run = 1
        engine.state(state)
        if step:
            one = msg.Array.of(np.zeros(1, np.float32))
            engine.on_event(
                msg.Progress(
                    run=1, epoch=1, step=step, total_steps=100, steps_per_second=9.0, losses=one, accuracies=one, lr=lr
                )
            )
        settle(self.studio.bridge)


@pytest.fixture
def plan(qtbot: QtBot, qapp: object) -> Plan:
    return Plan(qtbot)


def test_every_parameter_stands_in_its_section(plan: Plan) -> None:
    sections = plan_sections(plan.document.plan.values)
    assert list(plan.form.folds) == [section.key for section in sections]
    for section in sections:
        plan.form.reveal(section.params[0].name)
        assert list(plan.form.forms[section.key].fields) == [param.name for param in section.params]
        assert plan.form.folds[section.key].button.text() == section.title


def test_a_section_closes_says_what_is_unusual_and_that_it_is_closed(qtbot: QtBot, plan: Plan) -> None:
    told: list[tuple[str, ...]] = []
    plan.form.folded.connect(told.append)
    fold = plan.form.folds["run"]
    fold.button.setFocus()
    qtbot.keyClick(fold.button, Qt.Key.Key_Space)
    assert told == [("run",)]
    assert not plan.form.fields["epochs"].isVisible()
    assert not fold.digest.isVisible()
    plan.document.set_plan(epochs=99, seed=4)
    assert fold.digest.isVisible()
    assert fold.digest.text() == "epochs 99, seed 4"
    assert fold.button.accessibleDescription() == "closed. epochs 99, seed 4"
    plan.form.fold(("optimizer",))
    assert plan.form.fields["epochs"].isVisible()
    assert not plan.form.fields["lr"].isVisible()
    assert plan.form.reveal("lr").isVisible()


def test_another_optimizer_brings_its_own_parameters_in_one_step(plan: Plan) -> None:
    plan.choose("optimizer", "SGD")
    assert {"momentum", "dampening", "nesterov"} <= set(plan.form.fields)
    assert "betas" not in plan.form.fields
    assert optimizers()["SGD"].summary in plan.remarks()
    plan.choose("optimizer", "LBFGS")
    assert "weight_decay" not in plan.form.fields
    plan.document.undo()
    plan.document.undo()
    assert plan.document.plan.optimizer == "Adam"
    assert not plan.document.history.undo_name.startswith("Set")
    assert "betas" in plan.form.fields


def test_choices_are_told_by_their_titles_with_what_they_do(plan: Plan) -> None:
    field = plan.form.fields["schedule"]
    assert isinstance(field, ChoiceField)
    row = field.combo.findText("Warm-up, then cosine")
    assert "Transformers" in field.combo.itemData(row, Qt.ItemDataRole.ToolTipRole)
    plan.choose("schedule", "warmup_cosine")
    assert plan.document.plan.schedule == "warmup_cosine"
    assert field.combo.currentText() == "Warm-up, then cosine"
    optimizer = plan.form.fields["optimizer"].editor
    assert isinstance(optimizer, QComboBox)
    tip = optimizer.itemData(optimizer.findData("AdamW"), Qt.ItemDataRole.ToolTipRole)
    assert "w ← " in tip
    assert "2017" in tip
    plan.choose("optimizer", "AdamW")
    assert plan.form.fields["optimizer"].editor.toolTip().startswith(tip)


def test_an_optional_number_can_be_emptied(qtbot: QtBot, plan: Plan) -> None:
    plan.write(qtbot, "clip_norm", "1.5")
    assert plan.document.plan.values["clip_norm"] == 1.5
    plan.write(qtbot, "clip_norm", "")
    assert plan.document.plan.values["clip_norm"] is None
    plan.write(qtbot, "clip_norm", "-1")
    assert "clip_norm takes" in plan.form.fields["clip_norm"].problem


def test_during_a_run_the_form_says_what_it_does_not_take_over(plan: Plan) -> None:
    later = "from the next run on"
    assert later not in plan.remarks()
    plan.run("training")
    assert plan.remarks().count(later) == 6
    plan.run("finished")
    assert later not in plan.remarks()


def test_the_curve_goes_over_the_steps_that_the_data_make(plan: Plan) -> None:
    plan.document.set_plan(schedule="cosine", epochs=4, lr=0.1)
    assert steps_per_epoch(plan.studio.bridge.session) == -(-round(1797 * 0.8) // 32)
    curve = plan.form.curve
    assert curve.isVisible()
    assert curve.accessibleDescription().startswith("begins at 0.1, highest 0.1 at epoch 0.0, ends at ")
    assert curve.describe(curve.width() / 2).startswith("epoch 1.")
    assert curve.describe(2.0) == ""
    plan.document.set_plan(schedule="constant")
    assert curve.accessibleDescription() == "0.1 all the time"


def test_where_the_rate_follows_the_loss_a_sentence_stands_in_place_of_the_curve(plan: Plan) -> None:
    plan.choose("schedule", "plateau")
    assert not plan.form.curve.isVisible()
    assert "test loss" in plan.form.instead.text()
    assert plan.form.instead.isVisible()


def test_the_curve_marks_where_the_run_is(plan: Plan) -> None:
    plan.document.set_plan(schedule="cosine", lr=0.1)
    assert plan.form.curve.mark is None
    plan.run("training", step=25, lr=0.08)
    assert plan.form.curve.mark == (0.25, 0.08)
    before = plan.form.curve.grab().toImage()
    plan.run("training", step=75, lr=0.02)
    assert plan.form.curve.grab().toImage() != before
    plan.run("stopped")
    assert plan.form.curve.mark is None


def test_an_empty_project_has_a_plan_too(qtbot: QtBot, qapp: object) -> None:
    plan = Plan(qtbot, Document())
    assert steps_per_epoch(plan.studio.bridge.session) == USUAL_STEPS
    plan.choose("schedule", "one_cycle")
    assert plan.form.curve.describe(plan.form.curve.width() - 9.0).startswith("epoch 1")


@pytest.mark.parametrize(
    ("rates", "log"),
    [
        ([0.1] * 5, False),
        ([1000.0, 5e-324, 5e-324, 5e-324], True),
        ([0.1, 0.05, 0.0], False),
        ([1.0, 1e-3, 1e-4, 1e-5], True),
        ([0.0, 0.0, 0.0], False),
    ],
)
def test_a_scale_shows_most_of_a_curve(rates: list[float], log: bool) -> None:
    scale = Scale.of(rates)
    assert scale.log is log
    assert all(0.0 <= scale.height(rate) <= 1.0 for rate in (*rates, 0.0, 5.0))
    assert scale.height(max(rates)) == (1.0 if max(rates) else 0.0)


def test_a_curve_is_painted_where_its_rates_lie(qtbot: QtBot, qapp: object) -> None:
    curve = LrCurve()
    curve.resize(264, 96)
    qtbot.addWidget(curve)
    known = course(schedule("linear"), {"final_factor": 0.0}, 1.0, 2, 50)
    assert known is not None
    curve.show_course(known)
    empty = LrCurve()
    empty.resize(264, 96)
    qtbot.addWidget(empty)
    assert curve.grab().toImage() != empty.grab().toImage()
    assert curve._place(0.0, 1.0) == QPointF(64.0, 8.0)
    assert curve._place(1.0, 0.0) == QPointF(256.0, 72.0)
