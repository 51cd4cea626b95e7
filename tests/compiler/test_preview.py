"""What is said of a wire before there is one is what comes of it."""

from __future__ import annotations

import contextlib

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.preview import Preview, preview
from nnstudio.errors import LinkRefused
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link
from tests.graph.drawings import documents


def of(document: Document, source: str, target: str, instead_of: Link | None = None) -> Preview:
    start, output = source.split(".")
    end, entry = target.split(".")
    link = Link(document.node(start).id, output, document.node(end).id, entry)
    return preview(document, compile_document(document).facts, link, instead_of)


def images() -> Document:
    document = Document("images")
    document.add("Dataset", "digits", dataset="digits")
    document.add("Conv2d", "conv", out_channels=4)
    document.add("Linear", "head", out_features=10)
    document.add("Concatenate", "both")
    document.add("CrossEntropyLoss", "loss")
    return document


def shapes(found: Preview) -> list[str]:
    return [str(spec) for spec in found.outputs.values()]


def test_it_says_what_the_target_would_put_out() -> None:
    document = images()
    found = of(document, "digits.image", "conv.x")
    assert shapes(found) == ["N×4×8×8"]
    assert not found.reason
    document.connect("digits.image", "conv")
    now = compile_document(document).facts[document.node("conv").id].outputs
    assert found.outputs == now


def test_a_shape_that_does_not_fit_is_told_with_its_cure() -> None:
    found = of(images(), "digits.image", "head.x")
    assert "'head' gets N×1×8×8 and needs a vector" in found.reason
    assert found.remedy is not None
    assert found.remedy.label == "Insert Flatten"
    assert not found.outputs


def test_the_other_wires_of_an_input_count() -> None:
    document = images()
    document.connect("digits.image", "conv")
    document.connect("digits.image", "both")
    assert shapes(of(document, "conv.y", "both.x")) == ["N×5×8×8"]
    (old,) = document.links_into("both", "x")
    assert shapes(of(document, "conv.y", "both.x", old)) == ["N×4×8×8"]


def test_nothing_is_promised_while_something_else_is_missing() -> None:
    document = images()
    document.add("Linear", "loose")
    assert of(document, "loose.y", "head.x") == Preview()
    found = of(document, "digits.label", "loss.target")
    assert found.carried is not None
    assert not found.outputs
    assert not found.reason


def test_a_block_is_looked_into() -> None:
    document = images()
    document.connect("digits.image", "conv")
    block = document.make_block(["conv"])
    (wire,) = document.links_into(block, block.inputs[0].name)
    other = document.add("Conv2d", "wide", out_channels=7)
    document.connect("digits.image", other)
    entry = block.inputs[0].name
    assert shapes(of(document, "wide.y", f"{block.name}.{entry}", wire)) == ["N×4×8×8"]


def test_a_muted_node_hands_on() -> None:
    document = images()
    document.mute("head")
    assert shapes(of(document, "digits.image", "head.x")) == ["N×1×8×8"]


@settings(max_examples=30)
@given(documents(), st.data())
def test_what_is_said_comes_true_in_any_document(document: Document, data: st.DataObject) -> None:
    nodes = [*document.nodes.values()]
    outputs = [(node.id, port.name) for node in nodes for port in node.outputs]
    inputs = [(node.id, port.name) for node in nodes for port in node.inputs]
    assume(outputs and inputs)
    source, target = data.draw(st.sampled_from(outputs)), data.draw(st.sampled_from(inputs))
    said = None
    with contextlib.suppress(LinkRefused), document.transaction("try"):
        document.connect(".".join(source), ".".join(target), replace=True)
        said = ()
    assume(said is not None)
    document.undo()
    found = preview(document, compile_document(document).facts, Link(*source, *target))
    document.redo()
    compiled = compile_document(document)
    if found.outputs:
        assert found.outputs == compiled.facts[target[0]].outputs
    if found.reason:
        assert [problem for problem in compiled.problems_of(target[0]) if problem.severity == "error"]
