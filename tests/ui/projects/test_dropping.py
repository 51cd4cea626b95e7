"""Files dropped on the window or the canvas: projects open as tabs; of what is no data it is told what can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.ui.window import MainWindow
from tests.ui.studio import open_studio
from tests.ui.test_window import make


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    window = make(qtbot, open_studio(Document()))
    yield window
    window.close()


def drop(target: QWidget, *files: Path) -> bool:
    """Drag files over a widget and let them go; whether they were taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    buttons, none, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(60, 60), copy, data, buttons, none)
    QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(60, 60), copy, data, buttons, none))
    return enter.isAccepted()


def projects(folder: Path, *names: str) -> list[Path]:
    for name in names:
        document = Document(name.partition(".")[0])
        document.add("ReLU")
        storage.save(document, folder / name)
    return [folder / name for name in names]


@pytest.mark.parametrize("place", ["window", "canvas"])
def test_several_projects_open_as_tabs(window: MainWindow, tmp_path: Path, place: str) -> None:
    files = projects(tmp_path, "a.nnstudio", "b.nnstudio.json")
    assert drop(window if place == "window" else window.canvas.viewport(), *files, files[0])
    assert [session.document.title for session in window.bridge.sessions] == ["a", "b"]
    assert window.notices.shown == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model.onnx", "ONNX is written, and not read yet"),
        ("model.safetensors", "weights alone"),
        ("model.pt", "weights alone"),
    ],
)
def test_of_others_it_is_told_what_can_be_dropped(window: MainWindow, tmp_path: Path, name: str, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"1,2\n")
    assert drop(window.canvas.viewport(), path)
    (notice,) = window.notices.shown
    assert words in notice.message
    assert name in notice.message
    assert ".nnstudio and .nnstudio.json" in notice.fix


def test_projects_among_others_are_opened(window: MainWindow, tmp_path: Path) -> None:
    for name in ("x.onnx", "y.pt"):
        (tmp_path / name).touch()
    drop(window, *projects(tmp_path, "a.nnstudio"), tmp_path / "x.onnx", tmp_path / "y.pt")
    assert window.bridge.session.document.title == "a"
    assert window.notices.shown[0].message == "2 of these files are weights or ONNX, which can not be opened."


def test_what_is_no_file_is_not_taken(window: MainWindow) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.nnstudio")])
    none = Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    event.ignore()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()
