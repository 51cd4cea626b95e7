"""What every probe does where one part of the data is empty: it looks, or says a plain sentence."""

from contextlib import suppress
from dataclasses import replace

import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.spec import Look, Tensors, probes
from tests.probes.small import chain, look_at, look_at_digits, split, tensors


def emptied(part: Tensors) -> Tensors:
    return {name: tensor[:0] for name, tensor in part.items()}


def points(count: int, task: str) -> Look:
    """A network whose samples are so many numbers."""
    data = {"x": torch.randn(40, count), "label": torch.randint(0, 2, (40,))}
    if task == "values":
        data["label"] = torch.randn(40, 1)
    model = chain(hidden=nn.Linear(count, 4), tanh=nn.Tanh(), head=nn.Linear(4, 1 if task == "values" else 2))
    return look_at(model, *split(data, 10), field="x", task=task)


def iris() -> Look:
    data = tensors("iris")
    field = next(name for name, tensor in data.items() if tensor.ndim == 2)
    label = next(name for name, tensor in data.items() if tensor.dtype == torch.int64)
    return look_at(chain(head=nn.Linear(data[field].shape[1], 3)), *split(data, 30), field=field, target=label)


LOOKS = {
    "one": lambda: points(1, "values"),
    "two": lambda: points(2, "classes"),
    "surface": lambda: points(2, "values"),
    "iris": iris,
    "digits": look_at_digits,
}


@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize("kind", LOOKS)
def test_a_probe_without_samples_looks_or_says_why_not(kind, part):
    look = LOOKS[kind]()
    look = replace(look, **{part: emptied(getattr(look, part))})
    said = 0
    for probe in probes().values():
        with suppress(DataError):  # anything else is a bug
            probe.look(look, {"name": "head", "node": "head", "batched": True})
            said += 1
    assert said >= 2


@pytest.mark.parametrize("kind", ["one", "two", "surface"])
def test_the_boundary_of_what_was_learned_is_there_without_tests(kind):
    look = LOOKS[kind]()
    found = probes()["boundary"].look(replace(look, test=emptied(look.test)), {"resolution": 4})
    assert not found.arrays["test"].any()
    assert len(found.arrays["points"]) == found.facts["samples"] == 30
