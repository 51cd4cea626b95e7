"""Networks learn from the sequences what each data set is there to show: with the engine as a person runs it."""

import pytest

from nnstudio.data.registry import dataset
from nnstudio.graph.document import Document
from nnstudio.headless import Headless


def accuracy(document: Document, **plan: object) -> float:
    """On the samples kept for testing, after training."""
    document.set_plan(batch_size=32, lr=0.005, **plan)
    with Headless(document) as headless:
        headless.train()
        reached = headless.session.run.epochs[-1].test_accuracy
    assert reached is not None
    return reached


def classifier(name: str, field: str, cell: str, summary: str = "LastStep", **params: object) -> Document:
    """An embedding, a recurrent layer and a Linear."""
    document = Document(name)
    document.add("Dataset", "data", dataset=name, **params)
    document.add("Embedding", "embedding", embedding_dim=32)
    document.add("Dropout", "dropout", p=0.5 if name == "sentiment" else 0.0)
    document.add(cell, "memory", hidden_size=32)
    document.add(summary, "summary", **({"dim": 1} if summary == "Mean" else {}))
    document.add("Linear", "head", out_features=dataset(name).field("label", params).classes)
    document.add("CrossEntropyLoss", "loss")
    wires = [f"data.{field}", "embedding", "dropout", "memory", "summary", "head"]
    for source, target in zip(wires, [*wires[1:], "loss"], strict=True):
        document.connect("embedding.y" if source == "embedding" else source, target)
    document.connect("data", "loss")
    return document


def translator(name: str, **params: object) -> Document:
    """An LSTM that reads, and a decoder that goes on from its state."""
    document = Document(name)
    document.add("Dataset", "data", dataset=name, **params)
    document.add("Embedding", "embedding", embedding_dim=32)
    document.add("LSTM", "encoder", hidden_size=64)
    document.add("RecurrentDecoder", "decoder")
    document.add("CrossEntropyLoss", "loss", ignore_index=0)
    for source, target in [
        ("data.source", "embedding"),
        ("embedding.y", "encoder"),
        ("encoder.h", "decoder.state"),
        ("encoder.c", "decoder.cell_state"),
        ("data", "decoder"),
        ("decoder", "loss"),
        ("data", "loss"),
    ]:
        document.connect(source, target)
    return document


@pytest.mark.slow
def test_an_lstm_keeps_what_an_rnn_forgets() -> None:
    assert accuracy(classifier("long_memory", "sequence", "LSTM"), epochs=15) > 0.95
    assert accuracy(classifier("long_memory", "sequence", "RNN"), epochs=15) < 0.7


@pytest.mark.slow
def test_brackets_are_counted() -> None:
    assert accuracy(classifier("brackets", "sequence", "LSTM"), epochs=10) > 0.97


@pytest.mark.slow
def test_sentences_are_felt() -> None:
    assert accuracy(classifier("sentiment", "sentence", "LSTM", "Mean"), epochs=30) > 0.75


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reverse", "sort"])
def test_letters_are_turned_round_and_sorted(name: str) -> None:
    assert accuracy(translator(name), epochs=20) > 0.95
