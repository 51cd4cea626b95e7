"""Edits one by one: what they do, what they refuse, and what undo gives back."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from nnstudio.data import registry as data_registry
from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.errors import BadName, BadParameter, DocumentError, LinkRefused, NoSuchNode, UnknownLayer
from nnstudio.graph import changes as ch
from nnstudio.graph import rules
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link
from nnstudio.graph.training import Trained
from nnstudio.params import Int, Param, ParamSet, Values
from tests.graph.drawings import Mirror, classifier, holds, written


def test_nodes_are_found_by_id_name_and_themselves() -> None:
    document = classifier()
    head = document.node("head")
    assert document.node(head.id) is document.node(head) is head
    document.set(head, out_features=5)
    assert document.node(head).params["out_features"] == 5
    with pytest.raises(NoSuchNode, match="nothing"):
        document.node("nothing")
    assert "nothing" not in document


def test_a_node_removed_is_no_longer_there() -> None:
    document = classifier()
    head = document.node("head")
    document.remove(head)
    with pytest.raises(NoSuchNode):
        document.node(head)
    assert [link for link in document.links if head.id in (link.source, link.target)] == []


def test_removing_a_node_named_twice_removes_it_once() -> None:
    document = classifier()
    document.remove("head", document.node("head"), document.node("head").id)
    assert "head" not in document
    assert document.history.undo_name == "Delete head"
    document.undo()
    assert written(document) == written(classifier())


def test_remove_of_a_node_that_is_not_there_removes_none() -> None:
    document = classifier()
    with pytest.raises(NoSuchNode):
        document.remove("head", "nothing")
    assert written(document) == written(classifier())


def test_unknown_types_and_parameters() -> None:
    document = Document()
    with pytest.raises(UnknownLayer, match="Nonsense"):
        document.add("Nonsense")
    with pytest.raises(BadParameter, match="nonsense"):
        document.add("Linear", nonsense=1)
    for odd in ("self", "reference", "type_name"):
        with pytest.raises(BadParameter, match=odd):
            document.add("Linear", **{odd: 1})
    document.add("Linear", name="head")
    for odd in ("self", "reference", "name"):
        with pytest.raises(BadParameter, match=odd):
            document.set("head", **{odd: 1})
        with pytest.raises(BadParameter, match=odd):
            document.set_plan(**{odd: 1})
    assert len(document.nodes) == 1


def test_positions_are_those_a_file_can_hold() -> None:
    document = Document()
    node = document.add("ReLU", at=(float("inf"), -1e30))
    assert node.at == (rules.FARTHEST, -rules.FARTHEST)
    with pytest.raises(DocumentError, match="no place"):
        document.add("ReLU", at=(0.0, float("nan")))
    document.move({node.id: (1, 2)})
    assert document.node(node).at == (1.0, 2.0)
    steps = len(document.history.done)
    document.move({node.name: (1.0, 2.0)})
    assert len(document.history.done) == steps


def test_titles_are_those_a_file_can_hold() -> None:
    document = Document("\ud800x")
    assert document.title == "?x"
    document.retitle("long " * 100)
    assert document.title == ("long " * 40)
    steps = len(document.history.done)
    document.retitle("long " * 100)
    assert len(document.history.done) == steps


def test_ids_go_on_after_the_largest_a_file_may_hold() -> None:
    document = Document()
    last = document.add("ReLU")
    document.apply(ch.NodeAdded(replace(last, id=f"n{rules.LAST_ID}", name="far")))
    assert document.add("ReLU").id == "n2"
    assert document.add("ReLU").id == "n3"
    holds(document)


def test_names_stay_while_types_and_values_change() -> None:
    document = classifier()
    document.rename("head", "classifier")
    assert "head" not in document
    assert document.rename("classifier", "classifier").name == "classifier"
    with pytest.raises(BadName, match="already"):
        document.rename("classifier", "loss")
    document.undo()
    assert "head" in document


def test_set_is_all_or_none() -> None:
    document = classifier()
    with pytest.raises(BadParameter, match="out_features"):
        document.set("head", bias=False, out_features=-1)
    assert document.node("head").params == {"out_features": 10, "bias": True}
    document.set("head", bias=False, out_features=3)
    assert document.node("head").params == {"out_features": 3, "bias": False}
    assert document.undo()
    assert written(document) == written(classifier())


def test_setting_what_is_there_is_no_step() -> None:
    document = classifier()
    document.set("head", out_features=10)
    document.set("head")
    document.set_plan(lr=0.001)
    document.mute("head", False)
    document.retitle("small")
    document.rename("head", "head")
    assert document.history.done == []


# Wires


def test_connect_finds_the_ports_that_are_meant() -> None:
    document = Document()
    digits, head, loss = (
        document.add("Dataset", name="digits"),
        document.add("Linear"),
        document.add("CrossEntropyLoss"),
    )
    assert document.connect(digits, head) == Link(digits.id, "image", head.id, "x")
    assert document.connect(head, loss) == Link(head.id, "y", loss.id, "prediction")
    assert document.connect(digits, loss) == Link(digits.id, "label", loss.id, "target")


@pytest.mark.parametrize("kind", ["MSELoss", "BCEWithLogitsLoss"])
def test_connect_finds_a_target_of_any_type(kind: str) -> None:
    document = Document()
    moons, head = document.add("Dataset", dataset="moons"), document.add("Linear", out_features=1)
    loss = document.add(kind)
    document.connect(head, loss)
    assert document.connect(moons, loss) == Link(moons.id, "label", loss.id, "target")


def test_connect_takes_ports_by_name() -> None:
    document = classifier()
    link = document.connect("digits.image", "head.x", replace=True)
    assert (link.output, link.input) == ("image", "x")
    assert document.links_into("head", "x") == [link]
    document.undo()
    assert written(document) == written(classifier())


def test_a_refused_replacement_keeps_the_old_wire() -> None:
    document = classifier()
    heard: list[ch.Change] = []
    document.subscribe(heard.append)
    with pytest.raises(LinkRefused), document.transaction("outer"):
        document.connect("head", "flatten", replace=True)
    with document.transaction("outer"), pytest.raises(LinkRefused):
        document.connect("head", "flatten", replace=True)
    assert written(document) == written(classifier())
    assert document.history.done == []


def test_slots_keep_their_order() -> None:
    document = Document()
    both = document.add("Add")
    first, second, third = (document.add("ReLU") for _ in range(3))
    for node, slot in ((first, None), (second, 0), (third, 1), (first, 99), (second, -5)):
        document.connect(node, both, slot=slot)
    names = [document.node(link.source).name for link in document.links_into(both, "x")]
    assert names == ["relu2", "relu2", "relu3", "relu", "relu"]
    before = written(document)
    document.remove(first)
    assert [link.source for link in document.links_into(both, "x")] == [second.id, second.id, third.id]
    document.undo()
    assert written(document) == before
    while document.undo():
        holds(document)
    assert document.nodes == {}


# Another data set


def test_another_data_set_takes_over_the_wires_by_place() -> None:
    document = classifier()
    mirror, fresh = Mirror(), classifier()
    mirror.nodes, mirror.title = dict(document.nodes), document.title
    mirror.where = dict.fromkeys(mirror.nodes, "")
    for link in document.links:
        mirror.slots[link.target, link.input] = [link]
    document.subscribe(mirror.hear)
    document.set("digits", dataset="moons")
    digits = document.node("digits")
    assert digits.params == {"dataset": "moons", "samples": 400, "noise": 0.08}
    assert document.links_into("flatten", "x") == [Link(digits.id, "point", document.node("flatten").id, "x")]
    assert document.links_into("loss", "target") == [Link(digits.id, "label", document.node("loss").id, "target")]
    assert document.history.undo_name == "Set dataset"
    mirror.agrees_with(document)
    holds(document)
    assert document.undo()
    assert not document.undo()
    assert written(document) == written(fresh)
    mirror.agrees_with(document)


def test_another_data_set_keeps_the_order_of_wires_at_one_input() -> None:
    document = Document()
    digits = document.add("Dataset", name="digits")
    both, other = document.add("Add"), document.add("ReLU")
    for source in (digits, other, digits, digits, other):
        document.connect(source, both)
    before = written(document)
    document.set(digits, dataset="xor")
    outputs = [link.output for link in document.links_into(both, "x")]
    assert outputs == ["point", "y", "point", "point", "y"]
    document.undo()
    assert written(document) == before


def test_values_survive_a_change_of_data_set_where_they_fit() -> None:
    document = Document()
    moons = document.add("Dataset", dataset="moons", noise=0.5)
    assert document.set(moons, dataset="circles").params["noise"] == 0.5
    assert document.set(moons, dataset="digits").params == {"dataset": "digits"}
    with pytest.raises(BadParameter, match="nothing"):
        document.set(moons, dataset="nothing")


def _odd(name: str, fields: tuple[Field, ...], *params: Param) -> DatasetType:
    def load(values: Values, loading: Loading) -> Loaded:
        raise NotImplementedError

    return DatasetType(name, name, "", fields, 1, load, ParamSet(params))


@pytest.fixture
def _odd_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data sets whose fields change type under the same name, and whose ranges do not agree."""
    known = dict(data_registry.datasets())
    classes = Field("y", (), "int64", names=("a", "b"))
    known["few"] = _odd("few", (Field("x", (2,)), classes), Int("samples", 5, low=1, high=10))
    known["real"] = _odd("real", (Field("x", (2,)), Field("y", (), "float32")))
    known["one"] = _odd("one", (Field("only", (2,)),))
    known["turned"] = _odd("turned", (Field("label", (), "int64"), Field("seen", (2,))))
    monkeypatch.setattr(data_registry, "datasets", lambda: known)
    monkeypatch.setattr("nnstudio.catalogue.layers.data.datasets", lambda: known)


@pytest.mark.usefixtures("_odd_datasets")
def test_a_value_out_of_the_new_range_becomes_the_default() -> None:
    document = Document()
    data = document.add("Dataset", dataset="moons", samples=300)
    assert document.set(data, dataset="few").params == {"dataset": "few", "samples": 5}


@pytest.mark.usefixtures("_odd_datasets")
def test_a_wire_that_no_longer_fits_is_taken_out() -> None:
    document = Document()
    data, loss, flexible = (
        document.add("Dataset", dataset="few"),
        document.add("CrossEntropyLoss"),
        document.add("MSELoss"),
    )
    document.connect(f"{data.id}.y", f"{loss.id}.target")
    document.connect(f"{data.id}.y", f"{flexible.id}.target")
    before = written(document)
    document.set(data, dataset="real")
    assert document.links_into(loss, "target") == []
    assert document.links_into(flexible, "target") == [Link(data.id, "y", flexible.id, "target")]
    holds(document)
    document.set(data, dataset="one")
    assert document.links == []
    document.undo()
    document.undo()
    assert written(document) == before


@pytest.mark.usefixtures("_odd_datasets")
def test_wires_never_end_where_the_type_is_wrong() -> None:
    document = Document()
    data, head = document.add("Dataset", dataset="few"), document.add("Linear")
    document.connect(data, head)
    document.set(data, dataset="turned")
    assert document.links == []
    holds(document)


# Listeners


def test_a_listener_that_fails_costs_neither_the_edit_nor_the_others(caplog: pytest.LogCaptureFixture) -> None:
    document, mirror = Document(), Mirror()

    def fail(change: ch.Change) -> None:
        raise RuntimeError("a bug")

    end = document.subscribe(fail)
    document.subscribe(mirror.hear)
    with caplog.at_level(logging.CRITICAL):
        document.add("ReLU")
        document.undo()
        document.redo()
    mirror.agrees_with(document)
    end()
    assert [step.name for step in document.history.done] == ["Add ReLU"]


def test_who_stops_listening_hears_nothing_more() -> None:
    document = Document()
    heard: list[ch.Change] = []
    end = document.subscribe(heard.append)
    document.add("ReLU")
    end()
    document.add("ReLU")
    assert len(heard) == 1


def test_weights_are_no_undo_step() -> None:
    document = classifier()
    document.set("head", bias=False)
    trained = Trained(b"w")
    document.set_trained(trained)
    assert len(document.history.done) == 1
    document.undo()
    assert document.trained is trained
    assert document.redo()
