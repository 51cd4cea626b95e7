"""Names and shapes in a safetensors file are read and changed without torch; torch's own reader agrees."""

from __future__ import annotations

import pytest
import safetensors.torch
import torch

from nnstudio.graph import weights
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained

STATE = {"conv1.weight": torch.arange(12.0).reshape(3, 4), "conv1.bias": torch.ones(3), "conv10.weight": torch.zeros(2)}


def renamed(old: str, new: str) -> weights.Renaming:
    """One node of the main drawing has another name."""
    return weights.Renaming(((old, new),))


def test_shapes_are_those_that_were_saved() -> None:
    found = weights.shapes(safetensors.torch.save(STATE))
    assert found == {"conv1.weight": (3, 4), "conv1.bias": (3,), "conv10.weight": (2,)}


def test_a_node_is_renamed_and_its_neighbour_is_not() -> None:
    data = safetensors.torch.save(STATE)
    other = safetensors.torch.load(weights.mapped(data, renamed("conv1", "first_convolution")))
    assert set(other) == {"first_convolution.weight", "first_convolution.bias", "conv10.weight"}
    assert torch.equal(other["first_convolution.weight"], STATE["conv1.weight"])
    assert torch.equal(other["conv10.weight"], STATE["conv10.weight"])
    assert weights.mapped(weights.mapped(data, renamed("conv1", "a")), renamed("a", "conv1")) == data


@pytest.mark.parametrize("data", [b"", b"abc", b"\x05\0\0\0\0\0\0\0nope!", b"\x02\0\0\0\0\0\0\0[]", b"\xff" * 20])
def test_what_is_no_such_file_is_left_alone(data: bytes) -> None:
    assert weights.shapes(data) == {}
    assert weights.mapped(data, renamed("a", "b")) == data


def test_renaming_a_node_takes_its_weights_along_and_undo_brings_them_back() -> None:
    document = Document()
    document.add("Conv2d", "conv1")
    data = safetensors.torch.save(STATE)
    document.set_trained(Trained(data))
    document.rename("conv1", "features")
    assert document.trained is not None
    assert "features.weight" in weights.shapes(document.trained.weights)
    document.undo()
    assert document.trained == Trained(data)


def test_tensors_can_be_left_out() -> None:
    data = safetensors.torch.save(
        {"a": torch.tensor([1.0, 2.0]), "b.weight": torch.tensor([[3.0]]), "c": torch.tensor(4.0)}
    )
    left = weights.without(data, lambda name: name == "b.weight")
    found = safetensors.torch.load(left)
    assert sorted(found) == ["a", "c"]
    assert found["a"].tolist() == [1.0, 2.0]
    assert found["c"].item() == 4.0
    assert weights.without(data, lambda name: False) is data
    assert safetensors.torch.load(weights.without(data, lambda name: True)) == {}
    assert weights.without(b"nothing", lambda name: True) == b"nothing"


def test_a_number_typed_anew_is_no_longer_the_trained_one() -> None:
    document = Document("hand")
    for name in ("a", "b"):
        document.add("Value", name, value=4.0)
    document.set_trained(Trained(safetensors.torch.save({"a": torch.tensor(4.2), "b": torch.tensor(3.0)})))
    document.set("a", value=100.0)
    assert document.trained is not None
    assert weights.shapes(document.trained.weights) == {"b": ()}
