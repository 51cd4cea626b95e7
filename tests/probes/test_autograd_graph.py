"""The autograd graph of a sample: values, gradients and groups, checked against torch computed apart."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.errors import DataError
from nnstudio.probes import autograd_nodes
from nnstudio.probes.autograd_graph import AUTOGRAD_GRAPH
from nnstudio.probes.spec import Found, Look
from nnstudio.protocol import messages as msg
from tests.probes.small import digits_cnn, look_at, split, tensors

NUMBERS = """import torch
from torch import nn


class Five(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.tensor(4.0))
        self.b = nn.Parameter(torch.tensor(-2.0))
        self.register_buffer("k", torch.tensor(3.0), persistent=False)

    def forward(self) -> torch.Tensor:
        a = self.a
        b = self.b
        k = self.k
        c = a * b
        e = c * c + a + k
        return e

    def compute_loss(self, e: torch.Tensor) -> torch.Tensor:
        return e
"""
READER = """import torch
from torch import nn


class Inner(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Linear(8, 8)
        self.act = nn.Tanh()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        down = self.down(x)
        act = self.act(down)
        add = x + act.mul(2.0)
        return add


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(97, 8)
        self.block = nn.Sequential(Inner(), Inner())
        self.lstm = nn.LSTM(8, 8, batch_first=True)
        self.norm = nn.BatchNorm1d(16)
        self.head = nn.Linear(8, 97)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        embedding = self.embedding(text)
        block = self.block(embedding)
        lstm, _ = self.lstm(block)
        norm = self.norm(lstm)
        head = self.head(norm)
        return head

    def compute_loss(self, head: torch.Tensor, next: torch.Tensor) -> torch.Tensor:
        return self.loss(head.movedim(-1, 1), next)
"""


class Told:
    """What was found, by the names of nodes."""

    def __init__(self, found: Found) -> None:
        self.facts: dict[str, Any] = dict(found.facts)
        self.arrays = found.arrays
        self.edges = [tuple(edge) for edge in found.arrays["edges"].tolist()]

    def number(self, label: str, kind: str = "") -> int:
        """Of the node with that label, and a kind that begins so."""
        known = zip(self.facts["labels"], self.facts["kinds"], strict=True)
        return next(n for n, (name, each) in enumerate(known) if name == label and each.startswith(kind))

    def row(self, what: str, number: int) -> list[float]:
        starts = self.arrays[f"{what}_starts"]
        return self.arrays[f"{what}s"][starts[number] : starts[number + 1]].tolist()

    def edge(self, source: int, target: int) -> int:
        return next(n for n, edge in enumerate(self.edges) if edge[:2] == (source, target))


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tell(look: Look, model: nn.Module, **options: msg.Option) -> Told:
    with looking(model):
        return Told(AUTOGRAD_GRAPH.look(look, options))


def five() -> Subject:
    return make_subject(msg.Model(NUMBERS, "Five", msg.DataRef(""), inputs=(), outputs=("e",)))


@pytest.fixture(scope="module")
def reader() -> Subject:
    data = msg.DataRef("python_reference", {"context": 16})
    fields: dict[str, Any] = {"inputs": ("text",), "targets": ("next",), "outputs": ("head",)}
    return make_subject(msg.Model(READER, "Reader", data, prediction="head", target="next", task="tokens", **fields))


def digits() -> tuple[Look, nn.Sequential]:
    train, test = split(tensors("digits"), 20)
    model = digits_cnn()
    look = look_at(model, train, test, field="image")
    model.requires_grad_(True)
    judge = nn.CrossEntropyLoss()
    model.compute_loss = lambda head, label: judge(head, label)  # type: ignore[assignment]
    return replace(look, spec=msgspec.structs.replace(look.spec, targets=("label",))), model


def test_numbers_of_a_small_computation() -> None:
    subject = five()
    told = tell(subject.look(), subject.model)
    a, b, c, e, k = (told.number(name) for name in "abcek")
    assert told.facts["loss"] == 64 + 4 + 3
    assert [told.row("value", n) for n in (a, b, c, e, k)] == [[4], [-2], [-8], [71], [3]]
    assert [told.row("gradient", n) for n in (a, b, c, e, k)] == [[33], [-64], [-16], [1], []]
    assert told.row("local", told.edge(a, c)) == [-2]
    assert told.row("part", told.edge(a, c)) == [32]
    assert told.facts["kinds"][c] == "MulBackward0"
    assert told.facts["kinds"][k] == "constant"
    assert told.facts["saved"][c] == "other = -2, self = 4"
    assert told.edges[told.edge(k, e)][3] == 0  # no gradient goes there


def test_what_a_value_is_used_for_twice_adds_up() -> None:
    subject = five()
    told = tell(subject.look(), subject.model)
    c = told.number("c")
    square = next(n for n, kind in enumerate(told.facts["kinds"]) if kind == "MulBackward0" and n != c)
    parts = [told.row("part", n) for n, edge in enumerate(told.edges) if edge[:2] == (c, square)]
    assert parts == [[-8], [-8]]
    assert told.facts["groups"][square] == "e"  # it has no name, and leads there
    order = told.arrays["order"].tolist()
    assert order[0] == told.number("e")
    assert order[-2:] == [square, c]


def test_values_and_gradients_of_a_convolutional_network() -> None:
    look, model = digits()
    told = tell(look, model, sample=3)
    made = look.trace([look.test["image"][3:4]])
    loss = model.compute_loss(made["head"], look.test["label"][3:4])  # type: ignore[operator]
    assert told.facts["loss"] == pytest.approx(loss.item())
    layers = ["conv1", "relu1", "flatten", "head"]
    gradients = torch.autograd.grad(loss, [made[name] for name in layers], retain_graph=True)
    for name, gradient in zip(layers, gradients, strict=True):
        number = told.number(name)
        assert told.facts["groups"][number] == name
        assert told.facts["shapes"][number] == "×".join(map(str, gradient.shape))
        assert told.arrays["norms"][number, 0] == pytest.approx(gradient.norm().item(), rel=1e-4)
        std, mean = torch.std_mean(made[name], correction=0)
        low, high = torch.aminmax(made[name])
        figures = [mean.item(), std.item(), low.item(), high.item()]
        assert told.arrays["figures"][number].tolist() == pytest.approx(figures, rel=1e-4, abs=1e-6)
    assert told.row("value", told.number("head")) == pytest.approx(made["head"][0].tolist(), rel=1e-4)
    weights = dict(model.named_parameters())
    for name, gradient in zip(weights, torch.autograd.grad(loss, list(weights.values())), strict=True):
        assert told.arrays["norms"][told.number(name), 0] == pytest.approx(gradient.norm().item(), rel=1e-4)
    assert told.edges[told.edge(told.number("image"), told.number("conv1"))][3] == 0


def test_blocks_and_modules_are_groups(reader: Subject) -> None:
    told = tell(reader.look(), reader.model)
    groups = dict(zip(told.facts["labels"], told.facts["groups"], strict=True))
    for name in ("block.0.down", "block.1.act", "block.1.add", "embedding", "head"):
        assert groups[name] == name
    assert groups["block.0.down.weight"] == "block.0.down"
    known = zip(told.facts["kinds"], told.facts["groups"], strict=True)
    assert {group for kind, group in known if kind == "MulBackward0"} == {"block.0.add", "block.1.add"}
    assert "lstm" in told.facts["groups"]
    assert told.facts["groups"][-1] == "loss"
    assert "norm.running_mean" not in told.facts["labels"]


def test_gradients_of_a_recurrent_network(reader: Subject) -> None:
    told = tell(reader.look(), reader.model, sample=2)
    model = reader.model.eval()
    rows = {name: tensor[2:3] for name, tensor in reader.data.test.items()}
    loss = model.compute_loss(model(rows["text"]), rows["next"])  # type: ignore[operator]
    weights = dict(model.named_parameters())
    for name, gradient in zip(weights, torch.autograd.grad(loss, list(weights.values())), strict=True):
        assert told.arrays["norms"][told.number(name), 0] == pytest.approx(gradient.norm().item(), rel=1e-3, abs=1e-6)


def test_nothing_is_left_behind(reader: Subject) -> None:
    model = reader.model.train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    tell(reader.look(), model)
    assert all(weight.grad is None for weight in model.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert model.training


def test_a_long_computation_is_cut_and_says_so(reader: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tell(reader.look(), reader.model)
    monkeypatch.setattr(autograd_nodes, "MOST_OPERATIONS", 6)
    told = tell(reader.look(), reader.model)
    count = sum("Backward" in kind for kind in whole.facts["kinds"])
    assert sum("Backward" in kind for kind in told.facts["kinds"]) == 6
    assert told.facts["left"] == count - 6
    assert told.facts["kinds"][-1] == whole.facts["kinds"][-1]
    assert len(told.arrays["order"]) == 6


def test_frames_can_travel_and_are_small(reader: Subject) -> None:
    told = tell(reader.look(), reader.model)
    packed = {name: msg.Array.of(array) for name, array in told.arrays.items()}
    assert sum(len(array.data) for array in packed.values()) < 20_000
    nodes = len(told.facts["kinds"])
    assert {len(told.facts[name]) for name in ("labels", "groups", "shapes", "saved")} == {nodes}
    assert told.arrays["figures"].shape == (nodes, 4)
    assert np.isfinite(told.arrays["figures"]).all()


def test_where_there_is_no_gradient_it_says_why() -> None:
    train, test = split(tensors("moons"), 20)
    model = nn.Sequential(OrderedDict(linear=nn.Linear(2, 2)))
    look = look_at(model, train, test, field="point")
    with pytest.raises(DataError, match="no loss"):
        tell(look, model)
    model.compute_loss = lambda linear: linear.sum()  # type: ignore[assignment]
    frozen = replace(look, spec=msgspec.structs.replace(look.spec, targets=()))
    with pytest.raises(DataError, match="nothing that is trained"):
        tell(frozen, model)
    with pytest.raises(DataError, match="no test sample"):
        tell(replace(look, test={name: tensor[:0] for name, tensor in test.items()}), model)
    with pytest.raises(DataError, match="sample takes a whole number"):
        tell(look, model, sample="first")
