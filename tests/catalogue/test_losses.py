"""How losses read their inputs: which size is the classes, what stands in the source, and what it computes."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.data.spec import Field
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Document
from tests.catalogue.alone import data_of, model_of


def site_of(kind: str, prediction: Shape, target: TensorSpec, **params: object) -> Site:
    declared = layer(kind)
    specs = {"prediction": (TensorSpec((N, *prediction)),), "target": (target,)}
    return declared.place(declared.check(params), specs)


def classes(*sizes: int, of: int = 0) -> TensorSpec:
    return TensorSpec((N, *sizes), "int64", "label", of)


@pytest.mark.parametrize(
    ("prediction", "target", "task", "moved"),
    [
        ((5,), (), "classes", False),
        ((5, 7), (7,), "classes", False),
        ((7, 5), (7,), "tokens", True),
        ((5, 5), (5,), "tokens", True),
        ((5, 8, 9), (8, 9), "classes", False),
        ((8, 9, 5), (8, 9), "tokens", True),
        ((5, 5, 5), (5, 5), "classes", False),
    ],
)
def test_which_size_is_the_classes(prediction: Shape, target: Shape, task: str, moved: bool) -> None:
    site = site_of("CrossEntropyLoss", prediction, classes(*target, of=5))
    declared = layer("CrossEntropyLoss")
    assert declared.output_specs(site)["loss"].shape == ()
    assert declared.task is not None
    assert declared.task(site) == task
    adapt = getattr(declared.code, "adapt", None)
    assert adapt is not None
    assert bool(adapt(site)) is moved


@pytest.mark.parametrize(
    ("prediction", "target", "upstream"),
    [
        ((4,), (), {"out_features": 5}),
        ((7, 4), (7,), {"out_features": 5}),
        ((4, 7), (7,), {"out_channels": 5}),
        ((4, 7, 7), (7, 7), {"out_channels": 5}),
    ],
)
def test_too_few_scores(prediction: Shape, target: Shape, upstream: dict[str, int]) -> None:
    with pytest.raises(ShapeError, match="gets 4 scores a sample, and there are 5 classes") as raised:
        layer("CrossEntropyLoss").output_specs(site_of("CrossEntropyLoss", prediction, classes(*target, of=5)))
    assert raised.value.upstream == upstream


def test_the_last_class_needs_no_score_where_it_is_left_out() -> None:
    declared = layer("CrossEntropyLoss")
    declared.output_specs(site_of("CrossEntropyLoss", (4,), classes(of=5), ignore_index=4))
    with pytest.raises(ShapeError):
        declared.output_specs(site_of("CrossEntropyLoss", (4,), classes(of=5), ignore_index=3))


def judged(fields: tuple[Field, ...], kind: str, wires: dict[str, str], **params: object) -> tuple[nn.Module, str]:
    """A model whose loss takes fields, through a sum of one where they are no targets; and what it returns."""
    document = Document("judged")
    with data_of(fields):
        data = document.add("Dataset", dataset="harness")
        loss = document.add(kind, "judge", **params)
        for port in loss.inputs:
            source = f"{data.id}.{wires[port.name]}"
            if not port.target:
                front = document.add("Add")
                document.connect(source, front)
                source = f"{front.id}.y"
            document.connect(source, f"{loss.id}.{port.name}")
        compiled = compile_document(document)
    assert compiled.errors == ()
    (returned,) = [line.strip() for line in compiled.source.splitlines() if "return" in line][-1:]
    return model_of(compiled, "cpu"), returned


def test_a_sequence_is_judged_token_by_token() -> None:
    fields = (Field("scores", (6, 4)), Field("tokens", (6,), "int64", names=("", "a", "b", "c")))
    wires = {"prediction": "scores", "target": "tokens"}
    model, returned = judged(fields, "CrossEntropyLoss", wires, ignore_index=0)
    assert returned == "return self.judge(add.movedim(-1, 1), tokens)"
    scores, tokens = torch.randn(3, 6, 4), torch.arange(18).reshape(3, 6) % 4
    counts = tokens != 0
    expected = F.cross_entropy(scores[counts], tokens[counts])
    torch.testing.assert_close(model.compute_loss(scores, tokens), expected)  # type: ignore[operator]


def test_pairs_of_two_classes_become_signs() -> None:
    fields = (Field("left", (3,)), Field("right", (3,)), Field("alike", (), "int64", names=("no", "yes")))
    wires = {"x1": "left", "x2": "right", "target": "alike"}
    model, returned = judged(fields, "CosineEmbeddingLoss", wires, margin=0.5)
    assert returned == "return self.judge(add, add2, alike.mul(2).sub(1))"
    left, right, alike = torch.randn(4, 3), torch.randn(4, 3), torch.tensor([0, 1, 1, 0])
    cosine = F.cosine_similarity(left, right)
    expected = torch.where(alike == 1, 1 - cosine, (cosine - 0.5).clamp(min=0)).mean()
    torch.testing.assert_close(model.compute_loss(left, right, alike), expected)  # type: ignore[operator]


def test_the_weight_of_a_loss() -> None:
    fields = (Field("guess", (2,)), Field("truth", (2,)))
    wires = {"prediction": "guess", "target": "truth"}
    model, returned = judged(fields, "L1Loss", wires, loss_weight=0.25)
    assert returned == "return 0.25 * self.judge(add, truth)"
    zeros, ones = torch.zeros(3, 2), torch.ones(3, 2)
    assert model.compute_loss(zeros, ones) == 0.25  # type: ignore[operator]


def test_minimize_takes_a_number_as_it_is_and_the_mean_of_more() -> None:
    _, returned = judged((Field("error", (3,)),), "Minimize", {"x": "error"})
    assert returned == "return torch.mean(add)"
    document = Document("number")
    value = document.add("Value", "w", value=3.0)
    square = document.add("Multiply", "e")
    for _ in range(2):
        document.connect(value, square)
    document.connect(square, document.add("Minimize"))
    compiled = compile_document(document)
    assert compiled.errors == ()
    assert "        return e\n" in compiled.source
    model = model_of(compiled, "cpu")
    model.compute_loss(model()).backward()  # type: ignore[operator]
    assert float(dict(model.named_parameters())["w"].grad or 0) == 6.0
