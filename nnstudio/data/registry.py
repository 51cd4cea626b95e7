"""Finds the declared data sets: every DatasetType at the top level of a module of nnstudio.data.sets."""

from __future__ import annotations

from functools import cache

from nnstudio.data.spec import DatasetType
from nnstudio.discovery import declared
from nnstudio.errors import UnknownDataset


@cache
def datasets() -> dict[str, DatasetType]:
    """All data sets by name, in the order of their modules."""
    found: dict[str, DatasetType] = {}
    for _, dataset in declared("nnstudio.data.sets", DatasetType):
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
