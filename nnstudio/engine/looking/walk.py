"""One batch, forward and backward, recorded an operation at a time; the run it is taken from does not notice.

The model is copied but for its weights, so that counters such as BatchNorm's stay as they are. Random numbers are those
that the next step will draw, and the generators are put back. The gradients come from hooks, in the order in which
backward comes to them, and never into the weights' `grad`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import msgspec
import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from nnstudio.engine.looking import chain
from nnstudio.engine.looking.excerpt import Excerpts, figures_of
from nnstudio.engine.looking.following import following
from nnstudio.engine.model.quiet import random_state_kept
from nnstudio.engine.model.subject import Subject, run_model
from nnstudio.engine.model.threads import step_flops, threads_for
from nnstudio.engine.training.feeding import Batch
from nnstudio.engine.training.metrics import compute_loss
from nnstudio.protocol import messages as msg

FIRST_BATCH = 32
"""Samples of the batch where no run says how many."""
MOST_STEPS = 5000
"""Of the forward pass; the rest of a longer one is left out."""


@dataclass
class _Value:
    """A variable of the forward pass, and the gradient by it once backward has come there."""

    step: msg.NodeStep
    tensor: torch.Tensor
    version: int
    """How often it had been changed in its place by then."""
    aliases: list[str] = field(default_factory=list)
    gradient: msg.NodeStep | None = None
    number: float | None = None
    """The gradient, where it is a single one."""

    @property
    def name(self) -> str:
        return self.step.name


def record_first(subject: Subject, *, sample: int = 0, request: int = 0) -> msg.Recorded:
    """The first batch of a model that no run trains, on as many threads as suit it."""
    spec, data, threads = subject.spec, subject.data.train, torch.get_num_threads()
    inputs, targets = (tuple(data[name][:FIRST_BATCH] for name in names) for names in (spec.inputs, spec.targets))
    torch.set_num_threads(threads_for(step_flops(subject, FIRST_BATCH)))
    try:
        return record(subject, inputs, targets, sample=sample, request=request)
    finally:
        torch.set_num_threads(threads)


def record(
    subject: Subject,
    inputs: Batch,
    targets: Batch,
    *,
    sample: int = 0,
    request: int = 0,
    cast: AbstractContextManager[Any] | None = None,
) -> msg.Recorded:
    """Run the batch, and tell all of it. `cast` is what forward is computed in. Raises whatever the model raises."""
    samples = len(inputs[0]) if inputs else 0
    recorder = _Recorder(samples, min(max(sample, 0), max(samples - 1, 0)))
    twin = _twin(subject.model)
    try:
        with random_state_kept():
            with cast or nullcontext():
                loss = recorder.forward(twin, inputs, None if subject.spec.free else targets)
            weights = recorder.backward(twin, loss) if loss is not None and loss.requires_grad else {}
    finally:
        recorder.let_go()
    if not subject.spec.inputs and loss is not None:
        recorder.explain()
    return msg.Recorded(
        request=request,
        step=subject.step,
        loss=None if loss is None else loss.item(),
        steps=recorder.steps(),
        arrays=recorder.excerpts.arrays,
        weights={name: array for name, gradient in weights.items() if (array := recorder.excerpts.of_all(gradient))},
        weight_norms={name: gradient.norm().item() for name, gradient in weights.items()},
        sample=recorder.excerpts.sample,
        samples=samples,
        left_out=recorder.excerpts.left_out,
    )


def _twin(model: nn.Module) -> nn.Module:
    """The same weights, and copies of all else."""
    shared: dict[int, Any] = {id(parameter): parameter for parameter in model.parameters()}
    twin: nn.Module = copy.deepcopy(model, shared)
    return twin


class _Recorder:
    """Takes in what is computed; `samples` are in the batch, `sample` is the one whose numbers are told."""

    def __init__(self, samples: int, sample: int) -> None:
        self.excerpts = Excerpts(samples, sample)
        self._values: dict[str, _Value] = {}
        self._owners: dict[str, _Value] = {}
        self._come: list[_Value] = []
        self._handles: list[RemovableHandle] = []

    def forward(self, model: nn.Module, inputs: Batch, targets: Batch | None) -> torch.Tensor | None:
        """Gives the loss; None where the model has none, or nothing to compare with."""
        with following(model, self._tell), torch.enable_grad():
            outputs = run_model(model, inputs)
            if targets is None or not hasattr(model, "compute_loss"):
                return None
            loss = compute_loss(model, outputs, targets)
        self._add("", loss, given=False)
        return loss

    def backward(self, model: nn.Module, loss: torch.Tensor) -> dict[str, torch.Tensor]:
        """Gives the gradients by the weights, by name."""
        wanted = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        total = self._values[""]
        self._come.append(total)
        self._take(total, torch.ones_like(loss))
        found = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True, retain_graph=True)
        return {name: each for name, each in zip(wanted, found, strict=True) if each is not None}

    def let_go(self) -> None:
        """The weights are the run's: no hook stays at them."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def explain(self) -> None:
        """Say of each gradient by which values it comes."""
        gradients = {value.name: value.number for value in self._come if value.number is not None}
        values = [(value.name, value.tensor) for value in self._values.values()]
        for name, terms in chain.terms(values, gradients).items():
            value = self._values[name]
            if value.gradient is not None:
                value.gradient = msgspec.structs.replace(value.gradient, terms=terms)

    def steps(self) -> tuple[msg.NodeStep, ...]:
        """Forward, then backward."""
        forward = [_named(value.step, value) for value in self._values.values()]
        return (*forward, *(_named(value.gradient, value) for value in self._come if value.gradient is not None))

    # Inside

    def _tell(self, name: str, tensor: torch.Tensor, given: bool) -> None:
        owner = self._owners.get(name)
        if owner is not None and owner.tensor is tensor:
            return
        self._forget(name)
        owner = self._same(name, tensor, given)
        if owner is not None:
            owner.aliases.append(name)
            self._owners[name] = owner
        elif len(self._values) < MOST_STEPS:
            self._add(name, tensor, given)

    def _same(self, name: str, tensor: torch.Tensor, given: bool) -> _Value | None:
        """What `name` is another name of: what comes into a block, or what the block has computed inside."""
        same = (value for value in reversed(self._values.values()) if value.tensor is tensor)
        inside = f"{name}."
        return next((value for value in same if given or value.name.startswith(inside)), None)

    def _forget(self, name: str) -> None:
        """The variable has got another value, as in a loop: what it had is no node's."""
        owner = self._owners.pop(name, None)
        if owner is not None and name in owner.aliases:
            owner.aliases.remove(name)
        elif owner is not None:
            del self._values[name]
            self._hand_on(owner)

    def _hand_on(self, gone: _Value) -> None:
        """Its other names are those of another variable with the same value, if there is one."""
        heir = next((value for value in self._values.values() if value.tensor is gone.tensor), None)
        for name in gone.aliases:
            self._owners.pop(name, None)
            if heir is not None:
                heir.aliases.append(name)
                self._owners[name] = heir

    def _add(self, name: str, tensor: torch.Tensor, given: bool) -> None:
        step = _step(name, tensor, self.excerpts.of_sample(f"value:{name}", tensor), given=given)
        value = _Value(step, tensor, tensor._version)
        self._values[name] = self._owners[name] = value
        if tensor.requires_grad and name:
            hook = tensor.register_hook(self._hook(value))  # type: ignore[no-untyped-call]  # torch has no type for it
            self._handles.append(hook)

    def _hook(self, value: _Value) -> Callable[[torch.Tensor], None]:
        def come(gradient: torch.Tensor) -> None:
            if self._values.get(value.name) is value and value.gradient is None:
                self._place(value)
                self._take(value, gradient)

        return come

    def _place(self, value: _Value) -> None:
        """Two names of one value hear of its gradient in the order they were given: backward it is the other way."""
        place = len(self._come)
        while place > 1 and _one_and_the_same(self._come[place - 1], value):
            place -= 1
        self._come.insert(place, value)

    def _take(self, value: _Value, gradient: torch.Tensor) -> None:
        gradient = gradient.detach()
        value.number = gradient.item() if gradient.numel() == 1 else None
        numbers = self.excerpts.of_sample(f"gradient:{value.name}", gradient)
        value.gradient = _step(value.name, gradient, numbers, backward=True)


def _step(name: str, tensor: torch.Tensor, array: str, *, backward: bool = False, given: bool = False) -> msg.NodeStep:
    mean, std, low, high, norm = figures_of(tensor)
    return msg.NodeStep(name, backward, tuple(tensor.shape), array, mean, std, low, high, norm, given)


def _named(step: msg.NodeStep, value: _Value) -> msg.NodeStep:
    """With the other names, which come to be known later."""
    return msgspec.structs.replace(step, aliases=tuple(value.aliases)) if value.aliases else step


def _one_and_the_same(one: _Value, other: _Value) -> bool:
    return one.tensor is other.tensor and one.version == other.version
