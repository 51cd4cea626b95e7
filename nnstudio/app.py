"""The composition root of the window: engine, session, bridge and window are made here and put together.

The engine is started as soon as the window is painted: both at once would take the time from each other, and a person
needs the window first. It warms up while the person looks and draws.
"""

from __future__ import annotations

import gc
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nnstudio import paths
from nnstudio.errors import StorageError
from nnstudio.examples import is_example
from nnstudio.protocol.client import EngineClient, Heard

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from nnstudio.project.session import Engine, Session, Trouble
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
    guided: bool = False,
) -> tuple[QApplication, MainWindow]:
    """The program with its window, shown. A file that can not be opened is told in the window.

    A person is `guided`: examples to begin with where there is no file, and hints. A demonstration is not.
    Tests give another `engine`, whose events they pass to the window's bridge themselves.
    """
    ear = Ear()
    with _no_collection():
        # Qt takes its time: only from here on.
        from nnstudio.ui.bridge import Bridge

        client = None
        if engine is None:
            engine = client = EngineClient(on_event=ear.hear, log=paths.log_dir() / "engine.log")
        app = _application()
        bridge = Bridge()
        ear.pass_to(bridge.deliver)
        session, trouble = _first_session(engine, file)
        window = _window(bridge, session, settings, dialogs)
        if guided:
            window.asides.greet()
        window.show()
        app.processEvents()
    if client is not None:
        client.start()
    if trouble is not None:
        bridge.trouble.emit(trouble)
    return app, window


@contextmanager
def _no_collection() -> Iterator[None]:
    """What is made while starting stays: looking for garbage in it again and again would take a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main(file: Path | None = None) -> int:
    """Run the program until its window is closed; gives the exit status."""
    from nnstudio.ui.collecting import Collector

    app, window = open_window(file, guided=True)
    watch_slots(window)
    collector = Collector(app)
    engine = window.bridge.session.engine
    try:
        return app.exec()
    finally:
        if isinstance(engine, EngineClient):
            engine.close()
        collector.end()  # when no other thread is left to collect


def _application() -> QApplication:
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        app.setApplicationName("nnstudio")
        app.setApplicationDisplayName("NNStudio")
        app.setDesktopFileName("nnstudio")
    return app


def _first_session(engine: Engine, file: Path | None) -> tuple[Session, Trouble | None]:
    """The project that is shown first; for a file that can not be opened an empty one, and what to say."""
    from nnstudio.graph import storage
    from nnstudio.graph.document import Document
    from nnstudio.project.session import Session, Trouble
    from nnstudio.trust import Trust

    trust = Trust.load()
    if file is None:
        return Session(Document(), engine, trust=trust), None
    try:
        return Session(storage.load(file), engine, None if is_example(file) else file, trust), None
    except StorageError as error:
        return Session(Document(), engine, trust=trust), Trouble(error.message, error.fix)


def _window(bridge: Bridge, session: Session, settings: Settings | None, dialogs: Dialogs | None) -> MainWindow:
    from PySide6.QtWidgets import QApplication

    from nnstudio.settings import Settings
    from nnstudio.ui import theme
    from nnstudio.ui.window import MainWindow

    settings = settings or Settings.load()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, settings.theme)
    bridge.open(session)
    window = MainWindow(bridge, settings, dialogs)
    if session.path is not None:
        window.projects.remember(session.path)
    return window


def watch_slots(window: MainWindow) -> None:
    """An exception in a slot has no caller: it is logged, and told in the window."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("%s", "".join(traceback.format_exception(kind, error, trace)))
        window.notices.report(error)

    sys.excepthook = hook
