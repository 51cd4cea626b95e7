"""Frames and comments on the canvas, with real mouse and keys."""

from __future__ import annotations

from time import perf_counter

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from nnstudio.ui.canvas.items.comment_item import CommentItem
from nnstudio.ui.canvas.items.frame_item import FrameItem

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def framed(desk):
    """A frame around the two nodes at the left of the second column, and a comment beside them."""
    desk.document.add_frame((216, -40), (210, 330), "Middle")
    desk.document.add_comment((700, 0), (200, 60), "# Why\nBecause")
    desk.view.fit_all()
    return desk


def mark(desk, key):
    return desk.view.canvas.marks.items[key]


def spot(desk, key, right=0.0, down=14.0) -> QPoint:
    return desk.view.mapFromScene(mark(desk, key).pos() + QPointF(right, down))


def test_they_are_shown_and_follow_undo(framed):
    assert isinstance(mark(framed, "m1"), FrameItem)
    assert isinstance(mark(framed, "m2"), CommentItem)
    framed.document.change_mark("m1", size=(300, 400))
    assert mark(framed, "m1").card_rect == QRectF(216, -40, 300, 400)
    framed.document.undo()
    assert mark(framed, "m1").card_rect.size().toTuple() == (210, 330)
    framed.document.remove_marks("m1", "m2")
    assert not framed.view.canvas.marks.items
    framed.document.undo()
    assert set(framed.view.canvas.marks.items) == {"m1", "m2"}
    assert framed.view.canvas.content_rect().right() == 900


def test_a_frame_is_dragged_by_its_header_with_what_is_inside(framed):
    steps = framed.steps
    start = spot(framed, "m1", 100)
    framed.drag(start, start + QPoint(60, 40))
    shift = QPointF(60, 40) / framed.view.zoom
    assert framed.steps == steps + 1
    for name, before in (("linear", (232, 0)), ("head", (232, 192))):
        assert framed.document.node(name).at == pytest.approx((before[0] + shift.x(), before[1] + shift.y()), abs=2)
    assert framed.document.node("tanh").at == (464, 0)
    assert framed.document.history.undo_name == "Move 2 nodes and frame"
    framed.document.undo()
    assert framed.document.mark("m1").at == (216, -40)
    assert framed.item("linear").pos() == QPointF(232, 0)


def test_inside_a_frame_is_paper(framed):
    start, end = spot(framed, "m1", 6, 120), spot(framed, "m1", 30, 180)
    framed.drag(start, end)
    assert framed.view.canvas.chosen_things == ()
    assert framed.document.mark("m1").at == (216, -40)


def test_a_locked_node_stays_when_its_frame_goes(framed):
    framed.document.set_looks(["head"], locked=True)
    start = spot(framed, "m1", 100)
    framed.drag(start, start + QPoint(60, 40))
    assert framed.document.node("head").at == (232, 192)
    assert framed.document.node("linear").at != (232, 0)
    framed.drag(framed.header("head"), framed.header("head") + QPoint(60, 40))
    assert framed.document.node("head").at == (232, 192)


@pytest.mark.parametrize(("right", "down", "expected"), [(210, 165, (216, -40, 250, 330)), (0, 0, (256, 0, 170, 290))])
def test_edges_and_corners_resize(framed, right, down, expected):
    framed.view.reset_zoom()
    framed.view.reveal(("m1",))
    start = spot(framed, "m1", right, down)
    framed.drag(start, start + QPoint(40, 40))
    assert mark(framed, "m1").card_rect == QRectF(*expected)
    assert framed.document.history.undo_name == "Resize frame"
    framed.document.undo()
    assert mark(framed, "m1").card_rect == QRectF(216, -40, 210, 330)


def test_escape_gives_a_resized_frame_its_size_back(framed):
    steps, start = framed.steps, spot(framed, "m1", 210, 165)
    framed.press(start)
    framed.move(start + QPoint(50, 0))
    assert mark(framed, "m1").card_rect.width() > 210
    framed.key(Qt.Key.Key_Escape)
    framed.release(start)
    assert mark(framed, "m1").card_rect.width() == 210
    assert framed.steps == steps


def test_they_are_chosen_nudged_and_deleted_like_nodes(framed):
    framed.click(spot(framed, "m2", 100))
    assert framed.view.canvas.marks.chosen == ("m2",)
    framed.click(spot(framed, "m1", 100), SHIFT)
    framed.click(framed.header("tanh"), SHIFT)
    assert set(framed.view.canvas.chosen_things) == {"m1", "m2", framed.id("tanh")}
    framed.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert framed.document.mark("m2").at == (708, 0)
    assert framed.document.node("linear").at == (240, 0), "what lies in a chosen frame goes along"
    framed.key(Qt.Key.Key_Delete)
    assert framed.document.history.undo_name == "Delete 3 things"
    assert "linear" in framed.document
    assert not framed.document.marks
    framed.document.undo()
    framed.key(Qt.Key.Key_A, CTRL)
    assert len(framed.view.canvas.chosen_things) == len(framed.document.nodes) + 2
    framed.click(framed.free_point())
    assert framed.view.canvas.chosen_things == ()


def test_a_box_takes_frames_that_are_wholly_in_it(framed):
    corner = framed.view.mapFromScene(QPointF(205, 60))
    framed.drag(corner, framed.view.mapFromScene(QPointF(260, 340)))
    assert framed.view.canvas.marks.chosen == ()
    framed.drag(framed.view.mapFromScene(QPointF(205, 340)), framed.view.mapFromScene(QPointF(440, -60)))
    assert framed.view.canvas.marks.chosen == ("m1",)


def test_a_title_is_written_in_its_place(framed):
    QTest.mouseDClick(framed.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
                      spot(framed, "m1", 100))  # fmt: skip
    field = framed.view.marking.writing.field
    assert field.text() == field.selectedText() == "Middle"
    QTest.keyClicks(field, "Main")
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert field.text() == "Middle", "it has an undo of its own"
    QTest.keyClicks(field, "Mmf")
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert framed.view.marking.writing.field is None
    assert framed.document.mark("m1").title == "Mmf"
    assert framed.document.node("linear").at == (232, 0)
    assert framed.document.history.undo_name == "Rename frame"
    assert framed.view.hasFocus()


def test_a_comment_is_written_as_markdown_and_grows(framed):
    framed.click(spot(framed, "m2", 100))
    framed.key(Qt.Key.Key_Return)
    field = framed.view.marking.writing.field
    QTest.keyClicks(field, "a long text, ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.insertPlainText("and more of it\n\n" * 12)
    before = mark(framed, "m2").card_rect.height()
    framed.click(framed.free_point())
    assert framed.document.mark("m2").text.startswith("a long text, \nand more")
    assert mark(framed, "m2").card_rect.height() > before + 100
    assert framed.document.mark("m2").size == (200, 60)


def test_what_is_being_written_is_kept_when_the_drawing_is_left(framed):
    framed.view.marking.edit("m2")
    framed.view.marking.writing.field.setPlainText("kept")
    framed.bridge.enter(framed.document.make_block(["linear"]).id)
    assert framed.document.mark("m2").text == "kept"
    assert framed.view.marking.writing.field is None


def test_what_is_gone_is_written_no_more(framed):
    framed.view.marking.edit("m2")
    framed.view.marking.writing.field.setPlainText("lost")
    framed.document.remove_marks("m2")
    assert framed.view.marking.writing.field is None
    framed.document.undo()
    assert framed.document.mark("m2").text == "# Why\nBecause"


def test_a_comment_loads_nothing_and_takes_no_html(framed, tmp_path):
    QImage(64, 64, QImage.Format.Format_RGB32).save(str(tmp_path / "secret.png"))
    framed.document.change_mark("m2", text=f"![x]({(tmp_path / 'secret.png').as_uri()}) <b>bold</b>")
    text = mark(framed, "m2")._text
    assert "<b>bold</b>" in text.toPlainText()
    assert text.resource(2, (tmp_path / "secret.png").as_uri()).isNull()


def test_they_are_seen_from_far_away_and_in_the_mini_map(framed):
    framed.document.change_mark("m1", color="orange")
    framed.view.canvas._settle()
    before = framed.view.minimap.grab().toImage()
    framed.view.navigator.set_zoom(0.2)
    framed.view.centerOn(300, 200)
    far = framed.view.viewport().grab().toImage()
    at = framed.view.mapFromScene(QPointF(330, 160)) * far.devicePixelRatio()
    paper = far.pixelColor(5, 5)
    assert far.pixelColor(at).red() > paper.red() + 10
    framed.document.remove_marks("m1")
    framed.view.canvas._settle()
    assert framed.view.minimap.grab().toImage() != before


def test_a_text_of_nothing_but_headings_does_not_stop_the_window(framed):
    began = perf_counter()
    framed.document.change_mark("m2", text="# a\n" * 3000)
    assert perf_counter() - began < 2.0  # six seconds and more, where each is laid out by itself


def test_a_whole_book_is_not_taken_into_a_field(framed):
    framed.view.marking.edit("m2")
    QGuiApplication.clipboard().setText("b\n" * 100_000)
    QTest.keyClick(framed.view.marking.writing.field, Qt.Key.Key_V, CTRL)
    assert len(framed.view.marking.writing.field.whole()) == 20_000
    assert "room for 20,000 characters" in framed.troubles[-1].message
    framed.view.marking.edit("m1")
    QGuiApplication.clipboard().setText("t" * 1_000)
    QTest.keyClick(framed.view.marking.writing.field, Qt.Key.Key_V, CTRL)
    assert framed.view.marking.writing.field.whole() == "t" * 200
    framed.view.marking.writing.end()
