"""The inspector follows the selection, writes into the document, and tells what is wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QStyle
from pytestqt.qtbot import QtBot

from nnstudio.catalogue.registry import layers
from nnstudio.data.registry import dataset
from nnstudio.examples import examples
from nnstudio.graph.document import Document
from nnstudio.graph.storage import load
from nnstudio.ui.docks import INSPECTOR_WIDTH
from nnstudio.ui.inspector.fields import TextField
from nnstudio.ui.inspector.inspector import Inspector
from nnstudio.ui.inspector.parts import broken
from nnstudio.ui.inspector.texts import parameter_words
from tests.ui.studio import Studio, classifier, faulty, make_active, open_studio, settle, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def inspector(qtbot: QtBot, studio: Studio) -> Inspector:
    return make(qtbot, studio)


def make(qtbot: QtBot, studio: Studio) -> Inspector:
    inspector = Inspector(studio.bridge)
    inspector.resize(268, 700)
    shown(qtbot, inspector)
    make_active(inspector)
    return inspector


def choose(studio: Studio, *names: str) -> None:
    studio.bridge.select(tuple(studio.document.node(name).id for name in names))


def write(qtbot: QtBot, inspector: Inspector, name: str, text: str) -> TextField:
    form = next(form for form in inspector.page.findChildren(type(inspector.node_page.form)) if name in form.fields)
    field = form.fields[name]
    assert isinstance(field, TextField)
    field.editor.setFocus()
    field.line.selectAll()
    qtbot.keyClicks(field.editor, text)
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    return field


def texts_in(inspector: Inspector) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in inspector.page.findChildren(QLabel) if label.isVisible() and label.text()]


def test_a_node_is_shown_with_shapes_counts_source_and_docs(inspector: Inspector, studio: Studio) -> None:
    choose(studio, "conv")
    page = inspector.node_page
    assert inspector.page is page
    assert (page.name.text(), page.type.text()) == ("conv", "Conv2d")
    assert page.summary.text().startswith("Slides learned filters")
    seen = texts_in(inspector)
    for text in ("in", "N × 1 × 8 × 8", "in_channels 1", "out", "N × 4 × 8 × 8", "40 parameters · 4.61 K FLOPs"):
        assert text in seen
    assert "self.conv = nn.Conv2d(" in page.code.toPlainText()
    assert any("LeCun" in text for text in seen)


def test_a_dataset_tells_of_its_samples(inspector: Inspector, studio: Studio) -> None:
    choose(studio, "digits")
    page = inspector.node_page
    studio.document.set("digits", dataset="wine")
    wine = dataset("wine")
    assert page.summary.text() == wine.summary
    assert page.help.text().startswith(wine.help)
    assert "Columns of x: alcohol, malic acid, ash" in page.help.text()
    assert page.origin.text() == f"{wine.source}\nLicence: {wine.licence}"
    choose(studio, "conv")
    assert page.summary.text() == studio.document.node("conv").layer.summary


def test_ports_are_named_where_there_are_several(inspector: Inspector, studio: Studio) -> None:
    choose(studio, "loss")
    assert {"prediction", "target", "N × 10", "N · 10 classes", "one number"} <= set(texts_in(inspector))


def test_a_parameter_is_set_in_one_undo_step(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    choose(studio, "conv")
    write(qtbot, inspector, "out_channels", "12")
    assert studio.param("conv", "out_channels") == 12
    assert studio.document.history.undo_name == "Set out_channels"
    assert "N × 12 × 8 × 8" in texts_in(inspector)
    studio.document.undo()
    field = inspector.node_page.form.fields["out_channels"]
    assert isinstance(field, TextField)
    assert field.line.text() == "4"


def test_renaming(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    choose(studio, "conv")
    field = write(qtbot, inspector, "name", "stem")
    assert studio.document.node("stem").type == "Conv2d"
    assert inspector.node_page.name.text() == "stem"
    for bad, reason in (("relu", "There is a node called 'relu' already."), ("2x", "can not be a name")):
        write(qtbot, inspector, "name", bad)
        assert reason in field.problem
        assert field.line.text() == bad
    assert "stem" in {node.name for node in studio.document.nodes.values()}
    assert not studio.told


def test_a_bad_value_keeps_the_old_one(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    choose(studio, "conv")
    steps = len(studio.document.history.done)
    field = write(qtbot, inspector, "kernel_size", "0")
    assert field.problem
    assert studio.param("conv", "kernel_size") == 3
    assert len(studio.document.history.done) == steps
    choose(studio, "relu")
    choose(studio, "conv")
    assert inspector.node_page.form.fields["kernel_size"].problem == ""


def test_a_problem_and_its_fix(qtbot: QtBot) -> None:
    studio = open_studio(faulty())
    inspector = make(qtbot, studio)
    choose(studio, "head")
    assert any("Linear 'head' gets" in text for text in texts_in(inspector))
    buttons = [button for button in inspector.page.findChildren(QPushButton) if button.isVisible()]
    assert len(buttons) == 1
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert not studio.bridge.session.compiled.errors
    settle(studio.bridge)
    assert not [button for button in inspector.page.findChildren(QPushButton) if button.isVisible()]
    studio.document.undo()
    assert studio.bridge.session.compiled.errors


def test_several_of_one_type_are_set_together(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    studio.document.add("Conv2d", "conv2", out_channels=8)
    choose(studio, "conv", "conv2")
    page = inspector.many_page
    assert inspector.page is page
    assert page.heading.text() == "2 nodes"
    field = page.form.fields["out_channels"]
    assert field.mixed
    assert not page.form.fields["kernel_size"].mixed
    write(qtbot, inspector, "out_channels", "6")
    assert (studio.param("conv", "out_channels"), studio.param("conv2", "out_channels")) == (6, 6)
    assert studio.document.history.undo_name == "Set out_channels of 2 nodes"
    studio.document.undo()
    assert (studio.param("conv", "out_channels"), studio.param("conv2", "out_channels")) == (4, 8)


def test_several_of_many_types_share_nothing(inspector: Inspector, studio: Studio) -> None:
    choose(studio, "conv", "relu", "head")
    assert inspector.many_page.heading.text() == "3 nodes"
    assert not inspector.many_page.form.isVisible()
    assert inspector.many_page.what.text() == "1 Conv2d, 1 ReLU, 1 Linear"


def test_nothing_chosen_shows_the_project(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    page = inspector.project_page
    assert inspector.page is page
    assert page.heading.text() == "digits cnn"
    assert page.totals.text().startswith("6 nodes · 2,610 parameters · ")
    assert "1,797 samples" in page.data.text()
    write(qtbot, inspector, "lr", "3e-4")
    assert studio.document.plan.lr == 0.0003
    write(qtbot, inspector, "title", "my digits")
    assert studio.document.title == "my digits"
    assert page.heading.text() == "my digits"


def test_an_empty_project_says_how_to_begin(qtbot: QtBot) -> None:
    studio = open_studio(type(classifier())())
    inspector = make(qtbot, studio)
    assert "Drag a layer" in inspector.project_page.totals.text()
    assert inspector.project_page.data.text() == "No data yet"


def test_a_chosen_node_that_goes_away(inspector: Inspector, studio: Studio) -> None:
    choose(studio, "relu")
    studio.document.remove("relu")
    assert inspector.page is inspector.project_page
    studio.document.undo()
    assert inspector.page is inspector.project_page
    assert studio.bridge.selection == ()  # as in the window: what comes back is not chosen


def test_another_data_set_has_another_form(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    choose(studio, "digits")
    before = set(inspector.node_page.form.fields)
    studio.document.set("digits", dataset="spiral")
    assert set(inspector.node_page.form.fields) != before


def test_commit_before_saving(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    choose(studio, "conv")
    field = inspector.node_page.form.fields["out_channels"]
    field.editor.setFocus()
    assert isinstance(field, TextField)
    field.line.selectAll()
    qtbot.keyClicks(field.editor, "9")
    assert studio.param("conv", "out_channels") == 4
    inspector.commit()
    assert studio.param("conv", "out_channels") == 9


@pytest.mark.parametrize("name", ["digits", "conv", "relu", "head", "loss", ""])
def test_no_text_is_cut_off(inspector: Inspector, studio: Studio, name: str) -> None:
    choose(studio, *([name] if name else []))
    settle(studio.bridge)
    page = inspector.page
    for label in page.findChildren(QLabel):
        if label.isVisible() and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert label.height() >= needed, label.text()
            assert label.wordWrap() or label.width() >= label.sizeHint().width(), label.text()
            assert page.rect().contains(label.geometry()) or label.parent() is not page


def test_a_text_from_a_file_stays_plain(inspector: Inspector, studio: Studio) -> None:
    studio.document.retitle("<b>bold</b><img src=x>")
    assert all(
        label.textFormat() == Qt.TextFormat.PlainText for label in inspector.findChildren(QLabel) if label.text()
    )


def test_long_source_is_broken_after_its_bracket() -> None:
    assert broken("        self.conv = nn.Conv2d(1, 16, 3, padding='same')  # x") == (
        "self.conv = nn.Conv2d(\n    1, 16, 3, padding='same')"
    )
    assert broken("    y = self.relu(x)") == "y = self.relu(x)"


def test_a_long_name_gives_way_to_the_type(qtbot: QtBot) -> None:
    document, name = Document(), "n" * 60 + "last"
    document.add("Linear", name, out_features=3)
    studio = open_studio(document)
    inspector = make(qtbot, studio)
    inspector.resize(268, 700)
    studio.bridge.select((document.node(name).id,))
    settle(studio.bridge)
    page = inspector.node_page
    assert page.type.width() >= page.type.sizeHint().width()
    assert page.name.short.startswith("nn")
    assert page.name.short.endswith("ast")
    assert page.name.toolTip() == name


def test_a_block_is_made_inside_of_a_block_of_a_node_that_is_offered(qtbot: QtBot) -> None:
    studio = open_studio(classifier())
    outer = studio.document.make_block(["conv", "relu"], "Outer")
    inside = studio.document.sheet(outer.block)
    studio.document.promote(inside.node("conv").id, "out_channels")
    inspector = make(qtbot, studio)
    studio.bridge.enter(outer.id)
    studio.bridge.select((inside.node("conv").id,))
    with qtbot.captureExceptions() as wrong:
        made = inside.make_block([inside.node("conv")], "Inner")
        settle(studio.bridge)
        assert inspector.page is inspector.block_page
        assert any(f"{made.name}.out_channels" in text for text in texts_in(inspector))
        studio.document.undo()
        assert any("conv.out_channels" in text for text in texts_in(inspector))
    assert not wrong


def test_the_page_of_every_layer_fits_into_its_dock(qtbot: QtBot) -> None:
    document = Document("all layers")
    made = [document.add(kind) for kind in layers() if kind not in ("Block", "Output")]
    studio = open_studio(document)
    inspector = make(qtbot, studio)
    page = inspector.node_page
    room = INSPECTOR_WIDTH - inspector.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
    wide = {}
    for node in made:
        studio.bridge.select((node.id,))
        QApplication.processEvents()
        if page.minimumSizeHint().width() > room:
            wide[node.type] = page.minimumSizeHint().width()
    assert len(made) > 100
    assert not wide


def test_an_optional_input_without_a_wire_is_not_waited_for(qtbot: QtBot) -> None:
    document = Document("attention")
    document.add("Input", "x", shape=(5, 8))
    document.add("MultiheadAttention", "attention", num_heads=2)
    document.add("ReLU", "alone")
    studio = open_studio(document)
    inspector = make(qtbot, studio)
    optional = [port.name for port in document.node("attention").inputs if port.optional]
    choose(studio, "attention")
    assert texts_in(inspector).count("not connected (optional)") == len(optional) > 0
    choose(studio, "alone")
    assert "not known yet" in texts_in(inspector)


def test_a_drawing_of_numbers_alone_asks_for_no_data(qtbot: QtBot) -> None:
    studio = open_studio(load(examples()["backprop-five-nodes"]))
    inspector = make(qtbot, studio)
    page = inspector.project_page
    assert page.data.text() == "Numbers alone"
    assert page.data_more.text() == "There are no samples to draw from: batch_size and test_split mean nothing here."


def test_an_input_without_data_asks_for_some(qtbot: QtBot) -> None:
    document = Document("one input")
    document.add("Input", "x", shape=(8,))
    document.add("Linear", "head", out_features=1)
    document.connect("x", "head")
    inspector = make(qtbot, open_studio(document))
    assert inspector.project_page.data.text() == "No data yet"


def test_one_parameter_is_said_as_one() -> None:
    assert (parameter_words(1), parameter_words(2610)) == ("1 parameter", "2,610 parameters")


def test_source_that_wraps_is_seen_whole(qtbot: QtBot) -> None:
    document = Document("wine")
    document.connect(document.add("Dataset", dataset="wine"), document.add("Standardize"))
    studio = open_studio(document)
    inspector = make(qtbot, studio)
    inspector.resize(INSPECTOR_WIDTH, 400)
    choose(studio, "standardize")
    QApplication.processEvents()
    box = inspector.node_page.code
    end = box.textCursor()
    end.movePosition(QTextCursor.MoveOperation.End)
    assert box.viewport().rect().contains(box.cursorRect(end))
