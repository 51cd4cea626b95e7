"""The decision boundary: colours, points, read-out and tables."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnstudio.compiler.compile import compile_document
from nnstudio.graph.document import Document
from nnstudio.ui.panels.parts.suits import few_numbers
from nnstudio.ui.panels.plots.boundary_plot import finer
from nnstudio.ui.panels.plots.level_sets import level_set

EDGES = {"x0": -2.0, "x1": 2.0, "y0": -1.0, "y1": 1.0}


def send(studio, classes=2, task="classes", **more):
    right = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))
    labels = np.arange(60) % classes
    points = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    arrays = {"grid": right, "points": points, "labels": labels, "test": (np.arange(60) >= 48).astype(np.uint8)}
    if classes > 2:
        arrays["classes"] = np.repeat(np.arange(64) * classes // 64, 64).reshape(64, 64)
    names = more.pop("names", [str(n) for n in range(classes)])
    facts = {name: more.pop(name) for name in ("unit", "outputs", "output") if name in more}
    studio.frame("boundary", arrays | more, names=names, task=task, **EDGES, **facts)


def points(hidden: int = 3) -> Document:
    document = Document("points")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Linear", "hidden", out_features=hidden)
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    document.connect("moons.point", "hidden")
    document.connect("hidden", "head")
    document.connect("head", "loss.prediction")
    document.connect("moons.label", "loss.target")
    return document


def test_probabilities_are_a_heat_map_under_the_points(studio):
    panel = studio.panel("boundary")
    assert studio.options("boundary") == {"resolution": 64, "output": 0}
    send(studio)
    assert panel.header.caption == "probability of class 1"
    assert panel.scale.ends == ("0", "1")
    assert panel.plot.view.viewRange() == [[-2.0, 2.0], [-1.0, 1.0]]
    assert len(panel.plot.points.items) == 4
    counts = {key: len(item.data) for key, item in panel.plot.points.items.items()}
    assert counts == {(0, False): 24, (1, False): 24, (0, True): 6, (1, True): 6}
    colors = panel.plot._image.image
    assert colors[0, 0, 2] > colors[0, 0, 0]  # blue for class 0
    assert colors[0, -1, 0] > colors[0, -1, 2]  # orange for class 1


def test_classes_differ_by_shape_too(studio):
    panel = studio.panel("boundary")
    send(studio, classes=5)
    shapes = {key[0]: item.opts["symbol"] for key, item in panel.plot.points.items.items()}
    assert len(set(shapes.values())) == 5
    assert panel.header.caption == "predicted class"
    assert [key.text for key in panel.legend.keys] == ["0", "1", "2", "3", "4", "train", "test"]
    assert not panel.scale.isVisible()


def test_the_mouse_reads_out_the_cell(studio):
    panel = studio.panel("boundary")
    send(studio)
    assert panel.plot.describe(QPointF(-1.99, 0.5)) == "-1.99, 0.5\nclass 0  100.0 %\nclass 1  0.0 %"
    assert panel.plot.describe(QPointF(9, 9)) == ""
    send(studio, classes=4)
    assert panel.plot.describe(QPointF(1.99, 0.99)) == "1.99, 0.99\nclass 3  100.0 %"
    send(studio, task="values")
    assert panel.plot.describe(QPointF(1.99, 0.99)) == "1.99, 0.99\n1"


def test_other_data_is_told_in_words(studio):
    panel = studio.panel("boundary")
    words = "The Boundary panel needs data with one or two numbers a sample, such as moons."
    studio.engine.frame("boundary", problem=words)
    studio.settle()
    assert panel.empty.text == words
    assert not panel.legend.isVisible()
    send(studio)
    assert not panel.is_empty


def test_the_table_has_every_cell(studio):
    panel = studio.panel("boundary")
    send(studio)
    rows = list(panel.rows())
    assert len(rows) == 1 + 64 * 64
    assert rows[1] == (pytest.approx(-2 + 2 / 64), pytest.approx(-1 + 1 / 64), 0.0)
    send(studio, classes=3)
    assert next(iter(panel.rows())) == ("x", "y", "class", "confidence")


def test_the_picture_is_saved_and_painted(studio, tmp_path):
    panel = studio.panel("boundary")
    send(studio)
    panel.save_svg(tmp_path / "boundary.svg")
    panel.save_png(tmp_path / "boundary.png")
    assert (tmp_path / "boundary.svg").stat().st_size > 1000


def test_blending_keeps_what_is_straight():
    grid = np.tile(np.arange(8, dtype=np.float32), (8, 1))
    fine = finer(grid)
    assert fine.shape == (32, 32)
    assert fine[5, 6] == pytest.approx((6.5 / 4) - 0.5)
    assert finer(np.array([[3.0]], np.float32)).max() == 3.0


def test_points_without_a_frame_yet_are_waited_for(studio):
    document = points()
    panel = studio.panel("boundary")
    assert panel.empty.text.startswith("Choose data with one or two numbers")
    studio.open(document)
    assert panel.empty.text == "The first look is on its way."


def test_the_line_between_two_classes_is_drawn_and_can_be_hidden(studio):
    panel = studio.panel("boundary")
    send(studio)
    x, y = panel.plot.edge
    assert x == pytest.approx(np.zeros(len(x)), abs=1e-6)  # probability grows from 0 to 1 along x
    assert (y.min(), y.max()) == pytest.approx((-1, 1), abs=0.04)
    assert panel.plot._edge.isVisible()
    panel.edge.setChecked(False)
    assert not panel.plot._edge.isVisible()
    send(studio, classes=3)
    assert len(panel.plot.edge[0]) == 0
    assert not panel.edge.isVisible()


def test_train_and_test_points_can_be_hidden(studio):
    panel = studio.panel("boundary")
    send(studio)
    panel.train.setChecked(False)
    seen = {key for key, item in panel.plot.points.items.items() if item.isVisible()}
    assert seen == {(0, True), (1, True)}
    assert [key.text for key in panel.legend.keys] == ["test"]
    panel.test.setChecked(False)
    send(studio, classes=3)
    assert not any(item.isVisible() for item in panel.plot.points.items.values())


def test_confidence_in_place_of_the_answer(studio):
    panel = studio.panel("boundary")
    send(studio)
    panel.colors.choose("confidence")
    colors = panel.plot._image.image
    assert (colors[0, 0] == colors[0, -1]).all()  # as sure of the one class as of the other
    assert (colors[0, 0] != colors[0, colors.shape[1] // 2]).any()
    assert (panel.header.caption, panel.scale.ends) == ("confidence", ("50 %", "100 %"))
    send(studio, classes=4)
    assert panel.scale.ends == ("25 %", "100 %")
    send(studio, task="values")
    assert panel.header.caption == "predicted value"


def test_points_of_a_surface_have_the_colour_of_their_value(studio):
    panel = studio.panel("boundary")
    values = np.linspace(-2, 6, 60, dtype=np.float32)
    send(studio, task="values", values=values)
    assert panel.scale.ends == ("-2", "6")
    items = panel.plot.points.items
    assert sum(len(item.data) for item in items.values()) == 60
    low, high = items[0, False].opts["brush"].color(), items[max(group for group, test in items if not test), False]
    assert (low.blue() > low.green(), high.opts["brush"].color().green() > 150) == (True, True)
    values[3] = np.nan
    send(studio, task="values", values=values)
    assert len(items[-1, False].data) == 1


def test_the_lines_of_units_are_drawn_with_their_numbers(studio):
    studio.open(points())
    panel = studio.panel("boundary")
    assert studio.options("boundary") == {"resolution": 64, "output": 0, "node": "hidden", "unit": -1}
    x = -2 + (np.arange(64) + 0.5) / 16
    fields = np.stack([np.tile(x - 1, (64, 1)), np.tile(x + 5, (64, 1))]).astype(np.float32)
    send(studio, lines=fields, unit=4)
    assert panel.plot.lines.shown()[0] == pytest.approx(np.ones(128 + 2), abs=1e-5)
    assert panel.plot.lines.labels == ["4"]  # the other one's line is outside
    assert panel.plot.describe(QPointF(0.01, 0.5)).splitlines()[-2:] == ["unit 4: -0.9688", "unit 5: 5.031"]
    panel.units.choose(2)
    assert studio.options("boundary")["unit"] == 2
    panel.units.choose(-2)
    assert studio.options("boundary") == {"resolution": 64, "output": 0}
    send(studio)
    assert len(panel.plot.lines.shown()[0]) == 0


def test_lines_follow_the_node_that_is_selected(studio):
    studio.open(points(hidden=20))
    panel = studio.panel("boundary")
    assert panel.units.unit == -2  # twenty lines would hide the picture
    send(studio)
    assert not panel.units.nodes.isVisible()
    panel.units.choose(17)
    assert panel.units.nodes.isVisible()
    studio.bridge.select((studio.document.node("head").id,))
    assert panel.units.nodes.key == "head"
    assert panel.units.unit == -2  # it has no unit 17
    panel.units.choose(1)
    assert studio.options("boundary")["node"] == "head"


def test_the_line_of_the_answer_itself_is_not_drawn_twice(studio):
    studio.open(points(hidden=3))
    panel = studio.panel("boundary")
    assert panel.units.unit == -1
    studio.bridge.select((studio.document.node("head").id,))
    assert panel.units.nodes.key == "head"
    assert panel.units.unit == -2


def test_of_several_outputs_one_is_chosen(studio):
    panel = studio.panel("boundary")
    send(studio, task="values")
    assert not panel.outputs.isVisible()
    send(studio, task="values", outputs=3, output=0)
    assert [panel.outputs.itemText(row) for row in range(3)] == ["output 0", "output 1", "output 2"]
    panel.outputs.setCurrentIndex(2)
    panel.outputs.activated.emit(2)
    assert studio.options("boundary")["output"] == 2


def test_a_level_set_is_found_between_the_cells():
    ramp = np.tile(np.arange(5, dtype=np.float32), (4, 1))
    found = level_set(np.stack([ramp, ramp.T[:4, :4].repeat(2, 1)[:, :5], ramp * np.nan]), 1.25)
    assert found.x[:2].tolist() == [1.25, 1.25]
    assert set(found.fields.tolist()) == {0, 1}
    assert found.y[np.repeat(found.fields, 2) == 1] == pytest.approx(1.25)


def test_a_saddle_is_two_pieces_that_do_not_cross():
    found = level_set(np.array([[[3, -1], [-1, 3]], [[1, -3], [-3, 1]]], np.float32), 0.0)
    ends = np.stack([found.x, found.y], axis=1).reshape(-1, 2, 2)
    whole = ((ends >= 0) & (ends <= 1)).all(axis=(1, 2))
    middles = {field: ends[whole & (found.fields == field)].mean(axis=1).tolist() for field in (0, 1)}
    assert sorted(middles[0]) == [[0.125, 0.875], [0.875, 0.125]]  # the corners below zero are cut off
    assert sorted(middles[1]) == [[0.125, 0.125], [0.875, 0.875]]


def test_a_circle_is_closed():
    x, y = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 40))
    found = level_set((x**2 + y**2)[None].astype(np.float32), 0.25)
    radius = np.hypot(found.x / 39 * 2 - 1, found.y / 39 * 2 - 1)
    assert radius == pytest.approx(0.5, abs=0.002)
    ends = np.round(np.stack([found.x, found.y], 1), 6)
    assert (np.unique(ends, axis=0, return_counts=True)[1] == 2).all()


# One input


def send_fit(studio, task="values", curves=None, **more):
    x = np.linspace(-1, 1, 101, dtype=np.float32)
    pieces = np.stack([np.maximum(x, 0), 2 * np.maximum(-x, 0)])
    arrays = {
        "x": x,
        "fit": pieces.sum(0) + 0.5 if curves is None else curves(x),
        "points": np.array([[-0.5], [0.5], [0.0]], np.float32),
        "labels": np.array([-1, -1, -1] if task == "values" else [0, 1, 1]),
        "test": np.array([0, 0, 1], np.uint8),
    }
    if task == "values":
        arrays |= {"values": np.array([1.4, 1.0, 0.5], np.float32), "pieces": pieces, "piece_units": np.array([0, 3])}
    names = ["no", "yes", "maybe"]
    studio.frame("boundary", arrays | more, task=task, names=names, x0=-1.0, x1=1.0, pieces=2, bias=0.5, outputs=1)


def test_one_input_shows_the_curve_and_what_each_unit_adds(studio):
    panel = studio.panel("boundary")
    send(studio)
    send_fit(studio)
    assert panel.header.caption == "fitted curve · 2 pieces"
    assert [key.text for key in panel.legend.keys] == ["fit", "train", "test"]
    shown = panel.plot.shown_pieces()
    assert len(shown) == 2
    assert sum(shown) + 0.5 == pytest.approx(panel.plot.fit.curves[0])
    assert panel.plot.describe(QPointF(0.5, 9.0)).splitlines() == [
        "0.5",
        "fit 1",
        "unit 0 adds 0.5",
        "unit 3 adds 0",
        "bias 0.5",
    ]
    assert panel.plot.describe(QPointF(0.5, 1.0)).splitlines()[-1] == "train sample 0.5, 1"
    assert panel.plot.describe(QPointF(0.0, 0.5)).splitlines()[-1] == "test sample 0, 0.5"
    assert panel.plot.describe(QPointF(5.0, 0.5)) == ""
    panel.pieces.setChecked(False)
    assert panel.plot.shown_pieces() == []
    assert panel.header.caption == "fitted curve"
    send(studio)
    assert panel.plot.plane.grid.shape == (64, 64)


def test_the_table_of_a_curve_has_the_pieces(studio, tmp_path):
    panel = studio.panel("boundary")
    send_fit(studio)
    rows = list(panel.rows())
    assert rows[0] == ("x", "fit", "unit 0", "unit 3", "bias")
    assert rows[1] == pytest.approx((-1.0, 2.5, 0.0, 2.0, 0.5))
    assert len(rows) == 102
    panel.save_svg(tmp_path / "fit.svg")
    assert "<path" in (tmp_path / "fit.svg").read_text() or "<polyline" in (tmp_path / "fit.svg").read_text()


def test_one_input_and_classes_are_curves_of_probability(studio):
    panel = studio.panel("boundary")
    send_fit(studio, "logit", lambda x: 1 / (1 + np.exp(-x)))
    assert [key.text for key in panel.legend.keys] == ["yes", "train", "test"]
    assert panel.plot.describe(QPointF(0.0, 0.5)).splitlines()[1:3] == ["no  50.0 %", "yes  50.0 %"]
    assert panel.plot.fit.heights.tolist() == [0, 1, 1]
    send_fit(studio, "classes", lambda x: np.stack([0.2 + 0 * x, 0.5 + 0 * x, 0.3 + 0 * x]))
    assert [key.text for key in panel.legend.keys] == ["no", "yes", "maybe", "train", "test"]
    assert panel.plot.describe(QPointF(0.7, 0.5)).splitlines()[3] == "maybe  30.0 %"
    assert len(next(iter(panel.rows()))) == 4


def test_units_turn_at_upright_lines(studio):
    panel = studio.panel("boundary")
    x = np.linspace(-1, 1, 101, dtype=np.float32)
    uneven = np.sign(x) * x**2
    for places in (x, uneven):
        send_fit(studio, x=places, lines=np.stack([places - 0.25, x * 0 + 1]))
        assert panel.plot.lines.shown()[0] == pytest.approx(0.25, abs=1e-5)
        assert panel.plot.lines.labels == ["0"]


def test_a_curve_of_no_numbers_is_not_drawn(studio):
    panel = studio.panel("boundary")
    send_fit(studio, curves=lambda x: x * np.nan)
    low, high = panel.plot.view.viewRange()[1]
    assert np.isfinite([low, high]).all()


def test_a_zoom_stays_and_a_double_click_shows_all(studio):
    panel = studio.panel("boundary")
    for show in (send, send_fit):
        show(studio)
        whole = panel.plot.view.viewRange()
        panel.plot.view.setRange(xRange=(0.1, 0.2), yRange=(0.1, 0.2), padding=0)
        panel.plot.view.sigRangeChangedManually.emit([True, True])
        show(studio)
        assert panel.plot.view.viewRange()[0] == [0.1, 0.2]
        panel.plot.show_all()
        assert panel.plot.view.viewRange() == whole


@pytest.mark.parametrize(
    ("data", "entry", "fits"),
    [("sine", "x", True), ("polynomial", "powers", True), ("plane", "point", True), ("wine", "measures", False)],
)
def test_it_is_for_networks_that_take_one_number_or_two(data, entry, fits):
    document = Document(data)
    document.add("Dataset", "data", dataset=data)
    document.add("Linear", "head", out_features=3 if data == "wine" else 1)
    loss = document.add("CrossEntropyLoss" if data == "wine" else "MSELoss", "loss")
    outputs = document.node("data").outputs
    document.connect(f"data.{entry if data != 'wine' else outputs[0].name}", "head")
    document.connect("head", loss)
    document.connect(f"data.{outputs[-1].name}", "loss.target")
    compiled = compile_document(document)
    assert not compiled.errors
    assert few_numbers(compiled) is fits


def test_the_words_of_the_colours_have_room_under_the_plot(studio):
    panel = studio.panel("boundary")
    panel.resize(480, 220)
    send(studio, names=["same signs", "different signs"])
    panel.grab()
    assert panel.scale.width() == panel.scale.sizeHint().width()
    assert panel.legend.shown == panel.legend.keys
    assert panel.scale.toolTip() == panel.legend.toolTip() == ""
    assert panel.scale.mapTo(panel, panel.scale.rect().topLeft()).y() > panel.plot.geometry().bottom()


def test_a_low_plot_has_more_than_one_tick():
    from nnstudio.ui.panels.plots.axes import Axis

    ((_, ticks),) = Axis("left").tickValues(-0.8, 0.8, 115.0)
    assert ticks == pytest.approx([-0.5, 0.0, 0.5])
