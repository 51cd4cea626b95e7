"""The main job by itself: opens the digits example in the real window, trains it, exports it and checks the exports.

Leaves pictures, exports and `summary.json` in a folder. With no display, Qt draws offscreen; the pictures are the same.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio import app
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.examples import resolve
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui.dialogs import DISCARD, Dialogs
from nnstudio.ui.window import MainWindow

EXAMPLE = "example:digits-cnn"
BOUNDARY_EXAMPLE = "example:moons"
SIZE = (1440, 900)
PATIENCE = 300.0
"""Seconds that any one part may take."""
LOWEST_ACCURACY = 0.97
"""On the test set; less, and the main job is not done."""


@dataclass
class Summary:
    """What is written to summary.json. Times in seconds from the start of the process."""

    example: str = EXAMPLE
    test_accuracy: float | None = None
    test_loss: float | None = None
    parameters: int = 0
    epochs: int = 0
    steps: int = 0
    steps_per_second: float = 0.0
    seconds_to_window: float = 0.0
    seconds_to_engine: float = 0.0
    seconds_to_trained: float = 0.0
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)

    def failures(self) -> list[str]:
        """What went wrong, in sentences; empty where all is well."""
        failed = [
            f"The {kind} export failed: {told['error']}" for kind, told in self.exports.items() if "error" in told
        ]
        if self.test_accuracy is None or not self.test_accuracy >= LOWEST_ACCURACY:  # NaN is no accuracy
            got = "none" if self.test_accuracy is None else f"{self.test_accuracy:.4f}"
            failed.append(f"The test accuracy is {got}, and should be {LOWEST_ACCURACY} at least.")
        return failed


def main(folder: Path) -> int:
    """Do it all; status 1 where something failed, told on standard error."""
    offscreen_if_alone()
    folder.mkdir(parents=True, exist_ok=True)
    began = _process_start()
    application, window = app.open_window(resolve(EXAMPLE), settings=Settings(theme="dark"), dialogs=NoDialogs())
    try:
        show = _Show(application, window, folder, began)
        show.run()
    finally:
        window.close()  # so that nothing counts as left behind by a crash
        engine = window.bridge.session.engine
        if isinstance(engine, EngineClient):
            engine.close()
    print(folder / "summary.json")
    failures = show.summary.failures()
    for failure in failures:
        print(f"nnstudio: {failure}", file=sys.stderr)
    return 1 if failures else 0


class NoDialogs(Dialogs):
    """Nobody is there to answer; what is left is not to be saved."""

    def ask_unsaved(self, parent: QWidget, name: str) -> str:
        return DISCARD


class _Show:
    """One demonstration. Everything waits by running the event loop, as a person's patience would."""

    def __init__(self, application: QApplication, window: MainWindow, folder: Path, began: float) -> None:
        self.application, self.window, self.folder, self.began = application, window, folder, began
        self.bridge = window.bridge
        self.summary = Summary()

    def run(self) -> None:
        self._show_window()
        self._train()
        self._take_pictures()
        self._export()
        self._take_boundary()
        self._write()

    def _show_window(self) -> None:
        self.window.resize(*SIZE)
        self.application.processEvents()
        self.window.grab()
        self.summary.seconds_to_window = self._since()
        self._say("window shown")
        until(lambda: self.bridge.session.engine_state.state == "ready", "the engine to start")
        self.summary.seconds_to_engine = self._since()

    def _train(self) -> None:
        session = self.bridge.session
        began = time.monotonic()
        self.window.run_control.train()
        until(lambda: session.run.state in ("finished", "failed", "stopped"), "the training to end")
        run = session.run
        if run.state != "finished":
            raise EngineError(run.message or f"The run was {run.state}.", fix=run.fix)
        summary = self.summary
        summary.seconds_to_trained = self._since()
        summary.steps, summary.epochs = run.step, run.epochs_done
        summary.steps_per_second = round(run.step / (time.monotonic() - began), 1)
        summary.parameters = session.compiled.parameters
        summary.test_accuracy, summary.test_loss = run.epochs[-1].test_accuracy, run.epochs[-1].test_loss
        self._say(f"trained: test accuracy {summary.test_accuracy:.4f}, {summary.steps_per_second:,.0f} steps/s")

    def _take_pictures(self) -> None:
        rest()
        self._save(self.window, "window.png")
        for key, panel in self.window.docks.panels.items():
            if key != "boundary":
                self.window.docks.show_panel(key)
                rest()
                self._save(panel, f"panel-{key}.png")

    def _export(self) -> None:
        exports = self.folder / "exports"
        exports.mkdir(exist_ok=True)
        assert self.bridge.ready is not None
        for kind in self.bridge.ready.exports:
            path = exports / kind.kind / f"digits_cnn{kind.suffix}"
            path.parent.mkdir(exist_ok=True)
            self.summary.exports[kind.kind] = self._one_export(kind.kind, path)
        self.bridge.session.save(self.folder / "digits-cnn.nnstudio")

    def _one_export(self, kind: str, path: Path) -> dict[str, Any]:
        try:
            reply = self._wait(self.bridge.session.export(kind, path), f"the {kind} export")
        except NNStudioError as error:
            self._say(f"export {kind}: {error}")
            return {"error": str(error)}
        assert isinstance(reply, msg.Exported)
        self._say(f"export {kind}: largest difference {reply.difference:.3g}")
        files = [str(Path(file).relative_to(self.folder.absolute())) for file in reply.files]
        return {"files": files, "bytes": reply.size, "difference": reply.difference, "detail": reply.detail}

    def _take_boundary(self) -> None:
        """The Boundary panel needs two-dimensional data, so the last picture is of another example."""
        self.window.projects.open_example(resolve(BOUNDARY_EXAMPLE))
        self.window.docks.show_panel("boundary")
        self.window.run_control.train()
        session = self.bridge.session
        until(lambda: session.run.state in ("finished", "failed"), "the moons to be learned")
        rest()
        self._save(self.window.docks.panels["boundary"], "panel-boundary.png")
        self._save(self.window, "window-moons.png")

    def _write(self) -> None:
        text = json.dumps(self.summary.__dict__, indent=2)
        (self.folder / "summary.json").write_text(text + "\n", encoding="utf-8")

    # Waiting and telling

    def _wait(self, future: Future[msg.AnyReply], what: str) -> msg.AnyReply:
        until(future.done, what)
        return future.result()

    def _save(self, widget: QWidget, name: str) -> None:
        if not widget.grab().save(str(self.folder / name)):
            raise OSError(0, f"the picture {name} could not be written")
        self.summary.pictures.append(name)
        self._say(f"picture {name}")

    def _since(self) -> float:
        return round(time.time() - self.began, 3)

    def _say(self, text: str) -> None:
        print(f"{self._since():6.1f} s  {text}", file=sys.stderr, flush=True)


def until(done: Callable[[], bool], what: str) -> None:
    """Run the event loop until `done`. Raises EngineError where patience ends."""
    loop, end = QEventLoop(), time.monotonic() + PATIENCE
    timer = QTimer(interval=10)
    timer.timeout.connect(lambda: loop.quit() if done() or time.monotonic() > end else None)
    timer.start()
    loop.exec()
    if not done():
        raise EngineError(f"Waited {PATIENCE:g} s in vain for {what}.", fix="See the engine's log.")


def rest() -> None:
    """Long enough for the last frames to come in and be drawn."""
    end = time.monotonic() + 0.6
    until(lambda: time.monotonic() > end, "a moment")


def offscreen_if_alone() -> None:
    """With no display, Qt draws offscreen; the pictures are the same."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _process_start() -> float:
    """When this process began, in seconds since 1970; where the system does not tell, now."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return time.time()
    return time.time() - (uptime - ticks / os.sysconf("SC_CLK_TCK"))
