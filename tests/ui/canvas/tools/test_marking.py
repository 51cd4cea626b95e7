"""Colour, note, collapse and lock of nodes; frames and comments by command and by menu; bookmarks."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.graph import storage
from nnstudio.graph.looks import Looks
from nnstudio.ui import hues, theme
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.hits import Hit
from nnstudio.ui.canvas.items.thumbnails import thumbnail_of
from nnstudio.ui.canvas.menus import menu_for

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def write(desk, text: str) -> None:
    """Into the field that is open, and take it."""
    field = desk.view.marking.writing.field
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)


def offered(desk, hit: Hit) -> dict[str, object]:
    menu = menu_for(desk.view, hit, QPointF(600, 300))
    return {action.text().split("\t")[0]: action for action in menu.actions()}


def test_a_frame_goes_around_what_is_chosen_and_asks_for_its_title(desk):
    desk.click(desk.header("linear"))
    desk.click(desk.header("tanh"), SHIFT)
    cards = desk.item("linear").card_rect.united(desk.item("tanh").card_rect)
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    write(desk, "Encoder")
    (frame,) = desk.document.marks.values()
    assert frame.title == "Encoder"
    assert desk.view.canvas.marks.items[frame.id].card_rect.adjusted(8, 36, -8, -8).contains(cards)
    assert desk.view.canvas.marks.with_contents([frame.id]) == [frame.id, desk.id("linear"), desk.id("tanh")]


def test_a_mark_and_its_first_words_are_one_step(desk):
    before = storage.graph_bytes(desk.document)
    steps = desk.steps
    for key, modifiers, name in ((Qt.Key.Key_F, CTRL | SHIFT, "Add frame"), (Qt.Key.Key_C, SHIFT, "Add comment")):
        desk.key(key, modifiers)
        write(desk, "first")
        assert (desk.steps, desk.document.history.undo_name) == (steps + 1, name)
        written = storage.graph_bytes(desk.document)
        desk.bridge.undo()
        assert storage.graph_bytes(desk.document) == before
        desk.bridge.redo()
        assert storage.graph_bytes(desk.document) == written
        (mark,) = desk.document.marks.values()
        desk.view.marking.edit(mark.id)
        write(desk, "second")
        assert desk.steps == steps + 2
        desk.bridge.undo()
        assert storage.graph_bytes(desk.document) == written
        desk.bridge.undo()


def test_a_frame_holds_its_cards_also_when_their_pictures_have_come(desk):
    item = desk.item("head")
    desk.view.canvas.choose((desk.id("head"),))
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    (frame,) = desk.view.canvas.marks.items.values()
    low = item.card_rect.bottom()
    item.set_picture(thumbnail_of(np.zeros(2, dtype=np.float32)))
    assert item.card_rect.bottom() > low
    assert frame.card_rect.contains(item.card_rect)


def test_an_empty_frame_goes_where_the_view_is_free(desk):
    desk.key(Qt.Key.Key_F, CTRL | SHIFT)
    desk.view.marking.writing.end()
    (item,) = desk.view.canvas.marks.items.values()
    assert desk.view.navigator.seen().contains(item.card_rect)
    assert desk.view.canvas.marks.with_contents([item.mark.id]) == [item.mark.id]
    assert not any(card.card_rect.intersects(item.card_rect) for card in desk.view.canvas.nodes.values())
    assert desk.view.canvas.marks.chosen == (item.mark.id,)


def test_comments_lie_over_nothing(desk):
    desk.document.add_frame((200, 300), (600, 200), "Here")
    header = next(iter(desk.view.canvas.marks.items.values())).header_rect
    for _ in range(3):
        desk.key(Qt.Key.Key_C, SHIFT)
        write(desk, "here")
        desk.view.canvas.choose()
    comments = [item.card_rect for item in desk.view.canvas.marks.items.values() if item.mark.id != "m1"]
    cards = [header] + [card.card_rect for card in desk.view.canvas.nodes.values()]
    for place, comment in enumerate(comments):
        assert desk.view.navigator.seen().contains(comment)
        assert not any(other.intersects(comment) for other in (*cards, *comments[:place]))


def test_a_comment_is_written_at_once(desk):
    desk.key(Qt.Key.Key_C, SHIFT)
    write(desk, "**Look** here")
    (comment,) = desk.document.marks.values()
    assert comment.text == "**Look** here"
    assert desk.view.canvas.marks.items[comment.id].name == "Look here"


def test_all_are_chosen_where_there_are_only_comments(desk):
    desk.document.remove(*desk.document.nodes)
    note = desk.document.add_comment((0.0, 0.0), (160.0, 80.0), "Nothing else")
    desk.view.setFocus()
    desk.key(Qt.Key.Key_A, CTRL)
    assert desk.view.canvas.chosen_things == (note.id,)


def test_colour_of_nodes_and_marks_is_one_step(desk):
    frame = desk.document.add_frame((0, 300), (200, 100))
    desk.view.canvas.choose((frame.id, desk.id("linear"), desk.id("head")))
    steps = desk.steps
    desk.view.marking.set_color("pink")
    assert desk.steps == steps + 1
    assert desk.document.history.undo_name == "Colour"
    assert desk.document.mark(frame.id).color == "pink"
    assert desk.item("head").card.hue == ("linear", "pink")
    assert desk.view.marking.colors() == {"pink"}
    bare = hues.header_color("linear", "")
    assert hues.header_color(*desk.item("head").card.hue) != bare
    desk.view.marking.set_color("")
    assert desk.item("head").card.hue == ("linear", "")


def test_collapsed_cards_keep_their_ports_and_wires(desk):
    desk.click(desk.header("linear"))
    before, port = desk.item("linear").card_rect, desk.item("linear").port_at("y", True)
    desk.key(Qt.Key.Key_H)
    item = desk.item("linear")
    assert item.card.collapsed
    assert item.card.lines == ()
    assert item.card_rect.height() < before.height()
    assert item.port_at("y", True) == port
    (wire,) = (w for link, w in desk.view.canvas.links.items() if link.source == desk.id("linear"))
    assert wire.path.pointAtPercent(0) == port
    assert desk.document.history.undo_name == "Collapse linear"
    desk.key(Qt.Key.Key_H)
    assert desk.item("linear").card_rect == before


def test_a_collapsed_card_still_tells_its_problem(desk):
    desk.document.set_looks(["free"], collapsed=True)
    assert desk.item("free").card.severity
    assert desk.item("free").card.note


def test_a_locked_node_shows_it_and_stays(desk):
    desk.click(desk.header("linear"))
    desk.key(Qt.Key.Key_L)
    assert desk.item("linear").card.locked
    assert "Locked" in texts.node_tip(desk.item("linear").node, None, ())
    desk.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert desk.document.node("linear").at == (232, 0)
    desk.key(Qt.Key.Key_L)
    desk.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert desk.document.node("linear").at == (240, 0)


def test_a_note_is_written_under_the_card_and_told_in_the_tip(desk):
    desk.click(desk.header("head"))
    desk.key(Qt.Key.Key_N)
    write(desk, "ten classes")
    assert desk.document.node("head").looks == Looks(note="ten classes")
    assert desk.item("head").card.noted
    assert desk.view.hands.tip(desk.header("head")).startswith("ten classes")
    assert desk.view.hasFocus()


def test_a_note_follows_its_node_into_a_block(desk):
    desk.click(desk.header("head"))
    desk.key(Qt.Key.Key_N)
    QTest.keyClicks(desk.view.marking.writing.field, "kept")
    desk.document.make_block(["head"])
    assert desk.document.node("n4").looks.note == "kept"
    assert not desk.troubles


def test_menus_offer_it(desk):
    frame = desk.document.add_frame((0, 300), (200, 100), "A")
    found = offered(desk, Hit(node=desk.item("linear")))
    assert {"Colour", "Edit note…", "Collapse", "Lock position", "Frame"} <= found.keys()
    found["Collapse"].trigger()
    assert "Expand" in offered(desk, Hit(node=desk.item("linear")))
    blue = next(action for action in found["Colour"].menu().actions() if action.text() == "Blue")
    blue.trigger()
    assert desk.document.node("linear").looks == Looks("blue", collapsed=True)
    of_frame = offered(desk, Hit(mark=desk.view.canvas.marks.items[frame.id]))
    assert desk.view.canvas.marks.chosen == (frame.id,)
    of_frame["Delete"].trigger()
    assert not desk.document.marks
    offered(desk, Hit())["Add a comment"].trigger()
    assert [mark.at for mark in desk.document.marks.values()] == [(600, 304)]


def test_bookmarks_lead_back_also_into_blocks(desk):
    block = desk.document.make_block(["linear", "tanh"])
    desk.view.navigator.set_zoom(0.5)
    desk.view.centerOn(300, 200)
    seen = desk.view.navigator.seen().center()
    desk.view.bookmarks.add()
    desk.bridge.enter(block.id)
    desk.view.navigator.set_zoom(2.0)
    desk.view.bookmarks.add()
    desk.bridge.leave()
    desk.key(Qt.Key.Key_B)
    assert (desk.view.zoom, desk.bridge.path) == (0.5, ())
    assert (desk.view.navigator.seen().center() - seen).manhattanLength() < 8
    desk.key(Qt.Key.Key_B, SHIFT)
    assert (desk.view.zoom, desk.bridge.sheet.block) == (2.0, block.block)
    desk.view.bookmarks.rename("Place 1", "start")
    desk.view.bookmarks.go("start")
    assert desk.bridge.path == ()
    assert desk.document.history.undo_name == "Rename bookmark"
    desk.view.bookmarks.rename("start", "Place 2")
    assert "already" in desk.troubles[-1].message
    desk.view.bookmarks.remove("start")
    assert [mark.name for mark in desk.view.bookmarks.all] == ["Place 2"]


def test_a_bookmark_in_a_block_that_nobody_uses_is_told(desk):
    block = desk.document.add_block("Alone")
    desk.document.sheet(block.id).add_bookmark((0, 0))
    desk.view.bookmarks.go("Place 1")
    assert "Alone" in desk.troubles[-1].message
    assert desk.bridge.path == ()


@pytest.mark.parametrize("mode", ["dark", "light", "high-contrast"])
def test_titles_can_be_read_on_every_colour(qapp, mode):
    theme.apply(qapp, mode)
    for color in hues.HUES:
        assert theme.contrast(theme.color("text").name(), hues.header_color("linear", color).name()) >= 4.5
        frame = theme.mix(theme.color("canvas"), hues.mark_color(color), 0.25)
        assert theme.contrast(theme.color("text").name(), frame.name()) >= 4.5
    theme.apply(qapp, "dark")
