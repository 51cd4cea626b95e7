"""What is done to recorded runs by hand: one gets a name, or is put aside and may be put back."""

from __future__ import annotations

from pathlib import Path

import msgspec

from nnstudio.errors import StorageError
from nnstudio.runs import reading
from nnstudio.runs.record import RECORD
from nnstudio.runs.whole import passing_name, write_whole

_FIX = "Close what uses it, and try again."


def relabel(folder: Path, label: str) -> None:
    """Give a run another label. Raises StorageError."""
    record = msgspec.structs.replace(reading.read_record(folder), label=label)
    try:
        write_whole(folder / RECORD, msgspec.json.format(msgspec.json.encode(record), indent=1))
    except OSError as error:
        raise StorageError(f"'{folder}' can not be renamed: {error.strerror or error}.", fix=_FIX) from error


def put_aside(folder: Path) -> Path:
    """Take a run from every list; gives where it is until this process ends, after which it is removed.

    Raises StorageError where it is no run, is still going, or can not be moved.
    """
    record = reading.read_record(folder)
    if reading.state_of(record) in reading.GOING:
        raise StorageError(f"'{record.title}' is still being trained.", fix="Stop it first.")
    return _moved(folder, folder.with_name(passing_name()))


def put_back(aside: Path, folder: Path) -> Path:
    """The run is in the lists again. Raises StorageError."""
    return _moved(aside, folder)


def _moved(old: Path, new: Path) -> Path:
    try:
        return old.rename(new)
    except OSError as error:
        raise StorageError(f"'{old}' can not be moved: {error.strerror or error}.", fix=_FIX) from error
