"""Every variable of the model's forward, by name: a variable is a node of the drawing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import torch
from torch import nn


def trace(model: nn.Module, inputs: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    """Run forward and give its tensors by variable name, in the order they were made; inputs are among them.

    Behind them come the variables inside of blocks, as "block.conv1" or, in a repeated one, "block.0.conv1".
    """
    paths = {id(module): path for path, module in model.named_modules()}
    file = type(model).forward.__code__.co_filename
    found: dict[str, torch.Tensor] = {}
    inside: dict[str, torch.Tensor] = {}

    def on_event(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "return" or code.co_name != "forward" or code.co_filename != file:
            return
        path = paths.get(id(frame.f_locals.get("self")))
        if path is None:
            return
        tensors = {name: value for name, value in frame.f_locals.items() if isinstance(value, torch.Tensor)}
        if path:
            inside.update({f"{path}.{name}": value for name, value in tensors.items()})
        else:
            found.update(tensors)

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        model(*inputs)
    finally:
        sys.setprofile(before if callable(before) else None)  # cProfile's object cannot be put back
    return found | inside
