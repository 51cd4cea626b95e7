"""The training loop, readable top to bottom.

The numbers are those of the plainest loop one would write, to the last bit:

    torch.manual_seed(seed)
    model = Model()
    model.standardize.fit([image])  # and so on: each layer that measures the training set
    model.conv1.to(memory_format=torch.channels_last)  # and so on, where engine.training.layout says so
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay, fused=True)
    shuffle = torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        for rows in torch.randperm(len(train), generator=shuffle).split(batch_size):
            loss = model.compute_loss(model(image[rows]), label[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
"""

from __future__ import annotations

from functools import partial

import torch
from torch import nn

from nnstudio.engine.data.datasets import Data
from nnstudio.engine.data.fitting import fit
from nnstudio.engine.model.memory import check_room
from nnstudio.engine.model.quiet import random_state, set_random_state
from nnstudio.engine.model.subject import run_model
from nnstudio.engine.records.slots import Slots
from nnstudio.engine.training import layers
from nnstudio.engine.training.feeding import Batch, Feed, Place
from nnstudio.engine.training.layout import suits
from nnstudio.engine.training.metrics import (
    Scores,
    compute_loss,
    evaluate,
    quick_batch,
)
from nnstudio.engine.training.rehearsal import rehearse
from nnstudio.engine.training.state import Packed, Tree, pack, tensors_in, unpack
from nnstudio.engine.training.tally import Figures, Tally
from nnstudio.engine.training.updating import Updater
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Model, Plan
from nnstudio.training.spec import Progress


class Trainer:
    """One run. `steps` counts those done."""

    def __init__(self, model: nn.Module, spec: Model, plan: Plan, data: Data) -> None:
        """`model` has just been built from `plan.seed`. Raises EngineError where it can not be trained."""
        if not hasattr(model, "compute_loss"):
            raise EngineError("The model has no loss.", fix="Add a loss and link the prediction and the target to it.")
        self.model, self.spec, self.plan, self.data = model, spec, plan, data
        self.steps = 0
        self.feed = Feed(spec, data, plan.batch_size, plan.seed)
        fit(model, spec, data)
        self.updater = Updater(plan, model, channels_last=suits(model, spec.source))
        self._quick_batch = 0
        self._tally = Tally(spec)
        rehearse(model, spec, plan, data, self.updater.trained_by(plan))
        model.train()
        self._slots = Slots(model)

    @property
    def epoch(self) -> int:
        """The epoch of the last step, from 1; 0 before the first."""
        return self.feed.epochs + (not self.feed.epoch_ended)

    @property
    def epoch_ended(self) -> bool:
        return self.feed.epoch_ended

    @property
    def total_steps(self) -> int:
        """Those done, and those to come by the plan."""
        feed = self.feed
        return self.steps + feed.steps_left + max(0, self.plan.epochs - self.epoch) * feed.steps_per_epoch

    def change(self, plan: Plan) -> None:
        """Go on by another plan, from the next step. Raises EngineError, with all as it was, where that can not be.

        What it can not change, such as the seed, stays without a word.
        """
        if plan.groups != self.plan.groups or plan.batch_size != self.plan.batch_size:
            rehearse(self.model, self.spec, plan, self.data, self.updater.trained_by(plan))
        self.updater.change(plan)
        if plan.batch_size != self.feed.batch_size:
            self.feed.batch_size = plan.batch_size
        self.plan = plan

    def epoch_done(self, scores: Scores) -> None:
        """The epoch that has just ended was judged: a schedule may go by that."""
        self.updater.epoch_done(scores.loss)

    def step(self) -> None:
        """One batch. Raises whatever the model raises."""
        self.updater.set_rate(self._progress)
        inputs, targets, target = self.feed.next()
        loss, outputs = self.updater.take_step(partial(self._look, inputs, targets))
        self.steps += 1
        self._tally.add(loss.detach(), outputs, target, self.feed.last_size)

    def state(self) -> Packed:
        """A copy of the present state. Raises EngineError where there is no memory for it and what is written of it."""
        tree = self.present()
        check_room(2 * sum(tensor.nbytes for tensor in tensors_in(tree)))
        return pack(tree)

    def present(self) -> Tree:
        """Everything that the next steps depend on, itself. Figures that nobody has taken yet are not among it."""
        place = self.feed.place
        return {
            "steps": self.steps,
            "epochs": place.epochs,
            "taken": place.taken,
            "shuffle": place.generator,
            "batch_size": self.feed.batch_size,
            "model": self._slots.tensors(),
            "layers": self._slots.settings(),
            "updater": self.updater.state(),
            "random": random_state(),
        }

    def restore(self, packed: Packed) -> None:
        """Go on from a state of the same model and data, to the last bit. Raises EngineError where it does not fit."""
        state = unpack(packed)
        try:
            self.model.load_state_dict(state["model"])
            layers.restore(self.model, state["layers"])
            self.updater.restore(state["updater"])
            self.feed.batch_size = state["batch_size"]
            self.feed.go_to(Place(state["epochs"], state["taken"], state["shuffle"]))
        except (KeyError, RuntimeError, ValueError) as error:
            fix = "Train from the beginning, or go back to the drawing of that run."
            raise EngineError("The checkpoint is of another network or plan.", fix=fix) from error
        self.steps = state["steps"]
        set_random_state(state["random"])
        self.take()

    def _look(self, inputs: Batch, targets: Batch) -> tuple[torch.Tensor, Batch]:
        if self.updater.precision.dtype is not None:
            with self.updater.precision.autocast():
                outputs = run_model(self.model, inputs)
                return compute_loss(self.model, outputs, targets), outputs
        outputs = run_model(self.model, inputs)
        return compute_loss(self.model, outputs, targets), outputs

    def _progress(self) -> Progress:
        return Progress(self.steps, self.total_steps, self.feed.epochs)

    def test(self, metrics: tuple[str, ...] = ()) -> Scores:
        """Loss and accuracy on the test set, in eval mode, and those metrics."""
        test = self.data.test
        if not self._quick_batch:
            self._quick_batch = quick_batch(self.model, self.spec, test)
        size = max(self._quick_batch, self.plan.batch_size)
        return evaluate(self.model, self.spec, test, size, metrics)

    def take(self) -> Figures:
        """The figures of the steps since the last call."""
        return self._tally.take()
