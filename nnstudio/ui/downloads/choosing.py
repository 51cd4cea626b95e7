"""What the window does about fetched data: leads to the Dataset node, and asks for files that are there already."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from nnstudio.errors import NNStudioError
from nnstudio.graph.nodes import Node
from nnstudio.project.events import FileWanted
from nnstudio.project.session import Trouble
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.dialogs import Dialogs
from nnstudio.ui.downloads import downloads as dl
from nnstudio.ui.inspector.inspector import Inspector


class Choosing:
    """The commands about data sets that are fetched. They mean the chosen node, or the first of the drawing."""

    def __init__(self, bridge: Bridge, inspector: Inspector, dialogs: Dialogs, window: QWidget) -> None:
        self._bridge, self._inspector, self._dialogs, self._window = bridge, inspector, dialogs, window
        self._downloads = inspector.downloads
        self._downloads.files_asked.connect(self._ask)
        bridge.file_wanted.connect(self._wanted)

    # What is possible

    @property
    def node(self) -> Node | None:
        """The Dataset node that is meant."""
        document = self._bridge.session.document
        chosen = [document.nodes[key] for key in self._bridge.selection if key in document.nodes]
        return next((node for node in (*chosen, *document.nodes.values()) if dl.kind_of(node)), None)

    @property
    def word(self) -> str:
        """How it is with the data of that node; empty where there is none."""
        node = self.node
        kind = dl.kind_of(node)
        if node is None or kind is None:
            return ""
        return self._downloads.state(kind, Path(self._bridge.session.errands.data(node.id).folder)).word

    def possible(self) -> bool:
        return self.node is not None

    def why_not(self) -> str:
        if self.possible():
            return ""
        return _tr("No data set of the drawing is fetched. Choose one at a Dataset node, as mnist or cifar10.")

    # What is done

    def show(self) -> None:
        """Go to where size, source and licence stand, and the button that fetches."""
        node = self.node
        if node is not None:
            self._bridge.go_to(0)
            self._inspector.focus_download(node.id)

    def cancel(self) -> None:
        """Give up the download."""
        if self.node is not None:
            self._downloads.cancel(str(self.node.params["dataset"]))

    def ask(self) -> None:
        """Let the person point at files."""
        if self.node is not None:
            self._ask(self.node.id)

    def remove(self) -> None:
        """Take the fetched files from the disk."""
        if self.node is not None:
            self._downloads.remove(self.node)

    def _wanted(self, wanted: FileWanted) -> None:
        """The data of a node are to be had somehow."""
        if dl.kind_of(self._bridge.session.document.nodes.get(wanted.node)):
            self._inspector.focus_download(wanted.node)

    def _ask(self, key: str) -> None:
        node = self._bridge.session.document.nodes.get(key)
        kind = dl.kind_of(node)
        if node is None or kind is None:
            return
        own = str(node.params.get("files", ""))
        path = self._dialogs.ask_own_files(self._window, Path(own).parent if own else Path.home(), kind.title)
        if path is None:
            return
        try:
            self._downloads.use(node, str(path))
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
        self._inspector.focus_download(key)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Downloads", text)
