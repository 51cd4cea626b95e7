"""The page that greets: from it to a running training is one click, and by keys as well."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.examples import Example, examples, offered
from nnstudio.graph.document import Document
from nnstudio.settings import Settings
from nnstudio.ui.welcome.page import Welcome
from nnstudio.ui.welcome.recent import when_words
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, make_active, open_studio, settle


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(path=tmp_path / "settings.json")


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(Document())


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, settings: Settings) -> Iterator[MainWindow]:
    window = MainWindow(studio.bridge, settings, Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    window.asides.greet()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    make_active(window)
    yield window
    window.close()


@pytest.fixture
def page(window: MainWindow) -> Welcome:
    assert window.asides.welcome.isVisible()
    return window.asides.welcome


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, key)


@pytest.mark.parametrize("found", offered(), ids=lambda example: example.name)
def test_every_example_is_described_and_has_its_pictures(found: Example) -> None:
    assert found.summary.endswith(".")
    assert found.tags
    for name in ("dark", "light"):
        picture = found.picture(name)
        assert picture.read_bytes().startswith(b"\x89PNG"), f"run: python3 packaging/dev.py pictures {found.name}"
        assert picture.stat().st_size < 60_000


def test_all_examples_are_offered_once() -> None:
    assert sorted(example.name for example in offered()) == sorted(examples())


def test_enter_opens_the_example_that_has_the_keyboard(
    qtbot: QtBot, window: MainWindow, page: Welcome, studio: Studio
) -> None:
    assert page.cards.cards[0].hasFocus()
    press(qtbot, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left)
    assert page.cards.cards[1].hasFocus()
    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Tab)
    assert page.cards.cards[1].train.hasFocus()
    press(qtbot, Qt.Key.Key_Backtab, Qt.Key.Key_Return)
    assert studio.document.title == "moons"
    assert not page.isVisible()
    assert window.canvas.hasFocus()
    assert studio.bridge.session.path is None


def test_one_click_trains(qtbot: QtBot, page: Welcome, studio: Studio) -> None:
    page.cards.cards[0].picture.grab()
    assert page.cards.cards[0].picture.is_read
    qtbot.mouseClick(page.cards.cards[0].train, Qt.MouseButton.LeftButton)
    assert studio.document.title == "digits cnn"
    assert studio.bridge.session.run.state == "starting"
    assert not page.isVisible()


def test_a_click_on_the_card_opens_without_training(qtbot: QtBot, page: Welcome, studio: Studio) -> None:
    qtbot.mouseClick(page.cards.cards[4], Qt.MouseButton.LeftButton)
    assert studio.document.title == "xor"
    assert not studio.bridge.session.run.active


def test_it_goes_when_somebody_draws_and_comes_when_nothing_is_open(
    window: MainWindow, page: Welcome, studio: Studio
) -> None:
    studio.document.add("Linear")
    assert not page.isVisible()
    window.projects.close()
    assert page.isVisible()
    window.actions_table.action("new").trigger()
    assert not page.isVisible()
    studio.bridge.projects_changed.emit()
    assert not page.isVisible()


def test_escape_leaves_and_help_brings_it_back(qtbot: QtBot, window: MainWindow, page: Welcome) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert window.canvas.hasFocus()
    window.actions_table.action("welcome").trigger()
    assert page.isVisible()
    window.canvas.setFocus()
    assert page.isAncestorOf(QApplication.focusWidget())
    page.leave.click()
    window.projects.open_example(examples()["xor"])
    window.actions_table.action("welcome").trigger()
    assert page.isVisible()


def test_last_projects_and_those_that_are_gone(
    qtbot: QtBot, window: MainWindow, page: Welcome, settings: Settings, tmp_path: Path, studio: Studio
) -> None:
    there, gone = tmp_path / "mine & yours.nnstudio", tmp_path / "gone.nnstudio"
    Studio(studio.bridge, studio.engine).bridge.session.save(there)
    os.utime(there, (time.time() - 1, time.time() - 1))
    settings.remember(gone)
    settings.remember(there)
    page.open_page()
    first, second = page.recent.rows
    qtbot.waitUntil(lambda: second.is_missing)
    assert first.open.isEnabled()
    assert first.open.text() == "mine && yours.nnstudio"
    assert first.where.text() == str(tmp_path)
    assert first.when.text()
    assert not second.open.isEnabled()
    assert "not there" in second.when.text()
    second.forget.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    assert settings.recent_files == (str(there),)
    assert page.recent.rows[0].forget.hasFocus(), "keys go on from the row beside"
    page.recent.rows[0].open.click()
    settle(studio.bridge)
    assert not page.isVisible()


def test_a_long_name_of_a_project_keeps_the_page_in_its_width(
    window: MainWindow, page: Welcome, settings: Settings, tmp_path: Path
) -> None:
    window.resize(1024, 640)
    settings.remember(tmp_path / f"{'a very long name ' * 12}.nnstudio")
    page.open_page()
    QApplication.processEvents()
    row = page.recent.rows[0]
    assert row.mapTo(page, row.rect().bottomRight()).x() < page.width()
    assert row.open.width() < row.open.sizeHint().width()
    assert row.forget.visibleRegion().boundingRect() == row.forget.rect()


def test_who_looks_for_something_sees_the_drawing(qtbot: QtBot, window: MainWindow, page: Welcome) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not page.isVisible()
    assert window.canvas.find_bar.field.hasFocus()


def test_cards_flow_and_what_fails_is_told_over_them(window: MainWindow, page: Welcome) -> None:
    for size, columns in (((1024, 640), (1, 2)), ((1440, 900), (3, 4)), ((1920, 1080), (4, 5, 6))):
        window.resize(*size)
        QApplication.processEvents()
        assert page.cards.columns in columns
        assert page.geometry() == window.ground.rect()
        assert all(card.train.width() >= card.train.sizeHint().width() for card in page.cards.cards)
    window.notices.error("The file is broken.")
    children = [child for child in window.ground.children() if child in (page, window.notices.shown[-1])]
    assert children[-1] is window.notices.shown[-1]


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2024, 5, 9, 14, 2), "today "),
        (datetime(2024, 5, 8, 23, 59), "yesterday "),
        (datetime(2024, 5, 6, 1, 0), "3 days ago"),
        (datetime(2023, 5, 6, 1, 0), "23"),
        (datetime(2024, 5, 10, 1, 0), "24"),
    ],
)
def test_when_in_words(then: datetime, words: str) -> None:
    assert words in when_words(then, datetime(2024, 5, 9, 15, 0))
