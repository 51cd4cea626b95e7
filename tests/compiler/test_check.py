"""What is said of a whole drawing."""

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled
from nnstudio.graph.document import Document
from tests.compiler.drawings import chain, compiled_and_well, digits_cnn, judge, moons


def words(document: Document) -> list[tuple[str, str]]:
    return [(problem.severity, problem.message) for problem in compile_document(document).problems]


def test_good_drawing_has_no_problem() -> None:
    assert compile_document(digits_cnn()).problems == ()


def test_empty_drawing() -> None:
    assert words(Document()) == [("error", "The drawing is empty.")]
    assert compile_document(Document()).source == ""
    assert compile_document(Document()).errors != Compiled().errors


def test_no_data() -> None:
    document = Document()
    chain(document, document.add("ReLU"), document.add("Tanh"))
    assert ("error", "There is no data.") in words(document)


def test_second_data_set_is_refused_until_it_is_muted() -> None:
    document = digits_cnn()
    other, tanh = document.add("Dataset", "points", dataset="moons"), document.add("Tanh")
    assert ("warning", "'points' is not connected.") in words(document)
    document.connect(other, tanh)
    compiled = compile_document(document)
    assert [error.message for error in compiled.errors] == ["'points' is a second data set: one is used at a time."]
    assert compiled.dataset == document.node("digits").id
    assert "tanh" not in compiled.source
    document.remove(tanh)
    document.mute(other)
    compiled_and_well(document)


def test_no_loss_is_a_warning() -> None:
    document, _, _ = moons(("Linear", {"out_features": 2}))
    assert words(document) == [("warning", "There is no loss, so there is nothing to train.")]
    assert compile_document(document).source


def test_loss_on_bare_data() -> None:
    document, data, _ = moons()
    loss = document.add("CrossEntropyLoss")
    document.connect(f"{data.id}.point", f"{loss.id}.prediction")
    document.connect(f"{data.id}.label", f"{loss.id}.target")
    assert words(document) == [("error", "CrossEntropyLoss 'loss' judges the data itself.")]


def test_loss_on_bare_data_behind_a_muted_layer() -> None:
    document, data, (linear,) = moons(("Linear", {"out_features": 2}))
    judge(document, linear, data, "CrossEntropyLoss")
    document.mute(linear)
    assert words(document) == [("error", "CrossEntropyLoss 'loss' judges the data itself.")]


def test_lonely_nodes_are_named() -> None:
    document = digits_cnn()
    document.add("ReLU", "alone")
    assert words(document) == [("warning", "'alone' is not connected.")]


def test_errors_come_first_and_in_the_order_of_the_drawing() -> None:
    document = digits_cnn()
    document.set("head", out_features=3)
    document.set("conv2", groups=5, out_channels=30)
    document.add("ReLU", "alone")
    problems = compile_document(document).problems
    assert [problem.severity for problem in problems] == ["error", "warning"]
    assert problems[0].node == document.node("conv2").id
