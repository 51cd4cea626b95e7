"""From a file to a Dataset node: a file is asked for or dropped, looked into, and taken in as the person says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPointF, QTimer
from PySide6.QtWidgets import QWidget

from nnstudio.compiler.files import path_of, path_param
from nnstudio.data.registry import dataset
from nnstudio.errors import NNStudioError
from nnstudio.graph.nodes import Node
from nnstudio.params import PathParam
from nnstudio.project.events import FileWanted
from nnstudio.project.session import Trouble
from nnstudio.ui import stock
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import layout
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.dialogs import Dialogs
from nnstudio.ui.downloads.downloads import kind_of
from nnstudio.ui.importing import placing
from nnstudio.ui.importing.facts import Found, Wanted, columns_in, reading_of

if TYPE_CHECKING:
    from nnstudio.ui.importing.dialog import ImportDialog


class Importing(QObject):
    """Opens the dialog, one at a time, and does what comes of it."""

    def __init__(self, bridge: Bridge, canvas: CanvasView, dialogs: Dialogs, window: QWidget) -> None:
        super().__init__(window)
        self._bridge, self._canvas, self._dialogs, self._window = bridge, canvas, dialogs, window
        self.dialog: ImportDialog | None = None
        bridge.file_wanted.connect(self._wanted)
        canvas.edits.added.connect(self._added)

    # What may be asked of it

    def ask(self) -> None:
        """Let the person choose a file, and look into it."""
        self._choose(partial(self._dialogs.ask_data, self._window, self._folder()))

    def ask_folder(self) -> None:
        """The same for a folder, as of images."""
        self._choose(partial(self._dialogs.ask_data_folder, self._window, self._folder()))

    def open(self, path: Path) -> None:
        """Look into a file or folder, as one that was dropped."""
        self._show(Wanted(path))

    # Inside

    def _choose(self, ask: Callable[[], Path | None], node: Node | None = None) -> None:
        path = ask()
        if path is not None:
            self._show(Wanted(path) if node is None else self._again(node, path))

    def _added(self, key: str, _after: str) -> None:
        """A data set of own files was put in from a list: its file comes next, once the node stands and is chosen."""
        if key.startswith(stock.DATA):
            QTimer.singleShot(0, self, self._ask_for_chosen)

    def _ask_for_chosen(self) -> None:
        nodes = self._bridge.session.document.nodes
        node = nodes.get(self._bridge.selection[-1]) if self._bridge.selection else None
        if node is not None and path_param(node) and not path_of(node):
            self._wanted(FileWanted(node.id))

    def _wanted(self, wanted: FileWanted) -> None:
        """A Dataset node is to have another file, or its own in another way."""
        node = self._bridge.session.document.nodes.get(wanted.node)
        if node is None or kind_of(node):  # those that are fetched have a place of their own
            return
        if wanted.path:
            self._show(self._again(node, Path(wanted.path)))
            return
        known = Path(path_of(node)).parent if path_of(node) else self._folder()
        folder = node.params.get("dataset") == "image_folder"
        ask = self._dialogs.ask_data_folder if folder else self._dialogs.ask_data
        self._choose(partial(ask, self._window, known), node)

    def _again(self, node: Node, path: Path) -> Wanted:
        """A file for a node, read as the node says where it had one; its own file, moved, is not asked about."""
        before = path_of(node)
        if not before:
            return Wanted(path, node.id)
        moved = str(path) != before
        sha256 = str(node.params.get("sha256", "")) if moved else ""
        reading = reading_of(node, moved=moved)
        return Wanted(path, node.id, str(node.params["dataset"]), reading, columns_in(node), sha256)

    def _show(self, wanted: Wanted) -> None:
        from nnstudio.ui.importing.dialog import ImportDialog  # much, which few who open a window need at once

        if self.dialog is not None:
            self.dialog.reject()
        standardizes = placing.can_standardize()
        dialog = self.dialog = ImportDialog(self._bridge, wanted, self._window, standardizes=standardizes)
        dialog.taken.connect(lambda: self._take(dialog))
        dialog.same_found.connect(lambda: self._point_again(dialog))
        dialog.file_asked.connect(lambda name: self._beside(dialog, name))
        dialog.other_asked.connect(lambda: self._other(dialog))
        dialog.finished.connect(lambda _: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: ImportDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _other(self, dialog: ImportDialog) -> None:
        """Another file for the same purpose."""
        wanted = dialog.wanted
        ask = self._dialogs.ask_data_folder if wanted.dataset == "image_folder" else self._dialogs.ask_data
        path = ask(self._window, wanted.path.parent)
        if path is not None:
            self._show(replace(wanted, path=path))

    def _beside(self, dialog: ImportDialog, name: str) -> None:
        """A second file, as one of labels."""
        path = self._dialogs.ask_data(self._window, dialog.wanted.path.parent)
        if path is not None:
            dialog.say({name: str(path)})

    def _take(self, dialog: ImportDialog) -> None:
        if dialog.found is not None and self._put(dialog.wanted, dialog.found, standardize=dialog.standardize):
            dialog.accept()

    def _point_again(self, dialog: ImportDialog) -> None:
        """The file that was looked for: nothing else changes."""
        found, node = dialog.found, dialog.wanted.node
        dialog.accept()
        if found is not None:
            words = self.tr("Find {0}").format(dialog.wanted.path.name)
            self._told(lambda: self._set_path(node, found, words))

    def _set_path(self, node: str, found: Found, words: str) -> None:
        document = self._bridge.session.document
        params = dataset(found.dataset).params
        paths = {each.name: found.values[each.name] for each in params if isinstance(each, PathParam)}
        with document.transaction(words):
            document.set(node, **paths)

    def _put(self, wanted: Wanted, found: Found, *, standardize: bool) -> bool:
        document = self._bridge.session.document
        if self._bridge.path:
            self._bridge.go_to(0)  # data live in the main drawing
        key = wanted.node or placing.waiting_for_data(document)
        words = self.tr("Import {0}").format(wanted.path.name)
        data = found.dataset, found.values, wanted.path.name
        return self._told(lambda: self._place(key, words, data, standardize=standardize))

    def _place(self, key: str, words: str, data: tuple[str, Any, str], *, standardize: bool) -> None:
        at = self._free_place()
        node = placing.put(self._bridge.session.document, key, (at.x(), at.y()), words, data, standardize=standardize)
        self._canvas.canvas.choose((node.id,))
        self._canvas.reveal((node.id,))

    def _free_place(self) -> QPointF:
        cards = [item.card_rect for item in self._canvas.canvas.nodes.values()]
        return layout.free_near(self._canvas.navigator.seen(), layout.NEW_CARD, cards)

    def _told(self, act: Callable[[], object]) -> bool:
        """Do it; what is refused is told, and nothing has changed."""
        try:
            act()
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
            return False
        return True

    def _folder(self) -> Path:
        path = self._bridge.session.path
        return path.parent if path is not None else Path.home()
