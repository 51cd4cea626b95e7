"""The Neurons panel: what it shows of a frame, what the mouse and the keys read out, and what becomes of a weight."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.errors import EngineError
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.graph.weights import tensor
from nnstudio.protocol import messages as msg
from nnstudio.ui import colormaps
from nnstudio.ui.panels.parts.unit_layout import room_for
from nnstudio.ui.panels.parts.units import Place
from tests.project.test_weighing import file_of

FIRST = np.array([[0.5, -1.0], [0.25, 0.0], [2.0, 1.0]], np.float32)
LAST = np.array([[1.0, -0.5, 0.75]], np.float32)
BIAS = np.array([0.1, 0.2, -0.3], np.float32)
COLORS = [QColor(*map(int, shade)) for shade in colormaps.diverging()]
LIMIT = np.float32(4.0)


def moons() -> Document:
    """point → hid (3) → tanh1 → head (1), without a bias."""
    document = Document("moons")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Linear", "hid", out_features=3)
    document.add("Tanh", "tanh1")
    document.add("Linear", "head", out_features=1, bias=False)
    document.add("BCEWithLogitsLoss", "loss")
    for first, second in (("moons.point", "hid"), ("hid", "tanh1"), ("tanh1", "head"), ("head", "loss.prediction")):
        document.connect(first, second)
    document.connect("moons.label", "loss.target")
    return document


def tell(studio, **changed) -> None:
    """A frame of the probe; `changed` are other facts or arrays."""
    ramp = np.tile(np.linspace(-1, 1, 4, dtype=np.float32), (4, 1))
    arrays = {
        "map:point": np.stack([ramp, ramp.T]),
        "map:tanh1": np.stack([ramp, ramp * 2, -ramp]),
        "map:head": (ramp * LIMIT)[None],
        "weight:0": FIRST,
        "bias:0": BIAS,
        "weight:1": LAST,
        "points": np.array([[0, 0], [1, 1]], np.float32),
        "labels": np.array([0, 1]),
    }
    facts = {
        "layers": ["point", "tanh1", "head"],
        "layer_count": 3,
        "units:point": 2,
        "units:tanh1": 3,
        "units:head": 1,
        "weights": ["hid.weight", "head.weight"],
        "biases": ["hid.bias", ""],
        "sources": ["point", "tanh1"],
        "targets": ["tanh1", "head"],
        "names": ["upper", "lower"],
        **dict(zip(("x0", "x1", "y0", "y1"), (-1.0, 3.0, 0.0, 2.0), strict=True)),
    }
    arrays |= {name: value for name, value in changed.items() if isinstance(value, np.ndarray)}
    facts |= {name: value for name, value in changed.items() if not isinstance(value, np.ndarray)}
    studio.frame("neurons", arrays, **facts)


@pytest.fixture
def panel(studio):
    studio.open(moons())
    panel = studio.panel("neurons")
    tell(studio)
    return panel


def train(studio) -> None:
    weights = file_of(hid_weight=FIRST, hid_bias=BIAS, head_weight=LAST)
    studio.document.set_trained(Trained(weights))
    studio.document.history.clear()
    studio.settle(250)  # until the engine was given them


def kept(studio, name: str) -> list[float]:
    """What the document has of a tensor."""
    trained = studio.document.trained
    found = tensor(trained.weights, name)
    return np.frombuffer(trained.weights[found.begin : found.end], np.float32).tolist()


def at(panel, place: Place) -> QPointF:
    """A point where the wire has no others near."""
    layout = panel.view.layout_now
    if place.is_bias:
        return layout.bias(place).center()
    path = layout.paths[layout.places.index(place)]
    points = (QPointF(path.pointAtPercent(share / 40).toPoint()) for share in range(41))
    return next(point for point in points if layout.place_at(point) == place)


def move(panel, to: QPointF, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    """With the left button held."""
    left, view = Qt.MouseButton.LeftButton, panel.view
    QApplication.sendEvent(
        view,
        QMouseEvent(QEvent.Type.MouseMove, to, view.mapToGlobal(to), Qt.MouseButton.NoButton, left, modifiers),
    )


def asked(studio) -> list[tuple[str, float, tuple[int, ...]]]:
    changes = [request for request in studio.engine.asked if isinstance(request, msg.ChangeWeight)]
    return [(change.name, float(change.value.numpy()), tuple(change.index)) for change in changes]


def test_it_asks_for_what_there_is_room_for(studio):
    studio.open(moons())
    panel = studio.panel("neurons", (700, 300))
    options = studio.options("neurons")
    assert options["units"] == room_for(panel.net.height()) > 5
    tell(studio)
    assert studio.options("neurons") == {**options, "layer": "head", "unit": 0, "fine": 64}
    panel.resize(700, 180)
    studio.settle()
    assert 1 <= studio.options("neurons")["units"] < options["units"]
    panel.resize(300, 180)
    studio.settle()
    assert panel.map.isHidden()
    tell(studio)
    assert "fine" not in studio.options("neurons")


def test_what_it_shows(studio, panel):
    assert not panel.is_empty
    assert panel.header.caption == "every unit over the plane"
    assert panel.scale.ends == ("−2", "2")
    assert panel.map.title == "head[0]"
    assert panel.map.reach == 4.0
    tell(studio, **{"units:tanh1": 40, "layer_count": 20})
    assert panel.header.caption == "first 2 and the last of 20 layers · every unit over the plane"
    tell(studio, **{"units:tanh1": 40, "link_sources": ["point"], "link_targets": ["head"]})
    last = panel.view.layout_now.head(2).center()
    assert panel.view.describe(last).endswith("made of point without a Linear")
    head = panel.view.layout_now.head(1).center()
    assert panel.view.describe(head) == "tanh1\nfirst 3 of 40 units\nblue −2, white 0, orange 2"


def test_the_pictures_are_coloured_anew_in_place(studio, panel):
    image = panel.view._pictures.images[2][0]
    assert image.pixelColor(3, 0) == COLORS[-1]
    tell(studio, **{"map:head": -np.ones((1, 4, 4), np.float32)})
    assert panel.view._pictures.images[2][0] is image
    assert image.pixelColor(3, 0) == COLORS[0]


def test_a_map_has_the_highest_y_at_the_top(studio, panel):
    rows = -np.ones((1, 4, 4), np.float32)
    rows[0, 3] = 1.0
    tell(studio, **{"map:head": rows})
    image = panel.view._pictures.images[2][0]
    assert [image.pixelColor(0, row) for row in (0, 3)] == [COLORS[-1], COLORS[0]]
    top = panel.map.place.topLeft() + QPointF(2, 2)
    x, y = -1 + 4 * 2 / panel.map.place.width(), 2 - 2 * 2 / panel.map.place.width()
    assert panel.map.describe(top) == f"head[0]\n{x:.3g}, {y:.3g}\n1".replace("-", "−")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(0, 0, 1), "hid.weight[0, 1]  −1\npoint[1] → tanh1[0]"),
        (Place(1, 0, 2), "head.weight[0, 2]  0.75\ntanh1[2] → head[0]"),
        (Place(0, 2), "hid.bias[2]  −0.3\ntanh1[2]"),
    ],
)
def test_the_mouse_reads_a_wire_and_a_bias(panel, place, words):
    assert panel.view.describe(at(panel, place)) == words


def test_the_unit_under_the_mouse_is_shown_large(studio, panel):
    QTest.mouseMove(panel.view, panel.view.layout_now.map(1, 2).center().toPoint())
    studio.until(lambda: panel.map.title == "tanh1[2]")
    assert studio.options("neurons")["layer"] == "tanh1"
    assert studio.options("neurons")["unit"] == 2
    fine = np.full((8, 8), 0.5, np.float32)
    tell(studio, fine=fine, fine_layer="tanh1", fine_unit=1)
    assert panel.map.cells.shape == (4, 4)
    tell(studio, fine=fine, fine_layer="tanh1", fine_unit=2)
    assert panel.map.cells.shape == (8, 8)
    QApplication.sendEvent(panel.view, QEvent(QEvent.Type.Leave))
    assert panel.map.title == "head[0]"


def test_a_click_chooses_a_unit_and_once_more_none(studio, panel):
    point = panel.view.layout_now.map(1, 1).center().toPoint()
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=point)
    QApplication.sendEvent(panel.view, QEvent(QEvent.Type.Leave))
    assert panel.view.choice == (1, 1)
    assert panel.map.title == "tanh1[1]"
    studio.document.rename("tanh1", "other")
    tell(
        studio,
        **{"layers": ["point", "head"], "sources": ["point"], "targets": ["head"], "weights": [""], "biases": [""]},
    )
    assert panel.view.choice is None
    tell(studio)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=point)
    assert panel.view.choice in (None, (1, 1))


def test_a_drag_is_one_step_of_the_document(studio, panel):
    train(studio)
    start = at(panel, Place(0, 1, 0))
    QTest.mousePress(panel.view, Qt.MouseButton.LeftButton, pos=start.toPoint())
    for up in (2, 10, 20):
        move(panel, QPointF(start.toPoint()) - QPointF(0, up))
    assert kept(studio, "hid.weight")[2] == pytest.approx(0.25 + 20 * 2 / 100)
    tell(studio)  # of before
    assert panel.view.units.value(Place(0, 1, 0)) == pytest.approx(0.65)
    move(panel, QPointF(start.toPoint()) - QPointF(0, 20), Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseRelease(panel.view, Qt.MouseButton.LeftButton, pos=start.toPoint())
    assert kept(studio, "hid.weight")[2] == pytest.approx(0.25 + 2 * 2 / 100)
    assert not panel.view.field.isVisible()
    studio.document.undo()
    assert kept(studio, "hid.weight") == FIRST.ravel().tolist()
    assert not studio.document.history.done


def test_a_click_on_a_wire_opens_a_field_and_what_is_typed_is_a_step(studio, panel):
    train(studio)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at(panel, Place(1, 0, 1)).toPoint())
    field = panel.view.field
    assert field.isVisible()
    assert field.lineEdit().text() == "-0.5"
    field.lineEdit().selectAll()
    QTest.keyClicks(field.lineEdit(), "many")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.isVisible()
    assert field.refusal.text() == "“many” is not a number."
    assert not studio.document.history.done
    field.lineEdit().selectAll()
    QTest.keyClicks(field.lineEdit(), "-1.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not field.isVisible()
    assert kept(studio, "head.weight") == [1.0, -1.5, 0.75]
    assert studio.document.history.undo_name == "Set head.weight"


def test_steps_in_the_field_belong_together_and_escape_takes_nothing(studio, panel):
    train(studio)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at(panel, Place(0, 2)).toPoint())
    field = panel.view.field
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert kept(studio, "hid.bias")[2] == pytest.approx(-0.3 + 2 * 2 / 20)
    QTest.keyClicks(field.lineEdit(), "77")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert kept(studio, "hid.bias")[2] == pytest.approx(-0.1)
    assert len(studio.document.history.done) == 1


def test_what_can_not_be_set_says_why_and_shows_the_number_as_it_is(studio, panel):
    studio.bridge.session.train()
    studio.engine.state("training")
    tell(studio)
    studio.engine.refuse = EngineError("It is gone.", fix="Look again.")
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at(panel, Place(1, 0, 1)).toPoint())
    field = panel.view.field
    field.lineEdit().selectAll()
    QTest.keyClicks(field.lineEdit(), "4")
    QTest.keyClick(field, Qt.Key.Key_Return)
    studio.until(field.refusal.isVisible)
    assert field.refusal.text() == "It is gone. Look again."
    assert field.lineEdit().text() == "-0.5"
    assert panel.view.units.value(Place(1, 0, 1)) == -0.5


def test_another_project_closes_the_field(studio, panel):
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at(panel, Place(1, 0, 1)).toPoint())
    assert panel.view.field.isVisible()
    studio.open(Document("empty"))
    assert not panel.view.field.isVisible()
    assert list(panel.rows()) == []


def test_in_a_run_the_engine_is_told_and_not_the_document(studio, panel):
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.document.history.clear()
    tell(studio)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=at(panel, Place(0, 0, 1)).toPoint())
    panel.view.field.lineEdit().selectAll()
    QTest.keyClicks(panel.view.field.lineEdit(), "3")
    QTest.keyClick(panel.view.field, Qt.Key.Key_Return)
    assert asked(studio) == [("hid.weight", 3.0, (0, 1))]
    assert not studio.document.history.done


def test_in_a_run_finer_cells_are_for_a_unit_that_is_looked_at(studio, panel):
    assert studio.options("neurons")["fine"] == 64
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.settle()
    assert "fine" not in studio.options("neurons")
    panel.view.chosen.emit((1, 2))
    assert studio.options("neurons")["fine"] == 64
    panel.view.chosen.emit((1, 2))
    assert "fine" not in studio.options("neurons")
    studio.engine.state("paused")
    studio.settle()
    assert studio.options("neurons")["fine"] == 64


def test_a_frozen_picture_is_read_and_not_changed(studio, panel):
    panel.header.freeze_button.click()
    point = at(panel, Place(0, 0, 1))
    assert panel.view.describe(point).startswith("hid.weight[0, 1]")
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert not panel.view.field.isVisible()
    panel.header.freeze_button.click()
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert panel.view.field.isVisible()


def test_with_the_keys_alone(studio, panel):
    view, keys = panel.view, Qt.Key
    train(studio)
    view.setFocus()
    for key in (keys.Key_Down, keys.Key_Right, keys.Key_Down):
        QTest.keyClick(view, key)
    assert panel.map.title == "tanh1[1]"
    assert view.accessibleDescription() == "tanh1[1]\nbias 0.2"
    QTest.keyClick(view, keys.Key_Return)
    assert view.choice == (1, 1)
    for _ in range(2):
        QTest.keyClick(view, keys.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.accessibleDescription().startswith("hid.weight[1, 1]  0")
    QTest.keyClick(view, keys.Key_Return)
    QTest.keyClicks(view.field.lineEdit(), "1.25")
    QTest.keyClick(view.field, keys.Key_Return)
    assert kept(studio, "hid.weight")[3] == 1.25
    for _ in range(9):
        QTest.keyClick(view, keys.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.accessibleDescription().startswith("hid.bias[1]")


def test_the_table_has_weights_biases_and_cells(panel):
    rows = list(panel.rows())
    assert rows[0] == ("what", "layer", "unit", "from", "x", "y", "value")
    assert ("weight", "tanh1", 2, "point[0]", "", "", 2.0) in rows
    assert ("bias", "tanh1", 1, "", "", "", pytest.approx(0.2)) in rows
    assert rows[-1] == ("activation", "head", 0, "", 2.5, 1.75, 4.0)
    assert len(rows) == 1 + 6 + 3 + 3 + 6 * 16


def test_it_is_saved_as_lines_and_as_dots(panel, tmp_path):
    panel.save_svg(tmp_path / "a.svg")
    panel.save_png(tmp_path / "a.png")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text.count("<image") >= 6
    assert text.count("<path") >= 9
    assert (tmp_path / "a.png").stat().st_size > 3000


def test_negative_weights_are_dashed_and_negative_biases_have_a_minus(panel):
    panel.resize(900, 420)
    picture, layout = panel.view.grab().toImage(), panel.view.layout_now
    bare = picture.pixelColor(1, picture.height() - 2)

    def gaps(place: Place) -> int:
        """Places along a wire where nothing is drawn."""
        path = layout.paths[layout.places.index(place)]
        points = (path.pointAtPercent(share / 200).toPoint() for share in range(10, 190))
        return sum(picture.pixelColor(point) == bare for point in points)

    for number, weights in enumerate((FIRST, LAST)):
        for unit, source in np.ndindex(weights.shape):
            if weights[unit, source]:
                assert (gaps(Place(number, unit, source)) > 10) == (weights[unit, source] < 0)
    minus = [picture.pixelColor(layout.bias(Place(0, unit)).center().toPoint()).lightness() for unit in range(3)]
    assert minus[2] < 100 < min(minus[:2])


def test_values_that_are_no_numbers_are_painted(studio, panel):
    tell(
        studio, **{"weight:0": np.full((3, 2), np.nan, np.float32), "map:head": np.full((1, 4, 4), np.inf, np.float32)}
    )
    panel.grab()
    assert panel.view.units.reach == 1.0
    assert panel.view.describe(at(panel, Place(1, 0, 0))).startswith("head.weight[0, 0]  1")


def test_it_says_what_would_fill_it(studio):
    panel = studio.panel("neurons")
    words = "Choose data with two numbers a sample, such as moons, to see what each unit makes of them."
    assert panel.empty.text == words
    studio.open(moons())
    assert panel.empty.text == "The first look is on its way."
    assert panel.scale.isHidden()
    studio.settle(250)  # until the engine has been asked to load it, its frames are those of the project before
    tell(studio)
    assert not panel.is_empty
    studio.open(Document("empty"))
    assert panel.is_empty
    assert panel.empty.text == words
