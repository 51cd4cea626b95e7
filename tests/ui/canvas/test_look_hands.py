"""Each row of LOOK.md's table "Hands" is one test, with real mouse and keys on the real window.

What is tried out in depth elsewhere is only done once here, as a person would do it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.settings import Settings
from nnstudio.ui import theme
from nnstudio.ui.canvas.gestures.drop import MIME
from nnstudio.ui.window import MainWindow
from tests.ui.canvas.conftest import Desk, small_network
from tests.ui.studio import Answers, Studio, make_active, open_studio, settle

KEY = Qt.Key
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


@dataclass
class Hand(Desk):
    """A person at the window."""

    window: MainWindow

    def undone(self, name: str, before: object) -> None:
        """The last gesture was one step of that name; taking it back with the keys leaves what was before."""
        assert self.document.history.undo_name == name
        assert self.window.actions_table.action("undo").text() == f"Undo {name}"
        self.key(KEY.Key_Z, CTRL)
        assert self.written() == before

    def written(self) -> bytes:
        """The whole drawing."""
        return storage.graph_bytes(self.document)

    def middle(self, source: str, target: str) -> QPoint:
        """The middle of a wire."""
        ends, links = (self.id(source), self.id(target)), self.view.canvas.links
        wire = next(item for link, item in links.items() if (link.source, link.target) == ends)
        return self.view.mapFromScene(wire.path.pointAtPercent(0.5))

    def drop(self, at: QPoint, data: QMimeData) -> None:
        """Something is dragged over the canvas and let go."""
        action, viewport = Qt.DropAction.CopyAction, self.view.viewport()
        QApplication.sendEvent(viewport, QDragEnterEvent(at, action, data, LEFT, NONE))
        QApplication.sendEvent(viewport, QDragMoveEvent(at, action, data, LEFT, NONE))
        QApplication.sendEvent(viewport, QDropEvent(QPointF(at), action, data, LEFT, NONE))

    def wheel(self, angle: QPoint, pixels: QPoint | None = None) -> None:
        at, phase = QPointF(300, 200), Qt.ScrollPhase.ScrollUpdate if pixels else Qt.ScrollPhase.NoScrollPhase
        where = QPointF(self.view.viewport().mapToGlobal(at.toPoint()))
        event = QWheelEvent(at, where, pixels or QPoint(), angle, Qt.MouseButton.NoButton, NONE, phase, False)
        QApplication.sendEvent(self.view.viewport(), event)

    def double_click(self, at: QPoint) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, NONE, at)
        QTest.mouseDClick(self.view.viewport(), LEFT, NONE, at)

    def color(self, at: QPoint) -> QColor:
        """What is painted there."""
        return self.view.grab().toImage().pixelColor(at)

    def chosen_names(self) -> set[str]:
        return {self.document.node(key).name for key in self.bridge.selection}


@pytest.fixture(scope="module")
def room(qapp: object) -> Iterator[tuple[MainWindow, Studio]]:
    """One window for all rows: making it takes longer than all that is done in it."""
    studio, stand_in = open_studio(small_network()), Answers(ask_unsaved="discard")
    window = MainWindow(studio.bridge, Settings(), stand_in)  # type: ignore[arg-type]  # a stand-in
    window.resize(1280, 800)
    window.show()
    QTest.qWaitForWindowExposed(window)
    make_active(window)
    yield window, studio
    window.close()
    window.deleteLater()


@pytest.fixture
def hand(room: tuple[MainWindow, Studio]) -> Hand:
    """A person at a small network that nobody has touched."""
    window, studio = room
    session = Session(small_network(), studio.engine)
    studio.bridge.open(session)
    for other in studio.bridge.sessions:
        if other is not session:
            studio.bridge.close(other)
    settle(studio.bridge)
    window.canvas.fit_all()
    window.canvas.setFocus()
    return Hand(window.canvas, studio.bridge, studio.engine, studio.told, window)


def near(one: QColor, other: QColor) -> float:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


@pytest.mark.parametrize("by", ["double-click", "Tab", "Space"])
def test_double_click_tab_or_space_on_empty_canvas__search_box_ranked_by_what_fits(hand: Hand, by: str) -> None:
    before, box = hand.written(), hand.window.adding.box
    hand.click(hand.free_point())
    if by == "double-click":
        hand.double_click(hand.free_point())
    else:
        hand.key(KEY.Key_Tab if by == "Tab" else KEY.Key_Space)
    assert box.isVisible()
    assert box.field.hasFocus()
    QTest.keyClicks(box.field, "dense")
    assert box.model.choices[0].title == "Linear"
    QTest.keyClick(box.field, KEY.Key_Return)
    assert hand.chosen_names() == {"linear2"}
    assert hand.view.hasFocus()
    hand.undone("Add Linear", before)


def test_drop_a_wire_on_empty_space__only_nodes_whose_ports_fit__the_new_node_arrives_connected(hand: Hand) -> None:
    before, box = hand.written(), hand.window.adding.box
    hand.drag(hand.port("tanh", "y", True), hand.free_point())
    assert box.isVisible()
    titles = {choice.title for choice in box.model.choices}
    assert "ReLU" in titles
    assert not titles & {"Dataset", "Embedding"}
    QTest.keyClicks(box.field, "relu")
    QTest.keyClick(box.field, KEY.Key_Return)
    assert "tanh.y→relu.x" in hand.links()
    assert hand.chosen_names() == {"relu"}
    hand.undone("Add ReLU", before)


def test_drag_near_a_port__it_snaps_and_lights_up__ports_that_cannot_take_it_fade_with_the_reason(hand: Hand) -> None:
    before, goal, refuses = hand.written(), hand.port("free", "x", False), hand.port("loss", "target", False)
    quiet, clear = hand.color(goal - QPoint(7, 0)), hand.color(refuses - QPoint(4, 0))
    hand.press(hand.port("tanh", "y", True))
    hand.move(goal + QPoint(-40, -30))
    hand.move(goal + QPoint(-12, 6))
    assert near(hand.color(goal - QPoint(7, 0)), theme.color("accent")) < near(quiet, theme.color("accent"))
    assert near(hand.color(refuses - QPoint(4, 0)), theme.color("canvas")) < near(clear, theme.color("canvas"))
    hand.move(refuses)
    assert "class numbers" in QToolTip.text()
    hand.move(goal + QPoint(-12, 6))
    hand.release(goal + QPoint(-12, 6))
    assert "tanh.y→free.x" in hand.links()
    hand.undone("Connect", before)


def test_drop_a_node_on_a_wire__it_is_put_in__neighbours_make_room(hand: Hand) -> None:
    before, data = hand.written(), QMimeData()
    data.setData(MIME, b"ReLU")
    hand.drop(hand.middle("linear", "tanh"), data)
    assert {"linear.y→relu.x", "relu.y→tanh.x"} <= hand.links()
    assert hand.document.node("tanh").at[0] > 464
    hand.undone("Insert ReLU", before)
    hand.drag(hand.header("free"), hand.middle("linear", "tanh"))
    assert {"linear.y→free.x", "free.y→tanh.x"} <= hand.links()
    rects = [item.card_rect for item in hand.view.canvas.nodes.values()]
    assert not any(a.intersects(b) for a in rects for b in rects if a is not b)
    hand.undone("Insert free", before)


def test_delete_a_middle_node_with_ctrl_x__wires_rejoin__delete_cuts_them(hand: Hand) -> None:
    before = hand.written()
    hand.click(hand.header("tanh"))
    hand.key(KEY.Key_X, CTRL)
    assert "linear.y→head.x" in hand.links()
    assert len(hand.document.nodes) == 5
    hand.undone("Cut tanh", before)
    hand.click(hand.header("tanh"))
    hand.key(KEY.Key_Delete)
    assert not [link for link in hand.links() if link.startswith("linear") or link.endswith("head.x")]
    hand.undone("Delete tanh", before)


def test_ctrl_right_drag__cut_wires__alt_drag_a_node__pull_it_out_of_its_wires(hand: Hand) -> None:
    before, at = hand.written(), hand.middle("linear", "tanh")
    hand.drag(at - QPoint(0, 40), at + QPoint(0, 40), CTRL, RIGHT)
    assert "linear.y→tanh.x" not in hand.links()
    hand.undone("Cut wire", before)
    start = hand.header("tanh")
    hand.drag(start, start + QPoint(20, 130), ALT)
    assert "linear.y→head.x" in hand.links()
    assert not [link for link in hand.links() if "tanh" in link]
    hand.undone("Pull out tanh", before)


def test_ctrl_c_v_x_d_z_a__as_everywhere__paste_works_between_projects_and_as_text(hand: Hand) -> None:
    before = hand.written()
    hand.key(KEY.Key_A, CTRL)
    assert len(hand.bridge.selection) == 6
    hand.click(hand.header("linear"))
    hand.click(hand.header("tanh"), SHIFT)
    hand.key(KEY.Key_C, CTRL)
    assert {node["type"] for node in json.loads(QGuiApplication.clipboard().text())["nodes"]} == {"Linear", "Tanh"}
    hand.key(KEY.Key_V, CTRL)
    assert "linear2.y→tanh2.x" in hand.links()
    hand.undone("Paste 2 nodes", before)
    hand.key(KEY.Key_Z, CTRL | SHIFT)
    assert "linear2.y→tanh2.x" in hand.links()
    hand.key(KEY.Key_Z, CTRL)
    hand.click(hand.header("linear"))
    hand.key(KEY.Key_D, CTRL)
    assert hand.chosen_names() == {"linear2"}
    hand.undone("Duplicate linear", before)
    hand.key(KEY.Key_N, CTRL)
    hand.view.setFocus()
    assert not hand.document.nodes
    hand.key(KEY.Key_V, CTRL)
    assert {node.name for node in hand.document.nodes.values()} == {"linear", "tanh"}


def test_m__mute_a_node(hand: Hand) -> None:
    before = hand.written()
    hand.click(hand.header("linear"))
    hand.key(KEY.Key_M)
    assert hand.document.node("linear").muted
    assert str(hand.item("tanh").facts.outputs["y"]) == "N×2"  # what came in passes on
    hand.undone("Mute linear", before)


def test_ctrl_g__ctrl_shift_g__double_click_a_block(hand: Hand) -> None:
    before = hand.written()
    hand.click(hand.header("linear"))
    hand.click(hand.header("tanh"), SHIFT)
    hand.key(KEY.Key_G, CTRL)
    (block,) = [node for node in hand.document.nodes.values() if node.block]
    hand.double_click(hand.header(block.name))
    assert hand.bridge.path == (block.id,)
    assert {"linear", "tanh"} < {node.name for node in hand.bridge.sheet.nodes.values()}
    hand.key(KEY.Key_Up, CTRL)
    assert hand.bridge.path == ()
    hand.click(hand.header(block.name))
    hand.key(KEY.Key_G, CTRL | SHIFT)
    assert "linear.y→tanh.x" in hand.links()
    hand.key(KEY.Key_Z, CTRL)
    hand.key(KEY.Key_Z, CTRL)
    assert hand.written() == before


def test_ctrl_l__lay_out__shift_drag_snaps_to_the_grid(hand: Hand, qtbot: QtBot) -> None:
    before, start = hand.written(), hand.header("free")
    hand.drag(start, start + QPoint(37, -23), SHIFT)
    assert all(value % 8 == 0 for value in hand.document.node("free").at)
    hand.undone("Move free", before)
    hand.key(KEY.Key_L, CTRL)
    hand.key(KEY.Key_Escape)
    assert hand.written() == before
    hand.key(KEY.Key_L, CTRL)
    qtbot.waitUntil(lambda: hand.document.history.undo_name == "Lay out", timeout=3000)
    assert hand.written() != before
    hand.key(KEY.Key_Z, CTRL)
    assert hand.written() == before


def test_home_f_plus_minus_wheel_middle_drag_space_drag_two_fingers(hand: Hand) -> None:
    view, corner = hand.view, QPoint(0, 0)
    fitted = view.zoom
    for key, larger in ((KEY.Key_Plus, True), (KEY.Key_Minus, False)):
        zoom = view.zoom
        hand.key(key)
        assert (view.zoom > zoom) == larger
    hand.wheel(QPoint(0, -240))
    assert view.zoom < fitted
    hand.key(KEY.Key_Home)
    assert view.zoom == pytest.approx(fitted)
    hand.click(hand.header("free"))
    hand.key(KEY.Key_F)
    assert view.navigator.seen().contains(hand.item("free").card_rect)
    assert view.zoom > fitted
    QTest.keyPress(view, KEY.Key_Space)
    for button in (LEFT, MIDDLE):
        place = view.mapToScene(corner)
        hand.drag(QPoint(300, 200), QPoint(340, 220), button=button)
        assert (view.mapToScene(corner) - place).manhattanLength() == pytest.approx(60 / view.zoom, abs=2)
        QTest.keyRelease(view, KEY.Key_Space)
    place = view.mapToScene(corner)
    hand.wheel(QPoint(0, -10), pixels=QPoint(-30, -50))
    assert (view.mapToScene(corner) - place).manhattanLength() == pytest.approx(80 / view.zoom, abs=2)


def test_arrows__tab_in_the_outline__enter__walk_the_graph_and_edit(hand: Hand) -> None:
    hand.view.canvas.choose((hand.id("data"),))
    for name in ("linear", "tanh", "head"):
        hand.key(KEY.Key_Right)
        assert hand.bridge.selection == (hand.id(name),)
    hand.key(KEY.Key_Left)
    assert hand.bridge.selection == (hand.id("tanh"),)
    before = hand.written()
    hand.key(KEY.Key_Down, SHIFT)
    hand.undone("Move tanh", before)
    outline = hand.window.outline.tree
    hand.key(KEY.Key_O, CTRL | SHIFT)
    QTest.qWait(1)
    assert outline.hasFocus()
    assert outline.currentIndex().data() == "tanh"
    QTest.keyClick(outline, KEY.Key_Tab)
    assert hand.bridge.selection == (hand.id("head"),)
    QTest.keyClick(outline, KEY.Key_Return)
    field = QApplication.focusWidget()
    assert hand.window.inspector.isAncestorOf(field)
    QTest.keyClick(field, KEY.Key_A, CTRL)
    QTest.keyClicks(field, "top")
    QTest.keyClick(field, KEY.Key_Return)
    assert hand.document.node("top").type == "Linear"
    hand.window.canvas.setFocus()
    hand.key(KEY.Key_C)
    QTest.keyClicks(hand.window.canvas.linker.box.field, "free")
    QTest.keyClick(hand.window.canvas.linker.box.field, KEY.Key_Return)
    assert {"top.y→free.x", "free.y→top.x"} & hand.links()


def test_f6__next_pane__visible_focus_ring_everywhere(hand: Hand) -> None:
    window, seen = hand.window, []
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, KEY.Key_F6)
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus)
        ringed = window.grab().toImage()
        focus.clearFocus()
        assert window.grab().toImage() != ringed, f"no ring at {focus}"
        focus.setFocus()
    panes = (window.palette_view, window.canvas, window.inspector, *window.docks.panels.values())
    assert len([pane for pane in panes if any(pane is focus or pane.isAncestorOf(focus) for focus in seen)]) >= 4


def test_drop_files_on_the_window__each_is_opened_as_what_it_is(hand: Hand, tmp_path: Path) -> None:
    document = Document("dropped")
    document.add("ReLU")
    storage.save(document, tmp_path / "dropped.nnstudio")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    (tmp_path / "net.onnx").write_bytes(b"")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("dropped.nnstudio", "net.onnx", "table.csv")])
    hand.drop(QPoint(60, 60), data)
    assert hand.document.title == "dropped"
    assert hand.window.notices.shown  # what can not be opened yet is told
    dialog = hand.window.importing.dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()
