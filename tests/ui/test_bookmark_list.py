"""The list of bookmarks: names are edited in their rows, and Delete forgets one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui.bookmark_list import BookmarkList
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.view import CanvasView


@pytest.fixture
def shown(qtbot):
    document = Document()
    for name in ("one", "two"):
        document.add_bookmark((0, 0), 0.5, name)
    bridge = Bridge()
    view = CanvasView(bridge)
    qtbot.addWidget(view)
    bridge.open(Session(document, FakeEngine(bridge.deliver)))
    made = BookmarkList(view.bookmarks, bridge, view)
    made.show()
    return made, document, view


def names(shown: BookmarkList) -> list[str]:
    return [shown.list.item(row).text() for row in range(shown.list.count())]


def test_rows_are_renamed_gone_to_and_deleted(shown, qtbot):
    dialog, document, view = shown
    assert names(dialog) == ["one", "two"]
    dialog.rename.click()
    field = dialog.list.findChild(QLineEdit)
    QTest.keyClicks(field, "first")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(dialog) == ["first", "two"])
    dialog.go.click()
    assert view.zoom == 0.5
    dialog.remove.click()
    assert names(dialog) == ["two"]
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert document.bookmarks == ()
    assert not dialog.go.isEnabled()
    document.undo()
    assert names(dialog) == ["two"]


def test_a_name_that_is_taken_is_refused_and_the_row_shows_the_old_one(shown):
    dialog, document, _ = shown
    dialog.list.item(0).setText("two")
    assert names(dialog) == ["one", "two"]
    assert document.bookmarks[0].name == "one"
