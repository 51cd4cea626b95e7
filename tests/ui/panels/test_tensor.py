"""The tensor panel: what is asked for, in which view it is shown, and how it is read out."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from nnstudio.graph.document import Document
from nnstudio.protocol import messages as msg
from nnstudio.ui.panels.parts.tensor_body import sensible_view


def send(studio, values, *, shape=None, at=(), **facts):
    asked = studio.options("tensor")
    values = np.asarray(values)
    told = {"low": float(np.nanmin(values)), "high": float(np.nanmax(values)), "mean": 0.5, "std": 0.25}
    more = {"dtype": str(values.dtype), "zeros": 0.0, "nans": 0, "infinite": 0, "top": 0, "left": 0}
    facts = {"sample": 0, "samples": 9, "name": asked.get("field") or asked["name"], **told, **more, **facts}
    studio.frame("tensor", {"values": values}, shape=list(shape or values.shape), at=list(at), **facts)


def choose(studio, panel, name):
    panel.choice.choose(studio.document.node(name).id)
    studio.settle()


def test_what_the_network_answers_is_asked_for_first(studio):
    panel = studio.panel("tensor")
    assert panel.choice.name == "head"
    names = [panel.choice.combo.itemText(index) for index in range(panel.choice.combo.count())]
    assert names == ["digits", "conv1", "relu1", "flatten", "head", "loss"]
    asked = {"name": "head", "loss": False, "batched": True, "sample": 0, "at": [], "top": 0, "left": 0}
    assert studio.options("tensor") == asked


def test_a_vector_is_bars_that_can_be_read_out_and_a_curve_or_numbers_on_demand(studio):
    panel = studio.panel("tensor")
    send(studio, np.array([0.5, -1.25, 2.0], np.float32), shape=[3], dtype="float32")
    panel.choose_view("bars")
    body = panel.views
    assert body.views.currentWidget() is body.plot
    at = QPointF(body.plot.x_of(1), body.plot.area.center().y())
    assert body.plot.describe(at) == "feature 1\n−1.25"
    for view, widget in (("curve", body.plot), ("heat-map", body.map), ("numbers", body.table)):
        panel.switch.buttons[view].click()
        assert body.views.currentWidget() is widget
        panel.grab()
    assert body.table.numbers.data(body.table.numbers.index(0, 1)) == "−1.25"


def test_an_image_is_a_heat_map_of_one_channel_and_a_slider_chooses_another(studio):
    panel = studio.panel("tensor")
    choose(studio, panel, "conv1")
    assert studio.options("tensor")["at"] == [0]
    values = np.arange(64, dtype=np.float32).reshape(8, 8)
    send(studio, values, shape=[4, 8, 8], at=[0], label_name="6")
    assert panel.header.caption == "sample 0 · “6” · 4×8×8"
    panel.resize(480, 240)
    panel.grab()
    assert panel.scale.toolTip() == ""  # nothing of it is cut
    figures = panel.views.figures
    parts = figures.text().split(" · ")
    assert figures.shown in {" · ".join(parts[:count]) for count in range(1, len(parts))}  # whole ones
    assert panel.views.views.currentWidget() is panel.views.map
    place = panel.views.map.place
    assert place.width() == pytest.approx(place.height())
    assert panel.views.map.describe(place.bottomRight() - QPointF(1, 1)) == "row 7, column 7\n63"
    axis = panel.views.axes.axes[0]
    assert (axis.word.text(), axis.place.text()) == ("channel", "0 / 3")
    axis.slider.setValue(2)
    assert studio.options("tensor")["at"] == [2]
    panel.choose_view("bars")
    assert studio.options("tensor")["at"] == [2, 0]
    assert panel.views.views.currentWidget() is panel.views.map  # until the row is there
    send(studio, values[0], shape=[4, 8, 8], at=[2, 0])
    assert panel.views.views.currentWidget() is panel.views.plot
    assert [axis.word.text() for axis in panel.views.axes.axes] == ["channel", "row"]


def test_the_loss_is_one_number_written_large(studio):
    panel = studio.panel("tensor")
    choose(studio, panel, "loss")
    assert studio.options("tensor")["loss"] is True
    assert studio.options("tensor")["batched"] is False
    send(studio, np.float32(2.3025851), shape=())
    assert panel.views.number.text() == "2.30259"
    assert list(panel.rows()) == [["value"], [pytest.approx(2.3025851)]]
    assert not panel.scale.isVisible()


def test_data_are_shown_field_by_field_and_labels_by_their_names(studio):
    panel = studio.panel("tensor")
    choose(studio, panel, "digits")
    assert studio.options("tensor")["field"] == "image"
    panel.ports.setCurrentIndex(panel.ports.findText("label"))
    panel.ports.activated.emit(panel.ports.currentIndex())
    assert studio.options("tensor")["field"] == "label"
    send(studio, np.int64(6), shape=(), names=[*"0123456789"])
    assert panel.views.number.text() == "6 6"


def test_figures_tell_of_zeros_and_of_what_is_no_number(studio):
    panel = studio.panel("tensor")
    send(studio, np.array([1.0, np.nan], np.float32), zeros=0.25, nans=3, infinite=1)
    words = panel.views.figures.text()
    assert words == "2 · float32 · 3 NaN · 1 infinite · min 1 · max 1 · mean 0.5 · std 0.25 · 25 % zeros"
    for view in ("bars", "curve", "numbers", "heat-map"):
        panel.choose_view(view)
        panel.grab()


def test_of_a_large_slice_what_is_scrolled_to_is_asked_for(studio):
    panel = studio.panel("tensor")
    choose(studio, panel, "conv1")
    send(studio, np.zeros((8, 8), np.float32), shape=[4, 8, 8], at=[0])
    panel.choose_view("numbers")
    window = np.zeros((96, 96), np.float32)
    picture = np.ones((128, 128), np.float32)
    facts = {
        "name": "conv1",
        "dtype": "float32",
        "low": 0.0,
        "high": 1.0,
        "zeros": 0.0,
        "top": 0,
        "left": 0,
        "sample": 0,
        "samples": 9,
    }
    studio.frame("tensor", {"values": window, "picture": picture}, shape=[4, 400, 500], at=[0], **facts)
    table = panel.views.table
    assert (table.numbers.rowCount(), table.numbers.columnCount()) == (400, 500)
    table.scrollTo(table.numbers.index(300, 250))
    studio.settle()
    asked = studio.options("tensor")
    assert asked["top"] <= 300 < asked["top"] + 96
    assert asked["left"] <= 250 < asked["left"] + 96
    assert table.numbers.data(table.numbers.index(300, 250)) == ""
    assert table.numbers.slice.describe(300, 250).endswith("≈ 1")
    panel.choose_view("heat-map")
    panel.grab()


def test_numbers_are_copied_as_other_tables_take_them(studio):
    panel = studio.panel("tensor")
    choose(studio, panel, "conv1")
    send(studio, np.zeros((8, 8), np.float32), shape=[4, 8, 8], at=[0])
    panel.choose_view("numbers")
    send(studio, np.array([[1.5, 2.0], [3.0, 1 / 3]], np.float32), shape=[4, 2, 2], at=[0])
    table = panel.views.table
    table.copy()
    assert QGuiApplication.clipboard().text() == "1.5\t2\n3\t0.333333343"
    table.setCurrentIndex(table.numbers.index(1, 0))
    table.copy()
    assert QGuiApplication.clipboard().text() == "3"
    assert table.describe(QPoint(2, 2)) == "row 0, column 0\n1.5"
    assert list(panel.rows())[:2] == [["channel", "row", "column", "value"], [0, 0, 0, 1.5]]


def test_a_view_is_chosen_for_all_that_has_as_many_axes(studio):
    panel = studio.panel("tensor")
    send(studio, np.zeros(10, np.float32))
    assert panel.switch.view == "bars"
    panel.switch.buttons["numbers"].click()
    choose(studio, panel, "flatten")
    send(studio, np.ones(256, np.float32))
    assert panel.switch.view == "numbers"
    choose(studio, panel, "conv1")
    send(studio, np.ones((8, 8), np.float32), shape=[4, 8, 8], at=[0])
    assert panel.switch.view == "heat-map"


def test_a_muted_node_puts_out_nothing_of_its_own(studio):
    panel = studio.panel("tensor")
    studio.document.mute("relu1")
    studio.settle()
    assert panel.choice.combo.findText("relu1") < 0


def test_a_frozen_tensor_stays_where_it_is(studio):
    panel = studio.panel("tensor")
    choose(studio, panel, "conv1")
    send(studio, np.ones((8, 8), np.float32), shape=[4, 8, 8], at=[0])
    panel.header.freeze_button.click()
    assert not panel.views.axes.isEnabled()
    panel.header.freeze_button.click()
    assert panel.views.axes.isEnabled()


def test_what_comes_late_of_the_node_before_is_not_shown(studio):
    panel = studio.panel("tensor")
    send(studio, np.zeros(10, np.float32), name="conv1")
    assert panel.is_empty


@pytest.mark.parametrize(
    ("shape", "view"),
    [
        ((), "numbers"),
        ((3,), "numbers"),
        ((10,), "bars"),
        ((512,), "curve"),
        ((4, 4), "numbers"),
        ((3, 8, 8), "heat-map"),
    ],
)
def test_a_view_for_each_shape(shape, view):
    assert sensible_view(shape) == view


def test_without_a_layer_it_says_what_to_add(studio):
    panel = studio.panel("tensor")
    studio.open(Document("empty"))
    assert panel.empty.text == "Add a layer to see what it puts out."
    assert studio.probes() == []
    assert not panel.switch.isVisible()


@pytest.mark.parametrize("suffix", ["png", "svg", "csv"])
def test_it_can_be_taken_away(studio, tmp_path, suffix):
    panel = studio.panel("tensor")
    send(studio, np.array([0.5, -1.25, 2.0], np.float32))
    panel.save(str(tmp_path / f"tensor.{suffix}"), suffix)
    assert (tmp_path / f"tensor.{suffix}").stat().st_size > 20


def numbers(studio, value, kind="Constant", **more):
    document = Document("numbers")
    document.add(kind, "q", value=value, **more)
    document.add("Value", "w", value=2.0)
    document.add("Multiply", "out")
    for name in ("q", "w") if "dtype" not in more else ("w",):
        document.connect(name, "out")
    studio.open(document)
    studio.bridge.session.show()
    panel = studio.panel("tensor", (700, 240))
    choose(studio, panel, "q")
    return panel


def param(studio, node="q"):
    return studio.document.node(node).params["value"]


def weighed(studio):
    return [request for request in studio.engine.asked if isinstance(request, msg.ChangeWeight)]


def test_each_number_of_a_small_constant_has_a_slider_and_a_drag_is_one_step_seen_at_once(studio):
    panel = numbers(studio, [0.5, -0.25])
    send(studio, np.array([0.5, -0.25], np.float32))
    _, second = (slider for slider in panel.constants.sliders.sliders if slider.isVisible())
    assert (second.word.text(), second.field.text(), second.reach) == ("[1]", "−0.25", 1.0)
    loads = sum(isinstance(request, msg.Load) for request in studio.engine.asked)
    second.slider.setSliderDown(True)
    for place in (-40, 20, 100):
        second.slider.setValue(place)
    second.slider.setSliderDown(False)
    assert param(studio) == (0.5, 0.5)
    asked = weighed(studio)
    assert [(request.name, request.value.numpy().tolist()) for request in asked] == [
        ("q", [0.5, -0.2]),
        ("q", [0.5, 0.1]),
        ("q", [0.5, 0.5]),
    ]
    studio.settle(250)  # longer than the drawing waits to be loaded anew: it need not be
    assert sum(isinstance(request, msg.Load) for request in studio.engine.asked) == loads
    studio.document.undo()
    assert param(studio) == (0.5, -0.25)


def test_while_a_slider_is_held_a_late_frame_does_not_move_it(studio):
    panel = numbers(studio, 0.5)
    send(studio, np.float32(0.5), shape=())
    slider = panel.constants.sliders.sliders[0]
    assert slider.word.text() == "q"
    slider.slider.setSliderDown(True)
    slider.slider.setValue(180)
    send(studio, np.float32(0.5), shape=())
    assert slider.value == pytest.approx(0.9)
    slider.slider.setSliderDown(False)


def test_a_number_can_be_typed_and_the_ends_follow(studio):
    panel = numbers(studio, 0.5)
    send(studio, np.float32(0.5), shape=())
    slider = panel.constants.sliders.sliders[0]
    for text, value in (("3.5", 3.5), ("nonsense", 3.5)):
        slider.field.selectAll()
        QTest.keyClicks(slider.field, text)
        QTest.keyClick(slider.field, Qt.Key.Key_Return)
        assert param(studio) == value
    assert slider.reach == 8.0
    assert "nonsense" in slider.field.toolTip()


def test_of_many_numbers_the_chosen_one_has_the_slider(studio):
    panel = numbers(studio, [[float(row + column) for column in range(4)] for row in range(3)])
    values = np.add.outer(np.arange(3), np.arange(4)).astype(np.float32)
    send(studio, values)
    shown = [slider for slider in panel.constants.sliders.sliders if slider.isVisible()]
    assert [slider.word.text() for slider in shown] == ["[0, 0]"]
    panel.choose_view("numbers")
    panel.views.table.setCurrentIndex(panel.views.table.numbers.index(2, 1))
    assert (shown[0].word.text(), shown[0].value) == ("[2, 1]", 3.0)
    shown[0].slider.setValue(0)
    assert param(studio)[2] == (2.0, 0.0, 4.0, 5.0)
    panel.choose_view("heat-map")
    place = panel.views.map.place
    QTest.mouseClick(panel.views.map, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert shown[0].word.text() == "[1, 2]"


def test_whole_numbers_stay_whole(studio):
    panel = numbers(studio, [1, 2], dtype="int64")
    send(studio, np.array([1, 2]))
    slider = panel.constants.sliders.sliders[0]
    assert (slider.slider.minimum(), slider.slider.maximum()) == (-10, 10)
    slider.slider.setValue(7)
    assert param(studio) == (7.0, 2.0)


def test_what_is_computed_has_no_sliders(studio):
    panel = numbers(studio, 0.5)
    send(studio, np.float32(0.5), shape=())
    assert panel.constants.isVisible()
    choose(studio, panel, "out")
    send(studio, np.float32(1.0), shape=())
    assert not panel.constants.isVisible()


def test_during_a_run_a_constant_stays_and_a_value_is_set_in_the_run(studio):
    document = Document("run")
    document.add("Constant", "q", value=0.5)
    document.add("Value", "w", value=2.0)
    document.add("Multiply", "out")
    document.add("Minimize", "loss")
    for link in (("q", "out"), ("w", "out"), ("out", "loss")):
        document.connect(*link)
    studio.open(document)
    panel = studio.panel("tensor", (700, 240))
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.settle()
    for name, possible in (("q", False), ("w", True)):
        choose(studio, panel, name)
        send(studio, np.float32(0.5), shape=())
        assert panel.constants.sliders.isEnabled() is possible
    panel.constants.sliders.sliders[0].slider.setValue(50)
    (request,) = weighed(studio)
    assert (request.name, request.value.numpy().item(), request.index) == ("w", 0.25, ())
    assert param(studio, "w") == 2.0
