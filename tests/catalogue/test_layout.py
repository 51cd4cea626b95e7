"""Layout, merging and arithmetic beyond what the harness draws: small cases, class numbers, limits and remedies."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
import torch

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.shapes.merge import MOST_WIRES
from nnstudio.catalogue.tensors import N, Shape, TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.errors import ShapeError
from nnstudio.graph.document import Document

BATCHES = (5, 7)
Wires = Mapping[str, tuple[TensorSpec, ...]]


def place(name: str, wires: Wires, **params: Any) -> TensorSpec:
    """What the layer puts out. Raises ShapeError."""
    kind = layer(name)
    (output,) = kind.output_specs(kind.place(kind.check(params), wires)).values()
    return output


def at_x(*specs: TensorSpec) -> Wires:
    return {"x": specs}


TOKENS = TensorSpec((N, 6), "int64", "tokens", 9)


# Products


SHAPES = [shape for rank in range(4) for shape in product((2, 3), repeat=rank)]
SPECS = [TensorSpec((*front, *shape)) for front in ((), (N,)) for shape in SHAPES]


def torch_shape(first: Shape, second: Shape) -> Shape | None:
    """The shape of the product, with N for the batch; None where torch refuses, or samples meet."""
    found = []
    for batch in BATCHES:
        tensors = [
            torch.empty([batch if size == N else size for size in shape], device="meta") for shape in (first, second)
        ]
        try:
            found.append(tuple(torch.matmul(*tensors).shape))
        except RuntimeError:
            return None
    if N not in first + second:
        return found[0]
    apart = found[0][:1] == BATCHES[:1] and found[1][:1] == BATCHES[1:] and found[0][1:] == found[1][1:]
    return (N, *found[0][1:]) if apart else None


def test_products_are_those_of_torch_in_every_small_case() -> None:
    for first, second in product(SPECS, SPECS):
        expected = torch_shape(first.shape, second.shape)
        if len(first.shape) == 1 and len(second.shape) > 2:
            expected = None  # what is counted would depend on gradients
        try:
            found = place("MatMul", {"a": (first,), "b": (second,)}).shape
        except ShapeError:
            found = None
        assert found == expected, (first, second)


def test_samples_do_not_meet() -> None:
    """A batch of numbers beside a batch of columns would be stretched to a table of all with all."""
    with pytest.raises(ShapeError, match="can not be combined"):
        place("Add", at_x(TensorSpec((N,)), TensorSpec((N, 1))))
    with pytest.raises(ShapeError, match="can not be combined"):
        place("Add", at_x(TensorSpec((N, 4)), TensorSpec((2, 1, 4))))
    assert place("Add", at_x(TensorSpec((1, 4)), TensorSpec((N, 4)))).shape == (N, 4)


# Many wires


@pytest.mark.parametrize("name", ["Add", "Multiply", "Average", "Maximum"])
def test_wires_have_a_limit(name: str) -> None:
    spec = TensorSpec((N, 4))
    assert place(name, at_x(*[spec] * MOST_WIRES)).shape == (N, 4)
    with pytest.raises(ShapeError, match=f"{MOST_WIRES} is the most"):
        place(name, at_x(*[spec] * (MOST_WIRES + 1)))


@pytest.mark.parametrize("name", ["Add", "Multiply", "Average", "Maximum"])
def test_as_many_wires_as_may_be_make_source_that_runs(name: str) -> None:
    document = Document("many")
    value = document.add("Value", value=1.0)
    node = document.add(name, "it")
    for _ in range(MOST_WIRES):
        document.connect(value, node)
    space: dict[str, Any] = {"__name__": "test"}
    compiled = compile_document(document)
    exec(compile(compiled.source, "<test>", "exec"), space)
    assert space[compiled.class_name]()() == (MOST_WIRES if name == "Add" else 1.0)


# Class numbers stay class numbers


@pytest.mark.parametrize(
    ("name", "params", "shape"),
    [
        ("Slice", {"start": 1, "length": 5}, (N, 5)),
        ("Select", {"index": -1}, (N,)),
        ("Reshape", {"shape": (2, 3)}, (N, 2, 3)),
        ("Unflatten", {"unflattened_size": (3, -1)}, (N, 3, 2)),
        ("Unsqueeze", {"dim": -1}, (N, 6, 1)),
        ("Permute", {"dims": (1,)}, (N, 6)),
        ("Repeat", {"repeats": (3,)}, (N, 18)),
        ("Pad", {"pad": (0, 2)}, (N, 8)),
        ("Concatenate", {}, (N, 6)),
        ("Stack", {}, (N, 1, 6)),
        ("Identity", {}, (N, 6)),
    ],
)
def test_tokens_keep_their_classes(name: str, params: dict[str, Any], shape: Shape) -> None:
    kind = "label" if shape == (N,) else "tokens"
    assert place(name, at_x(TOKENS), **params) == TensorSpec(shape, "int64", kind, 9)


def test_a_token_that_fills_up_is_a_class_too() -> None:
    assert place("Pad", at_x(TOKENS), value=9.0).classes == 10
    assert place("Pad", at_x(TOKENS), value=-100.0).classes == 9, "as targets that do not count"
    assert place("Pad", at_x(TensorSpec((N, 6), "int64", "tokens")), value=9.0).classes == 0


def test_tokens_put_together_have_the_classes_of_all() -> None:
    other = TensorSpec((N, 2), "int64", "tokens", 12)
    unknown = TensorSpec((N, 2), "int64", "tokens")
    assert place("Concatenate", at_x(TOKENS, other)).classes == 12
    assert place("Concatenate", at_x(TOKENS, unknown)).classes == 0
    assert place("Concatenate", at_x(TOKENS, TensorSpec((N, 2)))).dtype == "float32"


def test_the_largest_place_is_a_class() -> None:
    assert place("ArgMax", at_x(TensorSpec((N, 5)))) == TensorSpec((N,), "int64", "label", 5)
    assert place("ArgMax", at_x(TensorSpec((N, 7, 5)))) == TensorSpec((N, 7), "int64", "tokens", 5)


def test_an_image_stays_one_while_its_channels_are_in_front() -> None:
    image = TensorSpec((N, 3, 8, 6), kind="image")
    assert place("Permute", at_x(image), dims=(1, 3, 2)).kind == "image"
    assert place("Permute", at_x(image), dims=(2, 3, 1)).kind == "any"
    assert place("Transpose", at_x(image), dim0=-1, dim1=-2).kind == "image"
    assert place("Transpose", at_x(image)).kind == "any"


# Remedies

VECTOR, SEQUENCE, IMAGE = (TensorSpec((N, *shape)) for shape in ((6,), (5, 6), (3, 4, 6)))


@pytest.mark.parametrize(
    ("name", "spec", "params"),
    [
        ("Flatten", IMAGE, {"start_dim": 3, "end_dim": 2}),
        ("Squeeze", SEQUENCE, {"dim": 1}),
        ("Permute", IMAGE, {}),
        ("Permute", SEQUENCE, {"dims": (0, 1)}),
        ("Transpose", SEQUENCE, {"dim0": 1, "dim1": 0}),
        ("Slice", VECTOR, {"start": 3, "length": 5}),
        ("Slice", VECTOR, {"start": -2, "length": 9}),
        ("Select", VECTOR, {"index": 6}),
        ("Repeat", IMAGE, {}),
        ("Pad", VECTOR, {"pad": (1, 1, 1)}),
        ("Pad", VECTOR, {"pad": (1, 1, 1, 1)}),
        ("Pad", TOKENS, {"value": 0.5}),
        ("Pad", VECTOR, {"pad": (6, 0), "mode": "reflect"}),
        ("Pad", VECTOR, {"pad": (7, 0), "mode": "circular"}),
        ("Pad", IMAGE, {"mode": "replicate"}),
        ("Pad", TensorSpec((N, 6), "bool"), {"mode": "reflect"}),
        ("Softmax", VECTOR, {"dim": 2}),
        ("Sum", VECTOR, {"dim": 0}),
        ("Variance", TensorSpec((N, 1)), {}),
        ("Concatenate", VECTOR, {"dim": 2}),
        ("Stack", VECTOR, {"dim": 3}),
        ("Clamp", VECTOR, {"min": None, "max": None}),
        ("Clamp", VECTOR, {"min": 2.0, "max": 1.0}),
        ("Hardtanh", VECTOR, {"min_val": 2.0}),
        ("PolynomialFeatures", TensorSpec((N, 784)), {"degree": 3}),
    ],
    ids=str,
)
def test_what_is_said_to_help_helps(name: str, spec: TensorSpec, params: dict[str, Any]) -> None:
    with pytest.raises(ShapeError) as refusal:
        place(name, at_x(spec), **params)
    assert refusal.value.fix
    assert refusal.value.sets
    place(name, at_x(spec), **params | dict(refusal.value.sets))
