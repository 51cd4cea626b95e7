"""Blocks one edit at a time: what moves where, what instances see, what is refused, and what undo gives back."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.errors import BadName, BadParameter, DocumentError, LinkRefused, NoSuchNode
from nnstudio.graph import changes as ch
from nnstudio.graph import rules, storage, weights
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.training import Trained
from tests.graph.drawings import Mirror, documents, holds, sheets, written


def network() -> Document:
    """Two layers with a short cut between data and loss: digits, flatten, a, relu, both (a + relu), head, loss."""
    document = Document("network")
    for kind, name, params in (
        ("Dataset", "digits", {"dataset": "digits"}),
        ("Flatten", "flatten", {}),
        ("Linear", "a", {"out_features": 8}),
        ("ReLU", "relu", {}),
        ("Add", "both", {}),
        ("Linear", "head", {"out_features": 10}),
        ("CrossEntropyLoss", "loss", {}),
    ):
        document.add(kind, name, at=(100.0 * len(document.nodes), 0.0), **params)
    for ends in ("digits flatten", "flatten a", "a relu", "a both", "relu both", "both head", "head loss"):
        document.connect(*ends.split())
    document.connect("digits.label", "loss.target")
    document.history.clear()
    return document


def wires(sheet: Sheet) -> set[str]:
    """All wires, by names."""
    names = {node.id: node.name for node in sheet.nodes.values()}
    return {f"{names[w.source]}.{w.output} {names[w.target]}.{w.input}" for w in sheet.links}


def unplaced(document: Document) -> Any:
    """What a file would say, but for the places of nodes and the order of what shares a name."""
    project = json.loads(written(document))
    for nodes in (project["nodes"], *(block["nodes"] for block in project["blocks"].values())):
        for node in nodes:
            node["at"] = 0
    for block in project["blocks"].values():
        names = [offer["name"] for offer in block["promoted"]]
        block["promoted"].sort(key=lambda offer: (names.index(offer["name"]), offer["node"], offer["param"]))
    return project


def residual(document: Document) -> Node:
    return document.make_block(["a", "relu", "both"], "Residual")


def test_a_selection_becomes_a_block() -> None:
    document = network()
    mirror = Mirror()
    document.subscribe(mirror.hear)
    kept = {name: document.node(name) for name in ("a", "relu", "both")}
    before = written(document)
    instance = residual(document)
    sheet = document.sheet(instance.block)
    assert (instance.type, instance.name, instance.params) == ("Block", "residual", {"block": "b1", "repeat": 1})
    assert instance.at == (300.0, 0.0)
    assert wires(sheet) == {"x.y a.x", "a.y relu.x", "a.y both.x", "relu.y both.x", "both.y y.x"}
    assert "flatten.y residual.x" in wires(document)
    assert "residual.y head.x" in wires(document)
    assert all(sheet.node(name) == node for name, node in kept.items())
    assert "a" not in document
    assert document.node(kept["a"].id) == kept["a"], "ids are found wherever the node lies"
    assert document.sheet_of(kept["a"]) is sheet is document.sheet("b1")
    assert (sheet.document, sheet.block, document.block, document.sheet()) == (document, "b1", "", document)
    assert document.history.undo_name == "Make block Residual"
    holds(document)
    document.undo()
    assert written(document) == before
    document.redo()
    assert document.instances("b1") == [document.node("residual")]
    holds(document)


@given(document=documents(), data=st.data())
def test_dissolving_gives_back_what_was_made_a_block(document: Document, data: st.DataObject) -> None:
    sheet = data.draw(st.sampled_from(sheets(document)))
    chosen = data.draw(st.lists(st.sampled_from(sorted(sheet.nodes) or ["none"]), max_size=5))
    before, drawn = written(document), unplaced(document)
    try:
        instance = sheet.make_block(chosen, "Fresh")
    except DocumentError:
        assert written(document) == before
        return
    holds(document)
    inner = [node for node in document.sheet(instance.block).nodes.values() if node.type not in ("Input", "Output")]
    assert {node.id for node in sheet.dissolve(instance)} == {node.id for node in inner}
    holds(document)
    assert unplaced(document) == drawn
    document.undo()
    document.undo()
    assert written(document) == before


def test_each_source_is_one_input_and_each_result_one_output() -> None:
    document = network()
    second = document.add("Add", "second")
    for name in ("flatten", "a", "flatten", "flatten"):
        document.connect(name, second)
    drawn = unplaced(document)
    instance = document.make_block(["a", second])
    assert [port.name for port in instance.inputs] == ["x"]
    assert [port.name for port in instance.outputs] == ["y", "y2"]  # nobody takes what the second gives
    inside = document.sheet(instance.block)
    assert [inside.node(link.source).name for link in inside.links_into("second", "x")] == ["x", "a", "x", "x"]
    document.dissolve(instance)
    assert unplaced(document) == drawn


def test_ports_are_named_apart() -> None:
    document = network()
    document.rename("a", "x")
    document.connect("digits", "both", slot=0)
    document.connect("both", document.add("Add", "more"))
    document.connect("head", "more")
    instance = document.make_block(["relu", "both", "head"], "Mixed")
    assert [port.name for port in instance.inputs] == ["x", "x2"]
    assert [port.name for port in instance.outputs] == ["y", "y2"]
    assert document.links_into(instance, "x2") == [Link(document.node("digits").id, "image", instance.id, "x2")]
    assert wires(document.sheet("b1")) >= {"x.y relu.x", "x.y both.x", "x2.y both.x", "head.y y.x", "both.y y2.x"}
    assert {"x.y mixed.x", "mixed.y loss.prediction", "mixed.y more.x", "mixed.y2 more.x"} < wires(document)


def test_the_type_of_an_input_is_that_of_what_comes_in() -> None:
    document = Document()
    document.add("Output", "any")
    for kind in ("Linear", "Embedding"):
        document.add(kind, kind.lower())
        document.connect("any", kind.lower())
    drawn = unplaced(document)
    instance = document.make_block(["linear", "embedding"])
    inside = document.sheet(instance.block)
    assert [inside.node(port.name).params["dtype"] for port in instance.inputs] == ["float32", "int64"]
    document.dissolve(instance)
    assert unplaced(document) == drawn


def test_many_wires_from_one_source_enter_soon() -> None:
    document = Document()
    document.add("Input", "given")
    chosen = [document.add("ReLU") for _ in range(2000)]
    for node in chosen:
        document.connect("given", node)
    began = time.perf_counter()
    instance = document.make_block(chosen)
    assert time.perf_counter() - began < 3
    assert [port.name for port in instance.inputs] == ["x"]
    assert len(document.sheet(instance.block).links) == 4000


REFUSED = {
    "nothing": ([], "nothing to make a block of"),
    "data": (["digits", "flatten"], "is a data set"),
    "loss": (["head", "loss"], "is a loss"),
    "a way round": (["a", "both"], "'relu' takes from the selection and leads back to it"),
    "a long way round": (["flatten", "head"], "takes from the selection"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_be_no_block(case: str) -> None:
    names, words = REFUSED[case]
    document, before = network(), written(network())
    with pytest.raises(DocumentError, match=words):
        document.make_block(names)
    with pytest.raises(BadName):
        document.make_block(["a"], "lower")
    assert (written(document), document.history.done) == (before, [])


def test_ports_of_a_block_stay_in_it() -> None:
    document = network()
    inside = document.sheet(residual(document).block)
    with pytest.raises(DocumentError, match="'x' is an Input of this drawing"):
        inside.make_block(["x", "a"])
    with pytest.raises(DocumentError, match="in another drawing"):
        document.make_block([inside.node("a")])
    with pytest.raises(DocumentError, match="a block only computes"):
        inside.add("Dataset")
    with pytest.raises(DocumentError, match="a block only computes"):
        inside.add("MSELoss")
    with pytest.raises(NoSuchNode):
        inside.node(document.node("head"))
    with pytest.raises(LinkRefused, match="different drawings") as refused:
        document.connect("head", inside.node("a"))
    assert refused.value.rule == "elsewhere"


# Instances


def test_an_edit_inside_shows_at_every_instance() -> None:
    document = network()
    first = residual(document)
    second = document.place(first.block, (5.0, 6.0))
    inside = document.sheet(first.block)
    document.connect("flatten", second)
    document.connect(second, document.add("Add", "total"))
    document.connect(second, "total")
    heard: list[ch.Change] = []
    document.subscribe(heard.append)
    before = written(document)
    inside.rename("y", "result")
    assert {change.id for change in heard if isinstance(change, ch.FaceChanged)} == {first.id, second.id}
    assert [link.output for link in document.links_into("total", "x")] == ["result", "result"]
    assert "residual.result head.x" in wires(document)
    inside.rename("x", "image")
    assert "flatten.y residual2.image" in wires(document)
    inside.remove("image")
    assert document.node(first).inputs == document.node(second).inputs == ()
    assert not any(wire.endswith(".image") for wire in wires(document))
    inside.add("Input", "more")
    assert [port.name for port in document.node(second).inputs] == ["more"]
    holds(document)
    for _ in range(4):
        document.undo()
    assert written(document) == before
    assert [port.name for port in document.node(second).inputs] == ["x"]


def test_blocks_in_blocks_and_never_in_themselves() -> None:
    document = network()
    outer = residual(document)
    inside = document.sheet(outer.block)
    inner = inside.make_block(["relu"], "Inner")
    deepest = document.sheet(inner.block)
    before = written(document)
    for sheet in (inside, deepest):
        with pytest.raises(DocumentError, match="Residual would contain itself"):
            sheet.place(outer.block)
    with pytest.raises(DocumentError, match="Inner would contain itself"):
        deepest.place(inner.block)
    with pytest.raises(DocumentError, match="no block 'b9'"):
        document.place("b9")
    assert written(document) == before
    assert document.place(inner.block).name == "inner"
    holds(document)


def test_blocks_lie_in_each_other_only_so_deep() -> None:
    document = network()
    sheet: Sheet = document
    for number in range(rules.MOST_NESTED):
        sheet = document.sheet(sheet.make_block(["a"], f"Depth{number}").block)
    before = written(document)
    with pytest.raises(DocumentError, match="More than 32 blocks"):
        sheet.make_block(["a"], "OneMore")
    assert written(document) == before
    assert written(storage.document_from(before)) == before


def test_unlinking_gives_an_instance_a_block_of_its_own() -> None:
    document = network()
    first = residual(document)
    second = document.place(first.block)
    document.promote(document.sheet("b1").node("a"), "out_features", "width")
    document.set(second, width=3)
    document.connect("flatten", second)
    before = written(document)
    own = document.unlink(second)
    assert (own.block, document.blocks[own.block].name, own.params["width"]) == ("b2", "Residual2", 3)
    assert wires(document.sheet("b2")) == wires(document.sheet("b1"))
    document.sheet("b2").remove("relu")
    assert "relu" in document.sheet("b1")
    assert "flatten.y residual2.x" in wires(document)
    holds(document)
    document.undo()
    document.undo()
    assert written(document) == before
    document.unlink(second)
    steps = len(document.history.done)
    assert document.unlink(second) == document.node(second), "it is the only one already"
    assert len(document.history.done) == steps
    with pytest.raises(DocumentError, match="'head' is no block"):
        document.unlink("head")


def test_the_last_instance_gives_the_nodes_and_others_give_copies() -> None:
    document = network()
    first = residual(document)
    ids = set(document.sheet("b1").nodes)
    second = document.place("b1")
    copies = document.dissolve(first)
    assert [node.name for node in copies] == ["a", "relu", "both"]
    assert not {node.id for node in copies} & ids
    assert "both.y head.x" in wires(document)
    themselves = document.dissolve(second)
    assert [node.name for node in themselves] == ["a2", "relu2", "both2"]
    assert {node.id for node in themselves} < ids
    assert document.blocks == {}
    with pytest.raises(DocumentError, match="no block 'b1'"):
        document.sheet("b1")
    holds(document)


def test_a_repeated_block_is_dissolved_into_a_row() -> None:
    document = network()
    instance = residual(document)
    document.set(instance, repeat=3)
    nodes = document.dissolve(instance)
    assert [node.name for node in nodes[3:6]] == ["a2", "relu2", "both2"]
    assert {"flatten.y a.x", "both.y a2.x", "both2.y a3.x", "both3.y head.x"} < wires(document)
    assert len({node.at for node in nodes}) == 9
    holds(document)


def test_a_wire_straight_through_is_joined() -> None:
    document = network()
    block = document.add_block("Through")
    inside = document.sheet(block.id)
    inside.connect("x", "y")
    inside.connect("y", inside.add("Output", "again"))
    instance = document.place(block.id)
    document.connect("flatten", instance)
    document.connect(f"{instance.id}.y", "both", slot=1)
    document.connect(f"{instance.id}.again", "both", slot=0)
    document.set(instance, repeat=2)
    document.mute(instance)
    assert document.dissolve(instance) == []
    names = [document.node(link.source).name for link in document.links_into("both", "x")]
    assert names == ["flatten", "a", "flatten", "relu"]
    assert document.blocks == {}


def test_wires_that_nothing_comes_in_at_are_left_out() -> None:
    document = network()
    instance = document.place(document.add_block("Nothing").id)
    document.connect(instance, "both", slot=0)
    document.connect(instance, "both")
    document.mute(instance)
    document.dissolve(instance)
    assert [document.node(link.source).name for link in document.links_into("both", "x")] == ["a", "relu"]


# Definitions


def test_definitions_stay_until_they_are_removed() -> None:
    document = network()
    instance = residual(document)
    with pytest.raises(DocumentError, match="'residual' is an instance of Residual"):
        document.remove_block("b1")
    document.remove(instance)
    assert "b1" in document.blocks
    before = written(document)
    document.remove_block("b1")
    assert document.blocks == {}
    document.undo()
    assert written(document) == before
    document.redo()
    assert document.add_block().name == "Block"
    assert document.add_block().name == "Block2"
    with pytest.raises(BadName, match="already"):
        document.add_block("Block2")
    assert document.rename_block("b1", "N1").name == "N1"
    assert document.place("b1").name == "n1_"
    with pytest.raises(BadName):
        document.rename_block("b1", "Block2")


@pytest.mark.parametrize("name", ["lower", "1A", "A b", "Ünder", "Path", "Tensor", "None", "Exception", "A" * 65, ""])
def test_names_that_can_be_no_class(name: str) -> None:
    with pytest.raises(BadName):
        network().add_block(name)


def test_a_block_is_imported_with_those_it_uses() -> None:
    source, target = network(), network()
    outer = residual(source)
    source.sheet(outer.block).make_block(["relu"], "Inner")
    source.promote(source.sheet("b1").node("a"), "out_features", "width")
    target.make_block(["relu"], "Inner")
    before = written(target)
    copied = target.import_block(source, outer.block)
    assert {block.name for block in target.blocks.values()} == {"Inner", "Residual"}, "one like it was there"
    assert wires(target.sheet(copied.id)) == wires(source.sheet("b1"))
    assert target.place(copied.id).params["width"] == 8
    assert target.import_block(source, outer.block) == copied
    assert source.import_block(source, "b1") is source.blocks["b1"]
    source.sheet("b1").set("a", bias=False)
    assert target.import_block(source, "b1").name == "Residual2"
    holds(target)
    for _ in range(3):
        target.undo()
    assert written(target) == before


# Parameters that are offered outside


def test_what_is_offered_is_set_at_each_instance() -> None:
    document = network()
    first = residual(document)
    a = document.sheet("b1").node("a")
    offer = document.promote(a, "out_features")
    assert (offer.name, offer.node, offer.param) == ("out_features", a.id, "out_features")
    second = document.set(document.place("b1"), out_features=3)
    assert document.node(first).params["out_features"] == 8
    document.set(a, out_features=5)
    assert document.node(first).params["out_features"] == 5, "it had not been set otherwise"
    assert document.node(second).params["out_features"] == 3
    assert document.node(first).layer.params_for({})["out_features"].default == 5
    with pytest.raises(BadParameter, match="out_features takes"):
        document.set(first, out_features=0)
    document.demote("b1", "out_features")
    assert document.node(first).params == {"block": "b1", "repeat": 1}
    with pytest.raises(DocumentError, match="offers no parameter"):
        document.demote("b1", "out_features")
    document.undo()
    assert document.node(second).params["out_features"] == 3
    document.sheet("b1").remove(a)
    assert document.blocks["b1"].promoted == ()
    assert document.node(second).params == {"block": "b1", "repeat": 1}
    document.undo()
    assert document.node(second).params["out_features"] == 3
    copies = document.dissolve(second)
    assert copies[0].params["out_features"] == 3
    holds(document)


def test_what_is_offered_on_and_on() -> None:
    document = network()
    outer = residual(document)
    inside = document.sheet(outer.block)
    inner = inside.make_block(["a"], "Inner")
    a = document.sheet(inner.block).node("a")
    document.promote(a, "out_features", "width")
    document.promote(inner, "width", "size")
    assert document.node(outer).params["size"] == 8
    document.set(a, out_features=6)
    assert document.node(outer).params["size"] == 6
    before = unplaced(document)
    inside.dissolve(inner)
    assert document.blocks[outer.block].promoted[0].node == a.id
    assert document.node(outer).params["size"] == 6
    document.undo()
    assert unplaced(document) == before
    document.demote(inner.block, "width")
    assert document.node(outer).params == {"block": outer.block, "repeat": 1}
    holds(document)


def test_offers_follow_nodes_into_a_block() -> None:
    document = network()
    outer = residual(document)
    inside = document.sheet(outer.block)
    document.promote(inside.node("a"), "out_features", "width")
    document.set(outer, width=4)
    drawn = unplaced(document)
    inner = inside.make_block(["a"], "Inner")
    assert document.blocks[outer.block].promoted[0].node == inner.id
    assert document.node(outer).params["width"] == 4
    inside.dissolve(inner)
    assert unplaced(document) == drawn


def test_what_can_not_be_offered() -> None:
    document = network()
    outer = residual(document)
    inner = document.sheet(outer.block).make_block(["relu"], "Inner")
    a = document.sheet(outer.block).node("a")
    before = written(document)
    with pytest.raises(DocumentError, match="'head' is in no block"):
        document.promote("head", "bias")
    with pytest.raises(BadParameter, match="no parameter 'colour'"):
        document.promote(a, "colour")
    with pytest.raises(DocumentError, match="can not be set from outside"):
        document.promote(inner, "block")
    for name in ("repeat", "block", "a b", "class", "self", "1"):
        with pytest.raises(BadName):
            document.promote(a, "bias", name)
    assert written(document) == before
    assert document.promote(inner, "repeat").name == "inner_repeat"
    document.promote(a, "bias")
    with pytest.raises(DocumentError, match="already"):
        document.promote(a, "bias")
    with pytest.raises(DocumentError, match=r"'bias' can not set both: 'a\.bias' takes true or false, and"):
        document.promote(a, "out_features", "bias")


def test_a_sheet_tells_what_concerns_it() -> None:
    document = network()
    instance = residual(document)
    inside = document.sheet(instance.block)
    heard: list[tuple[str, bool, bool]] = []
    document.subscribe(lambda c: heard.append((type(c).__name__, document.concerns(c), inside.concerns(c))))
    inside.rename("y", "z")
    assert heard == [
        ("LinkRemoved", True, False),
        ("NodeRenamed", False, True),
        ("FaceChanged", True, False),
        ("LinkAdded", True, False),
    ]


# Weights


def trained(*names: str) -> Trained:
    return Trained(safetensors.torch.save({name: torch.full((2,), float(n)) for n, name in enumerate(names)}))


def tensors(document: Document) -> list[str]:
    assert document.trained is not None
    return sorted(weights.shapes(document.trained.weights))


def test_weights_go_into_a_block_and_come_out_again() -> None:
    document = network()
    data = trained("a.weight", "a.bias", "head.weight")
    document.set_trained(data)
    instance = residual(document)
    assert tensors(document) == ["head.weight", "residual.a.bias", "residual.a.weight"]
    document.sheet("b1").rename("a", "first")
    document.rename(instance, "stage")
    assert tensors(document) == ["head.weight", "stage.first.bias", "stage.first.weight"]
    document.dissolve("stage")
    assert tensors(document) == ["first.bias", "first.weight", "head.weight"]
    for _ in range(4):
        document.undo()
    assert document.trained == data


def test_weights_of_a_row_and_of_blocks_in_blocks() -> None:
    document = network()
    document.add("Value", "v")
    instance = document.make_block(["a", "v"], "Outer")
    document.sheet("b1").make_block(["v"], "Inner")
    document.set(instance, repeat=2)
    document.set_trained(trained("outer.0.a.weight", "outer.1.a.weight", "outer.0.inner.v", "a.weight"))
    document.sheet("b2").rename("v", "w")
    document.sheet("b1").rename("a", "first")
    assert tensors(document) == ["a.weight", "outer.0.first.weight", "outer.0.inner.w", "outer.1.first.weight"]
    document.rename("head", "a")
    document.undo()
    document.dissolve("outer")
    assert {"first.weight", "first2.weight", "inner.w"} < set(tensors(document))


# Files


def test_a_block_has_a_line_for_each_node() -> None:
    document = network()
    document.promote(document.sheet(residual(document).block).node("a"), "bias")
    block = json.loads(written(document))["blocks"]["b1"]
    assert list(block) == ["name", "nodes", "links", "promoted"]
    assert [node["name"] for node in block["nodes"]] == ["a", "relu", "both", "x", "y"]
    assert block["promoted"] == [{"name": "bias", "node": "n3", "param": "bias"}]
    assert b'\n        {"id": "n3", "type": "Linear", "name": "a", ' in written(document)
    again = storage.document_from(written(document))
    assert written(again) == written(document)
    assert again.place("b1").params == {"block": "b1", "repeat": 1, "bias": True}


def test_rows_of_numbers_are_kept() -> None:
    document = Document()
    document.add("Constant", "table", value=((1.0, 2.5), (3.0, -4.0)))
    again = storage.document_from(written(document))
    assert again.node("table").params["value"] == ((1.0, 2.5), (3.0, -4.0))
    assert written(again) == written(document)
