"""Data sets as tensors, split into train and test; and random numbers where there is no data set."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.spec import DatasetType, Field, Loaded, check_loaded
from nnstudio.data.web.fetched import check_there, stamp
from nnstudio.engine.data.missing import fill_with_means
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef, FreeInput, Model

Tensors: TypeAlias = dict[str, torch.Tensor]
KEPT = 2
"""How many data sets stay in memory."""
STAND_INS = 32
"""Random samples where there is no data set."""

LOOK_EVERY = 0.1
"""Seconds between two looks at whether somebody who waits for another's loading has given up."""

_kept: OrderedDict[bytes, Data] = OrderedDict()
_well: deque[bytes] = deque(maxlen=100)
"""Keys of what was loaded lately, kept or not."""
_lock = threading.Lock()
"""Held for no longer than a look at `_kept`: previews are made beside the run."""
_loading = threading.Lock()
"""One data set is loaded at a time, since each counts on the memory that is free."""


@dataclass(frozen=True)
class Data:
    """The fields of a data set by name, and which samples of the source they are: `rows` by part, "train" and "test".

    Without a data set `kind` is None, and a computation that takes nothing from outside is its own only sample.
    """

    kind: DatasetType | None
    train: Tensors
    test: Tensors
    fields: Mapping[str, Field] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: Mapping[str, torch.Tensor] = field(default_factory=dict)

    @property
    def train_samples(self) -> int:
        return len(next(iter(self.train.values()), (None,)))

    @property
    def test_samples(self) -> int:
        return len(next(iter(self.test.values()), (None,)))

    @property
    def bytes(self) -> int:
        return sum(tensor.nbytes for part in (self.train, self.test) for tensor in part.values())

    def on(self, device: torch.device) -> Data:
        """The same on a device; itself where it is there already."""
        if all(tensor.device == device for tensor in self.train.values()):
            return self
        train = {name: tensor.to(device) for name, tensor in self.train.items()}
        alike = self.test is self.train
        test = train if alike else {name: tensor.to(device) for name, tensor in self.test.items()}
        return replace(self, train=train, test=test)

    @cached_property
    def source_order(self) -> tuple[torch.Tensor, torch.Tensor]:
        """All samples in the order of the source: which they are, and their places.

        The test set's places come after the training set's; where all are learned and tested, there are only those.
        """
        train, test = self.rows["train"], self.rows["test"]
        if torch.equal(train, test):
            return train, torch.arange(len(train))
        return torch.sort(torch.cat([train, test]))

    @property
    def left_out(self) -> int:
        """How many samples of the source are neither learned nor tested: those between, where parts would overlap."""
        found = self.source_order[0]
        return int(found[-1]) + 1 - len(found) if len(found) else 0

    def class_names(self, name: str) -> tuple[str, ...]:
        """The names of a field's classes; none where it has none."""
        if name in self.names:
            return self.names[name]
        return self.fields[name].names if name in self.fields else ()


def load(ref: DataRef, loading: Loading | None = None) -> Data:
    """The data set, split by its seed. Raises DataError, UnknownDataset and BadParameter."""
    kind, values = found(ref)
    key = _key(ref, kind, values)
    loading = loading or Loading(ref.seed, _folder(ref))
    data = _remembered(key)
    if data is not None:
        return data
    with _alone(loading):
        data = _remembered(key)  # who was waited for may have loaded the same
        if data is None:
            _make_room(1)
            data = _load(ref, kind, values, loading)
            with _lock:
                _kept[key] = data
                _well.append(key)
        return data


def in_memory(ref: DataRef) -> Data | None:
    """The data set where it is loaded already. Raises DataError where a file is gone, and as `found`."""
    return _remembered(_key(ref, *found(ref)))


def is_well(ref: DataRef) -> bool:
    """Whether the data were had here, from the same files as they are now; they may be forgotten since.

    Raises DataError where a file is gone, UnknownDataset and BadParameter.
    """
    key = _key(ref, *found(ref))
    with _lock:
        return key in _well


def _key(ref: DataRef, kind: DatasetType, values: dict[str, Any]) -> bytes:
    """Another one for other data, and for files that have changed. Raises DataError where a file is gone."""
    return repr((ref, _stamps(ref, kind, values))).encode()


def _remembered(key: bytes) -> Data | None:
    """What is kept under that key; it was used last then."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


@contextmanager
def _alone(loading: Loading) -> Iterator[None]:
    """While nobody else loads. Raises Cancelled where that is given up, also in waiting for another."""
    while not _loading.acquire(timeout=LOOK_EVERY):
        loading.tell(0, 0, "Waiting for other data")
    try:
        yield
    finally:
        _loading.release()


def _stamps(ref: DataRef, kind: DatasetType, values: dict[str, Any]) -> object:
    """Others when files are others. Raises DataError where some are not there."""
    check_there(kind, values, _folder(ref))
    return kind.stamp(values) if kind.stamp else None, stamp(kind, _folder(ref))


def _folder(ref: DataRef) -> Path | None:
    return Path(ref.folder) if ref.folder else None


def found(ref: DataRef) -> tuple[DatasetType, dict[str, Any]]:
    """The declaration, and its checked parameters. Raises UnknownDataset and BadParameter."""
    kind = dataset(ref.dataset)
    return kind, kind.params.check(ref.params)


def load_for(model: Model, loading: Loading | None = None) -> Data:
    """What the model runs on: its data set, or numbers of the seed for its free inputs. Raises DataError."""
    if model.data.dataset:
        data = load(model.data, loading)
        check_fields(model, data)
        return data
    made = stand_ins(model, STAND_INS)
    return Data(None, made, made)


def stand_ins(model: Model, count: int) -> Tensors:
    """Random samples for the free inputs: normal numbers, or whole ones below the number of classes."""
    random = torch.Generator().manual_seed(model.data.seed)
    return {free.name: _stand_in(free, count, random) for free in model.free}


def _stand_in(free: FreeInput, count: int, random: torch.Generator) -> torch.Tensor:
    shape = (count, *free.shape)
    if free.dtype == "float32":
        return torch.randn(shape, generator=random)
    whole = torch.randint(max(free.classes, 1) if free.dtype == "int64" else 2, shape, generator=random)
    return whole if free.dtype == "int64" else whole.bool()


def split_order(samples: int, test_split: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Indices of the train and the test samples: of a permutation, the first ones are the test set.

    Each has one at least. Raises DataError for less than two.
    """
    tests = _tests(samples, test_split)
    order = torch.from_numpy(np.random.default_rng(seed).permutation(samples))
    return order[tests:], order[:tests]


def check_fields(model: Model, data: Data) -> None:
    """Raise DataError where the model wants a field that the data set has not."""
    for name in (*model.inputs, *model.targets, *filter(None, [model.target])):
        if name not in data.train:
            known = ", ".join(data.train)
            raise DataError(f"The data set '{model.data.dataset}' has no '{name}'.", fix=f"It has: {known}.")


def _load(ref: DataRef, kind: DatasetType, values: dict[str, Any], loading: Loading) -> Data:
    size = kind.bytes_for(values) * (2 if kind.split == "shuffled" else 1)  # the parts are copies
    if size > loading.memory:
        loading = replace(loading, memory=loading.memory + _make_room(KEPT))
    loading.need(size, f"'{kind.title}'")
    loaded = kind.load(values, loading)
    check_loaded(kind, values, loaded)
    fields = {each.name: each for each in kind.fields_for(values)}
    train, test = _parts(kind, loaded, ref)
    whole = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in loaded.arrays.items()}
    learned = {name: _taken(tensor, train) for name, tensor in whole.items()}
    tested = {name: _taken(tensor, test) for name, tensor in whole.items()}
    fill_with_means(learned, tested, loaded.means)
    return Data(kind, learned, tested, fields, loaded.names, {"train": train, "test": test})


def learned_of(kind: DatasetType, samples: int, test_split: float) -> int:
    """How many of so many samples are learned, about: some may be left out in between."""
    return samples if kind.split == "none" or samples < 2 else samples - _tests(samples, test_split)


def _parts(kind: DatasetType, loaded: Loaded, ref: DataRef) -> tuple[torch.Tensor, torch.Tensor]:
    """Which samples are learned, and which are kept for testing."""
    samples = len(next(iter(loaded.arrays.values())))
    if kind.split == "none":
        return torch.arange(samples), torch.arange(samples)
    if kind.split == "shuffled":
        return split_order(samples, ref.test_split, ref.seed)
    tests = _tests(samples, ref.test_split, loaded.gap)
    return torch.arange(max(samples - tests - loaded.gap, 1)), torch.arange(samples - tests, samples)


def _tests(samples: int, test_split: float, gap: int = 0) -> int:
    """How many are kept for testing: that share, and where there are enough, so few that one before the gap is left."""
    if samples < 2:
        message = "A data set needs two samples at least: one to train with, one to test with."
        raise DataError(message, fix="Choose more samples, or other data.")
    return max(min(round(samples * test_split), samples - gap - 1), 1)


def _taken(tensor: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """These rows; no copy where they follow each other."""
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == len(rows) and bool((rows[1:] > rows[:-1]).all()):
        return tensor[first : last + 1]
    return tensor[rows]


def _make_room(count: int) -> int:
    """Forget what was used longest ago, so that there is room for so many. Returns how many bytes that freed."""
    freed = 0
    with _lock:
        while len(_kept) > KEPT - count:
            _, data = _kept.popitem(last=False)
            freed += data.bytes
    return freed
