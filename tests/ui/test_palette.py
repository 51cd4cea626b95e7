"""The palette lists every layer, finds them, and gives them away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.data.registry import dataset, datasets
from nnstudio.data.spec import GROUPS
from nnstudio.ui import stock, theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.palette.palette import LAYER_MIME, Palette
from nnstudio.ui.palette.rows import TYPE, card
from tests.ui.studio import make_active, shown


@pytest.fixture
def palette(qtbot: QtBot, qapp: QApplication) -> Palette:
    theme.apply(qapp, "dark")
    palette = Palette(Bridge())
    palette.resize(195, 500)
    shown(qtbot, palette)
    make_active(palette)
    return palette


DATASETS, DATA, LINEAR = 0, 1, 2
"""Rows of the first sections."""


def everything() -> list[str]:
    data = [f"dataset:{each.name}" for group in GROUPS for each in datasets().values() if each.group == group]
    return [*data, *registry.layers(), *(item.key for item in stock.library())]


def test_every_layer_is_there_under_its_family(palette: Palette) -> None:
    assert palette.types() == everything()
    families = [palette.tree.topLevelItem(row).text(0) for row in range(palette.tree.topLevelItemCount())]
    assert families == ["Data sets", *(family.title for family in registry.families()), "Blocks"]
    item = palette.tree.topLevelItem(DATA).child(0)
    assert item.toolTip(0) == registry.layer(item.data(0, TYPE)).summary


def test_data_sets_stand_in_their_groups_with_what_they_are(palette: Palette) -> None:
    section = palette.tree.topLevelItem(DATASETS)
    groups = {section.child(row).text(0): section.child(row) for row in range(section.childCount())}
    assert set(groups) == {GROUPS[each.group] for each in datasets().values()}
    tables = groups["Tables and numbers"]
    rows = {tables.child(row).data(0, TYPE): tables.child(row) for row in range(tables.childCount())}
    assert rows["dataset:iris"].text(0) == "Iris"
    assert rows["dataset:iris"].toolTip(0) == f"Iris\n{dataset('iris').summary}"


def test_groups_open_by_a_click_and_stay_so(qtbot: QtBot, palette: Palette) -> None:
    group = palette.tree.topLevelItem(DATASETS).child(0)
    assert group.parent().isExpanded()
    assert not group.isExpanded()
    centre = palette.tree.visualItemRect(group).center()
    qtbot.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert group.isExpanded()
    palette.search.setText("relu")
    palette.search.clear()
    assert palette.tree.topLevelItem(DATASETS).child(0).isExpanded()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("moons", "dataset:moons"),
        ("iris", "dataset:iris"),
        ("flowers", "dataset:iris"),
        ("tumor", "dataset:breast_cancer"),
    ],
)
def test_data_sets_are_found_by_name_title_and_other_names(qtbot: QtBot, palette: Palette, text: str, key: str) -> None:
    palette.focus_search()
    qtbot.keyClicks(palette.search, text)
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert caught.args == [key]


def test_a_layer_goes_before_a_data_set_of_its_name(palette: Palette) -> None:
    for layer in ("Linear", "Sine", "Add"):
        palette.search.setText(layer.lower())
        assert palette.types()[0] == layer


def test_search_ranks_and_says_when_nothing_is_found(qtbot: QtBot, palette: Palette) -> None:
    palette.focus_search()
    qtbot.keyClicks(palette.search, "conv")
    assert palette.types()[0] == "Conv2d"
    qtbot.keyClicks(palette.search, "zzz")
    assert palette.types() == []
    assert palette.empty.isVisible()
    assert palette.empty.text() == "No layer, data set or block is called 'convzzz'."
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.types() == everything()


def test_enter_in_the_search_chooses_the_best(qtbot: QtBot, palette: Palette) -> None:
    palette.focus_search()
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    qtbot.keyClicks(palette.search, "dense")
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert caught.args == ["Linear"]


def test_the_arrow_goes_into_the_list_and_back(qtbot: QtBot, palette: Palette) -> None:
    palette.focus_search()
    qtbot.keyClicks(palette.search, "pool")
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.tree.hasFocus()
    qtbot.keyClick(palette.tree, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.keyClick(palette.tree, Qt.Key.Key_Return)
    assert caught.args == [palette.types()[1]]
    qtbot.keyClick(palette.tree, Qt.Key.Key_Up)
    qtbot.keyClick(palette.tree, Qt.Key.Key_Up)
    assert palette.search.hasFocus()


def test_double_click_chooses_a_layer(qtbot: QtBot, palette: Palette) -> None:
    item = palette.tree.topLevelItem(LINEAR).child(0)
    centre = palette.tree.visualItemRect(item).center()
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=centre)
        qtbot.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert caught.args == ["Linear"]


def test_a_click_closes_a_family_and_it_stays_closed(qtbot: QtBot, palette: Palette) -> None:
    family = palette.tree.topLevelItem(LINEAR)
    qtbot.mouseClick(
        palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=palette.tree.visualItemRect(family).center()
    )
    assert not family.isExpanded()
    palette.search.setText("relu")
    palette.search.clear()
    assert not palette.tree.topLevelItem(LINEAR).isExpanded()
    assert palette.tree.topLevelItem(DATASETS).isExpanded()


def test_a_drag_carries_the_type(palette: Palette) -> None:
    data = palette.tree.drag_data("Conv2d")
    assert bytes(data.data(LAYER_MIME).data()).decode("utf-8") == "Conv2d"


def test_the_dragged_card_is_drawn(palette: Palette) -> None:
    picture = card("Conv2d", "convolution")
    assert picture.deviceIndependentSize().height() == 32
    assert picture.toImage().pixelColor(20, 16).alpha() == 255
    assert not card("Odd", "no such family").isNull()


@pytest.mark.parametrize("mode", ["dark", "light", "high-contrast"])
def test_every_row_is_painted_in_every_theme(palette: Palette, qapp: QApplication, mode: str) -> None:
    theme.apply(qapp, mode)
    image = palette.grab().toImage()
    bar = palette.tree.visualItemRect(palette.tree.topLevelItem(LINEAR).child(0)).center()
    point = palette.tree.viewport().mapTo(palette, bar)
    point.setX(19)
    assert image.pixelColor(point * image.devicePixelRatio()) == theme.family_color("linear")
