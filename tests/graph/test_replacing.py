"""Another kind of layer, or another definition, in the place of a node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.errors import DocumentError, NNStudioError
from nnstudio.graph import replacing
from nnstudio.graph.document import Document
from nnstudio.graph.editing import Editing
from nnstudio.graph.nodes import NodeRef
from tests.graph.drawings import TYPES, classifier, documents, holds, sheets, written
from tests.graph.test_blocks import network, wires


def replace_node(here: Editing, reference: NodeRef, type_name: str) -> replacing.Replaced:
    """Another kind of layer in the place of a node, as one step."""
    old = here.node(reference)
    with here.transaction(f"Replace {old.name} with {type_name}"):
        return replacing.take_place(here, old, here.add(type_name, at=old.at))


def test_wires_values_place_and_name_are_kept() -> None:
    document = Document()
    source, conv, pool = document.add("Input", "image"), document.add("Conv2d"), document.add("MaxPool2d", "pool")
    document.connect(source, conv)
    document.connect(conv, pool)
    document.set(conv, kernel_size=(5, 3), out_channels=7, padding=(2, 1))
    document.move({conv.id: (40.0, 50.0)})
    found = replace_node(document, conv, "ConvTranspose2d")
    node = document.node(found.node)
    assert (node.type, node.at, found.lost) == ("ConvTranspose2d", (40.0, 50.0), ())
    assert (node.params["kernel_size"], node.params["out_channels"], node.params["padding"]) == ((5, 3), 7, (2, 1))
    assert wires(document) == {f"image.y {node.name}.x", f"{node.name}.y pool.x"}
    assert node.name == "upconv"
    assert conv.id not in document
    assert document.history.undo_name == "Replace conv with ConvTranspose2d"


@pytest.mark.parametrize(("name", "kept"), [("", "tanh"), ("gate", "gate"), ("relu7", "tanh")])
def test_a_name_that_was_given_is_kept(name: str, kept: str) -> None:
    document = Document()
    node = document.add("ReLU", name)
    assert replace_node(document, node, "Tanh").node.name == kept


def test_a_value_that_does_not_fit_stays_behind() -> None:
    document = Document()
    node = document.add("Conv2d", padding="same", kernel_size=5)
    pool = replace_node(document, node, "MaxPool2d").node
    assert (pool.params["kernel_size"], pool.params["padding"]) == (5, 0)


def test_wires_that_fit_nowhere_are_told() -> None:
    document = network()
    found = replace_node(document, "both", "Linear")
    assert len(found.lost) == 1
    assert {"a.y both.x", "both.y head.x"} <= wires(document)
    assert {link.target for link in found.lost} == {"n5"}


def test_ports_of_the_same_name_come_first_and_places_are_kept() -> None:
    document = network()
    document.add("Concatenate", "cat")
    for name in ("flatten", "relu", "a"):
        document.connect(name, "cat")
    replace_node(document, "relu", "Tanh")
    assert [document.node(link.source).name for link in document.links_into("cat", "x")] == ["flatten", "tanh", "a"]


def test_a_loss_for_a_loss_keeps_both_wires() -> None:
    document = classifier()
    loss = replace_node(document, "loss", "NLLLoss").node
    assert {f"head.y {loss.name}.prediction", f"digits.label {loss.name}.target"} <= wires(document)


def test_what_the_block_offers_of_a_node_it_offers_of_the_next() -> None:
    document = classifier()
    block = document.make_block(["head"])
    inside = document.sheet(block.block)
    for param in ("bias", "out_features"):
        document.promote(inside.node("head"), param)
    document.set(block.id, bias=False, out_features=4)
    conv = replace_node(inside, "head", "Conv2d").node
    assert [(offer.node, offer.param) for offer in document.blocks[block.block].promoted] == [(conv.id, "bias")]
    instance = document.node(block.id)
    assert (instance.params["bias"], "out_features" in instance.params) == (False, False)
    holds(document)


def test_a_port_of_a_block_is_not_replaced() -> None:
    document = classifier()
    block = document.make_block(["head"])
    before = written(document)
    with pytest.raises(DocumentError, match="wires outside"):
        replace_node(document.sheet(block.block), "x", "ReLU")
    assert written(document) == before


@given(documents(), st.data())
def test_any_node_by_any_other(document: Document, data: st.DataObject) -> None:
    sheet = data.draw(st.sampled_from([each for each in sheets(document) if each.nodes] or [document]))
    if not sheet.nodes:
        return
    key = data.draw(st.sampled_from(sorted(sheet.nodes)))
    before, count = written(document), len(sheet.links)
    try:
        found = replace_node(sheet, key, data.draw(st.sampled_from([*TYPES, "Input", "Output", "LSTM"])))
    except NNStudioError:
        assert written(document) == before
        return
    assert len(sheet.links) == count - len(found.lost)
    holds(document)
    document.undo()
    assert written(document) == before


# Definitions


def two_blocks() -> Document:
    """A block around `a`, and one around the ReLU behind it."""
    document = network()
    document.make_block(["a"], "First")
    document.make_block(["relu"], "Second")
    document.history.clear()
    return document


def test_an_instance_takes_another_definition_and_keeps_its_wires() -> None:
    document = two_blocks()
    first, second = (document.node(name) for name in ("first", "second"))
    before, was = written(document), wires(document)
    node = replacing.use_definition(document, first, second.block)
    assert node.block == second.block
    assert len(document.instances(second.block)) == 2
    assert wires(document) == was
    holds(document)
    document.undo()
    assert written(document) == before


def test_ports_of_other_names_stand_for_those_in_their_places() -> None:
    document = two_blocks()
    document.rename(next(n for n in document.sheet("b2").nodes.values() if n.type == "Input"), "signal")
    replacing.use_definition(document, document.node("first"), "b2")
    assert "flatten.y first.signal" in wires(document)
    holds(document)


def test_values_that_the_other_takes_are_kept() -> None:
    document = network()
    for name, offered in (("a", "out_features"), ("head", "width")):
        instance = document.make_block([name], name.upper())
        inner = document.sheet(instance.block).node(name)
        document.promote(inner, "bias")
        document.promote(inner, "out_features", offered)
    document.set("a", bias=False)
    node = replacing.use_definition(document, document.node("a"), "b2")
    assert {**node.params} == {"block": "b2", "repeat": 1, "bias": False, "width": 10}
    holds(document)


def test_what_is_offered_on_of_an_instance_stays_where_the_other_has_it() -> None:
    document = network()
    for name in ("a", "head"):
        inside = document.make_block([name], name.upper())
        document.promote(document.sheet(inside.block).node(name), "bias")
    document.promote(document.sheet("b1").node("a"), "out_features")
    outer = document.make_block(["a"], "Outer")
    sheet = document.sheet(outer.block)
    instance = next(node for node in sheet.nodes.values() if node.block)
    for param in ("bias", "out_features"):
        document.promote(instance, param)
    document.set(outer.id, bias=False)
    replacing.use_definition(sheet, instance, "b2")
    assert document.node(outer.id).params["bias"] is False
    assert "out_features" not in document.node(outer.id).params
    holds(document)


def test_a_block_without_a_port_for_a_wire_is_refused() -> None:
    document = two_blocks()
    document.add_block("Sink")
    document.remove(next(n for n in document.sheet("b3").nodes.values() if n.type == "Output"))
    first, before = document.node("first"), written(document)
    assert [block.name for block in replacing.suiting(document, first)] == ["Second"]
    with pytest.raises(DocumentError, match="has other ports"):
        replacing.use_definition(document, first, "b3")
    assert written(document) == before


def test_a_block_is_not_used_inside_itself() -> None:
    document = two_blocks()
    inside = document.sheet("b1")
    inner = inside.place("b2")
    with pytest.raises(DocumentError, match="contain itself"):
        replacing.use_definition(inside, inner, "b1")
    assert list(replacing.suiting(inside, inner)) == []


@given(documents(), st.data())
def test_any_instance_by_any_definition(document: Document, data: st.DataObject) -> None:
    nodes = [node for sheet in sheets(document) for node in sheet.nodes.values() if node.block]
    if not nodes:
        return
    node = data.draw(st.sampled_from(sorted(nodes, key=lambda node: node.order)))
    sheet, block = document.sheet_of(node), data.draw(st.sampled_from(sorted(document.blocks)))
    before, offered = written(document), [each.id for each in replacing.suiting(sheet, node)]
    try:
        replacing.use_definition(sheet, node, block)
    except DocumentError:
        assert block not in offered
        assert written(document) == before
        return
    assert block in offered or block == node.block
    assert len(sheet.links) == len(document.sheet(sheet.block).links)
    holds(document)
