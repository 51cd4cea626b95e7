"""Code that is typed in at a node: the editor, the line at fault, and the question before code from a file runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import open_window
from nnstudio.compiler.custom import EXAMPLE
from nnstudio.errors import BadParameter
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.params import CodeParam, Tensor
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from nnstudio.settings import Settings
from nnstudio.ui.inspector import texts
from nnstudio.ui.inspector.code_field import CodeEdit, CodeField
from nnstudio.ui.inspector.inspector import Inspector
from nnstudio.ui.panels.problems import ProblemsPanel
from tests.ui.studio import Studio, make_active, open_studio, settle, shown

OTHER = EXAMPLE.replace("Scale", "Stretch")
HEAD = "class Own(nn.Module):\n    def __init__(self, wide: int = 2):\n        super().__init__()\n\n"


def network(code: str = EXAMPLE) -> Document:
    document = Document("own layer")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Custom", "own", code=code)
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    for first, second in (("moons.point", "own"), ("own", "head"), ("head", "loss.prediction")):
        document.connect(first, second)
    document.connect("moons.label", "loss.target")
    return document


class Bench:
    """An inspector with the typed-in node chosen."""

    def __init__(self, qtbot: QtBot, document: Document) -> None:
        self.qtbot = qtbot
        self.studio: Studio = open_studio(document)
        self.inspector = Inspector(self.studio.bridge)
        self.inspector.resize(320, 900)
        shown(qtbot, self.inspector)
        make_active(self.inspector)
        self.studio.bridge.select((document.node("own").id,))

    @property
    def field(self) -> CodeField:
        field = self.inspector.node_page.form.fields["code"]
        assert isinstance(field, CodeField)
        return field

    @property
    def edit(self) -> CodeEdit:
        return self.field.editor

    @property
    def code(self) -> object:
        return self.studio.param("own", "code")

    def type_anew(self, text: str) -> None:
        """Another text in the place of all."""
        self.edit.setFocus()
        self.edit.selectAll()
        self.edit.insertPlainText(text)

    def done(self) -> None:
        self.qtbot.keyClick(self.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle(self.studio.bridge)

    def errors(self) -> list[str]:
        return [problem.message for problem in self.studio.bridge.session.compiled.errors]

    def fields(self) -> list[str]:
        return list(self.inspector.node_page.form.fields)

    def measured(self) -> list[msg.Measure]:
        return [request for request in self.studio.engine.asked if isinstance(request, msg.Measure)]


@pytest.fixture
def bench(qtbot: QtBot, qapp: object) -> Bench:
    return Bench(qtbot, network())


def buttons(widget: QWidget, text: str) -> list[QPushButton]:
    QApplication.processEvents()
    return [button for button in widget.findChildren(QPushButton) if button.text() == text and button.isVisible()]


# The editor


def test_what_is_typed_becomes_ports_and_fields_and_runs(bench: Bench) -> None:
    edit = bench.edit
    bench.type_anew(HEAD + "    def forward(self, x, other=None):\n        return x\n")
    assert bench.code == EXAMPLE, "not before the person is done"
    bench.done()
    assert bench.fields() == ["name", "code", "outputs", "wide"]
    assert [port.name for port in bench.studio.document.node("own").inputs] == ["x", "other"]
    assert bench.errors() == []
    assert bench.measured()[-1].class_name == "Own"
    assert bench.edit is edit, "the editor stays, with its place and its history"
    assert edit.hasFocus()


def test_leaving_takes_the_text(bench: Bench) -> None:
    bench.type_anew(OTHER)
    bench.inspector.node_page.form.fields["outputs"].editor.setFocus()
    assert bench.code == OTHER
    bench.type_anew(EXAMPLE)
    bench.inspector.commit()
    assert bench.code == EXAMPLE


def test_one_undo_step_brings_the_code_back_everywhere(bench: Bench) -> None:
    bench.type_anew(OTHER)
    bench.done()
    bench.studio.document.undo()
    assert bench.edit.toPlainText() == EXAMPLE
    assert not bench.field.pending()


def test_undo_while_typing_is_the_editors_own_and_escape_can_be_taken_back(bench: Bench) -> None:
    bench.type_anew(OTHER)
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Escape)
    assert bench.edit.toPlainText() == EXAMPLE
    bench.edit.undo()
    assert bench.edit.toPlainText() == OTHER
    assert bench.code == EXAMPLE


def test_tab_and_enter_keep_the_indent(bench: Bench) -> None:
    bench.type_anew("")
    bench.qtbot.keyClicks(bench.edit, "def f():")
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Return)
    bench.qtbot.keyClicks(bench.edit, "pass")
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Tab)
    assert bench.edit.toPlainText() == "def f():\n    pass" + " " * 4
    bench.edit.selectAll()
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Tab)
    assert bench.edit.toPlainText() == "    def f():\n        pass" + " " * 4
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Backtab)
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Backtab)
    assert bench.edit.toPlainText() == "def f():\npass" + " " * 4
    bench.qtbot.keyClick(bench.edit, Qt.Key.Key_Backtab)
    assert not bench.edit.hasFocus(), "with nothing to take back it leaves"


def test_the_editor_grows_up_to_sixteen_lines(bench: Bench) -> None:
    heights = []
    for count in (1, 10, 16, 200):
        bench.edit.setPlainText("\n".join("x" * count))
        heights.append(bench.edit.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_another_nodes_code_comes_without_this_ones_history(bench: Bench) -> None:
    other = bench.studio.document.add("Custom", "second", code=OTHER)
    bench.type_anew("class A")
    bench.studio.bridge.select((other.id,))
    assert bench.edit.toPlainText() == OTHER
    bench.edit.undo()
    assert bench.edit.toPlainText() == OTHER


# What is wrong


def test_the_line_at_fault_is_marked_until_it_is_mended(bench: Bench) -> None:
    bench.type_anew(HEAD + "    def forward(self, x)\n        return x\n")
    bench.done()
    assert bench.errors() == ["Custom 'own' is not a layer yet: line 5: Expected ':'."]
    assert bench.edit.marked == 5
    bench.type_anew(EXAMPLE)
    bench.done()
    assert bench.errors() == []
    assert bench.edit.marked == 0


def test_what_the_engine_finds_is_shown_when_it_is_found(bench: Bench) -> None:
    fails = lambda request: msg.Measured(key=request.key, problem="It fails.", line=2)  # noqa: E731  # stands in
    bench.studio.engine.measured = fails  # type: ignore[method-assign]
    bench.type_anew(OTHER)
    bench.done()
    assert bench.errors() == ["Custom 'own' does not run: it fails."]
    assert bench.edit.marked == 2


# Code from a file


def test_code_from_a_file_waits_for_the_button_in_the_inspector(qtbot: QtBot, qapp: object) -> None:
    bench = Bench(qtbot, network(OTHER))
    assert bench.edit.toPlainText() == OTHER
    assert bench.measured() == []
    (button,) = buttons(bench.inspector, "Allow this code")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(bench.studio.bridge)
    assert bench.errors() == []
    assert [request.code for request in bench.measured()] == [OTHER]
    assert buttons(bench.inspector, "Allow this code") == []
    assert bench.studio.document.history.undo_name != "Allow this code"


def test_the_problems_panel_asks_the_same(qtbot: QtBot, qapp: object) -> None:
    bench = Bench(qtbot, network(OTHER))
    panel = ProblemsPanel(bench.studio.bridge)
    shown(qtbot, panel)
    qtbot.waitUntil(lambda: len(buttons(panel, "Allow this code")) == 1)
    qtbot.mouseClick(buttons(panel, "Allow this code")[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.errors() == [])


def test_typing_into_code_from_a_file_still_asks(qtbot: QtBot, qapp: object) -> None:
    bench = Bench(qtbot, network(OTHER))
    bench.edit.setFocus()
    bench.edit.insertPlainText("# mine\n")
    bench.done()
    assert bench.code == "# mine\n" + OTHER
    assert bench.measured() == []
    assert len(buttons(bench.inspector, "Allow this code")) == 1


def test_opening_tells_once_and_the_answer_is_remembered(qtbot: QtBot, qapp: object, tmp_path: Path) -> None:
    file = tmp_path / "net.nnstudio.json"
    storage.save(network(OTHER), file)
    engine = FakeEngine()
    _, window = open_window(file, engine=engine, settings=Settings())
    qtbot.addWidget(window)
    engine.on_event = window.bridge.deliver
    engine.start()
    settle(window.bridge)
    told = [notice.message for notice in window.notices.shown]
    assert told == ["This project carries code, which has not run: 'own'."]
    assert not any("Stretch" in str(request) for request in engine.asked)
    session = window.bridge.session
    session.apply_fix(next(problem for problem in session.compiled.errors if problem.remedy))
    settle(window.bridge)
    assert session.compiled.errors == ()
    for notice in list(window.notices.shown):
        window.notices.close(notice)
    assert window.projects.open(file)
    settle(window.bridge)
    assert window.notices.shown == []
    assert window.bridge.session.compiled.errors == ()


# Tensors typed in


@pytest.mark.parametrize(
    ("text", "value", "shown_as"),
    [
        ("4", 4.0, "4"),
        ("1, 2.50", (1.0, 2.5), "[1, 2.5]"),
        ("[[1, 2], [3, 4]]", ((1.0, 2.0), (3.0, 4.0)), "[[1, 2], [3, 4]]"),
        ("1e-3", 0.001, "0.001"),
    ],
)
def test_a_tensor_is_written_as_people_write_it(text: str, value: object, shown_as: str) -> None:
    param = Tensor("value", 1.0)
    read = param.check(texts.from_text(param, text))
    assert read == value
    assert texts.to_text(param, read) == shown_as
    assert param.check(texts.from_text(param, shown_as)) == value


@pytest.mark.parametrize("text", ["", "[[1, 2], [3]]", "[", "four", '"4"', "NaN", "[" * 5000])
def test_a_tensor_that_is_none_is_refused(text: str) -> None:
    param = Tensor("value", 1.0)
    with pytest.raises(BadParameter, match="value takes a number, or lists"):
        param.check(texts.from_text(param, text))


def test_a_constant_is_typed_in_the_inspector(qtbot: QtBot, qapp: object) -> None:
    document = network()
    constant = document.add("Constant", "table")
    bench = Bench(qtbot, document)
    bench.studio.bridge.select((constant.id,))
    line = bench.inspector.node_page.form.fields["value"].editor
    line.setFocus()
    line.selectAll()  # type: ignore[attr-defined]  # a line of text
    qtbot.keyClicks(line, "[[1, 2], [3, 4.5]]")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert document.node("table").params["value"] == ((1.0, 2.0), (3.0, 4.5))
    assert isinstance(bench.studio.document.node("own").layer.params_for({})["code"], CodeParam)


def test_a_failure_in_training_shows_at_the_node_and_marks_the_line(bench: Bench) -> None:
    session, engine = bench.studio.bridge.session, bench.studio.engine
    bench.type_anew("import math\n\n\n" + HEAD + "    def forward(self, x):\n        return x * math.late\n")
    bench.done()
    assert bench.errors() == []
    lines = session.compiled.source.splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "math.late" in text)
    session.train()
    engine.state("training")
    message = f"Line {line}, return x * math.late: AttributeError: no such thing."
    engine.on_event(msg.RunState(run=engine.run, state="failed", epoch=1, step=1, message=message, line=line))
    settle(bench.studio.bridge)
    (problem,) = session.compiled.problems_of(bench.studio.document.node("own").id)
    assert problem.message == "Custom 'own', line 9, return x * math.late: AttributeError: no such thing."
    assert bench.edit.marked == 9
