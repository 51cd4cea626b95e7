"""Wires that find another way, and the order of those that share an input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.errors import DocumentError, LinkRefused
from nnstudio.graph import rewiring
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Link
from tests.graph.drawings import documents, holds, sheets, written
from tests.graph.test_blocks import network, wires


def joined(*names: str) -> Document:
    """Some layers that all lead into one Concatenate, in that order."""
    document = Document()
    cat = document.add("Concatenate", "cat")
    for name in names:
        document.connect(document.add("ReLU", name), cat)
    document.history.clear()
    return document


def order(document: Document, node: str = "cat") -> list[str]:
    return [document.node(link.source).name for link in document.links_into(node, "x")]


def link(document: Sheet, source: str, target: str) -> Link:
    return next(
        found
        for found in document.links
        if (document.node(found.source).name, document.node(found.target).name) == (source, target)
    )


def test_wires_rejoin_around_a_chain_that_goes() -> None:
    document = network()
    rewiring.remove_rejoined(document, ["a", "relu"])
    assert wires(document) == {
        "digits.image flatten.x", "flatten.y both.x", "both.y head.x", "head.y loss.prediction",
        "digits.label loss.target",
    }  # fmt: skip
    assert len(document.links_into("both", "x")) == 2
    assert document.history.undo_name == "Delete 2 nodes"


def test_wires_of_one_input_keep_their_places_when_they_rejoin() -> None:
    document = joined("p", "q", "r")
    before = document.add("Tanh", "before")
    document.connect(before, "q")
    rewiring.remove_rejoined(document, ["q"])
    assert order(document) == ["p", "before", "r"]
    rewiring.remove_rejoined(document, ["p"])
    assert order(document) == ["before", "r"]


def test_what_does_not_fit_is_cut() -> None:
    document = network()
    rewiring.remove_rejoined(document, ["flatten", "a", "relu", "both", "head", "loss"])
    assert document.links == []
    document.undo()
    rewiring.remove_rejoined(document, ["digits"])
    assert not document.links_into("flatten", "x")


def test_a_type_that_does_not_fit_gives_way_to_another_input() -> None:
    document = Document()
    tokens, values = document.add("Input", "tokens", dtype="int64"), document.add("Input", "values")
    cat, linear = document.add("Concatenate", "cat"), document.add("Linear", "linear")
    document.connect(tokens, cat)
    document.connect(values, cat)
    document.connect(cat, linear)
    rewiring.remove_rejoined(document, ["cat"])
    assert wires(document) == {"values.y linear.x"}


def test_a_node_is_pulled_out_and_stays() -> None:
    document = network()
    rewiring.pull_out(document, ["flatten", "a"])
    assert "flatten.y a.x" in wires(document)
    assert {"digits.image relu.x", "digits.image both.x"} <= wires(document)
    assert len(document.nodes) == 7
    assert document.history.undo_name == "Pull out 2 nodes"


@given(documents(), st.data(), st.booleans())
def test_rejoining_is_one_step_and_leaves_a_whole_document(document: Document, data: st.DataObject, out: bool) -> None:
    sheet = data.draw(st.sampled_from(sheets(document)))
    keys = data.draw(st.sets(st.sampled_from(sorted(sheet.nodes)))) if sheet.nodes else set()
    before, steps = written(document), len(document.history.done)
    (rewiring.pull_out if out else rewiring.remove_rejoined)(sheet, keys)
    assert not any({end.source, end.target} <= keys for end in sheet.links) or out
    assert not any(len({end.source, end.target} & keys) == 1 for end in sheet.links)
    holds(document)
    while len(document.history.done) > steps:
        document.undo()
    assert written(document) == before


def test_a_node_is_put_into_a_wire_in_its_place() -> None:
    document = joined("p", "q", "r")
    free = document.add("Sigmoid", "free")
    rewiring.put_into(document, free, link(document, "q", "cat"))
    assert order(document) == ["p", "free", "r"]
    assert "q.y free.x" in wires(document)
    assert document.history.undo_name == "Insert free"


@pytest.mark.parametrize("name", ["loss", "digits", "head", "p"])
def test_what_can_not_be_put_into_a_wire_is_refused(name: str) -> None:
    document = network()
    taken = document.add("ReLU", "p")
    document.connect("digits", taken)
    wire = link(document, "flatten", "a")
    assert rewiring.way_through(document, name, wire) is None
    with pytest.raises(LinkRefused):
        rewiring.put_into(document, name, wire)


def test_a_node_that_leads_back_is_refused() -> None:
    document = network()
    document.disconnect(link(document, "digits", "flatten"))
    assert rewiring.way_through(document, "flatten", link(document, "a", "relu")) is None


@given(documents(), st.data())
def test_the_way_through_is_one_that_may_be(document: Document, data: st.DataObject) -> None:
    sheet = data.draw(st.sampled_from(sheets(document)))
    for wire in sheet.links:
        for key in list(sheet.nodes):
            way = rewiring.way_through(sheet, key, wire)
            if way is not None:
                rewiring.put_into(sheet, key, wire)
                assert set(way) <= set(sheet.links)
                holds(document)
                document.undo()


def test_two_wires_swap_their_ends() -> None:
    document = network()
    sigmoid, tanh = document.add("Sigmoid", "sigmoid"), document.add("Tanh", "tanh")
    document.connect(sigmoid, tanh)
    rewiring.swap(document, link(document, "sigmoid", "tanh"), link(document, "both", "head"))
    assert {"sigmoid.y head.x", "both.y tanh.x"} <= wires(document)
    assert document.history.undo_name == "Swap wires"


def test_wires_that_swap_keep_each_others_places() -> None:
    document = joined("p", "q", "r")
    other, source = document.add("Tanh", "other"), document.add("Sigmoid", "source")
    document.connect(source, other)
    rewiring.swap(document, link(document, "q", "cat"), link(document, "source", "other"))
    assert order(document) == ["p", "source", "r"]
    assert "q.y other.x" in wires(document)


@pytest.mark.parametrize("ends", ["pq", "qp", "pr", "rp", "qr"])
def test_wires_of_one_input_swap_their_places(ends: str) -> None:
    document = joined("p", "q", "r")
    rewiring.swap(document, link(document, ends[0], "cat"), link(document, ends[1], "cat"))
    swapped = {ends[0]: ends[1], ends[1]: ends[0]}
    assert order(document) == [swapped.get(name, name) for name in "pqr"]
    document.undo()
    assert order(document) == ["p", "q", "r"]


def test_a_swap_that_can_not_be_changes_nothing() -> None:
    document = network()
    before = written(document)
    for pair in (("flatten a", "relu both"), ("flatten a", "flatten a"), ("a relu", "a both")):
        with pytest.raises(LinkRefused):
            rewiring.swap(document, *(link(document, *ends.split()) for ends in pair))
        assert written(document) == before
    gone = Link("n1", "image", "n3", "x")
    with pytest.raises(LinkRefused, match="There is no wire"):
        rewiring.swap(document, gone, link(document, "a", "relu"))


def test_inputs_swap() -> None:
    document = joined("p", "q")
    rewiring.swap_inputs(document, "cat")
    assert order(document) == ["q", "p"]
    divide = document.add("Divide", "divide")
    document.connect("p", f"{divide.id}.{divide.inputs[0].name}")
    rewiring.swap_inputs(document, divide)
    assert [link.input for link in rewiring.wires_into(document, divide)] == [divide.inputs[1].name]
    document.connect("q", f"{divide.id}.{divide.inputs[0].name}")
    rewiring.swap_inputs(document, divide)
    assert [document.node(each.source).name for each in rewiring.wires_into(document, divide)] == ["p", "q"]
    with pytest.raises(DocumentError, match="takes two wires"):
        rewiring.swap_inputs(document, "p")


@pytest.mark.parametrize(
    ("name", "slot", "wanted"), [("p", 2, "qrp"), ("r", 0, "rpq"), ("q", 9, "prq"), ("q", 1, "pqr")]
)
def test_wires_of_one_input_get_another_order(name: str, slot: int, wanted: str) -> None:
    document = joined("p", "q", "r")
    document.reorder(link(document, name, "cat"), slot)
    assert "".join(order(document)) == wanted
    assert len(document.history.done) == (wanted != "pqr")
    document.undo()
    assert order(document) == ["p", "q", "r"]


def test_a_wire_that_is_there_twice_is_moved_by_its_place() -> None:
    document = joined("p", "q")
    twice = document.connect("p", "cat")
    document.reorder(twice, 1, was=2)
    assert order(document) == ["p", "p", "q"]
    with pytest.raises(LinkRefused, match="There is no wire"):
        document.reorder(Link("n1", "y", "n1", "x"), 0)


@given(documents(), st.data())
def test_what_is_told_of_wires_before_nodes_are_pulled_out_comes_true(document: Document, data: st.DataObject) -> None:
    sheet = data.draw(st.sampled_from(sheets(document)))
    nodes = data.draw(st.lists(st.sampled_from(sorted(sheet.nodes)), unique=True)) if sheet.nodes else []
    before, told = set(sheet.links), set(rewiring.rejoined(sheet, nodes))
    rewiring.pull_out(sheet, nodes)
    new = set(sheet.links) - before
    assert new <= told
    assert all(not {wire.source, wire.target} & set(nodes) for wire in told)


@given(documents(), st.data())
def test_a_node_that_may_be_in_a_wire_can_be_put_there_once_it_is_free(document: Document, data: st.DataObject) -> None:
    links = [wire for wire in document.links]
    if not links:
        return
    key, wire = data.draw(st.sampled_from(sorted(document.nodes))), data.draw(st.sampled_from(links))
    if key in (wire.source, wire.target):
        assert not rewiring.may_be_in(document, key, wire)
        return
    may = rewiring.may_be_in(document, key, wire)
    rewiring.pull_out(document, [key])
    assert may == (rewiring.way_through(document, key, wire) is not None)
