"""A project's drawing as a picture, without a window and without a display."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from nnstudio.compiler.result import Compiled
from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol.client import EngineClient
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.picture.picture import Picture
from nnstudio.ui.canvas.picture.picture_file import Painting, Style
from nnstudio.ui.canvas.scene import CanvasScene


def style(theme: str, scale: int, *, transparent: bool) -> Style:
    """How the picture is to be."""
    return Style(theme, transparent, scale)


def depict(document: Document, compiled: Compiled, kind: str, path: Path, style: Style) -> int:
    """Write the main drawing with the shapes as they were understood; gives the size of the file.

    Raises PictureError.
    """
    app = _application()
    bridge = Bridge()
    bridge.open(Session(document, EngineClient(lambda event: None)))  # nobody starts it
    scene = CanvasScene(bridge)
    scene.show_session(bridge.session)
    scene.set_compiled(compiled)
    app.processEvents()  # wires that go round cards find their way once all cards are there
    painting = Painting(Picture(scene), kind, document.title, style)
    for _ in painting.steps():
        pass
    return painting.write(path)


def _application() -> QApplication:
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance()
    return app if isinstance(app, QApplication) else QApplication(["nnstudio"])
