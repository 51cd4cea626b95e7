"""The other views of the features panel: a point taken apart and walked, the strip, filters, the strongest samples."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest

from nnstudio.examples import examples
from nnstudio.graph.document import Document
from nnstudio.graph.storage import load
from nnstudio.ui.features import words

IMAGE = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8)
KERNEL = np.arange(9, dtype=np.float32).reshape(1, 3, 3) / 10


def point(studio, place, **facts):
    """What the probe tells of one point of conv1, a 3×3 filter with padding 1 on an image of 8×8."""
    _, row, column = place
    rows, columns = np.arange(row - 1, row + 2), np.arange(column - 1, column + 2)
    padded = np.pad(IMAGE, ((0, 0), (1, 1), (1, 1)))
    patch = padded[:, row : row + 3, column : column + 3]
    total = float((patch * KERNEL).sum())
    arrays = {"maps": np.tile(IMAGE, (4, 1, 1)), "input:image": IMAGE, "given": IMAGE, "patch": patch, "filter": KERNEL}
    arrays |= {
        "rows": rows.astype(np.int32),
        "columns": columns.astype(np.int32),
        "sums": np.array([total], np.float32),
    }
    told = {
        "view": "maps",
        "node": "conv1",
        "shape": [4, 8, 8],
        "at": [*place],
        "channels": 4,
        "samples": 9,
        "sample": 0,
    }
    told |= {"kind": "conv", "first": 0, "shown": 1, "total": 1, "bias": 0.5, "value": total + 0.5, "slices": []}
    told |= {"padding": [1, 1], "stride": [1, 1], "dilation": [1, 1], "groups": 1, "output": total + 0.5}
    studio.frame("features", arrays, **(told | facts))


def opened(studio):
    """The panel with the point of channel 2 at row 3, column 4 taken apart."""
    panel = studio.panel("features", (640, 260))
    point(studio, [0, 0, 0], at=[])
    panel.maps.tiles.clicked.emit(2, 3, 4)
    assert studio.options("features")["at"] == [2, 3, 4]
    point(studio, [2, 3, 4])
    return panel


def test_a_click_on_a_map_asks_how_its_point_comes_about(studio):
    panel = studio.panel("features")
    point(studio, [0, 0, 0], at=[])
    place = panel.maps.tiles.grid.place(1)
    QTest.mouseClick(panel.maps.tiles, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert studio.options("features")["at"] == [1, 4, 4]


def test_patch_filter_and_sum_are_written_out(studio):
    panel = opened(studio)
    page = panel.maps.point
    patch = IMAGE[:, 2:5, 3:6]
    total = float((patch * KERNEL).sum())
    assert np.array_equal(page.patch.shown.patch, patch)
    assert page.equation.text() == f"Σ {total:.3g} + bias 0.5 = {total + 0.5:.3g}"
    assert list(page.given.map.window.rows) == [2, 3, 4]
    assert page.given.map.edge == (1, 1)
    assert (page.made.map.window.rows, page.made.map.window.columns) == ([3], [4])
    assert panel.header.caption.startswith("channel 2 · row 3, column 4 · padding 1")
    block = page.patch.block(0, 2)
    assert page.patch.describe(block.topLeft() + QPointF(1, 1)) == f"channel 0\n{patch[0, 0, 0]:.4g} × 0 = 0"
    assert page.patch.describe(QPointF(0, 0)) == ""
    panel.grab()


def test_it_is_walked_by_keys_buttons_and_by_itself(studio):
    panel = opened(studio)
    page = panel.maps.point
    for key, at in (("Right", [2, 3, 5]), ("Down", [2, 4, 5]), ("Left", [2, 4, 4]), ("PageDown", [3, 4, 4])):
        QTest.keyClick(page, getattr(Qt.Key, f"Key_{key}"))
        assert studio.options("features")["at"] == at
    page.back.click()
    assert page.at == [3, 4, 3]
    point(studio, [3, 4, 3])
    QTest.keyClick(page, Qt.Key.Key_Space)
    studio.until(lambda: page.at == [3, 4, 4])
    studio.settle(100)
    assert page.at == [3, 4, 4]  # it waits until the point has been seen
    page.close_button.click()
    assert not page.playing
    assert studio.options("features")["at"] == []
    assert panel.maps.stack.currentWidget() is panel.maps.tiles


def test_behind_the_last_point_comes_the_first_and_walking_ends_at_the_edge(studio):
    panel = opened(studio)
    page = panel.maps.point
    page.step(4 * 8 + 4)  # to row 8: back at the top
    assert page.at == [2, 0, 0]
    page.go(-1, -1)
    assert page.at == [2, 0, 0]
    page.made.clicked.emit(7, 7)
    page.step(1)
    assert page.at == [2, 0, 0]


def test_a_late_frame_of_another_point_is_passed_over(studio):
    panel = opened(studio)
    page = panel.maps.point
    page.step(1)
    before = page.equation.text()
    point(studio, [2, 3, 4], bias=9.0)
    assert page.equation.text() == before
    point(studio, [2, 3, 5], bias=9.0)
    assert "bias 9" in page.equation.text()


def test_another_node_shows_its_maps_first(studio):
    opened(studio)
    studio.bridge.select((studio.document.node("relu1").id,))
    assert studio.options("features") == {"view": "maps", "node": "relu1", "sample": 0, "at": []}


def test_what_is_not_taken_apart_says_so(studio):
    panel = opened(studio)
    point(studio, [2, 3, 4], unexplained=True, output=0.25)
    page = panel.maps.point
    assert page.middle.currentWidget() is page.untold
    assert page.untold.text().startswith("Conv2d puts 0.25 here.")


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"kind": "max", "value": 4.0}, "largest of 4 = 4"),
        ({"kind": "mean", "value": 2.5, "divisor": 4}, "sum 10 / 4 = 2.5"),
        ({"kind": "point", "value": 1.0}, "ReLU(1) = 1"),
        ({"kind": "conv", "value": 3.0, "bias": None}, "1 + (−2) + 4 + no bias = 3"),
        (
            {"kind": "norm", "value": 2.0, "mean": -1.0, "deviation": 2.0, "scale": 1.5, "shift": 0.5},
            "(1 − (−1)) / 2 × 1.5 + 0.5 = 2",
        ),
    ],
)
def test_each_kind_of_layer_has_its_equation(facts, text):
    patch = np.array([[[1, 2], [3, 4]]], np.float32)
    assert words.equation(facts, np.array([1, -2, 4], np.float32), patch, "ReLU") == text


def test_of_many_channels_the_sums_are_counted():
    facts = {"kind": "conv", "value": 20.0, "bias": 0.0}
    text = words.equation(facts, np.ones(20, np.float32), np.ones((1, 1, 1), np.float32), "Conv2d")
    assert text == "1 + 1 + 1 + 1 + 16 more 16 + bias 0 = 20"


def test_the_curve_of_an_activation_has_the_point_on_it(studio):
    panel = opened(studio)
    x = np.linspace(-3, 3, 81, dtype=np.float32)
    arrays = {"maps": np.tile(IMAGE, (4, 1, 1)), "given": IMAGE, "patch": np.full((1, 1, 1), -0.5, np.float32)}
    arrays |= {"rows": np.array([3], np.int32), "columns": np.array([4], np.int32), "curve": np.stack([x, x.clip(0)])}
    told = {"view": "maps", "node": "conv1", "shape": [4, 8, 8], "at": [2, 3, 4], "kind": "point", "value": 0.0}
    studio.frame("features", arrays, **told, first=2, shown=1, total=1)
    page = panel.maps.point
    assert page.middle.currentWidget() is page.function
    assert page.function.point == (-0.5, 0.0)
    area = page.function._area()
    assert page.function.describe(QPointF(area.right(), area.top())) == "in 3\nout 3"
    page.grab()


def test_the_strip_has_every_layer_and_a_click_opens_its_maps(studio):
    panel = studio.panel("features")
    panel.show_view("strip")
    options = studio.options("features")
    assert (options["view"], options["nodes"]) == ("strip", ["conv1", "relu1"])
    arrays = {"input:image": IMAGE, "conv1": np.tile(IMAGE, (4, 1, 1)), "relu1": np.tile(IMAGE, (4, 1, 1))}
    shapes = {f"shape:{name}": [4, 8, 8] for name in ("conv1", "relu1")}
    studio.frame("features", arrays, view="strip", samples=9, sample=0, **shapes)
    strip = panel.strip.strip
    assert [(layer.name, layer.size) for layer in strip.layers] == [
        ("image", "1×8×8"),
        ("conv1", "4×8×8"),
        ("relu1", "4×8×8"),
    ]
    assert not panel.choice.isVisible()
    place = strip.places()[1]
    tile = strip.tiles(strip.layers[1], place)[3]
    assert strip.describe(tile.topLeft() + QPointF(1, 1)) == "conv1 · channel 3 · row 0, column 0\n0"
    panel.grab()
    rows = list(panel.rows())
    assert rows[0][0] == "layer"
    assert len(rows) == 1 + 1 + 4 + 4
    strip.horizontalScrollBar().setValue(strip.horizontalScrollBar().maximum())
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.places()[2].center().toPoint())
    assert panel.tabs.key == "maps"
    assert panel.choice.name == "relu1"


def filters(studio, shape, **facts):
    values = np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    told = {"view": "filters", "node": "conv1", "outputs": shape[0], "inputs": shape[1], "groups": 1, "colors": False}
    studio.frame("features", {"filters": values}, **(told | facts))
    return values


@pytest.mark.parametrize(("shape", "colors", "rows"), [((4, 1, 3, 3), 0, 1), ((6, 3, 5, 5), 1, 4), ((2, 4, 7), 0, 4)])
def test_filters_are_columns_and_their_inputs_rows(studio, shape, colors, rows):
    panel = studio.panel("features")
    panel.show_view("filters")
    values = filters(studio, shape, colors=bool(colors))
    view = panel.filters.view
    assert view.filters.rows == rows
    place = view.place(1, colors)
    found = view.describe(place.topLeft() + QPointF(1, 1))
    first = values.reshape(shape[0], shape[1], -1)[1, 0, 0]
    assert found.startswith("filter 1 · ")
    assert found.endswith(f"{first:.4g}".replace("-", "−"))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert panel.chosen.channel == 1
    assert len(list(panel.rows())) == 1 + values.size
    assert not panel.grab().isNull()


def test_only_convolutions_have_filters_to_choose_from(studio):
    panel = studio.panel("features")
    studio.bridge.select((studio.document.node("relu1").id,))
    panel.show_view("filters")
    assert [panel.choice.combo.itemText(row) for row in range(panel.choice.combo.count())] == ["conv1"]
    assert studio.options("features") == {"view": "filters", "node": "conv1"}
    with studio.document.transaction("all but the last"):
        for name in ("conv1", "relu1"):
            studio.document.remove(name)
        studio.document.connect("digits.image", "flatten")
    studio.settle()
    assert panel.empty.text == "Add a Conv2d to see its filters."


def strongest(studio, start, scanned, best, *, total=300, step=0):
    index = np.arange(start, start + 3)
    arrays = {"index": index, "score": best - np.arange(3, dtype=np.float32), "label": index % 3}
    arrays |= {"samples": np.tile(IMAGE, (3, 1, 1, 1)), "place": np.full((3, 2), 0.25, np.float32)}
    told = {"view": "strongest", "node": "conv1", "channel": 0, "start": start, "scanned": scanned, "total": total}
    studio.frame("features", arrays, **told, names=["a", "b", "c"])


def test_the_search_goes_on_until_all_samples_have_been_looked_through(studio):
    panel = studio.panel("features")
    panel.show_view("strongest")
    options = studio.options("features")
    assert (options["start"], options["scan"], options["channel"], options["last"]) == (0, 256, 0, False)
    assert "sample" not in options
    strongest(studio, 0, 256, 5.0)  # once shown there is room for more
    strongest(studio, 0, 256, 5.0)
    assert panel.header.caption == "channel 0 · strongest of the first 256 of 300 samples"
    assert studio.options("features")["start"] == 256
    strongest(studio, 256, 44, 4.5)
    assert panel.header.caption == "channel 0 · strongest of all 300 samples"
    assert [hit.index for hit in panel.strongest.search.hits] == [0, 256, 1, 257, 2, 258]
    assert [item.words for item in panel.strongest.grid.items][:2] == ["5 “a”", "4.5 “b”"]
    assert next(iter(list(panel.rows())[1:])) == (0, "a", 5.0, 0.25, 0.25)
    panel.grab()


def test_another_channel_is_looked_for_from_the_first_sample_on(studio):
    panel = studio.panel("features")
    panel.show_view("strongest")
    strongest(studio, 0, 256, 5.0)
    panel.channel.forth.click()
    options = studio.options("features")
    assert (options["channel"], options["start"]) == (1, 0)


def test_a_click_on_one_of_the_strongest_chooses_it_everywhere(studio):
    panel = studio.panel("features")
    panel.show_view("strongest")
    strongest(studio, 0, 300, 5.0)
    grid = panel.strongest.grid
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.place(2).center().toPoint())
    assert studio.bridge.sample == 2
    assert grid.sample == 2


def test_each_panel_keeps_its_own_view(studio):
    first, second = studio.panel("features"), studio.panel("features")
    second.show_view("strip")
    assert (first.tabs.key, second.tabs.key) == ("maps", "strip")
    assert first.stack.currentWidget() is first.maps
    assert second.stack.currentWidget() is second.strip


def test_a_network_of_vectors_has_nothing_to_see(studio):
    document = load(examples()["xor"])
    assert isinstance(document, Document)
    studio.open(document)
    panel = studio.panel("features")
    assert panel.empty.text == "Add a Conv2d to see feature maps."
    assert studio.probes() == []


@pytest.mark.parametrize("kind", ["csv", "svg"])
def test_a_point_can_be_saved(studio, tmp_path, kind):
    panel = opened(studio)
    file = tmp_path / f"point.{kind}"
    panel.save(str(file), kind)
    if kind == "svg":
        assert QSvgRenderer(str(file)).isValid()
        assert "bias 0.5" in file.read_text(encoding="utf-8")
    else:
        rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
        assert rows[0] == ["map", "row", "column", "patch", "filter", "product"]
        assert len(rows) == 1 + 9


def test_a_frozen_panel_takes_no_other_point_apart(studio):
    panel = studio.panel("features", (640, 260))
    point(studio, [0, 0, 0], at=[])
    panel.header.freeze_button.click()
    panel.maps.tiles.clicked.emit(2, 3, 4)
    assert panel.maps.stack.currentWidget() is panel.maps.tiles
    panel.header.freeze_button.click()
    panel.maps.tiles.clicked.emit(2, 3, 4)
    point(studio, [2, 3, 4])
    panel.header.freeze_button.click()
    panel.maps.point.step(1)
    panel.maps.point.play.click()
    assert panel.maps.point.at == [2, 3, 4]
    assert not panel.maps.point.playing


def test_where_the_map_has_shrunk_the_point_goes_to_its_edge(studio):
    panel = opened(studio)
    point(studio, [1, 3, 4], shape=[2, 8, 8])
    assert panel.maps.point.at == [1, 3, 4]
    assert panel.header.caption.startswith("channel 1 · row 3, column 4")
