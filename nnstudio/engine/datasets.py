"""Data sets as tensors, split into train and test; and random numbers where there is no data set."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch

from nnstudio.data.registry import dataset
from nnstudio.data.spec import Arrays, DatasetType, check_arrays
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef, FreeInput, Model

Tensors: TypeAlias = dict[str, torch.Tensor]
KEPT = 2
"""How many data sets stay in memory."""
STAND_INS = 32
"""Random samples where there is no data set."""

_kept: OrderedDict[bytes, Data] = OrderedDict()


@dataclass(frozen=True)
class Data:
    """The fields of a data set by name; the same permutation for all.

    Without a data set `kind` is None, and a computation that takes nothing from outside is its own only sample.
    """

    kind: DatasetType | None
    train: Tensors
    test: Tensors

    @property
    def train_samples(self) -> int:
        return len(next(iter(self.train.values()), (None,)))

    @property
    def test_samples(self) -> int:
        return len(next(iter(self.test.values()), (None,)))

    def class_names(self, field: str) -> tuple[str, ...]:
        """The names of a field's classes; none where it has none."""
        return self.kind.field(field).names if self.kind is not None and field else ()


def arrays(ref: DataRef) -> Arrays:
    """The whole data set, as its loader gives it. Raises DataError and UnknownDataset."""
    kind = dataset(ref.dataset)
    params = kind.params.check({k: tuple(v) if isinstance(v, list) else v for k, v in ref.params.items()})
    loaded = kind.load(params, np.random.default_rng(ref.seed))
    check_arrays(kind, loaded)
    return loaded


def load(ref: DataRef) -> Data:
    """The data set, split by its seed: of a permutation of all samples, the first ones are the test set."""
    key = _key(ref)
    if key not in _kept:
        _kept[key] = _split(ref, arrays(ref))
    _kept.move_to_end(key)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return _kept[key]


def load_for(model: Model) -> Data:
    """What the model runs on: its data set, or numbers of the seed for its free inputs. Raises DataError."""
    if model.data.dataset:
        data = load(model.data)
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
    """Indices of the train and the test samples. Each has one at least. Raises DataError for less than two."""
    if samples < 2:
        raise DataError("A data set needs two samples at least: one to train with, one to test with.")
    order = torch.from_numpy(np.random.default_rng(seed).permutation(samples))
    tests = min(max(round(samples * test_split), 1), samples - 1)
    return order[tests:], order[:tests]


def check_fields(model: Model, data: Data) -> None:
    """Raise DataError where the model wants a field that the data set has not."""
    for name in (*model.inputs, *model.targets, *filter(None, [model.target])):
        if name not in data.train:
            known = ", ".join(data.train)
            raise DataError(f"The data set '{model.data.dataset}' has no '{name}'.", fix=f"It has: {known}.")


def _split(ref: DataRef, whole: Arrays) -> Data:
    samples = len(next(iter(whole.values())))
    train, test = split_order(samples, ref.test_split, ref.seed)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in whole.items()}
    return Data(
        dataset(ref.dataset),
        {name: tensor[train] for name, tensor in tensors.items()},
        {name: tensor[test] for name, tensor in tensors.items()},
    )


def _key(ref: DataRef) -> bytes:
    return repr((ref.dataset, sorted(ref.params.items()), ref.seed, ref.test_split)).encode()
