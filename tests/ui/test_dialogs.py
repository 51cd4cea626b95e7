"""The system's dialogs: what is made of their answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.dialogs import Dialogs


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [
        ("x", "*.nnstudio", "x.nnstudio"),
        ("x.txt", "*.nnstudio", "x.txt.nnstudio"),
        ("v1.2", "*.nnstudio.json", "v1.2.nnstudio.json"),
        ("x.nnstudio.json", "*.nnstudio", "x.nnstudio.json"),
    ],
)
def test_a_project_always_gets_its_suffix(
    monkeypatch: pytest.MonkeyPatch, parent: QWidget, tmp_path: Path, typed: str, kind: str, written: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), kind))
    assert Dialogs().ask_save(parent, tmp_path / "y.nnstudio") == tmp_path / written


def test_a_file_under_the_full_name_is_not_replaced_unasked(
    monkeypatch: pytest.MonkeyPatch, parent: QWidget, tmp_path: Path
) -> None:
    (tmp_path / "x.nnstudio").touch()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "x"), "*.nnstudio"))
    for answer, path in (("No", None), ("Yes", tmp_path / "x.nnstudio")):
        monkeypatch.setattr(QMessageBox, "question", lambda *_, answer=answer: QMessageBox.StandardButton[answer])
        assert Dialogs().ask_save(parent, tmp_path / "y.nnstudio") == path
