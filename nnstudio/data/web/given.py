"""Files that a person has already, in place of those that would be fetched: the parameter `files` of such data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from nnstudio.data.loading import Loading
from nnstudio.errors import DataError
from nnstudio.params import Instead, InsteadParam, Values


def files_param(what: str) -> InsteadParam:
    """Where the person's own files lie; the inspector shows it beside the download, not in the form."""
    return Instead("files", f"{what} that you have already; empty for those that were fetched.", hidden=True)


def given(values: Values) -> Path | None:
    """The folder or file that the person has pointed at, or None."""
    path = str(values.get("files", ""))
    return Path(path) if path else None


def source(values: Values, loading: Loading, name: str) -> Path:
    """Where to read from: what the person has pointed at, or where the data set of that name lies once fetched."""
    own = given(values)
    if own is not None:
        return own
    if loading.folder is None:
        raise DataError("There is no folder to read from.", kind="download")
    return loading.folder / name


def stamp_of(candidates: Callable[[Values], Iterable[Path]]) -> Callable[[Values], object]:
    """A DatasetType's stamp: how long and how old the candidates are that exist."""

    def stamp(values: Values) -> object:
        own = given(values)
        if own is None:
            return None
        if not own.exists():
            fix = "Put it back, or point at it again."
            raise DataError(f"{own} is not there any more.", fix=fix, kind="file")
        return tuple((path.name, *_state(path)) for path in candidates(values) if path.exists())

    return stamp


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns
