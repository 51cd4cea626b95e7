"""How every layer fares: each figure against torch's own, computed apart."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.compiler.compile import compile_document
from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.errors import DataError
from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.probes.histograms import histogram
from nnstudio.probes.layers import LAYERS, QUANTITIES
from nnstudio.probes.rows import in_order
from nnstudio.probes.spec import Found, Look
from nnstudio.project.carrying import model_message, plan_message
from nnstudio.protocol import messages as msg
from tests.classics.drawing import Pen, inside
from tests.probes.small import chain, look_at, split, tensors

SAMPLES = 64


def opened(document: Document) -> Subject:
    """The model of a drawing, as its run begins."""
    return make_subject(model_message(document, compile_document(document), None), plan=plan_message(document))


def looked(look: Look, **options: msg.Option) -> Found:
    with looking(look.model):
        return LAYERS.look(look, options)


def row(found: Found, quantity: str, name: str) -> list[float]:
    names = found.facts["names"]
    assert isinstance(names, list)
    array = found.arrays[quantity][names.index(name)]
    return array.tolist()


def moons(**layers: nn.Module) -> Look:
    torch.manual_seed(0)
    train, test = split(tensors("moons"), 20)
    look = look_at(chain(**layers), train, test, field="point")
    look.model.requires_grad_(True)
    look.model.compute_loss = nn.functional.cross_entropy  # type: ignore[assignment]
    return replace(look, spec=msgspec.structs.replace(look.spec, targets=("label",)))


def figures(*parts: torch.Tensor) -> list[float]:
    values = torch.cat([part.detach().reshape(-1) for part in parts]).double()
    return [values.norm().item(), values.mean().item(), values.std(correction=0).item()]


def test_a_chain_is_as_torch_says() -> None:
    look = moons(hidden=nn.Linear(2, 8), relu=nn.ReLU(), head=nn.Linear(8, 2))
    found = looked(look)
    model, x, label = look.model, look.train["point"][:SAMPLES], look.train["label"][:SAMPLES]
    made = model(x)
    nn.functional.cross_entropy(made, label).backward()
    for name in ("hidden", "head"):
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear)
        assert layer.weight.grad is not None
        assert layer.bias.grad is not None
        assert row(found, "weight", name) == pytest.approx(figures(layer.weight, layer.bias), rel=1e-5)
        gradients = figures(layer.weight.grad, layer.bias.grad)
        assert row(found, "weight_gradient", name) == pytest.approx(gradients, rel=1e-4, abs=1e-8)
    norm, mean, deviation = figures(made)
    assert row(found, "activation", "head") == pytest.approx([norm / SAMPLES**0.5, mean, deviation], rel=1e-5)
    assert found.facts["names"] == ["hidden", "relu", "head"]
    assert found.facts["samples"] == SAMPLES
    assert np.isnan(found.arrays["weight"][1]).all()


def test_the_gradient_by_what_is_put_out_is_that_of_one_sample() -> None:
    look = moons(hidden=nn.Linear(2, 8), head=nn.Linear(8, 2))
    found = looked(look)
    made = look.model(look.train["point"][:SAMPLES])
    loss = nn.functional.cross_entropy(made, look.train["label"][:SAMPLES], reduction="sum")
    (gradient,) = torch.autograd.grad(loss, made)
    norm, mean, deviation = figures(gradient)
    assert row(found, "gradient", "head") == pytest.approx([norm / SAMPLES**0.5, mean, deviation], rel=1e-4, abs=1e-7)


def test_nothing_is_left_behind() -> None:
    look = moons(hidden=nn.Linear(2, 8), norm=nn.BatchNorm1d(8), relu=nn.ReLU(), head=nn.Linear(8, 2))
    before = {name: value.clone() for name, value in look.model.state_dict().items()}
    state = torch.get_rng_state()
    looked(look, node="head", quantity="gradient")
    assert all(torch.equal(value, before[name]) for name, value in look.model.state_dict().items())
    assert all(weight.grad is None for weight in look.model.parameters())
    assert torch.equal(state, torch.get_rng_state())


def test_batchnorm_takes_its_statistics_from_the_batch_as_in_training() -> None:
    look = moons(hidden=nn.Linear(2, 8), norm=nn.BatchNorm1d(8), head=nn.Linear(8, 2))
    look.model.get_submodule("norm").running_var.fill_(100.0)  # type: ignore[union-attr, operator]
    found = looked(look)
    norm, mean, deviation = row(found, "activation", "norm")
    assert norm == pytest.approx(8**0.5, rel=1e-2)
    assert mean == pytest.approx(0, abs=1e-5)
    assert deviation == pytest.approx(1, rel=1e-2)


def test_units_that_are_zero_for_all_samples_are_dead_and_those_at_their_limit_saturated() -> None:
    look = moons(hidden=nn.Linear(2, 8), relu=nn.ReLU(), head=nn.Linear(8, 4), tanh=nn.Tanh(), last=nn.Linear(4, 2))
    hidden, head = look.model.get_submodule("hidden"), look.model.get_submodule("head")
    with torch.no_grad():
        hidden.bias[:6] = -1e3  # type: ignore[index, operator]
        head.bias[:1] = 1e3  # type: ignore[index, operator]
    found = looked(look)
    x = look.train["point"][:SAMPLES]
    alive = (torch.relu(hidden(x)) > 0).any(dim=0)
    assert row(found, "flat", "relu") == pytest.approx(1 - alive.float().mean().item())
    assert row(found, "flat", "tanh") == 0.25
    assert np.isnan(row(found, "flat", "hidden"))
    assert found.facts["saturates"] == ["tanh"]


def test_a_scalar_of_a_network_without_samples_is_a_unit() -> None:
    document = Document("scalars")
    pen = Pen(document)
    pen.start("Value", "a", value=9.0)
    pen.layer("Tanh", "full")
    pen.start("Value", "b", value=-1.0)
    pen.layer("ReLU", "dead")
    found = looked(opened(document).look())
    assert (row(found, "flat", "full"), row(found, "flat", "dead")) == (1.0, 1.0)


def test_the_update_ratio_is_what_the_weights_have_moved_a_step() -> None:
    look = moons(hidden=nn.Linear(2, 8), head=nn.Linear(8, 2))
    first = looked(replace(look, step=10))
    assert np.isnan(first.arrays["update"]).all()
    hidden = look.model.get_submodule("hidden")
    assert isinstance(hidden, nn.Linear)
    before = torch.cat([hidden.weight.detach().reshape(-1), hidden.bias.detach()]).clone()
    with torch.no_grad():
        hidden.weight += 0.25
    after = torch.cat([hidden.weight.detach().reshape(-1), hidden.bias.detach()])
    second = looked(replace(look, step=14))
    ratio = ((after - before).norm() / after.norm() / 4).item()
    assert row(second, "update", "hidden") == pytest.approx(ratio, rel=1e-5)
    assert row(second, "update", "head") == 0
    assert second.facts["steps"] == 4
    again = looked(replace(look, step=14))  # another panel, or the run rests
    assert row(again, "update", "hidden") == pytest.approx(ratio, rel=1e-5)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_histogram_counts_every_number(quantity: str) -> None:
    look = moons(hidden=nn.Linear(2, 8), head=nn.Linear(8, 2))
    found = looked(look, node="head", quantity=quantity)
    numbers = {"activation": 128, "gradient": 128, "weight": 18, "weight_gradient": 18}[quantity]
    assert found.arrays["histogram"].sum() == numbers == found.facts["counted"]
    assert found.facts["node"] == "head"
    low, high = found.facts["low"], found.facts["high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    if quantity == "weight":
        head = look.model.get_submodule("head")
        values = torch.cat([head.weight.reshape(-1), head.bias]).detach().numpy()  # type: ignore[operator, arg-type]
        assert found.arrays["histogram"].tolist() == np.histogram(values, 8, (low, high))[0].tolist()
        assert (low, high) == pytest.approx((values.min(), values.max()))


def test_a_histogram_is_not_stretched_by_a_single_number() -> None:
    values = torch.cat([torch.linspace(-1, 1, 1000), torch.tensor([1e6, float("nan")])])
    counted = histogram(values)
    assert counted is not None
    assert counted[0].sum() == 1001
    assert counted[0][-1] == 1
    assert histogram(torch.full((3,), float("nan"))) is None
    assert histogram(torch.full((3,), 2.0))[0].sum() == 3  # type: ignore[index]


def test_what_is_no_number_is_told_as_infinite() -> None:
    look = moons(hidden=nn.Linear(2, 8), head=nn.Linear(8, 2))
    with torch.no_grad():
        look.model.get_submodule("hidden").bias[0] = float("nan")  # type: ignore[index, operator]
    found = looked(look)
    assert row(found, "weight", "hidden") == [np.inf] * 3
    assert row(found, "weight", "head")[0] < np.inf
    assert row(found, "activation", "head") == [np.inf] * 3


def test_thirty_layers_lose_their_gradient_unless_there_are_residual_connections() -> None:
    shares = {}
    for name in ("going-deep", "going-deep-residual"):
        found = looked(opened(storage.load(examples()[name])).look())
        first, last = (row(found, "weight_gradient", layer)[0] for layer in ("linear1", "linear30"))
        shares[name] = first / last
    assert 0.002 < shares["going-deep"] < 0.02
    assert 0.3 < shares["going-deep-residual"] < 3


def test_layers_in_repeated_blocks_stand_where_the_block_does() -> None:
    document = Document("blocks")
    block, pen = inside(document, "Deep")
    pen.layer("Linear", "linear", out_features=4)
    pen.layer("ReLU", "relu")
    pen.layer("Output", "y")
    main = Pen(document)
    data = main.start("Dataset", "points", dataset="moons")
    main.layer("Linear", "first", out_features=4)
    main.block(block, "deep", repeat=11)
    main.layer("Linear", "head", out_features=2)
    loss = main.layer("CrossEntropyLoss", "loss")
    document.connect(f"{data.id}.{data.outputs[1].name}", f"{loss.id}.target")
    found = looked(opened(document).look())
    insides = [f"deep.{number}.{layer}" for number in range(11) for layer in ("linear", "relu")]
    assert found.facts["names"] == ["first", *insides, "head"]
    assert in_order(["a", "b", "b.10.x", "b.2.x", "c"]) == ["a", "b", "b.2.x", "b.10.x", "c"]


def test_sequences_through_an_lstm_are_as_torch_says() -> None:
    document = Document("sequences")
    pen = Pen(document)
    data = pen.start("Dataset", "text", dataset="python_reference", context=8)
    pen.layer("Embedding", "embedding", embedding_dim=4)
    pen.layer("LSTM", "lstm", hidden_size=6)
    pen.layer("ReLU", "relu")
    pen.layer("Linear", "head", out_features=97)
    loss = pen.layer("CrossEntropyLoss", "loss")
    document.connect(f"{data.id}.{data.outputs[1].name}", f"{loss.id}.target")
    subject = opened(document)
    found = looked(subject.look(), samples=5)
    model, x, y = subject.model, subject.data.train["text"][:5], subject.data.train["next"][:5]
    model.compute_loss(model(x), y).backward()  # type: ignore[operator]
    gradients = [weight.grad for weight in model.lstm.parameters()]  # type: ignore[union-attr]
    assert found.facts["names"] == ["embedding", "lstm", "relu", "head"]
    assert row(found, "weight_gradient", "lstm") == pytest.approx(figures(*gradients), rel=1e-4, abs=1e-9)
    with torch.no_grad():
        units = torch.relu(model.lstm(model.embedding(x))[0])  # type: ignore[operator]
    dead = (units <= 0).all(dim=0).all(dim=0).float().mean().item()
    assert row(found, "flat", "relu") == pytest.approx(dead)


def test_channels_of_a_convolution_are_its_units() -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(1, 8, 3)
    with torch.no_grad():
        conv.bias[:2] = -1e3  # type: ignore[index]
    data = {"image": torch.rand(9, 1, 6, 6), "label": torch.zeros(9, dtype=torch.int64)}
    look = look_at(
        chain(conv=conv, relu=nn.ReLU(), flatten=nn.Flatten(), head=nn.Linear(128, 2)), data, data, field="image"
    )
    found = looked(look)
    alive = (torch.relu(conv(data["image"])) > 0).any(dim=0).any(dim=-1).any(dim=-1)
    assert row(found, "flat", "relu") == pytest.approx(1 - alive.float().mean().item())
    assert row(found, "flat", "relu") >= 0.25
    assert found.facts["layers"] == 4


def test_random_inputs_have_activations_and_no_gradients() -> None:
    document = Document("random")
    pen = Pen(document)
    pen.start("Input", "x", shape=(3,))
    pen.layer("Linear", "linear", out_features=4)
    pen.layer("MSELoss", "loss")
    target = document.add("Input", "t", shape=(4,))
    document.connect(target, "loss.target")
    found = looked(opened(document).look())
    assert "random" in str(found.facts["reason"])
    assert np.isnan(found.arrays["weight_gradient"]).all()
    assert row(found, "activation", "linear")[0] > 0


def test_a_network_without_layers_says_so() -> None:
    model = chain(flatten=nn.Flatten())
    data = {"x": torch.zeros(4, 2, dtype=torch.int64), "label": torch.zeros(4, dtype=torch.int64)}
    with pytest.raises(DataError, match="No layer"):
        looked(look_at(model, data, data, field="x"))


def test_of_an_empty_training_set_nothing_is_told() -> None:
    data = {"x": torch.zeros(0, 2), "label": torch.zeros(0, dtype=torch.int64)}
    with pytest.raises(DataError, match="no training sample"):
        looked(look_at(chain(linear=nn.Linear(2, 2)), data, data, field="x"))
