"""NodeGraphQt under the same hands, in an environment of its own: prints one JSON object, as `canvas_ours` does.

    PYTHON canvas_rival.py TASK NODES

It stands alone: nothing of NNStudio is imported here. It draws no shapes, no parameters and no problems.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from NodeGraphQt import BaseNode, NodeGraph
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

FRAMES = 120
ROW = 40
Times = dict[str, list[tuple[float, float]]]


class Layer(BaseNode):
    """One input, one output."""

    __identifier__ = "bench"
    NODE_NAME = "Layer"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("x")
        self.add_output("y")


class Desk:
    """Its widget in a window as large as the canvas of ours."""

    def __init__(self) -> None:
        self.app = QApplication([])
        self.graph = NodeGraph()
        self.graph.register_node(Layer)
        self.graph.widget.resize(1455, 502)
        self.graph.widget.show()
        self.view = self.graph.viewer()
        self.port = self.view.viewport()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.app.processEvents()

    def timed(self, act: Callable[[], object]) -> tuple[float, float]:
        began, worked = time.perf_counter(), time.process_time()
        act()
        self.app.processEvents()
        return time.perf_counter() - began, time.process_time() - worked

    def chain(self, count: int) -> list[object]:
        """Layers in rows, each linked to the one before."""
        nodes: list[BaseNode] = []
        for number in range(count):
            at = [232.0 * (number % ROW), 160.0 * (number // ROW)]
            nodes.append(self.graph.create_node("bench.Layer", pos=at, selected=False))
            if number:
                nodes[-2].set_output(0, nodes[-1].input(0))
        return nodes

    def mouse(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        caused = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        where = QPointF(self.port.mapToGlobal(at))
        event = QMouseEvent(kind, QPointF(at), where, caused, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.port, event)

    def wheel(self, angle: int) -> None:
        middle = QPointF(self.port.rect().center())
        event = QWheelEvent(
            middle, self.port.mapToGlobal(middle), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(self.port, event)

    def drag_from(self, grip: QPoint, button: Qt.MouseButton, step: int = 3) -> list[tuple[float, float]]:
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

    def fit_all(self) -> None:
        self.view.zoom_to_nodes([node.view for node in self.graph.all_nodes()])


def opening(count: int) -> Times:
    """Built by calls, and from its own file; then all is deleted, brought back and deleted again."""
    desk = Desk()
    times: Times = {"build": [desk.timed(lambda: desk.chain(count))]}
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "large.json")
        desk.graph.save_session(file)
        times["open"] = [desk.timed(lambda: desk.graph.load_session(file)) for _ in range(2)]
    stack = desk.graph.undo_stack()
    nodes = desk.graph.all_nodes()
    assert len(nodes) == count
    times["delete"] = [desk.timed(lambda: desk.graph.delete_nodes(nodes))]
    assert not desk.graph.all_nodes()
    times["undo"] = [desk.timed(stack.undo)]
    times["redo"] = [desk.timed(stack.redo)]
    return times


def moving(count: int) -> Times:
    """Panning and zooming over a drawing."""
    desk = Desk()
    desk.chain(count)
    times: Times = {"fit all": []}
    for _ in range(5):
        desk.graph.reset_zoom()
        desk.settle()
        times["fit all"].append(desk.timed(desk.fit_all))
    middle = desk.port.rect().center()
    times["pan, all in view"] = desk.drag_from(middle, Qt.MouseButton.MiddleButton, 30)
    desk.graph.reset_zoom()
    desk.settle()
    times["pan at 100 %"] = desk.drag_from(middle, Qt.MouseButton.MiddleButton, 30)
    desk.fit_all()
    desk.settle()
    times["zoom"] = [desk.timed(lambda n=n: desk.wheel(120 if n % 40 < 20 else -120)) for n in range(FRAMES)]
    return times


def dragging(count: int) -> Times:
    """A node with 50 wires, and half of the drawing."""
    desk = Desk()
    nodes = desk.chain(count)
    hub = desk.graph.create_node("bench.Layer", pos=[0.0, 160.0 * (count // ROW + 2)], selected=False)
    for node in nodes[:50]:
        hub.set_output(0, desk.graph.create_node("bench.Layer", pos=node.pos(), selected=False).input(0))
    desk.graph.reset_zoom()
    desk.view.centerOn(hub.view)
    desk.settle()
    times: Times = {"one": desk.drag_from(_grip(desk, hub), Qt.MouseButton.LeftButton)}
    held = nodes[: count // 2]
    desk.view.centerOn(held[-1].view)
    desk.settle()
    for node in held:
        node.set_selected(True)
    before = held[0].pos()
    times["half"] = desk.drag_from(_grip(desk, held[-1]), Qt.MouseButton.LeftButton)
    assert held[0].pos() != before
    return times


def _grip(desk: Desk, node: BaseNode) -> QPoint:
    return desk.view.mapFromScene(node.view.sceneBoundingRect().center())


if __name__ == "__main__":
    print(json.dumps({"opening": opening, "moving": moving, "dragging": dragging}[sys.argv[1]](int(sys.argv[2]))))
