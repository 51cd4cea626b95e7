"""Looking into a file, and loading what was found, as the engine does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnstudio.data.files.inspect import inspect
from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.spec import Arrays, Loaded, check_loaded
from nnstudio.errors import Cancelled


def looked(path: Path, as_dataset: str = "", **reading: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and facts."""
    _, params, facts = inspect(str(path), as_dataset, reading, Loading())
    return params, facts


def loaded(path: Path, as_dataset: str = "", loading: Loading | None = None, **reading: object) -> Loaded:
    """What the data set gives that reads it."""
    name, params, _ = inspect(str(path), as_dataset, reading, Loading())
    return load(name, params, loading)


def load(name: str, params: dict[str, Any], loading: Loading | None = None) -> Loaded:
    kind = dataset(name)
    given = kind.load(params, loading or Loading())
    check_loaded(kind, params, given)
    count = kind.samples_for(params)
    assert count in (0, len(next(iter(given.arrays.values()))))
    return given


def arrays(path: Path, **reading: object) -> Arrays:
    return loaded(path, **reading).arrays  # type: ignore[arg-type]  # reading names none of the others


def given_up_after(calls: int) -> tuple[Loading, Callable[[], int]]:
    """A loading that somebody gives up, and how often it has told since how far it is."""
    told = 0

    def tell(done: int, total: int, what: str) -> None:
        nonlocal told
        told += 1
        if told > calls:
            raise Cancelled

    return Loading(tell=tell), lambda: told - calls
