"""The weights of a node: each tensor with its figures, and the numbers of one of them.

Options: `node` (as the engine calls it, as "block.0.conv1"), `tensor` (one of its tensors, whose numbers are wanted;
the first without it), and instead of the numbers `histogram`, or `units`, so many of the first.

Facts: `tensors`, the names as in the state dict; for each of them `shape:NAME`, and where it has numbers `mean:NAME`,
`std:NAME`, `low:NAME`, `high:NAME`; `trained:NAME` where training changes it; `tensor`, the one whose numbers are told;
with a histogram `low`, `high` and `counted`.

Arrays: `values`, all numbers in their own shape where they are few, or `picture`, rows by columns, in which each number
is the mean over a patch; or `histogram`; or `units`, the first along the first axis, as many as may travel.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.histograms import histogram
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

MOST_NUMBERS = 4096
"""Told one by one; of larger tensors a picture is told."""
MOST_TENSORS = 256
"""Of a block with more the first are told."""
_MOST_UNITS, _MOST_OF_UNITS = 256, 1 << 17
"""Units that travel at most, and numbers of them together."""
_ROWS, _COLUMNS = 128, 256
"""Of a picture at most."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    node, wanted = str(options.get("node", "")), str(options.get("tensor", ""))
    tensors = _tensors_of(look.model, node)
    if not tensors:
        raise DataError(f"'{node}' has no weights.", fix="Choose a node with weights, such as a Linear or a Conv2d.")
    chosen = wanted if wanted in tensors else next(iter(tensors))
    found = Found(facts={"tensors": list(tensors), "tensor": chosen})
    for name, tensor in tensors.items():
        found.facts.update(_figures(name, tensor))
    if options.get("histogram") is True:
        _count(found, tensors[chosen])
    elif units := clamp(whole(options, "units", 0), 0, _MOST_UNITS):
        found.arrays["units"] = float32(_first(tensors[chosen], units))
    else:
        small = tensors[chosen].numel() <= MOST_NUMBERS
        found.arrays["values" if small else "picture"] = float32(tensors[chosen] if small else pooled(tensors[chosen]))
    return found


def _count(found: Found, tensor: torch.Tensor) -> None:
    counted = histogram(tensor)
    if counted is not None:
        found.arrays["histogram"] = counted[0]
        found.facts.update(counted[1])


def _first(tensor: torch.Tensor, units: int) -> torch.Tensor:
    """The first along the first axis."""
    each = max(1, tensor[:1].numel()) if tensor.ndim else 1
    return tensor[: max(1, min(units, _MOST_OF_UNITS // each))] if tensor.ndim else tensor


def _tensors_of(model: nn.Module, node: str) -> dict[str, torch.Tensor]:
    """Parameters and buffers by their names in the state dict; the node may be a parameter itself."""
    everything: dict[str, torch.Tensor] = model.state_dict(keep_vars=True)
    own = [(name, each) for name, each in everything.items() if node and f"{name}.".startswith(f"{node}.")]
    return dict(own[:MOST_TENSORS])


def _figures(name: str, tensor: torch.Tensor) -> dict[str, Option]:
    facts: dict[str, Option] = {f"shape:{name}": [*tensor.shape]}
    if isinstance(tensor, nn.Parameter):
        facts[f"trained:{name}"] = True
    if tensor.numel():
        numbers = tensor.detach().float()
        deviation, mean = torch.std_mean(numbers, correction=0)
        low, high = torch.aminmax(numbers)
        figures = {"mean": mean, "std": deviation, "low": low, "high": high}
        facts |= {f"{what}:{name}": figure.item() for what, figure in figures.items()}
    return facts


def pooled(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor as a matrix, its first axis down and the others across, made smaller by means over equal patches."""
    matrix = as_matrix(tensor.detach().float())
    rows, columns = min(_ROWS, matrix.shape[0]), min(_COLUMNS, matrix.shape[1])
    return nn.functional.adaptive_avg_pool2d(matrix[None], (rows, columns))[0]


def as_matrix(tensor: torch.Tensor) -> torch.Tensor:
    """One row for a vector or a number."""
    return tensor.reshape(1, -1) if tensor.ndim < 2 else tensor.reshape(len(tensor), -1)


WEIGHTS = Probe("weights", "The weights of a node, with their figures.", _look)
"""See above for options, facts and arrays."""
