"""What a data set is: its fields, its own parameters, and how it is loaded.

A declaration is light: listing all data sets loads no data and no scikit-learn. `load` runs in the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.params import ParamSet, Values

DType: TypeAlias = Literal["float32", "int64", "bool"]
Arrays: TypeAlias = Mapping[str, NDArray[Any]]
Split: TypeAlias = Literal["shuffled", "in order", "none"]
"""How samples are kept for testing: by lot; the last ones, as text that goes on; or not at all, so that all samples are
learned and tested, as in a table of all cases that there are."""

GROUPS = {
    "points": "Points in the plane",
    "tables": "Tables and numbers",
    "images": "Images",
    "text": "Text",
    "pairs": "Sequence to sequence",
    "sequences": "Sequences to classify",
    "own": "Your own files",
}
"""Groups of data sets in the order in which they are offered, with their titles."""

_BYTES: Mapping[str, int] = {"float32": 4, "int64": 8, "bool": 1}
_NO_PARAMS = ParamSet()


@dataclass(frozen=True)
class Field:
    """One named part of a sample, without the batch: `image` 1×8×8, `label` a class.

    `kind` says what it is to a person (image, vector, sequence, tokens, label, number) and colours the wire. `names`
    are the classes' names; `size` is how many classes there are where only loading tells their names. `padding`,
    `start` and `end` are the tokens that stand for nothing, for the beginning and for the end. `columns` are the names
    of the numbers in a vector.
    """

    name: str
    shape: tuple[int, ...]
    dtype: DType = "float32"
    kind: str = "vector"
    names: tuple[str, ...] = ()
    size: int = 0
    padding: int | None = None
    start: int | None = None
    end: int | None = None
    columns: tuple[str, ...] = ()
    raw: bool = False
    """Its columns are of very different sizes: a network sees little but the largest, unless they are standardized."""

    @property
    def classes(self) -> int:
        """How many classes, or 0 where the field is no class index."""
        return len(self.names) or self.size

    @property
    def bytes(self) -> int:
        """Of one sample."""
        return math.prod(self.shape) * _BYTES[self.dtype]


@dataclass(frozen=True)
class Loaded:
    """What a loader gives: an array for each field, all of the same length.

    `names` are classes' names by field that only loading could tell. `gap` is how many samples before the ones kept for
    testing are dropped because they overlap with those; for data sets that are split in order. `means` are fields in
    which NaN stands for a missing number: once split, the mean of the training part takes its place.
    """

    arrays: Arrays
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gap: int = 0
    means: frozenset[str] = frozenset()


Loader: TypeAlias = Callable[[Values, Loading], Loaded]


@dataclass(frozen=True)
class Download:
    """Files of a data set that are fetched before it can be loaded. `size` is in bytes, of all files together."""

    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class RemoteFile:
    """One file: where it comes from (the first place that answers), its length in bytes, and its SHA-256 in hex."""

    name: str
    urls: tuple[str, ...]
    size: int
    sha256: str


@dataclass(frozen=True)
class DatasetType:
    """One data set. `load` gives the same for the same parameters and seed.

    `fields` and `samples` may depend on the parameters. `samples` is 0 where only loading tells how many there are.
    """

    name: str
    title: str
    summary: str
    fields: tuple[Field, ...] | Callable[[Values], tuple[Field, ...]]
    samples: int | Callable[[Values], int]
    load: Loader
    params: ParamSet = _NO_PARAMS
    source: str = ""
    licence: str = ""
    group: str = "points"
    split: Split = "shuffled"
    repeats: bool = False
    """Whether equal samples are in its nature, so that one may be both learned and tested."""
    download: Download | None = None
    stamp: Callable[[Values], object] | None = None
    """Of a person's own file: another one when it has changed. Raises DataError where it is gone."""
    unused: Callable[[Mapping[str, object]], frozenset[str]] | None = None
    """Parameters that change nothing with these values, which need not be checked: no form shows them."""
    help: str = ""
    aliases: tuple[str, ...] = ()
    """Further words that a search finds it by."""

    def params_for(self, values: Mapping[str, object]) -> ParamSet:
        """The parameters, those hidden that change nothing with these values."""
        unused = self.unused(values) if self.unused else frozenset()
        if not unused:
            return self.params
        return ParamSet(tuple(replace(each, hidden=True) if each.name in unused else each for each in self.params))

    def fields_for(self, values: Values | None = None) -> tuple[Field, ...]:
        """The fields with those parameters, or with the default ones. Raises BadParameter."""
        return self.fields(self._all(values)) if callable(self.fields) else self.fields

    def samples_for(self, values: Values | None = None) -> int:
        """How many samples there are; 0 where only loading tells. Raises BadParameter."""
        if callable(self.samples):
            return self.samples(self._all(values))
        own = (values or {}).get("samples")
        return own if isinstance(own, int) and "samples" in self.params else self.samples

    def field(self, name: str, values: Values | None = None) -> Field:
        """The field of that name. Raises KeyError."""
        return {field.name: field for field in self.fields_for(values)}[name]

    def bytes_for(self, values: Values | None = None) -> int:
        """Memory of all samples; 0 where only loading tells."""
        return self.samples_for(values) * sum(field.bytes for field in self.fields_for(values))

    def _all(self, values: Values | None) -> Values:
        given = {name: value for name, value in (values or {}).items() if name in self.params}
        return self.params.check(given)


def check_loaded(dataset: DatasetType, values: Values, loaded: Loaded) -> None:
    """Raise ValueError where a loader's arrays are not what its fields declare."""
    arrays, fields = loaded.arrays, dataset.fields_for(values)
    lengths = {len(array) for array in arrays.values()}
    if set(arrays) != {field.name for field in fields} or len(lengths) != 1:
        raise ValueError(f"{dataset.name}: fields {sorted(arrays)} with lengths {sorted(lengths)}")
    for each in fields:
        array = arrays[each.name]
        if array.shape[1:] != each.shape or array.dtype != np.dtype(each.dtype):
            raise ValueError(f"{dataset.name}.{each.name}: {array.dtype} {array.shape[1:]}, declared {each}")
