"""Every panel there is, on three networks that it is for and one that it is not, in the real window with the real
engine; and that one nobody looks at costs nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio import app
from nnstudio.graph import storage
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui.panels.spec import Panel, panel_types
from nnstudio.ui.window import MainWindow
from tests.ui.panels.networks import NETWORKS
from tests.ui.studio import gone

PATIENCE_MS = 60_000
FOR: dict[str, tuple[tuple[str, ...], str]] = {
    "accuracy": (("digits", "moons", "iris"), "only-data"),
    "attention": (("gpt", "vit", "bahdanau"), "digits"),
    "boundary": (("moons", "xor", "spiral", "sine"), "digits"),
    "code": (("digits", "numbers", "gpt"), "empty"),
    "data": (("digits", "iris", "lstm"), "empty"),
    "gradients": (("digits", "moons", "lstm"), "only-data"),
    "graph": (("numbers", "xor", "digits"), "only-data"),
    "features": (("digits", "shapes", "gpt"), "xor"),
    "loss": (("digits", "diabetes", "numbers"), "only-data"),
    "neurons": (("moons", "xor", "spiral"), "digits"),
    "paint": (("painted",), "digits"),
    "predictions": (("digits", "moons", "diabetes", "lstm"), "numbers"),
    "problems": (("only-data",), "digits"),
    "runs": (("digits", "moons", "iris"), ""),
    "summary": (("digits", "lstm", "gpt"), "empty"),
    "tensor": (("digits", "numbers", "lstm"), "empty"),
    "try": (("digits", "moons", "iris", "lstm"), "numbers"),
    "weights": (("digits", "lstm", "gpt"), "only-data"),
}
"""By panel: what it is for, and what it is not for."""
KEYS = [declared.key for declared in panel_types()]
NETS = sorted({name for fits, other in FOR.values() for name in (*fits, other) if name})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("networks")
    for name in NETS:
        storage.save(NETWORKS[name](), found / f"{name}.nnstudio.json")
    return found


@pytest.fixture(scope="module")
def open_window(qapp: object) -> Iterator[MainWindow]:
    """One for all networks, as an engine takes seconds to start."""
    _, window = app.open_window(settings=Settings(theme="dark", hints=False, keep_runs=False))
    window.projects.may_leave = lambda: True  # type: ignore[method-assign]  # nobody is asked about unsaved work
    window.resize(1440, 900)
    yield window
    engine = window.bridge.session.engine
    assert isinstance(engine, EngineClient)
    engine.close()
    gone(window)


@pytest.fixture
def window(qtbot: QtBot, open_window: MainWindow) -> MainWindow:
    open_window.canvas.show()
    open_window.reset_layout()
    qtbot.waitUntil(lambda: open_window.bridge.session.engine_state.state == "ready", timeout=PATIENCE_MS)
    return open_window


def test_every_panel_has_its_networks() -> None:
    assert set(KEYS) == set(FOR)


@pytest.mark.parametrize("network", NETS)
def test_every_panel_on_a_network(qtbot: QtBot, window: MainWindow, folder: Path, network: str, tmp_path: Path) -> None:
    bridge = window.bridge
    assert window.projects.open_example(folder / f"{network}.nnstudio.json")
    qtbot.waitUntil(lambda: not bridge.session.measuring.waiting, timeout=PATIENCE_MS)
    if bridge.session.compiled.has_loss:
        train_a_little(qtbot, window)
    wrong: list[str] = []
    for key in KEYS:
        fits, other = FOR[key]
        if network in fits:
            wrong += shows(qtbot, window, key, tmp_path)
        elif network == other:
            wrong += says_why_not(qtbot, window, key)
    assert wrong == []


def train_a_little(qtbot: QtBot, window: MainWindow) -> None:
    """Two epochs, or of many samples a few steps."""
    session = window.bridge.session
    session.document.set_plan(epochs=2)
    qtbot.waitUntil(lambda: window.run_control.can_train(), timeout=PATIENCE_MS)
    window.run_control.train()
    qtbot.waitUntil(lambda: session.run.state == "finished" or session.run.step > 60, timeout=PATIENCE_MS)
    if session.run.active:
        window.run_control.stop()
    qtbot.waitUntil(lambda: not session.run.active, timeout=PATIENCE_MS)


def shows(qtbot: QtBot, window: MainWindow, key: str, folder: Path) -> list[str]:
    """What is wrong with a panel that should show something."""
    window.docks.show_panel(key)
    panel = window.docks.panels[key]
    try:
        qtbot.waitUntil(lambda: panel.looking and not panel.is_empty, timeout=10_000)
    except AssertionError:
        raise AssertionError(f"{key} shows nothing: {panel.empty.text if panel.is_empty else ''}") from None
    qtbot.wait(50)
    wrong = [] if inked(panel) else [f"{key}: its picture is empty"]
    if panel.header.save_button.isEnabled() and list(panel.rows()):
        panel.save_csv(folder / f"{key}.csv")
        with (folder / f"{key}.csv").open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
        wrong += [] if len(rows) > 1 and all(rows[0]) else [f"{key}: its table is empty"]
        panel.save_svg(folder / f"{key}.svg")
        wrong += [] if drawn(folder / f"{key}.svg") else [f"{key}: its SVG is empty"]
    return wrong


def says_why_not(qtbot: QtBot, window: MainWindow, key: str) -> list[str]:
    """What is wrong with a panel that should say what would fill it."""
    window.docks.show_panel(key)
    panel = window.docks.panels[key]
    waiting = panel.waiting()
    qtbot.waitUntil(lambda: panel.looking and panel.is_empty and panel.empty.text != waiting, timeout=10_000)
    text = panel.empty.text
    return [] if len(text) > 20 and text.endswith(".") else [f"{key} says: {text!r}"]


def inked(panel: Panel) -> bool:
    """Whether the body shows more than a surface with a few letters."""
    image = panel.body.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    ground = np.bincount(np.unique(pixels, return_inverse=True)[1].ravel()).max() / pixels.size
    return len(np.unique(pixels)) > 8 and ground < 0.995


def drawn(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(mark in text for mark in ("<path", "<image", "<polyline", "<text", "<rect", "<circle"))


def test_what_nobody_looks_at_costs_nothing(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    bridge = window.bridge
    assert window.projects.open_example(folder / "digits.nnstudio.json")
    bridge.session.document.set_plan(epochs=1000)
    for key in KEYS:
        window.docks.show_panel(key)
        window.docks.panels[key]
        QApplication.processEvents()
    for dock in window.docks.panels.docks.values():
        dock.hide()
    window.canvas.hide()
    qtbot.waitUntil(lambda: window.run_control.can_train(), timeout=PATIENCE_MS)
    window.run_control.train()
    qtbot.waitUntil(lambda: bridge.session.run.step > 0, timeout=PATIENCE_MS)
    frames: list[msg.ProbeFrame] = []
    bridge.frame.connect(frames.append)
    step = bridge.session.run.step
    qtbot.waitUntil(lambda: bridge.session.run.step > step + 50, timeout=PATIENCE_MS)
    assert frames == []
    window.docks.show_panel("features")
    qtbot.waitUntil(lambda: len(frames) > 0, timeout=PATIENCE_MS)
    window.run_control.stop()
    qtbot.waitUntil(lambda: not bridge.session.run.active, timeout=PATIENCE_MS)
