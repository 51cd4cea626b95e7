"""Places to ask a model about, where all of its inputs together are one number a sample, or two.

They may come as one field or as two; what the drawing makes of them behind that does not matter. Many numbers that
follow from one, as powers of x, count as that one where the data set has it as a field of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import torch

from nnstudio.errors import DataError
from nnstudio.probes.answers import judged
from nnstudio.probes.spec import Look, Tensors

_BATCH = 1024
"""Places that run at once."""
_MARGIN = 0.1
"""Room around the data, as a part of its extent."""
_MOST_OUTPUTS = 256
"""Numbers of a prediction that one can be chosen of."""


_MOST_FOLLOWERS = 64
"""Numbers that may follow from one."""


@dataclass(frozen=True)
class Inputs:
    """The input fields and what a sample of each is like."""

    shapes: dict[str, tuple[int, ...]]
    kinds: dict[str, torch.Tensor]
    """An empty tensor of each field's own type and device."""
    leader: str = ""
    """A field of one number that all the others of a sample follow from: places between the samples are not known."""

    @property
    def count(self) -> int:
        """Numbers of a sample."""
        return 1 if self.leader else self.size

    @property
    def size(self) -> int:
        """Numbers of a sample as the model takes it."""
        return sum(map(prod, self.shapes.values()))

    def columns(self, tensors: Tensors) -> torch.Tensor:
        """Samples as N×count."""
        return tensors[self.leader].reshape(-1, 1).float() if self.leader else self.taken(tensors)

    def taken(self, tensors: Tensors) -> torch.Tensor:
        """Samples as N×size, as the model takes them."""
        return torch.cat([in_rows(tensors[name]) for name in self.shapes], dim=1).float()

    def fields(self, columns: torch.Tensor) -> dict[str, torch.Tensor]:
        """N×size as the fields that the model takes."""
        parts = torch.split(columns, [prod(shape) for shape in self.shapes.values()], dim=1)
        return {
            name: part.reshape(-1, *shape).to(self.kinds[name])
            for part, (name, shape) in zip(parts, self.shapes.items(), strict=True)
        }


def inputs_of(look: Look) -> Inputs:
    """The inputs of a model that takes one number a sample, or two. Raises DataError for any other."""
    judged(look)
    fields = {name: look.train[name] for name in look.spec.inputs}
    inputs = Inputs({name: tuple(field.shape[1:]) for name, field in fields.items()}, _empty(fields))
    if inputs.size > 1:
        inputs = replace(inputs, leader=_leader(look, inputs))
    if inputs.count not in (1, 2) or not all(field.is_floating_point() for field in fields.values()):
        raise DataError("The Boundary panel needs data with one or two numbers a sample, such as moons.")
    return inputs


def _leader(look: Look, inputs: Inputs) -> str:
    """A field that the model does not take, which is one of the numbers that it does; or empty."""
    used = {*inputs.shapes, look.spec.target, *look.spec.targets}
    single = (name for name in look.train if name not in used and look.train[name][:1].numel() == 1)
    numbers = [name for name in single if look.train[name].is_floating_point()]
    if not numbers or inputs.size > _MOST_FOLLOWERS:
        return ""
    columns = inputs.taken(look.train)
    alike = (name for name in numbers if (columns == look.train[name].reshape(-1, 1)).all(dim=0).any())
    return next(alike, "")


def _empty(fields: Tensors) -> dict[str, torch.Tensor]:
    return {name: field[:0].detach() for name, field in fields.items()}


def edges_of(points: torch.Tensor) -> tuple[list[float], list[float]]:
    """The lowest and the highest place of a picture with room around the points, of each of their numbers."""
    known = points[points.isfinite().all(dim=1)]
    if not len(known):
        raise DataError("There is no sample to show.", fix="Choose data that hold numbers.")
    low, high = known.amin(dim=0), known.amax(dim=0)
    room = (high - low).clamp(min=1e-3) * _MARGIN
    return (low - room).tolist(), (high + room).tolist()


def answer_at(look: Look, inputs: Tensors, nodes: Sequence[str] = ()) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The judged output at places, and what these nodes put out there; a node that is not there is left out."""
    place, _ = judged(look)
    fields = [inputs[name] for name in look.spec.inputs]
    outputs: list[torch.Tensor] = []
    traced: dict[str, list[torch.Tensor]] = {}
    for start in range(0, len(fields[0]), _BATCH):
        batch = [field[start : start + _BATCH] for field in fields]
        if not nodes:
            made = look.model(*batch)
            outputs.append(made if isinstance(made, torch.Tensor) else made[place])
            continue
        seen = look.trace(batch)
        outputs.append(seen[look.spec.prediction])
        for name in nodes:
            if name in seen and len(seen[name]) == len(batch[0]):
                traced.setdefault(name, []).append(seen[name])
    return torch.cat(outputs), {name: torch.cat(parts) for name, parts in traced.items()}


def in_rows(tensor: torch.Tensor) -> torch.Tensor:
    """N×…, with the numbers of each sample in one row; N may be 0."""
    return tensor.reshape(len(tensor), prod(tensor.shape[1:]))


def single(output: torch.Tensor, task: str, wanted: int) -> tuple[torch.Tensor, int, int]:
    """One number a sample of a prediction that may have several: it, its place, and how many there are.

    The scores of classes are one answer together.
    """
    if task in ("classes", "tokens"):
        return output, 0, 1
    numbers = in_rows(output)
    count = numbers.shape[1]
    if not 1 <= count <= _MOST_OUTPUTS:
        raise DataError(f"The Boundary panel shows one number a sample; this prediction has {count}.")
    chosen = max(0, min(wanted, count - 1))
    return numbers[:, chosen], chosen, count
