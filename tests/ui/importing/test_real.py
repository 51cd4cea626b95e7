"""A person's own table with the real engine: dropped, trained, moved away, found again, changed, read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio import app
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui.importing.dialog import ImportDialog
from nnstudio.ui.inspector import parts
from nnstudio.ui.window import MainWindow
from tests.ui.projects.test_dropping import drop
from tests.ui.studio import Answers

PATIENCE_MS = 60_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    answers: object = Answers(ask_unsaved="discard")
    _, window = app.open_window(settings=Settings(), dialogs=answers)  # type: ignore[arg-type]  # answers in its place
    yield window
    window.close()
    engine = window.bridge.session.engine
    assert isinstance(engine, EngineClient)
    engine.close()


def write(path: Path, classes: tuple[str, ...] = ("small", "large")) -> Path:
    rows = (f"{n / 7:.3f},{-n},{classes[n * len(classes) // 90]}" for n in range(90))
    path.write_text("length,width,kind\n" + "\n".join(rows), encoding="utf-8")
    return path


def dialog_of(qtbot: QtBot, window: MainWindow) -> ImportDialog:
    """The dialog, once the engine has answered."""
    qtbot.waitUntil(lambda: bool(window.importing.dialog and window.importing.dialog.found), timeout=PATIENCE_MS)
    assert window.importing.dialog is not None
    return window.importing.dialog


def told(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """The window comes to the front, and a problem at the node says so."""
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))

    def said() -> bool:
        errors = window.bridge.session.compiled.errors
        return any(words in error.message and error.remedy is not None for error in errors)

    qtbot.waitUntil(said, timeout=PATIENCE_MS)


def mend(window: MainWindow) -> None:
    window.bridge.select((window.bridge.session.compiled.errors[0].node,))
    window.inspector.node_page.findChildren(parts.ProblemCard)[-1].button.click()


@pytest.mark.slow
def test_a_table_from_drop_to_training_and_after(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = write(tmp_path / "things.csv")
    assert drop(window, path)
    dialog = dialog_of(qtbot, window)
    assert [column.role for column in dialog.columns.model.columns] == ["input", "input", "target"]
    dialog.standardize_box.click()
    dialog.ok.click()
    session = window.bridge.session
    document = session.document
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    for first, second in (("standardize", "head"), ("head", "loss.prediction"), ("things.y", "loss.target")):
        document.connect(first, second)
    document.set_plan(epochs=2)
    wires = set(document.links)
    window.run_control.train()
    qtbot.waitUntil(lambda: session.run.state == "finished", timeout=PATIENCE_MS)

    there = path.rename(tmp_path / "elsewhere.csv")
    told(qtbot, window, "'things.csv' is not there any more")
    assert isinstance(window.projects.dialogs, Answers)
    window.projects.dialogs.answers["ask_data"] = there
    mend(window)
    qtbot.waitUntil(lambda: document.node("things").params["path"] == str(there), timeout=PATIENCE_MS)
    assert session.compiled.errors == ()
    assert window.importing.dialog is None

    write(there, ("small", "middle", "large"))
    told(qtbot, window, "'elsewhere.csv' has changed")
    qtbot.waitUntil(lambda: session.compiled.errors[0].remedy.label == "Read it again", timeout=PATIENCE_MS)  # type: ignore[union-attr]
    mend(window)
    (error,) = session.compiled.errors  # the network now has to tell three classes apart
    assert error.message.startswith("CrossEntropyLoss 'loss' gets 2 scores a sample")
    assert document.node("things").outputs[1].name == "y"
    assert session.compiled.facts[document.node("things").id].outputs["y"].classes == 3
    assert set(document.links) == wires
