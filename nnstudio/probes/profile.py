"""How long each node takes, forward and backward, for one batch.

Forward is timed line by line of the generated source, as a line is a node; so merges and functions are told apart as
well as modules, and insides of blocks from the block. Backward is timed by autograd's own operations: those between a
node's inputs and its output are the node's. It is a median over a few passes in eval mode, whose forward keeps what
backward needs, as in training. Nothing is left behind.

Option `batch` (samples in it; fewer where that many would take too long). Facts: `names`, of the variables, the loss
under an empty name; `batch`, the samples that it was, and `passes`. Arrays `forward` and `backward`: seconds by the
place in `names`; no `backward` where there is no loss to go back from.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.backward_clock import backward_times
from nnstudio.probes.forward_clock import forward_times
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, Probe
from nnstudio.protocol.messages import Option

MOST_PASSES = 7
SHORT = 0.1
"""Seconds of all passes together, if they can be as short."""
LONG = 0.08
"""Seconds that one pass may take before the batch is made smaller."""
FEW = 4
"""Samples by which it is told how long more of them take."""
MOST_NAMES = 2000

Times = dict[str, float]


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    count = min((len(tensor) for tensor in look.train.values()), default=1)
    if not count:
        raise DataError("There is no sample to measure with.", fix="Give the training set a share of the data.")
    batch = _bearable(look, clamp(whole(options, "batch", 32), 1, count))
    passes = _passes(look, _rows(look, batch))
    forward, backward = ([each[part] for each in passes] for part in (0, 1))
    names = list(dict.fromkeys(name for times in (*forward, *backward) for name in times))[:MOST_NAMES]
    found = Found({"forward": _medians(forward, names)}, {"batch": batch, "passes": len(passes), "names": [*names]})
    if any(backward):
        found.arrays["backward"] = _medians(backward, names)
    return found


def _bearable(look: Look, batch: int) -> int:
    """As many samples as do not take too long, going by how long one takes and a few, once all is warm."""
    few = min(FEW, batch)
    _pass(look, _rows(look, few))
    one, some = (_seconds(look, samples) for samples in (1, few))
    each = max((some - one) / max(few - 1, 1), 1e-7)
    return clamp(int((LONG - one) / each), 1, batch)


def _seconds(look: Look, samples: int) -> float:
    began = perf_counter()
    _pass(look, _rows(look, samples))
    return perf_counter() - began


def _passes(look: Look, rows: dict[str, torch.Tensor]) -> list[tuple[Times, Times]]:
    """A few, behind one that finds memory and caches for so many samples."""
    began = perf_counter()
    _pass(look, rows)
    found: list[tuple[Times, Times]] = []
    while len(found) < MOST_PASSES and (not found or perf_counter() - began < SHORT):
        found.append(_pass(look, rows))
    return found


def _pass(look: Look, rows: dict[str, torch.Tensor]) -> tuple[Times, Times]:
    with torch.enable_grad():
        forward = forward_times(look, rows)
        return forward, backward_times(look, rows)


def _rows(look: Look, batch: int) -> dict[str, torch.Tensor]:
    return {name: tensor[:batch] for name, tensor in look.train.items()}


def _medians(passes: list[Times], names: list[str]) -> NDArray[np.float32]:
    table = np.array([[times.get(name, 0.0) for name in names] for times in passes])
    return np.asarray(np.median(table, axis=0), np.float32)


PROFILE = Probe("profile", "How long each node takes, forward and backward.", _look)
"""See above for options, facts and arrays."""
