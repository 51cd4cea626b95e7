"""Weights of attention: what torch says of the same layers when it is asked apart."""

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.graph.document import Document
from nnstudio.probes.attention import LONGEST
from nnstudio.probes.spec import Found, probes
from tests.classics.drawing import Pen, inside
from tests.probes.drawn import sequence, subject_of

LOOK = probes()["attention"].look


def look(subject, **options) -> Found:
    """What the probe finds; the model is left as it was."""
    before = {name: tensor.clone() for name, tensor in subject.model.state_dict().items()}
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        return LOOK(subject.look(), options)
    finally:
        assert torch.backends.mha.get_fastpath_enabled() == fast
        assert all(torch.equal(tensor, before[name]) for name, tensor in subject.model.state_dict().items())
        assert not any(each._forward_hooks or each._forward_pre_hooks for each in subject.model.modules())


def close(one, other) -> bool:
    return np.allclose(one, other.detach().numpy(), atol=1e-6)


def encoder(**params):
    document = sequence()
    document.add("TransformerEncoder", "encoder", nhead=2, num_layers=3, dim_feedforward=16, **params)
    document.connect("x", "encoder")
    return subject_of(document)


@pytest.mark.parametrize("norm_first", [True, False])
def test_every_layer_of_a_causal_encoder_is_as_torch_computes_it_apart(norm_first):
    subject = encoder(causal=True, norm_first=norm_first)
    found = look(subject, node="encoder", sample=3)
    assert found.facts["paths"] == [f"encoder.layers.{number}.self_attn" for number in range(3)]
    assert found.facts["kinds"] == ["self"] * 3
    x, mask = subject.data.test["x"][3:4], torch.ones(5, 5, dtype=torch.bool).triu(1)
    for number, layer in enumerate(subject.model.encoder.layers):
        seen = layer.norm1(x) if norm_first else x
        _, weights = layer.self_attn(seen, seen, seen, attn_mask=mask, average_attn_weights=False)
        given = found.arrays[f"weights:{number}"]
        assert given.shape == (2, 5, 5)
        assert close(given, weights[0])
        assert np.allclose(given.sum(axis=-1), 1, atol=1e-6)
        assert not given[:, np.triu_indices(5, 1)[0], np.triu_indices(5, 1)[1]].any()
        x = layer(x, src_mask=mask)


def test_a_decoder_looks_at_itself_and_at_its_memory_in_which_padding_is_hidden():
    document = sequence("translate", 4)
    document.add("Input", "source", shape=(6,), dtype="int64", classes=5)
    document.add("Embedding", "embedding", num_embeddings=5, embedding_dim=8)
    document.add("PaddingMask", "padding")
    document.add("TransformerDecoder", "decoder", nhead=4, num_layers=1, dim_feedforward=16)
    for start, end in (("source", "embedding"), ("source", "padding"), ("x", "decoder.tgt")):
        document.connect(start, end)
    document.connect("embedding.y", "decoder.memory")
    document.connect("padding", "decoder.memory_key_padding_mask")
    subject = subject_of(document)
    subject.data.test["source"][0] = torch.tensor([3, 1, 4, 1, 0, 0])
    found = look(subject, node="decoder")
    assert found.facts["kinds"] == ["self", "cross"]
    assert (found.facts["queries"], found.facts["keys"]) == ([4, 4], [4, 6])
    layer, x = subject.model.decoder.layers[0], subject.data.test["x"][:1]
    tokens = subject.data.test["source"][:1]
    memory = subject.model.embedding(tokens)
    mask = torch.ones(4, 4, dtype=torch.bool).triu(1)
    own, weights = layer.self_attn(x, x, x, attn_mask=mask, average_attn_weights=False)
    assert close(found.arrays["weights:0"], weights[0])
    _, weights = layer.multihead_attn(
        layer.norm1(x + own), memory, memory, key_padding_mask=tokens == 0, average_attn_weights=False
    )
    assert close(found.arrays["weights:1"], weights[0])
    assert not found.arrays["weights:1"][..., 4:].any()


@pytest.mark.parametrize(
    ("kind", "params", "other"),
    [
        ("MultiheadAttention", {"num_heads": 2, "causal": True}, False),
        ("MultiheadAttention", {"num_heads": 3}, False),
        ("MultiheadAttention", {"num_heads": 2}, True),
        ("MultiheadAttention", {"num_heads": 2, "rotary": True}, False),
        ("ScaledDotProductAttention", {}, True),
        ("BahdanauAttention", {"hidden_size": 3}, True),
        ("LuongAttention", {"score": "concat"}, True),
    ],
)
def test_an_attention_by_itself_is_as_its_module_says(kind, params, other):
    document = sequence(width=12)
    if other:
        document.add("Input", "other", shape=(7, 12))
    node = document.add(kind, "attention", **params)
    ports = [port.name for port in node.inputs]
    document.connect("x", f"attention.{ports[0]}")
    if other:
        for port in ports[1 : 3 if "Product" in kind else 2]:
            document.connect("other", f"attention.{port}")
    subject = subject_of(document)
    found = look(subject, node="attention", sample=2)
    x, second = (
        (subject.data.test[name][2:3] for name in ("x", "other")) if other else [subject.data.test["x"][2:3]] * 2
    )
    module = subject.model.attention
    if isinstance(module, nn.MultiheadAttention):
        mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if params.get("causal") else None
        weights = module(x, second, second, attn_mask=mask, average_attn_weights=False)[1]
    elif kind.startswith(("Bahdanau", "Luong")):
        weights = module(x, second)[1]
    else:
        weights = module(x, second, second)[1]
    assert close(found.arrays["weights:0"], weights[0] if weights.dim() == 4 else weights)
    assert np.allclose(found.arrays["weights:0"].sum(axis=-1), 1, atol=1e-6)
    assert found.facts["kinds"] == ["" if "Product" in kind else "cross" if other else "self"]


def test_a_layer_whose_weights_go_on_by_a_wire_is_not_asked_twice():
    document = sequence()
    document.add("MultiheadAttention", "attention", num_heads=2)
    document.add("Flatten", "flatten")
    document.connect("x", "attention")
    document.connect("attention.weights", "flatten")
    subject = subject_of(document)
    found = look(subject, node="attention")
    x = subject.data.test["x"][:1]
    assert np.array_equal(found.arrays["weights:0"].ravel(), subject.model(x).detach().numpy().ravel())


def test_attention_in_a_repeated_block_is_one_layer_each_time():
    document = sequence()
    block, pen = inside(document, "Layer")
    x = pen.last
    pen.layer("MultiheadAttention", "attention", num_heads=2)
    pen.join("Add", x)
    pen.layer("Output", "y")
    outer = Pen(document)
    outer.last = document.node("x")
    outer.block(block, "deep", repeat=3)
    subject = subject_of(document)
    assert look(subject, node="deep").facts["paths"] == [f"deep.{number}.attention" for number in range(3)]
    one = look(subject, node="deep.1.attention")
    assert np.array_equal(one.arrays["weights:0"], look(subject, node="").arrays["weights:1"])


def test_attention_drawn_from_primitives_is_what_its_softmax_gives():
    document = sequence(width=4)
    document.add("Transpose", "keys", dim0=1, dim1=2)
    for name, kind in (("scores", "MatMul"), ("softmax", "Softmax")):
        document.add(kind, name, **({"dim": -1} if kind == "Softmax" else {}))
    document.connect("x", "keys")
    document.connect("x", "scores.a")
    document.connect("keys", "scores.b")
    document.connect("scores", "softmax")
    subject = subject_of(document)
    x = subject.data.test["x"][:1]
    assert close(look(subject, node="softmax").arrays["weights:0"], (x @ x.transpose(1, 2)).softmax(-1))


def test_attention_in_code_of_ones_own_is_seen_by_torchs_function():
    class Own(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.scaled_dot_product_attention(x, x, 2 * x, is_causal=True)

    subject = encoder(causal=False)
    subject.model.encoder = Own()
    subject.model.forward = lambda x: subject.model.encoder(x)
    found = look(subject, node="encoder")
    x = subject.data.test["x"][:1]
    scores = (x @ x.transpose(1, 2) / 8**0.5).masked_fill(torch.ones(5, 5, dtype=torch.bool).triu(1), -torch.inf)
    assert close(found.arrays["weights:0"], scores.softmax(-1))


def test_numbers_typed_in_are_looked_up_without_a_batch():
    document = Document("lookup")
    numbers = {"query": [[0.7] * 4], "key": [[0.8, 0.9, 0.8, 0.9], [0.1, 0.2, 0.3, 0.4]], "value": [[1.0], [2.0]]}
    document.add("ScaledDotProductAttention", "attention")
    for name, value in numbers.items():
        document.add("Constant", name, value=value)
        document.connect(name, f"attention.{name}")
    given = look(subject_of(document), node="attention").arrays["weights:0"]
    scores = np.exp([2.38 / 2, 0.7 / 2])
    assert np.allclose(given, [[scores / scores.sum()]], atol=1e-6)


def test_rollout_follows_the_layers_as_abnar_and_zuidema_do():
    found = look(encoder(causal=False), node="encoder", rollout=True)
    come = np.eye(5)
    for number in range(3):
        mixed = 0.5 * found.arrays[f"weights:{number}"].mean(axis=0) + 0.5 * np.eye(5)
        come = mixed @ come
        assert np.allclose(found.arrays[f"rollout:{number}"], come, atol=1e-6)
    assert "rollout:0" not in look(encoder(causal=False), node="encoder").arrays


def test_tokens_are_told_by_name_and_what_the_decoder_is_to_write_too():
    document = Document("dates")
    document.add("Dataset", "dates", dataset="dates", samples=40)
    document.add("Embedding", "embedding", embedding_dim=6)
    document.add("AttentionDecoder", "decoder", embedding_dim=4, hidden_size=5)
    document.add("CrossEntropyLoss", "loss")
    for start, end in (("dates.source", "embedding"), ("embedding.y", "decoder.memory")):
        document.connect(start, end)
    for end in ("decoder.target", "loss.target"):
        document.connect("dates.target", end)
    document.connect("decoder.y", "loss.prediction")
    subject = subject_of(document)
    found = look(subject, node="decoder", sample=1)
    assert found.arrays["weights:0"].shape == (1, 11, 29)
    written = "".join(str(token) for token in found.facts["tokens:target"][:10])
    assert written[4] == written[7] == "-"
    assert found.facts["tokens:source"][-1] == "<pad>"
    memory = subject.model.embedding(subject.data.test["source"][1:2])
    assert close(found.arrays["weights:0"], subject.model.decoder(subject.data.test["target"][1:2], memory)[1])


def test_means_of_several_nodes_are_for_small_pictures():
    subject = encoder(causal=False)
    every = look(subject, node="encoder")
    mean = look(subject, means=["encoder", "gone"]).arrays
    assert set(mean) == {"mean:encoder"}
    assert np.allclose(mean["mean:encoder"], np.mean([every.arrays[f"weights:{n}"] for n in range(3)], axis=(0, 1)))


def test_long_sequences_are_cut_and_say_how_long_they_are():
    document = sequence(length=200)
    document.add("MultiheadAttention", "attention", num_heads=4)
    document.connect("x", "attention")
    subject = subject_of(document)
    found = look(subject, node="attention")
    assert found.arrays["weights:0"].shape == (4, LONGEST, LONGEST)
    assert found.facts["keys"] == [200]
    assert look(subject, node="attention", longest=9).arrays["weights:0"].shape == (4, 9, 9)


def test_where_there_is_no_attention_it_is_said():
    document = sequence()
    document.add("Linear", "linear", out_features=3)
    document.connect("x", "linear")
    with pytest.raises(DataError, match="no attention in 'linear'"):
        look(subject_of(document), node="linear")
    with pytest.raises(DataError, match="sample takes a whole number"):
        look(encoder(), node="encoder", sample="first")
