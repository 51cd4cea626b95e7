"""What the dialog shows of pictures, text and arrays, and what can be said of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from nnstudio.protocol import messages as msg
from tests.ui.importing.conftest import Desk
from tests.ui.importing.own import look
from tests.ui.importing.test_importing import answered

RED = {"name": "cats/1.png", "class": "cats", "shape": [4, 6, 3], "pixels": bytes((255, 0, 0)) * 24}


def say(qtbot: QtBot, desk: Desk, name: str, value: str) -> msg.InspectFile:
    """Choose something in the form by hand, and give what the engine is asked."""
    combo = desk.dialog.form.fields[name].editor
    assert isinstance(combo, QComboBox)
    combo.setCurrentText(value)
    combo.activated.emit(combo.currentIndex())
    answered(qtbot, desk)
    request = desk.studio.engine.asked[-1]
    assert isinstance(request, msg.InspectFile)
    return request


def test_pictures_are_shown_by_class(desk: Desk, qtbot: QtBot) -> None:
    facts = {"kind": "images", "rows": 9, "memory": 864, "classes": [["cats", 5], ["dogs", 4]], "pictures": [RED]}
    params = {"size": [4, 6], "classes": ["cats", "dogs"], "count": 9}
    desk.studio.engine.replies[msg.InspectFile] = look("image_folder", params, facts)
    desk.window.importing.open(desk.folder / "pets")
    page = desk.dialog.pictures
    assert desk.dialog.preview.currentWidget() is page
    assert page.counts.text() == "cats 5 · dogs 4"
    item = page.grid.item(0)
    assert (item.text(), item.toolTip()) == ("cats", "cats/1.png")
    assert item.icon().pixmap(72).toImage().pixelColor(36, 36).name() == "#ff0000"
    assert desk.dialog.summary.text() == "Gives: image 3 × 4 × 6 · label, 2 classes"
    assert not desk.dialog.standardize_box.isVisible()
    assert say(qtbot, desk, "colour", "grey").reading == {"colour": "grey"}
    assert desk.dialog.summary.text() == "Gives: image 1 × 4 × 6 · label, 2 classes"
    desk.dialog.ok.click()
    assert [node.name for node in desk.document.nodes.values()] == ["pets"]


def test_a_text_is_shown_in_tokens(desk: Desk, qtbot: QtBot) -> None:
    facts = {"kind": "text", "tokens": 12, "vocabulary": 3, "memory": 96, "preview": ["ab ba", "Ab"]}
    desk.studio.engine.replies[msg.InspectFile] = look("text_file", {"vocabulary": ["a", "b", " "]}, facts)
    desk.window.importing.open(desk.folder / "book.txt")
    page = desk.dialog.text
    assert desk.dialog.preview.currentWidget() is page
    assert page.text.toPlainText() == "ab␣ba⏎\nAb"
    assert page.heading.text() == "12 tokens, of which 3 are different. This is how they begin:"
    grounds = []
    for place in range(1, 6):
        cursor = page.text.textCursor()
        cursor.setPosition(place)
        grounds.append(cursor.charFormat().background().color().name())
    assert grounds[0] != grounds[1]
    assert grounds == [*grounds[:2] * 2, grounds[0]], "one after the other"
    assert say(qtbot, desk, "by", "words").reading == {"by": "words"}
    assert page.text.toPlainText().split() == ["ab", "ba", "ab"]


def test_which_array_is_what_is_chosen(desk: Desk, qtbot: QtBot) -> None:
    arrays = [["first", [9, 4], "float32"], ["second", [9], "int64"], ["third", [9, 2], "float32"]]
    facts = {"kind": "arrays", "rows": 9, "memory": 216, "arrays": arrays, "warnings": []}
    params = {"input": "first", "target": "second", "shape": [4], "count": 9, "classes": 3}
    desk.studio.engine.replies[msg.InspectFile] = look("array_file", params, facts)
    desk.window.importing.open(desk.folder / "data.npz")
    table = desk.dialog.arrays.table
    assert [table.item(row, 3).text() for row in range(3)] == ["input", "target", ""]
    assert say(qtbot, desk, "input", "third").reading == {"input": "third"}
    assert [table.item(row, 3).text() for row in range(3)] == ["", "target", "input"]
    assert say(qtbot, desk, "target", "(none)").reading == {"input": "third", "target": ""}
    assert desk.dialog.summary.text() == "Gives: x 4"
    desk.answers["ask_data"] = desk.folder / "labels.npy"
    QTest.mouseClick(desk.dialog.form.fields["labels"].editor, Qt.MouseButton.LeftButton)
    answered(qtbot, desk)
    request = desk.studio.engine.asked[-1]
    assert isinstance(request, msg.InspectFile)
    assert request.reading == {"input": "third", "labels": str(desk.folder / "labels.npy")}


@pytest.mark.parametrize(("format", "asked"), [("text", True), ("parquet", False)])
def test_of_parquet_it_is_not_asked_how_a_text_is_read(desk: Desk, qtbot: QtBot, format: str, asked: bool) -> None:
    columns = [["a", "number", "input", []], ["b", "number", "target", []]]
    params, facts = {"format": format, "columns": columns, "rows": 3}, {"kind": "table", "rows": 3}
    desk.studio.engine.replies[msg.InspectFile] = look("table", params, facts)
    desk.window.importing.open(desk.folder / "things.parquet")
    names = {"encoding", "delimiter", "header", "decimal"}
    assert set(desk.dialog.form.fields) == {"missing", *(names if asked else ())}
    desk.dialog.ok.click()
    (node,) = desk.document.nodes.values()
    desk.studio.bridge.select((node.id,))
    assert (names < set(desk.window.inspector.node_page.form.fields)) is asked


def test_an_own_data_set_from_a_list_asks_for_its_file(desk: Desk, qtbot: QtBot) -> None:
    desk.answers["ask_data"] = desk.files.put(desk.folder / "iris.csv")
    desk.window.canvas.add_layer("dataset:table")
    qtbot.waitUntil(lambda: desk.window.importing.dialog is not None)
    desk.dialog.ok.click()
    (node,) = desk.document.nodes.values()
    assert node.params["path"] == str(desk.folder / "iris.csv")
