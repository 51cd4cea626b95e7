"""Batches a second from memory: how the trainer gathers them, against torch's DataLoader over a TensorDataset.

Nothing is computed with the batches: this is what feeding alone costs. Shuffled anew in each epoch by both, as the
trainer does. One thread, both in this process and in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from nnstudio.engine.data.datasets import Data
from nnstudio.engine.training.trainer import Trainer
from nnstudio.protocol.messages import DataRef, Model, Plan
from tests.benchmarks.table import Row, paired

RUNS = 5
SECONDS = 0.5
"""Of one measurement, at least."""
SIZES = {
    "400 points, batch 32": (400, (2,), 32),
    "60,000 images 1×28×28, batch 32": (60_000, (1, 28, 28), 32),
    "60,000 images 1×28×28, batch 256": (60_000, (1, 28, 28), 256),
}


class _Nothing(nn.Module):
    """Enough of a model for a trainer."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * x[:, :1].flatten(1)[:, 0]

    def compute_loss(self, y: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return (y - label).mean()


def _ours(fields: dict[str, torch.Tensor], size: int) -> Callable[[], Iterator[object]]:
    data = Data(None, fields, {name: field[:2] for name, field in fields.items()})
    spec = Model("", "", DataRef(""), ("x",), ("label",), ("y",))
    trainer = Trainer(_Nothing(), spec, Plan(batch_size=size), data)

    def epoch() -> Iterator[object]:
        for _ in range(trainer.feed.steps_per_epoch):
            yield trainer.feed.next()

    return epoch


def _loader(fields: dict[str, torch.Tensor], size: int) -> Callable[[], Iterator[object]]:
    loader = DataLoader(TensorDataset(*fields.values()), batch_size=size, shuffle=True)
    return lambda: iter(loader)


def _speed(epoch: Callable[[], Iterator[object]]) -> float:
    """Batches a second, over whole epochs."""
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        count += sum(1 for _ in epoch())
    return count / (time.perf_counter() - began)


def measure() -> list[Row]:
    """A row for each size."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [_row(what, *size) for what, size in SIZES.items()]
    finally:
        torch.set_num_threads(threads)


def _row(what: str, samples: int, shape: tuple[int, ...], size: int) -> Row:
    fields = {"x": torch.rand(samples, *shape), "label": torch.randint(10, (samples,))}
    sides = _ours(fields, size), _loader(fields, size)
    found = [[_speed(side) for side in sides] for _ in range(RUNS + 1)][1:]  # the first only warms up
    ours, rival = ([run[side] for run in found] for side in range(2))
    words = f"DataLoader over TensorDataset {median(rival):,.0f}"
    return Row(f"batches/s, {what}", f"{median(ours):,.0f} batches/s", words, paired(ours, rival), "≥ 0.50")
