"""From a file to a Dataset node, with the hands: dropped or chosen, looked at, changed, taken in, undone."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.ui.importing.columns import HOLDS
from tests.ui.importing.conftest import Desk
from tests.ui.projects.test_dropping import drop
from tests.ui.studio import make_active, settle

SOON = 2000


def answered(qtbot: QtBot, desk: Desk) -> None:
    """The engine has answered what was changed last."""
    qtbot.waitUntil(lambda: not desk.dialog.looking.waiting, timeout=SOON)


def choose(table: QWidget, key: Qt.Key) -> None:
    """In the list that is open."""
    editor = table.findChildren(QComboBox)[-1]
    QTest.keyClick(editor.view(), key)
    QTest.keyClick(editor.view(), Qt.Key.Key_Return)


def test_a_dropped_table_becomes_a_dataset_node_in_one_step(desk: Desk) -> None:
    path = desk.files.put(desk.folder / "My Iris.csv")
    assert drop(desk.window.canvas.viewport(), path)
    dialog = desk.dialog
    assert dialog.title.text() == "My Iris.csv"
    assert "3 rows · 3 columns" in dialog.kind.text()
    assert dialog.preview.currentWidget() is dialog.columns
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    (node,) = desk.document.nodes.values()
    assert (node.name, node.params["path"]) == ("my_iris", str(path))
    assert [port.name for port in node.outputs] == ["x", "y"]
    assert desk.window.bridge.selection == (node.id,)
    assert desk.document.history.done[-1].name == "Import My Iris.csv"
    desk.window.actions_table.action("undo").trigger()
    assert not desk.document.nodes
    assert not desk.document.history.done


def test_a_file_is_chosen_by_keys(desk: Desk, qtbot: QtBot) -> None:
    desk.answers["ask_data"] = desk.files.put(desk.folder / "iris.csv")
    make_active(desk.window)
    QTest.keyClick(desk.window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(desk.dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [node.name for node in desk.document.nodes.values()] == ["iris"]


def test_nothing_chosen_nothing_done(desk: Desk) -> None:
    desk.answers["ask_data_folder"] = None
    desk.window.actions_table.action("import_folder").trigger()
    assert desk.window.importing.dialog is None


def test_several_files_of_data_are_told(desk: Desk) -> None:
    drop(desk.window, desk.folder / "a.csv", desk.folder / "b.csv")
    (notice,) = desk.window.notices.shown
    assert "one file at a time, and these are 2" in notice.message
    assert desk.window.importing.dialog is None


def test_a_role_is_changed_by_keys_and_the_node_follows(desk: Desk, qtbot: QtBot) -> None:
    desk.window.importing.open(desk.files.put(desk.folder / "iris.csv"))
    table = desk.dialog.columns.table
    make_active(desk.dialog)
    assert QApplication.focusWidget() is table
    QTest.keyClick(table, Qt.Key.Key_Right)
    QTest.keyClick(table, Qt.Key.Key_Space)
    choose(table, Qt.Key.Key_End)
    assert [column.role for column in desk.dialog.columns.model.columns] == ["input", "unused", "target"]
    desk.dialog.ok.click()
    (node,) = desk.document.nodes.values()
    assert node.params["columns"][1][2] == "unused"  # type: ignore[index]  # columns


def test_several_columns_are_changed_at_once(desk: Desk) -> None:
    desk.window.importing.open(desk.files.put(desk.folder / "iris.csv"))
    table = desk.dialog.columns.table
    QTest.keyClick(table, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_F2)
    choose(table, Qt.Key.Key_End)
    assert desk.dialog.summary.text() == "No column is an input."
    assert not desk.dialog.ok.isEnabled()


def test_numbers_that_are_few_may_be_classes(desk: Desk) -> None:
    desk.window.importing.open(desk.files.put(desk.folder / "iris.csv"))
    model = desk.dialog.columns.model
    assert [model.choices(model.index(HOLDS, n)) for n in range(3)] == [("number",), ("number", "class"), ("class",)]
    model.setData(model.index(HOLDS, 1), "class")
    assert model.columns[1].classes == ("1", "2")
    assert desk.dialog.summary.text() == "Learns 'species' from 2 columns."


def test_how_it_is_read_is_asked_anew_at_once(desk: Desk, qtbot: QtBot) -> None:
    desk.window.importing.open(desk.files.put(desk.folder / "iris.csv"))
    combo = desk.dialog.form.fields["delimiter"].editor
    assert isinstance(combo, QComboBox)
    combo.setCurrentText("semicolon")
    combo.activated.emit(combo.currentIndex())
    answered(qtbot, desk)
    request = desk.studio.engine.asked[-1]
    assert isinstance(request, msg.InspectFile)
    assert request.reading == {"delimiter": "semicolon"}
    assert desk.dialog.form.fields["delimiter"].value == "semicolon"


def test_a_file_that_can_not_be_read_says_where_and_another_can_be_chosen(desk: Desk) -> None:
    path = desk.folder / "bad.csv"
    desk.files.wrong[str(path)] = EngineError("Line 7 of 'bad.csv' has 2 values instead of 3.", fix="Mend the file.")
    desk.window.importing.open(path)
    assert desk.dialog.refusal.words.text() == "Line 7 of 'bad.csv' has 2 values instead of 3."
    assert desk.dialog.refusal.isVisible()
    assert desk.dialog.form.isVisible()  # another delimiter may be what it needs
    assert not desk.dialog.ok.isEnabled()
    desk.answers["ask_data"] = desk.files.put(desk.folder / "good.csv")
    QTest.mouseClick(desk.dialog.refusal.other, Qt.MouseButton.LeftButton)
    assert desk.dialog.title.text() == "good.csv"
    assert desk.dialog.ok.isEnabled()
    desk.dialog.reject()
    assert not desk.document.nodes


def test_the_one_node_without_wires_gets_the_data(desk: Desk) -> None:
    desk.document.add("Dataset", "data", dataset="digits")
    desk.take(desk.files.put(desk.folder / "iris.csv"))
    (node,) = desk.document.nodes.values()
    assert (node.name, node.params["dataset"]) == ("data", "table")


def test_beside_a_node_with_wires_a_new_one_is_made(desk: Desk) -> None:
    desk.document.add("Dataset", "data", dataset="digits")
    desk.document.add("Flatten", "flatten")
    desk.document.connect("data.image", "flatten")
    desk.take(desk.files.put(desk.folder / "iris.csv"))
    assert [node.params.get("dataset") for node in desk.document.in_order()].count("table") == 1
    assert len(desk.document.nodes) == 3


def test_numbers_are_standardized_in_the_same_step(desk: Desk) -> None:
    desk.window.importing.open(desk.files.put(desk.folder / "iris.csv"))
    desk.dialog.standardize_box.click()
    desk.dialog.ok.click()
    assert [node.type for node in desk.document.in_order()] == ["Dataset", "Standardize"]
    assert [str(link).split(".")[1] for link in desk.document.links] == ["x → n2"]
    desk.document.undo()
    assert not desk.document.nodes


def test_progress_is_shown_and_cancel_reaches_the_engine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, asked = desk.studio.engine, list[msg.InspectFile]()

    def ask(request: msg.InspectFile) -> Future[msg.AnyReply]:
        asked.append(request)
        return Future()

    errands = desk.window.bridge.session.errands
    monkeypatch.setattr(errands, "_ask", ask)
    desk.window.importing.open(desk.folder / "large.csv")
    engine.on_event(msg.DataProgress(key=asked[0].key, done=3, total=10, what="Reading large.csv"))
    dialog = desk.dialog
    assert (dialog.waiting.words.text(), dialog.waiting.bar.value()) == ("Reading large.csv", 300)
    QTest.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert asked[1:] == [msg.Cancel(key=asked[0].key)]
    assert desk.window.importing.dialog is None


def test_an_engine_that_ends_is_asked_again(desk: Desk) -> None:
    path = desk.files.put(desk.folder / "iris.csv")
    desk.studio.engine.close()
    desk.window.importing.open(path)
    settle(desk.window.bridge)
    assert desk.dialog.looking.waiting
    desk.studio.engine.start()
    settle(desk.window.bridge)
    assert desk.dialog.ok.isEnabled()


def test_from_a_block_the_data_go_to_the_main_drawing(desk: Desk) -> None:
    node = desk.document.make_block([desk.document.add("ReLU")])
    desk.window.bridge.enter(node.id)
    desk.take(desk.files.put(desk.folder / "iris.csv"))
    assert desk.window.bridge.path == ()
    assert any(each.type == "Dataset" for each in desk.document.nodes.values())


@pytest.mark.parametrize("name", ["columns", "path"])
def test_the_inspector_leads_to_the_dialog(desk: Desk, name: str) -> None:
    path = desk.files.put(desk.folder / "iris.csv")
    desk.answers["ask_data"] = desk.files.put(desk.folder / "other.csv", sha256="b" * 64)
    desk.take(path)
    form = desk.window.inspector.node_page.form
    field = form.fields[name]
    shown = {"columns": ("2 in, 1 target", "sepal: number, input"), "path": ("iris.csv", str(path))}[name]
    assert (field.words.text(), field.words.toolTip().splitlines()[0]) == shown  # type: ignore[attr-defined]
    QTest.mouseClick(field.editor, Qt.MouseButton.LeftButton)
    assert desk.dialog.title.text() == {"columns": "iris.csv", "path": "other.csv"}[name]
    desk.dialog.ok.click()
    (node,) = desk.document.nodes.values()
    assert Path(str(node.params["path"])).name == {"columns": "iris.csv", "path": "other.csv"}[name]


def test_of_several_nodes_the_files_are_not_set_together(desk: Desk) -> None:
    nodes = [desk.document.add("Dataset", name, dataset="table") for name in ("one", "two")]
    desk.window.bridge.select(tuple(node.id for node in nodes))
    fields = desk.window.inspector.many_page.form.fields
    assert "delimiter" in fields
    assert not {"path", "columns", "sha256"} & set(fields)
