"""Choosing, dragging, nudging, duplicating, deleting, muting: real mouse and keys."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from nnstudio.graph.training import Trained
from nnstudio.ui.canvas.metrics import PLAIN_BELOW
from nnstudio.ui.canvas.texts import node_tip

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_a_click_chooses_and_everybody_is_told(desk):
    desk.click(desk.header("linear"))
    assert desk.bridge.selection == (desk.id("linear"),)
    desk.click(desk.header("tanh"))
    assert desk.bridge.selection == (desk.id("tanh"),)
    desk.click(desk.free_point())
    assert desk.bridge.selection == ()


def test_shift_and_ctrl_add_and_take_away(desk):
    desk.click(desk.header("linear"))
    desk.click(desk.header("tanh"), SHIFT)
    assert desk.bridge.selection == (desk.id("linear"), desk.id("tanh"))
    desk.click(desk.header("linear"), CTRL)
    assert desk.bridge.selection == (desk.id("tanh"),)


def test_a_drag_moves_all_chosen_in_one_step(desk):
    steps = desk.steps
    desk.click(desk.header("linear"))
    desk.click(desk.header("tanh"), SHIFT)
    start = desk.header("linear")
    desk.drag(start, start + QPoint(43, 66))
    assert desk.document.node("linear").at == (275.0, 66.0)
    assert desk.document.node("tanh").at == (507.0, 66.0)
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Move 2 nodes"
    desk.document.undo()
    assert desk.document.node("linear").at == (232, 0)
    assert desk.item("tanh").pos() == QPointF(464, 0)


def test_shift_snaps_to_the_grid(desk):
    start = desk.header("free")
    desk.press(start)
    desk.move(start + QPoint(10, 10))
    desk.move(start + QPoint(21, 13))
    assert desk.item("free").pos() == QPointF(485, 397)
    desk.move(start + QPoint(21, 13), SHIFT)
    assert desk.item("free").pos() == QPointF(488, 400)
    desk.release(start + QPoint(21, 13))


def test_escape_puts_cards_back_and_changes_nothing(desk):
    steps = desk.steps
    desk.click(desk.header("tanh"))
    start = desk.header("linear")
    desk.press(start)
    desk.move(start + QPoint(60, 60))
    assert desk.item("linear").pos() != QPointF(232, 0)
    desk.key(Qt.Key.Key_Escape)
    desk.release(start + QPoint(60, 60))
    assert desk.item("linear").pos() == QPointF(232, 0)
    assert desk.steps == steps
    assert desk.bridge.selection == (desk.id("tanh"),)


def test_tab_in_the_middle_of_a_drag_leaves_the_keyboard_where_escape_calls_it_off(desk):
    start = desk.header("linear")
    desk.view.setFocus()
    desk.press(start)
    desk.move(start + QPoint(60, 60))
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        desk.key(key)
        assert desk.view.hasFocus()
    desk.key(Qt.Key.Key_Escape)
    assert desk.item("linear").pos() == QPointF(232, 0)
    desk.release(start + QPoint(60, 60))


def test_a_drag_whose_release_was_lost_ends_when_the_mouse_comes_back(desk):
    steps, start = desk.steps, desk.header("linear")
    desk.press(start)
    desk.move(start + QPoint(60, 60))
    at, none = QPointF(start + QPoint(90, 90)), Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, desk.view.viewport().mapToGlobal(at), none, none, Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(desk.view.viewport(), event)
    assert desk.view.hands.gesture is None
    assert desk.item("linear").pos() == QPointF(232, 0)
    assert desk.steps == steps


def test_an_undo_in_the_middle_of_a_drag_ends_the_drag(desk):
    desk.document.rename("free", "loose")
    start = desk.header("linear")
    desk.press(start)
    desk.move(start + QPoint(60, 60))
    desk.document.undo()
    assert desk.view.hands.gesture is None
    assert desk.item("linear").pos() == QPointF(232, 0)
    desk.release(start + QPoint(60, 60))
    assert desk.document.node("linear").at == (232, 0)


def test_weights_from_a_run_do_not_end_a_drag(desk):
    start = desk.header("linear")
    desk.press(start)
    desk.move(start + QPoint(64, 64))
    desk.document.set_trained(Trained(b"weights"))
    assert desk.view.hands.gesture is not None
    desk.release(start + QPoint(64, 64))
    assert desk.document.node("linear").at == (296, 64)


def test_a_box_chooses_what_it_touches(desk):
    view = desk.view
    desk.drag(view.mapFromScene(QPointF(210, -20)), view.mapFromScene(QPointF(500, 60)))
    assert set(desk.bridge.selection) == {desk.id("linear"), desk.id("tanh")}


def test_a_box_with_shift_adds_and_escape_takes_it_back(desk):
    view = desk.view
    desk.click(desk.header("free"))
    desk.drag(view.mapFromScene(QPointF(210, -20)), view.mapFromScene(QPointF(300, 60)), SHIFT)
    assert set(desk.bridge.selection) == {desk.id("linear"), desk.id("free")}
    desk.press(desk.free_point())
    desk.move(view.mapFromScene(QPointF(700, 500)))
    desk.key(Qt.Key.Key_Escape)
    desk.release(view.mapFromScene(QPointF(700, 500)))
    assert set(desk.view.canvas.chosen) == {desk.id("linear"), desk.id("free")}


def test_delete_and_undo_brings_the_wires_back(desk):
    before = desk.links()
    desk.click(desk.header("tanh"))
    desk.click(desk.header("head"), SHIFT)
    steps = desk.steps
    desk.key(Qt.Key.Key_Delete)
    assert desk.links() == {"data.point→linear.x", "data.label→loss.target"} == desk.drawn_links()
    assert desk.steps == steps + 1
    assert desk.bridge.selection == ()
    desk.document.undo()
    assert desk.links() == before == desk.drawn_links()


def test_backspace_deletes_a_chosen_wire(desk):
    tanh, head = desk.port("linear", "y", True), desk.port("tanh", "x", False)
    desk.click((tanh + head) / 2)
    assert len(desk.view.canvas.chosen_links) == 1
    desk.key(Qt.Key.Key_Backspace)
    assert "linear.y→tanh.x" not in desk.links()
    desk.document.undo()
    assert "linear.y→tanh.x" in desk.drawn_links()


def test_ctrl_a_and_ctrl_d(desk):
    desk.key(Qt.Key.Key_A, CTRL)
    assert len(desk.bridge.selection) == 6
    desk.view.canvas.choose((desk.id("linear"), desk.id("tanh")))
    steps = desk.steps
    desk.key(Qt.Key.Key_D, CTRL)
    assert desk.steps == steps + 1
    assert {"linear2.y→tanh2.x"} == {link for link in desk.links() if "2" in link}
    assert set(desk.bridge.selection) == {desk.id("linear2"), desk.id("tanh2")}
    assert desk.document.node("linear2").params == desk.document.node("linear").params
    desk.document.undo()
    assert len(desk.document.nodes) == 6


def test_shift_and_arrows_nudge_one_step_each(desk):
    desk.click(desk.header("free"))
    steps = desk.steps
    desk.key(Qt.Key.Key_Right, SHIFT)
    desk.key(Qt.Key.Key_Up, SHIFT)
    assert desk.document.node("free").at == (472, 376)
    assert desk.steps == steps + 2
    desk.key(Qt.Key.Key_Down, CTRL | SHIFT)
    assert desk.document.node("free").at == (472, 416)
    assert desk.steps == steps + 3


def test_m_mutes_and_unmutes(desk):
    desk.click(desk.header("tanh"))
    desk.key(Qt.Key.Key_M)
    assert desk.document.node("tanh").muted
    assert desk.item("tanh").card.muted
    desk.key(Qt.Key.Key_M)
    assert not desk.document.node("tanh").muted


def test_shift_f_freezes_what_has_weights_and_the_card_says_so_at_every_zoom(desk):
    desk.click(desk.header("linear"))
    desk.click(desk.header("tanh"), SHIFT)
    plain, item = desk.view.grab().toImage(), desk.item("linear")
    desk.key(Qt.Key.Key_F, SHIFT)
    assert item.card.frozen
    assert not desk.item("tanh").card.frozen
    assert item.card.lines[-1].endswith("parameters · frozen")
    assert "Frozen: training leaves" in node_tip(item.node, item.facts, ())
    assert desk.view.grab().toImage() != plain
    desk.view.navigator.set_zoom(PLAIN_BELOW / 2)
    QApplication.processEvents()  # the picture of what is far away is made anew once all edits are done
    far = desk.view.grab().toImage()
    desk.key(Qt.Key.Key_F, SHIFT)
    assert not item.card.frozen
    QApplication.processEvents()
    assert desk.view.grab().toImage() != far
    desk.click(desk.free_point())
    assert not desk.view.may_freeze()


def test_a_choice_made_elsewhere_is_followed_and_brought_into_view(desk):
    far = desk.document.add("ReLU", "far", (5000, 4000))
    desk.bridge.select((far.id,))
    assert desk.item("far").chosen
    assert desk.view.navigator.seen().contains(desk.item("far").card_rect)


def test_double_click_goes_into_a_node(desk, qtbot):
    from PySide6.QtTest import QTest

    with qtbot.waitSignal(desk.view.node_activated) as heard:
        QTest.mouseDClick(
            desk.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, desk.header("head")
        )
    assert heard.args == [desk.id("head")]
