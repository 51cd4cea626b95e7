"""What a batch of training looks like once it is prepared: as it comes from the data, and behind chosen nodes.

Options: `nodes` (names of nodes behind which to look, such as an Augment or a Standardize; "block.augment" in a block),
`seed` and `batch_size` (of the plan), `count` (samples shown at most, 24), `draw` (another number, other chance).
Arrays: `input:FIELD` for each input as it comes from the data, `target` where there is a field for it, and one under
the name of each node; all have the same samples. Facts: `size`, the samples in the whole batch, and `names`, the
classes' names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.options import clamp, whole, words
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

_MOST = 256
"""Samples shown at once."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    rows, size = _first(look, options)
    inputs = [look.train[name].index_select(0, rows) for name in look.spec.inputs]
    nodes = words(options, "nodes")
    _set_to_training(look.model, nodes)
    torch.manual_seed(whole(options, "seed", 0) + whole(options, "draw", 0))  # the engine keeps the state of the run
    traced = look.trace(inputs)
    found = Found(facts={"size": size, "names": list(look.class_names)})
    found.arrays.update(
        {f"input:{name}": float32(tensor) for name, tensor in zip(look.spec.inputs, inputs, strict=True)}
    )
    found.arrays.update({name: float32(traced[name]) for name in nodes if name in traced})
    if look.spec.target in look.train:
        found.arrays["target"] = look.train[look.spec.target].index_select(0, rows).cpu().numpy()
    return found


def _first(look: Look, options: Mapping[str, Option]) -> tuple[torch.Tensor, int]:
    """The samples of the first batch, as the trainer draws them, as many as are shown; and how many it has."""
    if not look.spec.data.dataset or not look.spec.inputs:
        raise DataError("There is no data set, so there are no batches.", fix="Add a Dataset.")
    count = len(look.train[look.spec.inputs[0]])
    shuffle = torch.Generator().manual_seed(whole(options, "seed", 0))
    size = clamp(whole(options, "batch_size", 32), 1, count)
    rows = torch.randperm(count, generator=shuffle)[:size].to(look.train[look.spec.inputs[0]].device)
    return rows[: clamp(whole(options, "count", 24), 1, _MOST)], size


def _set_to_training(model: nn.Module, nodes: list[str]) -> None:
    """Those that keep nothing: a BatchNorm would learn from being looked at. The engine sets them back afterwards."""
    for name in nodes:
        with contextlib.suppress(AttributeError):  # a node that is no module, or no longer there
            module = model.get_submodule(name)
            if name and not module.state_dict():
                module.train()


BATCH = Probe("batch", "What a batch of training looks like once it is prepared.", _look)
"""See above for options and arrays."""
