"""The list of problems: rows, badge, selecting, fixing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nnstudio.errors import DocumentError
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.statusbar import StatusBar


def break_it(studio):
    """The head gets an image."""
    studio.document.remove("flatten")
    studio.document.connect("relu1", "head")
    studio.settle()


def test_a_sound_drawing_has_none(studio):
    panel = studio.panel("problems")
    assert panel.empty.text == "No problems: ready to train."
    assert panel.badge == ""


def test_problems_are_listed_and_counted_even_while_hidden(studio):
    panel = studio.panel("problems", show=False)
    with studio.qtbot.waitSignal(panel.badge_changed) as told:
        break_it(studio)
    assert told.args == ["1"] or panel.badge == "1"
    assert panel.header.caption == "1 error"
    panel.show()
    studio.settle()
    (row,) = panel.listed
    texts = [label.text() for label in row.findChildren(QLabel)]
    assert "'head'" in texts[0]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in row.findChildren(QLabel))


def test_a_click_selects_the_node(studio):
    panel = studio.panel("problems")
    break_it(studio)
    studio.qtbot.mouseClick(panel.listed[0], Qt.MouseButton.LeftButton)
    assert studio.bridge.selection == (studio.document.node("head").id,)


def test_enter_selects_the_node(studio):
    panel = studio.panel("problems")
    break_it(studio)
    studio.qtbot.keyClick(panel.listed[0], Qt.Key.Key_Return)
    assert studio.bridge.selection == (studio.document.node("head").id,)


def test_the_button_mends_it(studio):
    panel = studio.panel("problems")
    break_it(studio)
    button = panel.listed[0].fix_button
    assert button is not None
    button.click()
    studio.until(lambda: panel.is_empty)
    assert studio.bridge.session.compiled.errors == ()
    assert panel.badge == ""


def test_a_fix_that_is_refused_is_told(studio, monkeypatch):
    panel = studio.panel("problems")
    break_it(studio)

    def refuse(problem):
        raise DocumentError("It cannot be done.", fix="Do it by hand.")

    monkeypatch.setattr(studio.bridge.session, "apply_fix", refuse)
    panel.listed[0].fix_button.click()
    studio.settle()
    assert studio.troubles[0].message == "It cannot be done."


def test_errors_come_before_warnings(studio):
    panel = studio.panel("problems")
    studio.document.add("Linear", "lonely")
    break_it(studio)
    assert [row[0] for row in panel.rows()][1:] == ["error", "warning"]
    assert panel.header.caption == "1 error · 1 warning"


def test_rows_are_made_anew_only_when_something_changed(studio):
    panel = studio.panel("problems")
    break_it(studio)
    before = panel.listed[0]
    studio.document.set("conv1", out_channels=5)
    studio.document.set("conv1", out_channels=4)
    studio.settle()
    assert panel.listed[0].problem == before.problem


def test_an_empty_drawing_is_no_problem(studio, empty_document):
    panel = studio.panel("problems")
    studio.open(empty_document)
    assert (panel.badge, panel.header.caption) == ("", "")
    assert panel.empty.text.startswith("Nothing is drawn yet")


def test_what_is_wrong_in_a_block_is_listed_and_counted_once(studio):
    break_it(studio)
    panel, status = studio.panel("problems"), StatusBar(studio.bridge)
    studio.qtbot.addWidget(status)
    inner = studio.document.node("head").id
    block = studio.document.make_block(["head"])
    studio.settle()
    status.refresh()
    assert [row.problem.node for row in panel.listed] == [inner]
    assert (panel.badge, status.problems.text()) == ("1", "1 problem")
    (echo,) = studio.bridge.session.compiled.problems_of(block.id)
    assert echo.message.startswith("Inside of block")
    assert " more." not in RunControl(studio.bridge).why_not_train()
