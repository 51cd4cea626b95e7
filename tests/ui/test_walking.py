"""Everything in the window can be reached by keys: F6 from part to part, Tab within."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.settings import Settings
from nnstudio.ui.window import MainWindow
from tests.ui.studio import classifier, make_active, open_studio, shown

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTabBar,
)  # fmt: skip


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def stops(qtbot: QtBot, window: MainWindow, key: Qt.KeyboardModifier) -> list[QWidget]:
    """Where F6 leads to, once round from the canvas."""
    window.canvas.setFocus()
    found: list[QWidget] = []
    while focus() not in found:
        found.append(focus())
        qtbot.keyClick(focus(), Qt.Key.Key_F6, key)
    return found


def test_every_control_is_reached(qtbot: QtBot) -> None:
    studio = open_studio(classifier())
    window = MainWindow(studio.bridge, Settings())
    window.resize(1440, 900)
    shown(qtbot, window)
    make_active(window)
    studio.bridge.select((studio.document.node("conv").id,))
    there = stops(qtbot, window, Qt.KeyboardModifier.NoModifier)
    back = stops(qtbot, window, Qt.KeyboardModifier.ShiftModifier)
    assert back == [there[0], *reversed(there[1:])]
    reached = set(there)
    for stop in there[1:]:
        stop.setFocus()
        while focus() is stop or focus() not in reached:
            reached.add(focus())
            qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    assert [name(each) for each in window.findChildren(QWidget) if not is_reached(each, reached)] == []


def is_reached(widget: QWidget, reached: set[QWidget]) -> bool:
    """By itself, or as a part of what is."""
    usable = isinstance(widget, CONTROLS) and widget.isVisible() and widget.isEnabled()
    if not usable or widget.visibleRegion().isEmpty():
        return True
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    one_of = set(group.buttons()) if group is not None and group.exclusive() else set()  # arrows lead to the others
    return widget in reached or widget.parentWidget() in reached or not one_of.isdisjoint(reached)


def name(widget: QWidget) -> str:
    return f"{type(widget).__name__} '{widget.accessibleName()}' in {type(widget.parentWidget()).__name__}"
