"""The window's tests share one program: what one module leaves open must not take the keyboard from the next, nor be
dressed again with every change of theme.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from shiboken6 import isValid

from nnstudio.ui.collecting import Collector


@pytest.fixture(autouse=True, scope="module")
def _nothing_left_open(qapp: QApplication) -> Iterator[None]:
    """Garbage goes as it does in the program: what a thread of a test asks for takes no widget with it."""
    collector = Collector()
    yield
    left = QApplication.topLevelWidgets()  # not while garbage may be collected: one of them could end in between
    for widget in left:
        if widget.isVisible():
            widget.hide()
    for window in left:
        if isValid(window) and isinstance(window, QMainWindow):
            window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collector.end()
