"""Reads runs from their folders. Damage costs what is damaged, never the rest.

    for kept in list_runs(base): print(kept.record.title, kept.state, kept.record.last)
    run = read_run(kept.folder)
    run.epochs, run.losses, run.changes, run.checkpoints

All of it reads files, so the window does it on a thread of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from nnstudio.errors import StorageError
from nnstudio.runs.living import is_alive
from nnstudio.runs.record import (
    CHANGES,
    CHECKPOINTS,
    DRAWING,
    EPOCHS,
    FORMAT,
    RECORD,
    SOURCE,
    STEPS,
    ChangeRow,
    Checkpoint,
    EpochRow,
    RunRecord,
)
from nnstudio.runs.whole import check_file, clear_leftovers

INTERRUPTED = "interrupted"
GOING = ("training", "paused")
LARGEST_RECORD = 2**24
"""Bytes. A record is a few kilobytes; what is larger is none."""

_Row = TypeVar("_Row", EpochRow, ChangeRow)


@dataclass(frozen=True)
class KeptRun:
    """A run as a list shows it. `state` is the record's, but "interrupted" where its engine is gone."""

    folder: Path
    record: RunRecord
    state: str

    @property
    def active(self) -> bool:
        """Whether an engine is at work on it, here or in another window."""
        return self.state in GOING

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Those of the record whose files are there, in the order of their steps."""
        if not self.record.checkpoints:
            return ()
        names = _names(self.folder / CHECKPOINTS)
        there = (each for each in self.record.checkpoints if _name(each) in names)
        return tuple(sorted(there, key=lambda each: each.step))

    @property
    def last_checkpoint(self) -> Checkpoint | None:
        """The one with the most steps, from which the run can go on."""
        return max(self.checkpoints, key=lambda each: each.step, default=None)

    def checkpoint_path(self, checkpoint: Checkpoint) -> Path:
        """Its file. What a record names elsewhere is looked for in the run's own folder all the same."""
        return self.folder / CHECKPOINTS / _name(checkpoint)


@dataclass(frozen=True)
class WholeRun(KeptRun):
    """A run with all that was written down.

    `losses` has the training loss of every step, the first step first; of a run that went on from a checkpoint, those
    of the run before it too (NaN where they are lost).
    """

    epochs: tuple[EpochRow, ...]
    losses: NDArray[np.float32]
    changes: tuple[ChangeRow, ...]


def list_runs(base: Path) -> list[KeptRun]:
    """The runs in a folder, newest first. Folders that are no runs, or are damaged, are passed over."""
    found = [kept for folder in _folders(base) if (kept := _kept(folder)) is not None]
    return sorted(found, key=lambda kept: (kept.record.began, kept.folder.name), reverse=True)


def read_run(folder: Path) -> WholeRun:
    """One run whole. Raises StorageError where there is no record that can be read."""
    record = read_record(folder)
    return WholeRun(
        folder,
        record,
        state_of(record),
        epochs=tuple(_rows(folder / EPOCHS, EpochRow)),
        losses=_losses(folder / STEPS),
        changes=tuple(_rows(folder / CHANGES, ChangeRow)),
    )


def read_record(folder: Path) -> RunRecord:
    """What the run was. Raises StorageError."""
    path = folder / RECORD
    try:
        check_file(path)
        if path.stat().st_size > LARGEST_RECORD:
            raise StorageError(f"'{path}' is too large for a run's record.")
        record = msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageError(f"The run in '{folder}' can not be read: {why}.", fix="Choose another run.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StorageError(f"The record in '{folder}' is damaged.", fix="Choose another run.") from error
    if record.format > FORMAT:
        raise StorageError(f"The run in '{folder}' was recorded by a newer NNStudio.", fix="Update NNStudio.")
    return record


def source_of(folder: Path) -> str:
    """The model's text, as it was trained. Raises StorageError."""
    return _text(folder / SOURCE)


def drawing_file(folder: Path) -> Path | None:
    """The project as it was drawn, to be opened; None where the run kept none."""
    path = folder / DRAWING
    return path if path.is_file() else None


def clear_runs(base: Path) -> None:
    """Remove what processes that are gone were about to write, from a folder of runs and from the runs in it."""
    clear_leftovers(base)
    for folder in _folders(base):
        clear_leftovers(folder)
        clear_leftovers(folder / CHECKPOINTS)


def _folders(base: Path) -> list[Path]:
    try:
        with os.scandir(base) as entries:
            return [Path(entry.path) for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except OSError:
        return []


def _name(checkpoint: Checkpoint) -> str:
    return Path(checkpoint.file).name


def _names(folder: Path) -> set[str]:
    """Of the files in a folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file()}
    except OSError:
        return set()


def _kept(folder: Path) -> KeptRun | None:
    try:
        record = read_record(folder)
    except StorageError:
        return None
    return KeptRun(folder, record, state_of(record))


def state_of(record: RunRecord) -> str:
    """What became of it; "interrupted" where it was going and its engine is gone."""
    if record.state in GOING and not is_alive(record.pid, record.pid_began):
        return INTERRUPTED
    return record.state


def _rows(path: Path, kind: type[_Row]) -> Iterator[_Row]:
    """Line by line; one that was cut off, or is damaged, is passed over."""
    decode = msgspec.json.Decoder(kind).decode
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue


def _losses(path: Path) -> NDArray[np.float32]:
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    whole = len(data) // 4 * 4
    return np.frombuffer(data[:whole], dtype="<f4").astype(np.float32, copy=False)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"'{path}' can not be read.", fix="Choose another run.") from error
