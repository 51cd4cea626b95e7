"""The toolbar shows where the run stands, offers what is possible, and says why the rest is not."""

from __future__ import annotations

import numpy as np
import pytest
import safetensors.numpy
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from nnstudio.errors import EngineError
from nnstudio.graph.document import Document
from nnstudio.graph.race import Axis, Race
from nnstudio.graph.training import Trained
from nnstudio.project.session import Run
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.ui.run import pulse
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.runbar import RunBar
from nnstudio.ui.run.runbar_parts import Pace, time_words
from tests.ui.studio import Studio, classifier, faulty, open_studio, settle, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run tells is shown as soon as the window has a moment."""
    monkeypatch.setattr(pulse, "EVERY_MS", 0)


def make(qtbot: QtBot, studio: Studio, width: int = 1280) -> RunBar:
    bar = RunBar(studio.bridge, RunControl(studio.bridge))
    bar.setFixedWidth(width)
    shown(qtbot, bar)
    return bar


@pytest.fixture
def bar(qtbot: QtBot, studio: Studio) -> RunBar:
    return make(qtbot, studio)


def asked(studio: Studio) -> list[str]:
    return [type(request).__name__ for request in studio.engine.asked if not isinstance(request, msg.Load)]


def go(studio: Studio, state: str, **more: object) -> None:
    studio.engine.run = 1
    studio.engine.state(state, **more)  # type: ignore[arg-type]  # epoch and step
    settle(studio.bridge)


def progress(studio: Studio, step: int, total: int, rate: float, epoch: int = 1) -> None:
    one = msg.Array.of(np.zeros(1, np.float32))
    studio.engine.on_event(
        msg.Progress(
            run=1, epoch=epoch, step=step, total_steps=total, steps_per_second=rate, losses=one, accuracies=one
        )
    )
    settle(studio.bridge)


def test_ready_to_train(qtbot: QtBot, bar: RunBar, studio: Studio) -> None:
    assert bar.train.isEnabled()
    assert not any(button.isEnabled() for button in (bar.pause, bar.stop))
    assert bar.step.isEnabled(), "a step begins a run"
    assert bar.epoch.text() == "10 epochs"
    assert bar.engine.text() == "engine"
    qtbot.mouseClick(bar.train, Qt.MouseButton.LeftButton)
    assert asked(studio) == ["Start"]
    assert bar.rate.text() == "starting…"
    assert not bar.train.isEnabled()


def test_problems_keep_from_training_and_say_why(qtbot: QtBot) -> None:
    studio = open_studio(faulty())
    bar = make(qtbot, studio)
    assert not bar.train.isEnabled()
    assert "Linear 'head' gets" in bar.train.toolTip()
    assert "Insert Flatten" in bar.train.toolTip()
    studio.bridge.session.apply_fix(studio.bridge.session.compiled.errors[0])
    assert bar.train.isEnabled()


def test_an_empty_drawing_says_what_is_missing(qtbot: QtBot) -> None:
    bar = make(qtbot, open_studio(Document()))
    assert not bar.train.isEnabled()
    assert "empty" in bar.train.toolTip()


def test_a_run_from_start_to_pause_to_end(qtbot: QtBot, bar: RunBar, studio: Studio) -> None:
    go(studio, "training")
    progress(studio, 248, 1240, 1240.0, epoch=2)
    assert bar.rate.text() == "– steps/s"
    for _ in range(3):
        progress(studio, 248, 1240, 1240.0, epoch=2)
    progress(studio, 248, 1240, 3.8, epoch=2)  # an export held it up
    assert (bar.epoch.text(), bar.rate.text()) == ("epoch 2 / 10", "1,240 steps/s · 1 s left")
    assert (bar.progress.value(), bar.progress.maximum()) == (248, 1240)
    assert [button.isEnabled() for button in (bar.train, bar.pause, bar.step, bar.stop)] == [False, True, False, True]
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    go(studio, "paused", epoch=2, step=248)
    assert bar.rate.text() == "paused at step 248"
    assert bar.pause.accessibleName() == "Resume"
    assert bar.step.isEnabled()
    qtbot.mouseClick(bar.step, Qt.MouseButton.LeftButton)
    bar.step.menu().actions()[1].trigger()
    qtbot.mouseClick(bar.step, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    assert asked(studio) == ["Pause", "Step", "Step", "Step", "Resume", "Stop"]
    steps = [request.epoch for request in studio.engine.asked if isinstance(request, msg.Step)]
    assert steps == [False, True, True]
    assert bar.step.text() == "Step epoch"
    go(studio, "stopped", epoch=2, step=250)
    assert bar.rate.text() == "stopped"
    assert bar.train.isEnabled()


def test_a_finished_run_tells_its_accuracy(bar: RunBar, studio: Studio) -> None:
    assert bar.result.text() == ""
    studio.engine.play(3)
    settle(studio.bridge)
    assert bar.result.text() == "97.2 %"
    assert bar.result_name.text() == "test accuracy"
    assert (bar.rate.text(), bar.progress.value()) == ("finished", bar.progress.maximum())


def test_without_accuracy_the_loss_is_told(bar: RunBar, studio: Studio) -> None:
    go(studio, "training")
    studio.engine.on_event(msg.EpochDone(run=1, epoch=1, step=10, train_loss=0.5, test_loss=0.123456))
    settle(studio.bridge)
    assert (bar.result_name.text(), bar.result.text()) == ("test loss", "0.1235")


def test_a_network_of_numbers_tells_how_much_it_explains(bar: RunBar, studio: Studio) -> None:
    go(studio, "training")
    done = msg.EpochDone(run=1, epoch=1, step=10, train_loss=0.5, test_loss=0.1, metrics={"mse": 0.1, "r2": 0.87654})
    studio.engine.on_event(done)
    studio.engine.on_event(msg.EpochDone(run=1, epoch=2, step=20, train_loss=0.5, test_loss=0.1))
    settle(studio.bridge)
    assert (bar.result_name.text(), bar.result.text()) == ("test R²", "0.8765")
    assert bar.result.toolTip() == "test R²\nMSE: 0.1\nR²: 0.8765"


def test_a_refused_start_is_told_and_can_be_tried_again(qtbot: QtBot, bar: RunBar, studio: Studio) -> None:
    studio.engine.refuse = EngineError("The data could not be loaded.", fix="Choose another data set.")
    qtbot.mouseClick(bar.train, Qt.MouseButton.LeftButton)
    settle(studio.bridge)
    assert [(told.message, told.fix) for told in studio.told] == [
        ("The data could not be loaded.", "Choose another data set.")
    ]
    assert bar.train.isEnabled()


def test_epochs_are_counted_in_words_that_are_right(bar: RunBar, studio: Studio) -> None:
    studio.document.set_plan(epochs=1)
    settle(studio.bridge)
    assert bar.epoch.text() == "1 epoch"
    studio.document.set_plan(epochs=20)
    studio.bridge.session.train()
    go(studio, "training", epoch=7, step=700)
    studio.document.set_plan(epochs=3)  # fewer than there were already
    go(studio, "finished", epoch=7, step=700)
    assert bar.epoch.text() == "epoch 7 / 7"


def test_the_engine_is_told_in_words(qtbot: QtBot) -> None:
    studio = open_studio(classifier(), started=False)
    bar = make(qtbot, studio)
    assert bar.engine.text() == "engine starting"
    assert "starting" in bar.train.toolTip()
    for state, words in (("ready", "engine"), ("lost", "engine restarting"), ("stopped", "engine stopped")):
        studio.engine.on_event(EngineChange(state, f"It is {state}."))  # type: ignore[arg-type]  # one of its states
        settle(studio.bridge)
        assert bar.engine.text() == words
        assert bar.engine.toolTip() == f"It is {state}."
    assert "Restart Engine" in bar.train.toolTip()


def test_devices_are_offered_as_the_engine_finds_them(bar: RunBar, studio: Studio) -> None:
    ready = msg.EngineReady(torch="2.13", devices=("cpu", "cuda:0", "mps"), probes=(), exports=(), pid=7)
    studio.engine.on_event(ready)
    settle(studio.bridge)
    assert [bar.device.itemText(row) for row in range(bar.device.count())] == ["CPU", "GPU 0", "Apple GPU"]
    assert bar.device.currentText() == "CPU"
    bar.device.setCurrentIndex(1)
    bar.device.activated.emit(1)  # as when the person chooses
    bar.train.click()
    go(studio, "training")
    assert not bar.device.isEnabled()
    assert "stop it first" in bar.device.toolTip()
    starts = [request for request in studio.engine.asked if isinstance(request, msg.Start)]
    assert [start.plan.device for start in starts] == ["cuda:0"]
    assert bar.engine.toolTip() == "PyTorch 2.13, process 7" or "7" in bar.dot.toolTip()


def test_the_plan_opens_and_changes(qtbot: QtBot, bar: RunBar, studio: Studio) -> None:
    assert bar.plan.text() == "Adam · lr 0.001 · batch 32"
    qtbot.mouseClick(bar.plan, Qt.MouseButton.LeftButton)
    popup = bar.plan_popup
    assert popup.isVisible()
    field = popup.form.fields["lr"]
    field.editor.setFocus()
    field.line.selectAll()  # type: ignore[attr-defined]  # a line of text
    qtbot.keyClicks(field.editor, "3e-4")
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert studio.document.plan.lr == 0.0003
    assert bar.plan.text() == "Adam · lr 0.0003 · batch 32"
    popup.close()
    studio.document.undo()
    assert bar.plan.text() == "Adam · lr 0.001 · batch 32"


def long_texts(studio: Studio) -> None:
    studio.document.set_plan(lr=0.00025, batch_size=1024, epochs=100, optimizer="SGD", momentum=0.9)
    studio.engine.play(1)
    go(studio, "training", epoch=88, step=12000)
    progress(studio, 12000, 480000, 4321.0, epoch=88)


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
@pytest.mark.parametrize("state", ["ready", "lost"])
def test_no_text_is_cut_off(qtbot: QtBot, studio: Studio, width: int, state: str) -> None:
    bar = make(qtbot, studio, width)
    long_texts(studio)
    studio.engine.on_event(EngineChange(state))  # type: ignore[arg-type]  # one of its states
    settle(studio.bridge)
    for kind in (QLabel, QToolButton, QComboBox):
        for widget in bar.findChildren(kind):
            if widget.isVisible() and not widget.objectName().startswith("qt_"):
                assert widget.width() >= widget.sizeHint().width(), getattr(widget, "text", widget.objectName)()
                assert bar.rect().contains(widget.geometry().translated(widget.parentWidget().mapTo(bar, bar.pos())))


def test_numbers_do_not_jitter(bar: RunBar, studio: Studio) -> None:
    studio.engine.play(1)
    go(studio, "training", epoch=1)
    places = []
    for step, rate in ((1, 999.0), (123, 1111.1), (777, 88.4), (1240, 7.25)):
        progress(studio, step, 4000, rate)
        places.append([widget.geometry() for widget in (bar.epoch, bar.progress, bar.rate, bar.result, bar.engine)])
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0 s"), (0.4, "0 s"), (12, "12 s"), (99, "99 s"), (100, "2 min"), (7500, "2 h 5 min")]
)
def test_times_are_said_in_a_word(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


def test_the_pace_is_of_the_last_moments_of_one_run() -> None:
    pace, run = Pace(), Run()
    for second in range(10):
        pace.tell(run, 100.0 + second, float(second))
    assert pace.rate(run) == 108.0  # of the last three, as they come seldom
    assert pace.rate(Run()) == 0.0
    pace.forget()
    assert pace.rate(run) == 0.0


def test_without_a_data_set_there_is_no_test_loss(qtbot: QtBot) -> None:
    document = Document("numbers")
    document.add("Value", "a")
    document.add("Minimize", "loss")
    document.connect("a", "loss")
    studio = open_studio(document)
    bar = make(qtbot, studio)
    go(studio, "training")
    studio.engine.on_event(msg.EpochDone(run=1, epoch=1, step=1, train_loss=-3.0, test_loss=-5.18))
    settle(studio.bridge)
    assert (bar.result_name.text(), bar.result.text()) == ("loss", "-5.18")


# Train on, resume, step


def ways(menu: QMenu) -> dict[str, QAction]:
    menu.aboutToShow.emit()
    return {action.text().split("\t")[0]: action for action in menu.actions()}


def test_train_has_more_ways_which_say_why_they_are_not_possible(bar: RunBar, studio: Studio) -> None:
    rows = ways(bar.train_menu)
    assert [action.isEnabled() for action in rows.values()] == [True, False, False, True]
    assert "Train first" in rows["Train on"].toolTip()
    assert "no checkpoint yet" in rows["Resume from…"].toolTip()
    studio.document.set_trained(Trained(trained_weights(studio)))
    rows = ways(bar.train_menu)
    assert rows["Train on"].isEnabled()
    rows["Train on"].trigger()
    request = studio.engine.asked[-1]
    assert isinstance(request, msg.Start)
    assert request.model.weights == trained_weights(studio)


def test_training_on_says_which_nodes_start_anew(bar: RunBar, studio: Studio) -> None:
    studio.document.set_trained(Trained(trained_weights(studio)))
    studio.document.set("head", out_features=11)
    assert "these nodes start anew: 'head'" in ways(bar.train_menu)["Train on"].toolTip()
    studio.document.set("conv", kernel_size=5)
    row = ways(bar.train_menu)["Train on"]
    assert (row.isEnabled(), row.toolTip()) == (False, "The weights fit no node any more. Train from the beginning.")


@pytest.mark.parametrize("epoch", [False, True])
def test_a_step_where_no_run_is_going_begins_one_that_stands_still(bar: RunBar, studio: Studio, epoch: bool) -> None:
    bar.step.menu().actions()[epoch].trigger()
    request = studio.engine.asked[-1]
    assert isinstance(request, msg.Start)
    assert request.paused
    go(studio, "paused", epoch=0, step=0)
    assert studio.engine.asked[-1] == msg.Step(epoch=epoch)
    go(studio, "training", epoch=1, step=0)
    go(studio, "paused", epoch=1, step=1)
    assert asked(studio).count("Step") == 1, "only the first time it stands"


def trained_weights(studio: Studio) -> bytes:
    """What fits the drawing as it is first."""
    shapes = {"conv.weight": (4, 1, 3, 3), "conv.bias": (4,), "head.weight": (10, 144), "head.bias": (10,)}
    return safetensors.numpy.save({name: np.zeros(shape, np.float32) for name, shape in shapes.items()})


def test_a_race_is_shown_and_steered_as_a_whole(bar: RunBar, studio: Studio) -> None:
    session = studio.bridge.session
    session.steering.race(Race((Axis("training.lr", (0.1, 0.01)), Axis("training.epochs", (10, 20)))))
    for run, state in zip((1, 2, 3, 4), ("finished", "training", "failed", "training"), strict=True):
        studio.bridge.deliver(msg.RunState(run=run, state=state, epoch=2, step=10))
    settle(studio.bridge)
    assert (bar.pause.isEnabled(), bar.stop.isEnabled(), bar.train.isEnabled()) == (True, True, False)
    assert bar.epoch.text() == "epoch 2 / 20"
    done = {"train_loss": 1.0, "test_loss": 1.0}
    studio.bridge.deliver(msg.EpochDone(run=2, epoch=1, step=10, test_accuracy=0.75, **done))
    settle(studio.bridge)
    assert (bar.result_name.text(), bar.result.text()) == ("best of 4", "75.0 %")
    assert bar.result.toolTip().startswith("lr 0.1 · epochs 20")
    for run in (2, 4):
        studio.bridge.deliver(msg.RunState(run=run, state="paused", epoch=2, step=10))
    settle(studio.bridge)
    assert bar.pause.accessibleName() == "Resume"
    bar.pause.click()
    assert isinstance(studio.engine.asked[-1], msg.Resume)
