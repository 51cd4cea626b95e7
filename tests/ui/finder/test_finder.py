"""The list of commands, with real keys: it finds everything the menus have, and acts where the person was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.examples import examples
from nnstudio.settings import Settings
from nnstudio.ui.finder.finder import Finder
from nnstudio.ui.finder.offers import Offer
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, gone, make_active, open_studio

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture(scope="module")
def window(studio: Studio) -> Iterator[MainWindow]:
    """One for all tests here: making it takes longer than they do."""
    window = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    window.show()
    yield window
    gone(window)


@pytest.fixture
def finder(qtbot: QtBot, window: MainWindow, studio: Studio) -> Finder:
    make_active(window)
    window.asides.finder.hide()
    studio.bridge.select(())
    window.canvas.setFocus()
    ask(qtbot, window)
    return window.asides.finder


def ask(qtbot: QtBot, window: MainWindow) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Qt.Key.Key_P, BOTH)
    assert window.asides.finder.isVisible()


def names(finder: Finder) -> list[str]:
    return [offer.name for offer in finder.model.offers]


def chosen(finder: Finder) -> Offer:
    return finder.model.offers[finder.list.currentIndex().row()]


def test_it_offers_all_that_the_menus_have(finder: Finder, window: MainWindow) -> None:
    offered = set(names(finder))
    assert {command.name for command in window.actions_table.table if command.named is None} <= offered
    assert set(registry.layers()) <= offered
    assert {name.replace("-", " ") for name in examples()} <= offered
    assert {"Python source…", "ONNX…"} <= offered
    assert {dock.toggleViewAction().text() for dock in window.docks} <= offered
    keys = [offer.key for offer in finder.model.offers]
    assert len(keys) == len(set(keys))
    assert all(offer.note for offer in finder.model.offers)


def test_it_is_no_dialog_and_lies_within_the_window(finder: Finder, window: MainWindow) -> None:
    assert finder.parent() is window
    assert not finder.isWindow()
    assert window.rect().contains(finder.geometry())
    window.resize(1024, 640)
    assert window.rect().contains(finder.geometry())


def test_canvas_commands_act_though_the_canvas_has_no_keyboard(
    qtbot: QtBot, finder: Finder, window: MainWindow, studio: Studio
) -> None:
    qtbot.keyClicks(finder.field, "select all")
    assert chosen(finder).name == "Select All"
    assert chosen(finder).keys == "Ctrl+A"
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert len(studio.bridge.selection) == len(studio.document.nodes)
    assert not finder.isVisible()
    assert window.canvas.hasFocus()


def test_escape_gives_the_keyboard_back_to_the_field(
    qtbot: QtBot, finder: Finder, window: MainWindow, studio: Studio
) -> None:
    studio.bridge.select((studio.document.node("conv").id,))
    field = window.inspector.node_page.form.fields["name"].editor
    field.setFocus()
    ask(qtbot, window)
    assert finder.field.hasFocus()
    qtbot.keyClick(finder.field, Qt.Key.Key_Escape)
    assert not finder.isVisible()
    assert field.hasFocus()


def test_arrows_walk_and_go_round(qtbot: QtBot, finder: Finder) -> None:
    qtbot.keyClicks(finder.field, "zoom")
    count = len(names(finder))
    assert count > 1
    qtbot.keyClick(finder.field, Qt.Key.Key_Up)
    assert finder.list.currentIndex().row() == count - 1
    qtbot.keyClick(finder.field, Qt.Key.Key_Down)
    qtbot.keyClick(finder.field, Qt.Key.Key_Down)
    assert finder.list.currentIndex().row() == 1


def test_what_is_not_possible_says_why_and_stays(qtbot: QtBot, finder: Finder) -> None:
    for words, why in (("pause", "No run is going"), ("duplicate", "Choose a node first")):
        finder.field.selectAll()
        qtbot.keyClicks(finder.field, words)
        assert not chosen(finder).possible
        assert why in chosen(finder).note
        qtbot.keyClick(finder.field, Qt.Key.Key_Return)
        assert finder.isVisible()


def test_used_lately_comes_first(qtbot: QtBot, finder: Finder, window: MainWindow) -> None:
    qtbot.keyClicks(finder.field, "zoom out")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    ask(qtbot, window)
    assert names(finder)[0] == "Zoom Out"
    assert finder.field.text() == ""
    qtbot.keyClicks(finder.field, "zoom")
    assert names(finder)[0] == "Zoom Out"


def test_layers_examples_and_panels(qtbot: QtBot, finder: Finder, window: MainWindow, studio: Studio) -> None:
    before = len(studio.document.nodes)
    qtbot.keyClicks(finder.field, "dense")
    assert chosen(finder).name == "Linear"
    finder.field.selectAll()
    qtbot.keyClicks(finder.field, "dropout")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert len(studio.document.nodes) == before + 1
    ask(qtbot, window)
    qtbot.keyClicks(finder.field, "problems")
    assert chosen(finder).note.startswith("Panels")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert not window.docks.panels["problems"].visibleRegion().isEmpty()
    ask(qtbot, window)
    qtbot.keyClicks(finder.field, "moons")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert studio.document.title == "moons"


def test_nothing_found_says_so(qtbot: QtBot, finder: Finder) -> None:
    qtbot.keyClicks(finder.field, "xqzvw")
    assert names(finder) == []
    assert "xqzvw" in finder.empty.text()
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    qtbot.keyClick(finder.field, Qt.Key.Key_Down)
    assert finder.isVisible()


def test_a_click_elsewhere_puts_it_away(qtbot: QtBot, finder: Finder, window: MainWindow) -> None:
    qtbot.mouseClick(window.palette_view.search, Qt.MouseButton.LeftButton)
    window.palette_view.search.setFocus()
    assert not finder.isVisible()
    assert window.palette_view.search.hasFocus()
