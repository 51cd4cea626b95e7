"""Finds the declared data sets: every DatasetType at the top level of a module of this package."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import nnstudio.data
from nnstudio.data.spec import DatasetType
from nnstudio.errors import UnknownDataset


@cache
def datasets() -> dict[str, DatasetType]:
    """All data sets by name, in the order of their modules."""
    found: dict[str, DatasetType] = {}
    for info in pkgutil.iter_modules(nnstudio.data.__path__):
        if info.name in ("spec", "registry"):
            continue
        module = importlib.import_module(f"nnstudio.data.{info.name}")
        declared = [value for value in vars(module).values() if isinstance(value, DatasetType)]
        for dataset in declared:
            if found.setdefault(dataset.name, dataset) is not dataset:
                raise ValueError(f"two data sets are called {dataset.name}")
    return found


def dataset(name: str) -> DatasetType:
    """The data set of that name. Raises UnknownDataset."""
    try:
        return datasets()[name]
    except KeyError:
        known = ", ".join(datasets())
        raise UnknownDataset(f"There is no data set '{name}'.", fix=f"There are: {known}.") from None
