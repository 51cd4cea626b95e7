"""The main job in the real window with the real engine, by real events: draw, set, undo, train, watch, export."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio import app
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui.window import MainWindow

PATIENCE_MS = 60_000
LEFT = Qt.MouseButton.LeftButton


class Hands:
    """Does what a person's hands would."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.view = window.canvas

    @property
    def document(self) -> storage.Document:
        return self.window.bridge.session.document

    def drop(self, layer: str, at: QPointF) -> str:
        """Drag a layer from the palette on to the canvas; gives the new node's name."""
        before = set(self.document.nodes)
        mime = self.window.palette_view.tree.drag_data(layer)
        place = self.view.mapFromScene(at)
        actions, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        viewport = self.view.viewport()
        for event in (
            QDragEnterEvent(place, actions, mime, LEFT, keys),
            QDragMoveEvent(place, actions, mime, LEFT, keys),
            QDropEvent(QPointF(place), actions, mime, LEFT, keys),
        ):
            QApplication.sendEvent(viewport, event)
        (new,) = set(self.document.nodes) - before
        return self.document.node(new).name

    def wire(self, source: str, output: str, target: str, entry: str) -> None:
        """Pull a wire from one port to another."""
        start, end = self._port(source, output, True), self._port(target, entry, False)
        viewport = self.view.viewport()
        QTest.mousePress(viewport, LEFT, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(viewport, (start + end) / 2)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, LEFT, Qt.KeyboardModifier.NoModifier, end)

    def _port(self, node: str, port: str, is_output: bool) -> QPoint:
        item = self.view.canvas.nodes[self.document.node(node).id]
        return self.view.mapFromScene(item.port_at(port, is_output))


@pytest.fixture
def hands(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    _, window = app.open_window(settings=Settings(theme="dark"))
    monkeypatch.setattr(window.projects, "may_leave", lambda: True)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.canvas.reset_zoom()
    qtbot.waitUntil(lambda: window.bridge.session.engine_state.state == "ready", timeout=PATIENCE_MS)
    yield Hands(window)
    engine = window.bridge.session.engine
    assert isinstance(engine, EngineClient)
    engine.close()


def test_draw_train_watch_and_export(qtbot: QtBot, hands: Hands, tmp_path: Path) -> None:
    window, document = hands.window, hands.document
    for layer, at in (
        ("Dataset", (-300, 0)),
        ("Flatten", (-50, -120)),
        ("Linear", (160, -120)),
        ("CrossEntropyLoss", (380, 0)),
    ):
        hands.drop(layer, QPointF(*at))
    window.canvas.fit_all()
    assert {node.name for node in document.nodes.values()} == {"digits", "flatten", "linear", "loss"}
    hands.wire("digits", "image", "flatten", "x")
    hands.wire("flatten", "y", "linear", "x")
    hands.wire("linear", "y", "loss", "prediction")
    hands.wire("digits", "label", "loss", "target")
    assert len(document.links) == 4

    window.bridge.select((document.node("linear").id,))
    line = window.inspector.node_page.form.fields["out_features"].line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "10")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.node("linear").params["out_features"] == 10
    assert window.bridge.session.compiled.problems == ()
    window.actions_table.action("undo").trigger()
    assert document.node("linear").params["out_features"] == 64
    window.actions_table.action("redo").trigger()
    assert document.node("linear").params["out_features"] == 10

    document.set_plan(epochs=20, lr=0.01)
    loss = window.docks.panels["loss"]
    window.actions_table.action("train").trigger()
    qtbot.waitUntil(lambda: len(list(loss.rows())) > 40, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.bridge.session.run.state == "finished", timeout=PATIENCE_MS)
    run = window.bridge.session.run
    qtbot.waitUntil(lambda: list(loss.rows())[-1][0] == run.step, timeout=PATIENCE_MS)
    assert run.epochs[-1].test_accuracy is not None
    assert run.epochs[-1].test_accuracy > 0.9
    assert sum(run.losses[-20:]) < sum(run.losses[:20]) / 2
    assert document.trained is not None
    assert window.bridge.session.dirty

    path = tmp_path / "model.py"
    future = window.bridge.session.export("python", path)
    qtbot.waitUntil(future.done, timeout=PATIENCE_MS)
    assert future.result().difference == 0.0
    alone = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, check=True, timeout=60)
    assert "650 parameters" in alone.stdout


def test_a_killed_engine_costs_the_run_and_nothing_else(qtbot: QtBot, hands: Hands, tmp_path: Path) -> None:
    window = hands.window
    window.projects.open_example(resolve("example:digits-cnn"))
    session = window.bridge.session
    session.document.set_plan(epochs=10_000)
    window.run_control.train()
    qtbot.waitUntil(lambda: session.run.step > 20, timeout=PATIENCE_MS)
    window.actions_table.action("lr_double").trigger()
    qtbot.waitUntil(lambda: session.run.lr == session.document.plan.lr, timeout=PATIENCE_MS)
    assert [(change.what, change.before, change.after) for change in session.run.changes] == [("lr", "0.002", "0.004")]
    before = storage.graph_bytes(session.document)
    engine = session.engine
    assert isinstance(engine, EngineClient)
    first = engine.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: session.run.state == "failed", timeout=1_000)
    assert "killed" in session.run.message
    assert any("killed" in label.text() for label in window.findChildren(QLabel))
    assert storage.graph_bytes(session.document) == before
    session.save(tmp_path / "after.nnstudio.json")

    qtbot.waitUntil(lambda: session.engine_state.state == "ready", timeout=PATIENCE_MS)
    assert engine.pid not in (None, first)
    session.document.set_plan(epochs=1)
    window.run_control.train()
    qtbot.waitUntil(lambda: session.run.state == "finished", timeout=PATIENCE_MS)
