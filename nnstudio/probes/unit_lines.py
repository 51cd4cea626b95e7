"""Where the units of a node turn: what they put out at places, whose zeros are their lines."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, float32
from nnstudio.protocol.messages import Option

MOST_LINES = 16
"""Units whose lines can be told apart."""


def add_lines(found: Found, output: torch.Tensor | None, options: Mapping[str, Option], shape: tuple[int, ...]) -> None:
    """Array `lines`, units × `shape`, of the unit that `unit` says, or of the first ones for -1. None for a node that
    is not there, or that puts out no vector.
    """
    if output is None or output.ndim != 2 or not output.is_floating_point():
        return
    wanted, count = whole(options, "unit", -1), output.shape[1]
    first = 0 if wanted < 0 else clamp(wanted, 0, count - 1)
    chosen = output[:, : min(count, MOST_LINES)] if wanted < 0 else output[:, first : first + 1]
    found.arrays["lines"] = float32(chosen.T).reshape(chosen.shape[1], *shape)
    found.facts.update(units=count, unit=first)
