"""What kind of data a project has: what a panel looks at to know whether it is made for it."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.tensors import Shape
from nnstudio.compiler.result import Compiled


def no_project(compiled: Compiled) -> bool:
    """For panels that are made for no data in particular."""
    return False


def points(compiled: Compiled) -> bool:
    """Whether the samples are points in a plane."""
    return (2,) in _samples(compiled)


def few_numbers(compiled: Compiled) -> bool:
    """Whether the network takes one number a sample, or two, or the samples are points in a plane; or it takes more
    that may follow from one, as powers of x, which the data set has as a field of its own.
    """
    facts = compiled.facts.get(compiled.dataset)
    fields = facts.outputs if facts else {}
    taken = [fields[name] for name in compiled.signature.inputs if name in fields]
    given = len(taken) == len(compiled.signature.inputs)
    numbers = sum(prod(spec.per_sample) for spec in taken)
    whole = any(spec.dtype.startswith("int") for spec in taken)
    used = {*compiled.signature.inputs, *compiled.signature.targets}
    rest = [spec for name, spec in fields.items() if name not in used]
    leads = any(prod(spec.per_sample) == 1 and spec.kind == "number" for spec in rest)
    return points(compiled) or (given and not whole and (numbers in (1, 2) or leads))


def images(compiled: Compiled) -> bool:
    """Whether the samples are images, and no attention is there to be seen over them."""
    return any(len(shape) == 3 for shape in _samples(compiled)) and not attention(compiled)


def numbers(compiled: Compiled) -> bool:
    """Whether it is a computation of typed-in numbers, with something to be learnt."""
    return compiled.has_loss and not compiled.dataset and not compiled.signature.inputs


def attention(compiled: Compiled) -> bool:
    """Whether some layer says where it looks."""
    facts = compiled.facts.values()
    return any("weights" in each.outputs or any("attn" in name for name in each.weights) for each in facts)


def only_data(compiled: Compiled) -> bool:
    """Whether there are data and nothing to train on them yet."""
    return bool(compiled.dataset) and not compiled.has_loss


def _samples(compiled: Compiled) -> list[Shape]:
    """The shapes of what the data set puts out, without the batch."""
    facts = compiled.facts.get(compiled.dataset)
    return [spec.per_sample for spec in facts.outputs.values()] if facts else []
