"""Cards of samples: which are shown, how they are told apart, and choosing one."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from nnstudio.graph.document import Document


def send(studio, count=8, page=0, **more):
    index = np.arange(count) + 20
    arrays = {
        "index": index,
        "true": index % 10,
        "predicted": np.where(np.arange(count) < 2, (index + 1) % 10, index % 10),
        "confidence": np.linspace(0.99, 0.5, count).astype(np.float32),
        "input:image": np.random.default_rng(0).random((count, 1, 8, 8)).astype(np.float32),
    }
    facts = {"wrong": 37, "total": 360, "accuracy": 0.9, "page": page, "task": "classes"}
    studio.frame("predictions", arrays | more, names=[str(n) for n in range(10)], **facts)


def test_as_many_are_asked_for_as_there_is_room_for(studio):
    panel = studio.panel("predictions", (440, 230))
    assert studio.options("predictions") == {"count": 8, "page": 0}
    panel.resize(860, 430)
    assert studio.options("predictions")["count"] == panel.view.capacity > 20


def test_cards_tell_what_is_right_and_wrong(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    assert panel.header.caption == "37 wrong of 360"
    assert len(panel.view.cards) == 8
    first = panel.view.cards[0]
    assert (first.index, first.true, first.predicted, first.detail, first.wrong) == (20, "0", "1", "99 %", True)
    assert [card.wrong for card in panel.view.cards] == [True] * 2 + [False] * 6
    panel.grab()


def test_a_click_chooses_the_sample(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    place = panel.view.place(3).center().toPoint()
    studio.qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=place)
    assert studio.bridge.sample == 23
    assert panel.view.sample == 23


def test_the_keyboard_chooses_too(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    studio.qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    studio.qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    studio.qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert studio.bridge.sample == 25


def test_pages_are_turned(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    assert panel.controls.place.text() == "1 / 45"
    assert not panel.controls.back.isEnabled()
    panel.controls.forth.click()
    assert studio.options("predictions") == {"count": 8, "page": 1}
    studio.qtbot.keyClick(panel.view, Qt.Key.Key_PageDown)
    assert studio.options("predictions")["page"] == 2
    send(studio, page=2)
    assert panel.controls.place.text() == "3 / 45"
    panel.turn(1000)
    assert studio.options("predictions")["page"] == 44


def test_the_mouse_reads_out_the_card(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    assert panel.view.describe(panel.view.place(0).center()) == "sample 20\nis 0, predicted 1\n99 %"
    assert panel.view.describe(QPointF(-5, -5)) == ""


def test_points_lie_in_their_plane(studio):
    panel = studio.panel("predictions")
    points = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    send(studio, **{"input:image": points})
    assert panel.view.cards[0].sample.shape == (2,)
    panel.grab()


def test_all_points_are_asked_for_and_turned_here(studio):
    panel = studio.panel("predictions", (440, 230))
    index = np.arange(80)
    arrays = {"index": index, "true": index % 2, "predicted": index % 2, "confidence": np.ones(80, np.float32)}
    points = {"input:point": np.random.default_rng(0).normal(size=(80, 2)).astype(np.float32)}
    facts = {"wrong": 0, "total": 80, "page": 0, "task": "classes"}
    studio.frame("predictions", arrays | points, names=["0", "1"], **facts)
    assert studio.options("predictions") == {"count": 1000, "page": 0}
    assert [card.index for card in panel.view.cards] == list(range(8))
    panel.controls.forth.click()
    assert [card.index for card in panel.view.cards] == list(range(8, 16))
    assert panel.controls.place.text() == "2 / 10"
    panel.resize(440, 130)
    assert len(panel.view.cards) == panel.view.capacity < 8
    send(studio)
    assert studio.options("predictions")["count"] == panel.view.capacity


def test_numbers_have_no_right_and_wrong(studio):
    panel = studio.panel("predictions")
    arrays = {"index": np.arange(2), "true": np.array([1.0, 2.5], np.float32)}
    arrays |= {"predicted": np.array([1.5, 2.5], np.float32), "error": np.array([0.5, 0.0], np.float32)}
    arrays["input:x"] = np.ones((2, 10), np.float32)
    studio.frame("predictions", arrays, wrong=-1, total=80, names=[], task="values", page=0)
    card = panel.view.cards[0]
    assert (card.true, card.predicted, card.detail, card.wrong) == ("1", "1.5", "off by 0.5", None)
    assert panel.header.caption == "80, worst first"
    panel.grab()


def test_long_names_get_wide_cards(studio):
    panel = studio.panel("predictions", (440, 230))
    before = panel.view.columns
    send(studio, count=4)
    studio.frame(
        "predictions",
        {"index": np.arange(1), "true": np.zeros(1, np.int64), "predicted": np.ones(1, np.int64)},
        names=["malignant", "benign <b>tumour</b>"], wrong=1, total=1, task="classes",
    )  # fmt: skip
    assert panel.view.columns < before
    assert panel.view.cards[0].predicted == "benign <b>tumour</b>"


def test_a_problem_of_the_probe_is_said(studio):
    panel = studio.panel("predictions")
    send(studio)
    studio.engine.frame("predictions", problem="The model has no prediction to look at.")
    studio.settle()
    assert panel.empty.text == "The model has no prediction to look at."
    assert panel.header.caption == ""


def test_another_project_begins_at_the_first_page(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    panel.turn(3)
    studio.open(Document("another"))
    assert studio.options("predictions")["page"] == 0
    assert panel.is_empty


def test_the_table_has_the_cards(studio):
    panel = studio.panel("predictions", (440, 230))
    send(studio)
    rows = list(panel.rows())
    assert rows[:2] == [("sample", "true", "predicted", "detail", "right"), (20, "0", "1", "99 %", 0)]
    assert len(rows) == 9


@pytest.mark.parametrize("size", [(130, 100), (300, 90), (1600, 900)])
def test_cards_fill_the_panel(studio, size):
    panel = studio.panel("predictions", size)
    last = panel.view.place(panel.view.capacity - 1)
    assert last.right() == pytest.approx(panel.view.width())
    assert last.bottom() == pytest.approx(panel.view.height())


def test_without_a_data_set_there_is_nothing_to_judge(studio):
    document = Document("numbers")
    document.add("Value", "a")
    document.add("Minimize", "loss")
    document.connect("a", "loss")
    studio.open(document)
    assert studio.panel("predictions").empty.text == "There is no data set, so there are no samples to judge."
