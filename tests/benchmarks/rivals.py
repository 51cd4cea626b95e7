"""The rivals: training loops as one would write them, in a process of their own.

    python -m tests.benchmarks.rivals best|usual SOURCE DATA BATCH THREADS

SOURCE is a file with the model, DATA what tests.benchmarks.steps has saved: the fields of the data set and the order
the model takes them in. Takes as many steps as each line of its input says, and tells how many seconds that took.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader, TensorDataset


class Work:
    """The data, and how the model is called with them."""

    def __init__(self, saved: dict[str, Any], batch: int) -> None:
        self.batch = batch
        self.inputs, self.targets = saved["inputs"], saved["targets"]
        self.names = [*self.inputs, *self.targets]
        self.train = [saved["train"][name] for name in self.names]
        self.test = [saved["test"][name] for name in self.names]

    def loss(self, model: Any, columns: list[torch.Tensor]) -> torch.Tensor:
        """Of one batch."""
        outputs = model(*columns[: len(self.inputs)])
        made = outputs if isinstance(outputs, tuple) else (outputs,)
        found: torch.Tensor = model.compute_loss(*made, *columns[len(self.inputs) :])
        return found

    def tested(self, model: Any) -> float:
        """The loss on the test set, after each epoch."""
        model.eval()
        with torch.no_grad():
            parts = zip(*(field.split(256) for field in self.test), strict=True)
            losses = [self.loss(model, list(part)).item() * len(part[0]) for part in parts]
        model.train()
        return sum(losses) / len(self.test[0])


def best(model: Any, work: Work) -> Iterator[None]:
    """The best form we can write: many batches gathered at once, losses read after an epoch, a fused optimizer, and
    convolutions with channels last.
    """
    for layer in model.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # declared for 4-D alone
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    parameters = list(model.parameters())
    while True:
        order = torch.randperm(len(work.train[0]))
        columns = [field.index_select(0, order).split(work.batch) for field in work.train]
        losses = []
        for row in zip(*columns, strict=True):
            loss = work.loss(model, list(row))
            for parameter in parameters:
                parameter.grad = None
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no type for it
            optimizer.step()
            losses.append(loss.detach())
            yield
        torch.stack(losses).tolist()
        work.tested(model)


def usual(model: Any, work: Work) -> Iterator[None]:
    """Batches from a DataLoader, as in most tutorials."""
    batches = DataLoader(TensorDataset(*work.train), batch_size=work.batch, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses: list[float] = []
    while True:
        for row in batches:
            optimizer.zero_grad()
            loss = work.loss(model, row)
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no type for it
            optimizer.step()
            losses.append(loss.item())
            yield
        work.tested(model)


def main() -> None:
    """As many steps as are asked for, again and again."""
    loop = {"best": best, "usual": usual}[sys.argv[1]]
    batch, threads = map(int, sys.argv[4:6])
    torch.set_num_threads(threads)
    torch.set_flush_denormal(sys.argv[1] == "best")
    work = Work(torch.load(sys.argv[3], weights_only=True), batch)
    space: dict[str, object] = {"__name__": "rival"}
    exec(compile(Path(sys.argv[2]).read_text(encoding="utf-8"), "<model>", "exec"), space)
    kinds = [kind for kind in space.values() if isinstance(kind, type) and issubclass(kind, torch.nn.Module)]
    model = next(kind for kind in kinds if hasattr(kind, "compute_loss"))()
    steps = loop(model, work)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            next(steps)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
