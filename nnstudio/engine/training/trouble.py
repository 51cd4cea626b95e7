"""What stops a run that can go on later: a loss that is no number, and memory that runs out; in words."""

from __future__ import annotations

import gc
import math

import torch
from torch import nn

from nnstudio.engine.data.datasets import Data
from nnstudio.engine.model.devices import forget_unused
from nnstudio.engine.model.subject import Subject
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Model, Plan

_BLOCK = 2**16
"""Samples that are looked through together."""


class NotFinite(EngineError):
    """The loss of `step`, by the weights after the step before, is no finite number."""

    def __init__(self, step: int, message: str) -> None:
        super().__init__(message, fix="Lower the learning rate, and start again.", kind="nan")
        self.step = step

    @property
    def good(self) -> int:
        """The last step whose weights gave a finite loss in the next one."""
        return self.step - 2


def loss_not_finite(step: int, loss: float) -> NotFinite:
    """The loss of that step is none."""
    value = "NaN (not a number)" if math.isnan(loss) else "infinite"
    return NotFinite(step, f"The loss became {value} at step {step}.")


def weights_not_finite(steps: int) -> NotFinite:
    """The weights after that step are none: the loss of the next one would not be either."""
    return NotFinite(steps + 1, f"The weights became NaN (not a number) or infinite at step {steps}.")


def cause(trouble: EngineError, found: NotFinite | None, trainer: Trainer) -> EngineError:
    """What it comes from: a loss found meanwhile to be none, or weights that are none, of which a layer failed."""
    if found is not None:
        return found
    if not trouble.kind and not all_finite(trainer.model):
        return weights_not_finite(trainer.steps)
    return trouble


def explained(trouble: EngineError, subject: Subject, plan: Plan, began: int) -> EngineError:
    """With what to do about it, in a run that has begun at that step and stands still now."""
    kind = trouble.kind
    if isinstance(trouble, NotFinite):
        fix = _data_fix(subject.spec, subject.data, began if trouble.good < began else -1)
        kind = "data" if fix else "nan"
        fix = fix or f"Lower the learning rate, which is {plan.lr:g}, and resume."
    elif plan.batch_size > 1:
        fix = f"Lower batch_size, which is {plan.batch_size}, and resume."
    else:
        fix = "Stop, make the layers smaller, and train again."
    return EngineError(trouble.message, fix=fix, kind=kind, line=trouble.line)


def _data_fix(model: Model, data: Data, began: int) -> str:
    """Where no learning rate would help; otherwise empty. `began` is where the run began, if it is so from there on."""
    field = next((name for name in (*model.inputs, *model.targets) if not _finite(data.train[name])), "")
    if field:
        return f"The data have numbers in '{field}' that are NaN or infinite: leave those samples out, or fill them in."
    if began > 0:
        return f"It is so from step {began} on, where the run went on: choose an earlier checkpoint, or train anew."
    if began == 0:
        return "It is so from the first step on: look at the data, the layers, and how the weights begin."
    return ""


def free_what_is_left(model: nn.Module) -> None:
    """What a step that failed has left behind."""
    for parameter in model.parameters():
        parameter.grad = None
    gc.collect()
    forget_unused()


def all_finite(model: nn.Module) -> bool:
    """Whether all weights, and all that layers have measured, are numbers."""
    return all(_finite(tensor) for tensor in model.state_dict().values())


def _finite(samples: torch.Tensor) -> bool:
    if not samples.is_floating_point():
        return True
    blocks = torch.split(samples, _BLOCK) if samples.ndim else (samples,)
    return all(bool(torch.isfinite(block).all()) for block in blocks)
