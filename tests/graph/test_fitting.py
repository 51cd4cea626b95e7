"""Whether a layer would take a wire or feed one is told as the drawing itself would tell it."""

from __future__ import annotations

import pytest

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.errors import LinkRefused
from nnstudio.graph.document import Document
from nnstudio.graph.fitting import DOUBTFUL, FITS, REFUSED, gives, takes, values_of
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine

IMAGE = TensorSpec((N, 3, 8, 8), "float32", "image")
TOKENS = TensorSpec((N, 12), "int64", "tokens", 50)
FLOATS, LABELS = Port("y"), Port("label", dtype="int64")


def taken(name: str, spec: TensorSpec, output: Port = FLOATS) -> tuple[str, str]:
    layer = registry.layer(name)
    fit = takes(layer, values_of(layer, {}), output, spec)
    return fit.answer, fit.port


def given(name: str, entry: Port) -> str:
    layer = registry.layer(name)
    return gives(layer, values_of(layer, {}), entry).answer


def test_what_comes_out_is_judged_by_port_type_and_shape_rule() -> None:
    assert taken("Conv2d", IMAGE) == (FITS, "x")
    assert taken("Linear", IMAGE) == (DOUBTFUL, "x")
    assert taken("Embedding", IMAGE)[0] == REFUSED
    assert taken("Dataset", IMAGE)[0] == REFUSED
    assert taken("Embedding", TOKENS, LABELS) == (FITS, "x")
    assert taken("MaxPool2d", TensorSpec((N, 3, 1, 1), "float32", "image"))[0] == DOUBTFUL


def test_labels_go_to_the_target_and_values_to_the_prediction() -> None:
    assert taken("CrossEntropyLoss", TensorSpec((N, 10)))[1] == "prediction"
    assert taken("CrossEntropyLoss", TensorSpec((N,), "int64", "label", 10), LABELS) == (FITS, "target")


def test_an_unknown_shape_fits_where_the_type_does() -> None:
    layer = registry.layer("Linear")
    assert takes(layer, values_of(layer, {}), FLOATS, None).answer == FITS


def test_an_input_is_fed_by_what_gives_such_shapes() -> None:
    vector = registry.layer("Linear").inputs_for({})[0]
    image = registry.layer("Conv2d").inputs_for({})[0]
    assert given("Conv2d", image) == FITS
    assert given("Flatten", vector) == FITS
    assert given("GlobalAvgPool", vector) == FITS
    assert given("Conv2d", vector) == DOUBTFUL
    assert given("ArgMax", vector) == REFUSED
    assert given("Embedding", Port("x", "N L", dtype="int64")) == REFUSED


@pytest.mark.parametrize("source", ["image", "label"])
def test_it_says_what_the_rules_and_the_compiler_say(source: str) -> None:
    """Each layer is put behind a data set for real: refused means refused, and what fits brings no problem there."""
    document = Document("all")
    data = document.add("Dataset", dataset="digits")
    session = Session(document, FakeEngine())
    spec = session.compiled.facts[data.id].outputs[source]
    for layer in registry.layers().values():
        if layer.is_loss or layer.family.key == "custom":
            continue
        fit = takes(layer, values_of(layer, {}), data.port("output", source), spec)
        node = document.add(layer.type)
        if fit.answer == REFUSED:
            with pytest.raises(LinkRefused):
                document.connect(f"{data.id}.{source}", node)
        else:
            document.connect(f"{data.id}.{source}", f"{node.id}.{fit.port}")
            told = [p for p in session.compiled.problems_of(node.id) if p.port == fit.port and p.severity == "error"]
            waits = sum(not port.optional for port in node.inputs) > 1  # others are missing, and that is told instead
            assert bool(told) == (fit.answer == DOUBTFUL) or (waits and not told), (layer.type, told)
        document.remove(node)


def test_a_block_may_not_hold_what_it_may_not() -> None:
    document = Document("blocks")
    block = document.add_block("Outer")
    inside = document.sheet(block.id)
    assert document.may_hold("CrossEntropyLoss")
    assert document.may_hold("Block", block=block.id)
    assert not inside.may_hold("CrossEntropyLoss")
    assert not inside.may_hold("Dataset")
    assert not inside.may_hold("Block", block=block.id)
    assert not document.may_hold("NoSuchLayer")
    assert not document.may_hold("Block", block="b99")
