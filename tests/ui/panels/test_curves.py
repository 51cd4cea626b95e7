"""Loss and accuracy: what is drawn, read out and saved; also of a million steps."""

import time
from math import exp, log10

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics

from nnstudio.examples import examples
from nnstudio.graph.document import Document
from nnstudio.graph.storage import load
from nnstudio.graph.training import EpochRow
from nnstudio.project.run import Course
from nnstudio.project.session import Run
from nnstudio.protocol import messages as msg
from nnstudio.series import Series
from nnstudio.ui.panels.parts.run_axis import axis_end
from nnstudio.ui.panels.parts.ticks import distinct, linear_ticks, log_ticks, short
from nnstudio.ui.panels.plots.gap import between
from tests.ui.panels.conftest import digits


def test_the_loss_is_drawn_on_a_log_axis(studio):
    panel = studio.panel("loss")
    assert panel.empty.text == "Press Train to see the loss fall."
    studio.play(3)
    x, y = panel.plot.shown()["raw"]
    assert len(x) == 30
    assert (x[0], x[-1]) == pytest.approx((0.1, 3.0))
    assert y[10] == pytest.approx(log10(exp(-1)), abs=1e-5)
    x, y = panel.plot.shown()["test"]
    assert x.tolist() == [1, 2, 3]
    assert y[0] == pytest.approx(log10(1.1 * exp(-1)), abs=1e-5)


def test_the_axis_can_be_linear(studio):
    panel = studio.panel("loss")
    studio.play()
    panel.scale.setCurrentIndex(0)
    assert panel.plot.shown()["raw"][1][0] == pytest.approx(1.0)
    assert panel.plot.view.viewRange()[1][0] == 0.0


def test_accuracy_is_in_per_cent(studio):
    panel = studio.panel("accuracy")
    studio.play()
    assert panel.plot.shown()["raw"][1][0] == pytest.approx(50.0)
    assert panel.plot.view.viewRange()[1] == [0.0, 102.0]


def test_accuracy_says_why_there_is_none(studio):
    panel = studio.panel("accuracy")
    studio.bridge.session.run.losses.extend([1.0, 0.5])
    studio.bridge.run_changed.emit(studio.bridge.session.run)
    studio.settle()
    assert "no accuracy" in panel.empty.text


def test_the_read_out_gives_exact_values(studio):
    panel = studio.panel("loss")
    studio.play()
    text = panel.plot.describe(QPointF(1.0, 0.0))
    assert text.splitlines() == [
        "epoch 1.00 · step 10",
        f"train loss {exp(-0.9):.4g}",
        f"mean of 9 steps {np.mean(np.exp(-np.arange(5, 14) / 10)):.4g}",
        f"test loss {1.1 * exp(-1):.4g} after epoch 1",
        f"gap {0.1 * exp(-1):.4g}",
        "learning rate 0.001",
    ]


def test_the_table_has_every_step_and_the_test_values(studio):
    panel = studio.panel("loss")
    studio.play()
    rows = list(panel.rows())
    assert rows[0] == ("step", "epoch", "train", "test")
    assert len(rows) == 31
    assert rows[10] == (10, 1.0, pytest.approx(exp(-0.9), abs=1e-6), pytest.approx(1.1 * exp(-1)))
    assert rows[9][3] == ""


def test_a_new_run_begins_a_new_curve(studio):
    panel = studio.panel("loss")
    studio.play(3)
    studio.bridge.session.train()
    studio.play(1)
    assert len(panel.plot.curves.train) == 10


def test_a_project_opened_with_weights_shows_its_epochs(studio):
    run = studio.bridge.session.run
    run.epochs.extend([EpochRow(1, 0.5, 0.6, 0.8, 0.7), EpochRow(2, 0.25, 0.3, 0.9, 0.85)])
    loss, accuracy = studio.panel("loss"), studio.panel("accuracy")
    assert loss.plot.shown()["smooth"][1].tolist() == pytest.approx([log10(0.5), log10(0.25)])
    assert accuracy.plot.shown()["test"][1].tolist() == pytest.approx([70.0, 85.0])
    assert list(loss.rows())[1] == (1, 1.0, "", 0.6)


def test_values_that_are_no_numbers_leave_gaps(studio):
    run = studio.bridge.session.run
    run.losses.extend([1.0, float("nan"), float("inf"), 0.5])
    panel = studio.panel("loss")
    y = panel.plot.shown()["raw"][1]
    assert np.isfinite(y).tolist() == [True, False, False, True]
    assert all(np.isfinite(panel.plot.view.viewRange()[1]))


def test_a_million_steps_are_drawn_in_time(studio):
    panel = studio.panel("loss")
    run = studio.bridge.session.run
    run.steps_per_epoch, run.total_steps = 1000, 1_000_000
    run.losses = Series(np.linspace(2, 0.1, 999_000))
    studio.bridge.run_changed.emit(run)
    studio.until(lambda: panel.plot is not None)
    assert len(panel.plot.shown()["raw"][0]) < 5000
    spent = []
    for _ in range(5):
        run.losses.extend([0.1] * 200)
        start = time.perf_counter()
        panel.refresh()
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.03
    assert panel.plot.shown()["smooth"][0][-1] == pytest.approx(1000.0)


def test_zooming_shows_every_step_and_a_double_click_all(studio):
    panel = studio.panel("loss")
    run = studio.bridge.session.run
    run.steps_per_epoch, run.total_steps = 1000, 100_000
    run.losses = Series(np.linspace(2, 0.1, 100_000))
    studio.bridge.run_changed.emit(run)
    studio.until(lambda: panel.plot is not None)
    panel.plot.view.setXRange(10, 10.05, padding=0)
    panel.plot.view.sigRangeChangedManually.emit([True, False])
    assert 50 <= len(panel.plot.shown()["raw"][0]) <= 60
    panel.plot.show_all()
    assert panel.plot.view.viewRange()[0] == [0.0, 100.0]


def test_the_axis_ends_where_the_plan_does_or_at_a_half_of_it():
    assert [axis_end(done, 100.0) for done in (0.0, 3.0, 20.0, 51.0, 100.0)] == [0.78125, 3.125, 25.0, 100.0, 100.0]


def test_ticks_are_round_and_few():
    assert linear_ticks(0, 102, 5) == (25, [0, 25, 50, 75, 100])
    assert linear_ticks(0, 4, 7, whole=True) == (1, [0, 1, 2, 3, 4])
    assert [short(10**tick) for tick in log_ticks(-1.6, 0.5, 4)] == ["0.03", "0.1", "0.3", "1", "3"]
    assert [short(value) for value in (0.0, 1e-4, 3e-7, 0.03, 1234567.0)] == ["0", "1e-4", "3e-7", "0.03", "1.23e6"]


def test_editing_the_plan_does_not_move_the_curve(studio):
    panel = studio.panel("loss")
    studio.play(3)
    studio.document.set_plan(epochs=30)
    panel.refresh()
    assert panel.plot.shown()["raw"][0][-1] == pytest.approx(3.0)


@pytest.mark.parametrize(("low", "high"), [(-0.30, -0.29), (-0.302, -0.301), (0.1, 0.9), (-1.4, 1.4), (-4.7, -4.6)])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_log_axis_has_two_labels_at_least(low, high, count):
    ticks = log_ticks(low, high, count)
    assert len(ticks) >= 2
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)
    assert len(set(distinct([10**tick for tick in ticks]))) == len(ticks)


def test_the_bold_line_is_over_a_share_of_the_steps_done(studio):
    panel = studio.panel("loss")
    run = studio.bridge.session.run
    run.steps_per_epoch, run.total_steps = 100, 100_000
    run.losses = Series(np.linspace(2, 1, 50))
    studio.bridge.run_changed.emit(run)
    studio.until(lambda: panel.plot is not None)
    assert panel.plot.curves.window == 9
    run.losses = Series(np.linspace(2, 1, 5000))
    studio.bridge.run_changed.emit(run)
    studio.until(lambda: len(panel.plot.curves.train) == 5000)
    assert panel.plot.curves.window == 201


def numbers() -> Document:
    """A drawing that computes with numbers alone, as the lesson on back-propagation."""
    return load(examples()["backprop-five-nodes"])


def add_losses(studio, *losses):
    run = studio.bridge.session.run
    run.losses.extend(losses)
    studio.bridge.run_changed.emit(run)
    studio.settle()


@pytest.mark.parametrize("lowest", [0.0, -3.0])
def test_losses_of_zero_or_less_are_drawn_on_a_linear_axis(studio, lowest):
    panel = studio.panel("loss")
    add_losses(studio, 1.0, 0.5)
    assert panel.plot.log
    add_losses(studio, lowest)
    assert panel.plot.shown()["raw"][1].tolist() == [1.0, 0.5, lowest]
    assert (panel.plot.log, panel.scale.currentText()) == (False, "linear")
    assert not panel.scale.model().item(1).isEnabled()
    assert "no logarithm" in panel.scale.toolTip()
    low, high = panel.plot.view.viewRange()[1]
    assert low <= lowest < high


@pytest.mark.parametrize("wanted", ["linear", "log"])
def test_the_scale_that_was_chosen_comes_back(studio, wanted):
    panel = studio.panel("loss")
    panel.scale.setCurrentText(wanted)
    add_losses(studio, -1.0)
    assert panel.scale.currentText() == "linear"
    studio.bridge.session.steering.runs = (Run(),)
    add_losses(studio, 2.0)
    assert panel.scale.currentText() == wanted
    assert panel.scale.model().item(1).isEnabled()
    assert panel.plot.log is (wanted == "log")


def test_values_that_are_no_numbers_at_all_are_not_drawn(studio, recwarn):
    panel = studio.panel("loss")
    studio.bridge.session.run.epochs.append(EpochRow(1, float("nan"), float("nan")))
    add_losses(studio, float("nan"), float("inf"))
    assert all(len(x) == len(y) == 0 for x, y in panel.plot.shown().values())
    assert not [warning for warning in recwarn if "NaN" in str(warning.message)]


def test_without_a_data_set_there_is_one_loss_and_no_test(studio):
    studio.open(numbers())
    panel = studio.panel("loss")
    studio.bridge.session.run.epochs.append(EpochRow(1, -3.0, -5.18))
    add_losses(studio, -3.0)
    assert panel.legend.keys == ()
    assert len(panel.plot.shown()["test"][0]) == 0
    assert panel.plot.shown()["raw"][1].tolist() == [-3.0]
    assert panel.plot.describe(QPointF(1.0, 0.0)).splitlines()[1:] == ["loss -3", "mean of 9 steps -3"]
    assert list(panel.rows())[1] == (1, 1.0, -3.0, "")
    studio.open(digits())
    assert [key.text for key in panel.legend.keys] == ["train", "test"]


def test_long_labels_of_the_loss_axis_are_not_cut_off(studio):
    panel = studio.panel("loss")
    add_losses(studio, 0.98345, 0.98352, 0.98361)
    panel.grab()
    studio.settle()
    left = panel.plot.left
    low, high = panel.plot.view.viewRange()[1]
    spacing, ticks = left.tickValues(low, high, left.height())[0]
    widest = max(QFontMetrics(left.style["tickFont"]).horizontalAdvance(s) for s in left.tickStrings(ticks, 1, spacing))
    assert widest > 36
    assert left.width() >= widest


def test_a_reopened_network_without_accuracy_says_so(studio):
    studio.bridge.session.run.epochs.append(EpochRow(1, 0.5, 0.6))
    assert "no accuracy" in studio.panel("accuracy").empty.text


def test_plots_are_loaded_once_there_is_a_run_to_draw(studio, monkeypatch):
    """Not before: they take a tenth of the window's memory."""
    loaded = []
    monkeypatch.setattr("nnstudio.ui.panels.spec.load_now", lambda: loaded.append(1))
    panel = studio.panel("loss")
    panel.hide()
    panel.show()
    assert not loaded
    studio.bridge.session.run.state = "starting"
    studio.bridge.run_changed.emit(studio.bridge.session.run)
    assert loaded


# Several runs


def train_again(studio, epochs: int = 3, **plan: object) -> Run:
    """One more run, which is the one in front from then on."""
    studio.document.set_plan(epochs=epochs, **plan)
    studio.bridge.session.train()
    studio.engine.play(epochs)
    studio.settle()
    return studio.bridge.session.run


def test_earlier_runs_are_drawn_beside_the_one_in_front(studio):
    panel = studio.panel("loss")
    first, second, front = train_again(studio), train_again(studio), train_again(studio, 2)
    besides = panel.plot.curves.besides
    assert [len(x) for x, _ in panel.plot.shown_besides()] == [30, 30]
    assert len({(each.token, each.dash) for each in besides}) == 2
    assert panel.plot.view.viewRange()[0] == [0.0, 3.0], "a longer run is seen whole"
    assert "2 others" in [key.text for key in panel.legend.keys]
    first.label, first.visible = "slow", True
    second.visible = False
    studio.bridge.runs_changed.emit()
    studio.settle()
    assert [each.name for each in panel.plot.curves.besides] == ["slow"]
    assert panel.plot.describe(QPointF(1.0, 0.0)).splitlines()[-1].startswith("slow: 0.4")
    assert len(panel.plot.curves.train) == len(front.losses) == 20


def test_of_the_others_the_test_values_can_be_seen(studio):
    panel = studio.panel("loss")
    offered = panel.others.sub_menu.menuAction()
    assert not offered.isVisible()
    room = panel.header.minimumSizeHint().width()
    train_again(studio)
    train_again(studio)
    assert offered.isVisible()
    assert panel.header.minimumSizeHint().width() == room  # more runs do not widen the panel
    panel.others.choose("test")
    studio.settle()
    ((x, y),) = panel.plot.shown_besides()
    assert x.tolist() == [1.0, 2.0, 3.0]
    assert y[0] == pytest.approx(log10(1.1 * exp(-1)))
    assert panel.legend.keys[-1].text.endswith(": test")


def test_a_run_that_went_astray_does_not_squeeze_the_one_in_front(studio):
    panel = studio.panel("loss")
    panel.scale.setCurrentText("linear")
    astray = train_again(studio)
    astray.losses = Series([1e6] * len(astray.losses))
    train_again(studio)
    assert panel.plot.view.viewRange()[1][1] < 10


def test_changes_and_checkpoints_are_marked(studio):
    panel = studio.panel("loss")
    run = train_again(studio)
    run.take_change(msg.Changed(run=run.number, step=12, what="lr", before="0.001", after="0.01"))
    run.take_checkpoint(msg.CheckpointSaved(run=run.number, step=20, epoch=2, path="x/best.safetensors", reason="best"))
    studio.bridge.run_changed.emit(run)
    studio.settle()
    assert [(mark.kind, round(mark.at, 6)) for mark in panel.plot.curves.marks] == [
        ("change", 1.2),
        ("checkpoint", 2.0),
    ]
    assert panel.plot.describe(QPointF(1.2, 0.0)).splitlines()[-1] == "step 12: lr 0.001 → 0.01"
    assert "best so far" in panel.plot.describe(QPointF(2.0, 0.0))
    assert "lr" not in panel.plot.describe(QPointF(1.6, 0.0))


def test_a_click_on_a_checkpoint_asks_what_to_do_with_it(studio):
    panel = studio.panel("loss")
    run = train_again(studio)
    saved = msg.CheckpointSaved(run=run.number, step=20, epoch=2, path="x/best.safetensors", reason="best")
    run.take_checkpoint(saved)
    studio.bridge.run_changed.emit(run)
    studio.settle()
    asked = []
    studio.bridge.checkpoint_chosen.connect(lambda *what: asked.append(what[:2]))
    view = panel.plot.view
    low, _ = view.viewRange()[1]
    for x, y in ((2.0, low), (1.0, low), (2.0, view.viewRange()[1][1])):
        at = panel.plot.mapFromScene(view.mapViewToScene(QPointF(x, y))) - QPoint(0, 3)
        studio.qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked == [(run, saved)]


def test_where_a_run_stands_in_trouble_is_marked(studio):
    panel = studio.panel("loss")
    run = train_again(studio)
    run.take_state(msg.RunState(run=run.number, state="paused", epoch=3, step=25, message="NaN.", kind="nan"))
    studio.bridge.run_changed.emit(run)
    studio.settle()
    assert [(mark.kind, mark.at, mark.text) for mark in panel.plot.curves.marks] == [("trouble", 2.5, "NaN.")]


def test_training_on_draws_on_where_the_epochs_ended(studio):
    panel = studio.panel("loss")
    train_again(studio, 2)
    studio.bridge.session.steering.train(anew=False)
    studio.engine.play(2)
    studio.settle()
    assert panel.plot.shown()["raw"][0][0] == pytest.approx(2.1)
    assert panel.plot.shown()["test"][0].tolist() == [1, 2, 3, 4]
    assert [row[0] for row in list(panel.rows())[1:3]] == [1, 2]


def test_twenty_long_runs_are_drawn_in_time(studio):
    panel = studio.panel("loss")
    shelf = studio.bridge.session.steering.shelf
    for _ in range(20):
        run = Run(state="finished", losses=Series(np.linspace(2, 0.1, 100_000)))
        run.course = Course(0, 0, 1000)
        shelf.put([run])
    studio.bridge.session.steering.runs = (run,)
    run.losses = Series(np.linspace(2, 0.1, 100_000))
    studio.bridge.runs_changed.emit()
    studio.until(lambda: panel.plot is not None and len(panel.plot.shown_besides()) == 19)
    assert sum(len(x) for x, _ in panel.plot.shown_besides()) < 20_000
    spent = []
    for _ in range(3):
        run.losses.extend([0.1] * 200)
        start = time.perf_counter()
        panel.refresh()
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05


# Other figures than the accuracy


def with_metrics(**figures):
    """Three epochs, of which the second has no figures: there was no time for them."""
    return [EpochRow(n, 0.5, 0.6, metrics={} if n == 2 else {k: v / n for k, v in figures.items()}) for n in (1, 2, 3)]


def test_the_figure_that_is_drawn_can_be_chosen(studio):
    panel = studio.panel("accuracy")
    studio.play()
    assert panel.chooser.isHidden()
    studio.bridge.session.run.epochs[:] = with_metrics(f1=0.9, perplexity=6.0)
    studio.bridge.run_changed.emit(studio.bridge.session.run)
    studio.settle()
    assert [panel.chooser.itemText(row) for row in range(3)] == ["Accuracy", "F1", "Perplexity"]
    assert panel.chooser.currentText() == "Accuracy"
    panel.chooser.setCurrentIndex(1)
    studio.settle()
    x, y = panel.plot.shown()["test"]
    assert (x.tolist(), y.tolist()) == ([1, 3], pytest.approx([90.0, 30.0]))
    assert panel.plot.view.viewRange()[1] == [0.0, 102.0]
    assert len(panel.plot.shown()["raw"][0]) == 0
    assert panel.plot.describe(QPointF(3.0, 0.0)) == "F1 30.00 % after epoch 3"
    assert [key.text for key in panel.legend.keys] == ["test"]
    panel.chooser.setCurrentIndex(2)
    studio.settle()
    assert panel.plot.shown()["test"][1].tolist() == pytest.approx([6.0, 2.0])
    assert list(panel.rows())[1:] == [(10, 1.0, "", 6.0), (30, 3.0, "", 2.0)]
    panel.chooser.setCurrentIndex(0)
    studio.settle()
    assert len(panel.plot.shown()["raw"][0]) == 30


def test_a_network_of_numbers_shows_its_own_figures(studio):
    studio.bridge.session.run.epochs.extend(with_metrics(mse=0.5, r2=0.9))
    panel = studio.panel("accuracy")
    assert panel.chooser.currentText() == "MSE"
    assert panel.chooser.isVisibleTo(panel)
    assert panel.plot.shown()["test"][1].tolist() == pytest.approx([0.5, 0.5 / 3])


def test_what_was_chosen_comes_back_with_a_run_that_has_it(studio):
    run = studio.bridge.session.run
    run.epochs.extend(with_metrics(f1=0.9, auc=0.5))
    panel = studio.panel("accuracy")
    panel.chooser.setCurrentIndex(panel.chooser.findData("auc"))
    studio.settle()
    run.epochs[:] = [EpochRow(1, 0.5, 0.6, 0.7, 0.8)]
    studio.bridge.run_changed.emit(run)
    studio.settle()
    assert panel.drawn_metric.name == "accuracy"
    assert panel.plot.shown()["test"][1].tolist() == pytest.approx([80.0])
    run.epochs[:] = with_metrics(f1=0.9, auc=0.5)
    studio.bridge.run_changed.emit(run)
    studio.settle()
    assert panel.drawn_metric.name == "auc"


def test_the_run_in_front_can_be_hidden_too(studio):
    panel = studio.panel("loss")
    first, front = train_again(studio), train_again(studio)
    front.visible = False
    studio.bridge.runs_changed.emit()
    studio.settle()
    assert [len(x) for x, _ in panel.plot.shown_besides()] == [30]
    assert len(panel.plot.shown()["raw"][0]) == 0
    first.visible = False
    studio.bridge.runs_changed.emit()
    studio.settle()
    assert panel.is_empty


# What is drawn of it


def test_the_gap_between_train_and_test_is_shaded(studio):
    panel = studio.panel("loss")
    studio.play(3)
    box = panel.plot.gap.item.path().boundingRect()
    assert (box.left(), box.right()) == pytest.approx((1.0, 3.0))
    assert not panel.plot.gap.empty
    panel.view.gap.setChecked(False)
    studio.settle()
    assert panel.plot.gap.empty
    assert panel.plot.shown()["test"][0].tolist() == [1, 2, 3]


def test_a_gap_has_the_height_of_both_curves_at_every_place():
    x, low, high = between(
        (np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, np.nan])), (np.array([0.5, 1.0]), np.array([4.0, 5.0]))
    )
    assert (x.tolist(), low.tolist(), high.tolist()) == ([0.5, 1.0], [1.0, 2.0], [4.0, 5.0])
    assert len(between((np.array([0.0]), np.array([0.0])), (x, low))[0]) == 0
    assert len(between((x, low), (x + 9, high))[0]) == 0


def test_the_learning_rate_is_drawn_below(studio):
    panel, accuracy = studio.panel("loss"), studio.panel("accuracy")
    run = train_again(studio)
    run.rates.take(31, 0.01)
    studio.bridge.run_changed.emit(run)
    studio.settle()
    ((x, y),) = panel.plot.strip.points()
    assert (x.tolist(), y.tolist()) == (pytest.approx([1.0, 3.0, 3.1]), [0.001, 0.001, 0.01])
    assert panel.plot.strip.view.viewRange()[0] == panel.plot.view.viewRange()[0]
    assert panel.plot.strip.axis.tickValues(0, 1, 30) == [(1.0, [0.01])]
    assert "learning rate 0.01" in panel.plot.describe(QPointF(3.1, 0.0))
    assert "learning rate" not in accuracy.plot.describe(QPointF(3.1, 0.0))
    below = panel.plot.strip.view.sceneBoundingRect().center()
    assert panel.plot.reads(below)
    height = panel.plot.view.height()
    panel.view.rate.setChecked(False)
    studio.settle()
    assert panel.plot.view.height() > height + 20
    assert not panel.plot.strip.holds(below)
    assert "learning rate" not in panel.plot.describe(QPointF(3.1, 0.0))
    train_again(studio)
    panel.view.rate.setChecked(True)
    studio.settle()
    assert len(panel.plot.strip.points()) == 2


def test_how_much_is_smoothed_can_be_chosen(studio):
    panel = studio.panel("loss")
    run = studio.bridge.session.run
    run.steps_per_epoch, run.total_steps = 100, 1000
    run.losses = Series(np.linspace(2, 1, 1000))
    studio.bridge.run_changed.emit(run)
    windows = {}
    for choice in ("none", "light", "usual", "strong"):
        panel.view.smoothing.choose(choice)
        studio.settle()
        windows[choice] = panel.plot.curves.window
    assert windows == {"none": 1, "light": 11, "usual": 41, "strong": 151}
    panel.view.smoothing.choose("none")
    studio.settle()
    assert len(panel.plot.shown()["smooth"][0]) == 0
    assert len(panel.plot.shown()["raw"][0]) == 1000
    assert "mean of" not in panel.plot.describe(QPointF(1.0, 0.0))


def test_a_zoom_shows_the_way_back(studio):
    panel = studio.panel("loss")
    studio.play(3)
    assert panel.view.back.isHidden()
    studio.qtbot.keyClick(panel.plot, Qt.Key.Key_Plus)
    low, high = panel.plot.view.viewRange()[0]
    assert (low, high) == pytest.approx((0.3, 2.7))
    studio.qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    assert panel.plot.view.viewRange()[0] == pytest.approx([0.54, 2.94])
    studio.qtbot.keyClick(panel.plot, Qt.Key.Key_Up)
    assert panel.plot.view.viewRange()[0] == pytest.approx([0.54, 2.94])
    assert not panel.view.back.isHidden()
    studio.qtbot.mouseClick(panel.view.back, Qt.MouseButton.LeftButton)
    assert panel.plot.view.viewRange()[0] == [0.0, 3.0]
    assert panel.view.back.isHidden()
    studio.qtbot.keyClick(panel.plot, Qt.Key.Key_Minus)
    studio.qtbot.keyClick(panel.plot, Qt.Key.Key_Home)
    assert panel.plot.view.viewRange()[0] == [0.0, 3.0]


def test_the_picture_with_the_strip_is_saved(studio, tmp_path):
    panel = studio.panel("loss")
    studio.play(3)
    for suffix in ("svg", "png", "csv"):
        panel.save(str(tmp_path / f"loss.{suffix}"), suffix)
    text = (tmp_path / "loss.svg").read_text()
    assert text.count("<polyline") + text.count("<path") > 4
    assert "learning rate" in text


@pytest.mark.parametrize("key", ["loss", "accuracy"])
def test_a_run_without_a_step_is_waited_for(studio, key):
    panel, run = studio.panel(key), studio.bridge.session.run
    for state, words in (("starting", "Training starts"), ("training", "Training starts"), ("paused", "Paused before")):
        run.state = state
        studio.bridge.run_changed.emit(run)
        studio.settle()
        assert panel.empty.text.startswith(words)
    run.state = "stopped"
    studio.bridge.run_changed.emit(run)
    studio.settle()
    assert panel.empty.text.startswith("Press Train")
