"""Parts of drawings, copied and put in again: beside themselves, elsewhere, and by way of text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.errors import DocumentError, NNStudioError, StorageError
from nnstudio.graph import clips, storage
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.marks import order
from nnstudio.graph.nodes import Node
from tests.graph.drawings import classifier, documents, holds, sheets, written


def content(sheet: Sheet, nodes: list[Node], shift: tuple[float, float] = (0.0, 0.0)) -> Any:
    """What nodes are and what leads from one to another, whatever their ids and names."""
    place = {node.id: number for number, node in enumerate(nodes)}
    blocks = sheet.document.blocks
    return [
        (
            node.type,
            dict(node.params) | ({"block": blocks[node.block].name} if node.block else {}),
            node.muted,
            node.tuning,
            node.looks,
            (node.at[0] - shift[0], node.at[1] - shift[1]),
            [
                (port.name, place[link.source], link.output)
                for port in node.inputs
                for link in sheet.links_into(node, port.name)
                if link.source in place
            ],
        )
        for node in nodes
    ]


def notes(sheet: Sheet) -> list[Any]:
    """Frames and comments by their age, whatever their ids."""
    return [replace(mark, id="") for mark in sorted(sheet.marks.values(), key=order)]


@st.composite
def parts(draw: st.DrawFn) -> tuple[Sheet, list[Node]]:
    """Some nodes of a drawing, by their age."""
    document = draw(documents().filter(lambda each: each.nodes))
    sheet = draw(st.sampled_from([each for each in sheets(document) if each.nodes]))
    keys = draw(st.sets(st.sampled_from(sorted(sheet.nodes)), min_size=1))
    return sheet, sorted((sheet.nodes[key] for key in keys), key=lambda node: node.order)


@given(parts())
def test_a_part_by_way_of_text_is_the_same_in_an_empty_document(part: tuple[Sheet, list[Node]]) -> None:
    sheet, nodes = part
    text = clips.text_of(sheet, nodes, sheet.marks)
    other = Document()
    found = clips.put(other, clips.from_text(text))
    pasted = list(found.nodes)
    assert [replace(mark, id="") for mark in found.marks] == notes(sheet)
    assert dict(other.marks) == {mark.id: mark for mark in found.marks}
    assert content(other, pasted) == content(sheet, nodes)
    keys = {node.id for node in nodes}
    led = [way for link, way in sheet.ways.items() if {link.source, link.target} <= keys]
    assert sorted(other.ways.values()) == sorted(led)
    assert [node.name for node in pasted] == [node.name for node in nodes]
    holds(other)
    assert other.history.undo()
    assert (other.nodes, other.blocks, other.marks) == ({}, {}, {})


@given(parts())
def test_the_text_of_a_part_is_a_project_file(part: tuple[Sheet, list[Node]]) -> None:
    opened = storage.document_from(clips.text_of(*part).encode())
    assert sorted(opened.nodes) == sorted(node.id for node in part[1])
    assert opened.plan == part[0].document.plan
    holds(opened)


@given(parts(), st.booleans())
def test_beside_itself_a_part_is_the_same_and_can_be_taken_back(part: tuple[Sheet, list[Node]], by_text: bool) -> None:
    sheet, nodes = part
    before, blocks = written(sheet.document), dict(sheet.document.blocks)
    clip = clips.from_text(clips.text_of(sheet, nodes)) if by_text else clips.take(sheet, nodes)
    pasted = list(clips.put(sheet, clip, (24.0, 24.0)).nodes)
    assert not {node.id for node in pasted} & {node.id for node in nodes}
    kept = [(*each[:5], each[6]) for each in content(sheet, nodes)]
    assert [(*each[:5], each[6]) for each in content(sheet, pasted)] == kept
    assert dict(sheet.document.blocks) == blocks
    holds(sheet.document)
    assert sheet.document.undo()
    assert written(sheet.document) == before


@given(parts())
def test_with_wires_from_outside_a_copy_takes_from_where_the_original_does(part: tuple[Sheet, list[Node]]) -> None:
    sheet, nodes = part
    pasted = list(clips.put(sheet, clips.from_text(clips.text_of(sheet, nodes)), outside=True).nodes)
    copies = dict(zip((node.id for node in nodes), pasted, strict=True))
    for node in nodes:
        for port in node.inputs:
            wanted = [
                (copies[link.source].id if link.source in copies else link.source, link.output)
                for link in sheet.links_into(node, port.name)
            ]
            found = [(link.source, link.output) for link in sheet.links_into(copies[node.id], port.name)]
            assert found == wanted
    holds(sheet.document)


def test_wires_from_outside_are_not_those_of_another_document() -> None:
    text = clips.text_of(classifier(), ["head"])
    other = classifier()
    (head,) = clips.put(other, clips.from_text(text), outside=True).nodes
    assert other.links_into(head, "x") == []
    assert head.name == "head2"


def test_wires_from_what_is_gone_are_left_out() -> None:
    document = classifier()
    clip = clips.take(document, ["head"])
    document.remove("flatten")
    (head,) = clips.put(document, clip, outside=True).nodes
    assert document.links_into(head, "x") == []


@pytest.mark.parametrize("name", ["n1", "loss"])
def test_what_may_not_be_in_a_block_is_named_and_nothing_happens(name: str) -> None:
    document = classifier()
    inside = document.sheet(document.make_block(["flatten", "head"]).block)
    before, steps = written(document), len(document.history.done)
    named = document.node(name).name
    with pytest.raises(DocumentError, match=f"'{named}' can not be here"):
        clips.put(inside, clips.take(document, ["loss", name]))
    assert (written(document), len(document.history.done)) == (before, steps)


def test_a_block_is_not_pasted_into_itself() -> None:
    document = classifier()
    block = document.make_block(["head"])
    with pytest.raises(DocumentError, match="contain itself"):
        clips.put(document.sheet(block.block), clips.take(document, [block]))


def test_copies_of_a_block_are_linked_though_it_was_edited_since() -> None:
    document = classifier()
    block = document.make_block(["head"])
    document.promote(document.sheet(block.block).node("head"), "out_features")
    text = clips.text_of(document, [document.node(block.id)])
    document.demote(block.block, "out_features")
    document.sheet(block.block).add("ReLU")
    (copy,) = clips.put(document, clips.from_text(text)).nodes
    assert copy.block == block.block
    assert len(document.blocks) == 1
    holds(document)


def test_a_definition_comes_along_once() -> None:
    document, other = classifier(), classifier()
    inner = document.make_block(["head"], "Inner")
    outer = document.make_block([inner], "Outer")
    for _ in range(2):
        clips.put(other, clips.from_text(clips.text_of(document, [outer])))
    assert sorted(block.name for block in other.blocks.values()) == ["Inner", "Outer"]
    assert len(other.instances(next(key for key, block in other.blocks.items() if block.name == "Outer"))) == 2


def test_a_way_and_a_frame_go_along_with_the_nodes() -> None:
    document = classifier()
    (wire,) = document.links_into("head", "x")
    document.set_way(wire, [(10.0, 20.0), (30.0, 20.0)])
    frame = document.add_frame((0.0, 0.0), (300.0, 200.0), "Head")
    document.set_looks(["head"], color="red", note="Why?", locked=True)
    found = clips.put(document, clips.take(document, ["flatten", "head"], [frame.id]), (5.0, 7.0))
    (copy,) = document.links_into(found.nodes[1], "x")
    assert document.ways[copy] == ((15.0, 27.0), (35.0, 27.0))
    assert [(mark.at, mark.title) for mark in found.marks] == [((5.0, 7.0), "Head")]
    assert found.nodes[1].looks == document.node("head").looks
    assert clips.from_text(clips.text_of(document, [], [frame.id])).corners == ((0.0, 0.0), (0.0, 0.0))


def test_a_whole_project_is_pasted_as_its_nodes() -> None:
    document, other = classifier(), classifier()
    pasted = list(clips.put(other, clips.from_text(written(document).decode())).nodes)
    assert [node.type for node in pasted] == [node.type for node in document.in_order()]
    assert len(other.links) == 2 * len(document.links)


@given(st.text() | st.sampled_from(["\ud800", "{}", "[]", "nan", '{"nnstudio": 1}', "1" * 5000, "[" * 5000]))
def test_any_other_text_is_one_error(text: str) -> None:
    with pytest.raises(StorageError) as raised:
        clips.from_text(text)
    assert raised.value.message.startswith("What was copied is ")
    assert raised.value.fix


CUTS: list[Any] = [
    {},
    {"document": 1},
    {"document": "x" * 65},
    {"document": "", "entering": [{"from": "n1.y", "to": "n99.x"}]},
    {"document": "", "entering": [{"from": "n1.y", "to": "n3.x", "slot": -1}]},
    {"document": "", "entering": [{"from": "n1", "to": "n3.x"}]},
    {"document": "", "entering": "all"},
    {"document": "", "entering": [{"from": "n3.y", "to": "n3.x"}]},
]


@pytest.mark.parametrize("cut", CUTS)
def test_wires_from_outside_that_are_none_are_refused(cut: Any) -> None:
    text = json.loads(clips.text_of(classifier(), ["head"])) | {"cut": cut}
    with pytest.raises(StorageError, match="no part of a drawing"):
        clips.from_text(json.dumps(text))


@given(st.sampled_from(["n1", "n2", "n9"]), st.sampled_from(["y", "x", "label"]), st.sampled_from(["x", "no"]))
def test_wires_from_outside_that_do_not_fit_are_left_out(source: str, output: str, entry: str) -> None:
    document = classifier()
    text = json.loads(clips.text_of(document, ["head"]))
    text["cut"]["entering"] = [{"from": f"{source}.{output}", "to": f"n3.{entry}", "slot": 7}]
    (head,) = clips.put(document, clips.from_text(json.dumps(text)), outside=True).nodes
    assert bool(document.links_into(head, "x")) == ((source, output, entry) == ("n2", "y", "x"))
    holds(document)


def test_wires_from_nodes_that_are_new_are_none_from_outside() -> None:
    """What the text calls n6 was not there when it was copied, and is the copy itself."""
    document = classifier()
    text = json.loads(clips.text_of(document, ["n2", "head"]))
    text["cut"]["entering"] = [{"from": "n6.y", "to": "n2.x"}]
    flatten, _ = clips.put(document, clips.from_text(json.dumps(text)), outside=True).nodes
    assert document.links_into(flatten, "x") == []
    holds(document)


@given(st.data())
def test_text_that_was_tampered_with_is_refused_or_pasted_whole(data: st.DataObject) -> None:
    text = clips.text_of(classifier(), ["n1", "n2", "head"])
    place = data.draw(st.integers(0, len(text) - 1))
    tampered = text[:place] + data.draw(st.text(max_size=3)) + text[place + data.draw(st.integers(0, 4)) :]
    document = classifier()
    before = written(document)
    try:
        clips.put(document, clips.from_text(tampered), outside=True)
    except NNStudioError:
        assert written(document) == before
    else:
        holds(document)
        document.undo()
        assert written(document) == before
