"""Every declared layer keeps its word. There is no list: a layer that is declared is tested."""

import pytest

from nnstudio.catalogue.registry import layer, layers
from tests.catalogue.harness import explore

ENOUGH = 50
"""Examples of a layer that is well, in a usual run."""


@pytest.mark.parametrize("name", layers())
def test_layer_does_as_declared(name: str) -> None:
    tally = explore(layer(name), ENOUGH)
    assert tally.accepted == ENOUGH, f"{tally}: the strategies hardly ever draw a {name} that is well"


@pytest.mark.slow
@pytest.mark.parametrize("name", layers())
def test_layer_does_as_declared_at_length(name: str) -> None:
    tally = explore(layer(name), 300)
    assert tally.accepted == 300
