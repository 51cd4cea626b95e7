"""File ▸ Export Drawing: asks where to, writes beside other work, and tells what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.settings import Settings
from nnstudio.ui import theme
from nnstudio.ui.dialogs import Dialogs
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, open_studio, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def answers() -> Answers:
    return Answers(ask_unsaved="discard")


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, answers: Answers) -> Iterator[MainWindow]:
    window = MainWindow(studio.bridge, Settings(), answers)  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    yield window
    window.close()


def said(window: MainWindow) -> list[tuple[str, str]]:
    return [(notice.kind, notice.message) for notice in window.notices.shown]


@pytest.mark.parametrize(("kind", "name"), [("svg", "light"), ("png", "dark"), ("pdf", "light")])
def test_it_is_written_and_told(
    qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path, kind: str, name: str
) -> None:
    path = tmp_path / f"drawing.{kind}"
    answers.answers["ask_drawing"] = path
    window.actions_table.action(f"export_{name}").trigger()
    assert [message for _, message in said(window)] == [f"Writing drawing.{kind}…"]
    qtbot.waitUntil(lambda: ("good", f"Written: {path}.") in said(window))
    assert said(window) == [("good", f"Written: {path}.")]
    ((_, (suggested,)),) = [asked for asked in answers.asked if asked[0] == "ask_drawing"]
    assert suggested.name == "digits cnn.svg"
    if kind == "png":
        tokens = theme.LIGHT if name == "light" else theme.DARK
        assert QImage(str(path)).pixelColor(2, 2).name().upper() == tokens.canvas


def test_without_a_background(qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.answers["ask_drawing"] = path = tmp_path / "x.png"
    ground = window.actions_table.action("export_transparent")
    assert not ground.isChecked()
    ground.trigger()
    assert ground.isChecked()
    window.actions_table.action("export_light").trigger()
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: said(window) == [("good", f"Written: {path}.")])
    assert QImage(str(path)).pixelColor(2, 2).alpha() == 0


def test_it_can_be_cancelled(qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.answers["ask_drawing"] = path = tmp_path / "x.svg"
    path.write_text("old")
    window.actions_table.action("export_light").trigger()
    (notice,) = window.notices.shown
    assert notice.action_button is not None
    notice.action_button.click()
    qtbot.wait(100)
    assert said(window) == []
    assert path.read_text() == "old"


def test_a_failure_is_told(qtbot: QtBot, window: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.answers["ask_drawing"] = tmp_path / "no" / "x.svg"
    window.actions_table.action("export_light").trigger()
    qtbot.waitUntil(lambda: [kind for kind, _ in said(window)] == ["error"])
    assert "can not be written" in said(window)[0][1]


def test_nothing_is_written_where_nothing_was_chosen(window: MainWindow, answers: Answers) -> None:
    answers.answers["ask_drawing"] = None
    window.actions_table.action("export_light").trigger()
    assert said(window) == []


def test_an_empty_drawing_can_not_be_exported(qtbot: QtBot) -> None:
    window = MainWindow(open_studio(Document()).bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]
    shown(qtbot, window)
    assert not window.actions_table.action("export_light").isEnabled()
    window.close()


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("a.svg", "PNG (*.png)", "a.svg"),
        ("a", "PDF (*.pdf)", "a.pdf"),
        ("a.b", "SVG, with text as text (*.svg)", "a.b.svg"),
        ("", "", None),
    ],
)
def test_the_dialog_gives_a_name_with_its_kind(
    qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, wanted: str | None
) -> None:
    answer = str(tmp_path / name) if name else ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (answer, kind))
    assert Dialogs().ask_drawing(QWidget(), tmp_path / "x.svg") == (tmp_path / wanted if wanted else None)
