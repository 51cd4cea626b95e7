"""Drags of nodes with keys, guides and wires: real mouse and keys."""

from collections.abc import Callable
from itertools import count

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from nnstudio.ui.canvas.gestures import move
from nnstudio.ui.canvas.gestures.guides import Guides, Pace

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
FORBIDDEN = Qt.CursorShape.ForbiddenCursor


@pytest.fixture
def slowly(desk, monkeypatch) -> Callable[[QPoint, QPoint], None]:
    """A drag with a second from one step to the next, and the button still down."""
    desk.view.guided = True
    seconds = count()
    monkeypatch.setattr(move, "Pace", lambda: Pace(lambda: float(next(seconds))))

    def drag(start: QPoint, end: QPoint) -> None:
        desk.press(start)
        desk.move(start + (end - start) / 2)
        desk.move(end)

    return drag


# Guides


def test_a_slow_drag_meets_its_neighbours_and_shows_where(desk, slowly):
    start = desk.header("free")  # at 464, 384; head is at 232, 192
    end = start + QPoint(-235, -100)
    slowly(start, end)
    assert desk.item("free").pos() == QPointF(232, 284)
    (line,) = desk.view.hands.gesture.lines
    assert line.x1() == line.x2() == 232
    desk.release(end)
    assert desk.document.node("free").at == (232, 284)


def test_a_card_meets_the_tops_of_others(desk, slowly):
    start = desk.header("free")
    slowly(start, start + QPoint(235, -195))
    assert desk.item("free").pos() == QPointF(699, 192)
    assert [line.y1() for line in desk.view.hands.gesture.lines] == [192]


def test_a_fast_drag_is_not_held(desk):
    desk.view.guided = True
    start = desk.header("free")
    desk.drag(start, start + QPoint(-235, -100))
    assert desk.document.node("free").at == (229, 284)


def test_guides_are_off_where_the_person_wants_none(desk, slowly):
    desk.view.guided = False
    start = desk.header("free")
    slowly(start, start + QPoint(-235, -100))
    assert desk.item("free").pos() == QPointF(229, 284)


def test_only_what_is_seen_draws_a_card(desk, slowly):
    desk.document.add("ReLU", "far", (228, 9000))
    start = desk.header("free")
    slowly(start, start + QPoint(-239, -100))
    assert desk.item("free").pos() == QPointF(225, 284)


def test_the_nearest_edge_or_middle_counts():
    guides, card = Guides([QRectF(0, 0, 100, 50), QRectF(4, 9000, 100, 50)]), QRectF(3, 500, 100, 50)
    assert guides.pull(card, 5)[0] == QPointF(1, 0)
    assert guides.pull(card, 0.5) == (QPointF(0, 0), [])
    assert Guides([]).pull(card, 5) == (QPointF(0, 0), [])
    narrow = QRectF(41, 200, 20, 20)  # its middle is near that of the first card
    drawn, (line,) = guides.pull(narrow, 5)
    assert (drawn, line.x1()) == (QPointF(-1, 0), 50)


# Copies


def test_a_copy_meets_the_edges_of_its_original(desk, slowly):
    start = desk.header("free")
    desk.press(start, CTRL)
    desk.move(start + QPoint(60, 60), CTRL)
    desk.move(start + QPoint(3, 80), CTRL)
    desk.release(start + QPoint(3, 80), CTRL)
    assert desk.document.node("free2").at == (464, 464)


def test_with_ctrl_copies_are_dragged_and_the_originals_stay(desk):
    desk.view.canvas.choose((desk.id("linear"), desk.id("tanh")))
    steps, start = desk.steps, desk.header("linear")
    desk.press(start, CTRL)
    desk.move(start + QPoint(20, 150), CTRL)
    assert desk.item("linear").pos() == QPointF(232, 0)
    desk.release(start + QPoint(20, 150), CTRL)
    assert desk.document.node("linear").at == (232, 0)
    assert desk.document.node("linear2").at == (252, 150)
    assert "linear2.y→tanh2.x" in desk.links()
    assert set(desk.bridge.selection) == {desk.id("linear2"), desk.id("tanh2")}
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Copy 2 nodes"
    desk.document.undo()
    assert len(desk.document.nodes) == 6


def test_a_node_that_is_not_chosen_is_copied_alone(desk):
    desk.click(desk.header("linear"))
    start = desk.header("free")
    desk.drag(start, start + QPoint(0, 80), CTRL)
    assert desk.bridge.selection == (desk.id("free2"),)
    assert len(desk.document.nodes) == 7


def test_escape_ends_a_copy(desk):
    desk.click(desk.header("linear"))
    steps, start = desk.steps, desk.header("free")
    desk.press(start, CTRL)
    desk.move(start + QPoint(0, 80), CTRL)
    desk.key(Qt.Key.Key_Escape)
    desk.release(start + QPoint(0, 80), CTRL)
    assert desk.steps == steps
    assert desk.bridge.selection == (desk.id("linear"),)


# Wires


def middle(desk, source, target, port="x"):
    wire = next(
        item
        for link, item in desk.view.canvas.links.items()
        if (link.source, link.target) == (desk.id(source), desk.id(target))
    )
    return desk.view.mapFromScene(wire.path.pointAtPercent(0.5))


def test_a_node_without_wires_dropped_on_one_is_put_in(desk):
    steps = desk.steps
    goal = middle(desk, "tanh", "head")
    desk.press(desk.header("free"))
    desk.move(goal + QPoint(60, 60))
    desk.move(goal)
    assert desk.view.hands.gesture.landing.link.source == desk.id("tanh")
    desk.release(goal)
    assert {"tanh.y→free.x", "free.y→head.x"} <= desk.links()
    assert "tanh.y→head.x" not in desk.links()
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Insert free"
    desk.document.undo()
    assert "tanh.y→head.x" in desk.drawn_links()
    assert desk.document.node("free").at == (464, 384)


def test_a_node_with_wires_is_only_moved(desk):
    before = desk.links()
    desk.drag(desk.header("linear"), middle(desk, "tanh", "head"))
    assert desk.links() == before


def test_with_alt_a_node_comes_out_of_its_wires_which_rejoin(desk):
    steps, start = desk.steps, desk.header("tanh")
    desk.press(start, ALT)
    desk.move(start + QPoint(60, 260), ALT)
    desk.release(start + QPoint(60, 260), ALT)
    assert "linear.y→head.x" in desk.links()
    assert not [link for link in desk.links() if "tanh" in link]
    assert desk.document.node("tanh").at == (524, 260)
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Pull out tanh"
    desk.document.undo()
    assert {"linear.y→tanh.x", "tanh.y→head.x"} <= desk.drawn_links()
    assert desk.item("tanh").pos() == QPointF(464, 0)


def test_pulled_out_of_one_wire_and_put_into_another(desk):
    steps = desk.steps
    goal = middle(desk, "head", "loss")
    start = desk.header("tanh")
    desk.press(start, ALT)
    desk.move(start + QPoint(20, 20), ALT)
    desk.move(goal, ALT)
    desk.release(goal, ALT)
    assert {"linear.y→head.x", "head.y→tanh.x", "tanh.y→loss.prediction"} <= desk.links()
    assert desk.steps == steps + 1
    desk.document.undo()
    assert {"linear.y→tanh.x", "tanh.y→head.x", "head.y→loss.prediction"} <= desk.links()


def test_escape_puts_a_pulled_node_back_into_its_wires(desk):
    steps, before, start = desk.steps, desk.links(), desk.header("tanh")
    desk.press(start, ALT)
    desk.move(start + QPoint(60, 260), ALT)
    desk.key(Qt.Key.Key_Escape)
    desk.release(start + QPoint(60, 260), ALT)
    assert (desk.steps, desk.links()) == (steps, before)
    assert desk.item("tanh").pos() == QPointF(464, 0)


# Locked


def test_a_locked_node_stays_and_says_so(desk):
    desk.document.set_looks(["free"], locked=True)
    steps, start = desk.steps, desk.header("free")
    desk.press(start)
    desk.move(start + QPoint(60, 60))
    assert desk.view.viewport().cursor().shape() == FORBIDDEN
    assert desk.item("free").pos() == QPointF(464, 384)
    desk.release(start + QPoint(60, 60))
    assert desk.view.viewport().cursor().shape() != FORBIDDEN
    assert desk.steps == steps
    assert desk.bridge.selection == (desk.id("free"),)


def test_locked_nodes_stay_while_others_that_are_chosen_move(desk):
    desk.document.set_looks(["free"], locked=True)
    desk.view.canvas.choose((desk.id("free"), desk.id("tanh")))
    start = desk.header("tanh")
    desk.drag(start, start + QPoint(0, 40))
    assert desk.document.node("tanh").at == (464, 40)
    assert desk.document.node("free").at == (464, 384)


def test_what_is_pulled_out_takes_frames_and_comments_along(desk):
    comment = desk.document.add_comment((40.0, 500.0), (120.0, 60.0), "why")
    desk.view.canvas.choose((desk.id("tanh"), comment.id))
    start = desk.header("tanh")
    desk.drag(start, start + QPoint(60, 260), ALT)
    assert "linear.y→head.x" in desk.links()
    assert desk.document.node("tanh").at == (524, 260)
    assert desk.document.mark(comment.id).at == (100, 760)
    desk.document.undo()
    assert (desk.document.node("tanh").at, desk.document.mark(comment.id).at) == ((464, 0), (40, 500))
