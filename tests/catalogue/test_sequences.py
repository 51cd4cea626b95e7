"""Layers for sequences, beyond what the harness draws: what they compute where they meet, and how they refuse."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.data.spec import Field
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Document
from tests.catalogue.alone import data_of, model_of, run

SEQUENCE = Field("sequence", (6, 8), kind="sequence")
OTHER = Field("other", (4, 8), kind="sequence")
TOKENS = Field("tokens", (6,), "int64", "tokens", names=tuple("abcde"))
WORK = {"dim_feedforward": 16, "dropout": 0.0}

Drawn = tuple[nn.Module, dict[str, torch.Tensor]]


def drawn(nodes: Mapping[str, dict[str, Any]], wires: Mapping[str, str], tensors: Mapping[str, torch.Tensor]) -> Drawn:
    """The model of a drawing, and what its Output nodes give. `wires` has, for each end, where the wire begins."""
    fields = tuple(field for field in (SEQUENCE, OTHER, TOKENS) if field.name in tensors)
    with data_of(fields):
        document = Document("sequences")
        data = document.add("Dataset", "data", dataset="harness")
        made = {"data": data}
        for name, params in nodes.items():
            made[name] = document.add(params["type"], name, **{key: params[key] for key in params if key != "type"})
        for target, source in wires.items():
            ends = [".".join([made[end.split(".")[0]].id, end.split(".")[1]]) for end in (source, target)]
            document.connect(*ends)
        compiled = compile_document(document)
        assert compiled.errors == ()
        torch.manual_seed(0)
        model = model_of(compiled, "cpu")
        return model, run(model, compiled, {name: tensors[name] for name in compiled.signature.inputs})


def refusal(name: str, inputs: Mapping[str, TensorSpec], **params: Any) -> ShapeError:
    """What the layer says."""
    kind = layer(name)
    values = kind.check(params)
    free = {port.name: () for port in kind.inputs_for(values)}
    with pytest.raises(ShapeError) as caught:
        kind.output_specs(kind.place(values, {**free, **{port: (spec,) for port, spec in inputs.items()}}))
    return caught.value


def sequence(*shape: int) -> TensorSpec:
    return TensorSpec((N, *shape), kind="sequence")


def tokens(*shape: int, classes: int = 0) -> TensorSpec:
    return TensorSpec((N, *shape), "int64", "tokens", classes)


# What is computed


@pytest.mark.parametrize(("cell", "states"), [("RNN", "h"), ("GRU", "h"), ("LSTM", "hc")])
def test_last_state_of_one_is_the_first_of_another(cell: str, states: str) -> None:
    sizes = {"type": cell, "hidden_size": 8, "num_layers": 2, "bidirectional": True}
    nodes = {"encoder": sizes, "other": sizes, "y": {"type": "Output"}}
    wires = {"encoder.x": "data.sequence", "other.x": "data.other", "y.x": "other.y"}
    wires |= {f"other.{state}0": f"encoder.{state}" for state in states}
    given = {"sequence": torch.randn(3, 6, 8), "other": torch.randn(3, 4, 8)}
    model, found = drawn(nodes, wires, given)
    encoder, other = model.get_submodule("encoder"), model.get_submodule("other")
    expected, _ = other(given["other"], encoder(given["sequence"])[1])
    torch.testing.assert_close(found["y"], expected)


def test_last_state_has_the_batch_first() -> None:
    nodes = {"lstm": {"type": "LSTM", "hidden_size": 8}, "h": {"type": "Output"}, "last": {"type": "LastStep"}}
    wires = {"lstm.x": "data.sequence", "h.x": "lstm.h", "last.x": "lstm.y"}
    _, found = drawn(nodes, wires, {"sequence": torch.randn(3, 6, 8)})
    torch.testing.assert_close(found["h"][:, 0], found["last"])


CAUSAL: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "MultiheadAttention"}, "query", ""),
    ({"type": "MultiheadAttention", "rotary": True}, "query", ""),
    ({"type": "ScaledDotProductAttention"}, "query key value", ""),
    ({"type": "TransformerEncoderLayer", **WORK}, "src", ""),
    ({"type": "TransformerEncoder", **WORK}, "src", ""),
    ({"type": "TransformerDecoderLayer", **WORK}, "tgt", "memory"),
    ({"type": "TransformerDecoder", **WORK}, "tgt", "memory"),
    ({"type": "Transformer", **WORK}, "tgt", "src"),
]


@pytest.mark.parametrize(("params", "ports", "others"), CAUSAL)
@pytest.mark.parametrize("causal", [True, False])
def test_causal_hides_what_comes_later(params: dict[str, Any], ports: str, others: str, causal: bool) -> None:
    nodes = {"it": {**params, "causal": causal}, "y": {"type": "Output"}}
    wires = {f"it.{port}": "data.sequence" for port in ports.split()} | {"y.x": "it.y"}
    wires |= {f"it.{port}": "data.other" for port in others.split()}
    one = {"sequence": torch.randn(3, 6, 8), "other": torch.randn(3, 4, 8)}
    two = {**one, "sequence": torch.cat([one["sequence"][:, :-1], torch.randn(3, 1, 8)], dim=1)}
    if not others:
        del one["other"], two["other"]
    before, after = (drawn(nodes, wires, given)[1]["y"][:, :-1] for given in (one, two))
    assert torch.allclose(before, after, atol=1e-6) == causal


def test_tied_projection_uses_the_table_of_the_embedding() -> None:
    nodes = {
        "embedding": {"type": "Embedding", "embedding_dim": 8},
        "scores": {"type": "TiedProjection"},
        "y": {"type": "Output"},
    }
    wires = {
        "embedding.x": "data.tokens",
        "scores.x": "data.sequence",
        "scores.weight": "embedding.weight",
        "y.x": "scores.y",
    }
    given = {"sequence": torch.randn(3, 6, 8), "tokens": torch.randint(5, (3, 6))}
    model, found = drawn(nodes, wires, given)
    (weight,) = model.parameters()
    torch.testing.assert_close(found["y"], given["sequence"] @ weight.T)


def test_weights_of_attention_are_those_of_each_head() -> None:
    nodes = {"it": {"type": "MultiheadAttention", "num_heads": 4, "causal": True}, "weights": {"type": "Output"}}
    wires = {"it.query": "data.sequence", "weights.x": "it.weights"}
    _, found = drawn(nodes, wires, {"sequence": torch.randn(3, 6, 8)})
    weights = found["weights"]
    assert weights.shape == (3, 4, 6, 6)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 4, 6))
    assert weights.triu(1).eq(0).all()
    assert not torch.allclose(weights[:, 0], weights[:, 1])


def test_the_last_of_tokens_is_still_a_token() -> None:
    kind = layer("LastStep")
    (spec,) = kind.output_specs(kind.place({}, {"x": (tokens(6, classes=5),)})).values()
    assert (spec.shape, spec.dtype, spec.kind, spec.classes) == ((N,), "int64", "label", 5)


# What is refused


@pytest.mark.parametrize("name", ["TransformerEncoderLayer", "TransformerEncoder"])
def test_heads_that_do_not_fit_name_those_that_do(name: str) -> None:
    error = refusal(name, {"src": sequence(6, 10)}, nhead=4)
    assert "1, 2, 5 or 10" in error.fix
    assert error.sets == {"nhead": 2}


def test_rotary_heads_are_of_even_size() -> None:
    error = refusal("MultiheadAttention", {"query": sequence(6, 6)}, num_heads=2, rotary=True)
    assert "1 or 3" in error.fix
    assert "switch rotary off" in refusal("MultiheadAttention", {"query": sequence(6, 5)}, rotary=True).fix


def test_a_state_of_another_size_says_how_to_take_it() -> None:
    inputs = {"x": sequence(6, 8), "h0": sequence(4, 16)}
    error = refusal("GRU", inputs, bidirectional=True)
    assert error.sets == {"hidden_size": 16, "num_layers": 2}
    kind = layer("GRU")
    values = kind.check({"bidirectional": True, **error.sets})
    assert kind.output_specs(kind.place(values, {port: (spec,) for port, spec in inputs.items()}))


@pytest.mark.parametrize("name", ["Embedding", "EmbeddingBag", "OneHot"])
def test_the_number_of_tokens_is_that_of_the_data(name: str) -> None:
    size = "num_classes" if name == "OneHot" else "num_embeddings"
    assert f"Set {size}" in refusal(name, {"x": tokens(6)}).fix
    assert refusal(name, {"x": tokens(6, classes=5)}, **{size: 4}).sets == {size: 0}


def test_places_without_a_vector_are_refused() -> None:
    error = refusal("LearnedPositions", {"x": sequence(6, 8)}, length=5)
    assert error.sets == {"length": None}
