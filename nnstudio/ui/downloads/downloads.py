"""Which data sets are on this computer, which are being fetched, and what became of that.

All open projects share what is fetched, so a state belongs to a data set and not to a node.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.compiler.files import finding
from nnstudio.compiler.result import Problem
from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType
from nnstudio.data.web import fetched
from nnstudio.errors import DataError, EngineClosed, is_cancelled
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.project.errands import Errand
from nnstudio.project.session import Session, Trouble
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.ui.bridge import Bridge

MISSING, FETCHING, FAILED, THERE, REMOVING = "missing", "fetching", "failed", "there", "removing"
CHECKING, SOUND, UNSOUND = "checking", "sound", "unsound"


@dataclass(frozen=True)
class State:
    """One of the words above. `done` of `total` are bytes, or samples of a person's own files."""

    word: str
    done: int = 0
    total: int = 0
    message: str = ""
    fix: str = ""


class Downloads(QObject):
    """Fetches and removes through the session; nothing here waits."""

    changed = Signal(str)
    """Name of a data set: its state is another one, or it is further."""
    turned = Signal(str)
    """The same, where more than the figures of its state have changed."""
    files_asked = Signal(str)
    """Id of a Dataset node: the person wants to point at files."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self._going: dict[str, tuple[Session, Errand]] = {}
        self._states: dict[str, State] = {}
        self._own: dict[str, State] = {}
        self._remover = ThreadPoolExecutor(1, "remove")
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._tell)
        bridge.data_progress.connect(self._progress)
        bridge.file_failed.connect(self._look_anew)
        for signal in (self.turned, bridge.recompiled, bridge.session_changed):
            signal.connect(self._soon.start)
        if bridge.current is not None:
            self._soon.start()

    # What there is

    def state(self, kind: DatasetType, folder: Path) -> State:
        """How it is with a data set; `folder` is where all of them lie."""
        assert kind.download is not None
        known = self._states.get(kind.name)
        if known is not None and known.word in (FETCHING, REMOVING):
            return known
        if not fetched.missing(kind, folder):
            return State(THERE, kind.download.size, kind.download.size)
        return known or State(MISSING, fetched.begun(kind, folder), kind.download.size)

    def known(self, name: str) -> State | None:
        """What is known without a look at the disk: of a download that goes, or has failed."""
        return self._states.get(name)

    def word(self, name: str) -> str:
        """How it is with a download; empty where none was begun."""
        known = self.known(name)
        return known.word if known is not None else ""

    def own_state(self, node: Node) -> State:
        """Whether the files that the person has pointed at are what they should be; asks the engine where unknown."""
        session = self._bridge.session
        key = repr(sorted(node.params.items()))
        if key not in self._own:
            self._own[key] = State(CHECKING)
            errand = session.errands.check(session.errands.data(node.id))
            self._bridge.when(errand.future, partial(self._checked, str(node.params["dataset"]), key))
        return self._own[key]

    # What is done

    def start(self, node: Node) -> None:
        """Fetch the data set of a node."""
        session, name = self._bridge.session, str(node.params["dataset"])
        if name in self._going:
            return
        data = session.errands.data(node.id)
        before = self.state(datasets()[name], Path(data.folder))
        errand = session.errands.fetch(data)
        self._going[name] = session, errand
        self._set(name, State(FETCHING, before.done, before.total))
        self._bridge.when(errand.future, partial(self._fetched, name))

    def cancel(self, name: str) -> None:
        """Give it up; what has come stays for the next time."""
        if name in self._going:
            session, errand = self._going[name]
            session.errands.cancel(errand.key)

    def remove(self, node: Node) -> None:
        """Take a data set's files from the disk."""
        name, folder = str(node.params["dataset"]), Path(self._bridge.session.errands.data(node.id).folder)
        self._set(name, State(REMOVING))
        future = self._remover.submit(fetched.remove, datasets()[name], folder)
        self._bridge.when(future, partial(self._removed, name))

    def use(self, node: Node, files: str) -> None:
        """Read the person's own files; an empty text for those that are fetched. One step. Raises DocumentError."""
        self._look_anew()
        document = self._bridge.session.document
        with document.transaction(self.tr("Use own files") if files else self.tr("Use fetched files")):
            document.set(node.id, files=files)

    # Inside

    def _tell(self) -> None:
        """At each node whose data are not there: with a way to where they can be had."""
        session = self._bridge.session
        for node in list(session.document.nodes.values()):
            kind = kind_of(node)
            if kind is not None:
                session.file_checked(node.id, self._problem(kind, node))

    def _problem(self, kind: DatasetType, node: Node) -> Problem | None:
        if node.params.get("files"):
            state = self.own_state(node)
            if state.word != UNSOUND:
                return None
            return Problem(node.id, "", state.message, state.fix, remedy=finding(node, self.tr("Choose other files…")))
        try:
            fetched.check_there(kind, node.params, Path(self._bridge.session.errands.data(node.id).folder))
        except DataError as error:
            fix = self.tr("Download it, or use files you already have.")
            return Problem(node.id, "", error.message, fix, remedy=finding(node, self.tr("Get the data…")))
        return None

    def _look_anew(self, *_: object) -> None:
        """Somebody's files may be gone."""
        self._own.clear()
        self._soon.start()

    def _progress(self, told: msg.DataProgress) -> None:
        for name, (_, errand) in self._going.items():
            if errand.key == told.key and told.total:
                self._set(name, State(FETCHING, told.done, told.total))

    def _fetched(self, name: str, future: Future[Any]) -> None:
        del self._going[name]
        _, error = outcome(future)
        if error is not None and not is_cancelled(error) and not isinstance(error, EngineClosed):
            self._set(name, State(FAILED, message=error.message, fix=error.fix))
        else:
            self._forget(name)

    def _removed(self, name: str, future: Future[Any]) -> None:
        _, error = outcome(future)
        if error is not None:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
        self._forget(name)

    def _checked(self, name: str, key: str, future: Future[Any]) -> None:
        reply, error = outcome(future)
        if error is not None:
            self._own[key] = State(UNSOUND, message=error.message, fix=error.fix)
        elif isinstance(reply, msg.DataPreview):
            self._own[key] = State(SOUND, reply.samples)
        self._announce(name)

    def _forget(self, name: str) -> None:
        """The disk tells how it is; the probes look at what may be there by now."""
        self._states.pop(name, None)
        self._announce(name)
        self._bridge.session.come_forward()
        self._bridge.desk.show()

    def _set(self, name: str, state: State) -> None:
        before = self._states.get(name)
        self._states[name] = state
        if before is not None and before.word == state.word:
            self.changed.emit(name)
        else:
            self._announce(name)

    def _announce(self, name: str) -> None:
        self.changed.emit(name)
        self.turned.emit(name)


def downloads_of(bridge: Bridge) -> Downloads:
    """The one of the window."""
    return bridge.findChild(Downloads) or Downloads(bridge)


def kind_of(node: Node | None) -> DatasetType | None:
    """The data set of a Dataset node where it is one that is fetched."""
    if node is None or node.type != DATASET:
        return None
    kind = datasets().get(str(node.params.get("dataset", "")))
    return kind if kind is not None and kind.download is not None else None
