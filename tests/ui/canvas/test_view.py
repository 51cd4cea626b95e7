"""Zoom, pan, fit, drops, adding, menus, themes."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeyEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu

from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.metrics import GRID

MIME = "application/x-nnstudio-layer"
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def wheel(desk, at, angle=0, pixels=None, modifiers=NONE):
    phase = Qt.ScrollPhase.ScrollUpdate if pixels else Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(at), desk.view.viewport().mapToGlobal(QPointF(at)), pixels or QPoint(), QPoint(0, angle),
        Qt.MouseButton.NoButton, modifiers, phase, False,
    )  # fmt: skip
    QApplication.sendEvent(desk.view.viewport(), event)


def drop(desk, at, name, mime=MIME):
    data = QMimeData()
    data.setData(mime, name.encode())
    viewport = desk.view.viewport()
    from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent

    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(viewport, QDragEnterEvent(at, action, data, button, NONE))
    QApplication.sendEvent(viewport, QDragMoveEvent(at, action, data, button, NONE))
    event = QDropEvent(QPointF(at), action, data, button, NONE)
    QApplication.sendEvent(viewport, event)
    return event.isAccepted()


def test_a_dropped_layer_is_added_on_the_grid_and_chosen(desk):
    steps = desk.steps
    assert drop(desk, desk.free_point(), "Linear")
    node = desk.document.node(desk.bridge.selection[0])
    assert node.type == "Linear"
    assert node.at[0] % GRID == 0
    assert node.at[1] % GRID == 0
    assert desk.view.canvas.nodes[node.id].card_rect.contains(desk.view.mapToScene(desk.free_point()))
    assert desk.steps == steps + 1


def test_a_layer_dropped_on_a_wire_is_put_in(desk):
    middle = (desk.port("linear", "y", True) + desk.port("tanh", "x", False)) / 2
    drop(desk, middle, "Dropout")
    assert {"linear.y→dropout.x", "dropout.y→tanh.x"} <= desk.links()
    assert "linear.y→tanh.x" not in desk.links()
    rects = [item.card_rect for item in desk.view.canvas.nodes.values()]
    assert not any(a.intersects(b) for a in rects for b in rects if a is not b)
    desk.document.undo()
    assert "linear.y→tanh.x" in desk.drawn_links()
    assert desk.document.node("tanh").at == (464, 0)


def test_from_far_away_a_wire_is_met_as_well(desk):
    desk.view.navigator.set_zoom(0.3)
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    beside = desk.view.mapFromScene(desk.view.canvas.links[link].route.middle) + QPoint(0, 4)
    drop(desk, beside, "Dropout")
    assert {"tanh.y→dropout.x", "dropout.y→head.x"} <= desk.links()


def test_an_unknown_layer_is_told_and_other_things_are_not_taken(desk):
    drop(desk, desk.free_point(), "Nonsense")
    assert "Nonsense" in desk.troubles[0].message
    assert not drop(desk, desk.free_point(), "Linear", "text/plain")
    assert len(desk.document.nodes) == 6


def test_wheel_zooms_about_the_mouse(desk, qtbot):
    at = desk.header("loss")
    before = desk.view.mapToScene(at)
    with qtbot.waitSignal(desk.view.zoom_changed) as heard:
        wheel(desk, at, -240)
    assert heard.args[0] == desk.view.zoom < 1
    after = desk.view.mapToScene(at)
    assert (after - before).manhattanLength() < 3
    for _ in range(60):
        wheel(desk, at, 240)
    assert desk.view.zoom == 4.0
    for _ in range(60):
        wheel(desk, at, -240)
    assert desk.view.zoom == pytest.approx(0.05)


def test_two_fingers_pan_and_with_ctrl_zoom(desk):
    corner = desk.view.mapToScene(QPoint(0, 0))
    wheel(desk, QPoint(400, 300), pixels=QPoint(-30, -50), angle=-100)
    assert desk.view.zoom == 1.0
    assert desk.view.mapToScene(QPoint(0, 0)) == corner + QPointF(30, 50)
    wheel(desk, QPoint(400, 300), pixels=QPoint(0, 30), angle=60, modifiers=CTRL)
    assert desk.view.zoom > 1.0


def test_a_wheel_with_shift_pans_sideways(desk):
    corner = desk.view.mapToScene(QPoint(0, 0))
    wheel(desk, QPoint(400, 300), -120, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert desk.view.zoom == 1.0
    assert desk.view.mapToScene(QPoint(0, 0)) == corner + QPointF(60, 0)


def test_pinching_zooms_about_the_fingers(desk):
    at = QPointF(400, 300)
    held = desk.view.mapToScene(at.toPoint())
    kind = Qt.NativeGestureType.ZoomNativeGesture
    pad = QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, pad, 2, at, at, desk.view.viewport().mapToGlobal(at), 0.25, QPointF())
    QApplication.sendEvent(desk.view.viewport(), event)
    assert desk.view.zoom == pytest.approx(1.25)
    assert (desk.view.mapToScene(at.toPoint()) - held).manhattanLength() < 2


def test_middle_drag_pans(desk):
    corner = desk.view.mapToScene(QPoint(0, 0))
    desk.drag(QPoint(300, 300), QPoint(340, 280), button=Qt.MouseButton.MiddleButton)
    assert desk.view.mapToScene(QPoint(0, 0)) == corner + QPointF(-40, 20)


def test_space_and_drag_pans_and_space_alone_asks_for_the_search_box(desk):
    asked = []
    desk.view.search_requested.connect(asked.append)
    corner = desk.view.mapToScene(QPoint(0, 0))
    space = (Qt.Key.Key_Space, NONE, " ")
    QApplication.sendEvent(desk.view, QKeyEvent(QEvent.Type.KeyPress, *space))
    desk.drag(desk.header("linear"), desk.header("linear") + QPoint(50, 0))
    QApplication.sendEvent(desk.view, QKeyEvent(QEvent.Type.KeyRelease, *space))
    assert desk.view.mapToScene(QPoint(0, 0)) == corner + QPointF(-50, 0)
    assert desk.document.node("linear").at == (232, 0)
    assert asked == []
    desk.key(Qt.Key.Key_Space)
    assert len(asked) == 1


def test_keys_fit_and_zoom(desk):
    desk.key(Qt.Key.Key_Plus)
    assert desk.view.zoom == pytest.approx(1.25)
    desk.key(Qt.Key.Key_Minus)
    desk.key(Qt.Key.Key_Minus)
    assert desk.view.zoom == pytest.approx(0.8)
    desk.view.reset_zoom()
    desk.view.navigator.pan(5000, 5000)
    desk.key(Qt.Key.Key_Home)
    assert desk.view.navigator.seen().contains(desk.view.canvas.content_rect())
    desk.click(desk.header("free"))
    desk.key(Qt.Key.Key_F)
    seen = desk.view.navigator.seen()
    assert (seen.center() - desk.item("free").card_rect.center()).manhattanLength() < 4


def test_nothing_is_fitted_under_the_mini_map(desk):
    for size in ((1280, 800), (700, 480), (500, 700)):
        desk.view.resize(*size)
        desk.view.fit_all()
        QApplication.processEvents()
        inverse, _ = desk.view.viewportTransform().inverted()
        corner = inverse.mapRect(desk.view.minimap.geometry().toRectF())
        assert not any(item.card_rect.intersects(corner) for item in desk.view.canvas.nodes.values()), size


def test_the_mini_map_moves_the_view(desk):
    desk.view.navigator.set_zoom(2.0)
    mini = desk.view.minimap
    goal = desk.item("free").card_rect.center()
    from PySide6.QtTest import QTest

    QTest.mouseClick(mini, Qt.MouseButton.LeftButton, NONE, mini.to_map().map(goal).toPoint())
    assert (desk.view.navigator.seen().center() - goal).manhattanLength() < 20


def test_add_layer_goes_right_of_the_chosen_and_is_connected(desk):
    desk.click(desk.header("tanh"))
    steps = desk.steps
    node = desk.view.add_layer("Linear")
    assert node is not None
    assert f"tanh.y→{node.name}.x" in desk.links()
    assert desk.bridge.selection == (node.id,)
    assert desk.steps == steps + 1
    cards = [item.card_rect for key, item in desk.view.canvas.nodes.items() if key != node.id]
    assert not any(desk.view.canvas.nodes[node.id].card_rect.intersects(card) for card in cards)
    desk.document.undo()
    assert len(desk.document.nodes) == 6


def test_add_layer_without_a_choice_goes_to_the_middle(desk):
    first, second = desk.view.add_layer("ReLU"), None
    desk.view.canvas.choose()
    second = desk.view.add_layer("ReLU")
    assert first.at != second.at


def test_add_layer_into_an_empty_project(make_desk):
    desk = make_desk(Document("empty"))
    assert not desk.view.minimap.isVisible()
    desk.view.add_layer("Dataset")
    desk.view.add_layer("Linear")
    assert len(desk.links()) == 1
    QApplication.processEvents()
    assert desk.view.minimap.isVisible()


def test_menus_offer_what_fits(desk):
    def texts_at(at):
        QApplication.sendEvent(
            desk.view.viewport(),
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, desk.view.viewport().mapToGlobal(at)),
        )
        menu = desk.view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
        entries = {action.text().split("\t")[0]: action for action in menu.actions() if action.text()}
        menu.close()
        return entries

    assert {"Duplicate", "Mute", "Disconnect", "Delete"} <= texts_at(desk.header("tanh")).keys()
    assert desk.bridge.selection == (desk.id("tanh"),)
    assert "Select all" in texts_at(desk.free_point())
    wire = (desk.port("linear", "y", True) + desk.port("tanh", "x", False)) / 2
    texts_at(wire)["Delete wire"].trigger()
    assert "linear.y→tanh.x" not in desk.links()
    texts_at(desk.header("head"))["Disconnect"].trigger()
    assert not any("head" in link for link in desk.links())


def test_themes_change_live(desk, qapp):
    dark = desk.view.grab().toImage()
    theme.apply(qapp, "light")
    light = desk.view.grab().toImage()
    theme.apply(qapp, "dark")
    at = desk.header("linear")
    assert dark.pixelColor(at) != light.pixelColor(at)
    assert light.pixelColor(desk.free_point() + QPoint(3, 3)).lightness() > 200


def test_another_project_replaces_the_drawing(desk):
    other = Document("other")
    other.add("ReLU", "only")
    desk.open(other)
    assert [item.node.name for item in desk.view.canvas.nodes.values()] == ["only"]
    assert not desk.view.canvas.links


def test_names(desk):
    assert desk.view.accessibleName()
    assert desk.view.minimap.accessibleName()


def test_the_drawing_fits_again_when_pictures_come_or_the_window_grows(desk, qapp):
    view = desk.view
    big = {name: np.ones((8, 40, 10), np.float32) for name in ("linear", "tanh", "free")}
    low = view.canvas.content_rect().bottom()
    for name, array in big.items():
        view.canvas.nodes[desk.id(name)].set_picture(Thumbnail(array))
    view.canvas.moved([desk.id(name) for name in big])
    qapp.processEvents()
    assert view.canvas.content_rect().bottom() > low
    assert view.navigator.seen().contains(view.canvas.content_rect())
    view.resize(700, 420)
    qapp.processEvents()
    assert view.navigator.seen().contains(view.canvas.content_rect())
    desk.document.set_plan(epochs=3)
    view.resize(500, 300)
    assert view.navigator.seen().contains(view.canvas.content_rect())


@pytest.mark.parametrize("touch", ["zoom", "pan", "edit"])
def test_what_the_person_looks_at_stays(desk, qapp, touch):
    view = desk.view
    {
        "zoom": view.zoom_in,
        "pan": lambda: view.navigator.pan(30, 0),
        "edit": lambda: desk.document.set("linear", out_features=9),
    }[touch]()
    qapp.processEvents()
    zoom = view.zoom
    view.resize(500, 300)
    qapp.processEvents()
    assert view.zoom == zoom
    view.fit_all()
    view.resize(600, 360)
    assert view.navigator.seen().contains(view.canvas.content_rect())
