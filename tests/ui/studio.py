"""A session with an engine that is none, and the drawings that the window's tests use."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.project.session import Session, Trouble
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge


@dataclass
class Studio:
    """A bridge on a session on a fake engine. `told` holds what notices would show."""

    bridge: Bridge
    engine: FakeEngine
    told: list[Trouble] = field(default_factory=list)

    @property
    def document(self) -> Document:
        return self.bridge.session.document

    def param(self, node: str, name: str) -> object:
        return self.document.node(node).params[name]


def open_studio(document: Document, *, started: bool = True) -> Studio:
    """Dress the program and open the document; the engine is up unless told otherwise."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    engine, bridge = FakeEngine(), Bridge()
    engine.on_event = bridge.deliver
    bridge.open(Session(document, engine))
    studio = Studio(bridge, engine)
    bridge.trouble.connect(studio.told.append)
    if started:
        engine.start()
        settle(bridge)
    return studio


def settle(bridge: Bridge) -> None:
    """Let queued signals arrive."""
    for _ in range(5):
        QApplication.processEvents()


def classifier() -> Document:
    """digits → conv → relu → flatten → head → loss: ready to train."""
    document = Document("digits cnn")
    document.add("Dataset", "digits", dataset="digits")
    document.add("Conv2d", "conv", out_channels=4)
    document.add("ReLU", "relu")
    document.add("Flatten", "flatten")
    document.add("Linear", "head", out_features=10)
    document.add("CrossEntropyLoss", "loss")
    for first, second in (("digits.image", "conv"), ("conv", "relu"), ("relu", "flatten"), ("flatten", "head")):
        document.connect(first, second)
    document.connect("head", "loss.prediction")
    document.connect("digits.label", "loss.target")
    return document


def faulty() -> Document:
    """The same without Flatten: Linear gets an image."""
    document = classifier()
    document.remove("flatten")
    document.connect("relu", "head")
    return document


class Answers:
    """Stands in for the dialogs: answers as told, and remembers what was asked."""

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    def _answer(self, question: str, *about: object) -> object:
        self.asked.append((question, about))
        return self.answers[question]

    def ask_open(self, parent: object, folder: Path) -> object:
        return self._answer("ask_open", folder)

    def ask_data(self, parent: object, folder: Path) -> object:
        return self._answer("ask_data", folder)

    def ask_data_folder(self, parent: object, folder: Path) -> object:
        return self._answer("ask_data_folder", folder)

    def ask_own_files(self, parent: object, folder: Path, title: str) -> object:
        return self._answer("ask_own_files", folder, title)

    def ask_save(self, parent: object, suggested: Path) -> object:
        return self._answer("ask_save", suggested)

    def ask_export(self, parent: object, suggested: Path, title: str) -> object:
        return self._answer("ask_export", suggested, title)

    def ask_drawing(self, parent: object, suggested: Path) -> object:
        return self._answer("ask_drawing", suggested)

    def ask_overwrite(self, parent: object, name: str) -> object:
        return self._answer("ask_overwrite", name)

    def ask_unsaved(self, parent: object, name: str) -> object:
        return self._answer("ask_unsaved", name)


def shown(qtbot: QtBot, widget: object) -> None:
    """Show a widget and wait until it stands."""
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()  # type: ignore[attr-defined]  # a widget


def make_active(widget: QWidget) -> None:
    """Give its window the keyboard: shortcuts work in the active window alone, and another may just be going away."""
    window = widget.window()
    for _ in range(50):
        window.activateWindow()
        if QTest.qWaitForWindowActive(window, 100) and QApplication.activeWindow() is window:
            return
    raise AssertionError(
        f"{QApplication.activeWindow()} keeps the keyboard, {QApplication.activePopupWidget()} is open"
    )


def gone(window: QWidget) -> None:
    """Close a window and let it end now: many of them at once make every change of theme slow."""
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
