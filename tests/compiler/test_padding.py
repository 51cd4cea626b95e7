"""Who takes padding for something is told of it, and mended with one step."""

import pytest

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.remedy import apply_fix
from nnstudio.compiler.result import Problem
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.compiler.drawings import compiled_and_well


def reversing(**loss: object) -> tuple[Document, Node]:
    """An LSTM that reads into its state, and a decoder that writes from it."""
    document = Document("reverse")
    data = document.add("Dataset", "data", dataset="reverse")
    embedding = document.add("Embedding", embedding_dim=8)
    encoder = document.add("LSTM", "encoder", hidden_size=16)
    decoder = document.add("RecurrentDecoder", "decoder", embedding_dim=8)
    judge = document.add("CrossEntropyLoss", "loss", **loss)
    document.connect("data.source", embedding)
    document.connect(embedding, encoder)
    document.connect("encoder.h", "decoder.state")
    document.connect(data, decoder)
    document.connect(decoder, "loss.prediction")
    document.connect(data, judge)
    return document, judge


def warnings(document: Document) -> list[Problem]:
    compiled = compiled_and_well(document)
    return list(compiled.problems)


def test_data_lead_their_target_to_decoder_and_loss() -> None:
    document, judge = reversing()
    assert [link.output for link in document.links_into("decoder", "target")] == ["target"]
    assert [link.output for link in document.links_into(judge, "target")] == ["target"]


def test_a_loss_is_told_what_the_padding_is() -> None:
    document, judge = reversing()
    (problem,) = warnings(document)
    assert problem.severity == "warning"
    assert (problem.node, problem.port) == (judge.id, "target")
    assert str(problem) == (
        "CrossEntropyLoss 'loss' judges the padding of its target too. Set ignore_index to 0, the padding."
    )
    assert problem.remedy is not None
    assert problem.remedy.label == "Set ignore_index of 'loss' to 0"
    assert compile_document(document).signature.ignore is None
    apply_fix(document, problem)
    assert warnings(document) == []
    assert compile_document(document).signature.ignore == 0
    document.undo()
    assert warnings(document) == [problem]


def test_a_loss_that_leaves_something_else_out_is_told_too() -> None:
    assert len(warnings(reversing(ignore_index=3)[0])) == 1
    assert warnings(reversing(ignore_index=0)[0]) == []


def test_the_answers_of_a_decoder_are_offered_to_its_loss() -> None:
    """The target is taken by the decoder already, and what the decoder is given at each step is of the same shape."""
    document, judge = reversing(ignore_index=0)
    document.disconnect(document.links_into(judge, "target")[0])
    (error,) = compile_document(document).errors
    assert error.remedy is not None
    assert error.remedy.label == "Connect 'target' of 'data'"
    apply_fix(document, error)
    assert warnings(document) == []


@pytest.mark.parametrize(
    ("layer", "params", "told"),
    [
        ("EmbeddingBag", {}, "counts the padding"),
        ("EmbeddingBag", {"padding_idx": 0}, ""),
        ("Embedding", {}, ""),
        ("Embedding", {"padding_idx": 0}, ""),
        ("Embedding", {"padding_idx": 2}, "takes another token"),
    ],
    ids=str,
)
def test_a_table_is_told_what_the_padding_is(layer: str, params: dict[str, object], told: str) -> None:
    document = Document("brackets")
    data = document.add("Dataset", "data", dataset="brackets")
    table = document.add(layer, "table", embedding_dim=8, **params)
    document.connect("data.sequence", table)
    last: Node = table
    if layer == "Embedding":
        last = document.add("Mean", dim=1)
        document.connect("table.y", last)
    head, judge = document.add("Linear", out_features=2), document.add("CrossEntropyLoss")
    document.connect(last, head)
    document.connect(head, judge)
    document.connect(data, judge)
    assert [link.output for link in document.links_into(judge, "target")] == ["label"]
    found = warnings(document)
    assert [told in problem.message for problem in found] == ([True] if told else [])
    for problem in found:
        apply_fix(document, problem)
    assert warnings(document) == []
    assert document.node("table").params["padding_idx"] in (None, 0)


def test_a_mask_is_told_what_the_padding_is() -> None:
    document = Document("brackets")
    document.add("Dataset", "data", dataset="brackets")
    document.add("PaddingMask", "mask", padding_idx=1)
    document.connect("data.sequence", "mask")
    found = [problem for problem in compile_document(document).problems if problem.node]
    assert [problem.fix for problem in found] == ["Set padding_idx to 0, the padding."]
    apply_fix(document, found[0])
    assert not [problem for problem in compile_document(document).problems if problem.node]


def test_what_becomes_of_tokens_has_no_padding() -> None:
    """Neither vectors, nor what tokens are counted into."""
    document = Document("brackets")
    document.add("Dataset", "data", dataset="brackets")
    document.add("OneHot", "hot")
    document.connect("data.sequence", "hot")
    facts = compile_document(document).facts
    assert facts[document.node("data").id].outputs["sequence"].padding == 0
    assert facts[document.node("data").id].outputs["label"].padding is None
    assert facts[document.node("hot").id].outputs["y"].padding is None
