"""The training loop, readable top to bottom.

The numbers are those of the plainest loop one would write, to the last bit:

    torch.manual_seed(seed)
    model = Model()
    model.standardize.fit([image])  # and so on: each layer that measures the training set
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    shuffle = torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        for rows in torch.randperm(len(train), generator=shuffle).split(batch_size):
            loss = model.compute_loss(model(image[rows]), label[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.datasets import Data
from nnstudio.engine.fitting import fit
from nnstudio.engine.metrics import Scores, compute_loss, correct, evaluate, has_accuracy
from nnstudio.engine.rehearsal import rehearse
from nnstudio.engine.subject import run_model
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Model, Plan

Batch: TypeAlias = tuple[torch.Tensor, ...]
KEPT_ELEMENTS = 2**22
"""Numbers of predictions kept until somebody asks for accuracies."""
GATHERED_BYTES = 2**26
"""Shuffled samples are gathered many batches at a time, which is quicker than batch by batch."""


@dataclass(frozen=True)
class Figures:
    """Training loss and accuracy of some steps, one value a step; no accuracies where the task has none."""

    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]
    sizes: NDArray[np.int64]
    """Samples in each step."""


class Trainer:
    """One run. `steps` counts those done; an epoch is `steps_per_epoch` of them."""

    def __init__(self, model: nn.Module, spec: Model, plan: Plan, data: Data) -> None:
        """`model` has just been built from `plan.seed`. Raises EngineError where it can not be trained."""
        if not hasattr(model, "compute_loss"):
            raise EngineError("The model has no loss.", fix="Add a loss and link the prediction and the target to it.")
        self.model, self.spec, self.plan, self.data = model, spec, plan, data
        self.steps = 0
        self.steps_per_epoch = -(-data.train_samples // plan.batch_size)
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        self._optimizer = make_optimizer(plan, self._parameters)
        self._shuffle = torch.Generator().manual_seed(plan.seed)
        self._names = {*spec.inputs, *spec.targets, *filter(None, [spec.target])}
        self._rows_at_once = plan.batch_size * max(1, GATHERED_BYTES // self._batch_bytes())
        self._order: list[torch.Tensor] = []
        self._ready: list[tuple[Batch, Batch, torch.Tensor | None]] = []
        self._judged = spec.outputs.index(spec.prediction) if has_accuracy(spec) else None
        self._losses: list[torch.Tensor] = []
        self._answers: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._shares: list[NDArray[np.float32]] = []
        self._sizes: list[int] = []
        self._kept = 0
        fit(model, spec, data)
        rehearse(model, spec, plan, data)
        model.train()

    @property
    def epoch(self) -> int:
        """The epoch of the last step, from 1; 0 before the first."""
        return -(-self.steps // self.steps_per_epoch)

    @property
    def epoch_ended(self) -> bool:
        return not self._ready and not self._order

    def step(self) -> None:
        """One batch. Raises whatever the model raises."""
        inputs, targets, target = self.next_batch()
        outputs = run_model(self.model, inputs)
        loss = compute_loss(self.model, outputs, targets)
        for parameter in self._parameters:
            parameter.grad = None
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no type for it
        self._optimizer.step()
        self.steps += 1
        self._record(loss.detach(), outputs, target, len(inputs[0]) if inputs else 1)

    def next_batch(self) -> tuple[Batch, Batch, torch.Tensor | None]:
        """Inputs, targets, and what predictions are judged by."""
        if not self._ready:
            self._refill()
        return self._ready.pop()

    def test(self) -> Scores:
        """Loss and accuracy on the test set, in eval mode."""
        return evaluate(self.model, self.spec, self.data.test, self.plan.batch_size)

    def take(self) -> Figures:
        """The figures of the steps since the last call."""
        self._judge()
        losses = torch.stack(self._losses).float().numpy() if self._losses else _nothing()
        shares = np.concatenate(self._shares) if self._shares else _nothing()
        figures = Figures(losses, shares, np.array(self._sizes, np.int64))
        self._losses, self._shares, self._sizes = [], [], []
        return figures

    def _refill(self) -> None:
        """Gather the next batches, the first one last; at the start of an epoch, shuffle first."""
        if not self._order:
            order = torch.randperm(self.data.train_samples, generator=self._shuffle)
            self._order = list(torch.split(order, self._rows_at_once))[::-1]
        rows = self._order.pop()
        spec, size = self.spec, self.plan.batch_size
        if not self._names:  # nothing comes from outside: the computation is its own only sample
            self._ready.append(((), (), None))
            return
        columns = {name: torch.split(self.data.train[name].index_select(0, rows), size) for name in self._names}
        inputs = [columns[name] for name in spec.inputs]
        targets = [columns[name] for name in spec.targets]
        judges = columns[spec.target] if spec.target else ()
        for i in reversed(range(-(-len(rows) // size))):
            judge = judges[i] if judges else None
            self._ready.append((tuple(c[i] for c in inputs), tuple(c[i] for c in targets), judge))

    def _record(self, loss: torch.Tensor, outputs: Batch, target: torch.Tensor | None, size: int) -> None:
        """Only keep: judging many steps at once costs a fraction of judging each."""
        self._losses.append(loss)
        self._sizes.append(size)
        if self._judged is not None and target is not None:
            answer = outputs[self._judged].detach()
            self._answers.append((answer, target))
            self._kept += answer.numel()
            if self._kept > KEPT_ELEMENTS:
                self._judge()

    def _batch_bytes(self) -> int:
        fields = [self.data.train[name] for name in self._names]
        return max(1, sum(field[0].numel() * field.element_size() for field in fields) * self.plan.batch_size)

    def _judge(self) -> None:
        if not self._answers:
            return
        answers, targets = zip(*self._answers, strict=True)
        right = correct(self.spec.task, torch.cat(answers), torch.cat(targets), self.spec.ignore).numpy()
        sizes = np.array([len(answer) for answer in answers])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self._shares.append((np.add.reduceat(right, starts) / sizes).astype(np.float32))
        self._answers, self._kept = [], 0


def make_optimizer(plan: Plan, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """One of torch's own, with torch's own settings. Raises EngineError for one that is not offered.

    `foreach` gives the same bits as the plain loop over the weights, and is a fifth quicker where there are many.
    `fused` would be quicker still, but rounds otherwise than a script with default settings.
    """
    if not parameters:
        raise EngineError("The model has no weights to train.", fix="Add a layer with weights, such as Linear.")
    settings: dict[str, Any] = {"lr": plan.lr, "weight_decay": plan.weight_decay, "foreach": True}
    if plan.optimizer == "Adam":
        return torch.optim.Adam(parameters, **settings)
    if plan.optimizer == "SGD":
        return torch.optim.SGD(parameters, momentum=plan.momentum, **settings)
    raise EngineError(f"There is no optimizer '{plan.optimizer}'.", fix="There are: Adam, SGD.")


def _nothing() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)
