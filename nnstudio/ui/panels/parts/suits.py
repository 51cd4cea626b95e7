"""What kind of data a project has: what a panel looks at to know whether it is made for it."""

from __future__ import annotations

from nnstudio.catalogue.tensors import Shape
from nnstudio.compiler.result import Compiled


def no_project(compiled: Compiled) -> bool:
    """For panels that are made for no data in particular."""
    return False


def points(compiled: Compiled) -> bool:
    """Whether the samples are points in a plane."""
    return (2,) in _samples(compiled)


def images(compiled: Compiled) -> bool:
    """Whether the samples are images."""
    return any(len(shape) == 3 for shape in _samples(compiled))


def only_data(compiled: Compiled) -> bool:
    """Whether there are data and nothing to train on them yet."""
    return bool(compiled.dataset) and not compiled.has_loss


def _samples(compiled: Compiled) -> list[Shape]:
    """The shapes of what the data set puts out, without the batch."""
    facts = compiled.facts.get(compiled.dataset)
    return [spec.per_sample for spec in facts.outputs.values()] if facts else []
