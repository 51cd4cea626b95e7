"""What a data set is: its fields, its own parameters, and how it is loaded.

A declaration is light: listing all data sets loads no data and no scikit-learn. `load` runs in the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.params import ParamSet, Values

DType: TypeAlias = Literal["float32", "int64", "bool"]
Arrays: TypeAlias = dict[str, NDArray[np.generic]]
Loader: TypeAlias = "Callable[[Values, np.random.Generator], Arrays]"  # quoted: numpy.random is loaded when used

_NO_PARAMS = ParamSet()


@dataclass(frozen=True)
class Field:
    """One named part of a sample, without the batch: `image` 1×8×8, `label` a class.

    `kind` says what it is to a person (image, vector, label, number) and colours the wire. `names` are the
    classes' names.
    """

    name: str
    shape: tuple[int, ...]
    dtype: DType = "float32"
    kind: str = "vector"
    names: tuple[str, ...] = ()

    @property
    def classes(self) -> int:
        """How many classes, or 0 where the field is no class index."""
        return len(self.names)


@dataclass(frozen=True)
class DatasetType:
    """One data set. `load` gives an array for each field, all of the same length, the same for the same seed."""

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...]
    samples: int
    """How many samples there are with the default parameters."""
    load: Loader
    params: ParamSet = _NO_PARAMS
    source: str = ""
    licence: str = ""

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError."""
        return {field.name: field for field in self.fields}[name]


def check_arrays(dataset: DatasetType, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Raise ValueError where a loader's arrays are not what its fields declare."""
    lengths = {len(array) for array in arrays.values()}
    if set(arrays) != {field.name for field in dataset.fields} or len(lengths) != 1:
        raise ValueError(f"{dataset.name}: fields {sorted(arrays)} with lengths {sorted(lengths)}")
    for field in dataset.fields:
        array = arrays[field.name]
        if array.shape[1:] != field.shape or array.dtype != np.dtype(field.dtype):
            raise ValueError(f"{dataset.name}.{field.name}: {array.dtype} {array.shape[1:]}, declared {field}")
