"""The precision that a step is computed in: torch's autocast, and a scaled loss where small gradients would vanish."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch

from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Plan
from nnstudio.training.registry import optimizers

_FLOAT32_FIX = "Choose float32."


class Precision:
    """`scaler` is None where the loss needs no scaling, `dtype` where a step is computed in the weights' own."""

    def __init__(self, plan: Plan) -> None:
        """Raises EngineError for what the device or the optimizer does not do."""
        check_precision(plan)
        self._device = torch.device(plan.device).type
        self.dtype = None if plan.precision == "float32" else getattr(torch, plan.precision)
        self.scaler = torch.amp.GradScaler(self._device) if plan.precision == "float16" else None

    def autocast(self) -> AbstractContextManager[Any]:
        """In which forward and loss are to be computed."""
        return torch.autocast(self._device, self.dtype)

    def backward(self, loss: torch.Tensor, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """Gradients of the scaled loss, brought back to their size."""
        assert self.scaler is not None
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]  # torch has no type for it
        for optimizer in optimizers:
            self.scaler.unscale_(optimizer)

    def step(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """A step of each, unless the scale was too large for the gradients."""
        assert self.scaler is not None
        for optimizer in optimizers:
            self.scaler.step(optimizer)
        self.scaler.update()

    def state(self) -> dict[str, Any]:
        return {} if self.scaler is None else self.scaler.state_dict()

    def restore(self, state: dict[str, Any]) -> None:
        if self.scaler is not None:
            self.scaler.load_state_dict(state)


def check_precision(plan: Plan) -> None:
    """Raise EngineError for what the device or the optimizer does not do."""
    if plan.precision not in ("float32", "bfloat16", "float16"):
        raise EngineError(f"There is no precision '{plan.precision}'.", fix=_FLOAT32_FIX)
    if plan.precision == "float16" and torch.device(plan.device).type != "cuda":
        raise EngineError(
            "float16 is for CUDA GPUs: its small range needs a scaled loss there.",
            fix="Choose bfloat16 or float32, or train on a GPU.",
        )
    known = optimizers().get(plan.optimizer)
    if plan.precision == "float16" and known is not None and known.closure:
        raise EngineError(f"{plan.optimizer} does not go with float16.", fix="Choose bfloat16 or float32.")
