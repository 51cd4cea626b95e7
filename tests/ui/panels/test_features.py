"""Feature maps: which node is shown, for which sample, and what the mouse reads out."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from nnstudio.graph.document import Document
from nnstudio.ui.panels.parts.tile_view import best_grid


def send(studio, name="conv1", shape=(4, 8, 8), **facts):
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    image = np.ones((1, 8, 8), np.float32)
    told = {"view": "maps", "node": name, "shape": [*shape], "channels": shape[0], "samples": 9, "at": []}
    studio.frame("features", {"maps": values, "input:image": image}, **told | facts)


def test_the_first_convolution_is_asked_for(studio):
    panel = studio.panel("features")
    assert panel.choice.name == "conv1"
    assert studio.options("features") == {"view": "maps", "node": "conv1", "sample": 0, "at": []}
    names = [panel.choice.combo.itemText(index) for index in range(panel.choice.combo.count())]
    assert names == ["conv1", "relu1", "flatten", "head"]


def test_maps_are_shown_with_their_sample(studio):
    panel = studio.panel("features")
    send(studio, sample=3, label_name="8")
    assert not panel.is_empty
    assert panel.header.caption == "sample 3 · “8” · 4×8×8"
    assert panel.maps.tiles.shown.range == (0.0, 255.0)


def test_selecting_a_node_on_the_canvas_shows_it(studio):
    panel = studio.panel("features")
    studio.bridge.select((studio.document.node("relu1").id,))
    assert panel.choice.name == "relu1"
    assert studio.options("features")["node"] == "relu1"
    studio.bridge.select((studio.document.node("digits").id,))
    assert panel.choice.name == "relu1"


def test_choosing_a_sample_moves_all_panels(studio):
    panel = studio.panel("features")
    send(studio)
    panel.picker.forth.click()
    assert studio.bridge.sample == 1
    assert studio.options("features")["sample"] == 1
    studio.bridge.choose_sample(5)
    assert panel.picker.number.text() == "5"
    panel.picker.choose(50)
    assert studio.bridge.sample == 8
    assert not panel.picker.forth.isEnabled()


def test_the_mouse_reads_out_channel_place_and_value(studio):
    panel = studio.panel("features")
    send(studio)
    place = panel.maps.tiles.grid.place(2)
    corner = QPointF(place.left() + 1, place.bottom() - 1)
    assert panel.maps.tiles.describe(corner) == "channel 2 · row 7, column 0\n184"
    assert panel.maps.tiles.describe(QPointF(1, 1)) == ""


def test_vectors_are_bars(studio):
    panel = studio.panel("features")
    panel.choice.choose(studio.document.node("head").id)
    send(studio, "head", (10,))
    assert panel.maps.tiles.shown.bars
    middle = QPointF(panel.maps.tiles.width() - 2, panel.maps.tiles.height() / 2)
    assert panel.maps.tiles.describe(middle) == "unit 9\n9"
    assert list(panel.rows())[:2] == [("unit", "value"), (0, 0.0)]
    panel.grab()


def test_without_anything_to_show_it_says_what_to_add(studio):
    panel = studio.panel("features")
    studio.open(Document("empty"))
    assert panel.empty.text == "Add a Conv2d to see feature maps."
    assert studio.probes() == []
    assert not panel.choice.combo.isVisible()


def test_a_removed_node_is_not_asked_for_any_more(studio):
    panel = studio.panel("features")
    studio.document.remove("conv1")
    studio.settle()
    assert panel.choice.name != "conv1"


@pytest.mark.parametrize(
    ("width", "height", "count", "columns"), [(800, 100, 8, 8), (100, 800, 8, 1), (400, 400, 16, 4)]
)
def test_tiles_are_as_large_as_can_be(width, height, count, columns):
    grid = best_grid(QRectF(0, 0, width, height), count, 1.0)
    assert grid.columns == columns
    last = grid.place(count - 1)
    assert last.right() <= width + 0.01
    assert last.bottom() <= height + 0.01
    assert grid.at(last.center()) == count - 1


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 400, 300), (600, 3, 5)])
def test_any_shape_is_painted(studio, shape):
    panel = studio.panel("features")
    arrays = {"maps": np.full(shape, np.nan, np.float32), "input:x": np.ones((3, 4, 4), np.float32)}
    studio.frame("features", arrays, view="maps", node="conv1", shape=[*shape])
    send(studio, shape=shape)
    panel.grab()
    assert panel.maps.tiles.shown.maps.shape == shape


def test_an_input_without_data_is_said_to_be_random(studio):
    document = Document("one input")
    document.add("Input", "x", shape=(1, 8, 8))
    document.add("Conv2d", "conv1", out_channels=4)
    document.connect("x", "conv1")
    studio.open(document)
    panel = studio.panel("features")
    studio.settle(250)  # until the engine has been asked to load it, its frames are those of the project before
    send(studio)
    studio.until(lambda: panel.header.caption.startswith("random input"))
    assert "sample" not in panel.header.caption
