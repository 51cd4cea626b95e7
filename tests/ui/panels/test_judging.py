"""The views of what a network predicts: confusion, classes, calibration and residuals."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.judging.class_table import figures_of
from nnstudio.ui.judging.confusion_map import Confusion, ConfusionMap, counted
from nnstudio.ui.panels.predictions import LIVE_PLACES
from tests.classics.drawing import Pen

COUNTS = np.array([[30, 2, 0], [1, 40, 4], [0, 0, 23]])


def send(studio, **more):
    arrays = {
        "kept": np.arange(3),
        "counts": COUNTS,
        "classes": np.arange(3),
        "support": COUNTS.sum(1),
        "predicted": COUNTS.sum(0),
        "right": np.diag(COUNTS),
        "bin_count": np.array([0, 0, 0, 0, 0, 10, 0, 0, 0, 90]),
        "bin_confidence": np.array([0.0] * 5 + [0.55, 0, 0, 0, 0.97]),
        "bin_accuracy": np.array([0.0] * 5 + [0.4, 0, 0, 0, 0.99]),
    }
    facts = {"total": 100, "right": 93, "samples": 100, "all_samples": 100, "class_count": 3, "ece": 0.033}
    studio.frame("confusion", arrays, **{"names": ["cat", "dog", "emu"], "task": "classes"} | facts | more)


def numbers_net() -> Document:
    document = Document("numbers")
    pen = Pen(document)
    data = pen.start("Dataset", "data", dataset="diabetes")
    pen.layer("Linear", out_features=1)
    end = pen.layer("MSELoss")
    document.connect(f"{data.id}.y", f"{end.id}.target")
    return document


@pytest.fixture
def panel(studio):
    panel = studio.panel("predictions", (560, 260))
    assert [view.key for view in panel.tabs.views] == ["samples", "confusion", "classes", "calibration"]
    panel.tabs._choose("confusion")
    send(studio)
    return panel


def click(studio, view: ConfusionMap, row: int, column: int) -> None:
    studio.qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect_of(row, column).center().toPoint())


def test_only_the_view_that_is_seen_is_asked_for(studio):
    panel = studio.panel("predictions", (560, 260))
    assert studio.probes() == ["predictions"]
    panel.tabs._choose("confusion")
    assert studio.probes() == ["confusion"]
    panel.tabs._choose("samples")
    assert studio.probes() == ["predictions"]


def test_a_cell_tells_its_figures(studio, panel):
    assert panel.header.caption == "93.0 % right"
    assert not panel.is_empty
    view = panel.board.confusion
    assert view.cell_at(view.rect_of(1, 2).center()) == (1, 2)
    assert view.cell_at(QPointF(1, 1)) is None
    lines = view.describe(1, 2).splitlines()
    assert lines == [
        "dog is predicted as emu",
        "4 times",
        "8.9 % of 45 that are dog",
        "14.8 % of 27 predicted as emu",
    ]


def test_a_cell_leads_to_its_samples_and_the_chip_back(studio, panel):
    click(studio, panel.board.confusion, 1, 2)
    options = studio.options("predictions")
    assert (options["true"], options["predicted"], options["page"]) == (1, 2, 0)
    assert panel.tabs.key == "samples"
    index = np.arange(4)
    arrays = {"index": index, "true": np.ones(4, np.int64), "predicted": np.full(4, 2)}
    studio.frame("predictions", arrays, names=["cat", "dog", "emu"], total=4, wrong=7, task="classes", page=0)
    assert panel.header.caption == "4 samples"
    assert panel.controls.chip.isVisible()
    assert panel.controls.chip.text() == "dog → emu"
    panel.controls.chip.click()
    assert "true" not in studio.options("predictions")
    studio.settle()
    assert not panel.controls.chip.isVisible()


def test_where_no_sample_is_left_it_is_said(studio, panel):
    """While one looks at a mistake the network may learn."""
    panel.show_samples(0, 1)
    none = np.zeros(0, np.int64)
    arrays = {"index": none, "true": none, "predicted": none}
    studio.frame("predictions", arrays, names=["cat", "dog"], total=0, wrong=7, task="classes", page=0)
    assert panel.header.caption == "0 samples"
    said = panel.view.grab().toImage()
    panel.view.nothing = ""
    assert said != panel.view.grab().toImage()
    assert panel.controls.chip.isVisible()


def test_no_view_makes_the_panel_wide(studio, panel):
    """A group of panels grows with each that does, and does not shrink again."""
    names = ["a rather long name", "another long name", "emu"]
    for view in ("confusion", "classes", "calibration"):
        panel.tabs._choose(view)
        send(studio, names=names)
        assert panel.minimumSizeHint().width() <= panel.minimumWidth()
    panel.show_samples(0, 1)
    index = np.arange(90)
    arrays = {"index": index[:4], "true": np.zeros(4, np.int64), "predicted": np.ones(4, np.int64)}
    studio.frame("predictions", arrays, names=names, total=90, wrong=90, task="classes", page=0)
    assert panel.minimumSizeHint().width() <= panel.minimumWidth()
    panel.resize(400, 230)
    studio.settle()
    assert "…" in panel.controls.chip.text()
    assert panel.controls.chip.width() >= panel.controls.chip.sizeHint().width()  # no word of it is cut
    assert panel.controls.chip.toolTip().startswith("a rather long name → another long name")


def test_headings_of_classes_are_whole(studio, panel):
    panel.tabs._choose("classes")
    panel.resize(400, 230)
    studio.settle()
    table = panel.board.classes
    widths = [table.columnWidth(column) for column in range(1, 5)]
    words = ["samples", "precision", "recall", "0.000"]
    assert all(
        width > table.fontMetrics().horizontalAdvance(word) + 16 for width, word in zip(widths, words, strict=True)
    )
    assert not table.horizontalScrollBar().isVisible()


def test_large_counts_have_short_forms():
    assert counted(87) == ["87", "87"]
    assert counted(1488) == ["1,488", "1488", "1.5k", "1k"]


@pytest.mark.parametrize(
    ("names", "upright"),
    [([*"0123456789", "<end>"], False), ([f"a name of {number}" for number in range(11)], True)],
)
def test_names_stand_on_end_where_most_are_too_long(studio, names, upright):
    view = ConfusionMap()
    studio.qtbot.addWidget(view)
    view.resize(380, 160)
    count = len(names)
    view.show_confusion(Confusion(tuple(range(count)), tuple(names), np.eye(count, dtype=np.int64)))
    assert (view.cells.top() > 40) == upright


def test_the_matrix_is_walked_with_keys(studio, panel):
    view = panel.board.confusion
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Return):
        studio.qtbot.keyClick(view, key)
    assert panel.filter == (1, 1)


def test_classes_are_sorted_by_any_figure(studio, panel):
    panel.tabs._choose("classes")
    studio.settle()  # the frame is there already
    model = panel.board.classes.classes
    names = [model.data(model.index(row, 0)) for row in range(3)]
    assert names == ["cat", "dog", "emu"]
    precision, recall = 40 / 42, 40 / 45
    assert model.figures[1].tolist() == pytest.approx([45, precision, recall, 2 / (1 / precision + 1 / recall)])
    panel.board.classes.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert [model.data(model.index(row, 0)) for row in range(3)] == ["emu", "dog", "cat"]
    send(studio)
    assert model.data(model.index(0, 0)) == "emu"  # stays sorted
    panel.board.classes.clicked.emit(model.index(0, 0))
    assert panel.filter == (2, -1)


def test_a_class_that_is_never_there_has_no_figures():
    figures = figures_of(np.array([0, 5]), np.array([0, 5]), np.array([0, 5]))
    assert np.isnan(figures[0, 1:]).all()
    assert figures[1].tolist() == [5, 1, 1, 1]


def test_calibration_tells_each_bin(studio, panel):
    panel.tabs._choose("calibration")
    studio.settle()
    assert panel.header.caption == "off by 3.3 % (ECE)"
    plot = panel.board.calibration
    assert plot.describe(QPointF(0.55, 0.1)) == "confidence 0.5–0.6\n10 answers\n55.0 % sure, 40.0 % right"
    assert plot.describe(QPointF(0.15, 0.1)) == "confidence 0.1–0.2\nno answer"
    assert len(plot._bars.opts["x"]) == 2


def test_tables_have_what_each_view_shows(studio, panel, tmp_path):
    found = {}
    for view in ("confusion", "classes", "calibration"):
        panel.tabs._choose(view)
        studio.settle()
        panel.save_csv(tmp_path / "view.csv")
        with (tmp_path / "view.csv").open(encoding="utf-8") as file:
            found[view] = list(csv.reader(file))
        panel.save_svg(tmp_path / "view.svg")
        assert "<path" in (tmp_path / "view.svg").read_text() or "<image" in (tmp_path / "view.svg").read_text()
    assert found["confusion"][2] == ["dog", "1", "40", "4"]
    assert found["classes"][0] == ["class", "samples", "precision", "recall", "f1"]
    assert found["calibration"][10] == ["0.9", "1.0", "90", "0.97", "0.99"]


def test_numbers_have_residuals(studio):
    studio.open(numbers_net())
    panel = studio.panel("predictions", (560, 260))
    assert [view.key for view in panel.tabs.views] == ["samples", "residuals"]
    panel.tabs._choose("residuals")
    assert studio.options("residuals") == {"column": -1}
    arrays = {"true": np.array([1.0, 2.0]), "predicted": np.array([1.5, 2.0]), "index": np.array([4, 9])}
    arrays |= {"edges": np.array([-0.5, 0.0, 0.5]), "counts": np.array([0, 2])}
    studio.frame("residuals", arrays, total=2, columns=1, mae=0.25, rmse=0.3536, bias=0.25, r2=0.5, task="values")
    assert panel.header.caption == "R² 0.50 · MAE 0.25 · RMSE 0.354"
    plots = panel.board.residuals
    assert plots.against.describe(QPointF(1.0, 1.5)) == "sample 4\nis 1, predicted 1.5\noff by 0.5"
    assert plots.histogram.describe(QPointF(0.2, 1.0)) == "off by 0 to 0.5\n2 predictions"
    assert list(panel.rows())[1] == (4, 1.0, 1.5, 0.5)
    assert not panel.controls.columns.isVisible()


def test_sequences_are_cards_of_tokens(studio):
    panel = studio.panel("predictions", (560, 260))
    true, said = np.array([[0, 1, 2]]), np.array([[0, 2, 2]])
    arrays = {"index": np.array([5]), "true": true, "predicted": said, "right": np.array([0.5], np.float32)}
    arrays["counts"] = np.array([[1, 1, 0]], np.uint8)
    facts = {"total": 1, "wrong": -1, "places": 2, "accuracy": 0.5, "task": "tokens", "page": 0}
    studio.frame("predictions", arrays, names=["a", " ", "c"], **facts)
    card = panel.view.cards[0]
    assert [(token.said, token.wanted) for token in card.tokens] == [("a", ""), ("c", "␣")]
    assert card.detail == "1 of 2 right"
    assert panel.view.describe(panel.view.place(0).center()) == "sample 5\nac\n1 of 2 right\nc in place of ␣"
    assert panel.header.caption == "50.0 % right"
    assert list(panel.rows())[1] == (5, "a␣", "ac", "1 of 2 right", "")
    panel.grab()


@pytest.mark.parametrize("count", [2, 30])
def test_the_matrix_fits_its_room(qtbot, qapp, count):
    view = ConfusionMap()
    qtbot.addWidget(view)
    view.resize(300, 180)
    names = tuple(f"a long name {number}" for number in range(count))
    ones = np.ones(count, np.int64)
    view.show_confusion(Confusion(tuple(range(count)), names, np.eye(count, dtype=np.int64), ones, ones))
    assert view.rect().toRectF().contains(view.cells)
    assert view.cells.height() > 80
    view.grab()


def test_of_sequences_fewer_are_judged_while_a_run_goes(studio):
    document = Document("texts")
    pen = Pen(document)
    data = pen.start("Dataset", "data", dataset="python_reference", context=8)
    pen.layer("Embedding")
    pen.layer("Linear", out_features=97)
    end = pen.layer("CrossEntropyLoss")
    document.connect(f"{data.id}.next", f"{end.id}.target")
    studio.open(document)
    panel = studio.panel("predictions", (560, 260))
    assert "places" not in studio.options("predictions")
    studio.engine.state("training")
    studio.until(lambda: "places" in studio.options("predictions"))
    panel.tabs._choose("confusion")
    assert studio.options("confusion")["places"] == LIVE_PLACES
    studio.engine.state("finished", 3, 30)
    studio.until(lambda: "places" not in studio.options("confusion"))


def test_names_of_low_rows_are_whole(qtbot, qapp):
    theme.apply(qapp, "dark")
    view = ConfusionMap()
    qtbot.addWidget(view)
    view.resize(380, 160)
    one = np.ones(30, np.int64)
    view.show_confusion(Confusion(tuple(range(30)), ("H",) * 30, np.diag(one), one, one))
    image, high = view.grab().toImage(), view.rect_of(0, 0).height()
    assert high < 6
    left, right = 18, round(view.cells.left()) - 3
    ground = image.pixel(left, image.height() - 1)
    inked = [any(image.pixel(x, y) != ground for x in range(left, right)) for y in range(image.height())]
    assert inked.index(False, inked.index(True)) - inked.index(True) >= 7  # a capital of 11 pixels' type
