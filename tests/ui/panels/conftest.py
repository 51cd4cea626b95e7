"""A window's inside without the window: a drawing, a fake engine and a bridge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnstudio.graph.document import Document
from nnstudio.project.session import Session, Trouble
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels import Panel, panel_types
from nnstudio.ui.panels.plots import boundary_plot, curve_plot  # noqa: F401  # as after the first second

SIZE = (560, 230)
SOON_MS = 100


@dataclass
class Studio:
    """What a test of a panel needs. Events go the way they go in the window: through `bridge.deliver`."""

    qtbot: QtBot
    engine: FakeEngine
    bridge: Bridge
    troubles: list[Trouble] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)

    @property
    def document(self) -> Document:
        return self.bridge.session.document

    def open(self, document: Document) -> None:
        self.bridge.open(Session(document, self.engine))
        self.settle()

    def panel(self, key: str, size: tuple[int, int] = SIZE, *, show: bool = True) -> Panel:
        panel = next(declared for declared in panel_types() if declared.key == key).make(self.bridge)
        self.qtbot.addWidget(panel)
        self.panels.append(panel)
        panel.resize(*size)
        if show:
            panel.show()
        self.settle()
        return panel

    def settle(self, ms: int = 0) -> None:
        """Until all that is on its way has come, and every picture that is due is drawn; but `ms` at least."""
        for pause in (ms, 1, 1):
            self.qtbot.wait(pause)
        self.until(lambda: not any(map(busy, self.panels)))
        self.qtbot.wait(1)

    def until(self, good: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(good, timeout=3000)

    def probes(self) -> list[str]:
        return [wanted.probe for wanted in self.engine.subscriptions.values()]

    def options(self, probe: str) -> dict[str, msg.Option]:
        return next(wanted.options for wanted in self.engine.subscriptions.values() if wanted.probe == probe)

    def frame(self, probe: str, arrays: dict[str, np.ndarray], **facts: msg.Option) -> None:
        self.engine.frame(probe, arrays, facts)
        self.settle()

    def play(self, epochs: int = 3) -> None:
        self.document.set_plan(epochs=epochs)
        self.engine.play(epochs)
        self.settle()


def busy(panel: Panel) -> bool:
    """Whether it will do something in a moment, as draw a picture that is due."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    timers = panel.findChildren(QTimer, options=direct) if isValid(panel) else []
    return any(timer.isActive() and timer.isSingleShot() and timer.interval() <= SOON_MS for timer in timers)


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication) -> Iterator[Studio]:
    theme.apply(qapp, "dark")
    engine, bridge = FakeEngine(), Bridge()
    engine.on_event = bridge.deliver
    made = Studio(qtbot, engine, bridge)
    bridge.trouble.connect(made.troubles.append)
    bridge.open(Session(digits(), engine))
    engine.start()
    made.settle()
    yield made
    bridge.session.close()


def digits() -> Document:
    """A small network for digits: conv1, relu1, flatten, head and a loss."""
    document = Document("digits cnn")
    data = document.add("Dataset", "digits", dataset="digits")
    previous = data
    layers = {"conv1": ("Conv2d", {"out_channels": 4}), "relu1": ("ReLU", {}), "flatten": ("Flatten", {})}
    for name, (kind, params) in layers.items():
        node = document.add(kind, name, **params)
        document.connect(previous, node)
        previous = node
    head, loss = document.add("Linear", "head", out_features=10), document.add("CrossEntropyLoss", "loss")
    document.connect(previous, head)
    document.connect(head, loss)
    document.connect("digits.label", loss)
    return document


@pytest.fixture
def empty_document() -> Document:
    return Document("empty")
