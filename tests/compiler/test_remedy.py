"""A fix that is offered mends the problem, and is one step to take back."""

from collections.abc import Callable

import pytest

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.remedy import apply_fix
from nnstudio.compiler.result import Fix, Problem
from nnstudio.errors import DocumentError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from tests.compiler.drawings import chain, digits_cnn, judge, moons


def linear_on_images() -> Document:
    document = digits_cnn()
    document.remove("flatten", "dropout")
    document.connect("pool2", "head")
    return document


def too_few_scores() -> Document:
    document = digits_cnn()
    document.set("head", out_features=4)
    document.connect("head", document.add("Softmax"))
    document.disconnect(document.links_into("loss", "prediction")[0])
    document.connect("softmax", "loss.prediction")
    return document


def too_few_scores_behind_a_muted_layer() -> Document:
    document = digits_cnn()
    document.set("head", out_features=4)
    muted = document.add("Linear", "muted", out_features=10)
    document.disconnect(document.links_into("loss", "prediction")[0])
    chain(document, document.node("head"), muted)
    document.connect(muted, "loss.prediction")
    document.mute(muted)
    return document


def two_outputs_for_a_logit() -> Document:
    document, data, (linear,) = moons(("Linear", {"out_features": 2}))
    judge(document, linear, data, "BCEWithLogitsLoss")
    return document


def same_with_a_stride() -> Document:
    document = digits_cnn()
    document.set("conv1", stride=2)
    document.set("pool2", kernel_size=1, stride=1)
    document.set("pool1", kernel_size=1)
    return document


def uneven_groups() -> Document:
    document = digits_cnn()
    document.set("conv2", groups=3)
    return document


def padding_too_large() -> Document:
    document = digits_cnn()
    document.set("pool1", padding=2)
    return document


def softmax_over_the_batch() -> Document:
    document, data, (_, softmax) = moons(("Linear", {"out_features": 2}), ("Softmax", {"dim": 0}))
    judge(document, softmax, data, "CrossEntropyLoss")
    return document


def join_along_the_batch() -> Document:
    document, data, (joined,) = moons(("Concatenate", {"dim": 5}))
    judge(document, joined, data, "CrossEntropyLoss")
    return document


def no_loss() -> Document:
    return moons(("Linear", {"out_features": 2}))[0]


def batch_norm_on_images() -> Document:
    document = digits_cnn()
    norm = document.add("BatchNorm1d")
    document.disconnect(document.links_into("flatten", "x")[0])
    document.connect("pool2", norm)
    document.connect(norm, "head", replace=True)
    document.remove("flatten", "dropout")
    return document


BROKEN: list[tuple[Callable[[], Document], str]] = [
    (linear_on_images, "Insert Flatten"),
    (batch_norm_on_images, "Insert Flatten"),
    (too_few_scores, "Set out_features of 'head' to 10"),
    (too_few_scores_behind_a_muted_layer, "Set out_features of 'head' to 10"),
    (two_outputs_for_a_logit, "Set out_features of 'linear' to 1"),
    (same_with_a_stride, "Set stride of 'conv1' to 1"),
    (uneven_groups, "Set groups of 'conv2' to 1"),
    (padding_too_large, "Set padding of 'pool1' to 0"),
    (softmax_over_the_batch, "Set dim of 'softmax' to -1"),
    (join_along_the_batch, "Set dim of 'cat' to -1"),
    (no_loss, "Add CrossEntropyLoss"),
]


@pytest.mark.parametrize(("build", "label"), BROKEN, ids=lambda value: getattr(value, "__name__", None))
def test_fix_mends_and_is_one_step(build: Callable[[], Document], label: str) -> None:
    document = build()
    (problem,) = compile_document(document).problems
    assert problem.remedy is not None
    assert problem.remedy.label == label
    before, steps = storage.graph_bytes(document), len(document.history.done)
    apply_fix(document, problem)
    assert compile_document(document).problems == ()
    assert document.history.undo_name == label
    assert len(document.history.done) == steps + 1
    document.undo()
    assert storage.graph_bytes(document) == before


def test_inserted_layer_stands_between() -> None:
    document = linear_on_images()
    apply_fix(document, compile_document(document).problems[0])
    (link,) = document.links_into("head", "x")
    flatten = document.node(link.source)
    assert (flatten.type, flatten.name) == ("Flatten", "flatten")
    assert document.links_into(flatten, "x")[0].source == document.node("pool2").id


def test_appended_loss_is_wired_to_the_labels() -> None:
    document = no_loss()
    problem = compile_document(document).problems[0]
    apply_fix(document, problem)
    (loss,) = [node for node in document.nodes.values() if node.layer.is_loss]
    assert {(link.output, link.input) for link in document.links_of(loss)} == {("y", "prediction"), ("label", "target")}


def test_scores_that_a_size_can_not_mend_have_no_fix() -> None:
    """Between the Linear and the loss the sizes are fixed, so another out_features would break what is between."""
    document = digits_cnn()
    document.set("head", out_features=4)
    document.connect("head", document.add("Reshape", shape=(2, 2)))
    document.connect("reshape", document.add("Flatten", "flat"))
    document.disconnect(document.links_into("loss", "prediction")[0])
    document.connect("flat", "loss.prediction")
    (error,) = compile_document(document).errors
    assert error.remedy is None


def test_no_setting_is_offered_that_leaves_the_node_broken() -> None:
    document = digits_cnn()
    document.set("pool1", kernel_size=10, padding=6)
    error = compile_document(document).errors[0]
    assert str(error).endswith("Set padding to at most half of kernel_size.")
    assert error.remedy is None


def test_what_has_no_fix_says_so() -> None:
    with pytest.raises(DocumentError, match="no fix"):
        apply_fix(Document(), Problem("", "", "Something."))


def test_fix_of_a_node_that_is_gone_changes_nothing() -> None:
    document = digits_cnn()
    before = storage.graph_bytes(document)
    stale = Fix("insert", "Insert Flatten", "n99", port="x", layer="Flatten")
    with pytest.raises(DocumentError):
        apply_fix(document, Problem("n99", "x", "Gone.", remedy=stale))
    assert storage.graph_bytes(document) == before
