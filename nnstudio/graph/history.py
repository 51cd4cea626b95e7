"""Undo and redo. Knows changes only: it records what the document did and does the inverse.

Every edit happens inside a transaction, so one gesture is one step with one name. An exception rolls the step back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from nnstudio.graph.changes import Change, TrainedSet


@dataclass(frozen=True)
class Step:
    """One undo step: a name for the menu, and the changes in the order they happened."""

    name: str
    changes: tuple[Change, ...]


@dataclass
class History:
    """`apply` carries a change out without recording it; the document gives it."""

    apply: Callable[[Change], None]
    undone: list[Step] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    _open: list[Change] | None = None
    _joined: Step | None = None
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every finished step, undo or redo. Returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, change: Change) -> None:
        """The document did this. Outside a transaction it is a step of its own."""
        if isinstance(change, TrainedSet):
            self._announce()
        elif self._open is not None:
            self._open.append(change)
        else:
            self._finish(type(change).__name__, [change])

    @contextmanager
    def transaction(self, name: str) -> Iterator[None]:
        """All changes inside are one step called `name`; a transaction inside another joins it.

        An exception undoes what was done inside so far and passes on.
        """
        if self._open is not None:
            with self._undone_on_error(self._open):
                yield
            return
        changes: list[Change] = []
        self._open = changes
        try:
            with self._undone_on_error(changes):
                yield
        except BaseException:
            self._open = None
            self._announce()
            raise
        self._open = None
        if changes:
            self._finish(name, changes)

    @contextmanager
    def joining(self, step: Step | None) -> Iterator[None]:
        """What is done inside belongs to that step, as long as it is the last; else it is a step of its own."""
        self._joined = step
        try:
            yield
        finally:
            self._joined = None

    @contextmanager
    def _undone_on_error(self, changes: list[Change]) -> Iterator[None]:
        """Take back what came to `changes` meanwhile where an exception passes."""
        before = len(changes)
        try:
            yield
        except BaseException:
            self._revert(changes[before:])
            del changes[before:]
            raise

    @property
    def last(self) -> Step | None:
        """The step that undo would take back."""
        return self.done[-1] if self.done else None

    @property
    def undo_name(self) -> str:
        """The name of the step that undo would take back, or an empty string."""
        return self.done[-1].name if self.done else ""

    @property
    def redo_name(self) -> str:
        return self.undone[-1].name if self.undone else ""

    def undo(self) -> bool:
        """Take back the last step. False where there is none, or in the middle of one."""
        if not self.done or self._open is not None:
            return False
        step = self.done.pop()
        self._revert(step.changes)
        self.undone.append(step)
        self._announce()
        return True

    def redo(self) -> bool:
        """Do the last undone step again."""
        if not self.undone or self._open is not None:
            return False
        step = self.undone.pop()
        for change in step.changes:
            self.apply(change)
        self.done.append(step)
        self._announce()
        return True

    def clear(self) -> None:
        """Forget all steps, as after opening a file."""
        self.done.clear()
        self.undone.clear()
        self._announce()

    def _finish(self, name: str, changes: list[Change]) -> None:
        last = self.last
        if last is not None and last is self._joined:
            self.done[-1] = self._joined = Step(last.name, (*last.changes, *changes))
        else:
            self.done.append(Step(name, tuple(changes)))
        self.undone.clear()
        self._announce()

    def _revert(self, changes: list[Change] | tuple[Change, ...]) -> None:
        for change in reversed(changes):
            self.apply(change.inverse())

    def _announce(self) -> None:
        for listener in list(self._listeners):
            listener()
