"""The data panel: what it asks of the engine and when, what it shows of the answers, and the ways out."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox

from nnstudio.data.registry import dataset
from nnstudio.data.spec import Field
from nnstudio.errors import EngineDied, EngineError
from nnstudio.graph.document import Document
from nnstudio.protocol import messages as msg
from nnstudio.ui.data import pages as view_pages
from nnstudio.ui.data import source as view_source
from nnstudio.ui.data.board import views_for

SAMPLES, TRAIN, TEST = 400, 320, 80


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_source, "CALM_MS", 0)
    monkeypatch.setattr(view_pages, "CALM_MS", 0)


def made(field: Field, rows: np.ndarray, classes: int) -> np.ndarray:
    """Values that tell which sample they are of."""
    if field.dtype == "int64":
        shape = (len(rows), *field.shape)
        return np.broadcast_to((rows % max(classes, 1)).reshape(-1, *[1] * len(field.shape)), shape).copy()
    values = np.empty((len(rows), *field.shape), np.float32)
    values[...] = (rows / 1_000_000).reshape(-1, *[1] * len(field.shape))
    return values


def serve(studio: Any, samples: int = SAMPLES, train: int = TRAIN, test: int = TEST, left_out: int = 0) -> None:
    """Let the engine answer for any declared data set."""

    def preview(request: msg.PreviewData, number: int) -> msg.DataPreview:
        total = {"all": samples, "train": train, "test": test, "batch": train}[request.part]
        rows = np.arange(request.start, min(request.start + request.count, total))
        fields = dataset(request.data.dataset).fields_for(request.data.params)
        arrays = {field.name: msg.Array.of(made(field, rows, field.classes)) for field in fields}
        counts = {"samples": samples, "train": train, "test": test, "left_out": left_out}
        return msg.DataPreview(request=number, arrays=arrays, index=msg.Array.of(rows), **counts)

    def summarize(request: msg.SummarizeData, number: int) -> msg.DataSummary:
        points = np.stack([np.arange(10.0), np.arange(10.0) ** 2], axis=1).astype(np.float32)
        arrays = {
            "point.min": np.zeros(2), "point.max": np.ones(2), "point.mean": np.full(2, 0.5), "point.std": np.ones(2),
            "point.missing": np.array([0, 3]), "point.histogram": np.ones((2, 2, 40), np.int64),
            "label.counts": np.array([[160, 160], [50, 30]]),
            "points.rows": np.arange(10) * 7, "points.test": np.arange(10) > 7, "points.place": np.arange(10) + 5,
            "points.point": points, "points.label": np.arange(10) % 2,
        }  # fmt: skip
        packed = {name: msg.Array.of(array) for name, array in arrays.items()}
        return msg.DataSummary(request=number, arrays=packed, facts={"label": "label"})

    studio.engine.replies[msg.PreviewData] = preview
    studio.engine.replies[msg.SummarizeData] = summarize


def holding(name: str, **params: object) -> Document:
    document = Document(name)
    document.add("Dataset", name, dataset=name, **params)
    return document


def asked(studio: Any, kind: type = msg.PreviewData) -> list[Any]:
    return [request for request in studio.engine.asked if isinstance(request, kind)]


def choose(combo: QComboBox, place: int) -> None:
    """As a person does."""
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


def show_part(panel: Any, part: str) -> None:
    choose(panel.controls.part, panel.controls.part.findData(part))
    panel.refresh()


def show_view(panel: Any, key: str) -> None:
    choose(panel.controls.tabs.combo, panel.controls.tabs.combo.findData(key))
    panel.refresh()


def opened(studio: Any, name: str = "moons", **params: object) -> Any:
    serve(studio)
    studio.open(holding(name, **params))
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.source.known is not None and not panel.is_empty)
    return panel


# What is asked for


def test_a_hidden_panel_asks_for_nothing_and_a_shown_one_once(studio):
    serve(studio)
    studio.open(holding("moons"))
    panel = studio.panel("data", show=False)
    studio.settle()
    assert asked(studio) == []
    panel.show()
    studio.until(lambda: not panel.is_empty and len(asked(studio)) == 2)
    first, page = asked(studio)
    assert (first.part, first.count) == ("all", 0)
    assert (page.part, page.start, page.count) == ("all", 0, 256)
    assert asked(studio, msg.SummarizeData) == []
    panel.hide()
    studio.document.set("moons", samples=50)
    studio.settle()
    assert len(asked(studio)) == 2
    panel.show()
    studio.until(lambda: len(asked(studio)) == 4)
    assert asked(studio)[2].data.params["samples"] == 50


def test_edits_and_undo_are_followed_and_others_leave_it_alone(studio):
    panel = opened(studio)
    before = len(asked(studio))
    studio.document.add("ReLU", "relu")
    studio.settle()
    assert len(asked(studio)) == before
    studio.document.set("moons", noise=0.5)
    studio.until(lambda: panel.source.known.shown.ref.params["noise"] == 0.5)
    studio.document.undo()
    studio.until(lambda: panel.source.known.shown.ref.params["noise"] == 0.08)
    studio.document.set_plan(test_split=0.5, seed=3)
    studio.until(lambda: panel.source.known.shown.ref.test_split == 0.5)


def test_a_stale_answer_is_dropped(studio):
    panel = opened(studio)
    late: Future[msg.AnyReply] = Future()
    reply = studio.engine.replies[msg.PreviewData]
    hold(studio, late)
    studio.document.set("moons", noise=0.5)
    studio.until(lambda: panel.source.waiting)
    mended(studio)
    studio.document.set("moons", noise=0.6)
    studio.until(lambda: panel.source.known.shown.ref.params["noise"] == 0.6)
    late.set_result(reply(msg.PreviewData(data=msg.DataRef("moons")), 99))
    studio.settle()
    assert panel.source.known.shown.ref.params["noise"] == 0.6
    assert asked(studio, msg.Cancel)


def test_a_million_rows_are_scrolled_by_asking_for_pages_only(studio):
    serve(studio, 1_000_000, 800_000, 200_000)
    studio.open(holding("moons"))
    panel = studio.panel("data", (480, 210))
    table = panel.board.table
    studio.until(lambda: table.samples.cell(0, 0) is not None and table.samples.cell(0, 0).value is not None)
    assert table.samples.rowCount() == 1_000_000
    for row in (999_999, 500_000, 3, 700_000):
        table.scrollTo(table.samples.index(row, 0))
        studio.until(lambda row=row: table.samples.cell(row, 0).value is not None)
        assert table.samples.cell(row, 0).value == pytest.approx(row / 1_000_000)
        assert table.samples.headerData(row, Qt.Orientation.Vertical) == f"{row:,}"
    pages = asked(studio)[1:]
    assert len(pages) <= 10
    assert all(page.count <= view_pages.MOST for page in pages)
    assert len(table.pages._pages) <= view_pages.KEPT


def test_while_one_scrolls_far_only_where_one_rests_is_asked_for(studio, monkeypatch):
    monkeypatch.setattr(view_pages, "CALM_MS", 40)
    serve(studio, 1_000_000, 800_000, 200_000)
    studio.open(holding("moons"))
    panel = studio.panel("data", (480, 210))
    table = panel.board.table
    studio.until(lambda: table.samples.cell(0, 0) is not None and table.samples.cell(0, 0).value is not None)
    before = len(asked(studio))
    for share in range(1, 60):
        table.verticalScrollBar().setValue(share * 16_000)
        table.viewport().repaint()
    studio.until(lambda: table.samples.cell(59 * 16_000, 0).value is not None)
    assert len(asked(studio)) - before <= 6


# What is shown


@pytest.mark.parametrize(
    ("name", "views"),
    [
        ("moons", "samples plot balance histograms split batch"),
        ("digits", "samples plot balance histograms split batch"),
        ("reverse", "samples tokens histograms split batch"),
        ("diabetes", "samples plot histograms split batch"),
    ],
)
def test_only_views_that_fit_the_fields_are_offered(name, views):
    assert [view.key for view in views_for(dataset(name).fields_for())] == views.split()


def test_pictures_stand_in_rows_and_are_walked_by_keys(studio):
    panel = opened(studio, "digits")
    gallery = panel.board.gallery
    assert panel.board.currentWidget() is gallery
    studio.until(lambda: gallery.pages.sample(0) is not None)
    text = gallery.describe(gallery.place(3).center())
    assert text.startswith("sample 3\nlabel: 3\nrow ")
    show_part(panel, "test")
    studio.until(lambda: gallery.pages.sample(0) is not None)
    studio.qtbot.keyClick(gallery, Qt.Key.Key_End)
    studio.qtbot.keyClick(gallery, Qt.Key.Key_Left)
    assert gallery.current == TEST - 2
    assert gallery.verticalScrollBar().value() == gallery.verticalScrollBar().maximum()
    panel.grab()


def test_a_click_on_a_test_sample_chooses_it(studio):
    panel = opened(studio, "digits")
    gallery = panel.board.gallery
    spot = gallery.place(3).center().toPoint()
    studio.qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert studio.bridge.sample == 0  # not every sample is one of the test set
    show_part(panel, "test")
    studio.until(lambda: gallery.pages.sample(3) is not None)
    studio.qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert (studio.bridge.sample, gallery.chosen_row) == (3, 3)
    studio.bridge.choose_sample(5)
    assert gallery.chosen_row == 5


def test_a_table_tells_values_and_chooses_test_samples(studio):
    panel = opened(studio)
    show_part(panel, "test")
    table = panel.board.table
    studio.until(lambda: table.samples.cell(2, 0).value is not None)
    spot = table.visualRect(table.samples.index(2, 2)).center()
    assert table.describe(QPointF(spot)) == "label: upper"
    assert table.describe(QPointF(table.visualRect(table.samples.index(2, 0)).center())).endswith(": 2e-06")
    studio.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert studio.bridge.sample == 2


def test_points_are_told_and_a_test_point_is_chosen(studio):
    panel = opened(studio)
    show_view(panel, "plot")
    studio.until(lambda: panel.board.currentWidget() is panel.board.scatter)
    scatter = panel.board.scatter
    x, y = scatter.places()
    assert scatter.describe(QPointF(x[9], y[9])).startswith("sample 63 · test\n")
    assert scatter.describe(QPointF(x[9], y[9])).endswith("\nlower")
    studio.qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=QPoint(round(x[9]), round(y[9])))
    assert studio.bridge.sample == 14
    choose(scatter.across, 1)
    choose(scatter.up, 0)
    assert (scatter.axes[0].values == np.arange(10.0) ** 2).all()
    panel.grab()


def test_classes_and_columns_are_counted_once_asked(studio):
    panel = opened(studio)
    show_view(panel, "balance")
    studio.until(lambda: panel.board.currentWidget() is panel.board.bars)
    bars = panel.board.bars
    _, area, count = bars.areas()[0]
    first = QPointF(area.left() + area.width() / count / 2, area.center().y())
    assert bars.describe(first) == "label: upper\ntrain 160 · test 50 · 52.50 %"
    upper, room = bars.groups[0].bars[0], QRectF(0, 0, 72, 100)
    (trained, over), (tested, beside) = bars.counts(room, upper, 160, tested=True)
    assert (trained, tested) == ("160", "50")  # each bar tells its own
    assert over.right() <= beside.left()
    assert over.top() < beside.top()
    assert bars.counts(QRectF(0, 0, 30, 100), upper, 160, tested=True) == []
    show_view(panel, "histograms")
    sheet = panel.board.histograms.sheet
    assert [each.missing for each in sheet.shown] == [0, 3]
    assert "mean 0.5 · deviation 1" in sheet.describe(sheet.place(1).center())
    assert "3 missing" in sheet.describe(sheet.place(1).center())
    panel.grab()
    assert len(asked(studio, msg.SummarizeData)) == 1


def test_the_split_is_told_in_words(studio):
    panel = opened(studio)
    show_view(panel, "split")
    split = panel.board.split
    assert split.words.text() == "Shuffled with seed 0: 20 % are kept for testing and never learned."
    assert [(name, count) for name, count, _ in split.bar.spans()] == [("train", TRAIN), ("test", TEST)]
    studio.bridge.select((studio.document.node("moons").id,))
    split.button.click()
    assert studio.bridge.selection == ()


def test_what_is_left_out_between_the_parts_is_told(studio):
    serve(studio, left_out=16)
    studio.open(holding("names"))
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.source.known is not None)
    show_view(panel, "split")
    split = panel.board.split
    assert split.more.text() == "16 between are left out, since they overlap with those."
    assert [count for _, count, _ in split.bar.spans()] == [TRAIN, 16, TEST]


def test_a_caption_that_does_not_fit_is_not_begun(studio):
    """Also when an edit of the drawing comes in between."""
    panel = opened(studio)
    show_view(panel, "split")
    panel.resize(panel.controls.tabs.full_width + 110, 210)
    studio.settle()
    assert (panel.controls.tabs.compact, panel.header.caption) == (False, "")
    studio.document.add("ReLU")
    assert panel.header.caption == ""


def test_a_batch_is_as_large_as_the_plan_says(studio):
    panel = opened(studio)
    show_view(panel, "batch")
    studio.until(lambda: panel.board.pages.sample(0) is not None)
    assert (asked(studio)[-1].part, asked(studio)[-1].count) == ("batch", 32)
    studio.document.set_plan(batch_size=7)
    studio.until(lambda: panel.board.pages.rows == 7)
    assert panel.picture_line() == "Data · Moons, first batch of 7"


def test_a_batch_is_shown_behind_what_prepares_it(studio):
    panel = opened(studio, "iris")
    studio.bridge.ready = msg.EngineReady(torch="0", devices=("cpu",), probes=("batch",), exports=(), pid=1)
    studio.document.add("Standardize", "standardize")
    studio.document.connect("iris.x", "standardize")
    show_view(panel, "batch")
    studio.until(lambda: "batch" in studio.probes())
    assert studio.options("batch")["nodes"] == ["standardize"]
    values = np.full((5, 4), 0.25, np.float32)
    studio.frame("batch", {"standardize": values, "target": np.arange(5) % 3}, size=5)
    cell = panel.board.table.samples.cell(0, 0)
    assert (cell.value, panel.board.pages.rows) == (0.25, 5)
    panel.controls.again.click()
    studio.settle()
    assert studio.options("batch")["draw"] == 1
    show_view(panel, "samples")
    studio.settle()
    assert studio.probes() == []


def test_the_chosen_dataset_node_is_shown(studio):
    serve(studio)
    document = holding("moons")
    document.add("Dataset", "spiral", dataset="spiral")
    studio.open(document)
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.source.known is not None)
    assert panel.controls.nodes.isVisible()
    studio.bridge.select((document.node("spiral").id,))
    studio.until(lambda: panel.source.known.shown.ref.dataset == "spiral")
    panel.controls.nodes.activated.emit(panel.controls.nodes.findText("moons"))
    studio.until(lambda: panel.source.known.shown.ref.dataset == "moons")


def test_another_project_leaves_nothing_of_the_last_one(studio):
    panel = opened(studio)
    panel.header.freeze_button.click()
    studio.open(Document("empty"))
    studio.until(lambda: panel.is_empty)
    assert panel.empty.text == "Add a Dataset node to see what the network learns from."
    assert panel.board.pages.known is None or panel.source.known is None


def test_a_frozen_panel_stays_and_catches_up(studio):
    panel = opened(studio)
    before = panel.source.known
    panel.header.freeze_button.click()
    studio.document.set("moons", noise=0.5)
    studio.settle()
    assert panel.source.known is before
    panel.header.freeze_button.click()
    studio.until(lambda: panel.source.known.shown.ref.params["noise"] == 0.5)


# Where there is nothing to show


def test_without_data_a_dataset_is_one_click_away(studio):
    serve(studio)
    studio.open(Document("empty"))
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.empty.button.isVisible())
    panel.empty.button.click()
    assert [node.type for node in studio.document.nodes.values()] == ["Dataset"]
    assert studio.bridge.selection == tuple(studio.document.nodes)
    studio.until(lambda: not panel.is_empty)
    studio.document.undo()
    studio.until(lambda: panel.is_empty)
    assert studio.document.nodes == {}


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (EngineError("It needs 9.1 GB of memory, and 2.0 GB are free.", kind="memory"), "Show its settings"),
        (EngineError("Given up.", kind="cancelled"), "Load again"),
        (EngineError("Something else."), "Try again"),
    ],
)
def test_what_can_not_be_loaded_says_why_and_offers_a_way(studio, error, label):
    studio.open(holding("moons"))
    studio.bridge.select(())
    refuse(studio, error)
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.source.fault is not None and panel.empty.button.isVisible())
    assert panel.empty.button.text() == label
    if error.kind != "cancelled":
        assert panel.empty.text == str(error)
    mended(studio)
    panel.empty.button.click()
    if label == "Show its settings":
        assert studio.bridge.selection == (studio.document.node("moons").id,)
    else:
        studio.until(lambda: not panel.is_empty)


def test_a_wrong_file_is_told_with_its_place_and_looked_into(studio):
    studio.open(holding("table", path="/no/such.csv"))
    error = EngineError("Line 7 of 'such.csv', column 'age': 'abc' is no number.", fix="Correct it.", kind="file")
    refuse(studio, error)
    wanted: list[Any] = []
    studio.bridge.file_wanted.connect(wanted.append)
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.empty.button.isVisible())
    assert panel.empty.text == str(error)
    assert panel.empty.button.text() == "Look into the file…"
    panel.empty.button.click()
    assert [each.path for each in wanted] == ["/no/such.csv"]


def test_what_has_to_be_fetched_tells_size_and_licence_first(studio):
    name = "mnist"
    studio.open(holding(name))
    refuse(studio, EngineError("MNIST is not on this computer.", kind="download"))
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.empty.button.isVisible())
    kind = dataset(name)
    assert kind.licence in panel.empty.text
    assert panel.empty.button.text().startswith("Download ")
    mended(studio)
    panel.empty.button.click()
    studio.until(lambda: not panel.is_empty)
    assert asked(studio, msg.FetchData)[0].data.dataset == name


def test_long_loading_shows_how_far_it_is_and_can_be_given_up(studio):
    studio.open(holding("moons"))
    answer: Future[msg.AnyReply] = Future()
    requests = hold(studio, answer)
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.empty.button.isVisible())
    studio.engine.on_event(msg.DataProgress(key=requests[0].key, done=30, total=120, what="Reading rows"))
    studio.until(lambda: "25 %" in panel.empty.text)
    assert panel.empty.text == "Loading 'Moons'…\nReading rows · 25 %"
    assert panel.empty.done == 0.25
    panel.empty.button.click()
    assert asked(studio, msg.Cancel)[-1].key == requests[0].key
    answer.set_exception(EngineError("Given up.", kind="cancelled"))
    studio.until(lambda: panel.empty.button.text() == "Load again")


def test_what_is_loaded_for_a_project_that_is_left_is_given_up(studio):
    studio.open(holding("moons"))
    requests = hold(studio, Future())
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.empty.button.isVisible())
    key = requests[0].key
    studio.open(holding("circles"))
    assert key in [request.key for request in asked(studio, msg.Cancel)]


def test_what_a_dead_engine_was_asked_is_asked_of_the_next(studio):
    serve(studio)
    studio.open(holding("moons"))
    refuse(studio, EngineDied("The engine was killed."))
    panel = studio.panel("data", (480, 210))
    studio.until(lambda: panel.source.fault is not None)
    mended(studio)
    studio.engine.die()
    studio.until(lambda: not panel.is_empty)


def hold(studio: Any, answer: Future[msg.AnyReply]) -> list[Any]:
    """Every preview gets this answer, until it is mended; gives what was asked."""
    requests: list[Any] = []

    def ask(request: Any) -> Future[msg.AnyReply]:
        if not isinstance(request, msg.PreviewData):
            return studio.engine.ask(request)
        requests.append(request)
        return answer

    studio.bridge.session.errands._ask = ask
    return requests


def refuse(studio: Any, error: EngineError) -> None:
    """Let every preview fail, until it is mended."""
    failed: Future[msg.AnyReply] = Future()
    failed.set_exception(error)
    hold(studio, failed)


def mended(studio: Any) -> None:
    serve(studio)
    studio.bridge.session.errands._ask = studio.engine.ask


def test_a_page_that_can_not_be_had_is_told_once(studio):
    panel = opened(studio)
    refuse(studio, EngineError("The file is gone.", kind="file"))
    show_part(panel, "train")
    studio.until(lambda: panel.empty.text == "The file is gone.")
    count = len(asked(studio))
    studio.settle()
    assert len(asked(studio)) == count


# What can be taken away


def test_every_view_is_saved_as_table_and_picture(studio, tmp_path: Path):
    panel = opened(studio)
    heads = {
        "samples": "sample,x,y,label", "plot": "sample,part,x,y,class", "balance": "field,name,train,test",
        "histograms": "column,mean,std,missing,from,to,train,test", "split": "part,samples",
        "batch": "sample,x,y,label",
    }  # fmt: skip
    for view, head in heads.items():
        show_view(panel, view)
        studio.until(lambda head=head: ",".join(map(str, next(iter(panel.rows())))) == head)
        if view in ("samples", "batch"):
            studio.until(lambda: panel.board.pages.sample(0) is not None)
        for suffix in ("png", "svg", "csv"):
            panel.save(str(tmp_path / f"{view}.{suffix}"), suffix)
        assert not QImage(str(tmp_path / f"{view}.png")).isNull()
        assert "Data · Moons" in (tmp_path / f"{view}.svg").read_text(encoding="utf-8")
        lines = (tmp_path / f"{view}.csv").read_text(encoding="utf-8").splitlines()
        assert lines[0] == head
        assert len(lines) > 1
    assert studio.troubles == []
