"""Every declared layer keeps its word. There is no list: a layer that is declared is tested."""

import pytest

from nnstudio.catalogue.registry import layer, layers
from tests.catalogue import asides
from tests.catalogue.harness import explore, is_held_here

ENOUGH, FEWER = 40, 15
"""Examples of a layer that is well, in a usual run; fewer of those that are made of many others."""
MANIFOLD = ("Transformer", "Attention", "RecurrentDecoder", "MultiheadAttention", "RNN", "LSTM", "GRU", "Augment")
HELD = [name for name, declared in layers().items() if is_held_here(declared)]


@pytest.mark.parametrize("name", HELD)
def test_layer_does_as_declared(name: str) -> None:
    enough = FEWER if name.startswith(MANIFOLD) else ENOUGH
    tally = explore(layer(name), enough)
    assert tally.accepted >= enough, f"{tally}: the strategies hardly ever draw a {name} that is well"


@pytest.mark.slow
@pytest.mark.parametrize("name", HELD)
def test_layer_does_as_declared_at_length(name: str) -> None:
    tally = explore(layer(name), 300)
    assert tally.accepted >= 300


def test_what_is_set_aside_is_there() -> None:
    told = {kind for kind, _ in asides.STRICTER}
    assert told <= set(HELD)
