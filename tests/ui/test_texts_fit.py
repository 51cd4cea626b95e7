"""No text of the main window is cut off: at the sizes people have, in every theme, and at 200 %."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.settings import THEMES
from tests.ui.fitting import cut_off, everywhere
from tests.ui.studio import shown

SIZES = ((1280, 800), (1920, 1080))


def test_what_is_cut_off_is_found(qtbot: QtBot) -> None:
    """The measure itself: a label and a button that are too narrow, and one that is not."""
    holder = QWidget()
    holder.resize(400, 200)
    label, button = QLabel("a label that is too long", holder), QPushButton("a button that is too long", holder)
    label.setGeometry(0, 0, 60, 20)
    button.setGeometry(0, 40, 60, 20)
    QLabel("fits", holder).setGeometry(0, 80, 200, 20)
    shown(qtbot, holder)
    assert [words.split(":")[0] for words in cut_off(holder)] == ["QLabel", "QPushButton"]


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
def test_nothing_is_cut_off_in_a_small_window(qtbot: QtBot, qapp: object, theme: str) -> None:
    assert everywhere(QSize(*SIZES[0]), theme, ("digits-cnn",)) == []


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES[1:])
def test_nothing_is_cut_off_with_any_example(qtbot: QtBot, qapp: object, theme: str, size: tuple[int, int]) -> None:
    assert everywhere(QSize(*size), theme) == []


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_nothing_is_cut_off_when_scaled(scale: str) -> None:
    """The scale is fixed when Qt starts, so in a process of its own."""
    command = [sys.executable, "-m", "tests.ui.fitting", "1280", "800", "dark"]
    environment = os.environ | {"QT_SCALE_FACTOR": scale}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
