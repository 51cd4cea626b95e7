import re

import pytest

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, kind_of, shape_text
from nnstudio.errors import ShapeError


def spec(*sizes: int, kind: str = "any") -> TensorSpec:
    return TensorSpec((N, *sizes), kind=kind)


@pytest.mark.parametrize(
    ("pattern", "sizes", "named"),
    [
        ("N C H W", (3, 8, 9), {"C": 3, "H": 8, "W": 9}),
        ("N ...", (), {}),
        ("N ...", (3, 8, 9), {}),
        ("N ... F", (7,), {"F": 7}),
        ("N ... F", (3, 8, 7), {"F": 7}),
        ("N K ...", (10, 4, 4), {"K": 10}),
    ],
)
def test_port_names_sizes(pattern: str, sizes: tuple[int, ...], named: dict[str, int]) -> None:
    assert Port("x", pattern).match(spec(*sizes)) == {"N": N} | named


@pytest.mark.parametrize(
    ("pattern", "sizes"), [("N C H W", (3, 8)), ("N C H W", (1, 3, 8, 8)), ("N ... F", ()), ("N C", ())]
)
def test_port_refuses_another_number_of_sizes(pattern: str, sizes: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError) as raised:
        Port("x", pattern).match(spec(*sizes))
    assert raised.value.port == "x"
    assert shape_text(spec(*sizes).shape) in raised.value.message


def test_port_wants_a_batch() -> None:
    with pytest.raises(ShapeError, match="gets scalar and needs N×…"):
        Port("x", "N ...").match(TensorSpec(()))
    with pytest.raises(ShapeError, match="gets 3×4 and needs N×F"):
        Port("x", "N F").match(TensorSpec((3, 4)))


@pytest.mark.parametrize(
    ("pattern", "shape", "named"),
    [
        ("...", (), {}),
        ("...", (N,), {}),
        ("...", (N, 3, 4), {}),
        ("...", (3, 4), {}),
        ("", (), {}),
        ("L L", (5, 5), {"L": 5}),
        ("V D", (7, 2), {"V": 7, "D": 2}),
        ("... D", (N, 2), {"D": 2}),
        ("... D", (3, 2), {"D": 2}),
        ("V D", (N, 2), None),
        ("", (N,), None),
        ("L L", (5,), None),
        ("... D", (N,), None),
        ("... D", (), None),
        ("N ...", (3,), None),
        ("N ... D", (3, N), None),
    ],
)
def test_port_with_and_without_a_batch(pattern: str, shape: Shape, named: dict[str, int] | None) -> None:
    port = Port("x", pattern)
    if named is not None:
        assert port.match(TensorSpec(shape)) == named
        return
    with pytest.raises(ShapeError, match=f"gets {shape_text(shape)} and needs {re.escape(port.needs())}"):
        port.match(TensorSpec(shape))


def test_site_knows_what_came_and_what_did_not() -> None:
    lstm = layer("LSTM")
    inputs = {"x": (spec(5, 3),), "h0": (), "c0": ()}
    site = lstm.place(lstm.check({}), inputs)
    assert site.dims == {"x.N": N, "x.L": 5, "x.F": 3}
    assert site.one() == spec(5, 3)
    assert site.maybe("h0") is None
    assert site.maybe("x") == spec(5, 3)


def test_port_refuses_a_kind_that_would_be_a_mistake() -> None:
    port = layer("Linear").inputs[0]
    with pytest.raises(ShapeError, match="needs a vector") as raised:
        port.match(spec(3, 8, 8, kind="image"))
    assert (raised.value.fix, raised.value.insert) == ("Insert Flatten before it.", "Flatten")
    assert port.match(spec(3, 8, 8))["F"] == 8


def test_port_refuses_another_type() -> None:
    with pytest.raises(ShapeError, match="gets class numbers or tokens and needs numbers"):
        Port("x").match(TensorSpec((N,), "int64"))
    Port("x", dtype="any").match(TensorSpec((N,), "int64"))


def test_shapes_read_well() -> None:
    assert shape_text((N, 32, 7, 7)) == "N×32×7×7"
    assert shape_text(()) == "scalar"
    assert str(TensorSpec((N,), "int64", "label", 10)) == "N · 10 classes"


def test_kind_follows_the_shape() -> None:
    assert [kind_of((N,)), kind_of((N, 3)), kind_of((N, 5, 3)), kind_of((N, 1, 5, 3))] == [
        "scalar",
        "vector",
        "sequence",
        "any",
    ]
    image = TensorSpec((N, 1, 8, 8), "float32", "image", classes=0)
    assert image.with_shape((N, 64)).kind == "vector"
    assert image.with_shape((N, 2, 8, 8), "image").kind == "image"
    assert TensorSpec((N,), "int64", "label", 10).with_shape((N, 1)).classes == 0
