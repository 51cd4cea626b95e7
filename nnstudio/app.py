"""The composition root of the window: engine, session, bridge and window are made here and put together.

The engine is started first, so it warms up while Qt loads.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nnstudio import paths
from nnstudio.examples import is_example
from nnstudio.protocol.client import EngineClient, Heard

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from nnstudio.session import Engine
    from nnstudio.settings import Settings
    from nnstudio.ui.bridge import Bridge
    from nnstudio.ui.dialogs import Dialogs
    from nnstudio.ui.window import MainWindow

_log = logging.getLogger(__name__)


class Ear:
    """Hears the engine from its first word, and keeps what it says until there is somebody to tell."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[Heard] = []
        self._tell: Callable[[Heard], None] | None = None

    def hear(self, event: Heard) -> None:
        """From any thread."""
        with self._lock:
            if self._tell is None:
                self._kept.append(event)
            else:
                self._tell(event)

    def pass_to(self, tell: Callable[[Heard], None]) -> None:
        """From now on, and with what was kept."""
        with self._lock:
            for event in self._kept:
                tell(event)
            self._kept.clear()
            self._tell = tell


def open_window(
    file: Path | None = None,
    *,
    engine: Engine | None = None,
    settings: Settings | None = None,
    dialogs: Dialogs | None = None,
) -> tuple[QApplication, MainWindow]:
    """The program with its window, shown. A file that can not be opened is told in the window.

    Tests give another `engine`, whose events they pass to the window's bridge themselves.
    """
    ear = Ear()
    if engine is None:
        client = EngineClient(on_event=ear.hear, log=paths.log_dir() / "engine.log")
        client.start()
        engine = client
    # Qt takes its time: only from here on.
    from nnstudio.ui.bridge import Bridge

    app = _application()
    bridge = Bridge()
    ear.pass_to(bridge.deliver)
    window = _window(bridge, engine, settings, dialogs)
    window.show()
    if file is not None:
        _open(window, file)
    return app, window


def main(file: Path | None = None) -> int:
    """Run the program until its window is closed; gives the exit status."""
    app, window = open_window(file)
    watch_slots(window)
    engine = window.bridge.session.engine
    try:
        return app.exec()
    finally:
        if isinstance(engine, EngineClient):
            engine.close()


def _application() -> QApplication:
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        app.setApplicationName("nnstudio")
        app.setApplicationDisplayName("NNStudio")
        app.setDesktopFileName("nnstudio")
    return app


def _window(bridge: Bridge, engine: Engine, settings: Settings | None, dialogs: Dialogs | None) -> MainWindow:
    from PySide6.QtWidgets import QApplication

    from nnstudio.graph.document import Document
    from nnstudio.session import Session
    from nnstudio.settings import Settings
    from nnstudio.ui import theme
    from nnstudio.ui.window import MainWindow

    settings = settings or Settings.load()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, settings.theme)
    bridge.open(Session(Document(), engine))
    return MainWindow(bridge, settings, dialogs)


def _open(window: MainWindow, file: Path) -> None:
    if is_example(file):
        window.projects.open_example(file)
    else:
        window.projects.open(file)


def watch_slots(window: MainWindow) -> None:
    """An exception in a slot has no caller: it is logged, and told in the window."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("%s", "".join(traceback.format_exception(kind, error, trace)))
        window.notices.report(error)

    sys.excepthook = hook
