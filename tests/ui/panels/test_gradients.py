"""The Gradients panel: what it shows of frames, what it says of layers that are not well, and what can be chosen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.ui.panels.parts.health import DEAD, EXPLODING, NAN, SATURATED, VANISHING, symptoms
from nnstudio.ui.panels.parts.history import History
from nnstudio.ui.panels.parts.layer_map import Mark
from nnstudio.ui.panels.parts.scale import log_scale, signed_scale
from tests.classics.drawing import Pen, inside

NAMES = ["conv1", "relu1", "flatten", "head"]
NONE = float("nan")


def figures(**norms: list[float]) -> dict[str, np.ndarray]:
    """Arrays of the probe: the norm of each quantity for each layer; means and deviations are a tenth of it."""
    found = {}
    for quantity in ("activation", "gradient", "weight", "weight_gradient"):
        norm = np.array(norms.get(quantity, [1.0, NONE, NONE, 2.0]), np.float32)
        found[quantity] = np.stack([norm, -norm / 10, norm / 10], axis=1)
    for single in ("update", "flat"):
        found[single] = np.array(norms.get(single, [NONE] * 4), np.float32)
    return found


def tell(studio, step: int = 0, *, arrays: dict[str, np.ndarray] | None = None, more=(), **norms: list[float]) -> None:
    facts = {"names": NAMES, "saturates": [], "layers": 4, "samples": 64, "steps": 1, "reason": ""} | dict(more)
    studio.engine.frame("layers", figures(**norms) | (arrays or {}), facts, step=step)
    studio.settle()


def count(studio, step: int, low: float = -1.0, high: float = 1.0, node: str = "conv1") -> None:
    counts = np.arange(8, dtype=np.int64)
    more = {"node": node, "quantity": "weight_gradient", "low": low, "high": high, "counted": 28}
    tell(studio, step, arrays={"histogram": counts}, more=more)


def test_one_sample_is_told_as_one(studio):
    panel = studio.panel("gradients")
    tell(studio, more={"samples": 1}, weight_gradient=[0.5, NONE, NONE, 1.0])
    assert panel.header.caption == "1 sample"


def test_layers_are_shown_over_time(studio):
    panel = studio.panel("gradients")
    assert studio.options("layers") == {}
    for step in range(3):
        tell(studio, 10 * step, weight_gradient=[0.5 / 10**step, NONE, NONE, 1.0])
    layers = panel.map.layers
    assert layers.names == ["conv1", "head"]
    assert layers.steps == (0, 10, 20)
    assert layers.values[0].tolist() == pytest.approx([0.5, 0.05, 0.005])
    assert panel.header.caption == "64 samples"
    assert panel.line.text() == "conv1 has 0.005 times the gradient of head."
    assert panel.advice.text().startswith(
        "Less than a hundredth of the gradient gets to conv1, which hardly learns. Try"
    )
    assert panel.advice.text() in panel.line.toolTip()
    assert panel.badge == "!"
    assert layers.marks == [Mark("vanishing"), None]
    panel.grab()


def test_the_mouse_reads_out_layer_step_and_number(studio):
    panel = studio.panel("gradients")
    for step in (0, 1000):
        tell(studio, step, weight_gradient=[0.002 * (step + 1), NONE, NONE, 4.0])
    area = panel.map.area
    assert panel.map.describe(area.topLeft() + QPointF(2, 2)) == "conv1 · step 0\ngradients, norm 0.002"
    assert panel.map.describe(area.bottomRight() - QPointF(2, 2)) == "head · step 1,000\ngradients, norm 4"
    assert panel.map.describe(QPointF(panel.map.width() - 3, area.top() + 2)).startswith("conv1 · step 1,000")
    assert panel.map.describe(area.bottomLeft() + QPointF(0, 9)) == ""


def test_any_quantity_and_figure_can_be_shown(studio):
    panel = studio.panel("gradients")
    tell(studio, 5, flat=[NONE, 0.25, NONE, NONE], update=[0.001, NONE, NONE, 0.1])
    shown = {}
    for row in range(panel.quantities.count()):
        panel.quantities.setCurrentIndex(row)
        shown[panel.quantity] = panel.map.layers.names
        assert panel.figures.isVisible() == (panel.quantity not in ("update", "flat"))
        panel.grab()
    assert shown["flat"] == ["relu1"]
    assert shown["update"] == ["conv1", "head"]
    assert panel.map.layers.scale.ends == ("0", "1")
    panel.quantities.setCurrentIndex(0)
    panel.figures.setCurrentIndex(1)
    assert panel.map.layers.values[:, 0].tolist() == pytest.approx([-0.1, -0.2])
    assert panel.map.layers.scale.signed
    assert "means over" not in panel.quantities.toolTip()


def test_where_no_layer_has_the_quantity_it_says_why(studio):
    panel = studio.panel("gradients")
    tell(studio)
    panel.quantities.setCurrentIndex(panel.quantities.findData("update"))
    assert panel.map.layers.names == []
    assert panel.map.layers.blank.startswith("Nothing has moved since the first look.")
    empty = panel.map.grab().toImage()
    panel.quantities.setCurrentIndex(panel.quantities.findData("flat"))
    assert panel.map.grab().toImage() != empty
    assert panel.map.describe(QPointF(20, 20)) == ""


def test_choosing_a_layer_chooses_its_node_and_the_other_way_round(studio):
    panel = studio.panel("gradients")
    tell(studio)
    area = panel.map.area
    QTest.mouseClick(panel.map, Qt.MouseButton.LeftButton, pos=(area.bottomLeft() + QPointF(9, -5)).toPoint())
    assert studio.bridge.selection == (studio.document.node("head").id,)
    assert panel.map.choice == "head"
    QTest.keyClick(panel.map, Qt.Key.Key_Up)
    assert studio.bridge.selection == (studio.document.node("conv1").id,)
    studio.bridge.select((studio.document.node("head").id,))
    assert panel.map.choice == "head"
    studio.bridge.select((studio.document.node("digits").id,))
    assert panel.map.choice == "head"


def test_a_layer_of_a_repeated_block_stays_chosen_although_its_node_is_that_of_all(studio):
    document = Document("blocks")
    block, pen = inside(document, "Deep")
    pen.layer("Linear", "linear", out_features=2)
    pen.layer("Output", "y")
    main = Pen(document)
    main.start("Dataset", "points", dataset="moons")
    main.block(block, "deep", repeat=3)
    studio.open(document)
    panel = studio.panel("gradients")
    studio.settle(250)
    names = [f"deep.{number}.linear" for number in range(3)] + ["head"]
    tell(studio, weight_gradient=[1.0, 1.0, 1.0, NONE], more={"names": names})
    panel.choose_layer("deep.1.linear")
    assert len(studio.bridge.path) == 1
    assert studio.bridge.sheet.nodes[studio.bridge.selection[0]].name == "linear"
    assert panel.map.choice == "deep.1.linear"


def test_the_histogram_of_a_layer_is_asked_for_and_kept_over_time(studio):
    panel = studio.panel("gradients")
    tell(studio)
    panel.switch.buttons["histogram"].click()
    assert studio.options("layers") == {"node": "conv1", "quantity": "weight_gradient"}
    for step in (1, 2, 3):
        count(studio, step, high=float(step))
    assert panel.density.seen.steps == [1, 2, 3]
    assert panel.density.range == (-1.0, 3.0)
    area = panel.density.area
    assert panel.density.describe(QPointF(area.right() - 1, area.top() + 1)) == "step 3\n2.5 … 3: 7 / 28"
    assert list(panel.rows())[1] == (1, -1.0, -0.75, 0)
    panel.grab()
    studio.bridge.select((studio.document.node("head").id,))
    assert studio.options("layers")["node"] == "head"
    count(studio, 4, node="head")
    assert panel.density.seen.steps == [4]
    panel.quantities.setCurrentIndex(4)
    assert studio.options("layers")["quantity"] == "weight"


def test_a_new_run_begins_anew_and_a_pause_does_not(studio):
    panel = studio.panel("gradients")
    tell(studio, 10)
    tell(studio, 20, update=[0.5, NONE, NONE, 0.5])
    tell(studio, 20)
    assert panel.map.layers.steps == (10, 20)
    assert panel.looks.newest.figures["update"][0] == 0.5
    studio.bridge.session.train()
    studio.settle()
    tell(studio, 30)
    assert panel.map.layers.steps == (30,)


def test_the_flow_on_the_wires_is_a_button_away(studio, qtbot):
    panel = studio.panel("gradients")
    with qtbot.waitSignal(studio.bridge.command_wanted) as told:
        panel.flow.click()
    assert told.args == ["flow"]


def test_it_says_what_would_fill_it(studio):
    panel = studio.panel("gradients")
    tell(studio)
    studio.open(Document("empty"))
    assert panel.empty.text == "Add a Linear or a Conv2d, and a loss, to see gradients by layer."
    assert studio.probes() == []
    assert panel.badge == ""


def test_why_there_are_no_gradients_is_said(studio):
    panel = studio.panel("gradients")
    tell(studio, weight_gradient=[NONE] * 4, more={"reason": "The inputs are random, so a loss says nothing."})
    assert panel.line.text() == "The inputs are random, so a loss says nothing."
    panel.grab()


def test_a_table_has_every_step(studio, tmp_path):
    panel = studio.panel("gradients")
    tell(studio, 1)
    tell(studio, 2)
    panel.save_csv(tmp_path / "layers.csv")
    assert (tmp_path / "layers.csv").read_text().splitlines() == [
        "layer,step 1,step 2",
        "conv1,1.0,1.0",
        "head,2.0,2.0",
    ]
    assert panel.picture_line() == "Gradients · gradients, norm · 64 samples"


@pytest.mark.parametrize(
    ("norms", "saturates", "expected"),
    [
        ({"weight_gradient": [1.0, NONE, NONE, 1.0]}, False, [None] * 4),
        ({"weight_gradient": [1e-3, NONE, NONE, 1.0]}, False, [VANISHING, None, None, None]),
        ({"weight_gradient": [1.0, NONE, NONE, 1e-3]}, False, [None] * 4),
        ({"weight_gradient": [0.0, NONE, NONE, 0.0]}, False, [None] * 4),
        ({"weight_gradient": [2e3, NONE, NONE, 1.0]}, False, [EXPLODING, None, None, None]),
        ({"activation": [1.0, 1.0, np.inf, np.inf]}, False, [None, None, NAN, NAN]),
        ({"flat": [NONE, 0.75, NONE, NONE]}, False, [None, DEAD, None, None]),
        ({"flat": [NONE, 0.75, NONE, NONE]}, True, [None, SATURATED, None, None]),
        ({"flat": [NONE, 0.25, NONE, NONE]}, False, [None] * 4),
    ],
)
def test_what_is_wrong_with_a_layer(norms, saturates, expected):
    assert symptoms(figures(**norms), [saturates] * 4) == expected


def test_a_history_is_thinned_evenly_and_keeps_the_newest():
    history = History(16)
    for step in range(1000):
        history.add(step, step)
    assert len(history) <= 17
    assert history.steps == history.items
    assert (history.steps[0], history.steps[-1]) == (0, 999)
    gaps = np.diff(history.steps[:-1])
    assert gaps.max() <= 2.5 * gaps.min()
    history.add(999, -1)
    assert history.newest == -1


def test_scales_place_numbers():
    scale = log_scale(np.array([0.01, 1.0, np.inf, np.nan, 0.0]))
    assert scale.shares(np.array([0.01, 0.1, 1.0, 0.0])).tolist() == pytest.approx([0, 0.5, 1, 0])
    assert log_scale(np.array([1e-30, 1.0])).low == pytest.approx(1e-8)
    assert signed_scale(np.array([-2.0, 1.0])).shares(np.array([-2.0, 0.0])).tolist() == [0, 0.5]


def test_a_scale_of_zeros_alone_is_none():
    for scale in (log_scale(np.zeros((3, 2))), signed_scale(np.array([0.0, np.nan]))):
        assert scale.low == scale.high == 0
    assert log_scale(np.zeros(2)).shares(np.array([0.0, np.nan])).tolist() == pytest.approx([0, NONE], nan_ok=True)
    assert signed_scale(np.zeros(2)).shares(np.zeros(2)).tolist() == [0.5, 0.5]


def test_long_numbers_at_the_ends_of_a_scale_do_not_run_into_each_other(studio):
    panel = studio.panel("gradients")
    tell(studio, weight_gradient=[0.0469, NONE, NONE, -0.0469])
    panel.figures.setCurrentIndex(1)
    assert panel.map.layers.scale.ends == ("−0.0047", "0.0047")
    panel.grab()


def test_after_a_run_its_last_step_is_told_although_the_engine_has_the_weights_anew(studio):
    panel = studio.panel("gradients")
    studio.bridge.session.train()
    studio.engine.state("training")
    tell(studio, 40)
    studio.engine.state("finished", step=50)
    studio.document.set_trained(Trained(b""))
    studio.settle()
    tell(studio, 0)
    panel.show_view("histogram")
    count(studio, 0)
    assert panel.density.seen.steps == [50]
    assert panel.density.describe(QPointF(panel.density.area.center())).startswith("step 50\n")
    panel.show_view("heat-map")
    assert panel.map.layers.steps == (40, 50)
    studio.document.set_trained(None)
    tell(studio, 0)
    assert panel.map.layers.steps == (0,), "random weights go with no step of the run"


def test_of_weights_that_came_with_the_project_no_step_is_told(studio):
    studio.document.set_trained(Trained(b""))
    panel = studio.panel("gradients")
    tell(studio, 0)
    assert panel.map.describe(panel.map.area.topLeft() + QPointF(2, 2)).startswith("conv1 · as stored\n")
    assert next(iter(panel.rows())) == ("layer", "as stored")
    panel.grab()


def test_a_histogram_is_never_shown_as_that_of_something_else(studio):
    panel = studio.panel("gradients")
    tell(studio)
    panel.show_view("histogram")
    count(studio, 1)
    assert panel.header.caption == "conv1 · 64 samples"
    assert len(panel.density.seen) == 1
    panel.quantities.setCurrentIndex(panel.quantities.findData("update"))
    assert len(panel.density.seen) == 0
    assert panel.density.blank == "The first look is on its way."
    assert panel.header.caption == "weights of conv1 · 64 samples"
    panel.quantities.setCurrentIndex(0)
    panel.choose_layer("flatten")
    assert panel.density.blank == "flatten has no gradients."
    panel.header.freeze_button.setChecked(True)
    kept = panel.density.grab().toImage()
    studio.bridge.select((studio.document.node("head").id,))
    assert panel.density.grab().toImage() == kept, "a frozen panel follows nothing"


def test_a_layer_renamed_in_a_run_that_ends_badly_is_asked_for_by_its_new_name(studio):
    panel = studio.panel("gradients")
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.settle()
    tell(studio, 1)
    panel.show_view("histogram")
    panel.choose_layer("head")
    count(studio, 2, node="head")
    studio.document.rename("head", "last")
    studio.until(lambda: panel.layer == "last")
    assert studio.options("layers")["node"] == "head"
    count(studio, 3, node="head")
    assert panel.header.caption == "last · 64 samples"
    assert panel.density.seen.steps == [2, 3]
    assert panel.looks.history.steps == [1, 2, 3]
    assert panel.looks.newest.names[-1] == panel.map.choice == "last"
    studio.engine.state("failed", message="It is gone.")
    studio.until(lambda: studio.options("layers")["node"] == "last")
    count(studio, 4, node="head")  # sent before the engine heard of the end
    assert panel.density.seen.steps == [2, 3, 4]
    tell(studio, 4, more={"names": [*NAMES[:-1], "last"]})
    assert panel.looks.history.steps == [1, 2, 3, 4]
