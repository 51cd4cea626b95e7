"""Transactions, undo and redo, and who hears of them."""

from __future__ import annotations

from nnstudio.graph.document import Document
from tests.graph.drawings import classifier, taken_back, written


def test_a_transaction_is_one_step_with_the_outer_name() -> None:
    document = Document()
    with document.transaction("Outer"):
        document.add("ReLU")
        with document.transaction("Inner"):
            document.add("ReLU")
    assert [step.name for step in document.history.done] == ["Outer"]
    assert len(document.history.done[0].changes) == 2
    document.undo()
    assert document.history.redo_name == "Outer"
    assert document.nodes == {}


def test_an_empty_transaction_is_no_step() -> None:
    document = classifier()
    told = []
    document.history.subscribe(lambda: told.append(1))
    with document.transaction("Nothing"):
        pass
    assert (document.history.done, told) == ([], [])


def test_an_exception_takes_back_the_whole_step() -> None:
    document = classifier()
    document.set("head", bias=False)
    document.undo()
    before = written(document)
    with taken_back(document, "Bad"):
        document.remove("head", "loss")
        document.add("ReLU", name="head")
    assert written(document) == before
    assert document.history.redo_name == "Set bias"
    assert document.redo()


def test_an_inner_exception_takes_back_the_inner_part_alone() -> None:
    document = Document()
    with document.transaction("Outer"):
        document.add("ReLU", name="kept")
        with taken_back(document, "Inner"):
            document.add("ReLU", name="gone")
            document.rename("kept", "renamed")
        document.add("ReLU", name="after")
    assert sorted(node.name for node in document.nodes.values()) == ["after", "kept"]
    document.undo()
    assert document.nodes == {}
    document.redo()
    assert sorted(node.name for node in document.nodes.values()) == ["after", "kept"]


def test_interrupts_take_back_too() -> None:
    document = Document()
    with taken_back(document, "Slow", KeyboardInterrupt):
        document.add("ReLU")
    assert document.nodes == {}
    document.add("ReLU")
    assert len(document.history.done) == 1


def test_a_new_edit_forgets_what_was_undone() -> None:
    document = Document()
    for _ in range(3):
        document.add("ReLU")
    document.undo()
    document.undo()
    document.add("Tanh")
    assert document.history.undone == []
    assert not document.redo()
    assert [node.type for node in document.in_order()] == ["ReLU", "Tanh"]


def test_undo_in_the_middle_of_a_step_does_nothing() -> None:
    document = classifier()
    document.mute("head")
    with document.transaction("Middle"):
        document.mute("loss")
        assert not document.undo()
        assert not document.redo()
    assert document.node("head").muted
    assert document.node("loss").muted


def test_every_finished_step_is_announced_once() -> None:
    document = Document()
    told: list[str] = []
    end = document.history.subscribe(lambda: told.append(document.history.undo_name))
    with document.transaction("Two"):
        document.add("ReLU")
        document.add("ReLU")
    document.undo()
    document.redo()
    with taken_back(document, "Bad"):
        document.add("ReLU")
    document.history.clear()
    assert told == ["Two", "", "Two", "Two", ""]
    end()
    document.add("ReLU")
    assert len(told) == 5


def test_nothing_to_undo_or_redo() -> None:
    document = Document()
    assert (document.undo(), document.redo()) == (False, False)
    assert (document.history.undo_name, document.history.redo_name) == ("", "")


def test_what_joins_a_step_is_undone_with_it() -> None:
    document = Document()
    frame = document.add_frame((0, 0), (100, 100))
    added = document.history.last
    with document.history.joining(added):
        document.change_mark(frame.id, title="one")
        document.change_mark(frame.id, color="red")
    assert [step.name for step in document.history.done] == ["Add frame"]
    document.undo()
    assert not document.marks
    document.redo()
    document.add("ReLU")
    with document.history.joining(added):
        document.change_mark(frame.id, title="two")
    assert [step.name for step in document.history.done] == ["Add frame", "Add ReLU", "Rename frame"]
    with document.history.joining(None):
        document.add("Tanh")
    assert len(document.history.done) == 4
