"""A run's folder, as it is written: by one thread, which never is the one that trains.

Every method may raise OSError; who calls them tells it once and lets the run go on.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.records import checkpoint
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.errors import StorageError
from nnstudio.protocol.messages import Changed, EpochDone
from nnstudio.runs.naming import free_folder
from nnstudio.runs.reading import read_run
from nnstudio.runs.record import (
    CHANGES,
    CHECKPOINT_SUFFIX,
    CHECKPOINTS,
    DRAWING,
    EPOCHS,
    RECORD,
    SOURCE,
    STEPS,
    ChangeRow,
    Checkpoint,
    EpochRow,
    RunRecord,
)
from nnstudio.runs.whole import passing_name, write_whole

Row = TypeVar("Row", EpochRow, ChangeRow)


@dataclass(frozen=True)
class Piece:
    """Losses of some steps; the last is `step`."""

    step: int
    losses: NDArray[np.float32]
    lr: float


@dataclass
class Leaf:
    """What has happened since the last one."""

    pieces: list[Piece] = field(default_factory=list)
    epochs: list[EpochRow] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    back_to: int | None = None
    """The run went back to that step before all this."""


@dataclass(frozen=True)
class Texts:
    """What lies in the folder to be read or opened."""

    source: str
    drawing: str = ""


class RunFolder:
    """Nothing is on the disk before `make`."""

    def __init__(self, folder: Path, texts: Texts) -> None:
        self.folder = folder
        self._texts = texts
        self._resumed: Path | None = None
        self._first_step = 0
        self._checkpoints: dict[str, Checkpoint] = {}

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Those that are there, in the order they were made."""
        return tuple(self._checkpoints.values())

    def go_on_from(self, resumed: Path, step: int) -> None:
        """The run begins after that step of another one, whose checkpoint that is."""
        self._resumed, self._first_step = resumed, step

    def make(self, record: RunRecord) -> None:
        """The folder, with all of it at once: an engine that is killed meanwhile leaves no half of one.

        It is another one where the wanted one is there by now, as when two windows begin a run in the same second.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        wanted, self.folder = self.folder, self.folder.with_name(passing_name())
        try:
            self._fill(record)
            wanted = _renamed(self.folder, wanted)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        finally:
            self.folder = wanted

    def _fill(self, record: RunRecord) -> None:
        (self.folder / CHECKPOINTS).mkdir(parents=True)
        (self.folder / SOURCE).write_text(self._texts.source, encoding="utf-8")
        if self._texts.drawing:
            (self.folder / DRAWING).write_text(self._texts.drawing, encoding="utf-8")
        self._take_over()
        self.sum_up(record)

    def add(self, leaf: Leaf) -> None:
        """Write down what has happened."""
        if leaf.back_to is not None:
            self._go_back(leaf.back_to)
        if leaf.pieces:
            self._write_losses(leaf.pieces)
        _append(self.folder / EPOCHS, leaf.epochs)
        _append(self.folder / CHANGES, leaf.changes)

    def save(self, snapshot: Snapshot, name: str, reason: str, test_loss: float | None) -> Path:
        """A checkpoint under that name, in the place of an earlier one."""
        path = self.folder / CHECKPOINTS / f"{name}{CHECKPOINT_SUFFIX}"
        checkpoint.write(snapshot, path)
        self._checkpoints.pop(name, None)
        self._checkpoints[name] = Checkpoint(path.name, snapshot.step, snapshot.epoch, reason, test_loss)
        return path

    def sum_up(self, record: RunRecord) -> None:
        """The record, as it is now."""
        write_whole(self.folder / RECORD, msgspec.json.format(msgspec.json.encode(record)))

    def _take_over(self) -> None:
        """What came before the checkpoint that the run goes on from, where its folder still tells."""
        if self._resumed is None:
            return
        losses = np.full(self._first_step, np.nan, "<f4")
        with suppress(StorageError):
            before = read_run(self._resumed.parent.parent)
            known = before.losses[: self._first_step]
            losses[: len(known)] = known
            _append(self.folder / EPOCHS, _until(self._first_step, before.epochs))
            _append(self.folder / CHANGES, _until(self._first_step, before.changes))
        (self.folder / STEPS).write_bytes(losses.tobytes())

    def _go_back(self, step: int) -> None:
        """What came after that step has not been."""
        before = read_run(self.folder)
        write_whole(self.folder / EPOCHS, _lines(_until(step, before.epochs)))
        write_whole(self.folder / CHANGES, _lines(_until(step, before.changes)))
        _cut(self.folder / STEPS, step)

    def _write_losses(self, pieces: Sequence[Piece]) -> None:
        """At their place: what was there of steps that the run has gone back over is cut off."""
        losses = np.concatenate([piece.losses for piece in pieces]).astype("<f4", copy=False)
        _cut(self.folder / STEPS, max(0, pieces[-1].step - len(losses)))
        with (self.folder / STEPS).open("ab") as file:
            file.write(losses.tobytes())


def _renamed(folder: Path, wanted: Path) -> Path:
    while True:
        try:
            return folder.rename(wanted)
        except OSError:
            if not wanted.exists():
                raise
            wanted = free_folder(wanted)


def epoch_row(done: EpochDone, lr: float) -> EpochRow:
    """An epoch as it is written down."""
    return EpochRow(
        epoch=done.epoch,
        step=done.step,
        train_loss=finite(done.train_loss),
        test_loss=finite(done.test_loss),
        train_accuracy=finite(done.train_accuracy),
        test_accuracy=finite(done.test_accuracy),
        seconds=done.seconds,
        lr=lr,
        metrics={name: finite(value) for name, value in done.metrics.items()},
    )


def change_row(changed: Changed) -> ChangeRow:
    """A change as it is written down."""
    return ChangeRow(changed.step, changed.what, changed.before, changed.after)


def finite(value: float | None) -> float | None:
    """JSON has no word for what is not."""
    return value if value is not None and math.isfinite(value) else None


def _until(step: int, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.step <= step]


def _lines(rows: Sequence[EpochRow] | Sequence[ChangeRow]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _cut(path: Path, steps: int) -> None:
    """Only so many losses, and blanks where there were fewer: after a file that was cut off, each is at its place."""
    path.touch()
    with path.open("rb+") as file:
        there = file.seek(0, 2) // 4
        file.truncate(min(there, steps) * 4)
        file.seek(0, 2)
        file.write(np.full(max(0, steps - there), np.nan, "<f4").tobytes())


def _append(path: Path, rows: Sequence[EpochRow] | Sequence[ChangeRow]) -> None:
    if rows:
        with path.open("ab") as file:
            file.write(_lines(rows))
