"""Every refusal by its name: the message says which nodes, and nothing has changed."""

from __future__ import annotations

import pytest
from torch import nn

from nnstudio.errors import BadName, LinkRefused, NoSuchNode
from nnstudio.graph import rules
from nnstudio.graph.nodes import Link
from tests.graph.drawings import classifier, holds, written

REFUSALS = {
    "duplicate": ("flatten.y", "head.x", "That wire is there already."),
    "occupied": ("digits.image", "head.x", "'head.x' has a wire already."),
    "cycle": ("head.y", "both.x", "'both' already leads to 'head'"),
    "no-such-port": ("head.z", "both.x", "'head' has no output 'z'"),
    "type": ("digits.label", "both.x", "'digits.label' carries class numbers, and 'both.x' needs values."),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_each_refusal_has_its_name_and_changes_nothing(rule: str) -> None:
    document = classifier()
    document.add("Add", name="both")
    document.connect("both", "flatten", replace=True)
    document.history.clear()
    source, target, words = REFUSALS[rule]
    before = written(document)
    with pytest.raises(LinkRefused) as refused:
        document.connect(source, target)
    assert refused.value.rule == rule
    assert words in refused.value.message
    assert written(document) == before
    assert document.history.done == []
    holds(document)


def test_values_are_refused_where_classes_are_needed() -> None:
    document = classifier()
    document.disconnect(document.links_into("loss", "target")[0])
    with pytest.raises(
        LinkRefused, match=r"'head\.y' carries values, and 'loss\.target' needs class numbers"
    ) as refused:
        document.connect("head.y", "loss.target")
    assert refused.value.rule == "type"


def test_the_known_ports_are_named() -> None:
    document = classifier()
    with pytest.raises(LinkRefused) as refused:
        rules.check_link(document, Link("n1", "sound", "n2", "x"))
    assert "It has: image, label." in str(refused.value)
    with pytest.raises(LinkRefused, match=r"has no input 'z'.* It has: x\."):
        rules.check_link(document, Link("n1", "image", "n2", "z"))
    with pytest.raises(LinkRefused, match="'digits' has no input") as refused:
        document.connect("head", "digits")
    assert refused.value.rule == "no-such-port"


@pytest.mark.parametrize(("source", "target"), [("head", "head"), ("head", "flatten")])
def test_circles_are_refused(source: str, target: str) -> None:
    document = classifier()
    for link in [*document.links_into("flatten", "x"), *document.links_into("head", "x")][: 1 + (source == target)]:
        document.disconnect(link)
    before = written(document)
    with pytest.raises(LinkRefused, match="cycle") as refused:
        document.connect(source, target)
    assert refused.value.rule == "cycle"
    assert written(document) == before


def test_wires_that_are_not_there() -> None:
    document = classifier()
    before = written(document)
    with pytest.raises(LinkRefused, match="There is no wire") as refused:
        document.disconnect(Link("n1", "image", "n3", "x"))
    assert refused.value.rule == "no-such-link"
    with pytest.raises(NoSuchNode, match="n99"):
        rules.check_link(document, Link("n99", "y", "n3", "x"))
    assert written(document) == before


@pytest.mark.parametrize(
    "name", ["1a", "a-b", "a b", "ü", "class", "None", "_private", "__init__", "x" * 65, "", "a\n"]
)
def test_names_that_are_none_in_python(name: str) -> None:
    with pytest.raises(BadName, match="can not be a name"):
        rules.check_name(name, ())


@pytest.mark.parametrize("name", ["forward", "torch", "training", "self", "print", "weights_only_"])
def test_names_that_mean_something_already(name: str) -> None:
    if name == "weights_only_":
        rules.check_name(name, ())
        return
    with pytest.raises(BadName, match="already means"):
        rules.check_name(name, ())


@pytest.mark.parametrize("name", ["n1", "n27", "n999999999999"])
def test_names_that_look_like_ids(name: str) -> None:
    with pytest.raises(BadName, match="number"):
        rules.check_name(name, ())
    rules.check_name(f"{name}_", ())
    rules.check_name("n0", ())


def test_every_attribute_of_a_module_is_reserved() -> None:
    public = {name for name in dir(nn.Module()) if not name.startswith("_")}
    assert public - rules.RESERVED == set()
