"""The table of runs: what it tells, how it is sorted, and what is done with its rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.numpy
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from nnstudio.graph.training import EpochRow
from nnstudio.project.carrying import plan_message
from nnstudio.project.run import Run
from nnstudio.protocol import messages as msg
from nnstudio.runs.reading import read_record
from nnstudio.ui.runs import columns, looks, menus
from nnstudio.ui.runs.model import RunModel
from nnstudio.ui.runs.table import RunTable
from tests.runs.folders import checkpoint, kept_run


def train(studio, epochs=2, **plan):
    studio.document.set_plan(epochs=epochs, **plan)
    studio.bridge.session.train()
    studio.engine.play(epochs)
    studio.settle()
    return studio.bridge.session.run


def names(panel):
    return [row[0] for row in list(panel.rows())[1:]]


def column(panel, title):
    told = list(panel.rows())
    return [row[told[0].index(title)] for row in told[1:]]


def sort(panel, key, order=Qt.SortOrder.AscendingOrder):
    number = [each.key for each in panel.table.runs.columns].index(key)
    panel.table.sortByColumn(number, order)


@pytest.fixture
def panel(studio):
    return studio.panel("runs", (900, 260))


def test_without_a_run_it_says_what_fills_it(studio, panel):
    assert panel.is_empty
    assert "Press Train" in panel.empty.text
    assert panel.badge == ""


def test_every_run_of_the_window_has_a_row_with_its_plan_and_last_figures(studio, panel):
    train(studio, lr=0.01, seed=3)
    train(studio, 3, lr=0.1, batch_size=8)
    assert column(panel, "lr") == [0.1, 0.01], "the newest first"
    assert column(panel, "Batch") == [8, 32]
    assert column(panel, "Epochs") == [3, 2]
    assert column(panel, "Seed")[1] == 3
    assert column(panel, "State") == ["finished", "finished"]
    assert column(panel, "Test loss")[0] == pytest.approx(1.1 * np.exp(-3))
    assert panel.badge == "2"


def test_any_column_sorts_and_what_has_no_value_comes_last(studio, panel):
    shelf = studio.bridge.session.steering.shelf
    for label, accuracy in (("none", None), ("low", 0.25), ("high", 0.75)):
        shelf.put([Run(label=label, epochs=[EpochRow(1, 0.5, 0.6, None, accuracy)])])
    studio.bridge.runs_changed.emit()
    studio.settle()
    sort(panel, "test_accuracy")
    assert names(panel) == ["low", "high", "none"]
    sort(panel, "test_accuracy", Qt.SortOrder.DescendingOrder)
    assert names(panel) == ["high", "low", "none"]


def test_metrics_have_columns_of_their_own_which_the_person_chooses(studio, panel):
    run = train(studio)
    run.epochs[-1] = EpochRow(2, 0.1, 0.2, metrics={"F1": 0.9})
    studio.bridge.runs_changed.emit()
    studio.settle()
    assert "F1" not in next(iter(panel.rows()))
    action = next(action for action in panel.table.column_menu().actions() if action.text() == "F1")
    action.setChecked(True)
    assert column(panel, "F1") == [0.9]
    train(studio)
    assert "F1" in next(iter(panel.rows())), "as chosen"


def test_a_run_is_hidden_and_shown_with_its_tick_or_a_key(studio, panel):
    run = train(studio)
    told = []
    studio.bridge.runs_changed.connect(lambda: told.append(run.visible))
    panel.table.sorted.setData(panel.table.sorted.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert told == [False]
    panel.table.select([run])
    studio.qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    assert told == [False, True]


def test_a_name_that_is_written_is_the_runs_label(studio, panel):
    run = train(studio)
    panel.table.sorted.setData(panel.table.sorted.index(0, 0), "  wide  ", Qt.ItemDataRole.EditRole)
    studio.settle()
    assert (run.label, looks.name(run), names(panel)) == ("wide", "wide", ["wide"])


def test_what_is_not_possible_says_why(studio, panel):
    run = train(studio)
    assert not panel.delete.isEnabled()
    assert panel.delete.toolTip() == "Choose a run first."
    panel.table.select([run])
    assert panel.delete.isEnabled()
    assert "not recorded" in panel.go_on.toolTip()
    assert "not recorded" in panel.folder.toolTip()
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.settle()
    panel.table.select([studio.bridge.session.run])
    assert panel.delete.toolTip() == "It is going. Stop it first."


def test_a_run_that_is_not_recorded_is_taken_off_the_list(studio, panel):
    first, second = train(studio), train(studio)
    panel.table.select([first])
    studio.qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    studio.settle()
    assert studio.bridge.session.steering.shelf.runs == [second]


# Recorded runs


@pytest.fixture
def recorded(studio, panel, tmp_path, monkeypatch):
    """Two runs of this project in the folder of runs, one of another project, and the panel that has found them."""
    base = tmp_path / "runs"
    monkeypatch.setattr("nnstudio.paths.runs_dir", lambda: base)
    weights = {"conv1.weight": (4, 1, 3, 3), "conv1.bias": (4,), "head.weight": (10, 256), "head.bias": (10,)}
    document, source = studio.document, studio.bridge.session.compiled.source
    for title in (document.title, document.title, "another"):
        kept_run(base, title, plan_message(document), source, weights)
    panel.library.look()
    studio.until(lambda: len(panel.table.runs.runs) == 2)
    return panel


def test_recorded_runs_of_the_project_are_listed_and_their_steps_read_when_shown(studio, recorded):
    loss = studio.panel("loss")
    run = recorded.table.runs.runs[0]
    assert (run.visible, run.whole, run.state, len(run.losses)) == (False, False, "finished", 0)
    recorded.deeds.show(run, True)
    studio.until(lambda: run.whole and loss.plot is not None and len(loss.plot.shown_besides()) == 1)
    assert len(run.losses) == 20
    assert [row.epoch for row in run.epochs] == [1, 2]
    assert [change.what for change in run.changes] == ["lr"]


def test_a_run_is_resumed_by_its_own_plan(studio, recorded):
    run = recorded.table.runs.runs[0]
    studio.document.set_plan(lr=0.5)
    recorded.deeds.go_on(run, run.checkpoints[0], branch=False)
    studio.until(lambda: any(isinstance(each, msg.Start) for each in studio.engine.asked))
    request = studio.engine.asked[-1]
    assert request.keeping.resume == run.checkpoints[0].path
    assert studio.document.plan.lr == request.plan.lr == run.plan.lr, "the plan is that of the run again"
    assert not any(isinstance(each, msg.ChangePlan) for each in studio.engine.asked)
    assert [row.epoch for row in studio.bridge.session.run.earlier] == [1]
    studio.document.undo()
    assert studio.document.plan.lr == 0.5


def test_a_plan_that_is_not_known_here_is_told(studio, recorded):
    run = recorded.table.runs.runs[0]
    path = Path(run.checkpoints[0].path)
    weights = {"head.weight": (10, 256), "head.bias": (10,)}
    checkpoint(path, msgspec.structs.replace(run.plan, optimizer="Tomorrow"), weights, step=10, epoch=1)
    recorded.deeds.go_on(run, run.checkpoints[0], branch=False)
    studio.until(lambda: bool(studio.troubles))
    assert "can not be taken" in studio.troubles[0].message
    assert not any(isinstance(each, msg.Start) for each in studio.engine.asked)


def test_a_branch_goes_on_by_the_present_plan_from_its_first_step(studio, recorded):
    run = recorded.table.runs.runs[0]
    studio.document.set_plan(lr=0.5)
    recorded.deeds.go_on(run, run.checkpoints[0], branch=True)
    studio.until(lambda: any(isinstance(each, msg.Start) for each in studio.engine.asked))
    request = studio.engine.asked[-1]
    assert request.keeping.resume == run.checkpoints[0].path
    assert request.plan.lr == 0.5 != run.plan.lr


def test_of_another_drawing_it_is_not_resumed_but_can_be_opened(studio, recorded):
    run = recorded.table.runs.runs[0]
    opened = []
    recorded.deeds.attach(recorded.deeds.control, opened.append, lambda *words: None)
    studio.document.set("conv1", out_channels=5)
    recorded.deeds.go_on(run, run.checkpoints[0], branch=False)
    studio.until(lambda: bool(studio.troubles))
    assert "another one" in studio.troubles[0].message
    assert "Open the run's drawing" in studio.troubles[0].fix
    recorded.deeds.open_drawing(run)
    studio.until(lambda: bool(opened))
    assert opened[0].name == "drawing.nnstudio.json"


def test_weights_of_a_checkpoint_come_into_the_drawing_and_can_be_put_back(studio, recorded):
    run = recorded.table.runs.runs[0]
    offered = []
    recorded.deeds.attach(recorded.deeds.control, lambda path: None, lambda *words: offered.append(words))
    recorded.deeds.use(run, run.checkpoints[0])
    studio.until(lambda: bool(offered))
    trained = studio.document.trained
    assert set(safetensors.numpy.load(trained.weights)) == {"conv1.weight", "conv1.bias", "head.weight", "head.bias"}
    assert [row.epoch for row in trained.epochs] == [1]
    assert studio.bridge.session.starting_anew == ()
    assert "no step that Undo takes back" in offered[0][1]
    offered[0][3]()
    assert studio.document.trained is None


def test_weights_that_fit_nothing_are_refused(studio, recorded):
    run = recorded.table.runs.runs[0]
    studio.document.rename("conv1", "first")
    studio.document.rename("head", "last")
    recorded.deeds.use(run, run.checkpoints[0])
    studio.until(lambda: bool(studio.troubles))
    assert studio.troubles[0].message == "None of these weights fits the drawing."
    assert studio.document.trained is None


def test_a_recorded_run_is_deleted_and_can_be_put_back(studio, recorded, tmp_path):
    run = recorded.table.runs.runs[0]
    offered = []
    recorded.deeds.attach(recorded.deeds.control, lambda path: None, lambda *words: offered.append(words))
    recorded.deeds.delete_all([run])
    studio.until(lambda: bool(offered))
    studio.until(lambda: len(recorded.table.runs.runs) == 1)
    assert len([path for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")]) == 2
    offered[0][3]()
    studio.until(lambda: len(recorded.table.runs.runs) == 2)
    assert len([path for path in (tmp_path / "runs").iterdir() if not path.name.startswith(".")]) == 3


def test_several_runs_are_put_back_together_and_what_can_not_be_deleted_stays(studio, recorded, tmp_path):
    shelf = studio.bridge.session.steering.shelf
    first, second = runs = list(shelf.runs)
    offered = []
    recorded.deeds.attach(recorded.deeds.control, lambda path: None, lambda *words: offered.append(words))
    recorded.deeds.delete_all(runs)
    studio.until(lambda: bool(offered))
    assert shelf.runs == []
    offered[0][3]()
    studio.until(lambda: len(shelf.runs) == 2)
    assert [run.folder for run in shelf.runs] == [first.folder, second.folder]
    shutil.rmtree(first.folder)
    recorded.deeds.delete_all(runs)
    studio.until(lambda: len(offered) == 2)
    assert "can not be read" in studio.troubles[0].message
    studio.until(lambda: shelf.runs == [])


def test_of_many_runs_only_the_rows_that_have_changed_are_told(studio, recorded):
    """Each row that is told is sorted anew and painted, and a run that goes tells something all the time."""
    told = []
    recorded.table.runs.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    recorded.refresh()
    assert told == []
    recorded.table.runs.runs[1].step += 1
    recorded.refresh()
    assert told == [(1, 1)]


def test_a_table_of_thousands_of_runs_asks_for_few_of_their_texts(qtbot, monkeypatch):
    asked = []
    plain = RunModel.data
    monkeypatch.setattr(RunModel, "data", lambda self, index, role: asked.append(role) or plain(self, index, role))
    table = RunTable()
    qtbot.addWidget(table)
    runs = [Run(state="finished", began=f"2026-01-01T00:{n // 60:02d}:{n % 60:02d}") for n in range(3000)]
    table.take(runs, ())
    table.select(runs[10:20])
    assert table.selected() == runs[19:9:-1]
    assert len(asked) < 10_000


def test_steps_that_could_not_be_read_are_read_when_they_are_there_again(studio, recorded, tmp_path):
    run = recorded.table.runs.runs[0]
    away = Path(run.folder).rename(tmp_path / "away")
    recorded.deeds.show(run, True)
    studio.until(lambda: bool(studio.troubles))
    away.rename(run.folder)
    recorded.deeds.show(run, True)
    studio.until(lambda: run.whole)


def test_a_label_is_written_into_the_record(studio, recorded):
    run = recorded.table.runs.runs[0]
    recorded.deeds.rename(run, "wide")
    recorded.library.look()
    studio.until(lambda: len(recorded.table.runs.runs) == 2)
    studio.until(lambda: read_record(Path(run.folder)).label == "wide")


def test_the_menu_offers_what_can_be_done_and_says_what_can_not(studio, recorded):
    run = recorded.table.runs.runs[0]
    menu = QMenu()
    studio.qtbot.addWidget(menu)
    menus.fill_run(menu, recorded.deeds, [run], lambda run: None)
    inner = {action.text(): action.menu() for action in menu.actions() if action.menu()}
    assert list(inner) == ["Resume from", "Branch with the Present Plan from", "Use Weights of"]
    assert [action.text() for action in inner["Resume from"].actions()] == [
        "checkpoint at step 20, epoch 2: the end",
        "checkpoint at step 10, epoch 1: best so far",
    ]
    assert [action.isEnabled() for action in inner["Resume from"].actions()] == [False, True], "it ended there"
    assert [action.isEnabled() for action in inner["Branch with the Present Plan from"].actions()] == [True, True]
    studio.document.remove("head")
    barred = QMenu()
    studio.qtbot.addWidget(barred)
    menus.fill_run(barred, recorded.deeds, [run], lambda run: None)
    resume = next(action for action in barred.actions() if action.text() == "Resume from")
    assert not resume.isEnabled()
    assert resume.toolTip() == recorded.deeds.control.why_not_train() != ""


def test_columns_have_a_text_for_every_run():
    for each in columns.columns([Run(), Run(epochs=[EpochRow(1, float("nan"), float("nan"))])]):
        assert isinstance(each.text(Run(state="interrupted")), str)


def test_painting_the_table_again_makes_no_new_pictures(studio, panel):
    """Qt keeps what it draws of each picture: a run of hours would fill its store with copies of the same lines."""
    train(studio)
    train(studio)
    model, shown = panel.table.runs, Qt.ItemDataRole.DecorationRole
    cells = [model.index(row, 0) for row in range(2)]
    keys = [model.data(cell, shown).cacheKey() for cell in cells]
    assert [model.data(cell, shown).cacheKey() for cell in cells] == keys
    assert keys[0] != keys[1]
    model.runs[0].visible = False
    assert model.data(cells[0], shown).cacheKey() not in keys
