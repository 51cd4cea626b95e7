"""An input of one's own: what is asked, what is shown, and what stays."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnstudio.data.spec import Field
from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.panels.tryit import TryPanel
from nnstudio.ui.trying.answer_view import Answer, AnswerView, Said
from nnstudio.ui.trying.columns import ColumnsEditor, columns_of
from nnstudio.ui.trying.drawing import DrawingEditor
from nnstudio.ui.trying.plane import PlaneEditor
from nnstudio.ui.trying.text import TextEditor
from nnstudio.ui.trying.ways import Way
from tests.classics.drawing import Pen

DRAWN = {"low": 0.0, "high": 1.0, "ground": [0.0], "plain": True, "centred": True, "by_mass": False,
         "extent": 8.0, "stroke": 1.5, "x": 4.0, "y": 4.0}  # fmt: skip


def digits_frame(studio, *, figures=True, given=None, sample=0, **facts):
    own = np.zeros((1, 8, 8), np.float32)
    own[0, 2:6, 3] = 1.0 + sample
    arrays = {"input:image": own if given is None else given, "sample:image": own}
    arrays["probabilities"] = np.array([0.7, 0.2, *[0.0125] * 8], np.float32)
    told = {f"figure:image:{name}": fact for name, fact in DRAWN.items()} | {"figures": True} if figures else {}
    facts = {"names": list("0123456789"), "inputs": ["image"], "task": "classes", "output": "head"} | facts
    studio.frame("answer", arrays, sample=sample, samples=360, label=3, **facts, **told)


def small(data: str, out: int, loss: str, first: str = "") -> Document:
    document = Document(data)
    pen = Pen(document)
    node = pen.start("Dataset", "data", dataset=data)
    if first:
        pen.layer(first)
    pen.layer("Linear", "head", out_features=out)
    pen.layer(loss, "loss")
    document.connect(f"data.{node.outputs[1].name}", "loss.target")
    return document


def drag(studio, widget, *places: tuple[float, float]) -> None:
    """Press at the first place, move along, and let go. Places are shares of the board."""
    place = widget.place
    points = [
        QPoint(round(place.left() + x * place.width()), round(place.top() + y * place.height())) for x, y in places
    ]
    studio.qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        studio.qtbot.mouseMove(widget, point)
    studio.qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=points[-1])


@pytest.fixture
def panel(studio) -> TryPanel:
    studio.until(lambda: studio.engine.subject > 0)  # which is of another model: frames from before are of another
    panel = studio.panel("try", (460, 220))
    digits_frame(studio)
    return panel


def test_figures_are_asked_for_once(studio):
    panel = studio.panel("try", (460, 220))
    assert studio.options("answer") == {"sample": 0, "figures": True}
    assert panel.is_empty
    digits_frame(studio)
    options = studio.options("answer")
    assert options["figures"] is False
    assert options["given:image"] == [0.0] * 64  # a blank board
    assert isinstance(panel.editor, DrawingEditor)
    assert panel.header.caption == "your own input"


def test_another_model_is_learned_anew(studio, panel):
    before = studio.engine.subject
    studio.document.set("head", out_features=12)
    studio.until(lambda: studio.engine.subject > before)
    digits_frame(studio, figures=False)
    assert studio.options("answer") == {"sample": 0, "figures": True, "at": -1}
    editor = panel.editor
    digits_frame(studio)
    assert panel.editor is editor  # what was drawn stays


def test_what_is_drawn_is_asked_for_live(studio, panel):
    drag(studio, panel.editor.board, (0.5, 0.2), (0.5, 0.8))
    studio.settle()
    given = np.array(studio.options("answer")["given:image"]).reshape(8, 8)
    assert given.max() > 0.7
    assert given.argmax(axis=1).tolist() == [given[0].argmax()] * 8  # an upright line, as high as the data's digits
    assert np.array_equal(panel.editor.preview.pixels[0], given.astype(np.float32))


def test_undo_is_the_boards_own(studio, panel):
    document = studio.document
    steps = document.history.undo_name
    board = panel.editor.board
    drag(studio, board, (0.5, 0.2), (0.5, 0.8))
    board.setFocus()
    studio.qtbot.keyClick(board, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    studio.settle()
    assert studio.options("answer")["given:image"] == [0.0] * 64
    studio.qtbot.keyClick(board, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    studio.settle()
    assert max(studio.options("answer")["given:image"]) > 0.7
    assert document.history.undo_name == steps


def test_a_picture_can_be_drawn_with_keys(studio, panel):
    board = panel.editor.board
    for key in (Qt.Key.Key_Space, *[Qt.Key.Key_Down] * 6, Qt.Key.Key_Space):
        studio.qtbot.keyClick(board, key)
    studio.settle()
    assert max(studio.options("answer")["given:image"]) > 0.7
    studio.qtbot.keyClick(board, Qt.Key.Key_Delete)
    studio.settle()
    assert studio.options("answer")["given:image"] == [0.0] * 64


def test_one_can_begin_with_the_sample(studio, panel):
    panel.taker.click()
    studio.settle()
    assert "given:image" not in studio.options("answer")
    digits_frame(studio, figures=False, sample=0)
    assert panel.header.caption == "sample 0"
    assert panel.editor.pixels()[0, 2:6, 3].tolist() == [1.0] * 4
    drag(studio, panel.editor.board, (0.9, 0.1), (0.9, 0.2))
    studio.settle()
    given = np.array(studio.options("answer")["given:image"]).reshape(8, 8)
    assert given[2:6, 3].tolist() == [1.0] * 4  # drawn over, not moved
    assert given[1, 7] > 0.5


def test_a_sample_picked_here_is_seen_and_one_picked_elsewhere_waits(studio, panel):
    studio.bridge.choose_sample(5)
    assert studio.options("answer")["sample"] == 5
    assert "given:image" in studio.options("answer")  # what is drawn stays
    panel.picker.forth.click()
    assert studio.options("answer") == {"sample": 6, "figures": False, "at": -1}
    digits_frame(studio, figures=False, sample=6)
    assert panel.header.caption == "sample 6"
    assert panel.editor.pixels().max() == 7.0
    panel.editor.board.undo()
    assert panel.editor.pixels().max() == 0.0


def test_bars_tell_the_likeliest_and_the_true_one(studio, panel):
    lines = panel.answer.answer.lines
    assert [line.name for line in lines] == list("0123456789")
    assert [line.name for line in lines if line.first] == ["0"]
    assert [line.name for line in lines if line.true] == ["3"]
    assert panel.answer.describe(QPoint(5, 5).toPointF()) == "0\n0.700000"
    assert "0 70.0 %" in panel.answer.accessibleName()


def test_names_are_whole_where_there_is_room_beside_or_over_the_bars(qtbot):
    view = AnswerView()
    qtbot.addWidget(view)
    view.show_answer(Answer((Said("malignant", 0.7, first=True), Said("benign", 0.3))))
    needed = QFontMetricsF(theme.base_font(12, QFont.Weight.Bold)).horizontalAdvance("malignant")
    for size in ((150, 160), (130, 60), (400, 40), (150, 40)):
        view.resize(*size)
        name, bar, figure = view._places(1)
        assert name.width() >= needed or size == (150, 40)  # too low for two lines and too narrow for one
        assert bar.width() >= 24
        assert not name.intersects(bar)
        assert not name.intersects(figure)
        assert view.describe(name.center()).startswith("benign")
        assert bar.bottom() <= view.height() + 1


def test_of_what_is_written_the_end_is_seen_where_there_is_not_room(qtbot):
    view = AnswerView()
    qtbot.addWidget(view)
    metrics, words, written = QFontMetricsF(theme.base_font(11)), "at each place: ", "2022-07-23"
    room = metrics.horizontalAdvance(words + written)
    assert view._fitted(words, written, metrics, room + 1) == words + written
    assert view._fitted(words, written, metrics, room - 9) == "→ " + written
    cut = view._fitted(words, written, metrics, metrics.horizontalAdvance("→ 22-07-23"))
    assert cut.startswith("→ …")
    assert cut.endswith("7-23")


def test_many_classes_are_the_likeliest_ten(studio, panel):
    shares = np.linspace(0.0, 1.0, 40, dtype=np.float32)
    arrays = {"input:image": np.zeros((1, 8, 8), np.float32), "probabilities": shares / shares.sum()}
    studio.frame("answer", arrays, names=[], inputs=["image"], sample=0, samples=9, task="classes")
    assert [line.name for line in panel.answer.answer.lines] == [str(39 - place) for place in range(10)]
    assert panel.answer.answer.total == 40


def test_table_columns_have_sliders_and_lists(studio):
    studio.open(small("diabetes", 1, "MSELoss"))
    panel = studio.panel("try", (460, 220))
    low, high = np.zeros(10, np.float32), np.full(10, 100.0, np.float32)
    row = np.arange(10, dtype=np.float32)
    arrays = {"input:x": row, "sample:x": row, "figure:x:low": low, "figure:x:high": high}
    arrays["output"] = np.array([152.25], np.float32)
    facts = {"inputs": ["x"], "task": "values", "output": "head", "names": [], "sample": 0, "samples": 88}
    studio.frame("answer", arrays, figures=True, **facts, **{"figure:x:choices:1": [1.0, 2.0]})
    editor = panel.editor
    assert isinstance(editor, ColumnsEditor)
    assert [column.name for column in editor.columns][:3] == ["age", "sex", "body mass index"]
    assert [(line.name, line.value) for line in panel.answer.answer.lines] == [("progression", 152.25)]
    assert "given:x" not in studio.options("answer")
    editor.controls[0].slider.setValue(100)
    editor.controls[1].setCurrentIndex(1)
    editor.controls[1].activated.emit(1)
    studio.settle()
    assert studio.options("answer")["given:x"] == [50.0, 2.0, *range(2, 10)]
    studio.frame("answer", {name: arrays[name] for name in ("input:x", "output")}, **facts)
    assert editor.numbers()[0] == 50.0  # what is one's own stays
    field = editor.controls[2].field
    studio.qtbot.keyClicks(field, "x")
    assert not field.read()
    assert "is not a number" in field.toolTip()
    assert list(panel.rows())[1][:2] == ("input", "age")


def test_a_point_is_dragged_over_the_plane(studio):
    studio.open(small("moons", 1, "BCEWithLogitsLoss"))
    panel = studio.panel("try", (460, 220))
    assert studio.options("answer")["ground"] == 40
    plane = {"grid": np.full((8, 8), 0.5, np.float32), "points": np.zeros((2, 2), np.float32),
             "labels": np.array([0, 1]), "test": np.zeros(2, np.uint8)}  # fmt: skip
    arrays = {"input:point": np.array([0.5, 0.25], np.float32), "probabilities": np.array([0.4, 0.6], np.float32)}
    facts = {"inputs": ["point"], "task": "logit", "names": ["a", "b"], "sample": 0, "samples": 9}
    edges = {"x0": -2.0, "x1": 2.0, "y0": -1.0, "y1": 1.0}
    studio.frame("answer", arrays | plane, figures=True, **facts, **edges)
    editor = panel.editor
    assert isinstance(editor, PlaneEditor)
    assert editor.numbers() == [0.5, 0.25]
    middle = editor.plot.viewport().rect().center()
    studio.qtbot.mousePress(editor.plot.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    studio.settle()
    x, y = studio.options("answer")["given:point"]
    wanted = editor.plot.point_at(middle.toPointF())
    assert (x, y) == pytest.approx((wanted.x(), wanted.y()))
    studio.qtbot.keyClick(editor.plot, Qt.Key.Key_Right)
    studio.settle()
    assert studio.options("answer")["given:point"] == pytest.approx([x + 0.04, y])
    editor.plot.move_to(99.0, -99.0)
    assert editor.numbers() == [2.0, -1.0]


def test_text_is_typed_in_the_datas_letters(studio):
    document = small("python_reference", 97, "CrossEntropyLoss", "Embedding")
    document.set("data", context=8)
    studio.open(document)
    panel = studio.panel("try", (460, 220))
    names = ["\ufffd", "\n", *map(chr, range(32, 127))]
    row = np.array([names.index(letter) for letter in "def f(x)"], np.float32)
    arrays = {"input:text": row, "sample:text": row, "probabilities": np.eye(97, dtype=np.float32)[names.index("e")]}
    arrays["written"] = np.array([names.index("e")] * 8)
    facts = {"inputs": ["text"], "task": "tokens", "names": names, "sample": 0, "samples": 9}
    studio.frame("answer", arrays, figures=True, **facts, **{"tokens:text": names})
    editor = panel.editor
    assert isinstance(editor, TextEditor)
    assert editor.text.toPlainText() == "def f(x)"
    assert panel.answer.answer.best.name == "e"
    editor.text.setPlainText("dé")
    studio.settle()
    assert studio.options("answer")["given:text"] == [names.index("d"), 0]
    assert panel.remark.text() == "unknown: “é”"
    editor.text.setPlainText("0123456789")
    studio.settle()
    assert len(studio.options("answer")["given:text"]) == 8
    assert panel.remark.text() == "only the last 8 count"


def test_what_the_network_can_not_take_is_said_beside_it(studio, panel):
    studio.engine.frame("answer", problem="This network takes 6 tokens at once, not 2.")
    studio.settle()
    assert panel.remark.text() == "This network takes 6 tokens at once, not 2."
    assert not panel.is_empty


def test_without_an_input_it_says_what_to_do(studio):
    document = Document("numbers")
    document.add("Value", "a")
    studio.open(document)
    panel = studio.panel("try")
    assert panel.empty.text == "Add a Dataset and connect it to a layer to try the network yourself."
    assert "answer" not in studio.probes()


def test_another_project_begins_anew(studio, panel):
    studio.open(Document("another"))
    assert panel.is_empty
    assert panel.editors == {}


def test_hidden_it_asks_for_nothing(studio, panel):
    panel.hide()
    assert studio.probes() == []
    panel.show()
    assert studio.probes() == ["answer"]


def test_files_have_the_input_and_the_answer(studio, panel, tmp_path):
    drag(studio, panel.editor.board, (0.5, 0.2), (0.5, 0.8))
    panel.save_svg(tmp_path / "try.svg")
    text = (tmp_path / "try.svg").read_text()
    assert "<image" in text
    assert "<path" in text
    panel.save_csv(tmp_path / "try.csv")
    lines = (tmp_path / "try.csv").read_text().splitlines()
    assert lines[0] == "what,name,value"
    assert len(lines) == 1 + 64 + 10


def test_numbers_too_many_for_sliders_are_a_table(studio):
    document = small("frequencies", 4, "CrossEntropyLoss", "Flatten")
    studio.open(document)
    panel = studio.panel("try", (460, 220))
    wave = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    arrays = {"input:sequence": wave, "sample:sequence": wave, "probabilities": np.full(4, 0.25, np.float32)}
    facts = {"inputs": ["sequence"], "task": "classes", "names": [], "sample": 0, "samples": 9}
    studio.frame("answer", arrays, figures=True, **facts)
    assert panel.editor.table.weights.values.shape == (64, 1)
    panel.editor.table.set_cells([(3, 0)], np.array([0.5]))
    studio.settle()
    given = studio.options("answer")["given:sequence"]
    assert (len(given), given[3]) == (64, 0.5)


def test_classes_of_a_table_are_one_list():
    choices = {f"choices:{place}": [0.0, 1.0] for place in (1, 2, 3)}
    columns = ("age", "sex=f", "sex=m", "eyes=blue")
    way = Way("x", np.array([40.0, 0.0, 1.0, 1.0], np.float32), "columns", source=Field("x", (4,), columns=columns),
              figures=choices, low=np.zeros(4, np.float32), high=np.full(4, 80.0, np.float32))  # fmt: skip
    assert [(column.name, column.places, column.choices) for column in columns_of(way)] == [
        ("age", (0,), ()),
        ("sex", (1, 2), ("f", "m")),
        ("eyes=blue", (3,), ()),  # alone it is yes or no
    ]
