import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import make_subject
from nnstudio.errors import DataError
from nnstudio.probes.spec import probes
from nnstudio.protocol import messages as msg
from tests.probes.small import chain, linear, look_at, look_at_digits

LOOK = probes()["activations"].look
LANGUAGE = """import torch
from torch import nn


class Own(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        half = x * 0.5
        return half


class Language(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(97, 4)
        self.own = Own()
        self.linear = nn.Linear(4, 97)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        embedding = self.own(self.table(text))
        linear = self.linear(embedding)
        return linear

    def compute_loss(self, linear: torch.Tensor, next: torch.Tensor) -> torch.Tensor:
        return self.loss(linear.movedim(-1, 1), next)
"""


def two_samples(**layers: nn.Module):
    data = {"point": torch.tensor([[1.0, 2.0], [3.0, -4.0]]), "label": torch.tensor([1, 0])}
    return look_at(chain(**layers), data, data, field="point", names=("down", "up"))


def test_shows_one_sample_as_it_goes_through():
    look = two_samples(hidden=linear([[1.0, 1.0], [1.0, -1.0], [0.0, 2.0]], [0.5, 0.0, 0.0]), relu=nn.ReLU())
    found = LOOK(look, {"sample": 1})
    assert set(found.arrays) == {"hidden", "relu", "input:point"}
    assert found.arrays["hidden"].tolist() == [-0.5, 7.0, -8.0]
    assert found.arrays["relu"].tolist() == [0.0, 7.0, 0.0]
    assert found.arrays["input:point"].tolist() == [3.0, -4.0]
    assert found.facts == {"sample": 1, "samples": 2, "label": 0, "label_name": "down"}


def test_shows_only_the_nodes_asked_for_and_forgets_those_that_are_gone():
    look = two_samples(hidden=nn.Linear(2, 3), relu=nn.ReLU())
    assert set(LOOK(look, {"nodes": ["relu", "gone", "point"]}).arrays) == {"relu", "input:point"}


@pytest.mark.parametrize(("asked", "shown"), [(-5, 0), (0, 0), (359, 359), (10_000, 359)])
def test_sample_stays_within_the_test_set(asked, shown):
    found = LOOK(look_at_digits(), {"sample": asked, "nodes": ["head"]})
    assert found.facts["sample"] == shown
    assert found.facts["samples"] == 360


def test_channels_and_long_vectors_are_limited_and_say_so():
    look = look_at_digits()
    found = LOOK(look, {"channels": 4})
    shapes = {name: array.shape for name, array in found.arrays.items()}
    assert shapes == {
        "conv1": (4, 8, 8),
        "relu1": (4, 8, 8),
        "flatten": (512,),
        "head": (10,),
        "input:image": (1, 8, 8),
    }
    limited = {name: value for name, value in found.facts.items() if name.startswith("shape:")}
    assert limited == {"shape:conv1": [16, 8, 8], "shape:relu1": [16, 8, 8], "shape:flatten": [1024]}
    assert all(array.dtype == np.float32 for array in found.arrays.values())
    every = LOOK(look, {"channels": 0})
    assert every.arrays["conv1"].shape == (16, 8, 8)
    assert np.array_equal(every.arrays["conv1"][:4], found.arrays["conv1"])


def test_values_that_are_no_class_have_no_label():
    data = {"point": torch.ones(3, 2), "height": torch.rand(3, 1)}
    look = look_at(chain(out=nn.Linear(2, 1)), data, data, field="point", task="values", target="height")
    facts = LOOK(look, {}).facts
    assert (facts["label"], facts["label_name"]) == (-1, "")


def test_an_empty_test_set_and_wrong_options_are_told():
    data = {"point": torch.ones(3, 2), "label": torch.zeros(3, dtype=torch.int64)}
    none = {name: tensor[:0] for name, tensor in data.items()}
    with pytest.raises(DataError, match="no test sample"):
        LOOK(look_at(chain(out=nn.Linear(2, 2)), data, none, field="point"), {})
    with pytest.raises(DataError, match="sample takes a whole number"):
        LOOK(look_at_digits(), {"sample": "first"})
    with pytest.raises(DataError, match="nodes takes a list"):
        LOOK(look_at_digits(), {"nodes": "head"})


def test_large_ones_are_made_smaller_by_means_over_patches():
    data = {"grid": torch.rand(2, 128, 512), "label": torch.tensor([0, 1])}
    found = LOOK(look_at(chain(same=nn.Identity()), data, data, field="grid"), {"sample": 1})
    small = found.arrays["same"]
    assert small.shape == (32, 64)
    assert found.facts["shape:same"] == [128, 512]
    assert small[1, 2] == pytest.approx(data["grid"][1, 4:8, 16:24].mean().item())
    images = {"image": torch.rand(2, 3, 224, 224), "label": torch.tensor([0, 1])}
    look = look_at(chain(conv=nn.Conv2d(3, 64, 3)), images, images, field="image")
    found = LOOK(look, {"channels": 8})
    assert {name: array.shape for name, array in found.arrays.items()} == {
        "conv": (8, 32, 32),
        "input:image": (3, 64, 64),
    }
    volume = {"image": torch.rand(1, 2, 5, 6, 7), "label": torch.tensor([0])}
    found = LOOK(look_at(chain(same=nn.Identity()), volume, volume, field="image"), {})
    assert np.array_equal(found.arrays["same"], volume["image"][0, :, 2].numpy())


def test_the_loss_of_the_sample_and_its_tokens_in_words():
    model = msg.Model(
        LANGUAGE,
        "Language",
        msg.DataRef("python_reference", {"context": 8}),
        inputs=("text",),
        targets=("next",),
        outputs=("linear",),
        prediction="linear",
        target="next",
        task="tokens",
    )
    subject = make_subject(model, seed=0)
    with looking(subject.model):
        found = LOOK(subject.look(), {"sample": 3})
        row, answer = subject.data.test["text"][3:4], subject.data.test["next"][3:4]
        loss = nn.functional.cross_entropy(subject.model(row).movedim(-1, 1), answer)
    assert found.facts["loss"] == pytest.approx(loss.item())
    names = subject.data.class_names("text")
    assert found.facts["tokens:text"] == [names[number] for number in row[0].tolist()]
    assert set(found.arrays) == {"embedding", "linear", "input:text"}  # insides of own classes are nobody's picture
