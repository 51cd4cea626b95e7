"""The training set, batch by batch, shuffled anew in each epoch; from memory, many batches gathered at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import torch

from nnstudio.engine.data.datasets import Data
from nnstudio.protocol.messages import Model

Batch: TypeAlias = tuple[torch.Tensor, ...]
GATHERED_BYTES = 2**26
"""Shuffled samples are gathered many batches at a time, which is quicker than batch by batch."""


@dataclass(frozen=True)
class Place:
    """Where a feed is: epochs done, samples taken since, and the generator's state when this epoch began."""

    epochs: int
    taken: int
    generator: torch.Tensor


class Feed:
    """The same seed gives the same batches, also when it goes on from a place.

    Without fields from outside the computation is its own only sample.
    """

    def __init__(self, spec: Model, data: Data, batch_size: int, seed: int) -> None:
        self._spec, self._data = spec, data
        self._device = next((tensor.device for tensor in data.train.values()), torch.device("cpu"))
        self.epochs = 0
        """Those that are done."""
        self._names = {*spec.inputs, *spec.targets, *filter(None, [spec.target])}
        self._shuffle = torch.Generator().manual_seed(seed)
        self._began = self._shuffle.get_state()
        self._order: torch.Tensor | None = None
        self._gathered = self._taken = 0
        self._samples = data.train_samples
        self.last_size = 0
        """Samples in the batch that was taken last."""
        self._ready: list[tuple[Batch, Batch, torch.Tensor | None]] = []
        self._resize(batch_size)

    @property
    def batch_size(self) -> int:
        return self._size

    @batch_size.setter
    def batch_size(self, size: int) -> None:
        """From the next batch on, also in the middle of an epoch."""
        self._ready, self._gathered = [], self._taken
        self._resize(size)

    @property
    def epoch_ended(self) -> bool:
        """Whether the next batch begins an epoch."""
        return self._order is None

    @property
    def steps_per_epoch(self) -> int:
        return -(-self._samples // self._size)

    @property
    def steps_left(self) -> int:
        """In this epoch; 0 between two."""
        return -(-(self._samples - self._taken) // self._size) if self._order is not None else 0

    @property
    def place(self) -> Place:
        return Place(self.epochs, self._taken, self._began)

    def go_to(self, place: Place) -> None:
        """Go on from a place of a feed of the same data."""
        self.epochs, self._began = place.epochs, place.generator
        self._shuffle.set_state(place.generator)
        self._ready, self._order, self._taken = [], None, 0
        if place.taken:
            self._shuffle_anew()
        self._taken = self._gathered = place.taken

    def next(self) -> tuple[Batch, Batch, torch.Tensor | None]:
        """Inputs, targets, and what predictions are judged by."""
        if not self._ready:
            self._refill()
        batch = self._ready.pop()
        self.last_size = min(self._size, self._samples - self._taken)
        self._taken += self.last_size
        if self._taken >= self._samples:
            self.epochs, self._taken, self._order = self.epochs + 1, 0, None
            self._began = self._shuffle.get_state()
        return batch

    def peek(self) -> tuple[Batch, Batch, torch.Tensor | None]:
        """What `next` will give; the feed stays where it is."""
        if self._ready:
            return self._ready[-1]
        twin = Feed(self._spec, self._data, self._size, 0)
        twin.go_to(self.place)
        twin._rows_at_once = self._size
        return twin.next()

    def _resize(self, size: int) -> None:
        fields = [self._data.train[name] for name in self._names]
        sample = max(1, sum(field[0].numel() * field.element_size() for field in fields))
        self._size = size
        self._rows_at_once = size * max(1, GATHERED_BYTES // (sample * size))

    def _shuffle_anew(self) -> None:
        order = torch.randperm(self._samples, generator=self._shuffle)
        self._order, self._gathered = order.to(self._device), 0

    def _refill(self) -> None:
        """Gather the next batches, the first one last; at the start of an epoch, shuffle first."""
        if self._order is None:
            self._shuffle_anew()
        assert self._order is not None
        rows = self._order[self._gathered : self._gathered + self._rows_at_once]
        self._gathered += len(rows)
        if not self._names:  # nothing comes from outside
            self._ready.append(((), (), None))
            return
        spec, size = self._spec, self._size
        columns = {name: torch.split(self._data.train[name].index_select(0, rows), size) for name in self._names}
        inputs = [columns[name] for name in spec.inputs]
        targets = [columns[name] for name in spec.targets]
        judges = columns[spec.target] if spec.target else ()
        for i in reversed(range(-(-len(rows) // size))):
            judge = judges[i] if judges else None
            self._ready.append((tuple(c[i] for c in inputs), tuple(c[i] for c in targets), judge))
