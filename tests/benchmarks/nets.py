"""The networks that training is measured with, on data of the usual shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.graph.document import Document
from nnstudio.headless import Headless
from nnstudio.protocol import messages as msg
from tests.classics.drawing import Pen

Layers = list[tuple[str, dict[str, Any]]]
IMAGES = 6_400
"""Of 28×28, in ten classes, made up: what they show does not matter to the clock."""


@dataclass(frozen=True)
class Net:
    """A drawing to train for `steps` steps, and a node to look at."""

    title: str
    document: Document
    steps: int
    node: str
    plane: bool = False
    """Whether its data lie in the plane, so that there is a boundary to be seen."""


def nets(folder: Path) -> list[Net]:
    """All six. Made-up images go into the folder."""
    images = _images(folder)
    return [
        Net("spiral 2-8-8-1, batch 10", _drawn(_spiral, batch_size=10), 10_000, "hidden1", plane=True),
        Net("MLP 784-128-64-10, batch 64", _drawn(_mlp, images, batch_size=64), 2_400, "hidden1"),
        Net("CNN on 28×28, batch 64", _drawn(_cnn, images, batch_size=64), 300, "conv1"),
        Net("LSTM on characters, batch 64", _drawn(_lstm, batch_size=64), 250, "lstm1"),
        Net("GPT of 112 K, batch 32", _drawn(_gpt, 64, 2, 2, 64, batch_size=32), 120, "embedding"),
        Net("GPT of 826 K, batch 32", _drawn(_gpt, 128, 4, 4, 64, batch_size=32), 40, "embedding"),
    ]


def _drawn(draw: Callable[..., Document], *arguments: Any, **plan: Any) -> Document:
    document = draw(*arguments)
    document.set_plan(**plan)
    document.history.clear()
    return document


def _net(title: str, data: dict[str, Any], layers: Layers, loss: str) -> Document:
    """Layers one behind the other, between the two fields of a data set."""
    document = Document(title)
    pen = Pen(document)
    start = pen.start("Dataset", **data)
    for kind, values in layers:
        pen.layer(kind, **values)
    end = pen.layer(loss)
    document.connect(f"{start.id}.{start.outputs[1].name}", f"{end.id}.target")
    return document


def _spiral() -> Document:
    hidden: Layers = [("Linear", {"name": "hidden1", "out_features": 8}), ("Tanh", {})]
    more: Layers = [("Linear", {"out_features": 8}), ("Tanh", {}), ("Linear", {"out_features": 1})]
    return _net("spiral", {"dataset": "spiral"}, [*hidden, *more], "BCEWithLogitsLoss")


def _mlp(images: dict[str, Any]) -> Document:
    sizes: Layers = [("Linear", {"name": "hidden1", "out_features": 128}), ("ReLU", {})]
    more: Layers = [("Linear", {"out_features": 64}), ("ReLU", {}), ("Linear", {"out_features": 10})]
    return _net("mlp", images, [("Flatten", {}), *sizes, *more], "CrossEntropyLoss")


def _cnn(images: dict[str, Any]) -> Document:
    first: Layers = [("Conv2d", {"name": "conv1", "out_channels": 16, "kernel_size": 3}), ("ReLU", {})]
    second: Layers = [("MaxPool2d", {}), ("Conv2d", {"out_channels": 32, "kernel_size": 3}), ("ReLU", {})]
    last: Layers = [("MaxPool2d", {}), ("Flatten", {}), ("Linear", {"out_features": 10})]
    return _net("cnn", images, [*first, *second, *last], "CrossEntropyLoss")


def _lstm() -> Document:
    layers: Layers = [
        ("Embedding", {"embedding_dim": 32}),
        ("LSTM", {"name": "lstm1", "hidden_size": 64}),
        ("Linear", {"out_features": 97}),
    ]
    return _net("lstm", {"dataset": "python_reference", "context": 32}, layers, "CrossEntropyLoss")


def _gpt(width: int, heads: int, blocks: int, context: int) -> Document:
    attention = {"nhead": heads, "num_layers": blocks, "dim_feedforward": 4 * width, "causal": True}
    layers: Layers = [
        ("Embedding", {"name": "embedding", "embedding_dim": width}),
        ("LearnedPositions", {}),
        ("TransformerEncoder", attention),
        ("Linear", {"out_features": 97}),
    ]
    return _net("gpt", {"dataset": "python_reference", "context": context}, layers, "CrossEntropyLoss")


def _images(folder: Path) -> dict[str, Any]:
    """Parameters of a Dataset that reads made-up images, found as the window finds them."""
    chance = np.random.default_rng(0)
    path = folder / "images.npz"
    labels = chance.integers(0, 10, IMAGES)
    pixels = chance.random((IMAGES, 1, 28, 28), np.float32)
    np.savez(path, image=pixels, label=labels)
    with Headless(Document("empty")) as headless:
        headless.engine_ready()
        told = headless.wait(headless.session.errands.inspect(str(path)).future)
    assert isinstance(told, msg.Inspected), told
    return {"dataset": told.dataset, **told.params}
