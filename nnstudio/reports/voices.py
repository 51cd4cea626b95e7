"""How a training is told to a program: a line of JSON for each event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from nnstudio.project.run import Run
from nnstudio.reports.lines import json_line

Record: TypeAlias = dict[str, Any]
"""What has happened: "event", and what belongs to it."""


class Voice(Protocol):
    """Tells what happens, in the order in which it does; in JSON or otherwise."""

    def say(self, record: Record) -> None:
        """Something has happened; with the event "finished" it is over."""

    def progress(self, runs: Sequence[Run]) -> None:
        """The runs have gone on."""

    def loading(self, done: int, total: int, what: str) -> None:
        """How far the data are that the run waits for; `total` is 0 where nobody knows."""


class JsonLines:
    """Standard output has nothing but lines of JSON; what goes on in between is not told."""

    def say(self, record: Record) -> None:
        print(json_line(record), flush=True)

    def progress(self, runs: Sequence[Run]) -> None:
        """Epochs are told."""

    def loading(self, done: int, total: int, what: str) -> None:
        """That the run has started is told."""
