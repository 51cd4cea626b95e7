"""Ways into blocks, and the drawing that a change happens in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.ui import places


def nested(count: int) -> tuple[Document, list[str]]:
    """Blocks of which each holds the next one twice; the ids, the outermost first. None is in the main drawing."""
    document = Document("nested")
    blocks = [document.add_block(f"Part{number}").id for number in range(count)]
    for outer, inner in pairwise(blocks):
        for _ in range(2):
            document.sheet(outer).place(inner)
    return document, blocks


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The blocks whose instances are asked for from now on."""
    asked: list[str] = []
    ask = Document.instances
    monkeypatch.setattr(Document, "instances", lambda self, block: asked.append(block) or ask(self, block))
    return asked


def test_no_way_leads_to_blocks_that_are_placed_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    document, blocks = nested(30)
    asked = counted(monkeypatch)
    assert places.way_to(document, blocks[-1], ()) is None
    assert sorted(asked) == sorted(blocks)  # each once, though 2 ** 29 ways lead inwards


def test_the_way_through_many_blocks_takes_the_oldest_instances() -> None:
    document, blocks = nested(12)
    first = document.place(blocks[0])
    document.place(blocks[0])
    way = places.way_to(document, blocks[-1], ())
    assert way == (first.id, *(document.instances(block)[0].id for block in blocks[1:]))
    assert places.way_to(document, blocks[5], way) == way[:6]
    assert places.way_to(document, "", way) == ()


def test_the_shortest_way_begins_as_near_as_possible() -> None:
    document, (outer, middle, inner) = nested(3)
    placed = document.place(outer)
    document.place(inner)
    here: places.Path = (placed.id, document.instances(middle)[1].id)
    assert places.way_to(document, inner, here) == (*here, document.instances(inner)[0].id)
    outside = document.instances(inner)[-1]
    assert places.way_to(document, inner, ()) == (outside.id,)
    node = document.sheet(inner).node("x")
    assert places.way_to_node(document, node.id, here[:1]) == (outside.id,)


def test_what_is_not_there_is_not_led_to() -> None:
    document, _ = nested(2)
    assert places.way_to(document, "b99", ()) is None
    assert places.way_to_node(document, "n999", ()) is None


def edits(document: Document, blocks: Sequence[str]) -> None:
    """Every kind of change, in the main drawing and inside."""
    document.place(blocks[0])
    for sheet in (document, document.sheet(blocks[1])):
        linear, relu = sheet.add("Linear", out_features=4), sheet.add("ReLU")
        sheet.connect(linear, relu)
        sheet.set(linear, out_features=5)
        sheet.rename(linear, "other")
        sheet.move({linear.id: (5.0, 5.0)})
        sheet.mute(relu)
        sheet.remove(linear)
    custom = document.sheet(blocks[1]).add("Dropout", "drop")
    document.promote(custom, "p")
    document.set_plan(epochs=3)
    document.retitle("another")
    document.rename_block(blocks[0], "Renamed")
    while document.undo():
        pass
    while document.redo():
        pass


def test_the_drawing_of_a_change_is_the_one_it_concerns() -> None:
    document, blocks = nested(2)
    heard: list[tuple[type, str | None, list[str]]] = []

    def hear(change: ch.Change) -> None:
        concerned = [sheet for sheet in ("", *document.blocks) if document.sheet(sheet).concerns(change)]
        heard.append((type(change), places.sheet_of_change(document, change), concerned))

    document.subscribe(hear)
    edits(document, blocks)
    for kind, sheet, concerned in heard:
        expected = [] if kind is ch.FaceChanged else concerned
        assert ([] if sheet is None else [sheet]) == expected, kind
    told = {kind for kind, _, _ in heard}
    assert {ch.FaceChanged, ch.ParamsReplaced, ch.NodeRemoved, ch.LinkRemoved, ch.NodeMuted, ch.BlockChanged} <= told
    assert {sheet for _, sheet, _ in heard} == {None, "", *blocks}
