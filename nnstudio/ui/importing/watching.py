"""Files that the drawing reads, looked after: one that is gone or has changed is told at its node, with a way out.

The engine looks, when a project is shown, when the window comes to the front, and when something could not be read.
"""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from nnstudio.compiler.files import finding, path_of
from nnstudio.compiler.result import Fix, Problem
from nnstudio.errors import EngineError
from nnstudio.graph.nodes import Node
from nnstudio.project.session import Session
from nnstudio.protocol.asking import outcome
from nnstudio.ui.bridge import FILE, Bridge
from nnstudio.ui.importing.facts import Found, columns_in, reading_of
from nnstudio.ui.importing.looking import told


class Watching(QObject):
    """Asks after each file that a Dataset node reads, and tells the project what came of it."""

    def __init__(self, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._asked: set[tuple[Session, str]] = set()
        window.installEventFilter(self)
        bridge.session_changed.connect(self.check)
        bridge.file_failed.connect(self.check)
        bridge.engine_changed.connect(lambda _: self.check(bridge.session))
        if bridge.current is not None:
            self.check(bridge.current)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window comes to the front: somebody may have moved files meanwhile."""
        if event.type() == QEvent.Type.WindowActivate and self._bridge.current is not None:
            self.check(self._bridge.session)
        return super().eventFilter(watched, event)

    def check(self, session: Session) -> None:
        """Ask after the files of a project."""
        if session.engine_state.state != "ready":
            return
        for node in session.document.nodes.values():
            if path_of(node) and (session, node.id) not in self._asked:
                self._asked.add((session, node.id))
                errand = session.errands.check(session.errands.data(node.id))
                self._bridge.when(errand.future, partial(self._checked, session, node))

    # Inside

    def _checked(self, session: Session, node: Node, future: Future[Any]) -> None:
        self._asked.discard((session, node.id))
        if not self._still(session, node):
            return
        _, error = outcome(future)
        if error is None:
            session.file_checked(node.id, None)
        elif isinstance(error, EngineError) and error.kind == FILE:
            known = session.files.of(node.id)
            if known is not None and known.message == error.message:
                return  # and the way out is known
            self._tell(session, node, error, finding(node, self.tr("Find the file…")))
            self._look(session, node, Path(path_of(node)), partial(self._changed, session, node, error))

    def _look(self, session: Session, node: Node, path: Path, call: Any) -> None:
        """What is at a path now, read as the node says."""
        reading = reading_of(node, moved=str(path) != path_of(node))
        errand = session.errands.inspect(path, str(node.params["dataset"]), reading)
        self._bridge.when(errand.future, lambda future: call(_used(told(future)[0], node)))

    def _changed(self, session: Session, node: Node, error: EngineError, found: Found | None) -> None:
        """There is a file where it was: another one. If there is none, one beside the project may be it."""
        path = path_of(node)
        if found is None:
            self._look_beside(session, node, error)
        elif found.values.get("sha256") == node.params.get("sha256"):
            self._tell(session, node, error, finding(node, self.tr("Look into it…"), path))
        elif keeps_columns(node, found):
            self._tell(session, node, error, _setting(node, self.tr("Read it again"), found))
        else:
            self._tell(session, node, error, finding(node, self.tr("Read it again…"), path))

    def _look_beside(self, session: Session, node: Node, error: EngineError) -> None:
        if session.path is not None and Path(path_of(node)).parent != session.path.parent:
            path = session.path.parent.absolute() / Path(path_of(node)).name
            self._look(session, node, path, partial(self._found_beside, session, node, error, path))

    def _found_beside(self, session: Session, node: Node, error: EngineError, path: Path, found: Found | None) -> None:
        if found is None:
            return
        label = self.tr("Use {0} beside the project").format(path.name)
        same = keeps_columns(node, found)
        self._tell(session, node, error, _setting(node, label, found) if same else finding(node, label, str(path)))

    def _tell(self, session: Session, node: Node, error: EngineError, remedy: Fix) -> None:
        if self._still(session, node):
            session.file_checked(node.id, Problem(node.id, "", error.message, error.fix, remedy=remedy))

    def _still(self, session: Session, node: Node) -> bool:
        """Whether the answer is still about what is drawn."""
        there = session.document.nodes.get(node.id)
        return session in self._bridge.sessions and there is not None and there.params == node.params


def keeps_columns(node: Node, found: Found) -> bool:
    """Whether all columns that were used are there still, for the same: then nothing has to be asked."""
    now = {(column.name, column.kind, column.role) for column in found.columns}
    return all((column.name, column.kind, column.role) in now for column in columns_in(node) if column.role != "unused")


def _used(found: Found | None, node: Node) -> Found | None:
    """With its columns for what the node used them for."""
    return found.using(columns_in(node)) if found is not None else None


def _setting(node: Node, label: str, found: Found) -> Fix:
    return Fix("set", label, node.id, params={**found.values, "dataset": found.dataset})
