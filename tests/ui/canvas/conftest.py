"""A canvas on the screen with a small network, and hands to work on it."""

from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio.graph.document import Document
from nnstudio.project.session import Session, Trouble
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui import theme
from nnstudio.ui.actions import Actions
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.command import Place, all_commands
from tests.ui.studio import make_active

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def small_network() -> Document:
    """Data → linear → tanh → head → loss, and a layer that hangs free."""
    document = Document("small")
    data = document.add("Dataset", "data", (0, 0), dataset="xor")
    linear = document.add("Linear", "linear", (232, 0), out_features=8)
    tanh = document.add("Tanh", "tanh", (464, 0))
    head = document.add("Linear", "head", (232, 192), out_features=2)
    loss = document.add("CrossEntropyLoss", "loss", (464, 192))
    document.add("ReLU", "free", (464, 384))
    document.connect(data, linear)
    document.connect(linear, tanh)
    document.connect(tanh, head)
    document.connect(head, loss)
    document.connect("data.label", "loss.target")
    return document


@dataclass
class Desk:
    """The canvas with everything around it."""

    view: CanvasView
    bridge: Bridge
    engine: FakeEngine
    troubles: list[Trouble]

    @property
    def document(self) -> Document:
        return self.bridge.session.document

    def item(self, name: str) -> NodeItem:
        return self.view.canvas.nodes[self.document.node(name).id]

    def id(self, name: str) -> str:
        return self.document.node(name).id

    def header(self, name: str) -> QPoint:
        """Where to take a card."""
        return self.view.mapFromScene(self.item(name).pos() + QPointF(90, 14))

    def port(self, name: str, port: str, is_output: bool) -> QPoint:
        return self.view.mapFromScene(self.item(name).port_at(port, is_output))

    def free_point(self) -> QPoint:
        """A place with nothing on it."""
        return self.view.mapFromScene(QPointF(40, 300))

    def press(self, at: QPoint, modifiers=NONE, button=LEFT) -> None:
        QTest.mousePress(self.view.viewport(), button, modifiers, at)

    def move(self, at: QPoint, modifiers=NONE) -> None:
        """QTest moves the mouse without keys, so the event is sent by hand."""
        where = self.view.viewport().mapToGlobal(at)
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(where), Qt.MouseButton.NoButton, LEFT, modifiers
        )
        QApplication.sendEvent(self.view.viewport(), event)

    def release(self, at: QPoint, modifiers=NONE, button=LEFT) -> None:
        QTest.mouseRelease(self.view.viewport(), button, modifiers, at)

    def click(self, at: QPoint, modifiers=NONE) -> None:
        QTest.mouseClick(self.view.viewport(), LEFT, modifiers, at)

    def drag(self, start: QPoint, end: QPoint, modifiers=NONE, button=LEFT) -> None:
        self.press(start, modifiers, button)
        self.move(start + (end - start) / 2, modifiers)
        self.move(end, modifiers)
        self.release(end, modifiers, button)

    def key(self, key: Qt.Key, modifiers=NONE) -> None:
        QTest.keyClick(self.view, key, modifiers)

    def links(self) -> set[str]:
        """Wires by the names of nodes."""
        name = {key: node.name for key, node in self.document.nodes.items()}
        return {f"{name[x.source]}.{x.output}→{name[x.target]}.{x.input}" for x in self.document.links}

    def drawn_links(self) -> set[str]:
        name = {key: node.name for key, node in self.document.nodes.items()}
        links = self.view.canvas.links
        return {f"{name[x.source]}.{x.output}→{name[x.target]}.{x.input}" for x in links}

    @property
    def steps(self) -> int:
        return len(self.document.history.done)

    def open(self, document: Document) -> None:
        self.bridge.open(Session(document, self.engine))


def give_keys(view: CanvasView, bridge: Bridge) -> Actions:
    """The shortcuts of the canvas, without the window whose other commands there are."""
    place = Place(bridge, MagicMock(), MagicMock(), view, MagicMock())
    everywhere = ("zoom_in", "zoom_out", "zoom_reset", "find", "find_next", "find_previous")
    return Actions(place, view, [row for row in all_commands(place) if row.canvas or row.key in everywhere])


@pytest.fixture
def make_desk(qapp, qtbot) -> Callable[[Document], Desk]:
    theme.apply(qapp, "dark")

    def make(document: Document) -> Desk:
        bridge = Bridge()
        engine = FakeEngine(bridge.deliver)
        view = CanvasView(bridge)
        qtbot.addWidget(view)
        troubles: list[Trouble] = []
        bridge.trouble.connect(troubles.append)
        view.resize(1280, 800)
        view.guided = False  # how fast the mouse is must not decide where cards go
        bridge.open(Session(document, engine))
        engine.start()
        give_keys(view, bridge)
        view.show()
        make_active(view)
        view.setFocus()
        qapp.processEvents()
        return Desk(view, bridge, engine, troubles)

    return make


@pytest.fixture
def desk(make_desk) -> Desk:
    return make_desk(small_network())
