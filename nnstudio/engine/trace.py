"""Every variable of the model's forward, by name: a variable is a node of the drawing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import torch
from torch import nn


def trace(model: nn.Module, inputs: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    """Run forward and give its tensors by variable name, in the order they were made; inputs are among them."""
    code = type(model).forward.__code__
    found: dict[str, torch.Tensor] = {}

    def on_event(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code and frame.f_locals.get("self") is model:
            found.update((k, v) for k, v in frame.f_locals.items() if isinstance(v, torch.Tensor))

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        model(*inputs)
    finally:
        sys.setprofile(before if callable(before) else None)  # cProfile's object cannot be put back
    return found
