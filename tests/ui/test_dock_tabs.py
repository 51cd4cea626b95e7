"""The tabs of docks: names where there is room for all of them, else icons, and always a tip."""

import pytest
from PySide6.QtWidgets import QTabBar

from nnstudio.settings import Settings
from tests.ui.studio import classifier, open_studio
from tests.ui.test_panel_docks import make, settle


@pytest.fixture
def window(qtbot):
    studio = open_studio(classifier())
    made = make(qtbot, studio, Settings(hints=False))
    made.resize(1280, 800)
    settle(studio.bridge)
    yield made
    made.close()


def middle(window) -> QTabBar:
    """The bar of the middle group, as it is painted."""
    bars = (bar for bar in window.findChildren(QTabBar) if bar.isVisible())
    bar = next(bar for bar in bars if "Weights" in [bar.accessibleTabName(place) for place in range(bar.count())])
    bar.grab()
    return bar


def texts(bar: QTabBar) -> list[str]:
    return [bar.tabText(place) for place in range(bar.count())]


def test_names_where_there_is_room(window):
    bar = middle(window)
    names = [dock.windowTitle() for dock in window.docks.groups["middle"] if not dock.isHidden()]
    assert texts(bar) == names
    assert all(bar.tabIcon(place).isNull() for place in range(bar.count()))
    assert "The numbers that any node puts out" in bar.tabToolTip(names.index("Tensor"))


def test_icons_where_there_is_none_and_the_name_of_the_one_in_front(window):
    docks = window.docks.groups["middle"]
    for dock in docks:
        dock.show()
    window.docks.show_panel("tensor")
    settle(window.bridge)
    bar = middle(window)
    assert bar.count() == len(docks)
    front = [dock.key for dock in docks].index("tensor")
    assert bar.currentIndex() == front
    assert [text for place, text in enumerate(texts(bar)) if place != front and text] == []
    assert bar.tabText(front) == "Tensor"
    assert not any(bar.tabIcon(place).isNull() for place in range(bar.count()))
    assert bar.tabRect(bar.count() - 1).right() <= bar.width()
    assert bar.accessibleTabName(0) == docks[0].windowTitle()
    window.docks.show_panel("weights")
    assert [text for text in texts(middle(window)) if text] == ["Weights"]
    window.docks.panels["runs"].set_badge("3")
    assert texts(middle(window))[-1] == "3"
    window.resize(2400, 900)
    settle(window.bridge)
    assert texts(middle(window)) == [dock.windowTitle() for dock in docks]
