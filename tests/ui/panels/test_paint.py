"""The Paint panel: strokes become steps of the document, and a data set of points becomes one to paint."""

from concurrent.futures import Future

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.errors import EngineError
from nnstudio.graph.document import Document
from nnstudio.protocol import messages as msg
from nnstudio.ui.painting.places import fitted

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
BEGUN = ((-1.0, 0.0, 0), (1.0, 0.0, 1))


def drawing(name="painted", **params):
    document = Document("own points")
    document.add("Dataset", "data", dataset=name, **params)
    document.add("Linear", "head", out_features=6)
    document.add("CrossEntropyLoss", "loss")
    document.connect("data.point", "head")
    document.connect("head", "loss.prediction")
    document.connect("data.label", "loss.target")
    return document


@pytest.fixture
def paint(studio):
    studio.open(drawing(points=BEGUN))
    return studio.panel("paint")


def points(studio):
    return studio.document.node("data").params["points"]


def drag(board, way, button=LEFT):
    places = [board.plane.place(*place).toPoint() for place in way]
    QTest.mousePress(board, button, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:  # QTest's own moves come without a button
        at = QPointF(place)
        kind = QEvent.Type.MouseMove
        event = QMouseEvent(kind, at, board.mapToGlobal(at), Qt.MouseButton.NoButton, button, Qt.KeyboardModifier())
        QApplication.sendEvent(board, event)
    QTest.mouseRelease(board, button, Qt.KeyboardModifier.NoModifier, places[-1])


def test_a_click_paints_a_point_of_the_chosen_class_as_one_step(studio, paint):
    paint.swatches.buttons[3].click()
    drag(paint.board, [(0.5, -0.5)])
    x, y, label = points(studio)[-1]
    assert (x, y, label) == (pytest.approx(0.5, abs=0.02), pytest.approx(-0.5, abs=0.02), 3)
    assert studio.document.history.undo_name == "Paint 1 point"
    studio.settle()
    assert paint.header.caption == "3 points"
    studio.bridge.undo()
    studio.settle()
    assert points(studio) == paint.board.points == BEGUN


def test_strokes_that_follow_at_once_all_count_and_each_is_a_step(studio, paint):
    before = len(studio.document.history.done)
    drag(paint.board, [(-1.0, 1.0), (0.0, 1.0)])
    sprayed = points(studio)
    QTest.keyClick(paint.board, Qt.Key.Key_2)
    drag(paint.board, [(0.0, -1.0), (1.0, -1.0)])
    assert points(studio)[: len(sprayed)] == sprayed
    assert len(points(studio)) > len(sprayed) > 10
    assert len(studio.document.history.done) == before + 2


def test_the_right_button_and_the_eraser_rub_out(studio, paint):
    drag(paint.board, [BEGUN[0][:2]], RIGHT)
    assert points(studio) == BEGUN[1:]
    assert studio.document.history.undo_name == "Erase 1 point"
    paint.eraser.click()
    drag(paint.board, [(0.0, 1.2)])  # where nothing is: no step
    assert studio.document.history.undo_name == "Erase 1 point"
    drag(paint.board, [BEGUN[1][:2]])
    assert points(studio) == ()
    assert not any(swatch.isChecked() for swatch in paint.swatches.buttons)


def test_clear_takes_all_and_can_be_undone(studio, paint):
    paint.clearer.click()
    studio.settle()
    assert points(studio) == ()
    assert not paint.clearer.isEnabled()
    assert not paint.is_empty
    assert studio.document.history.undo_name == "Clear points"
    studio.bridge.undo()
    assert points(studio) == BEGUN


def test_one_can_paint_with_keys_alone(studio, paint):
    board = paint.board
    for key in (Qt.Key.Key_6, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Space):
        QTest.keyClick(board, key)
    QTest.keyClick(board, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(board, Qt.Key.Key_Return)
    (x, y, label), (left, _, _) = points(studio)[2:]
    assert (x, y, label) == (pytest.approx(0.05, abs=0.01), pytest.approx(0.05, abs=0.01), 5)
    assert left == pytest.approx(-0.2, abs=0.01)
    QTest.keyClick(board, Qt.Key.Key_E)
    QTest.keyClick(board, Qt.Key.Key_BracketRight)
    assert board.brush.erasing
    assert board.brush.size == 3
    assert paint.eraser.isChecked()


def test_escape_gives_a_stroke_up(studio, paint):
    board = paint.board
    QTest.mousePress(board, LEFT, Qt.KeyboardModifier.NoModifier, board.plane.place(0, 0).toPoint())
    assert len(board.points) == 3
    QTest.keyClick(board, Qt.Key.Key_Escape)
    QTest.mouseRelease(board, LEFT, Qt.KeyboardModifier.NoModifier, board.plane.place(0, 0).toPoint())
    assert points(studio) == board.points == BEGUN


def test_a_step_of_others_ends_a_stroke(studio, paint):
    board = paint.board
    QTest.mousePress(board, LEFT, Qt.KeyboardModifier.NoModifier, board.plane.place(0, 0).toPoint())
    studio.document.set("data", points=BEGUN[:1])
    studio.settle()
    assert board.points == BEGUN[:1]


def test_it_paints_in_the_chosen_node_of_several(studio, paint):
    other = studio.document.add("Dataset", "other", dataset="painted", points=())
    studio.bridge.select((other.id,))
    studio.settle()
    assert paint.board.points == ()
    assert paint.header.caption == "other · 0 points"
    drag(paint.board, [(0.0, 0.0)])
    assert len(studio.document.node("other").params["points"]) == 1
    assert points(studio) == BEGUN


def test_a_table_of_the_points_can_be_saved(studio, paint):
    assert list(paint.rows()) == [("x", "y", "class"), (-1.0, 0.0, "first"), (1.0, 0.0, "second")]


# While there is nothing to paint


def buttons(panel):
    shown = [button for button in (panel.empty.button, panel.empty.other) if button.isVisible()]
    return {button.text(): button for button in shown}


def test_without_points_it_offers_a_data_set(studio):
    panel = studio.panel("paint")
    assert panel.is_empty
    assert "painted" in panel.empty.text
    buttons(panel)["Add a Dataset"].click()
    studio.settle()
    assert not panel.is_empty
    node = studio.document.node("painted")
    assert studio.bridge.selection == (node.id,)
    assert len(panel.board.points) > 10
    studio.bridge.undo()
    assert "painted" not in studio.document


def test_start_anew_keeps_the_wires(studio):
    studio.open(drawing("moons"))
    panel = studio.panel("paint")
    wires = list(studio.document.links)
    buttons(panel)["Start anew"].click()
    studio.settle()
    assert not panel.is_empty
    assert list(studio.document.links) == wires
    assert studio.bridge.session.compiled.errors == ()


def asked(studio, monkeypatch):
    """The engine's answer to a preview, to be given by the test."""
    future = Future()
    wanted = []
    ask = studio.bridge.session.errands._ask
    monkeypatch.setattr(
        studio.bridge.session.errands,
        "_ask",
        lambda request: (wanted.append(request) or future) if isinstance(request, msg.PreviewData) else ask(request),
    )
    return future, wanted


def preview(places, labels):
    arrays = {"point": np.array(places, np.float32), "label": np.array(labels, np.int64)}
    arrays = {name: msg.Array.of(array) for name, array in arrays.items()}
    index = msg.Array.of(np.arange(len(labels)))
    return msg.DataPreview(request=1, arrays=arrays, samples=len(labels), train=1, test=1, names={}, index=index)


def test_points_are_copied_from_the_data_set_there_is(studio, monkeypatch):
    studio.open(drawing("moons"))
    panel = studio.panel("paint")
    future, wanted = asked(studio, monkeypatch)
    buttons(panel)["Copy the points of moons"].click()
    assert wanted[0].data.dataset == "moons"
    assert wanted[0].count == 5000
    assert studio.document.node("data").params["dataset"] == "moons"
    future.set_result(preview([[0.5, -0.25], [1.0, 1.25]], [0, 1]))
    studio.until(lambda: not panel.is_empty)
    assert points(studio) == ((0.5, -0.25, 0), (1.0, 1.25, 1))
    assert studio.document.history.undo_name == "Paint over moons"
    studio.bridge.undo()
    assert studio.document.node("data").params["dataset"] == "moons"


def test_what_was_changed_meanwhile_counts_more_than_the_copy(studio, monkeypatch):
    studio.open(drawing("moons"))
    panel = studio.panel("paint")
    future, _ = asked(studio, monkeypatch)
    buttons(panel)["Copy the points of moons"].click()
    studio.document.set("data", noise=0.5)
    future.set_result(preview([[0.5, -0.25]], [0]))
    studio.settle()
    assert studio.document.node("data").params["dataset"] == "moons"


def test_a_copy_that_fails_is_told_and_changes_nothing(studio, monkeypatch):
    studio.open(drawing("moons"))
    panel = studio.panel("paint")
    future, _ = asked(studio, monkeypatch)
    buttons(panel)["Copy the points of moons"].click()
    future.set_exception(EngineError("The engine is not up.", fix="Wait."))
    studio.until(lambda: bool(studio.troubles))
    assert studio.troubles[0].message == "The engine is not up."
    assert studio.document.node("data").params["dataset"] == "moons"


def test_points_too_far_out_are_drawn_in_together():
    found = fitted(np.array([[3.0, 0.0], [0.0, -1.0]], np.float32), np.array([0, 1]))
    assert found == ((1.5, 0.0, 0), (0.0, -0.5, 1))
    assert fitted(np.empty((0, 2), np.float32), np.empty(0, np.int64)) == ()
