"""A batch on a copy of the model before a run: what torch would say in its own words, or after a whole epoch."""

from __future__ import annotations

import copy
from collections.abc import Collection

from torch import nn

from nnstudio.engine.data.datasets import Data
from nnstudio.engine.model.quiet import random_state_kept
from nnstudio.engine.model.subject import run_model
from nnstudio.engine.training.metrics import compute_loss
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Model, Plan

TOO_FEW_FOR_BATCH_NORM = "Expected more than 1 value per channel"


def rehearse(model: nn.Module, spec: Model, plan: Plan, data: Data, trained: Collection[str]) -> None:
    """Raise EngineError where a batch is too small for the model, or its loss depends on no weight that is `trained`.

    Other errors are left to the run, which tells them with their line.
    """
    smallest = data.train_samples % plan.batch_size or plan.batch_size
    try:
        trains = _depends_on(trained, model, spec, data, samples=min(smallest, 2))
    except Exception as error:  # the model's own code may raise anything
        if TOO_FEW_FOR_BATCH_NORM in str(error):
            raise _batch_too_small(data.train_samples, plan.batch_size) from error
        return
    if trains:
        return
    if any(group.frozen for group in plan.groups):
        raise EngineError(f"All weights that lead to {_losses(model)} are frozen.", fix="Unfreeze a layer before it.")
    raise EngineError(
        f"No weights lead to {_losses(model)}.", fix="Add a layer with weights before it, such as Linear."
    )


def _depends_on(trained: Collection[str], model: nn.Module, spec: Model, data: Data, samples: int) -> bool:
    twin = copy.deepcopy(model).train()
    for name, parameter in twin.named_parameters():
        parameter.requires_grad_(name in trained)
    batch = {name: data.train[name][:samples] for name in (*spec.inputs, *spec.targets)}
    with random_state_kept():
        outputs = run_model(twin, tuple(batch[name] for name in spec.inputs))
        return compute_loss(twin, outputs, tuple(batch[name] for name in spec.targets)).requires_grad


def _losses(model: nn.Module) -> str:
    names = [f"'{name}'" for name, module in model.named_children() if isinstance(module, nn.modules.loss._Loss)]
    return f"the loss{'es' if len(names) > 1 else ''} {' and '.join(names)}".strip()


def _batch_too_small(samples: int, size: int) -> EngineError:
    found = "batch_size is 1" if size == 1 else "the last batch of an epoch has 1"
    sizes = (*range(size - 1, 1, -1), *range(size + 1, samples + 1))
    better = next((other for other in sizes if samples % other != 1), None)
    fix = f"Change batch_size to {better}, say." if better else "Use more data, or take BatchNorm out."
    return EngineError(f"BatchNorm needs more than one sample in a batch, and {found}.", fix=fix)
