"""How often blocks are in the network, with all repeats: what is too often is refused, whatever edit leads to it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.errors import DocumentError, StorageError
from nnstudio.graph import expansion, rules, storage
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.graph.drawings import documents, holds, written


def row(*repeats: int, placed: bool = True) -> tuple[Document, list[Node]]:
    """Blocks in each other, each with those repeats; the first is in the main drawing. Gives the instances."""
    document = Document()
    blocks = [document.add_block(f"B{number}") for number in range(len(repeats))]
    found = [document.place(blocks[0].id)] if placed else []
    found += [document.sheet(outer.id).place(inner.id) for outer, inner in pairwise(blocks)]
    for node, repeat in zip(found, repeats[not placed :], strict=True):
        document.set(node, repeat=repeat)
    return document, found


def refused(document: Document, edit: Callable[[], object], words: str) -> None:
    before, steps = written(document), list(document.history.done)
    with pytest.raises(DocumentError, match=words) as told:
        edit()
    assert told.value.fix
    assert (written(document), document.history.done) == (before, steps)
    holds(document)
    document.add("ReLU")
    document.undo()


def expanded(document: Document) -> Counter[str]:
    """By walking through every instance there is, with what is set from outside."""
    counts: Counter[str] = Counter()
    waiting: list[tuple[str, dict[tuple[str, str], object]]] = [("", {})]
    while waiting:
        sheet, given = waiting.pop()
        for node in document.sheet(sheet).nodes.values():
            if node.block:
                values = {name: given.get((node.id, name), value) for name, value in node.params.items()}
                repeat = values["repeat"]
                assert isinstance(repeat, int)
                counts[node.block] += repeat
                inner = {(o.node, o.param): values[o.name] for o in document.blocks[node.block].promoted}
                waiting += [(node.block, inner)] * repeat
    return counts


@given(document=documents(), most=st.integers(1, 12))
def test_the_count_is_that_of_a_walk(document: Document, most: int) -> None:
    counts = expanded(document)
    offered = any(offer.param == "repeat" for block in document.blocks.values() for offer in block.promoted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "MOST_INSTANCES", most)
        try:
            expansion.check(document.drawing)
        except DocumentError:
            assert max(counts.values()) > most or offered
        else:
            assert max(counts.values(), default=0) <= most


def test_repeats_multiply() -> None:
    document, (outer, inner) = row(100, 100)
    refused(document, lambda: document.set(inner, repeat=101), "The block B1 would be in the network 10,100 times")
    refused(document, lambda: document.set(outer, repeat=101), "10,100 times, with all repeats, and 10,000 is the most")
    refused(document, lambda: document.place(outer.block), "B1 would be in the network 10,100 times")
    refused(document, lambda: document.sheet(outer.block).place(inner.block), "10,100 times")
    document.set(outer, repeat=99)
    document.place(outer.block)
    document.undo()
    document.undo()
    assert document.node(outer).params["repeat"] == 100


def test_instances_multiply() -> None:
    document, _ = row(1)
    for number in range(12):
        block = document.add_block(f"Twice{number}")
        for _ in range(2):
            document.sheet(block.id).place(f"b{number + 1}")
        document.place(block.id)
    refused(document, lambda: document.set("twice11", repeat=3), "The block B0 would be in the network 16,383 times")


def test_what_is_not_placed_is_counted_when_it_is() -> None:
    document, _ = row(1, 1000, 1000, placed=False)
    refused(document, lambda: document.place("b1"), "The block B2 would be in the network 1,000,000 times")
    other = Document()
    copied = other.import_block(document, "b1")
    refused(other, lambda: other.place(copied.id), "1,000,000 times")
    assert written(storage.document_from(written(document))) == written(document)


def test_unlinking_and_taking_apart_make_nothing_more() -> None:
    document, (outer, inner) = row(5000 // 10, 10)
    second = document.place(outer.block)
    document.set(second, repeat=500)
    document.unlink(second)
    document.dissolve(second)
    document.undo()
    document.sheet(outer.block).dissolve(inner)
    document.undo()
    document.sheet(outer.block).make_block([inner], "Around")
    holds(document)


def test_a_repeat_that_is_set_from_outside() -> None:
    document, (outer, inner) = row(100, 1)
    document.promote(inner, "repeat", "times")
    refused(document, lambda: document.set(outer, times=101), "The block B1 would be in the network 10,100 times")
    document.set(outer, times=100)
    document.sheet(outer.block).set(inner, repeat=1000)
    assert document.node(outer).params["times"] == 100
    refused(document, lambda: document.demote(outer.block, "times"), "100,000 times")
    document.set(outer, repeat=10, times=1000)
    document.demote(outer.block, "times")
    assert expanded(document)[inner.block] == 10_000


def test_a_repeat_that_is_set_from_further_out() -> None:
    document, (outer, between, inner) = row(10, 10, 1)
    document.promote(inner, "repeat", "times")
    document.promote(between, "times", "often")
    refused(document, lambda: document.set(outer, often=101), "The block B2 would be in the network 10,100 times")
    document.set(outer, often=100)
    assert expanded(document)[inner.block] == 10_000


def test_a_step_of_several_edits_is_refused_as_a_whole() -> None:
    document, (outer, inner) = row(10, 10)

    def both() -> None:
        with document.transaction("Both"):
            document.set(outer, repeat=200)
            document.set(inner, repeat=200)

    refused(document, both, "40,000 times")


def test_a_file_is_refused_with_the_number() -> None:
    document, _ = row(100, 100)
    project = json.loads(written(document))
    project["nodes"][0]["params"]["repeat"] = 1000
    with pytest.raises(StorageError, match="the blocks: The block B1 would be in the network 100,000 times") as told:
        storage.document_from(json.dumps(project).encode())
    assert told.value.fix


def test_ports_of_a_block_can_not_be_muted() -> None:
    document, (instance,) = row(1)
    inside = document.sheet(instance.block)
    refused(document, lambda: inside.mute("x"), "'x' is an Input of a block and can not be muted")
    refused(document, lambda: inside.mute("y"), "'y' is an Output of a block and can not be muted")
    refused(document, lambda: document.mute(inside.node("x")), "can not be muted")
    document.mute(document.add("Output", "result"))
    document.mute(instance)
