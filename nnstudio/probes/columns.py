"""Which variables of a forward pass are layers of units to be shown one behind the other, and what joins them.

Of layers that work unit by unit the last is shown: of Linear, BatchNorm1d, Tanh what comes out of Tanh. Features that
are made of the inputs without weights, such as their squares, are shown where a Linear takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from torch import nn

from nnstudio.probes.spec import Look
from nnstudio.probes.steps import Pass, Step, passed


@dataclass(frozen=True)
class Joint:
    """A Linear between two columns, by their names. `weight` and `bias` are named as in the state dict, "" for no bias.

    Names and no tensors: a model may get others in their place.
    """

    source: str
    target: str
    weight: str
    bias: str


@dataclass(frozen=True)
class Wiring:
    """The columns by their names, in the order of the computation, and what joins them.

    `links` are pairs of columns of which the second is made of the first in another way than by a Linear.
    """

    columns: tuple[str, ...]
    joints: tuple[Joint, ...]
    links: tuple[tuple[str, str], ...]


_found: WeakKeyDictionary[nn.Module, Wiring] = WeakKeyDictionary()
"""A model is wired the same way each time: finding out takes longer than running it."""


def wired(look: Look, field: str, values: torch.Tensor) -> tuple[Wiring, dict[str, torch.Tensor]]:
    """How a model with one input is wired, and its variables for these values."""
    known = _found.get(look.model)
    if known is not None:
        return known, {**look.trace([values]), field: values}
    run, names = passed(look, [values]), {id(tensor): name for name, tensor in look.model.named_parameters()}
    found = _found[look.model] = _Columns(run, {field: values}, names).wiring()
    return found, {**run.variables, field: values}


class _Columns:
    """Of one pass."""

    def __init__(self, run: Pass, inputs: Mapping[str, torch.Tensor], parameters: Mapping[int, str]) -> None:
        self._run, self._parameters = run, parameters
        self._inputs = {id(tensor) for tensor in inputs.values()}
        self._fixed = _without_weights(run, self._inputs)
        samples = len(next(iter(inputs.values())))
        self._names = _names_of({**inputs, **run.variables}, samples)
        found = {key: tensor for key, (_, tensor) in self._names.items() if not self._absorbed(tensor)}
        order = sorted(found.values(), key=lambda tensor: run.order.get(id(tensor), -1))
        self.names = [self._names[id(tensor)][0] for tensor in order]
        self._shown = set(found)

    def wiring(self) -> Wiring:
        """What was found. A Linear joins columns directly or through what works unit by unit."""
        found = (self._joint(step) for step in self._run.steps if step.linear)
        joints = tuple(joint for joint in found if joint is not None)
        joined = {joint.target for joint in joints}
        return Wiring(tuple(self.names), joints, tuple(self._links(joined)))

    def _links(self, joined: set[str]) -> Iterator[tuple[str, str]]:
        """From the nearest columns before, to each that is not joined."""
        for key in self._shown - self._inputs:
            name, tensor = self._names[key]
            if name not in joined:
                yield from ((source, name) for source in dict.fromkeys(self._sources(tensor)))

    def _sources(self, tensor: torch.Tensor) -> Iterator[str]:
        maker = self._run.maker(tensor)
        for given in maker.given if maker else ():
            if id(given) in self._shown:
                yield self._names[id(given)][0]
            else:
                yield from self._sources(given)

    def _joint(self, step: Step) -> Joint | None:
        source, target = self._before(step.given[0]), self._behind(step.made)
        names = {tensor.ndim: self._parameters.get(id(tensor), "") for tensor in step.stored}
        if source is None or target is None or not names.get(2):
            return None
        return Joint(source, target, names[2], names.get(1, ""))

    def _before(self, tensor: torch.Tensor) -> str | None:
        """The column whose units these are."""
        while id(tensor) not in self._shown:
            maker = self._run.maker(tensor)
            if maker is None or not maker.unitwise:
                return None
            tensor = maker.given[0]
        return self._names[id(tensor)][0]

    def _behind(self, tensor: torch.Tensor) -> str | None:
        """The column that these units become."""
        while id(tensor) not in self._shown:
            users = self._run.users(tensor)
            if len(users) != 1 or not users[0].unitwise:
                return None
            tensor = users[0].made
        return self._names[id(tensor)][0]

    def _absorbed(self, tensor: torch.Tensor) -> bool:
        """Whether what is made of it is shown in its place."""
        users = self._run.users(tensor)
        if id(tensor) in self._inputs or not users:
            return False
        if id(tensor) in self._fixed:
            return not any(step.linear for step in users)
        return len(users) == 1 and users[0].unitwise and self._comes_out(users[0].made)

    def _comes_out(self, tensor: torch.Tensor) -> bool:
        """Whether it has a name, or becomes something that has one, unit by unit."""
        users = self._run.users(tensor)
        onward = len(users) == 1 and users[0].unitwise
        return id(tensor) in self._names or (onward and self._comes_out(users[0].made))


def _names_of(variables: Mapping[str, torch.Tensor], samples: int) -> dict[int, tuple[str, torch.Tensor]]:
    """By identity, what holds units for each sample. Of several names for the same that farthest outside blocks."""
    found: dict[int, tuple[str, torch.Tensor]] = {}
    for name, tensor in sorted(variables.items(), key=lambda item: item[0].count(".")):
        if tensor.ndim in (1, 2) and len(tensor) == samples and tensor.is_floating_point():
            found.setdefault(id(tensor), (name, tensor))
    return found


def _without_weights(run: Pass, inputs: set[int]) -> set[int]:
    """What is made of the inputs with no weights that are trained."""
    found = set(inputs)
    for step in run.steps:
        fixed = all(id(tensor) in found for tensor in step.given)
        if fixed and not any(isinstance(tensor, nn.Parameter) for tensor in step.stored):
            found.add(id(step.made))
    return found - inputs
