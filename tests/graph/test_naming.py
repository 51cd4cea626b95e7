"""Names for new nodes."""

from __future__ import annotations

import pytest

from nnstudio.catalogue import registry
from nnstudio.graph import naming, rules
from nnstudio.graph.document import Document


def test_names_count_up_and_fill_gaps() -> None:
    document = Document()
    assert [document.add("Conv2d").name for _ in range(3)] == ["conv", "conv2", "conv3"]
    document.remove("conv2")
    assert document.add("Conv2d").name == "conv2"


def test_a_dataset_is_called_as_its_data() -> None:
    document = Document()
    assert document.add("Dataset", dataset="moons").name == "moons"
    assert document.add("Dataset", dataset="moons").name == "moons2"
    document.add("ReLU", name="xor")
    assert document.add("Dataset", dataset="xor").name == "xor2"


@pytest.mark.parametrize("kind", list(registry.layers()))
def test_every_layer_gets_names_that_are_allowed(kind: str) -> None:
    layer = registry.layer(kind)
    taken: set[str] = set()
    for _ in range(3):
        name = naming.free_name(layer, layer.check({}), taken)
        rules.check_name(name, tuple(taken))
        taken.add(name)
