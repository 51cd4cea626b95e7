"""How every layer of a network fares: its activations, its weights, the gradients of both, how fast it moves.

Gradients are those of the loss of the first training samples, computed as in training (BatchNorm takes its statistics
from the batch) but for dropout, which is off.

Options: `samples` (looked at together, 64), `node` (a layer of which a histogram is wanted) and `quantity` (of what).
Facts: `names` of the layers in the order of the computation, `layers`, how many there are in all, `samples`; `steps`
since the look that weights are compared with; `saturates`, those among the layers that can be saturated and not dead;
`reason` why there are no gradients; with a histogram `node`, `low`, `high` and `counted`.
Arrays: for each of QUANTITIES a row a layer with norm, mean and deviation; `update`, |change of the weights| by
|weights| a step; `flat`, the share of units that are dead or saturated for all samples; `histogram`. A figure is NaN
where there is no such thing, and infinite where not all the numbers are finite.

Activations and their gradients are those of one sample: their norm is the root mean square over the samples, and
gradients are not divided by the number of samples. All the weights of a layer are taken together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import sqrt
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.flat import SATURATED, flat_share, flatness, unit_axis
from nnstudio.probes.gradients import loss_of
from nnstudio.probes.histograms import histogram
from nnstudio.probes.moments import moments, together
from nnstudio.probes.moving import update_ratios
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.rows import Row, batch_statistics, rows_of
from nnstudio.probes.spec import Found, Look, Probe
from nnstudio.protocol.messages import Option

QUANTITIES = ("activation", "gradient", "weight", "weight_gradient")
"""What a layer puts out, the loss's gradient by it, its weights, the loss's gradient by them."""
SAMPLES, _MOST_SAMPLES = 64, 1024
MOST_LAYERS = 256
"""Of a network with more the first are told."""

Tensors: TypeAlias = tuple[torch.Tensor, ...]


@dataclass
class _Values:
    """The layers, and for each quantity the tensors of each of them."""

    rows: list[Row]
    layers: int
    samples: int
    tensors: dict[str, list[Tensors]] = field(default_factory=dict)
    reason: str = ""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    values = _values(look, clamp(whole(options, "samples", SAMPLES), 1, _MOST_SAMPLES))
    if not values.rows:
        raise DataError("No layer computes anything yet.", fix="Add a Linear or a Conv2d.")
    moved, steps = update_ratios(look.model, look.step, {row.name: row.weights for row in values.rows if row.weights})
    found = Found(
        arrays={
            **_figures(values),
            "update": _column([moved.get(row.name) for row in values.rows]),
            "flat": _flat(values.rows, alone=not look.spec.inputs),
        },
        facts={
            "names": [row.name for row in values.rows],
            "layers": values.layers,
            "samples": values.samples,
            "steps": steps,
            "saturates": [row.name for row in values.rows if type(row.module) in SATURATED],
            "reason": values.reason,
        },
    )
    _count(found, values, str(options.get("node", "")), str(options.get("quantity", "")))
    return found


def _values(look: Look, samples: int) -> _Values:
    given = {name: tensor[:samples] for name, tensor in look.train.items()}
    count = len(given[look.spec.inputs[0]]) if look.spec.inputs else 1
    if not count:
        raise DataError("There is no training sample to look at.", fix="Give the training set a share of the data.")
    with ExitStack() as around:
        around.enter_context(torch.enable_grad())
        around.enter_context(batch_statistics(look.model, count))
        if any(isinstance(module, nn.RNNBase) for module in look.model.modules()):
            around.enter_context(torch.backends.cudnn.flags(enabled=False))  # its backward pass is for training alone
        traced = look.trace([given[name] for name in look.spec.inputs])
        rows = rows_of(look, traced)
        values = _Values(rows[:MOST_LAYERS], len(rows), count)
        try:
            loss = loss_of(look, [traced[name] for name in look.spec.outputs], given)
        except DataError as error:
            loss, values.reason = None, error.message
        _take_gradients(values, loss)
    return values


def _take_gradients(values: _Values, loss: torch.Tensor | None) -> None:
    rows = values.rows
    outputs = [(row.output,) if row.output is not None else () for row in rows]
    pulled = (each for row in rows for each in (row.output, *row.weights) if each is not None and each.requires_grad)
    wanted = list({id(each): each for each in pulled}.values())
    found: Sequence[torch.Tensor | None] = ()
    if loss is not None and loss.requires_grad and wanted:
        found = torch.autograd.grad(loss, wanted, allow_unused=True)
    by_tensor = {id(each): grad for each, grad in zip(wanted, found, strict=False) if grad is not None}
    values.tensors = {
        "activation": list(outputs),
        "gradient": [_of(by_tensor, each) for each in outputs],
        "weight": [row.weights for row in rows],
        "weight_gradient": [_of(by_tensor, row.weights) for row in rows],
    }


def _of(by_tensor: Mapping[int, torch.Tensor], tensors: Tensors) -> Tensors:
    return tuple(by_tensor[id(each)] for each in tensors if id(each) in by_tensor)


# Figures


def _figures(values: _Values) -> dict[str, NDArray[np.float32]]:
    """Norm, mean and deviation of each layer's tensors, taken together: all are fetched from the device at once."""
    groups = [own for quantity in QUANTITIES for own in values.tensors[quantity]]
    parts = moments([each for own in groups for each in own])
    found = together(parts, [len(own) for own in groups]).reshape(len(QUANTITIES), len(values.rows), 3)
    found = np.where(np.isnan(found), found, found * _scale(values.samples)[:, None, :])
    return {quantity: found[number].astype(np.float32) for number, quantity in enumerate(QUANTITIES)}


def _scale(samples: int) -> NDArray[np.float64]:
    """What makes the figures of a batch those of one sample: the norm is over all of them, the loss is their mean."""
    ones = np.ones(3)
    activation, gradient = [1 / sqrt(samples), 1, 1], [sqrt(samples), samples, samples]
    return np.array([activation, gradient, ones, ones])


def _flat(rows: Sequence[Row], *, alone: bool) -> NDArray[np.float32]:
    sequences = {
        tuple(row.output.shape) for row in rows if row.output is not None and isinstance(row.module, nn.Conv1d)
    }
    shares: list[torch.Tensor | None] = []
    for row in rows:
        is_flat = flatness(row.module)
        if is_flat is None or row.output is None:
            shares.append(None)
            continue
        output = _with_units(row.output.detach(), alone)
        shares.append(flat_share(output, is_flat, unit_axis(output, tuple(row.output.shape) in sequences)))
    told = [share for share in shares if share is not None]
    numbers = iter(torch.stack(told).tolist() if told else [])
    return _column([next(numbers) if share is not None else None for share in shares])


def _with_units(output: torch.Tensor, alone: bool) -> torch.Tensor:
    """Samples × units where it has not both: it is `alone` where the network is given no samples."""
    if output.ndim > 1:
        return output
    return output.reshape(1, -1) if alone else output.reshape(-1, 1)


def _column(values: Sequence[float | None]) -> NDArray[np.float32]:
    return np.array([np.nan if value is None else value for value in values], np.float32)


def _count(found: Found, values: _Values, node: str, quantity: str) -> None:
    """The histogram that is wanted, where there is something to count."""
    place = next((number for number, row in enumerate(values.rows) if row.name == node), -1)
    tensors = values.tensors.get(quantity, [])
    if place < 0 or not tensors or not tensors[place]:
        return
    scale = values.samples if quantity == "gradient" else 1
    counted = histogram(torch.cat([each.detach().reshape(-1) for each in tensors[place]]) * scale)
    if counted is not None:
        found.arrays["histogram"] = counted[0]
        found.facts.update({"node": node, "quantity": quantity, **counted[1]})


LAYERS = Probe("layers", "How every layer fares: activations, weights, gradients, updates, dead units.", _look)
"""See above for options, facts and arrays."""
