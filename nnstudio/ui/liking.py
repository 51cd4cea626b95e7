"""Keeps the canvas as the person's settings say, and the settings as the person turns the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject

from nnstudio.settings import Settings
from nnstudio.ui.canvas.view import CanvasView


class Liking(QObject):
    """What a person likes of the hands on the canvas."""

    def __init__(self, canvas: CanvasView, settings: Settings) -> None:
        super().__init__(canvas)
        self._canvas, self._settings = canvas, settings
        settings.subscribe(self._changed)
        self._changed("guides")

    def toggle_guides(self) -> None:
        """Dragged cards are drawn to their neighbours, or go freely."""
        self._settings.guides = not self._settings.guides

    def _changed(self, name: str) -> None:
        if name == "guides":
            self._canvas.guided = self._settings.guides
