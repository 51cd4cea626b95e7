"""Everything that is computed for some samples, forward and for the loss, by the names of the drawing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import torch

from nnstudio.probes.spec import Look, Tensors


def loss_variables(look: Look, traced: Tensors, rows: Tensors) -> tuple[dict[str, torch.Tensor], torch.Tensor | None]:
    """What is computed on the way to the loss, behind forward, and the loss; nothing and None where there is none.

    `traced` are forward's variables for the same rows.
    """
    judge = getattr(look.model, "compute_loss", None)
    if judge is None or not all(name in rows for name in look.spec.targets):
        return {}, None
    outputs = [traced[name] for name in look.spec.outputs]
    return locals_of(judge, [*outputs, *(rows[name] for name in look.spec.targets)])


def locals_of(
    function: Callable[..., torch.Tensor], arguments: Sequence[torch.Tensor]
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """The tensors among a function's variables when it returns, and what it returns."""
    code = getattr(function, "__code__", None)
    found: dict[str, torch.Tensor] = {}

    def on_event(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            found.update({name: value for name, value in frame.f_locals.items() if isinstance(value, torch.Tensor)})

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        made = function(*arguments)
    finally:
        sys.setprofile(before if callable(before) else None)  # cProfile's object cannot be put back
    return found, made
