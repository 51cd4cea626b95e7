"""Places of the drawings that a person goes back to."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF

from nnstudio.errors import DocumentError
from nnstudio.graph.marks import Bookmark
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.stage import Stage


class Bookmarks(QObject):
    """Keeps what the view shows under a name, and shows it again, in whatever drawing of the project it is."""

    def __init__(self, view: Stage, edits: Edits) -> None:
        super().__init__(view)
        self._view, self._edits = view, edits
        self._last = ""

    @property
    def all(self) -> tuple[Bookmark, ...]:
        """Those of the project that is shown, in their order."""
        return self._edits.sheet.bookmarks

    def add(self) -> Bookmark | None:
        """What is in the view now."""
        with self._edits.telling():
            center = self._view.navigator.seen().center()
            made = self._edits.sheet.add_bookmark((center.x(), center.y()), self._view.zoom)
            self._last = made.name
            return made
        return None

    def go(self, name: str) -> None:
        """Show a place again."""
        with self._edits.telling():
            mark, bridge = self._edits.sheet.bookmark(name), self._view.bridge
            if not bridge.show_sheet(mark.sheet):
                block = self._edits.sheet.document.blocks[mark.sheet].name
                words = self.tr("'{0}' is in the block {1}, which is not used anywhere.").format(name, block)
                raise DocumentError(words, fix=self.tr("Put an instance of it into a drawing."))
            self._last = name
            self._view.navigator.set_zoom(mark.zoom)
            self._view.centerOn(QPointF(*mark.center))

    def step(self, by: int) -> None:
        """To the next one, or the one before; round in a circle."""
        names = [mark.name for mark in self.all]
        if names:
            here = names.index(self._last) if self._last in names else (-1 if by > 0 else 0)
            self.go(names[(here + by) % len(names)])

    def rename(self, name: str, new: str) -> None:
        """Give one another name."""
        with self._edits.telling():
            self._edits.sheet.rename_bookmark(name, new)
            self._last = new if self._last == name else self._last

    def remove(self, name: str) -> None:
        """Forget a place."""
        with self._edits.telling():
            self._edits.sheet.remove_bookmark(name)
