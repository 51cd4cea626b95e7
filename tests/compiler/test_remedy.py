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


def given(sizes: tuple[int, ...], kind: str, dtype: str = "float32", classes: int = 0, **params: object) -> Document:
    """A layer right behind an Input."""
    document = Document()
    source = document.add("Input", "given", shape=sizes, dtype=dtype, classes=classes)
    document.connect(source, document.add(kind, "layer", **params))
    return document


def channels_last() -> Document:
    return given((28, 28, 3), "Conv2d", padding=0, kernel_size=5)


def channels_last_that_runs() -> Document:
    return given((28, 28, 1), "Conv2d", padding="same")


def picture_without_channels() -> Document:
    return given((28, 28), "Conv2d")


def signal_without_channels() -> Document:
    return given((100,), "Conv1d")


def tokens_into_a_linear() -> Document:
    document = given((12,), "Flatten", "int64", 50)
    document.connect("layer", document.add("Linear"))
    return document


def tokens_into_an_lstm() -> Document:
    document = given((12,), "Reshape", "int64", 50, shape=(12,))
    document.connect("layer", document.add("LSTM"))
    return document


def reshape_that_does_not_come_out_even() -> Document:
    return given((28, 28), "Reshape", shape=(14, 50))


def unflatten_that_does_not_come_out_even() -> Document:
    return given((784,), "Unflatten", unflattened_size=(4, 100))


def raw_columns() -> Document:
    document = Document()
    data, head = document.add("Dataset", dataset="wine"), document.add("Linear", out_features=3)
    loss = document.add("CrossEntropyLoss")
    document.connect(f"{data.id}.x", head)
    document.connect(head, loss)
    document.connect(f"{data.id}.y", f"{loss.id}.target")
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
    (raw_columns, "Insert Standardize"),
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


def test_permute_brings_the_channels_to_the_front() -> None:
    document = channels_last()
    (problem,) = compile_document(document).errors
    assert str(problem).endswith("Insert Permute before it.")
    assert compile_document(document).facts[document.node("layer").id].outputs["y"].shape == (-1, 16, 24, 24)
    apply_fix(document, problem)
    (link,) = document.links_into("layer", "x")
    assert document.node(link.source).params["dims"] == (3, 1, 2)
    assert compile_document(document).facts[document.node("layer").id].inputs["x"][0].shape == (-1, 3, 28, 28)


def test_tokens_of_unknown_number_have_no_fix() -> None:
    document = given((12,), "Flatten", "int64", 0)
    document.connect("layer", document.add("Linear"))
    (error,) = compile_document(document).errors
    assert error.remedy is None


@pytest.mark.parametrize("shape", [(3, 28, 28), (28, 28, 28), (8, 8, 3), (1, 28, 28)])
def test_an_image_with_channels_first_is_left_alone(shape: tuple[int, ...]) -> None:
    assert faults(given(shape, "Conv2d")) == []


def test_what_a_layer_makes_of_an_image_is_not_taken_for_one_from_a_file() -> None:
    document = given((3, 28, 28), "Conv2d", out_channels=12, padding=0, kernel_size=(1, 25))
    document.connect("layer", document.add("MaxPool2d", kernel_size=1, stride=1))
    assert faults(document) == []


def test_columns_of_different_sizes_are_a_warning_where_nothing_standardizes_them() -> None:
    document = raw_columns()
    (problem,) = compile_document(document).problems
    assert problem.severity == "warning"
    (link,) = document.links_into("linear", "x")
    document.set(link.source, dataset="iris")
    assert compile_document(document).problems == ()


UNJUDGED: list[tuple[Callable[[], Document], str]] = [
    (channels_last, "Insert Permute"),
    (channels_last_that_runs, "Insert Permute"),
    (picture_without_channels, "Insert Unsqueeze"),
    (signal_without_channels, "Insert Unsqueeze"),
    (tokens_into_a_linear, "Insert Embedding"),
    (tokens_into_an_lstm, "Insert Embedding"),
    (reshape_that_does_not_come_out_even, "Set shape of 'layer' to (14, -1)"),
    (unflatten_that_does_not_come_out_even, "Set unflattened_size of 'layer' to (4, -1)"),
]


@pytest.mark.parametrize(("build", "label"), UNJUDGED, ids=lambda value: getattr(value, "__name__", None))
def test_fix_mends_what_has_no_loss(build: Callable[[], Document], label: str) -> None:
    document = build()
    problem = next(problem for problem in compile_document(document).problems if problem.node)
    assert problem.remedy is not None
    assert problem.remedy.label == label
    before = storage.graph_bytes(document)
    apply_fix(document, problem)
    assert faults(document) == []
    document.undo()
    assert storage.graph_bytes(document) == before


def faults(document: Document) -> list[str]:
    """All that is told of nodes."""
    return [str(problem) for problem in compile_document(document).problems if problem.node]


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


def test_a_loss_without_answers_is_led_to_them() -> None:
    document = digits_cnn()
    document.disconnect(document.links_into("loss", "target")[0])
    (error,) = compile_document(document).errors
    assert error.remedy is not None
    assert error.remedy.label == "Connect 'label' of 'digits'"
    apply_fix(document, error)
    assert compile_document(document).problems == ()
    assert document.history.undo_name == error.remedy.label
    document.undo()
    assert compile_document(document).errors == (error,)


def test_answers_that_do_not_fit_are_not_offered() -> None:
    """MSELoss judges numbers, and the labels are classes; the images, which would match, are taken already."""
    document = digits_cnn()
    document.remove("loss")
    document.connect("head", document.add("MSELoss", "judge"))
    (error,) = [problem for problem in compile_document(document).problems if problem.port == "target"]
    assert error.remedy is None


def test_numbers_to_learn_are_led_to_a_loss_whose_prediction_is_too_wide() -> None:
    """As a new Linear is: first the right answers are connected, and then its size is offered."""
    document = Document()
    document.connect(document.add("Dataset", "sine", dataset="sine"), document.add("Linear", "line"))
    document.connect("line", document.add("MSELoss", "loss"))
    labels = []
    while errors := compile_document(document).errors:
        assert errors[0].remedy is not None, errors[0]
        labels.append(errors[0].remedy.label)
        apply_fix(document, errors[0])
    assert labels == ["Connect 'y' of 'sine'", "Set out_features of 'line' to 1"]


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
