"""Writes whole files or none, and says in plain words what went wrong."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from nnstudio.errors import NNStudioError
from nnstudio.runs.whole import clear_leftovers, passing_name

_COLOUR = re.compile(r"\x1b\[\d*m")
_LONGEST_REASON = 200


def with_ending(path: Path, suffix: str) -> Path:
    """`path` with `suffix` put behind it where it does not end so already."""
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def write_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write all files under passing names, then put them in place. Raises NNStudioError, leaving no rest."""
    passing = {path: path.with_name(passing_name()) for path in contents}
    _clear(contents)
    try:
        for path, content in contents.items():
            _refuse_folder(path)
            _write(passing[path], content)
        for path, part in passing.items():
            os.replace(part, path)
    except OSError as error:
        raise _cannot_write(error, next(iter(contents))) from error
    finally:
        for part in passing.values():
            if part.exists():
                part.unlink()
    return list(contents)


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A folder beside `path` where files wait for their check; gone afterwards. Raises NNStudioError without one."""
    _clear([path])
    folder = path.with_name(passing_name())
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise _cannot_write(error, path) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(files: Sequence[Path], folder: Path) -> list[Path]:
    """Move staged files into `folder`: all, or none, with what was there before. Raises NNStudioError for none."""
    targets = [folder / file.name for file in files]
    earlier: dict[Path, Path] = {}
    placed: list[Path] = []
    try:
        for target in targets:
            _refuse_folder(target)
        for file, target in zip(files, targets, strict=True):
            if os.path.lexists(target):
                earlier[target] = file.with_name(f"{file.name}.before")
                os.replace(target, earlier[target])
            os.replace(file, target)
            placed.append(target)
    except OSError as error:
        _put_back(placed, earlier)
        raise _cannot_write(error, targets[0]) from error
    return targets


def _clear(paths: Iterable[Path]) -> None:
    """What an engine that was killed in the middle of an export has left beside them."""
    for folder in {path.parent for path in paths}:
        clear_leftovers(folder)


def _put_back(placed: Sequence[Path], earlier: Mapping[Path, Path]) -> None:
    for target in placed:
        target.unlink(missing_ok=True)
    for target, kept in earlier.items():
        if kept.exists():
            os.replace(kept, target)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns whatever a damaged file makes its readers raise into NNStudioError."""
    try:
        yield
    except NNStudioError:
        raise
    except Exception as error:  # each library fails in ways of its own
        raise NNStudioError(
            f"'{path.name}' could not be read back: {reason(error)}",
            fix="Do not use the file; export again, to another folder if this happens again.",
        ) from error


def reason(error: BaseException) -> str:
    """The first line of the innermost cause, short and without colours."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = _COLOUR.sub("", str(error)).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:_LONGEST_REASON]


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(0, "there is a folder of that name")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _cannot_write(error: OSError, path: Path) -> NNStudioError:
    if not path.parent.is_dir():
        return NNStudioError(f"There is no folder '{path.parent}'.", fix="Make it first, or choose another.")
    why = error.strerror or str(error)
    return NNStudioError(
        f"'{path.name}' could not be written: {why}.", fix="Choose a folder you may write to, with room left."
    )
