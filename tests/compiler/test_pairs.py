"""Every pair of layers whose ports fit, one behind the other: it compiles, and its source runs with those shapes."""

import random
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pytest

from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.graph.document import Document
from tests.catalogue.alone import one_thread
from tests.compiler.drawings import BODY, _fits, assert_shapes_are_true, put

SAMPLED = 600
SOURCES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Input", {"shape": (8,)}),
    ("Input", {"shape": (6, 8)}),
    ("Input", {"shape": (4, 8, 8)}),
    ("Input", {"shape": (4, 6, 6, 6)}),
    ("Input", {"shape": (6,), "dtype": "int64", "classes": 9}),
    ("Input", {"shape": (6,), "dtype": "bool"}),
    ("Constant", {"value": 2.0}),
    ("Constant", {"value": ((1.0, 2.0), (3.0, 4.0))}),
    ("CausalMask", {}),
    ("Embedding", {}),
)
"""What can come in: every kind of tensor that some port wants."""


def begun() -> tuple[Document, dict[str, TensorSpec]]:
    """A drawing of sources alone, and what each of them gives."""
    document, ends = Document("pair"), dict[str, TensorSpec]()
    for kind, values in SOURCES:
        wires = {port.name: [_first(port, ends)] for port in layer(kind).inputs_for(layer(kind).check(values))}
        assert put(document, ends, kind, wires, values) is not None, kind
    return document, ends


def _first(port: Port, ends: dict[str, TensorSpec]) -> str:
    return next(end for end, spec in ends.items() if _fits(port, spec))


def ways(
    ports: Sequence[Port], ends: dict[str, TensorSpec], given: Sequence[str] = ()
) -> Iterator[dict[str, list[str]]]:
    """Wires for the ports that are not optional, from ends that fit; with `given`, one port takes one of those."""
    wanted = [port for port in ports if not port.optional or (given and any(_fits(port, ends[end]) for end in given))]
    free = {port.name: [] for port in ports if port.optional}
    for chosen in wanted if given else [None]:
        choices = [
            [end for end in (given if port is chosen else reversed(ends)) if _fits(port, ends[end])]
            for port in wanted
            if not port.optional or port is chosen
        ]
        names = [port.name for port in wanted if not port.optional or port is chosen]
        for found in list(product(*choices))[:200]:
            yield free | {name: [end] for name, end in zip(names, found, strict=True)}


def fits(first: str, second: str) -> bool:
    """Draw the pair, if there is a way, and hold the compiler to torch. Gives whether there was one."""
    document, ends = begun()
    kinds = [layer(first), layer(second)]
    ports = [kind.inputs_for(kind.check({})) for kind in kinds]
    before = set(ends)
    if not any(put(document, ends, first, wires, {}) for wires in ways(ports[0], ends)):
        return False
    made = [end for end in ends if end not in before]
    if not any(put(document, ends, second, wires, {}) for wires in ways(ports[1], ends, made)):
        return False
    compiled = compile_document(document)
    assert compiled.errors == (), (first, second, [str(problem) for problem in compiled.errors])
    assert assert_shapes_are_true(document, compiled, None) >= 2
    return True


def check_all(pairs: Sequence[tuple[str, str]]) -> int:
    with one_thread():
        return sum(fits(*pair) for pair in pairs)


def test_every_layer_can_be_put_behind_something() -> None:
    """So that no layer is left out of the pairs by the sources above."""
    for kind in BODY:
        document, ends = begun()
        ports = layer(kind).inputs_for(layer(kind).check({}))
        assert any(put(document, ends, kind, wires, {}) for wires in ways(ports, ends)), kind


def test_pairs_sampled() -> None:
    pairs = list(product(BODY, repeat=2))
    random.Random(20).shuffle(pairs)
    assert check_all(pairs[:SAMPLED]) > SAMPLED / 4


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_all_pairs() -> None:
    assert check_all(list(product(BODY, repeat=2))) > 5000
