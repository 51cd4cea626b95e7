"""A project's file: where it is, what of the project is in it, and whether another program has written it since."""

from __future__ import annotations

from pathlib import Path

from nnstudio.errors import UsageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.history import Step
from nnstudio.graph.storage import Stamp
from nnstudio.graph.training import Trained


class Filing:
    """What is saved of a document, and where. A document is taken to be as its file has it, until it is changed."""

    def __init__(self, document: Document, path: Path | None) -> None:
        self._document = document
        self.path = path
        self.stamp: Stamp | None = storage.stamp(path) if path is not None else None
        """Of the file as it was read or written here."""
        self._mark = self._now()

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        step, trained = self._now()
        return step is not self._mark[0] or trained != self._mark[1]

    @property
    def changed_outside(self) -> bool:
        """Whether there is another file by now than the one that was read or written here."""
        now = storage.stamp(self.path) if self.path is not None else None
        return now is not None and now != self.stamp

    def save(self, path: Path | None) -> Path:
        """Write the project. Raises StorageError, and UsageError where no path is known."""
        path = path or self.path
        if path is None:
            raise UsageError("The project has no file yet.", fix="Choose a name with Save As.")
        storage.save(self._document, path)
        self.path, self.stamp = path, storage.stamp(path)
        self._mark = self._now()
        return path

    def count_as_unsaved(self, stamp: Stamp | None) -> None:
        """What is in the document is in no file, though it may have one, which looked like that when it was read."""
        self.stamp = stamp
        self._mark = Step("", ()), None

    def _now(self) -> tuple[Step | None, Trained | None]:
        """Where the document stands: the last step done, to be compared by identity, and the weights."""
        done = self._document.history.done
        return done[-1] if done else None, self._document.trained
