"""Layers that measure the training set before training begins, such as Standardize: those with a method `fit`.

`fit(batches)` gets what comes in at the layer from the training samples, in eval mode and without gradients; a layer
behind another sees what that one gives once it is fitted. The test set is never looked at, and no random number is
drawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from nnstudio.engine.data.datasets import Data, Tensors
from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, run_model
from nnstudio.engine.model.words import in_words
from nnstudio.engine.training.metrics import compute_loss
from nnstudio.protocol.messages import Model

_CPU = torch.device("cpu")
BATCH_ELEMENTS = 2**18
"""Numbers of all fields in one batch, about."""
ENOUGH_TO_LOOK = 2**22
"""Numbers of all fields that are measured where nothing is trained: a drawing that is edited must not wait."""


class _Reached(Exception):  # no error: what is behind the layer need not be computed
    """Forward has come to the layer."""


def fit(model: nn.Module, spec: Model, data: Data) -> None:
    """Fit all layers that want it to the whole training set. Raises EngineError where one can not be."""
    found = _fittable(model)
    device = next((tensor.device for tensor in data.train.values()), _CPU)
    try:
        if found and device.type == "mps":  # which has no double numbers
            _fit(found, model.to(_CPU), spec, data.on(_CPU), len(data.rows.get("train", ())))
            model.to(device)
        else:
            _fit(found, model, spec, data, len(data.rows.get("train", ())))
    except Exception as error:  # the model's own code may raise anything
        raise in_words(error) from error


def fit_to_look(subject: Subject) -> None:
    """Fit those that came without weights to as much as is quick; a run fits all anew, and tells what fails."""
    found = _fittable(subject.model)
    if subject.spec.weights:
        found = {name: module for name, module in found.items() if name.partition(".")[0] in subject.fresh}
    samples = max(1, ENOUGH_TO_LOOK // _sample_elements(subject.spec, subject.data))
    with contextlib.suppress(Exception):  # the model's own code may raise anything
        _fit(found, subject.model, subject.spec, subject.data, samples)


def fitted_layers(model: nn.Module, spec: Model, data: Data) -> tuple[str, ...]:
    """Names of the layers that `fit` fits, in its order."""
    found = {module: name for name, module in _fittable(model).items()}
    if not found or data.kind is None:
        return ()
    part = {name: data.train[name][:1] for name in (*spec.inputs, *spec.targets)}
    with looking(model):
        return tuple(found[module] for module in _in_order(list(found), model, spec, part))


def batch_of(part: Tensors) -> int:
    """Samples that are measured at once."""
    return max(1, BATCH_ELEMENTS // (sum(tensor[:1].numel() for tensor in part.values()) or 1))


def _fittable(model: nn.Module) -> dict[str, Any]:
    """The layers with a method `fit`, by name."""
    return {name: module for name, module in model.named_modules() if callable(getattr(module, "fit", None))}


def _fit(found: dict[str, Any], model: nn.Module, spec: Model, data: Data, samples: int) -> None:
    if not found or data.kind is None:  # there is nothing to measure in random numbers
        return
    part = {name: data.train[name][:samples] for name in (*spec.inputs, *spec.targets)}
    with looking(model):
        for module in _in_order(list(found.values()), model, spec, part):
            module.fit(_coming_in(module, model, spec, part))


def _in_order(modules: list[nn.Module], model: nn.Module, spec: Model, part: Tensors) -> list[Any]:
    """As forward, and then the loss, comes to them; without those that it never comes to."""
    order: dict[nn.Module, None] = {}
    hooks = [each.register_forward_pre_hook(lambda module, _: order.setdefault(module)) for each in modules]
    try:
        _run(model, spec, {name: tensor[:1] for name, tensor in part.items()})
    finally:
        for hook in hooks:
            hook.remove()
    return list(order)


def _coming_in(module: nn.Module, model: nn.Module, spec: Model, part: Tensors) -> Iterator[torch.Tensor]:
    """What the layer takes, batch by batch."""
    seen: list[torch.Tensor] = []

    def keep(_: nn.Module, arguments: tuple[Any, ...]) -> None:
        seen.append(arguments[0])
        raise _Reached

    hook = module.register_forward_pre_hook(keep)
    try:
        for batch in _batches(part):
            with contextlib.suppress(_Reached):
                _run(model, spec, batch)
            yield seen.pop()
    finally:
        hook.remove()


def _run(model: nn.Module, spec: Model, batch: Tensors) -> None:
    """Forward and the loss: a layer may stand on the way to a target."""
    outputs = run_model(model, tuple(batch[name] for name in spec.inputs))
    if hasattr(model, "compute_loss"):
        compute_loss(model, outputs, tuple(batch[name] for name in spec.targets))


def _batches(part: Tensors) -> Iterator[Tensors]:
    columns = [torch.split(tensor, batch_of(part)) for tensor in part.values()]
    for row in zip(*columns, strict=True):
        yield dict(zip(part, row, strict=True))


def _sample_elements(spec: Model, data: Data) -> int:
    return sum(data.train[name][:1].numel() for name in (*spec.inputs, *spec.targets)) or 1
