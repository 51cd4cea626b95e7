"""Shapes before and beyond a fault, and what is said of it."""

from nnstudio.catalogue.tensors import N, Shape
from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled, Problem
from nnstudio.graph.document import Document
from tests.compiler.drawings import chain, digits_cnn, judge, moons, values_along


def shape_of(compiled: Compiled, document: Document, name: str) -> Shape:
    return next(iter(compiled.facts[document.node(name).id].outputs.values())).shape


def the_error(document: Document) -> Problem:
    (error,) = compile_document(document).errors
    return error


def test_digits_facts() -> None:
    document = digits_cnn()
    compiled = compile_document(document)
    assert shape_of(compiled, document, "conv2") == (N, 32, 4, 4)
    assert compiled.facts[document.node("conv2").id].weights == {"weight": (32, 16, 3, 5)}
    assert compiled.facts[document.node("head").id].parameters == 1930
    assert compiled.parameters == 9770
    assert compiled.flops == 2 * (16 * 9 * 64 + 32 * 16 * 15 * 16 + 192 * 10)


def test_linear_behind_images_keeps_shapes_alive() -> None:
    document = digits_cnn()
    document.remove("flatten")
    document.connect("pool2", "dropout")
    after = document.add("ReLU", "after")
    document.disconnect(document.links_into("loss", "prediction")[0])
    document.connect("head", after)
    document.connect(after, "loss.prediction")
    compiled = compile_document(document)
    (error,) = compiled.errors
    assert error.node == document.node("head").id
    assert error.port == "x"
    assert str(error) == "Linear 'head' gets N×32×2×3 and needs a vector. Insert Flatten before it."
    assert error.remedy is not None
    assert (error.remedy.kind, error.remedy.layer, error.remedy.label) == ("insert", "Flatten", "Insert Flatten")
    assert shape_of(compiled, document, "dropout") == (N, 32, 2, 3)
    assert shape_of(compiled, document, "head") == (N, 10)
    assert shape_of(compiled, document, "after") == (N, 10)
    assert shape_of(compiled, document, "loss") == ()
    assert "conv1" in compiled.source
    assert "head" not in compiled.source
    values_along(compiled, document.node("digits"))


def test_a_fault_without_a_known_cure_ends_the_shapes() -> None:
    document = digits_cnn()
    document.set("conv1", kernel_size=9, padding=0)
    compiled = compile_document(document)
    (error,) = compiled.errors
    assert str(error) == (
        "Conv2d 'conv1' has a window of 9×9, larger than the 8×8 it gets. Use a smaller kernel_size or more padding."
    )
    assert {document.node(key).name for key in compiled.facts} == {"digits"}
    assert compiled.source == ""


def test_no_cure_is_offered_that_would_not_help() -> None:
    document, data, (linear,) = moons(("Linear", {}))
    loss = document.add("MSELoss")
    document.connect(linear, f"{loss.id}.prediction")
    flat = document.add("Flatten")
    document.connect(f"{data.id}.label", document.add("Reshape", "column", shape=(1, 1)))
    document.connect("column", f"{loss.id}.target")
    document.remove(flat)
    error = the_error(document)
    assert error.node == loss.id
    assert error.remedy is None


def test_missing_inputs_are_named() -> None:
    document, _, (linear,) = moons(("Linear", {}))
    add, loss = document.add("Add"), document.add("CrossEntropyLoss")
    document.connect(add, document.add("ReLU"))
    document.connect(linear, f"{loss.id}.prediction")
    problems = [str(problem) for problem in compile_document(document).errors]
    assert problems == [
        "Add 'add' has nothing at its input 'x'. Connect a wire to it.",
        "CrossEntropyLoss 'loss' has nothing at its input 'target'. Connect the right answers to it.",
    ]


def test_sums_and_joins_say_what_does_not_fit() -> None:
    document, _, (left, right) = moons(("Linear", {"out_features": 3}), ("Linear", {"out_features": 4}))
    total = document.add("Add")
    document.connect(left, total)
    document.connect(right, total)
    assert str(the_error(document)) == (
        "Add 'add' gets N×3 and N×4, which can not be combined. Bring them to the same shape first."
    )


def test_classes_and_outputs_do_not_agree() -> None:
    document = digits_cnn()
    document.set("head", out_features=9)
    error = the_error(document)
    assert str(error) == (
        "CrossEntropyLoss 'loss' gets 9 scores a sample, and there are 10 classes. "
        "Set out_features of the last layer to 10."
    )
    assert error.remedy is not None
    assert error.remedy.label == "Set out_features of 'head' to 10"


def test_a_loss_can_not_be_fed_into_a_layer() -> None:
    document = digits_cnn()
    document.connect("loss", document.add("Linear", "late"))
    assert "gets scalar and needs a vector." in the_error(document).message


def test_numbers_are_not_class_numbers() -> None:
    document, data, (linear,) = moons(("Linear", {"out_features": 2}))
    judge(document, linear, data, "CrossEntropyLoss")
    column = document.add("Reshape", "column", shape=(1,))
    document.connect(f"{data.id}.label", column)
    document.connect(column, document.add("Linear", "odd"))
    assert "gets class numbers or tokens and needs numbers." in the_error(document).message


def test_a_muted_data_set_is_no_data() -> None:
    document = digits_cnn()
    document.mute("digits")
    assert [str(error) for error in compile_document(document).errors] == [
        "There is no data. Add a Dataset and connect it to the first layer."
    ]


def test_kind_of_a_stretched_sum_is_that_of_the_whole() -> None:
    """A picture scaled by a number for each channel is still a picture."""
    document = Document("gate")
    data = document.add("Dataset", dataset="digits")
    small, total = document.add("AdaptiveAvgPool2d"), document.add("Add")
    chain(document, data, small, total)
    document.connect(f"{data.id}.image", total)
    assert compile_document(document).facts[total.id].outputs["y"].kind == "image"
