"""Small networks of every kind, for the one harness that shows every panel on real ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from tests.classics.drawing import Pen

Layers = list[tuple[str, dict[str, Any]]]


def example(name: str) -> Callable[[], Document]:
    return lambda: storage.load(resolve(f"example:{name}"))


def row(title: str, data: dict[str, Any], layers: Layers, loss: str, entry: int = 0, target: int = 1) -> Document:
    """Layers one behind the other, from one output of a data set to the loss against another."""
    document = Document(title)
    pen = Pen(document)
    start = pen.start("Dataset", **data)
    first = start.outputs[entry].name
    kind, values = layers[0]
    node = document.add(kind, at=pen.at(), **values)
    document.connect(f"{start.id}.{first}", f"{node.id}.{node.inputs[0].name}")
    pen.last = node
    for kind, values in layers[1:]:
        pen.layer(kind, **values)
    end = pen.layer(loss)
    document.connect(f"{start.id}.{start.outputs[target].name}", f"{end.id}.target")
    return document


def only_data() -> Document:
    document = Document("only data")
    document.add("Dataset", dataset="iris")
    return document


def painted() -> Document:
    layers: Layers = [("Linear", {"out_features": 4}), ("Tanh", {}), ("Linear", {"out_features": 2})]
    return row("painted", {"dataset": "painted"}, layers, "CrossEntropyLoss")


def iris() -> Document:
    layers: Layers = [("Linear", {"out_features": 8}), ("ReLU", {}), ("Linear", {"out_features": 3})]
    return row("iris", {"dataset": "iris"}, layers, "CrossEntropyLoss")


def diabetes() -> Document:
    layers: Layers = [("Linear", {"out_features": 8}), ("Tanh", {}), ("Linear", {"out_features": 1})]
    return row("diabetes", {"dataset": "diabetes"}, layers, "MSELoss")


def shapes() -> Document:
    layers: Layers = [
        ("Conv2d", {"out_channels": 8, "stride": 2, "padding": 1}),
        ("ReLU", {}),
        ("MaxPool2d", {}),
        ("Flatten", {}),
        ("Linear", {"out_features": 4}),
    ]
    return row("shapes", {"dataset": "shapes"}, layers, "CrossEntropyLoss")


def sine() -> Document:
    layers: Layers = [("Linear", {"out_features": 8}), ("ReLU", {}), ("Linear", {"out_features": 1})]
    return row("sine", {"dataset": "sine"}, layers, "MSELoss")


def lstm() -> Document:
    layers: Layers = [
        ("Embedding", {"embedding_dim": 8}),
        ("LSTM", {"hidden_size": 16}),
        ("Linear", {"out_features": 97}),
    ]
    return row("lstm", {"dataset": "python_reference", "context": 16}, layers, "CrossEntropyLoss")


def gpt() -> Document:
    layers: Layers = [
        ("Embedding", {"embedding_dim": 16}),
        ("LearnedPositions", {}),
        ("TransformerEncoder", {"nhead": 2, "num_layers": 2, "dim_feedforward": 32, "causal": True}),
        ("Linear", {"out_features": 97}),
    ]
    return row("gpt", {"dataset": "python_reference", "context": 16}, layers, "CrossEntropyLoss")


def bahdanau() -> Document:
    """The example with few dates: what it looks at is shown, not what it has learned."""
    document = example("bahdanau")()
    document.set("n1", samples=100)
    return document


NETWORKS: dict[str, Callable[[], Document]] = {
    "digits": example("digits-cnn"),
    "moons": example("moons"),
    "xor": example("xor"),
    "spiral": example("spiral"),
    "numbers": example("backprop-five-nodes"),
    "painted": painted,
    "iris": iris,
    "diabetes": diabetes,
    "sine": sine,
    "shapes": shapes,
    "lstm": lstm,
    "gpt": gpt,
    "vit": example("vit"),
    "bahdanau": bahdanau,
    "only-data": only_data,
    "empty": lambda: Document("empty"),
}
