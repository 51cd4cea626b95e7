"""The numbers of one tensor, of any node, for one test sample.

Options: `name` (as the engine calls the variable, as "block.0.conv1") or `field` (of the data set); `loss` (whether it
is a loss, which may have no variable of its own); `batched` (whether its first axis is the samples), `sample`, `at`
(places on the leading axes), `top` and `left` (where the numbers begin that are told of a large slice).

Facts: `name` (or field) as it was asked for, `shape` and `dtype` of the whole, `at` as it was taken; `low`, `high`,
`mean`, `std` of its finite numbers, `zeros` as a share, `nans` and `infinite` counted; `sample`, `samples`,
`label_name`, and `names` of the classes. Arrays: `values`, the numbers of the slice from `top` and `left` on, as many
as travel, and where that is not the whole slice `picture`, in which each number is the mean over a patch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.one_sample import label_facts
from nnstudio.probes.options import clamp, numbers, whole
from nnstudio.probes.spec import Found, Look, Probe, Tensors
from nnstudio.probes.variables import loss_variables
from nnstudio.probes.weights import pooled
from nnstudio.protocol.messages import Option

MOST_NUMBERS = 16_384
"""Of one slice, told at once."""
WINDOW = 96
"""Rows and columns that are told of a larger one."""
MOST_NAMES = 512
"""Of classes or tokens."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    rows = _rows(look, options)
    tensor = _tensor(look, options, rows.tensors)
    if options.get("batched", True) and tensor.ndim:
        tensor = tensor[0]
    found = Found(facts={"sample": rows.sample, "samples": rows.samples, **label_facts(look, rows.sample)})
    found.facts["name"] = str(options.get("field") or options.get("name", ""))
    found.facts.update(_figures(tensor), shape=[*tensor.shape], dtype=str(tensor.dtype).removeprefix("torch."))
    names = look.names_of(str(options["field"])) if options.get("field") else look.class_names
    if not tensor.is_floating_point() and 0 < len(names) <= MOST_NAMES:
        found.facts["names"] = list(names)
    _tell(found, tensor, options)
    return found


# Which tensor


@dataclass(frozen=True)
class _Rows:
    """One test sample as a batch of one, and how many there are."""

    tensors: dict[str, torch.Tensor]
    sample: int
    samples: int


def _rows(look: Look, options: Mapping[str, Option]) -> _Rows:
    samples = min((len(tensor) for tensor in look.test.values()), default=1)
    if not samples:
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    sample = clamp(whole(options, "sample", 0), 0, samples - 1)
    return _Rows({name: tensor[sample : sample + 1] for name, tensor in look.test.items()}, sample, samples)


def _tensor(look: Look, options: Mapping[str, Option], rows: Tensors) -> torch.Tensor:
    name, field = str(options.get("name", "")), str(options.get("field", ""))
    if field:
        if field not in rows:
            raise DataError(f"The data have no field '{field}'.", fix="Wait until they are loaded.")
        return rows[field]
    traced = look.trace([rows[name] for name in look.spec.inputs])
    if name in traced:
        return traced[name]
    between, loss = loss_variables(look, traced, rows)
    if name in between:
        return between[name]
    if loss is None or not options.get("loss"):
        raise DataError(f"'{name}' is not computed.", fix="Connect it to what the loss or an output is made of.")
    return loss


# What is told of it


def _tell(found: Found, tensor: torch.Tensor, options: Mapping[str, Option]) -> None:
    """The numbers of a slice: all of them, or a window and a picture."""
    at = [clamp(place, 0, size - 1) for place, size in zip(numbers(options, "at"), tensor.shape, strict=False)]
    at = (at + [0] * tensor.ndim)[: max(len(at[: tensor.ndim - 1]), tensor.ndim - 2, 0)]
    part = tensor[tuple(at)]
    found.facts["at"] = list(at)
    top, left = whole(options, "top", 0), whole(options, "left", 0)
    if part.numel() <= MOST_NUMBERS:
        top = left = 0
        found.arrays["values"] = _travelling(part)
    elif part.ndim == 1:
        top, left = 0, clamp(left, 0, len(part) - MOST_NUMBERS)
        found.arrays["values"] = _travelling(part[left : left + MOST_NUMBERS])
        found.arrays["picture"] = _travelling(pooled(part)[0])
    else:
        top, left = (
            clamp(place, 0, max(0, size - WINDOW)) for place, size in zip((top, left), part.shape, strict=True)
        )
        found.arrays["values"] = _travelling(part[top : top + WINDOW, left : left + WINDOW])
        found.arrays["picture"] = _travelling(pooled(part))
    found.facts.update(top=top, left=left)


def _travelling(tensor: torch.Tensor) -> NDArray[np.generic]:
    """Whole numbers as such, and all others as float32."""
    tensor = tensor.detach().cpu()
    kept = not tensor.is_floating_point() and not tensor.is_complex()
    return np.asarray(tensor.to(torch.int64 if kept else torch.float32).numpy())


def _figures(tensor: torch.Tensor) -> dict[str, Option]:
    """Over all of it, also what lies in other slices."""
    values = tensor.detach().double()
    finite = values[torch.isfinite(values)]
    facts: dict[str, Option] = {
        "nans": int(torch.isnan(values).sum()),
        "infinite": int(torch.isinf(values).sum()),
        "zeros": float((values == 0).double().mean()) if values.numel() else 0.0,
    }
    if finite.numel():
        std, mean = torch.std_mean(finite, correction=0)
        told = {"low": finite.min(), "high": finite.max(), "mean": mean, "std": std}
        facts |= {name: figure.item() for name, figure in told.items()}
    return facts


TENSOR = Probe("tensor", "The numbers of one tensor, of any node, for one test sample.", _look)
"""See above for options, facts and arrays."""
