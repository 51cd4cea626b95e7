"""The field for the data set of a Dataset node, and what its page tells of the data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS
from nnstudio.graph.document import Document
from nnstudio.ui.inspector.data_part import amount_of
from nnstudio.ui.inspector.dataset_field import DatasetField
from nnstudio.ui.inspector.inspector import Inspector
from tests.ui.studio import Studio, classifier, make_active, open_studio, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def inspector(qtbot: QtBot, studio: Studio) -> Iterator[Inspector]:
    holder = QWidget()
    holder.resize(420, 620)
    made = Inspector(studio.bridge, holder)
    made.resize(300, 600)
    shown(qtbot, holder)
    studio.bridge.select((studio.document.node("digits").id,))
    make_active(holder)
    yield made
    holder.close()


def field_of(inspector: Inspector) -> DatasetField:
    field = inspector.node_page.form.fields["dataset"]
    assert isinstance(field, DatasetField)
    return field


def opened(qtbot: QtBot, inspector: Inspector) -> DatasetField:
    field = field_of(inspector)
    field.combo.setFocus()
    qtbot.keyClick(field.combo, Qt.Key.Key_Space)
    assert field.box is not None
    return field


def test_all_data_sets_are_offered_by_their_groups(qtbot: QtBot, inspector: Inspector) -> None:
    field = opened(qtbot, inspector)
    assert field.box is not None
    choices = field.box.model.choices
    assert {choice.key for choice in choices} == set(datasets())
    titles = list(GROUPS.values())
    places = [titles.index(choice.note) for choice in choices]
    assert places == sorted(places)
    assert field.box.detail.text() == datasets()[str(choices[0].key)].summary


def test_a_data_set_is_found_by_typing_and_chosen(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    field = opened(qtbot, inspector)
    assert field.box is not None
    qtbot.keyClicks(field.box.field, "spir")
    qtbot.keyClick(field.box.field, Qt.Key.Key_Return)
    assert studio.param("digits", "dataset") == "spiral"
    assert studio.document.history.undo_name == "Set dataset"
    assert field_of(inspector).combo.currentText() == "Spiral"
    studio.document.undo()
    assert field_of(inspector).combo.currentText() == "Digits"
    assert field_of(inspector).combo.toolTip() == datasets()["digits"].summary


def test_escape_changes_nothing_and_goes_back_to_the_field(qtbot: QtBot, inspector: Inspector, studio: Studio) -> None:
    field = opened(qtbot, inspector)
    assert field.box is not None
    qtbot.keyClicks(field.box.field, "no such data")
    assert field.box.empty.text() == "No data set is called 'no such data'."
    qtbot.keyClick(field.box.field, Qt.Key.Key_Escape)
    assert field.box is None
    qtbot.waitUntil(field.combo.hasFocus)
    assert studio.param("digits", "dataset") == "digits"
    assert not field.pending()


def test_the_page_tells_samples_and_memory(inspector: Inspector, studio: Studio) -> None:
    page = inspector.node_page
    assert page.counts.text() == "1,797 samples · 474 kB in memory"
    studio.document.set("digits", dataset="moons")
    studio.document.set("digits", samples=1000)
    assert page.counts.text() == "1,000 samples · 16.0 kB in memory"


def test_nothing_is_told_where_only_loading_tells() -> None:
    document = Document()
    assert amount_of(document.add("ReLU")) == ""
    assert amount_of(document.add("Dataset", dataset="table")) == ""
