"""Looks, frames, comments, ways of wires and bookmarks: edited, undone, kept in the file, and never compiled."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.errors import DocumentError, LinkRefused
from nnstudio.graph import changes as ch
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.looks import PLAIN, Looks
from nnstudio.graph.marks import Bookmark, Comment, Frame
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from tests.graph.drawings import MARKINGS, PLACES, classifier, documents, holds, mark_any, sheets, written

EDITS = st.lists(st.tuples(st.integers(0, 9), MARKINGS, PLACES), max_size=12)


@given(document=documents(), edits=EDITS)
@settings(max_examples=40)
def test_undoing_everything_gives_the_first_document(document: Document, edits: list[tuple]) -> None:
    document.history.clear()
    first = written(document)
    for number, marking, at in edits:
        found = sheets(document)
        try:
            mark_any(found[number % len(found)], marking, at)
        except DocumentError:
            continue
        holds(document)
    last = written(document)
    assert written(storage.document_from(last)) == last
    while document.undo():
        holds(document)
    assert written(document) == first
    while document.redo():
        holds(document)
    assert written(document) == last


def test_looks_of_several_nodes_are_one_step() -> None:
    document = classifier()
    document.set_looks(["head", "flatten"], color="blue", collapsed=True)
    document.set_looks(["head"], note="  why\nso  ")
    assert document.node("head").looks == Looks("blue", "why\nso", collapsed=True)
    assert document.node("flatten").looks == Looks("blue", collapsed=True)
    assert [step.name for step in document.history.done] == ["Colour 2 nodes", "Note at head"]
    document.undo()
    document.undo()
    assert document.node("head").looks == document.node("flatten").looks == PLAIN


def test_looks_that_are_none_change_nothing() -> None:
    document = classifier()
    for strange in ({"color": "mauve"}, {"color": "blue", "shadow": 3}):
        with pytest.raises(DocumentError):
            document.set_looks(["head"], **strange)
    document.set_looks(["head"], color="", locked=False)
    assert document.history.done == []


def test_a_locked_node_stays_while_others_move() -> None:
    document = classifier()
    document.set_looks(["head"], locked=True)
    document.move({"head": (50.0, 50.0), "loss": (60.0, 60.0)})
    assert (document.node("head").at, document.node("loss").at) == ((0.0, 0.0), (60.0, 60.0))
    steps = len(document.history.done)
    document.move({"head": (50.0, 50.0)})
    assert len(document.history.done) == steps
    document.remove("head")
    document.undo()
    assert document.node("head").looks.locked


def test_a_frame_moves_with_what_lies_in_it_in_one_step() -> None:
    document = classifier()
    frame = document.add_frame((-20.0, -20.0), (400.0, 300.0), " Two\nlines ")
    assert frame.title == "Two lines"
    document.move({"head": (10.0, 10.0), "loss": (20.0, 10.0)}, {frame.id: (-10.0, -10.0)})
    assert document.mark(frame.id).at == (-10.0, -10.0)
    assert document.history.undo_name == "Move 2 nodes and frame"
    document.undo()
    assert (document.mark(frame.id).at, document.node("loss").at) == ((-20.0, -20.0), (0.0, 0.0))


def test_marks_are_edited_and_deleted_under_readable_names() -> None:
    document = classifier()
    frame, comment = document.add_frame((0, 0), (1, 1)), document.add_comment((0, 0), (200, 90), "# Hello")
    assert frame.size == (32.0, 32.0), "nothing gets too small to be found again"
    document.change_mark(comment.id, text="*Hello*")
    document.change_mark(frame.id, at=(5, 5), size=(100, 100))
    document.remove_marks(frame.id, comment.id)
    assert [step.name for step in document.history.done] == [
        "Add frame",
        "Add comment",
        "Edit comment",
        "Resize frame",
        "Delete frame and comment",
    ]
    document.undo()
    assert document.marks == {
        frame.id: Frame(frame.id, "", (5.0, 5.0), (100.0, 100.0)),
        comment.id: Comment(comment.id, "*Hello*", (0.0, 0.0), (200.0, 90.0)),
    }
    with pytest.raises(DocumentError, match="no 'text'"):
        document.change_mark(frame.id, text="in a frame")
    with pytest.raises(DocumentError):
        document.change_mark(frame.id, at=(float("nan"), 0))
    with pytest.raises(DocumentError):
        document.change_mark("m99", color="blue")
    assert len(document.history.done) == 4


def test_a_way_goes_with_its_wire_and_comes_back() -> None:
    document = classifier()
    link = document.links_into("head", "x")[0]
    document.set_way(link, [(10, 10), (20, 20)])
    for edit in (lambda: document.disconnect(link), lambda: document.remove("flatten")):
        edit()
        assert document.ways == {}
        document.undo()
        assert document.ways == {link: ((10.0, 10.0), (20.0, 20.0))}
    document.set_way(link, [])
    assert document.ways == {}
    with pytest.raises(DocumentError):
        document.set_way(link, [(0, 0)] * 65)
    document.disconnect(link)
    with pytest.raises(LinkRefused):
        document.set_way(link, [(0, 0)])


def test_a_way_stays_while_its_wire_is_there_once_more() -> None:
    document = Document()
    start, end = document.add("ReLU"), document.add("Add")
    twin = document.connect(start, end)
    document.connect(start, end)
    document.set_way(twin, [(1, 1)])
    document.disconnect(twin)
    assert document.ways == {twin: ((1.0, 1.0),)}
    document.disconnect(twin)
    assert document.ways == {}


def test_a_way_moves_with_the_two_ends_of_its_wire() -> None:
    document = classifier()
    link = document.links_into("head", "x")[0]
    document.set_way(link, [(10, 10)])
    document.move({"head": (5, 5)})
    assert document.ways[link] == ((10.0, 10.0),)
    document.move({"head": (15, 25), "flatten": (10, 20)})
    assert document.ways[link] == ((20.0, 30.0),)
    document.undo()
    assert document.ways[link] == ((10.0, 10.0),)


def test_a_way_follows_the_port_of_a_block_to_its_new_name() -> None:
    document = classifier()
    block = document.make_block(["flatten", "head"])
    link = document.links_into(block, "x")[0]
    document.set_way(link, [(7, 7)])
    port = next(node for node in document.sheet(block.block).nodes.values() if node.type == "Input")
    document.rename(port, "image")
    assert list(document.ways.values()) == [((7.0, 7.0),)]


def test_a_block_takes_chosen_marks_and_inner_ways_along_and_gives_them_back() -> None:
    document = classifier()
    document.move({"flatten": (100, 0), "head": (300, 0)})
    link = document.links_into("head", "x")[0]
    document.set_way(link, [(200, 50)])
    inside, outside = document.add_comment((100, 90), (99, 99), "in"), document.add_frame((0, 0), (500, 99))
    block = document.make_block(["flatten", "head"], marks=[inside.id])
    inner = document.sheet(block.block)
    assert (list(inner.marks.values()), list(document.marks)) == ([inside], [outside.id])
    assert (inner.ways, document.ways) == ({link: ((200.0, 50.0),)}, {})
    inner.add_bookmark((0, 0))
    document.move({block.id: (1200, 10)})
    document.dissolve(block)
    assert document.ways[link] == ((1200.0, 60.0),)
    assert [mark.at for mark in document.marks.values() if isinstance(mark, Comment)] == [(1100.0, 100.0)]
    assert document.bookmarks == (), "there is no such drawing any more"
    document.undo()
    assert document.bookmarks[0].sheet == block.block
    holds(document)


def test_an_unlinked_copy_has_marks_and_ways_of_its_own() -> None:
    document = classifier()
    block = document.make_block(["flatten", "head"])
    inner = document.sheet(block.block)
    inner.set_way(inner.links_into("head", "x")[0], [(1, 2)])
    inner.add_comment((0, 0), (99, 99), "why")
    copy = document.sheet(document.unlink(document.place(block.block)).block)
    assert [mark.text for mark in copy.marks.values() if isinstance(mark, Comment)] == ["why"]
    assert list(copy.ways.values()) == [((1.0, 2.0),)]
    assert copy.marks.keys().isdisjoint(inner.marks)
    holds(document)


def test_bookmarks_are_named_renamed_and_forgotten() -> None:
    document = classifier()
    names = [document.add_bookmark((1, 2), 0.5, name).name for name in ("", "loss", "loss", "loss 2")]
    assert names == ["Place 1", "loss", "loss 2", "loss 3"]
    assert document.bookmarks[0] == Bookmark("Place 1", "", (1.0, 2.0), 0.5)
    for taken in ("loss", "  "):
        with pytest.raises(DocumentError):
            document.rename_bookmark("Place 1", taken)
    document.rename_bookmark("loss 2", "the end")
    document.remove_bookmark("loss")
    assert [place.name for place in document.bookmarks] == ["Place 1", "the end", "loss 3"]
    document.undo()
    assert [place.name for place in document.bookmarks] == ["Place 1", "loss", "the end", "loss 3"]
    with pytest.raises(DocumentError):
        document.bookmark("nowhere")


def test_the_file_holds_them_in_few_words() -> None:
    document = classifier()
    document.set_looks(["head"], color="pink", locked=True)
    document.set_way(document.links_into("head", "x")[0], [(1, 2.5)])
    document.add_frame((0, 0), (400, 200), "Head")
    document.add_comment((0, 0), (400, 200), "**bold**", "blue")
    document.add_bookmark((3, 4), 0.5, "here")
    project = json.loads(written(document))
    assert project["nodes"][2]["looks"] == {"color": "pink", "locked": True}
    assert [link.get("via") for link in project["links"]] == [None, [[1, 2.5]], None, None]
    assert project["notes"] == [
        {"id": "m1", "kind": "frame", "at": [0, 0], "size": [400, 200], "title": "Head"},
        {"id": "m2", "kind": "comment", "at": [0, 0], "size": [400, 200], "text": "**bold**", "color": "blue"},
    ]
    assert project["bookmarks"] == [{"name": "here", "center": [3, 4], "zoom": 0.5}]


def test_half_a_character_in_a_text_of_a_file_is_mended() -> None:
    raw = json.loads(written(classifier()))
    raw["notes"] = [{"id": "m4", "kind": "comment", "at": [0, 0], "size": [99, 99], "text": "a\ud800"}]
    document = storage.document_from(json.dumps(raw).encode())
    assert written(document)
    assert document.add_frame((0, 0), (99, 99)).id == "m5"


def test_nothing_of_it_is_compiled_anew() -> None:
    document = classifier()
    session = Session(document, FakeEngine())
    before, heard = session.compiled, list[object]()
    session.subscribe(heard.append)
    document.set_looks(["head"], color="blue", collapsed=True)
    document.set_way(document.links_into("head", "x")[0], [(1, 2)])
    document.change_mark(document.add_frame((0, 0), (99, 99)).id, title="A")
    document.remove_marks(document.add_comment((0, 0), (99, 99)).id)
    document.add_bookmark((0, 0))
    assert session.compiled is before
    assert {type(event) for event in heard} >= {ch.LooksSet, ch.WaySet, ch.MarkAdded, ch.MarkChanged, ch.MarkRemoved}


def test_a_drawing_knows_which_marks_are_its_own() -> None:
    document = classifier()
    inner = document.sheet(document.make_block(["flatten"]).block)
    told: list[tuple[bool, bool]] = []
    document.subscribe(lambda change: told.append((document.concerns(change), inner.concerns(change))))
    document.add_frame((0, 0), (99, 99))
    inner.change_mark(inner.add_comment((0, 0), (99, 99)).id, text="a")
    document.set_looks(["head"], locked=True)
    assert told == [(True, False), (False, True), (False, True), (True, False)]
