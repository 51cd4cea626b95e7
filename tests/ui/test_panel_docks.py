"""Panels are made when they are first seen, and can be open several times."""

import gc
from weakref import ref

import pytest

from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.settings import Settings
from nnstudio.ui.panels.spec import panel_types
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, classifier, gone, make_active, open_studio, settle, shown


@pytest.fixture
def studio(qapp):
    return open_studio(classifier())


def make(qtbot, studio, settings):
    window = MainWindow(studio.bridge, settings, Answers(ask_unsaved="discard"))
    window.resize(1440, 900)
    shown(qtbot, window)
    make_active(window)
    settle(studio.bridge)
    return window


@pytest.fixture
def window(qtbot, studio):
    window = make(qtbot, studio, Settings(hints=False))
    yield window
    window.close()


def test_what_nobody_has_seen_is_not_made_and_is_when_it_is_opened(qtbot, window):
    docks = window.docks.panels.docks
    at_once = {declared.key for declared in panel_types() if declared.at_once}
    fronts = {key for key, dock in docks.items() if not dock.visibleRegion().isEmpty()}
    assert {key for key, dock in docks.items() if dock.made} == at_once | fronts
    behind = next(dock for key, dock in docks.items() if not dock.made and dock.declared.open)
    behind.raise_()
    qtbot.waitUntil(lambda: behind.made and behind.panel().looking)


def test_one_taken_from_behind_another_tab_is_made_and_follows(qtbot, window):
    behind = next(dock for dock in window.docks.panels.docks.values() if not dock.made and dock.declared.open)
    behind.setFloating(True)
    qtbot.waitUntil(lambda: behind.made and behind.panel().looking)


@pytest.fixture(scope="module")
def lasting(qapp):
    """One for all panels, as each of them goes again: making it takes longer."""
    window = MainWindow(open_studio(classifier()).bridge, Settings(hints=False), Answers(ask_unsaved="discard"))
    window.resize(1440, 900)
    window.show()
    settle(window.bridge)
    yield window
    gone(window)


@pytest.mark.parametrize("declared", panel_types(), ids=lambda declared: declared.key)
def test_each_panel_can_be_closed_for_good(qtbot, lasting, declared):
    window = lasting
    if not declared.several:
        assert declared.key not in [action.text() for action in window.menu_list.menus["panels/another"].actions()]
        return
    window.docks.open_another(declared.key)
    settle(window.bridge)
    dock = window.docks.panels.docks[f"{declared.key}#2"]
    panel = ref(dock.panel())
    assert dock.windowTitle().startswith(f"{declared.label()} 2")
    assert panel().looking
    dock.close()
    del dock
    settle(window.bridge)
    gc.collect()
    assert panel() is None
    window.bridge.session_changed.emit(window.bridge.session)
    window.bridge.recompiled.emit(window.bridge.session.compiled)


def test_two_views_show_two_nodes_side_by_side(qtbot, window, studio):
    window.docks.show_panel("features")
    first = window.docks.panels["features"]
    first.choice.pin.click()
    kept = first.choice.name
    first.header.another_button.click()
    settle(studio.bridge)
    place = window.docks.panels.docks["features#2"].geometry()
    assert window.rect().intersects(place)
    assert not place.intersects(window.docks.panels.docks["features"].geometry())
    second = window.docks.panels["features#2"]
    assert first.looking
    assert second.looking
    studio.bridge.select((studio.document.node("head").id,))
    assert (first.choice.name, second.choice.name) == (kept, "head")
    first.choice.pin.click()
    studio.bridge.select((studio.document.node("conv").id,))
    assert first.choice.name == second.choice.name == "conv"


def test_a_further_view_without_room_is_a_window_of_its_own(qtbot, window, studio):
    window.resize(1920, 900)
    settle(studio.bridge)
    window.docks.open_another("features")
    assert not window.docks.panels.docks["features#2"].isFloating()
    window.resize(1100, 720)
    settle(studio.bridge)
    for number in (3, 4):
        window.docks.open_another("features")
        settle(studio.bridge)
        assert window.docks.panels.docks[f"features#{number}"].isFloating()
    third, fourth = (window.docks.panels.docks[f"features#{number}"] for number in (3, 4))
    assert third.pos() != fourth.pos()


def test_further_views_are_there_again_in_the_next_window(qtbot, window, studio):
    window.menu_list.menus["panels/another"].actions()[0].trigger()
    window.close()
    kept = window._settings.further_views
    assert len(kept) == 1
    again = make(qtbot, studio, Settings(hints=False, further_views=(*kept, "nonsense#2", "runs#2", "loss#x")))
    assert again.docks.panels.further == list(kept)
    again.reset_layout()
    assert again.docks.panels.further == []
    again.close()


def test_a_pin_is_there_again_in_the_next_window(qtbot, window, studio):
    window.docks.open_another("features")
    window.docks.open_another("features")
    choices = [window.docks.panels[f"features#{number}"].choice for number in (2, 3)]
    names = [choices[0].combo.itemText(row) for row in range(choices[0].combo.count())]
    for choice, name in zip(choices, names[-2:], strict=True):
        choice.choose(studio.document.node(name).id)
    choices[1].pin.click()
    window.close()
    kept = window._settings.further_views
    assert kept == ("features#2", f"features#3@{names[-1]}")
    next_start = open_studio(Document("nothing yet"))
    again = make(qtbot, next_start, Settings(hints=False, further_views=(*kept, "weights#2@nobody")))
    assert again.docks.panels.kept[1] == kept[1]
    studio = next_start
    studio.bridge.open(Session(classifier(), studio.engine))
    settle(studio.bridge)
    found = [again.docks.panels[key].choice for key in ("features#2", "features#3", "weights#2")]
    assert [choice.pinned for choice in found] == ["", names[-1], ""]
    studio.bridge.select((studio.bridge.sheet.node(names[0]).id,))
    assert [choice.name for choice in found[:2]] == [names[0], names[-1]]
    again.close()


def test_a_panel_that_a_project_suits_is_opened_and_brought_to_the_front(qtbot, qapp):
    studio = open_studio(storage.load(resolve("example:backprop-five-nodes")))
    window = make(qtbot, studio, Settings(hints=False))
    graph = window.docks.panels.docks["graph"]
    qtbot.waitUntil(lambda: graph.made and graph.panel().looking)
    studio.bridge.open(Session(classifier(), studio.engine))
    qtbot.waitUntil(graph.isHidden)
    window.close()


def test_one_that_is_made_behind_another_tab_waits(window, studio):
    behind = next(dock for dock in window.docks.panels.docks.values() if not dock.made and dock.declared.open)
    panel = window.docks.panels[behind.key]
    settle(studio.bridge)
    assert not panel.looking
    assert not panel.feed.active
