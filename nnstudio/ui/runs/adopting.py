"""Taking one run of a race into the document: its plan, the values of its nodes and its weights, as one step."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from nnstudio.errors import NNStudioError
from nnstudio.graph.training import Trained
from nnstudio.project import racing
from nnstudio.project.run import Run
from nnstudio.project.session import Session, Trouble
from nnstudio.runs.checkpoints import read_head, read_weights
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.runs.library import Library


class Adopting(QObject):
    """The weights are read beside the window's thread, from the run's last checkpoint."""

    def __init__(self, bridge: Bridge, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._library = bridge, library

    def why_not(self, run: Run) -> str:
        """Why the run can not be taken, or an empty string."""
        if run.entry is None:
            return self.tr("It is no run of a race of this project.") if run.race else self.tr("It is of no race.")
        if self._bridge.session.steering.active:
            return self.tr("A run is going. Stop it first.")
        return ""

    def adopt(self, run: Run) -> None:
        """Let the document be as this run was; one that left no weights gives its values alone."""
        session = self._bridge.session
        saved = max(run.checkpoints, key=lambda each: each.step, default=None)
        if saved is None:
            self._take(session, run, None)
        else:
            self._library.do(partial(_weights, run, Path(saved.path)), partial(self._take, session, run))

    def _take(self, session: Session, run: Run, trained: Trained | None) -> None:
        document, entry = session.document, run.entry
        if entry is None:
            return
        try:
            with document.transaction(self.tr("Use {0}").format(entry.label or self.tr("a run"))):
                racing.take(document, entry)
                if trained is not None:
                    document.take_weights(trained)
        except NNStudioError as error:
            self._bridge.trouble.emit(Trouble(error.message, error.fix))
            return
        session.show()
        if trained is None:
            words = self.tr("The plan is that of {0}; its weights were not kept.").format(run.label)
            self._bridge.trouble.emit(Trouble(words, self.tr("Train to have them again."), passing=True))


def _weights(run: Run, path: Path) -> Trained:
    """Raises StorageError."""
    head = read_head(path)
    rows = tuple(row for row in run.history if row.epoch <= head.epoch)
    return Trained(read_weights(path), rows, head.data.seed, head.data.test_split)
