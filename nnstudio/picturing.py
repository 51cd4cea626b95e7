"""Draws the pictures of the examples with the program itself: each is opened, trained, and drawn in dark and in light.

`python3 packaging/dev.py pictures [NAME ...]` runs it, for those who change an example.
Above stands the drawing as the canvas shows it; below, where a panel is made for such a project, what that one shows.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication

from nnstudio import app
from nnstudio.demo import NoDialogs, offscreen_if_alone, rest, until
from nnstudio.errors import EngineError
from nnstudio.examples import Example, examples, offered
from nnstudio.protocol.client import EngineClient
from nnstudio.settings import Settings
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.panels.spec import Panel, panel_types
from nnstudio.ui.window import MainWindow

SIZE = QSize(640, 400)
"""In real pixels: 320×200 at 200 %."""
SHARE = 0.54
"""Of the height for the drawing, where something is shown below it."""
INSET = 12
READABLE = 0.55
"""The zoom from which on cards show what is in them, and some more; larger drawings are drawn large and made small."""
COLORS = 160
THEMES = ("dark", "light")


def main(names: Sequence[str]) -> int:
    """Draw them anew: all, or only those named. The exit status is 2 for a name that is not there."""
    unknown = sorted(set(names) - set(examples()))
    if unknown:
        print(f"There is no example '{unknown[0]}'. There are: {', '.join(examples())}.", file=sys.stderr)
        return 2
    offscreen_if_alone()
    application, window = app.open_window(settings=Settings(theme="dark"), dialogs=NoDialogs())
    try:
        for example in offered():
            if not names or example.name in names:
                _Sitting(application, window, example).draw()
    finally:
        window.close()  # so that nothing counts as left behind by a crash
        engine = window.bridge.session.engine
        if isinstance(engine, EngineClient):
            engine.close()
    return 0


class _Sitting:
    """One example, trained and looked at."""

    def __init__(self, application: QApplication, window: MainWindow, example: Example) -> None:
        self._app, self._window, self._example = application, window, example

    def draw(self) -> None:
        """Its picture in every theme."""
        self._train()
        bridge = self._window.bridge
        panel = _suited(bridge)
        height = round(SIZE.height() * SHARE) if panel is not None else SIZE.height()
        canvas = _canvas(bridge, QSize(SIZE.width(), height))
        if panel is not None:
            _fit_body(panel, QSize(SIZE.width() - 2 * INSET, SIZE.height() - height - 2 * INSET))
        for name in THEMES:
            theme.apply(self._app, name)
            rest()
            picture = _composed(canvas.grab(), height, panel.body.grab() if panel is not None else None)
            file = self._example.picture(name)
            file.write_bytes(_small_png(picture))
            print(f"{file} {file.stat().st_size / 1024:.0f} kB", file=sys.stderr, flush=True)
        canvas.hide()  # not deleted: the bridge goes on telling them
        if panel is not None:
            panel.hide()

    def _train(self) -> None:
        window, bridge = self._window, self._window.bridge
        window.projects.open_example(self._example.path)
        until(lambda: bridge.session.engine_state.state == "ready", "the engine to start")
        window.run_control.train()
        until(lambda: not bridge.session.run.active and bridge.session.run.step > 0, "the training to end")
        if bridge.session.run.state != "finished":
            raise EngineError(f"{self._example.name}: {bridge.session.run.message}")


def _suited(bridge: Bridge) -> Panel | None:
    """The panel that is made for such a project, if one is."""
    suited = (declared for declared in panel_types() if declared.suits(bridge.session.compiled))
    found = next(suited, None)
    return found.make(bridge) if found is not None else None


def _fit_body(panel: Panel, room: QSize) -> None:
    """Show it so large that what it shows, without its header, fills the room."""
    panel.resize(room)
    panel.show()
    until(lambda: not panel.is_empty, "the panel's picture")
    panel.resize(room.width(), 2 * room.height() - panel.body.height())


def _canvas(bridge: Bridge, size: QSize) -> CanvasView:
    """A canvas of such a shape, without the mini map, and large enough for the cards to show what is in them."""
    canvas = CanvasView(bridge)
    canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    canvas.toggle_minimap()
    canvas.resize(size)
    canvas.show()
    rest()
    canvas.fit_all()
    canvas.resize(size * max(1.0, READABLE / canvas.zoom))
    rest()
    canvas.fit_all()
    return canvas


def _composed(drawing: QPixmap, height: int, below: QPixmap | None) -> QImage:
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(theme.color("surface"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    smooth = Qt.TransformationMode.SmoothTransformation
    above = QSize(SIZE.width(), height)
    painter.drawPixmap(0, 0, drawing.scaled(above, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
    if below is not None:
        painter.setPen(QPen(theme.color("line"), 2))
        painter.drawLine(0, height, SIZE.width(), height)
        painter.drawPixmap(INSET, height + INSET, below)
    painter.end()
    return image


def _small_png(image: QImage) -> bytes:
    """With few colours, which a drawing can do with."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    whole = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    file = io.BytesIO()
    few = whole.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
