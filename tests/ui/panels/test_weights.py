"""The Weights panel: what it shows of a frame, and what becomes of numbers that are typed, dragged, filled, pasted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from nnstudio.compiler.compile import compile_document
from nnstudio.errors import EngineError
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.graph.weights import tensor
from nnstudio.protocol import messages as msg
from nnstudio.ui.panels.parts.first_weights import picture_shape
from nnstudio.ui.panels.parts.numbers import NoNumbers, matrix, number
from nnstudio.ui.panels.weights import typed_in
from tests.project.test_weighing import file_of

BIAS = np.arange(10, dtype=np.float32)


def show(studio, values: np.ndarray = BIAS, name: str = "head.bias", tensors=("head.weight", "head.bias")):
    """The panel at the node's tensor, with its numbers."""
    panel = studio.panel("weights")
    panel.choice.choose(studio.document.node("head").id)
    panel.choose_tensor(name)
    tell(studio, values, name, tensors)
    return panel


def tell(studio, values, name="head.bias", tensors=("head.weight", "head.bias"), key="values", shape=()):
    """A frame of the probe."""
    facts = {
        "tensors": list(tensors),
        "tensor": name,
        f"shape:{name}": list(shape or values.shape),
        f"trained:{name}": True,
    }
    facts |= {f"{what}:{name}": float(getattr(values, call)()) for what, call in FIGURES.items()}
    studio.frame("weights", {key: values}, **facts)


FIGURES = {"mean": "mean", "std": "std", "low": "min", "high": "max"}


def kept(studio) -> list[float]:
    """What the document has of the bias."""
    trained = studio.document.trained
    found = tensor(trained.weights, "head.bias")
    return np.frombuffer(trained.weights[found.begin : found.end], np.float32).tolist()


def train(studio) -> None:
    studio.document.set_trained(Trained(file_of(head_weight=np.zeros((10, 256)), head_bias=BIAS)))
    studio.document.history.clear()


def press(table, row: int, column: int, modifiers=Qt.KeyboardModifier.NoModifier) -> QPoint:
    at = table.visualRect(table.weights.index(row, column)).center()
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, modifiers, at)
    return at


def type_at(table, row: int, column: int, text: str) -> QLineEdit:
    """Double-click and type, without Enter."""
    table.setCurrentIndex(table.weights.index(row, column))
    table.edit(table.currentIndex())
    editor = table.viewport().findChildren(QLineEdit)[-1]  # one that was used goes a moment later
    editor.selectAll()
    QTest.keyClicks(editor, text)
    return editor


def enter(editor: QLineEdit) -> None:
    """Qt takes what was typed a moment after Enter."""
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_it_says_what_would_fill_it(studio):
    studio.open(Document("empty"))
    panel = studio.panel("weights")
    assert panel.is_empty
    assert panel.empty.text == "Add a Linear or a Conv2d to see its weights."
    assert studio.probes() == []


def test_the_chosen_node_is_asked_for_and_its_numbers_are_shown(studio):
    panel = show(studio)
    assert studio.options("weights") == {"node": "head", "tensor": "head.bias"}
    assert panel.views.currentWidget() is panel.table
    assert panel.table.weights.values.tolist() == [BIAS.tolist()]
    assert [panel.tensors.itemText(row) for row in range(2)] == ["weight", "bias"]
    assert panel.header.caption == "10"
    assert panel.figures.text() == "mean 4.5 · std 2.872"
    assert panel.scale.ends == ("−9", "9")
    assert list(panel.rows())[:2] == [("row", "column", "value"), (0, 0, 0.0)]
    studio.bridge.select((studio.document.node("conv1").id,))
    assert studio.options("weights") == {"node": "conv1", "tensor": ""}


def test_a_large_tensor_is_a_picture_that_tells_what_is_under_the_mouse(studio):
    panel = show(studio)
    tell(studio, np.eye(40, dtype=np.float32), "head.weight", key="picture", shape=[80, 80])
    assert panel.views.currentWidget() is panel.map
    place = panel.map.place
    QTest.mouseMove(panel.map, place.center().toPoint())
    panel.map.pointed.emit("[1, 2] 0.5")
    assert panel.figures.text() == "[1, 2] 0.5"
    panel.map.pointed.emit("")
    assert "means over patches, 40×40" in panel.figures.text()
    assert panel.map.cell_at(place.topLeft() + QPointF(1, 1)) == (0, 0)
    assert panel.map.cell_at(place.bottomRight() - QPointF(1, 1)) == (39, 39)
    assert panel.map.cell_at(place.topLeft() - QPointF(3, 3)) is None


def test_a_typed_number_is_an_undo_step_of_the_document(studio):
    train(studio)
    panel = show(studio)
    enter(type_at(panel.table, 0, 3, "0.5"))
    assert kept(studio)[3] == 0.5
    assert studio.document.history.undo_name == "Set head.bias"
    assert panel.table.weights.values[0, 3] == 0.5
    studio.document.undo()
    assert kept(studio) == BIAS.tolist()


@pytest.mark.parametrize(("text", "words"), [("abc", "not a number"), ("nan", "finite"), ("1e40", "finite")])
def test_what_is_no_number_stays_with_the_reason_at_the_cell(studio, text, words):
    train(studio)
    panel = show(studio)
    editor = type_at(panel.table, 0, 3, text)
    enter(editor)
    assert panel.table.refusal.isVisible()
    assert words in panel.table.refusal.text()
    assert editor.text() == text
    assert studio.document.history.done == []
    editor.selectAll()
    QTest.keyClicks(editor, "2")
    assert not panel.table.refusal.isVisible()
    enter(editor)
    assert kept(studio)[3] == 2


def test_a_drag_changes_a_number_in_one_step(studio):
    train(studio)
    panel = show(studio)
    table = panel.table
    at = press(table, 0, 4)
    for up in (10, 20, 30):
        QTest.mouseMove(table.viewport(), at - QPoint(0, up))
        QApplication.processEvents()
    tell(studio, BIAS)
    assert table.weights.values[0, 4] > 4, "a frame from before the last move does not set it back"
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at - QPoint(0, 30))
    assert kept(studio)[4] == pytest.approx(4 + 30 * 9 / 100)
    assert [step.name for step in studio.document.history.done] == ["Set head.bias"]
    studio.document.undo()
    assert kept(studio) == BIAS.tolist()


def test_a_click_alone_changes_nothing(studio):
    train(studio)
    panel = show(studio)
    at = press(panel.table, 0, 4)
    QTest.mouseRelease(panel.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert studio.document.history.done == []
    assert panel.table.chosen == [(0, 4)]


def test_chosen_cells_are_filled_and_all_is_pasted(studio):
    train(studio)
    panel = show(studio)
    table = panel.table
    at = press(table, 0, 1)
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    at = press(table, 0, 3, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, at)
    next(action for action in table.menu().actions() if action.text() == "Fill with 0").trigger()
    assert kept(studio) == [0, 0, 0, 0, *range(4, 10)]
    assert len(studio.document.history.done) == 1
    QApplication.clipboard().setText("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")
    QTest.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert kept(studio) == list(range(1, 11))
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "\t".join(map(str, range(1, 11)))
    QApplication.clipboard().setText("1;2;3;4")
    table.clearSelection()
    table.setCurrentIndex(table.weights.index(0, 8))
    QTest.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "1×4 numbers, and from here there is room for 1×2" in table.refusal.text()
    assert kept(studio) == list(range(1, 11))


def test_in_a_run_it_goes_to_the_run_and_a_refusal_is_told_at_the_cell(studio):
    panel = show(studio)
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.settle()
    enter(type_at(panel.table, 0, 3, "0.5"))
    request = studio.engine.asked[-1]
    assert (request.name, request.index, request.value.numpy()) == ("head.bias", (3,), 0.5)
    assert studio.document.history.undo_name != "Set head.bias"
    studio.engine.refuse = EngineError("It is gone.", fix="Look again.")
    enter(type_at(panel.table, 0, 3, "0.75"))
    studio.settle()
    assert panel.table.refusal.text() == "It is gone. Look again."
    assert panel.table.weights.values[0, 3] == 3, "the numbers are those that the engine told"


def test_a_node_renamed_in_a_run_that_ends_badly_is_asked_for_by_its_new_name(studio):
    panel = show(studio)
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.document.rename("head", "last")
    studio.until(lambda: panel.choice.key == "last")
    assert studio.options("weights")["node"] == "head"
    studio.engine.state("failed", message="It is gone.")
    studio.until(lambda: studio.options("weights")["node"] == "last")


def test_without_trained_weights_the_engine_is_asked_for_those_of_the_seed(studio):
    fresh = {"head_weight": np.zeros((10, 256)), "head_bias": BIAS.copy()}

    def changed(request: msg.ChangeWeight, number: int) -> msg.AnyReply:
        fresh["head_bias"][request.index] = request.value.numpy()
        return msg.Weighed(request=number, data=file_of(**fresh))

    studio.engine.replies[msg.ChangeWeight] = changed
    studio.until(lambda: any(isinstance(request, msg.Load) for request in studio.engine.asked))
    panel = show(studio)
    enter(type_at(panel.table, 0, 3, "0.5"))
    studio.settle()
    assert kept(studio)[3] == 0.5
    studio.document.undo()
    assert studio.document.trained is None


def test_the_number_of_a_value_node_stays_a_parameter(studio):
    document = Document("hand")
    node = document.add("Value", "a", value=((1.0, 2.0),))
    document.connect(node, document.add("Output", "out"))
    studio.open(document)
    panel = studio.panel("weights")
    tell(studio, np.array([[1.0, 2.0]], np.float32), "a", ["a"])
    enter(type_at(panel.table, 0, 1, "5"))
    assert document.node("a").params["value"] == ((1.0, 5.0),)


def test_cells_are_set_one_by_one_unless_all_are():
    (whole,) = typed_in("w", (2, 1, 3), [(r, c) for r in range(2) for c in range(3)], np.arange(6.0))
    assert (whole.index, whole.values.shape) == ((), (2, 1, 3))
    one, other = typed_in("w", (2, 1, 3), [(0, 2), (1, 0)], np.array([5.0, 6.0]))
    assert (one.index, other.index, float(other.values)) == ((0, 0, 2), (1, 0, 0), 6.0)
    (single,) = typed_in("a", (), [(0, 0)], np.array([5.0]))
    assert (single.index, single.values.shape) == ((), ())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", [[1]]),
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("[1, 2]", [[1, 2]]),
        ("1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("1\t2\r\n3\t4", [[1, 2], [3, 4]]),
        ("1,5;2\n3;4", [[1.5, 2], [3, 4]]),
        (" 1 2\n3  −4 ", [[1, 2], [3, -4]]),
    ],
)
def test_a_matrix_is_read_from_what_is_on_the_clipboard(text, values):
    assert matrix(text).tolist() == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no numbers"),
        ("[]", "no numbers"),
        ("[[1, 2], 3]", "is not a number"),
        ("[1, null]", "is not a number"),
        ("[1,", "no proper JSON"),
        ("1,2\n3", "different lengths"),
        ("1,x", "“x” is not a number"),
        ("1,inf", "finite"),
        ("1 " * 60_000, "more than a small matrix"),
    ],
)
def test_what_is_no_matrix_is_refused_in_one_sentence(text, words):
    with pytest.raises(NoNumbers, match=words):
        matrix(text)


def test_a_number_is_read_with_either_minus():
    assert number(" −1.5 ") == number("-1.5") == -1.5


def perceptron() -> Document:
    """digits → flatten → hidden → relu → head: the weights of `hidden` lie right behind the pictures."""
    document = Document("perceptron")
    document.add("Dataset", "digits", dataset="digits")
    chain = (("Flatten", {}), ("Linear", {"out_features": 5}), ("ReLU", {}), ("Linear", {"out_features": 10}))
    last = "digits.image"
    for name, (kind, params) in zip(("flatten", "hidden", "relu", "head"), chain, strict=True):
        document.connect(last, document.add(kind, name, **params))
        last = name
    return document


def test_weights_right_behind_pictures_are_pictures(studio):
    studio.open(perceptron())
    panel = studio.panel("weights")
    studio.settle(250)
    weights = np.arange(5 * 64, dtype=np.float32).reshape(5, 64) - 100
    tell(studio, weights, "hidden.weight", ("hidden.weight", "hidden.bias"))
    panel.switch.buttons["features"].click()
    assert studio.options("weights") == {"node": "hidden", "tensor": "hidden.weight", "units": 64}
    tell(studio, weights[:4], "hidden.weight", ("hidden.weight", "hidden.bias"), key="units", shape=[5, 64])
    assert panel.views.currentWidget() is panel.tiles
    assert panel.tiles.values.shape == (4, 1, 8, 8)
    assert panel.figures.text().endswith("first 4 of 5 units")
    corner = panel.tiles.grid.place(1).topLeft() + QPointF(1, 1)
    assert panel.tiles.describe(corner) == "unit 1 [0, 0, 0] −36"
    assert list(panel.rows())[:2] == [("unit", "channel", "row", "column", "value"), (0, 0, 0, 0, -100.0)]
    panel.grab()
    studio.bridge.select((studio.document.node("head").id,))
    tell(studio, np.ones((10, 5), np.float32), "head.weight", ("head.weight",))
    assert "units" not in studio.options("weights")
    assert panel.views.currentWidget() is panel.table
    assert not panel.switch.buttons["features"].isVisible()


def test_which_weights_are_pictures():
    document = perceptron()
    document.add("Conv2d", "conv", out_channels=3, kernel_size=3)
    document.connect("digits.image", "conv")
    document.add("Conv2d", "conv2", out_channels=3, kernel_size=3)
    document.connect("conv", "conv2")
    compiled = compile_document(document)

    def of(name: str, *shape: int) -> object:
        return picture_shape(document.sheet(), compiled, document.node(name).id, shape)

    assert of("hidden", 5, 64) == (1, 8, 8)
    assert of("hidden", 5) is None
    assert of("head", 10, 5) is None
    assert of("conv", 3, 1, 3, 3) == (1, 3, 3)
    assert of("conv2", 3, 3, 3, 3) is None


def test_a_histogram_is_kept_over_time_and_begins_anew_with_another_tensor(studio):
    panel = show(studio)
    panel.switch.buttons["histogram"].click()
    assert studio.options("weights") == {"node": "head", "tensor": "head.bias", "histogram": True}
    for step in (1, 2, 2):
        count(studio, "head.bias", step)
    assert panel.views.currentWidget() is panel.density
    assert panel.density.seen.steps == [1, 2]
    assert not panel.scale.isVisible()
    assert list(panel.rows())[:2] == [("step", "from", "to", "count"), (1, -1.0, 0.0, 3)]
    panel.grab()
    panel.choose_tensor("head.weight")
    count(studio, "head.weight", 3)
    assert panel.density.seen.steps == [3]


def count(studio, name: str, step: int) -> None:
    facts = {"tensors": ["head.weight", "head.bias"], "tensor": name, f"shape:{name}": [4]}
    facts |= {"low": -1.0, "high": 1.0, "counted": 4}
    studio.engine.frame("weights", {"histogram": np.array([3, 1])}, facts, step=step)
    studio.settle()
