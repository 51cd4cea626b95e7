"""Names and shapes in a safetensors file are read and changed without torch; torch's own reader agrees."""

from __future__ import annotations

import json

import pytest
import safetensors.torch
import torch

from nnstudio.errors import NNStudioError
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


def typed() -> tuple[Document, bytes]:
    """A document with trained weights, and these."""
    document, data = Document(), safetensors.torch.save(STATE | {"steps": torch.tensor(7)})
    document.add("Conv2d", "conv1")
    document.set_trained(Trained(data))
    document.history.clear()
    return document, data


def loaded(document: Document) -> dict[str, torch.Tensor]:
    assert document.trained is not None
    return safetensors.torch.load(document.trained.weights)


def test_typed_numbers_are_one_step_that_is_undone_and_redone() -> None:
    document, data = typed()
    document.type_weight("conv1.weight", 4, [0.5, -0.5])
    assert loaded(document)["conv1.weight"].tolist()[1] == [0.5, -0.5, 6.0, 7.0]
    document.type_weight("steps", 0, [9.0])
    assert loaded(document)["steps"].item() == 9
    assert document.history.undo_name == "Set steps"
    document.rename("conv1", "first")
    document.type_weight("first.bias", 0, [1.0, 1.0, 1.0])  # as they are
    assert [step.name for step in document.history.done] == ["Set conv1.weight", "Set steps", "Rename"]
    for _ in range(3):
        assert document.undo()
    assert document.trained == Trained(data)
    for _ in range(2):
        assert document.redo()
    assert loaded(document)["conv1.weight"][1, 0] == 0.5


@pytest.mark.parametrize(
    ("name", "place", "values", "words"),
    [
        ("conv2.weight", 0, [1.0], "no trained numbers of 'conv2.weight'"),
        ("conv1.weight", 12, [1.0], "no trained numbers"),
        ("conv1.weight", 11, [1.0, 2.0], "no trained numbers"),
        ("conv1.weight", -1, [1.0], "no trained numbers"),
        ("conv1.weight", 0, [float("nan")], "F32 takes finite numbers"),
        ("conv1.weight", 0, [float("inf")], "finite"),
        ("conv1.weight", 0, [1e300], "finite"),
        ("steps", 0, [0.5], "I64"),
        ("steps", 0, [1e30], "I64"),
    ],
)
def test_numbers_that_can_not_be_are_refused(name: str, place: int, values: list[float], words: str) -> None:
    document, data = typed()
    with pytest.raises(NNStudioError, match=words):
        document.type_weight(name, place, values)
    assert document.trained == Trained(data)
    assert document.history.done == []


def test_the_first_typed_number_makes_weights_the_documents_and_undo_gives_them_back() -> None:
    document, _ = typed()
    before, taken = document.trained, Trained(safetensors.torch.save({"conv1.bias": torch.zeros(3)}))
    for old in (before, None):
        document.set_trained(old)
        document.take_weights(taken)
        document.type_weight("conv1.bias", 1, [2.0])
        assert loaded(document)["conv1.bias"].tolist() == [0.0, 2.0, 0.0]
        document.undo()
        document.undo()
        assert document.trained == old
        document.redo()
        assert document.trained == taken
        document.undo()


def test_a_training_that_came_since_is_not_undone() -> None:
    document, _ = typed()
    document.take_weights(Trained(safetensors.torch.save({"conv1.bias": torch.zeros(3)})))
    document.type_weight("conv1.bias", 1, [2.0])
    since = Trained(safetensors.torch.save({"conv1.bias": torch.full((3,), 0.25)}))
    document.set_trained(since)
    assert document.undo()
    assert document.undo()
    assert document.trained == since
    assert document.redo()
    assert document.redo()
    assert document.trained == since


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 400]},
        {"dtype": "F32", "shape": [3], "data_offsets": [-8, 4]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 12]},
        {"dtype": "F8", "shape": [12], "data_offsets": [0, 12]},
        {"dtype": "F32", "shape": "abc", "data_offsets": [0, 12]},
        {"dtype": "F32", "shape": [3]},
    ],
)
def test_a_header_that_lies_is_not_followed(entry: dict[str, object]) -> None:
    header = json.dumps({"a": entry}).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(12)
    assert weights.tensor(data, "a") is None
    assert weights.patched(data, "a", 0, bytes(4), b"abcd") == data
