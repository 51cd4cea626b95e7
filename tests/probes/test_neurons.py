"""The neurons probe on real models, as the engine builds them, against torch computed apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.errors import DataError
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.probes.plane import middles
from nnstudio.probes.spec import Found, probes
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from tests.classics.drawing import Pen, inside

LOOK = probes()["neurons"].look


def built(document: Document) -> Subject:
    return make_subject(Session(document, FakeEngine()).model())


def example(name: str) -> Subject:
    return built(storage.load(resolve(f"example:{name}")))


def drawn(draw: Callable[[Pen], object], dataset: str = "moons", classes: int = 2) -> Subject:
    """What `draw` puts between the data and a head of as many as there are classes."""
    document = Document("net")
    pen = Pen(document)
    data = pen.start("Dataset", name="data", dataset=dataset)
    draw(pen)
    pen.layer("Linear", name="head", out_features=classes)
    loss = pen.layer("CrossEntropyLoss")
    document.connect(f"{data.id}.{data.outputs[1].name}", f"{loss.id}.target")
    return built(document)


def look(subject: Subject, **options: Any) -> Found:
    with looking(subject.model):
        return LOOK(subject.look(), options)


def places(found: Found, resolution: int) -> torch.Tensor:
    edges = [found.facts[name] for name in ("x0", "x1", "y0", "y1")]
    return middles(tuple(edges), resolution)


def joined(found: Found) -> list[tuple[str, str, str]]:
    """Weight, from, to."""
    return list(zip(*(found.facts[name] for name in ("weights", "sources", "targets")), strict=True))


@pytest.mark.parametrize("name", ["xor", "spiral", "circles", "moons"])
def test_the_maps_are_what_torch_computes(name):
    subject = example(name)
    found = look(subject, resolution=8, units=5)
    model, x = subject.model, places(found, 8)
    with torch.no_grad():
        first = torch.tanh(x @ model.hidden1.weight.T + model.hidden1.bias)
        second = torch.tanh(first @ model.hidden2.weight.T + model.hidden2.bias)
        last = second @ model.head.weight.T + model.head.bias
    assert found.facts["layers"] == ["point", "tanh1", "tanh2", "head"]
    for layer, values in zip(found.facts["layers"], (x, first, second, last), strict=True):
        expected = values[:, :5].T.reshape(-1, 8, 8).numpy()
        np.testing.assert_allclose(found.arrays[f"map:{layer}"], expected, atol=1e-5)
        assert found.facts[f"units:{layer}"] == values.shape[1]
    np.testing.assert_array_equal(found.arrays["weight:1"], model.hidden2.weight[:5, :5].detach().numpy())
    np.testing.assert_array_equal(found.arrays["bias:1"], model.hidden2.bias[:5].detach().numpy())
    assert joined(found)[0] == ("hidden1.weight", "point", "tanh1")
    assert found.facts["biases"][2] == "head.bias"


def test_the_map_is_from_the_lowest_y_and_the_lowest_x():
    found = look(example("moons"), resolution=4)
    x, y = found.arrays["map:point"]
    assert (np.diff(x, axis=1) > 0).all()
    assert (np.diff(y, axis=0) > 0).all()


def test_mixed_activations_have_the_last_of_what_works_unit_by_unit():
    def draw(pen: Pen) -> None:
        for number, kinds in enumerate((["BatchNorm1d", "ReLU"], ["Sigmoid", "Dropout"], ["LayerNorm", "Sine"]), 1):
            pen.layer("Linear", name=f"lin{number}", out_features=3 + number)
            for kind in kinds:
                pen.layer(kind, name=f"{kind.lower()}{number}")

    found = look(drawn(draw))
    assert found.facts["layers"] == ["point", "relu1", "sigmoid2", "sine3", "head"]
    assert joined(found) == [
        ("lin1.weight", "point", "relu1"),
        ("lin2.weight", "relu1", "sigmoid2"),
        ("lin3.weight", "sigmoid2", "sine3"),
        ("head.weight", "sine3", "head"),
    ]


def test_a_skip_and_a_concatenation_are_layers_without_wires():
    def draw(pen: Pen) -> None:
        data = pen.last
        pen.layer("Linear", name="a", out_features=4)
        tanh = pen.layer("Tanh", name="ta")
        pen.layer("Linear", name="b", out_features=4)
        pen.join("Add", tanh, name="added")
        pen.join("Concatenate", data, name="joined")

    subject = drawn(draw)
    found = look(subject, resolution=4)
    assert found.facts["layers"] == ["point", "ta", "b", "added", "joined", "head"]
    assert joined(found) == [
        ("a.weight", "point", "ta"),
        ("b.weight", "ta", "b"),
        ("head.weight", "joined", "head"),
    ]
    links = set(zip(found.facts["link_sources"], found.facts["link_targets"], strict=True))
    assert links == {("b", "added"), ("ta", "added"), ("added", "joined"), ("point", "joined")}
    np.testing.assert_allclose(
        found.arrays["map:added"], found.arrays["map:b"] + found.arrays["map:ta"], rtol=0, atol=1e-6
    )


def test_features_of_the_inputs_are_one_layer():
    def draw(pen: Pen) -> None:
        data = pen.last
        squared = pen.layer("Power", name="squared")
        pen.last = data
        pen.layer("Sine", name="sine")
        pen.join("Concatenate", data, squared, name="features")
        pen.layer("Linear", name="hidden", out_features=4)
        pen.layer("ReLU", name="relu1")

    found = look(drawn(draw, "circles"), resolution=4)
    assert found.facts["layers"] == ["point", "features", "relu1", "head"]
    assert joined(found)[0] == ("hidden.weight", "features", "relu1")
    x, features = found.arrays["map:point"], found.arrays["map:features"]
    np.testing.assert_allclose(features, np.concatenate([np.sin(x), x, x**2]), atol=1e-6)


def test_the_inside_of_a_block_is_joined_under_its_names():
    document = Document("net")
    block, pen = inside(document, "Part")
    pen.layer("Linear", "lin", out_features=4)
    pen.layer("Tanh", "act")
    pen.layer("Output", "y")
    pen = Pen(document)
    pen.start("Dataset", dataset="moons")
    pen.layer("Linear", name="first", out_features=4)
    pen.block(block, "part")
    found = look(built(document))
    assert found.facts["layers"] == ["point", "first", "part"]
    assert joined(found)[1] == ("part.lin.weight", "first", "part")


def test_what_is_told_has_limits():
    def draw(pen: Pen) -> None:
        for number in range(6):
            pen.layer("Linear", name=f"lin{number}", out_features=20, bias=False)
            pen.layer("Tanh", name=f"tanh{number}")

    found = look(drawn(draw), layers=4, units=3, resolution=1000)
    assert found.facts["layers"] == ["point", "tanh0", "tanh1", "head"]
    assert found.facts["layer_count"] == 8
    assert found.facts["units:tanh1"] == 20
    assert found.facts["biases"] == ["", ""]
    assert found.arrays["map:tanh1"].shape == (3, 128, 128)
    assert found.arrays["weight:1"].shape == (3, 3)
    assert "bias:0" not in found.arrays
    assert len(found.arrays["points"]) == len(found.arrays["labels"]) == 300


def test_one_unit_is_told_in_finer_cells():
    subject = example("xor")
    found = look(subject, layer="tanh2", unit=7, units=4, resolution=4, fine=16)
    with torch.no_grad():
        expected = subject.model.tanh2(
            subject.model.hidden2(subject.model.tanh1(subject.model.hidden1(places(found, 16))))
        )
    np.testing.assert_allclose(found.arrays["fine"], expected[:, 7].reshape(16, 16).numpy(), atol=1e-5)
    assert (found.facts["fine_layer"], found.facts["fine_unit"]) == ("tanh2", 7)
    assert "fine" not in look(subject, layer="tanh2", unit=8, fine=16).arrays
    assert "fine" not in look(subject, layer="gone", unit=0, fine=16).arrays


def test_weights_that_took_the_place_of_others_are_told():
    subject = example("xor")
    look(subject)
    subject.model.head.weight = torch.nn.Parameter(torch.full((2, 8), 0.25))
    found = look(subject, resolution=4)
    assert (found.arrays["weight:2"] == 0.25).all()
    with torch.no_grad():
        expected = subject.model(places(found, 4)).T.reshape(2, 4, 4)
    np.testing.assert_allclose(found.arrays["map:head"], expected.numpy(), atol=1e-6)


def test_looking_leaves_nothing_behind():
    subject = drawn(lambda pen: (pen.layer("Linear", out_features=3), pen.layer("BatchNorm1d"), pen.layer("Dropout")))
    before = {name: tensor.clone() for name, tensor in subject.model.state_dict().items()}
    look(subject, fine=8, layer="head")
    assert all(torch.equal(tensor, before[name]) for name, tensor in subject.model.state_dict().items())
    assert all(tensor.grad is None for tensor in subject.model.parameters())
    assert not any(module._forward_hooks for module in subject.model.modules())


def test_other_data_and_no_layers_are_told():
    with pytest.raises(DataError, match="two numbers a sample, such as moons"):
        look(drawn(lambda pen: pen.layer("Tanh"), "iris", 3))
    document = Document("net")
    pen = Pen(document)
    pen.start("Dataset", dataset="moons")
    pen.layer("Flatten")
    with pytest.raises(DataError, match="No layer makes units"):
        look(built(document))
