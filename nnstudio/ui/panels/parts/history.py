"""What a panel has seen of a run, however long that is: evenly thinned, so that it never takes more room."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QCoreApplication

from nnstudio.project.session import Session
from nnstudio.protocol.messages import ProbeFrame

T = TypeVar("T")

MOST = 256
"""Looks that are kept; a screen has hardly more columns."""
STORED = -1
"""Instead of a step: of weights that came with the project, nobody knows how many they have seen."""


def step_of(frame: ProbeFrame, session: Session | None) -> int:
    """After how many steps a frame looked: the engine does not know it of weights that it was given after a run."""
    if frame.step or session is None or session.run.active or session.document.trained is None:
        return frame.step
    return session.run.step or STORED


def step_text(step: int) -> str:
    """A step as it is read."""
    if step == STORED:
        return QCoreApplication.translate("panels", "as stored")
    return QCoreApplication.translate("panels", "step {0}").format(f"{step:,}")


class History(Generic[T]):
    """Looks in the order of their steps. Where they become too many every second one goes, and so many fewer come."""

    def __init__(self, most: int = MOST) -> None:
        self.steps: list[int] = []
        self.items: list[T] = []
        self._most = most
        self._every = 1
        self._count = 0
        """Looks since the last one that stays."""

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def newest(self) -> T | None:
        return self.items[-1] if self.items else None

    def add(self, step: int, item: T) -> None:
        """One more look. One without a further step, as while a run rests, takes the place of the newest."""
        if self.steps and step <= self.steps[-1]:
            self.items[-1] = item
        elif len(self.steps) > 1 and self._count < self._every:
            self.steps[-1], self.items[-1] = step, item
            self._count += 1
        else:
            self._keep(step, item)

    def clear(self) -> None:
        """Begin anew."""
        self.steps.clear()
        self.items.clear()
        self._every, self._count = 1, 0

    def _keep(self, step: int, item: T) -> None:
        self.steps.append(step)
        self.items.append(item)
        self._count = 1
        if len(self.steps) > self._most:
            del self.steps[1:-1:2]
            del self.items[1:-1:2]
            self._every *= 2
