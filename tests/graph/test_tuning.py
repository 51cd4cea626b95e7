"""Frozen nodes and learning rates of their own: in the document, in its file, and at all places of a block."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nnstudio.errors import BadParameter, DocumentError, StorageError
from nnstudio.graph import clips, storage
from nnstudio.graph.document import Document
from nnstudio.graph.leads import placed
from nnstudio.graph.nodes import PLANNED, Tuning
from nnstudio.graph.replacing import take_place
from tests.graph.drawings import classifier, written


def places(document: Document) -> dict[str, Tuning]:
    """What holds where something is set."""
    found = placed(document.drawing, lambda node: node.tuning != PLANNED)
    return {place.name: place.tuning for place in found}


def in_blocks() -> tuple[Document, Any, Any]:
    """Two Linears in a block, which is used twice, once in another block; with the inner instance and the second."""
    document = Document()
    first, second = document.add("Linear", "first"), document.add("Linear", "second")
    document.connect(first, second)
    inner = document.make_block([first, second], "Inner")
    document.rename(inner, "inner")
    outer = document.make_block([inner], "Outer")
    document.rename(outer, "outer")
    other = document.place(inner.block)
    document.rename(other, "other")
    return document, document.node(inner.id), document.node(outer.id)


def test_freezing_is_one_step_with_its_name() -> None:
    document = classifier()
    before = written(document)
    document.tune(["head"], frozen=True)
    assert document.node("head").tuning == Tuning(frozen=True)
    assert document.history.undo_name == "Freeze head"
    document.tune(["head"], frozen=False)
    assert document.history.undo_name == "Unfreeze head"
    assert written(document) == before
    document.tune(["head"], lr=0.5)
    assert document.history.undo_name == "Set lr of head"
    assert document.node("head").tuning == Tuning(lr=0.5)
    for _ in range(3):
        assert document.undo()
    assert written(document) == before
    assert document.redo()
    assert document.node("head").tuning.frozen


def test_what_is_so_already_is_no_step() -> None:
    document = classifier()
    document.tune(["head"], frozen=False, lr=None)
    assert document.history.done == []


@pytest.mark.parametrize("node", ["flatten", "loss", "n1"])
def test_a_node_without_weights_can_not_be_frozen(node: str) -> None:
    document = classifier()
    with pytest.raises(DocumentError, match="has no weights"):
        document.tune(["head", node], frozen=True)
    assert document.node("head").tuning == PLANNED
    assert document.history.done == []


@pytest.mark.parametrize("values", [{"lr": -1.0}, {"lr": float("nan")}, {"lr": 2000}, {"lr": "fast"}, {"frozen": 1}])
def test_bad_values_are_refused(values: dict[str, Any]) -> None:
    document = classifier()
    with pytest.raises(BadParameter, match="takes"):
        document.tune(["head"], **values)
    assert document.history.done == []


def test_the_file_tells_it_where_it_is_set_only() -> None:
    document = classifier()
    assert b"frozen" not in written(document)
    document.tune(["head"], frozen=True, lr=0.0)
    record = json.loads(written(document))["nodes"][2]
    assert (record["frozen"], record["lr"]) == (True, 0.0)
    again = storage.document_from(written(document))
    assert again.node("head").tuning == Tuning(True, 0.0)
    assert written(again) == written(document)


@pytest.mark.parametrize(
    ("node", "fields", "words"),
    [
        ("head", {"lr": -1}, "node 'head': lr takes a number from 0 to 1000, not -1"),
        ("head", {"lr": 1e400}, "JSON"),
        ("head", {"lr": True}, "lr"),
        ("head", {"frozen": 1}, "frozen"),
        ("flatten", {"frozen": True}, "node 'flatten': 'flatten' has no weights"),
        ("loss", {"lr": 0.1}, "node 'loss': 'loss' has no weights"),
    ],
)
def test_what_can_not_be_in_a_file_is_refused_with_words(node: str, fields: dict[str, Any], words: str) -> None:
    project = json.loads(written(classifier()))
    record = next(each for each in project["nodes"] if each["name"] == node)
    record.update(fields)
    with pytest.raises(StorageError, match=words):
        storage.document_from(json.dumps(project).encode())


def test_copies_and_replacements_keep_it() -> None:
    document = classifier()
    document.tune(["head"], frozen=True, lr=0.1)
    (copy,) = clips.put(document, clips.take(document, ["head"])).nodes
    assert copy.tuning == Tuning(True, 0.1)
    again = Document()
    (pasted,) = clips.put(again, clips.from_text(clips.text_of(document, ["head"]))).nodes
    assert pasted.tuning == Tuning(True, 0.1)
    assert take_place(document, document.node("head"), document.add("Embedding")).node.tuning == Tuning(True, 0.1)
    assert take_place(document, copy, document.add("ReLU")).node.tuning == PLANNED


def test_a_node_in_a_block_is_frozen_at_all_its_places() -> None:
    document, inner, _ = in_blocks()
    document.tune(["other"], lr=0.5)
    document.tune([document.sheet(inner.block).node("second")], frozen=True)
    frozen = Tuning(frozen=True)
    assert places(document) == {
        "outer.inner.second": frozen,
        "other": Tuning(lr=0.5),
        "other.second": Tuning(True, 0.5),
    }
    document.mute("other")
    assert places(document) == {"outer.inner.second": frozen}


def test_repeats_and_values_from_outside_are_places_too() -> None:
    document, inner, outer = in_blocks()
    document.tune([document.sheet(inner.block).node("first")], frozen=True)
    document.promote(inner, "repeat", "times")
    document.set(outer, times=2)
    document.set("other", repeat=2)
    assert list(places(document)) == ["outer.inner.0.first", "outer.inner.1.first", "other.0.first", "other.1.first"]


def test_an_instance_is_frozen_with_all_that_is_inside() -> None:
    document, inner, outer = in_blocks()
    document.tune([outer], frozen=True)
    document.tune([inner], lr=0.25)
    document.tune([document.sheet(inner.block).node("first")], lr=0.5)
    assert places(document) == {
        "outer": Tuning(True),
        "outer.inner": Tuning(True, 0.25),
        "outer.inner.first": Tuning(True, 0.5),
        "other.first": Tuning(False, 0.5),
    }
    document.dissolve(outer)
    document.dissolve("inner")
    assert document.node("first").tuning == Tuning(True, 0.5)
    assert document.node("second").tuning == Tuning(True, 0.25)
