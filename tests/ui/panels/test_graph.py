"""The panel of autograd's graph: what is drawn and said, groups, the walk by the chain rule, and what is saved."""

from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.graph.document import Document
from tests.ui.panels.autograd_frames import Sketch, digits, five_numbers
from tests.ui.studio import classifier

SIZE = (760, 320)


def show(studio, sketch: Sketch, **facts: object):
    panel = studio.panel("graph", SIZE)
    tell(studio, sketch, **facts)
    return panel


def tell(studio, sketch: Sketch, **facts: object) -> None:
    studio.frame("autograd_graph", sketch.arrays(), **sketch.facts(**facts))


def spot(panel, key) -> QPointF:
    """Where a card lies in the widget."""
    return panel.view.lens.shown(panel.view.picture.placed.cards[key]).center()


def test_the_sample_is_asked_for_where_there_is_a_loss(studio):
    panel = studio.panel("graph")
    assert studio.options("autograd_graph") == {"sample": 0}
    studio.bridge.choose_sample(3)
    assert studio.options("autograd_graph") == {"sample": 3}
    studio.open(Document("empty"))
    assert panel.empty.text == "Add a loss to see how its gradient is computed."
    assert studio.probes() == []


def test_operations_are_cards_with_numbers(studio):
    panel = show(studio, five_numbers(), samples=1)
    assert not panel.is_empty
    assert panel.header.caption == "sample 0 · loss −3 · 2 operations"
    card = panel.words.card(2)
    assert (card.title, card.kind, card.value, card.gradient) == ("c", "mul", "= −8", "∂ 1")
    assert panel.words.card(0).leaf
    assert not panel.picker.isVisible()
    left = [panel.view.picture.placed.cards[number].left() for number in (0, 2, 4)]
    assert left == sorted(left)
    tip = panel.view.describe(spot(panel, 2))
    assert tip.startswith("c · MulBackward0\nputs out one number\nvalue = −8\n∂L/∂c = 1")
    line = next(line for line in panel.view.picture.placed.lines if line.source == 0)
    middle = panel.view.lens.transform().map(line.path.pointAtPercent(0.5))
    assert panel.view.describe(middle) == "a → c: one number\n∂c/∂a = −2\nback goes −2"


def test_a_walk_writes_the_chain_rule_out(studio):
    panel = show(studio, five_numbers())
    assert panel.bar.place.text().startswith("Step on")
    panel.bar.on.click()
    assert panel.bar.place.text() == "forward 1/2 · c · mul"
    assert panel.bar.lines.shown() == ["c = a · b = 4 · (−2) = −8"]
    assert panel.view.picture.mark.reached == {0, 1, 2}
    panel.bar.last.click()
    assert panel.bar.place.text() == "backward 2/2 · c · MulBackward0 · ∂L/∂c = 1 comes in"
    assert panel.bar.lines.shown() == [
        "∂L/∂a = ∂c/∂a · ∂L/∂c = b · ∂L/∂c = −2 · 1 = −2",
        "∂L/∂b = ∂c/∂b · ∂L/∂c = a · ∂L/∂c = 4 · 1 = 4",
    ]
    assert panel.view.picture.mark.back
    panel.bar.back.click()
    assert panel.bar.lines.shown()[0] == "∂L/∂c = ∂e/∂c · ∂L/∂e = 1 · 1 = 1"
    panel.bar.leave.click()
    assert panel.view.picture.mark is None


def test_the_keyboard_walks_chooses_and_zooms(studio):
    panel = show(studio, digits())
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_End)
    assert panel.walk.position == len(panel.walk.steps) - 1
    QTest.keyClick(panel.view, Qt.Key.Key_Left)
    assert panel.walk.position == len(panel.walk.steps) - 2
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    assert panel.walk.position == 1
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert not panel.walk.going
    zoom = panel.view.lens.zoom
    QTest.keyClick(panel.view, Qt.Key.Key_Plus)
    assert panel.view.lens.zoom == pytest.approx(zoom * 1.25)
    QTest.keyClick(panel.view, Qt.Key.Key_F)
    assert panel.view.lens.shown(panel.view.picture.placed.bounds()).width() <= panel.view.width()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    first = panel.view.picture.card
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.view.picture.card != first
    QTest.keyClick(panel.view, Qt.Key.Key_Up)
    assert panel.view.picture.card == first


def test_groups_open_and_close(studio):
    panel = show(studio, digits())
    assert panel.groups.paths == ("conv1", "head", "loss")
    assert set(panel.view.picture.placed.frames) == {"conv1", "head", "loss"}
    head = panel.view.picture.placed.frames["head"]
    assert all(head.contains(panel.view.picture.placed.cards[number]) for number in (5, 6, 7, 8))
    panel.fold.click()
    assert not panel.view.picture.placed.frames
    card = panel.words.card("head")
    assert (card.title, card.kind, card.shape) == ("head", "2 operations", "1×10")
    QTest.mouseDClick(panel.view, Qt.MouseButton.LeftButton, pos=spot(panel, "head").toPoint())
    assert set(panel.view.picture.placed.frames) == {"head"}
    panel.toggle(6)
    assert not panel.view.picture.placed.frames
    panel.unfold.click()
    assert len(panel.view.picture.placed.frames) == 3


def test_a_large_graph_begins_closed_and_the_walk_goes_on_in_groups(studio):
    panel = show(studio, digits(more=60))
    assert not panel.view.picture.placed.frames
    panel.go(1)
    assert panel.view.picture.mark.here == "conv1"
    assert "loss" in panel.view.picture.mark.reached


def test_many_cards_are_laid_out_beside_the_window_and_the_last_wish_counts(studio):
    panel = show(studio, digits(more=300))
    closed = panel.view.picture.placed
    panel.unfold.click()
    assert panel.work.active
    assert panel.view.picture.placed is closed
    assert panel.body.cursor().shape() == Qt.CursorShape.BusyCursor
    panel.fold.click()
    assert not panel.work.active
    assert panel.body.cursor().shape() == Qt.CursorShape.ArrowCursor
    panel.toggle("loss")
    studio.until(lambda: not panel.work.active)
    assert set(panel.view.picture.placed.frames) == {"loss"}
    assert len(panel.view.picture.placed.cards) > 300
    assert panel.view.picture.frame == "loss"


def test_a_layout_that_is_on_its_way_ends_with_its_project(studio):
    panel = show(studio, digits(more=300))
    panel.unfold.click()
    studio.open(Document("empty"))
    assert not panel.work.active
    studio.qtbot.wait(20)
    assert not panel.view.picture.placed.cards


def test_what_is_clicked_is_selected_on_the_canvas_and_the_other_way_round(studio):
    panel = show(studio, digits())
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=spot(panel, 3).toPoint())
    assert studio.bridge.selection == (studio.document.node("relu1").id,)
    studio.bridge.select((studio.document.node("head").id,))
    assert panel.view.picture.frame == "head"
    panel.close_all()
    studio.bridge.select((studio.document.node("conv1").id,))
    assert panel.view.picture.card == "conv1"
    assert panel.words.card("conv1").hue == "convolution"
    studio.bridge.select((studio.document.node("digits").id,))
    assert panel.view.picture.card == 1


def test_the_layout_and_the_walk_stay_while_the_network_does(studio):
    panel = show(studio, five_numbers())
    panel.step(1)
    placed = panel.view.picture.placed
    sketch = five_numbers()
    sketch.values[2] = [-7.5]
    tell(studio, sketch)
    assert panel.view.picture.placed is placed
    assert panel.words.card(2).value == "= −7.5"
    assert panel.bar.lines.shown() == ["c = a · b = 4 · (−2) = −7.5"]
    tell(studio, digits())
    assert panel.view.picture.placed is not placed
    assert not panel.walk.going


def test_groups_stay_open_or_closed_through_an_edit(studio):
    panel = show(studio, digits())
    panel.toggle("head")
    edited = digits()
    first = edited.add("ExpBackward0", "", "extra", "1×10", (3,))
    edited.add("TanhBackward0", "", "extra", "1×10", (first,))
    tell(studio, edited)
    assert panel.groups.open == {"conv1", "loss", "extra"}
    tell(studio, digits(more=60))
    assert panel.groups.open == {"conv1", "loss"}


def test_a_part_of_a_gradient_says_so(studio):
    sketch = five_numbers()
    sketch.add("MulBackward0", "f", "f", inputs=(0, 4))
    panel = show(studio, sketch)
    panel.go(1)
    assert panel.bar.lines.shown()[0].endswith("= −2, one of 2 parts of ∂L/∂a = −2")


def test_what_was_left_out_is_said_and_a_problem_too(studio):
    panel = show(studio, digits(), left=1234)
    assert panel.header.caption.endswith("the 1,234 furthest from the loss left out")
    studio.engine.frame("autograd_graph", problem="The loss depends on nothing that is trained.")
    studio.until(lambda: panel.is_empty)
    assert panel.empty.text == "The loss depends on nothing that is trained."
    assert not panel.fitted.isVisible()


def test_pictures_and_a_table_are_saved(studio, tmp_path):
    panel = show(studio, five_numbers())
    panel.step(1)
    panel.save_csv(tmp_path / "graph.csv")
    rows = list(csv.DictReader((tmp_path / "graph.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["name"] for row in rows] == ["a", "b", "c", "d", "e"]
    assert rows[2]["operation"] == "MulBackward0"
    assert rows[2]["inputs"] == "0 1"
    assert float(rows[0]["gradient"]) == -2
    panel.save_svg(tmp_path / "graph.svg")
    text = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert text.count("<path") + text.count("<polyline") > 5
    assert "= −8" in text
    panel.save_png(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").stat().st_size > 1000


def test_the_mouse_pans_and_the_wheel_zooms(studio):
    panel = show(studio, digits())
    view = panel.view
    before = QPointF(view.lens.shift)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 5))
    QTest.mouseMove(view, QPoint(330, 25))
    QTest.mouseMove(view, QPoint(340, 35))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(340, 35))
    assert view.lens.shift == before + QPointF(40, 30)
    assert studio.bridge.selection == ()
    for zoom in (0.1, 0.4, 2.0):
        view.zoom(zoom / view.lens.zoom)
        panel.grab()


@pytest.mark.parametrize(
    ("kind", "saved", "forward", "back"),
    [
        ("MulBackward0", "other = 2.5", "L = x · 2.5 = 3 · 2.5 = 7", "∂L/∂x = ∂L/∂x · ∂L/∂L = 2.5 · ∂L/∂L = 5 · 1 = 5"),
        ("PowBackward0", "exponent 2", "L = x^2 = 3^2 = 7", "2 · x^(2 − 1) · ∂L/∂L = 5 · 1 = 5"),
        ("AddBackward0", "alpha 1", "L = x + … = 3 + … = 7", "∂L/∂x = ∂L/∂x · ∂L/∂L = 5 · 1 = 5"),
        ("SigmoidBackward0", "result = 7", "L = σ(x) = σ(3) = 7", "L · (1 − L) · ∂L/∂L = 5 · 1 = 5"),
        ("ErfBackward0", "", "L = erf(x) = erf(3) = 7", "∂L/∂x = ∂L/∂x · ∂L/∂L = 5 · 1 = 5"),
    ],
)
def test_an_operation_of_numbers_is_written_out(studio, kind, saved, forward, back):
    sketch = Sketch()
    made = sketch.add(kind, inputs=(sketch.add("parameter", "x", "x"),))
    sketch.values, sketch.gradients, sketch.locals, sketch.parts = {0: [3], made: [7]}, {made: [1]}, {0: [5]}, {0: [5]}
    panel = show(studio, sketch, saved=["", saved])
    panel.step(1)
    assert panel.bar.lines.shown() == [forward]
    panel.step(1)
    assert panel.bar.lines.shown()[0].endswith(back)


OPERANDS = {"a": "2×3", "b": "4×5", "c": "6"}
CONVOLVED = ("Σ over positions of b · ∂L/∂L", "Σ over positions of the patch of a · ∂L/∂L", "Σ over positions of ∂L/∂L")


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        ("AddmmBackward0", ("Σ over the rows of ∂L/∂L", "∂L/∂L @ cᵀ", "bᵀ @ ∂L/∂L")),
        ("ConvolutionBackward0", CONVOLVED),
        ("MseLossBackward0", ("∂L/∂a · ∂L/∂L = 2 · (a − b) · ∂L/∂L", "∂L/∂b · ∂L/∂L = 2 · (b − a) · ∂L/∂L")),
        ("LstmBackward0", tuple(f"∂L/∂{name} · ∂L/∂L" for name in OPERANDS)),
    ],
)
def test_an_operation_of_tensors_is_written_in_shapes(studio, kind, ways):
    sketch = Sketch()
    inputs = [sketch.add("parameter", name, name, shape) for name, shape in OPERANDS.items()]
    sketch.add(kind, shape="7", inputs=tuple(inputs[: len(ways)]))
    panel = show(studio, sketch, saved=["", "", "", "reduction 2"])
    panel.go(1)
    operands = zip(OPERANDS.items(), ways, strict=False)
    assert panel.bar.lines.shown() == [f"∂L/∂{name} = {way} → {shape}" for (name, shape), way in operands]
    assert panel.bar.place.text().endswith("∂L/∂L (7) comes in")


def test_nothing_is_left_of_the_last_project(studio):
    panel = show(studio, five_numbers())
    studio.open(classifier())
    assert panel.is_empty
    assert panel.empty.text == panel.waiting()
    assert not panel.body.grab().isNull()  # painted also where it is not seen
