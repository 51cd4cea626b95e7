"""Computations of typed-in numbers: back-propagation by hand, through the command line and the real engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.cli import main
from nnstudio.compiler.compile import compile_document
from nnstudio.examples import resolve
from nnstudio.graph import storage, weights
from nnstudio.headless import Headless


def trained(capsys: pytest.CaptureFixture[str], name: str, *more: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values and gradients before and after, as `nnstudio train --json` tells them."""
    assert main(["train", f"example:{name}", "--json", *more]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["event"] == "finished"
    assert events[-1]["state"] == "finished"
    before, after = (event for event in events if event["event"] == "values")
    return before, after


def numbers(event: dict[str, Any], kind: str) -> dict[str, float]:
    return {name: found[kind] for name, found in event["nodes"].items() if kind in found}


def test_five_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = trained(capsys, "backprop-five-nodes")
    assert numbers(before, "value") == {"a": 4.0, "b": -2.0, "c": -8.0, "d": 5.0, "e": -3.0}
    assert numbers(before, "gradient") == {"a": -2.0, "b": 4.0, "c": 1.0, "d": 1.0, "e": 1.0}
    assert before["loss"] == -3.0
    found = numbers(after, "value")
    assert found == pytest.approx({"a": 4.2, "b": -2.4, "c": -10.08, "d": 4.9, "e": -5.18}, abs=1e-6)
    assert (before["step"], after["step"]) == (0, 1)


def test_relu_stops_the_gradient(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = trained(capsys, "backprop-relu")
    assert numbers(before, "value")["e"] == 5.0
    gradients = numbers(before, "gradient")
    assert (gradients["a"], gradients["b"], gradients["c"], gradients["d"]) == (0.0, 0.0, 0.0, 1.0)
    found = numbers(after, "value")
    assert (found["a"], found["b"], found["c"]) == (4.0, -2.0, -8.0)
    assert found["d"] == pytest.approx(4.9, abs=1e-6)


def test_a_network_of_scalars_is_the_tensor_network() -> None:
    """2-3-1, one sample, 100 steps of gradient descent: the same weights to 1e-6."""
    document = storage.load(resolve("example:mlp-scalars"))
    start = {name: float(str(node.params["value"])) for name, node in _stored(document).items()}
    tensors = _tensor_network(start)
    optimizer = torch.optim.SGD(tensors.parameters(), lr=document.plan.lr)
    x, target = torch.tensor([start["x1"], start["x2"]]), torch.tensor([start["t"]])
    for _ in range(100):
        optimizer.zero_grad()
        nn.functional.mse_loss(tensors(x), target).backward()
        optimizer.step()
    with Headless(document) as headless:
        document.set_plan(epochs=100)
        headless.train()
        told = headless.values()
    assert document.trained is not None
    assert weights.shapes(document.trained.weights) == dict.fromkeys(
        [name for name, node in _stored(document).items() if node.type == "Value"], ()
    )
    found = {key.removeprefix("value:"): float(array.numpy()) for key, array in told.arrays.items() if "value" in key}
    hidden, head = tensors[0], tensors[2]
    expected = {f"w{j + 1}{i + 1}": hidden.weight[j, i].item() for j in range(3) for i in range(2)}
    expected |= {f"b{j + 1}": hidden.bias[j].item() for j in range(3)}
    expected |= {f"v{j + 1}": head.weight[0, j].item() for j in range(3)} | {"c": head.bias.item()}
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert any(abs(found[name] - start[name]) > 0.01 for name in expected)


def _stored(document: Any) -> dict[str, Any]:
    return {node.name: node for node in document.nodes.values() if "value" in node.params}


def _tensor_network(start: dict[str, float]) -> nn.Sequential:
    hidden, head = nn.Linear(2, 3), nn.Linear(3, 1)
    with torch.no_grad():
        hidden.weight.copy_(torch.tensor([[start[f"w{j}{i}"] for i in (1, 2)] for j in (1, 2, 3)]))
        hidden.bias.copy_(torch.tensor([start[f"b{j}"] for j in (1, 2, 3)]))
        head.weight.copy_(torch.tensor([[start[f"v{j}"] for j in (1, 2, 3)]]))
        head.bias.copy_(torch.tensor([start["c"]]))
    return nn.Sequential(hidden, nn.Tanh(), head)


def test_inputs_without_data_are_not_trained(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    document = storage.load(resolve("example:backprop-five-nodes"))
    entry = document.add("Input", shape=(3,))
    linear = document.add("Linear", out_features=1)
    document.connect(entry, linear)
    loss = document.add("Minimize")
    document.connect(linear, loss)
    path = tmp_path / "free.nnstudio.json"
    storage.save(document, path)
    compiled = compile_document(document)
    assert compiled.errors == ()
    assert any("There is no data for the input 'input'" in problem.message for problem in compiled.problems)
    assert main(["train", str(path)]) == 1
    assert "nothing to train on" in capsys.readouterr().err
