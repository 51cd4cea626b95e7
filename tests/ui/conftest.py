"""The window's tests share one program: what one module leaves open must not take the keyboard from the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True, scope="module")
def _nothing_left_open() -> Iterator[None]:
    yield
    if QApplication.instance() is not None:
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible():
                widget.hide()
