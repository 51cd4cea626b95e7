"""The layers of a network in the order of the computation: what each puts out, and the weights that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn

from nnstudio.probes.spec import Look


@dataclass(frozen=True)
class Row:
    """One layer; a block is none, as the layers inside are. No output where it is no tensor of real numbers."""

    name: str
    output: torch.Tensor | None = None
    weights: tuple[nn.Parameter, ...] = ()
    module: nn.Module | None = field(default=None, repr=False)


def rows_of(look: Look, traced: Mapping[str, torch.Tensor]) -> list[Row]:
    """Every layer that computes real numbers or has weights."""
    modules = dict(look.model.named_modules())
    names = _computed(look, traced, modules)
    weights: dict[str, list[nn.Parameter]] = {name: [] for name in names}
    for path, weight in look.model.named_parameters():
        if not weight.numel():
            continue
        weights.setdefault(_owner(path, weights) or path.rpartition(".")[0] or path, []).append(weight)
    found = ((name, traced.get(name), tuple(own)) for name, own in weights.items())
    rows = [Row(name, _real(output), own, modules.get(name)) for name, output, own in found]
    return [row for row in rows if row.output is not None or row.weights]


def in_order(names: list[str]) -> list[str]:
    """What is computed in a block stands where the block does."""
    places = {name: number for number, name in enumerate(names)}
    ends = len(names)

    def key(name: str) -> list[int]:
        parts = name.split(".")
        leads = [".".join(parts[: count + 1]) for count in range(len(parts))]
        return [_place(lead, places, ends) for lead in leads]

    return sorted(names, key=lambda name: (key(name), places[name]))


@contextmanager
def batch_statistics(model: nn.Module, samples: int) -> Iterator[None]:
    """Inside, BatchNorm takes mean and variance from the batch, as it does in training, and learns nothing of it."""
    norms = (
        [each for each in model.modules() if isinstance(each, nn.modules.batchnorm._BatchNorm)] if samples > 1 else []
    )
    kept = [(norm, norm.running_mean, norm.running_var) for norm in norms]
    try:
        for norm in norms:
            norm.running_mean = norm.running_var = None
        yield
    finally:
        for norm, mean, variance in kept:
            norm.running_mean, norm.running_var = mean, variance


def _place(lead: str, places: Mapping[str, int], ends: int) -> int:
    """A repeated block "deep" has no variable "deep.0": its number says where it is."""
    last = lead.rpartition(".")[2]
    return places.get(lead, int(last) if last.isdecimal() else ends)


def _computed(look: Look, traced: Mapping[str, torch.Tensor], modules: Mapping[str, nn.Module]) -> list[str]:
    given = set(look.spec.inputs)
    names = [name for name in traced if name not in given and not _came_in(name, modules)]
    blocks = {lead for name in names for lead in _leads(name)[:-1]}
    found: dict[str, int] = {}
    for name in in_order(names):
        value = id(traced[name])
        if name not in blocks and (name in modules or value not in found.values()):  # an Output is no layer
            found[name] = value
    return list(found)


def _leads(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def _came_in(name: str, modules: Mapping[str, nn.Module]) -> bool:
    """Whether a variable inside a block is what the block was given."""
    lead, _, last = name.rpartition(".")
    if not lead or lead not in modules:
        return False
    code = type(modules[lead]).forward.__code__
    return last in code.co_varnames[: code.co_argcount]


def _owner(path: str, names: Mapping[str, object]) -> str:
    """The layer that a parameter belongs to, or empty: "conv1" for "conv1.weight"."""
    return next((lead for lead in reversed(_leads(path)) if lead in names), "")


def _real(output: torch.Tensor | None) -> torch.Tensor | None:
    return output if output is not None and output.is_floating_point() and output.numel() else None
