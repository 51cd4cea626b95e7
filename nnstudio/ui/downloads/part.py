"""The part of the inspector for a data set that is fetched: what it costs before, how far it is, and what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.compiler.files import FIND
from nnstudio.data.loading import bytes_text
from nnstudio.data.web.fetched import host
from nnstudio.ui import icons
from nnstudio.ui.downloads import downloads as dl
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.block_part import told

if TYPE_CHECKING:
    from nnstudio.compiler.result import Problem
    from nnstudio.data.spec import DatasetType
    from nnstudio.graph.nodes import Node
    from nnstudio.ui.bridge import Bridge

_SIGNS = {
    dl.MISSING: ("download", "muted"),
    dl.FETCHING: ("download", "accent"),
    dl.FAILED: ("error", "bad"),
    dl.THERE: ("check", "good"),
    dl.REMOVING: ("delete", "muted"),
    dl.CHECKING: ("open", "muted"),
    dl.SOUND: ("check", "good"),
    dl.UNSOUND: ("error", "bad"),
}


class DownloadPart(QFrame):
    """Hidden for all other nodes."""

    def __init__(self, bridge: Bridge, downloads: dl.Downloads) -> None:
        super().__init__()
        self._bridge, self._downloads = bridge, downloads
        self._node: Node | None = None
        self.setProperty("class", "card")
        self.sign = QLabel()
        self.heading = parts.label(look="strong", wrap=True)
        self.cost = parts.label(wrap=True)
        self.path = parts.NameLabel()
        self.licence = parts.label(look="muted", wrap=True)
        self.source = parts.label(look="muted", wrap=True)
        self.message = parts.label(wrap=True)
        self.advice = parts.label(look="muted", wrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress of the download"))
        self._make_buttons()
        self._arrange()
        downloads.changed.connect(self._changed)
        self.hide()

    def show_node(self, node: Node) -> None:
        """Show how it is with this node's data."""
        kind = dl.kind_of(node)
        self._node = node if kind else None
        self.setVisible(kind is not None)
        if kind is None:
            return
        own = str(node.params.get("files", ""))
        folder = Path(self._bridge.session.errands.data(node.id).folder)
        state = self._downloads.own_state(node) if own else self._downloads.state(kind, folder)
        self._show_words(kind, state, own)
        self._show_buttons(kind, state, own=bool(own))

    def tells(self, problem: Problem) -> bool:
        """Whether a problem is what this part is about: no need to tell it twice on one page."""
        return self._node is not None and problem.remedy is not None and problem.remedy.kind == FIND

    def focus(self) -> None:
        """Go to what is to be done next."""
        buttons = (self.download, self.cancel, self.choose, self.remove)
        shown = next((button for button in buttons if not button.isHidden()), None)
        if shown is not None:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    # Inside

    def _changed(self, name: str) -> None:
        if self._node is not None and self._node.params.get("dataset") == name:
            self.show_node(self._node)

    def _show_words(self, kind: DatasetType, state: dl.State, own: str) -> None:
        icon, color = _SIGNS[state.word]
        self.sign.setPixmap(icons.icon(icon, color).pixmap(QSize(16, 16)))
        self.heading.setText(self._heading(state))
        self.cost.setText(self._cost(state))
        self.path.setText(PurePath(own).name)
        self.path.setToolTip(own)
        self.licence.setText(self.tr("Licence: {0}").format(kind.licence))
        self.source.setText(kind.source + (f"\n{self._places(kind)}" if state.word == dl.MISSING else ""))
        self.message.setText(state.message)
        self.advice.setText(state.fix)
        self.bar.setRange(0, 1000)
        self.bar.setValue(1000 * state.done // state.total if state.total else 0)
        self.bar.setVisible(state.word == dl.FETCHING)
        self.path.setVisible(bool(own))
        for label in (self.cost, self.message, self.advice):
            label.setVisible(bool(label.text()))
        for label in (self.licence, self.source):
            label.setVisible(state.word in (dl.MISSING, dl.FAILED))  # before it is fetched; the page tells it anyway

    def _heading(self, state: dl.State) -> str:
        return {
            dl.MISSING: self.tr("Not on this computer"),
            dl.FETCHING: self.tr("Downloading…"),
            dl.FAILED: self.tr("Not downloaded"),
            dl.THERE: self.tr("On this computer"),
            dl.REMOVING: self.tr("Removing…"),
            dl.CHECKING: self.tr("Looking into your files…"),
            dl.SOUND: self.tr("Your own files"),
            dl.UNSOUND: self.tr("Your files can not be used"),
        }[state.word]

    def _cost(self, state: dl.State) -> str:
        """How much it is, in bytes or samples."""
        size = bytes_text(state.total)
        if state.word == dl.MISSING:
            begun = self.tr("{0} to download, of which {1} are here already.")
            once = self.tr("{0} to download once.")
            return begun.format(size, bytes_text(state.done)) if state.done else once.format(size)
        if state.word == dl.FETCHING:
            return self.tr("{0} of {1}").format(bytes_text(state.done), size)
        if state.word == dl.SOUND:
            return self.tr("{0} samples").format(f"{state.done:,}")
        return size if state.word == dl.THERE else ""

    def _places(self, kind: DatasetType) -> str:
        assert kind.download is not None
        return self.tr("Comes from {0}.").format(host(kind.download.files[0].urls[0]))

    def _show_buttons(self, kind: DatasetType, state: dl.State, *, own: bool) -> None:
        word = state.word
        assert kind.download is not None
        left = bytes_text(kind.download.size - state.done)
        self.download.setText(self.tr("Try Again") if word == dl.FAILED else self.tr("Download {0}").format(left))
        self.choose.setText(self.tr("Choose Other Files…") if own else self.tr("Use Files I Already Have…"))
        self.download.setVisible(word in (dl.MISSING, dl.FAILED))
        self.cancel.setVisible(word == dl.FETCHING)
        self.choose.setVisible(word in (dl.MISSING, dl.FAILED, dl.CHECKING, dl.SOUND, dl.UNSOUND))
        self.remove.setVisible(word == dl.THERE)
        self.let_go.setVisible(own)

    def _make_buttons(self) -> None:
        self.download = self._button(self.tr("Fetch it from the web into your own folder, once"), self._start)
        self.download.setProperty("class", "primary")
        self.cancel = self._button(self.tr("Stop; what has come stays for the next time"), self._cancel)
        self.cancel.setText(self.tr("Cancel"))
        self.choose = self._button(self.tr("Point at the files where you have them; nothing is copied"), self._ask)
        self.remove = self._button(self.tr("Delete the downloaded files; they can be fetched again"), self._remove)
        self.remove.setText(self.tr("Remove from Disk"))
        self.let_go = self._button(self.tr("Leave your files and read the downloaded ones again"), self._let_go)
        self.let_go.setText(self.tr("Use the Download"))

    def _button(self, tip: str, call: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setToolTip(tip)
        button.clicked.connect(call)
        return button

    def _start(self) -> None:
        if self._node is not None:
            self._downloads.start(self._node)
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel(self) -> None:
        if self._node is not None:
            self._downloads.cancel(str(self._node.params["dataset"]))

    def _ask(self) -> None:
        if self._node is not None:
            self._downloads.files_asked.emit(self._node.id)

    def _remove(self) -> None:
        if self._node is not None:
            self._downloads.remove(self._node)

    def _let_go(self) -> None:
        node = self._node
        if node is not None:
            told(self._bridge, lambda: self._downloads.use(node, ""))

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.heading, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addLayout(top)
        texts: tuple[QWidget, ...] = (
            self.path, self.message, self.advice, self.cost, self.bar, self.licence, self.source,
        )  # fmt: skip
        for widget in texts:
            column.addWidget(widget)
        column.addSpacing(2)
        for button in (self.download, self.cancel, self.choose, self.remove, self.let_go):
            column.addWidget(button)
