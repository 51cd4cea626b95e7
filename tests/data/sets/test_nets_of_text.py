"""Networks of text connect to their data without a node in between, and learn what there is to learn."""

from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as tensors_of

from nnstudio.compiler.compile import compile_document
from nnstudio.data.registry import dataset
from nnstudio.engine.data import datasets as engine
from nnstudio.graph.document import Document
from nnstudio.headless import Headless
from nnstudio.protocol.messages import DataRef
from tests.classics.drawing import Pen

Layers = list[tuple[str, dict[str, Any]]]

TABLE: Layers = [("Embedding", {"embedding_dim": 5})]
MLP: Layers = [
    ("Embedding", {"embedding_dim": 2}),
    ("Flatten", {}),
    ("Linear", {"out_features": 100}),
    ("Tanh", {}),
    ("Linear", {"out_features": 27}),
]
CBOW: Layers = [("Embedding", {"embedding_dim": 30}), ("Mean", {"dim": 1}), ("Linear", {"out_features": 52})]
SKIP_GRAM: Layers = [CBOW[0], CBOW[2]]


def recurrent(classes: int) -> Layers:
    return [("Embedding", {"embedding_dim": 8}), ("GRU", {"hidden_size": 8}), ("Linear", {"out_features": classes})]


def gpt(classes: int) -> Layers:
    attention = ("TransformerEncoder", {"nhead": 2, "num_layers": 1, "dim_feedforward": 16})
    return [("Embedding", {"embedding_dim": 8}), ("LearnedPositions", {}), attention, recurrent(classes)[2]]


def drawn(name: str, layers: Layers, **params: Any) -> Document:
    """The network between the two fields of the data set."""
    document = Document(name)
    pen = Pen(document)
    data = pen.start("Dataset", dataset=name, **params)
    for kind, values in layers:
        pen.layer(kind, "embedding" if kind == "Embedding" else "", **values)
    padding = dataset(name).fields_for(params)[1].padding
    loss = pen.layer("CrossEntropyLoss", **({} if padding is None else {"ignore_index": padding}))
    document.connect(f"{data.id}.{data.outputs[1].name}", f"{loss.id}.target")
    return document


@pytest.mark.parametrize(
    ("name", "layers", "params", "weights"),
    [
        ("dna", TABLE, {}, 25),
        ("dna", recurrent(6), {"predict": "each"}, 48 + 432 + 54),
        ("names", MLP, {}, 3481),
        ("names", recurrent(28), {"predict": "each"}, 224 + 432 + 252),
        ("cities", [*MLP[:-1], ("Linear", {"out_features": 29})], {}, 3687),
        ("kings", CBOW, {}, 3172),
        ("kings", SKIP_GRAM, {"model": "skip-gram"}, 3172),
        ("python_reference", gpt(97), {"context": 16}, 776 + 128 + 600 + 873),
        ("python_reference", recurrent(97), {}, 776 + 432 + 873),
        ("python_words", recurrent(300), {"vocabulary": 300}, 2400 + 432 + 2700),
    ],
)
def test_connects_with_nothing_in_between(name, layers, params, weights):
    compiled = compile_document(drawn(name, layers, **params))
    assert compiled.problems == (), [str(problem) for problem in compiled.problems]
    assert compiled.parameters == weights


def trained(document: Document, **plan: Any) -> np.ndarray:
    """The embedding after training in the real engine."""
    document.set_plan(**plan)
    with Headless(document) as headless:
        headless.train()
    assert document.trained is not None
    return tensors_of(document.trained.weights)["embedding.weight"]


@pytest.mark.slow
def test_a_table_of_pairs_becomes_how_often_each_base_follows_each():
    table = np.exp(trained(drawn("dna", TABLE), lr=0.05, epochs=200, batch_size=4096))
    train = engine.load(DataRef("dna")).train
    counts = np.zeros((5, 5))
    np.add.at(counts, (train["base"].numpy(), train["next"].numpy()), 1)
    assert np.abs(table / table.sum(1, keepdims=True) - counts / counts.sum(1, keepdims=True)).max() < 0.005


@pytest.mark.slow
def test_vowels_come_together():
    points = trained(drawn("names", MLP), lr=0.01, epochs=15, batch_size=128)
    letters = dataset("names").field("context").names
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    vowels = [letters.index(vowel) for vowel in "aeiou"]
    others = [place for place in range(1, 27) if place not in vowels]
    assert apart[np.ix_(vowels, vowels)].sum() / 20 < 0.6 * apart[np.ix_(vowels, others)].mean()


@pytest.mark.slow
@pytest.mark.parametrize(("model", "layers"), [("cbow", CBOW), ("skip-gram", SKIP_GRAM)])
@pytest.mark.parametrize("seed", [0, 1])
def test_king_without_man_with_woman_is_queen(model, layers, seed):
    document = drawn("kings", layers, model=model)
    vectors = trained(document, lr=0.01, weight_decay=0.001, epochs=40, batch_size=32, seed=seed)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = dataset("kings").field("word").names
    for royal, common, other, wanted in (
        ("king", "man", "woman", "queen"),
        ("prince", "boy", "girl", "princess"),
        ("father", "man", "woman", "mother"),
    ):
        asked = [words.index(word) for word in (royal, common, other)]
        likeness = vectors @ (vectors[asked[0]] - vectors[asked[1]] + vectors[asked[2]])
        likeness[asked] = -np.inf
        assert words[int(likeness.argmax())] == wanted
