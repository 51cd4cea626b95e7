"""What a session tells its listeners of itself."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.compiler.result import Compiled


@dataclass(frozen=True)
class Recompiled:
    """The drawing was understood anew."""

    compiled: Compiled


@dataclass(frozen=True)
class HistoryMoved:
    """A step was done, undone or redone; or without one, what was typed in is measured or allowed by now."""


@dataclass(frozen=True)
class Saved:
    """The project was written to `path`."""

    path: Path


@dataclass(frozen=True)
class StartsAnew:
    """The weights of these nodes, by name, no longer fit after an edit: until the next training they are random."""

    nodes: tuple[str, ...]


@dataclass(frozen=True)
class FileWanted:
    """The person is to choose a file for a Dataset node. `path` is one to look at first, or empty."""

    node: str
    path: str = ""


@dataclass(frozen=True)
class Asked:
    """Something was asked of the engine that follows from an edit: where it fails, that is to be told."""

    future: Future[Any]


@dataclass(frozen=True)
class Walked:
    """The walk through a recorded batch has begun, has come to another operation, or is over."""


@dataclass(frozen=True)
class Trouble:
    """Something failed that nobody is waiting for; to be shown once. `fix` says what to do.

    A `passing` one need not be kept in sight, as the refusal of an edit that was not done.
    """

    message: str
    fix: str = ""
    passing: bool = False
