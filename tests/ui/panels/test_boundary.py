"""The decision boundary: colours, points, read-out and tables."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnstudio.graph.document import Document
from nnstudio.ui.panels.plots.boundary_plot import finer

EDGES = {"x0": -2.0, "x1": 2.0, "y0": -1.0, "y1": 1.0}


def send(studio, classes=2, task="classes"):
    right = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))
    labels = np.arange(60) % classes
    points = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    arrays = {"grid": right, "points": points, "labels": labels, "test": (np.arange(60) >= 48).astype(np.uint8)}
    if classes > 2:
        arrays["classes"] = np.repeat(np.arange(64) * classes // 64, 64).reshape(64, 64)
    studio.frame("boundary", arrays, names=[str(n) for n in range(classes)], task=task, **EDGES)


def test_probabilities_are_a_heat_map_under_the_points(studio):
    panel = studio.panel("boundary")
    assert studio.options("boundary") == {"resolution": 64}
    send(studio)
    assert panel.header.caption == "probability of class 1"
    assert panel.scale.ends == ("0", "1")
    assert panel.plot.view.viewRange() == [[-2.0, 2.0], [-1.0, 1.0]]
    assert len(panel.plot._points) == 4
    counts = {key: len(item.data) for key, item in panel.plot._points.items()}
    assert counts == {(0, False): 24, (1, False): 24, (0, True): 6, (1, True): 6}
    colors = panel.plot._image.image
    assert colors[0, 0, 2] > colors[0, 0, 0]  # blue for class 0
    assert colors[0, -1, 0] > colors[0, -1, 2]  # orange for class 1


def test_classes_differ_by_shape_too(studio):
    panel = studio.panel("boundary")
    send(studio, classes=5)
    shapes = {key[0]: item.opts["symbol"] for key, item in panel.plot._points.items()}
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
    words = "The Boundary panel needs data with two numbers a sample, such as moons."
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
    document = Document("points")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    document.connect("moons.point", "head")
    document.connect("head", "loss.prediction")
    document.connect("moons.label", "loss.target")
    panel = studio.panel("boundary")
    assert panel.empty.text.startswith("Choose data with two numbers")
    studio.open(document)
    assert panel.empty.text == "The first look is on its way."
