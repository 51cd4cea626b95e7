"""From the palette to the drawing: a chosen layer goes where the person asked for one, or to a place of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.canvas.wish import Wish
from nnstudio.ui.palette.palette import Palette


class Adding(QObject):
    """A search asked for on empty canvas puts the layer there; leaving the palette forgets the place."""

    def __init__(self, palette: Palette, canvas: CanvasView, show: Callable[[], object]) -> None:
        """`show` brings the palette to the front and its search under the keys."""
        super().__init__(canvas)
        self._show = show
        self._palette = palette
        self._canvas = canvas
        self._place: QPointF | None = None
        self._replaced: tuple[str, ...] = ()
        palette.chosen.connect(self.add)
        canvas.search_requested.connect(self.search_for)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def search_for(self, wish: Wish) -> None:
        """A layer is wanted at a place in the scene."""
        self._show()
        self._palette.search.clear()
        self._place, self._replaced = wish.at, wish.replaced

    def add(self, key: str) -> None:
        """Add a layer or block that was chosen in the palette."""
        place, replaced = self._place, self._replaced
        self._place, self._replaced = None, ()
        if place is None:
            self._canvas.add_layer(key)
            return
        self._palette.search.clear()
        if replaced:
            self._canvas.rewire.replace(replaced, key)
        else:
            self._canvas.add_layer_at(key, place)
        self._canvas.setFocus()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new is not self._palette and not self._palette.isAncestorOf(new):
            self._place = None
