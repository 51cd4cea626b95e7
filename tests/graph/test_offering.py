"""Parameters offered under one name: what joins, what an instance sets, what parts again, and what undo gives back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from nnstudio.errors import BadParameter, DocumentError, StorageError
from nnstudio.graph import rules, storage
from nnstudio.graph.blocks import Promoted
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node
from tests.graph.block_edits import CODES
from tests.graph.drawings import holds, written

FLOAT, INT, INT_AND_MORE, MORE, NOTHING = CODES


def residual() -> tuple[Document, Sheet, Node, Node]:
    """A block that offers the channels of the first of two convolutions; an instance that keeps 8, one that sets 16."""
    document = Document()
    for name, given in (("conv1", 8), ("conv2", 4)):
        document.add("Conv2d", name, out_channels=given)
    document.add("Linear", "fc", out_features=9)
    first = document.make_block(["conv1", "conv2", "fc"], "Residual")
    document.promote(document.sheet("b1").node("conv1"), "out_channels", "channels")
    other = document.set(document.place("b1"), channels=16)
    document.history.clear()
    return document, document.sheet("b1"), first, other


def joined() -> tuple[Document, Sheet, Node, Node]:
    """The same with the channels of both convolutions under one name."""
    document, inside, first, other = residual()
    document.promote(inside.node("conv2"), "out_channels", "channels")
    document.history.clear()
    return document, inside, first, other


def channels(document: Document, *nodes: Node) -> list[object]:
    return [document.node(node).params.get("channels") for node in nodes]


def inner(sheet: Sheet) -> list[object]:
    """The channels of the convolutions inside."""
    return [sheet.node(name).params["out_channels"] for name in ("conv1", "conv2")]


def refused_whole(document: Document, error: type[Exception], words: str, edit: Callable[[], object]) -> None:
    before, steps = written(document), len(document.history.done)
    with pytest.raises(error, match=words):
        edit()
    assert (written(document), len(document.history.done)) == (before, steps)
    holds(document)


def test_a_parameter_joins_what_the_block_offers() -> None:
    document, inside, first, other = residual()
    before = written(document)
    offer = document.promote(inside.node("conv2"), "out_channels", "channels")
    assert offer == Promoted("channels", inside.node("conv2").id, "out_channels")
    assert [each.name for each in document.blocks["b1"].promoted] == ["channels", "channels"]
    assert inner(inside) == [8, 8], "they are one thing"
    assert channels(document, first, other) == [8, 16], "every instance keeps its value"
    after = written(document)
    holds(document)
    assert document.history.undo_name == "Offer channels"
    document.undo()
    assert written(document) == before
    document.redo()
    assert written(document) == after
    assert written(storage.document_from(after)) == after


def test_without_a_name_nothing_is_joined() -> None:
    document, inside, first, _ = residual()
    assert document.promote(inside.node("conv1"), "kernel_size").name == "kernel_size"
    assert document.promote(inside.node("conv2"), "kernel_size").name == "conv2_kernel_size"
    assert document.promote(inside.node("conv1"), "stride", "kernel_size").name == "kernel_size"
    names = [offer.name for offer in document.blocks["b1"].promoted]
    assert names == ["channels", "kernel_size", "kernel_size", "conv2_kernel_size"], "those of one name stand together"
    assert document.node(first).params["kernel_size"] == inside.node("conv1").params["stride"]
    holds(document)


def test_the_face_has_a_name_once() -> None:
    document, _, first, other = joined()
    params = document.node(first).layer.params_for({})
    assert [param.name for param in params] == ["block", "repeat", "channels"]
    assert params["channels"].default == 8
    assert document.place("b1").params == {"block": "b1", "repeat": 1, "channels": 8}
    document.set(other, channels=5)
    assert channels(document, first, other) == [8, 5]


def test_a_value_has_to_pass_all_of_them() -> None:
    document, inside, first, other = joined()
    document.set(inside.node("fc"), out_features=8)
    document.set(other, channels=60_000)
    assert document.promote(inside.node("fc"), "out_features", "channels").name == "channels"
    words = "channels takes a whole number from 1 to 65,536, not 70000"
    refused_whole(document, BadParameter, words, lambda: document.set(first, channels=70_000))
    refused_whole(document, BadParameter, words, lambda: document.add("Block", block="b1", channels=70_000))
    words = "'conv1' is set along with 'fc': out_channels takes a whole number from 1 to 65,536"
    refused_whole(document, BadParameter, words, lambda: document.set(inside.node("fc"), out_features=70_000))
    document.promote(inside.node("conv2"), "groups", "channels")
    document.sheet("b1").remove("conv1", "conv2")
    document.set(first, channels=70_000)
    assert channels(document, first, other) == [70_000, 60_000], "the one with bounds is gone"
    holds(document)


def test_the_tighter_one_may_be_the_first() -> None:
    document, inside, first, _ = residual()
    document.promote(inside.node("fc"), "out_features", "channels")
    known = document.node(first).layer.params_for({})["channels"]
    with pytest.raises(BadParameter, match="channels takes"):
        document.set(first, channels=70_000)
    document.demote("b1", "channels")
    document.promote(inside.node("fc"), "out_features", "channels")
    document.promote(inside.node("conv1"), "out_channels", "channels")
    assert document.node(first).layer.params_for({})["channels"].help != known.help
    with pytest.raises(BadParameter, match="channels takes a whole number from 1 to 65,536"):
        document.set(first, channels=70_000)


def test_what_can_not_join() -> None:
    document, inside, _, other = residual()
    conv2, fc = inside.node("conv2"), inside.node("fc")
    softmax = inside.add("Softmax")
    for node, param, words in (
        (
            conv2,
            "bias",
            "'channels' can not set both: 'conv1.out_channels' takes a whole number .* takes true or false",
        ),
        (conv2, "kernel_size", "'channels' can not set both: .* 'conv2.kernel_size' takes a whole number .*, or 2 of"),
        (inside.node("conv1"), "out_channels", "Residual offers 'out_channels' of 'conv1' already"),
        (softmax, "dim", "'softmax' can not take what 'residual2' has for 'channels': dim takes .* to 8, not 16"),
    ):
        refused_whole(
            document, DocumentError, words, lambda node=node, param=param: document.promote(node, param, "channels")
        )  # type: ignore[misc]
    document.set(other, channels=8)
    document.promote(softmax, "dim", "channels")
    document.demote("b1", "channels")
    document.set(inside.node("conv1"), out_channels=9)
    document.promote(inside.node("conv1"), "out_channels", "channels")
    words = "'softmax' can not take what 'conv1' has for 'out_channels'"
    refused_whole(document, DocumentError, words, lambda: document.promote(softmax, "dim", "channels"))
    document.promote(fc, "out_features", "channels")
    assert document.sheet("b1").node("fc").params["out_features"] == 9


def test_a_value_further_out_keeps_one_from_joining() -> None:
    """The instance inside has what fits, and the one around it sets another value."""
    document, inside, first, _ = residual()
    outer = document.make_block([first.id], "Outer")
    document.promote(first.id, "channels", "size")
    document.set(outer, size=100)
    softmax = inside.add("Softmax")
    document.set(document.instances("b1")[1], channels=1)
    words = "'softmax' can not take what 'outer' has for 'size': dim takes .* not 100"
    refused_whole(document, DocumentError, words, lambda: document.promote(softmax, "dim", "channels"))
    document.set(outer, size=5)
    document.promote(softmax, "dim", "channels")
    refused_whole(document, BadParameter, "size takes .* to 8, not 9", lambda: document.set(outer, size=9))


def test_an_edit_inside_is_an_edit_of_all() -> None:
    document, inside, first, other = joined()
    before = written(document)
    for name, value in (("conv2", 6), ("conv1", 7)):
        document.set(inside.node(name), out_channels=value)
        assert inner(inside) == [value, value]
        assert channels(document, first, other) == [value, 16], "one had set it otherwise"
        holds(document)
    document.undo()
    document.undo()
    assert written(document) == before


def test_parameters_of_one_node_under_one_name() -> None:
    document, inside, first, _ = residual()
    conv = inside.node("conv1")
    document.promote(conv, "kernel_size", "size")
    document.promote(conv, "stride", "size")
    document.set(conv, stride=5)
    assert document.node(conv).params["kernel_size"] == document.node(first).params["size"] == 5
    words = "'kernel_size' and 'stride' are offered together as 'size' and have one value"
    refused_whole(document, BadParameter, words, lambda: document.set(conv, kernel_size=2, stride=3))
    document.set(conv, kernel_size=(2, 2), stride=2)
    assert document.node(first).params["size"] == 2
    holds(document)


def test_instances_inside_share_a_name_too() -> None:
    """What follows in the drawing around is set together there, and refused as a whole."""
    document, inside, first, other = joined()
    outer = document.make_block([first.id, other.id], "Outer")
    softmax = document.sheet(outer.block).add("Softmax", dim=8)
    document.set(other, channels=8)
    for node, param in ((first, "channels"), (other, "channels"), (softmax, "dim")):
        document.promote(node.id, param, "size")
    document.set(inside.node("conv2"), out_channels=3)
    assert channels(document, first, other) == [3, 3]
    assert (document.node(softmax).params["dim"], document.node(outer).params["size"]) == (3, 3)
    holds(document)
    words = "'softmax' is set along with 'residual': dim takes a whole number from -8 to 8, not 9"
    refused_whole(document, BadParameter, words, lambda: document.set(inside.node("conv1"), out_channels=9))


def test_demoting_withdraws_all_and_removing_one_leaves_the_rest() -> None:
    document, inside, first, other = joined()
    before = written(document)
    document.demote("b1", "channels")
    assert document.blocks["b1"].promoted == ()
    assert channels(document, first, other) == [None, None]
    document.undo()
    assert written(document) == before
    document.sheet("b1").remove("conv1")
    assert [offer.node for offer in document.blocks["b1"].promoted] == [inside.node("conv2").id]
    assert channels(document, first, other) == [8, 16]
    assert document.node(first).layer.params_for({})["channels"].default == 8
    holds(document)
    document.sheet("b1").remove("conv2")
    assert channels(document, first, other) == [None, None]
    document.undo()
    document.undo()
    assert written(document) == before


def test_dissolving_gives_all_of_them_the_value() -> None:
    document, _, first, other = joined()
    before = written(document)
    copies = {node.name: node.params.get("out_channels") for node in document.dissolve(other)}
    assert (copies["conv1"], copies["conv2"]) == (16, 16)
    document.undo()
    assert written(document) == before
    own = document.unlink(other)
    assert channels(document, first, own) == [8, 16]
    assert [offer.name for offer in document.blocks[own.block].promoted] == ["channels", "channels"]
    holds(document)


def test_offers_pass_through_a_block_inside_and_back() -> None:
    document, inside, first, other = joined()
    document.promote(inside.node("fc"), "out_features", "features")
    before = json.loads(written(document))["blocks"]["b1"]["promoted"]
    nested = inside.make_block(["conv1", "conv2"], "Inner")
    assert [(offer.name, offer.node) for offer in document.blocks["b1"].promoted] == [
        ("channels", nested.id),
        ("features", inside.node("fc").id),
    ]
    assert [offer.name for offer in document.blocks[nested.block].promoted] == ["channels", "channels"]
    document.set(document.sheet(nested.block).node("conv1"), out_channels=2)
    assert channels(document, nested, first, other) == [2, 2, 16]
    holds(document)
    inside.dissolve(nested)
    assert json.loads(written(document))["blocks"]["b1"]["promoted"] == before
    assert channels(document, first, other) == [2, 16]
    inside.make_block(["conv2"], "Half")
    assert len(document.blocks["b1"].promoted) == 3
    assert channels(document, first, other) == [2, 16]
    holds(document)


def test_a_block_offers_only_so_many_however_they_share_names() -> None:
    document, inside, _, _ = residual()
    nested = inside.make_block(["conv1"], "Inner")
    for number in range(rules.MOST_OFFERED - 1):
        node = document.sheet(nested.block).add("Conv2d", f"more{number}")
        document.promote(node, "out_channels", "channels")
    another = document.sheet(nested.block).add("Conv2d", "another")
    words = f"can offer {rules.MOST_OFFERED} parameters at most"
    refused_whole(document, DocumentError, words, lambda: document.promote(another, "out_channels", "channels"))
    document.promote(inside.node("fc"), "out_features")
    refused_whole(document, DocumentError, words, lambda: inside.dissolve(nested))
    document.demote("b1", "out_features")
    inside.dissolve(nested)
    assert len(document.blocks["b1"].promoted) == rules.MOST_OFFERED
    assert written(storage.document_from(written(document))) == written(document)


def test_an_imported_block_shares_what_it_shared() -> None:
    source, _, _, _ = joined()
    target = Document()
    copied = target.import_block(source, "b1")
    assert [offer.name for offer in copied.promoted] == ["channels", "channels"]
    target.set(target.place(copied.id), channels=7)
    assert target.import_block(source, "b1") == copied
    holds(target)


def test_names_of_a_file_are_put_together() -> None:
    document, inside, _, _ = joined()
    document.promote(inside.node("fc"), "out_features", "features")
    project = json.loads(written(document))
    offers = project["blocks"]["b1"]["promoted"]
    project["blocks"]["b1"]["promoted"] = [offers[0], offers[2], offers[1]]
    assert written(storage.document_from(json.dumps(project).encode())) == written(document)
    project["blocks"]["b1"]["promoted"][1]["name"] = "channels"
    with pytest.raises(StorageError, match=r"'conv1\.out_channels' and 'fc\.out_features' have different values"):
        storage.document_from(json.dumps(project).encode())


# Classes that a person types in have arguments that come and go


def typed(*codes: str) -> tuple[Document, list[Node]]:
    """A block of own classes whose arguments "start" are offered under one name."""
    document = Document()
    nodes = [document.add("Custom", f"own{place}", code=code) for place, code in enumerate(codes)]
    document.make_block(nodes, "Own")
    for node in nodes:
        document.promote(node.id, "start", "begin")
    document.history.clear()
    return document, [document.node(node.id) for node in nodes]


def test_an_instance_never_has_a_value_that_its_face_does_not_know() -> None:
    """Not for a moment: who shows it asks the face for each of its values."""
    document, (first, second) = typed(FLOAT, FLOAT)
    unknown: list[set[str]] = []

    def hear(change: object) -> None:
        for node in document.instances("b1"):
            known = {param.name for param in node.layer.params_for(node.params)}
            unknown.append(node.params.keys() - known)

    document.subscribe(hear)
    document.set(first, code=NOTHING)
    document.set(second, code=NOTHING)
    document.undo()
    document.undo()
    document.redo()
    assert len(unknown) > 4
    assert not any(unknown)


@pytest.mark.parametrize(
    ("code", "left"), [(INT, 1), (NOTHING, 1), (MORE, 1), (FLOAT.replace("1.0", "5.0"), 2), ("class Oops(", 1)]
)
def test_what_becomes_of_another_kind_parts(code: str, left: int) -> None:
    document, (first, second) = typed(FLOAT, FLOAT)
    instance = document.set(document.instances("b1")[0], begin=2.5)
    before = written(document)
    document.set(first, code=code)
    offers = document.blocks["b1"].promoted
    assert (len(offers), offers[-1].node) == (left, second.id)
    assert document.node(instance).params["begin"] == 2.5
    holds(document)
    assert written(storage.document_from(written(document))) == written(document)
    document.undo()
    document.undo()
    document.redo()
    assert written(document) == before


def test_arguments_of_one_class_under_one_name() -> None:
    """They change together, so that neither has to part."""
    document = Document()
    own = document.add("Custom", "own", code=INT_AND_MORE)
    document.make_block([own], "Own")
    for param in ("start", "more"):
        document.promote(own.id, param, "begin")
    assert document.node(own.id).params["more"] == 3
    document.set(own.id, more=7)
    assert document.node(own.id).params["start"] == document.instances("b1")[0].params["begin"] == 7
    holds(document)
    document.set(own.id, code=MORE)
    assert [offer.param for offer in document.blocks["b1"].promoted] == ["more"]
    assert (document.node(own.id).params["more"], document.instances("b1")[0].params["begin"]) == (7.0, 7.0)
    holds(document)
    assert written(storage.document_from(written(document))) == written(document)
    for param in ("code", "outputs"):
        with pytest.raises(DocumentError, match="decides what ports the layer has"):
            document.promote(own.id, param)


def test_what_is_of_another_kind_parts_further_out_too() -> None:
    document, (alone,) = typed(FLOAT)
    outer = document.make_block([document.instances("b1")[0]], "Outer")
    dropout = document.sheet(outer.block).add("Dropout", p=1.0)
    inner_instance = document.instances("b1")[0]
    document.promote(dropout, "p", "p")
    document.promote(inner_instance, "begin", "p")
    document.set(outer, p=0.5)
    before = written(document)
    document.set(alone, code=INT)
    assert [offer.node for offer in document.blocks[outer.block].promoted] == [dropout.id]
    assert document.node(outer).params["p"] == 0.5
    holds(document)
    document.undo()
    assert written(document) == before


def test_instances_further_out_get_values_that_fit() -> None:
    """The one between fits the other kind by chance, and those around it do not."""
    document, (alone,) = typed(FLOAT)
    outer = document.make_block([document.instances("b1")[0]], "Outer")
    between = document.set(document.instances("b1")[0], begin=2.0)
    document.promote(between, "begin")
    document.set(outer, begin=1.5)
    document.set(alone, code=INT)
    assert (document.node(between).params["begin"], document.node(outer).params["begin"]) == (2, 2)
    holds(document)


def choosing(declared: str) -> str:
    """A class whose argument is declared like that; words, whether or not there is a choice of them."""
    return FLOAT.replace("start: float = 1.0", f"start: {declared}")


ANY, EITHER = choosing('str = "sum"'), choosing('Literal["sum", "mean"] = "sum"')


def test_one_of_another_kind_parts_further_out_though_its_value_fits() -> None:
    document, (alone,) = typed(ANY)
    words = document.add("Custom", "words", code=ANY, start="mean")
    between = document.set(document.instances("b1")[0], begin="mean")
    outer = document.make_block([words, between], "Outer")
    document.promote(words.id, "start", "mode")
    document.promote(between.id, "begin", "mode")
    document.set(outer, mode="max")
    before = written(document)
    document.set(alone, code=EITHER)
    assert [offer.node for offer in document.blocks[outer.block].promoted] == [words.id]
    assert document.node(between.id).params["begin"] == "mean"
    assert document.node(outer).params["mode"] == "max"
    holds(document)
    document.undo()
    assert written(document) == before


def test_values_further_out_fit_though_the_one_between_did_already() -> None:
    document, (alone,) = typed(ANY)
    between = document.set(document.instances("b1")[0], begin="mean")
    outer = document.make_block([between], "Outer")
    document.promote(between.id, "begin")
    document.set(outer, begin="max")
    before = written(document)
    document.set(alone, code=EITHER)
    assert document.node(between.id).params["begin"] == document.node(outer).params["begin"] == "mean"
    holds(document)
    document.undo()
    assert written(document) == before


def test_what_a_port_offers_goes_with_the_port() -> None:
    """An Input inside is no node of the drawing around once the block is taken apart."""
    document, inside, first, _ = joined()
    entry = inside.add("Input")
    outer = document.make_block([first], "Outer")
    document.promote(entry, "classes", "channels")
    document.promote(entry, "dtype")
    document.promote(first.id, "dtype")
    document.promote(first.id, "channels")
    document.sheet(outer.block).dissolve(first.id)
    assert [offer.name for offer in document.blocks[outer.block].promoted] == ["channels", "channels"]
    assert document.node(outer).params == {"block": outer.block, "repeat": 1, "channels": 8}
    holds(document)
