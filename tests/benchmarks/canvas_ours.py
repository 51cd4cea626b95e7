"""The real window under hands, in a process of its own: prints one JSON object, by what was done.

    python -m tests.benchmarks.canvas_ours TASK NODES

Offscreen, so the CPU paints. A frame is from the event to the end of everything that it set off, painting included.
Each is told twice, as seconds on the clock and as seconds that this process worked: on a machine with other things to
do the second is what the program itself takes.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnstudio import app
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from nnstudio.settings import Settings
from tests.benchmarks import drawings

FRAMES = 120
Spent = tuple[float, float]
"""Seconds on the clock, and seconds of work."""
Times = dict[str, list[Spent]]


class Desk:
    """The window, shown, with nothing in it."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.app, self.window = app.open_window(engine=self.engine, settings=Settings(theme="dark"))
        self.window.resize(1920, 1080)
        self.settle()
        self.canvas = self.window.canvas
        self.port = self.canvas.viewport()

    def settle(self) -> None:
        for _ in range(3):
            self.app.processEvents()

    def timed(self, act: Callable[[], object]) -> Spent:
        """Until it is on the screen."""
        began, worked = time.perf_counter(), time.process_time()
        act()
        self.app.processEvents()
        return time.perf_counter() - began, time.process_time() - worked

    def open(self, document: Document) -> None:
        self.window.bridge.open(Session(document, self.engine))
        self.settle()

    def mouse(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        caused = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        event = QMouseEvent(
            kind, QPointF(at), QPointF(self.port.mapToGlobal(at)), caused, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.port, event)

    def wheel(self, angle: int) -> None:
        middle = QPointF(self.port.rect().center())
        event = QWheelEvent(
            middle, self.port.mapToGlobal(middle), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(self.port, event)

    def drag(self, node: str) -> list[Spent]:
        """A card, there and back."""
        before = self.canvas.canvas.nodes[node].pos()
        frames = self.drag_from(self.canvas.mapFromScene(before + QPointF(90, 14)), Qt.MouseButton.LeftButton)
        assert self.canvas.canvas.nodes[node].pos() != before
        return frames

    def drag_from(self, grip: QPoint, button: Qt.MouseButton, step: int = 3) -> list[Spent]:
        """There and back, so many pixels for each frame."""
        self.mouse(QEvent.Type.MouseButtonPress, grip, button)
        self.mouse(QEvent.Type.MouseMove, grip + QPoint(8, 8), button)
        self.settle()
        frames = []
        for number in range(FRAMES):
            at = grip + QPoint(8 + step * (number if number < FRAMES // 2 else FRAMES - number), 8 + number % 7)
            frames.append(self.timed(lambda at=at: self.mouse(QEvent.Type.MouseMove, at, button)))
        self.mouse(QEvent.Type.MouseButtonRelease, grip + QPoint(8, 8), button)
        self.settle()
        return frames


def opening(count: int) -> Times:
    """From a file to the first picture; then everything is deleted, brought back and deleted again."""
    desk = Desk()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.nnstudio.json"
        storage.save(drawings.chain(count), file)

        def show() -> None:
            desk.window.bridge.open(Session(storage.load(file), desk.engine))

        times: Times = {"open": [desk.timed(show) for _ in range(3 if count <= 1000 else 1)]}
    canvas, document = desk.canvas, desk.window.bridge.session.document
    canvas.setFocus()
    canvas.select_all()
    desk.settle()
    times["delete"] = [desk.timed(canvas.delete_selection)]
    assert not document.nodes
    times["undo"] = [desk.timed(desk.window.bridge.undo)]
    assert len(canvas.canvas.nodes) == count
    times["redo"] = [desk.timed(desk.window.bridge.redo)]
    return times


def moving(count: int) -> Times:
    """Panning and zooming over a drawing."""
    desk = Desk()
    desk.open(drawings.chain(count))
    canvas, times = desk.canvas, Times()
    times["fit all"] = []
    for _ in range(5):
        canvas.reset_zoom()
        desk.settle()
        times["fit all"].append(desk.timed(canvas.fit_all))
    middle = desk.port.rect().center()
    hold = Qt.MouseButton.MiddleButton
    for name, zoom in (("pan, all in view", None), ("pan at 100 %", 1.0), ("pan at 45 %", 0.45)):
        canvas.fit_all()
        if zoom:
            canvas.navigator.set_zoom(zoom)
        QTest.qWait(200)
        times[name] = desk.drag_from(middle, hold, 30)
    canvas.fit_all()
    QTest.qWait(200)
    times["zoom"] = [desk.timed(lambda n=n: desk.wheel(40 if n % 80 < 40 else -40)) for n in range(2 * FRAMES)]
    return times


def dragging(count: int) -> Times:
    """A card with 50 wires, and half of the drawing."""
    desk = Desk()
    desk.open(drawings.star(50, count))
    canvas = desk.canvas
    hub = desk.window.bridge.session.document.node("hub").id
    canvas.canvas.choose((hub,))
    times: Times = {}
    for name, zoom in (("one", 1.0), ("one, far", 0.3)):
        canvas.navigator.set_zoom(zoom)
        canvas.centerOn(canvas.canvas.nodes[hub])
        QTest.qWait(200)
        times[name] = desk.drag(hub)
    desk.open(drawings.chain(count))
    nodes = list(canvas.canvas.nodes)[: count // 2]
    canvas.canvas.choose(nodes)
    for name, zoom in (("half", 1.0), ("half, middling", 0.5), ("half, far", None)):
        canvas.fit_all() if zoom is None else canvas.navigator.set_zoom(zoom)
        held = nodes[len(nodes) // 2]
        if zoom:
            canvas.centerOn(canvas.canvas.nodes[held])
        QTest.qWait(200)
        times[name] = desk.drag(held)
    return times


def typing(count: int) -> Times:
    """From a key in a field to the new shape on the wire."""
    desk = Desk()
    desk.open(drawings.chain(count))
    canvas, document = desk.canvas, desk.window.bridge.session.document
    first = next(node for node in document.nodes.values() if node.type == "Linear")
    link = next(link for link in document.links if link.source == first.id)
    canvas.canvas.choose((first.id,))
    canvas.reset_zoom()
    canvas.reveal((first.id,))
    QTest.qWait(200)
    field = _field(desk)
    field.setFocus()
    desk.settle()
    times = []
    for number in range(20):
        before = canvas.canvas.links[link].text
        times.append(desk.timed(lambda n=number: QTest.keyClick(field, Qt.Key.Key_Up if n % 2 else Qt.Key.Key_Down)))
        assert canvas.canvas.links[link].text != before
    return {"key": times}


def _field(desk: Desk) -> Any:
    from nnstudio.ui.inspector.fields import IntField

    fields = [field for field in desk.window.findChildren(IntField) if field.param.name == "out_features"]
    assert fields
    return fields[0].editor


def memory(count: int) -> dict[str, list[float]]:
    """Megabytes of this process once the drawing was looked at from near and far; at the peak too."""
    desk = Desk()
    shown = _megabytes("VmRSS")
    desk.open(drawings.chain(count))
    gc.collect()
    opened = _megabytes("VmRSS")
    for _ in range(40):
        desk.wheel(60)
        desk.settle()
    desk.drag_from(desk.port.rect().center(), Qt.MouseButton.MiddleButton)
    gc.collect()
    return {"window": [shown], "opened": [opened], "looked at": [_megabytes("VmRSS")], "peak": [_megabytes("VmHWM")]}


def _megabytes(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


TASKS: dict[str, Callable[[int], object]] = {
    "opening": opening,
    "moving": moving,
    "dragging": dragging,
    "typing": typing,
    "memory": memory,
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](int(sys.argv[2]))))
