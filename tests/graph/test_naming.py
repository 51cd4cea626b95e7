"""Names for new nodes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.catalogue import registry
from nnstudio.graph import naming, rules
from nnstudio.graph.document import Document
from nnstudio.graph.names import Names


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


STEMS = st.sampled_from(["conv", "conv1", "conv12", "n", "n1", "x", "forward", "a9"])


@given(st.lists(st.tuples(STEMS, st.booleans(), st.integers(0, 30)), max_size=60))
def test_the_first_free_number_is_found_whatever_went_before(steps: list[tuple[str, bool, int]]) -> None:
    """A plain set, of which nothing is remembered, gives the same name."""
    names, plain = Names(), set[str]()
    for stem, takes, number in steps:
        if takes or not plain:
            name = naming.first_free(stem, names)
            assert name == naming.first_free(stem, plain)
            names[name] = "n1"
            plain.add(name)
        else:
            gone = sorted(plain)[number % len(plain)]
            del names[gone]
            plain.remove(gone)
    for stem, _, _ in steps:
        assert naming.first_free(stem, names) == naming.first_free(stem, plain)


def test_undo_and_renaming_give_numbers_free_again() -> None:
    document = Document()
    for _ in range(5):
        document.add("ReLU")
    document.rename("relu2", "other")
    assert document.add("ReLU").name == "relu2"
    document.rename("relu2", "relu9")
    document.undo()
    document.undo()
    document.undo()
    assert document.add("ReLU").name == "relu6"
    document.remove("relu4", "relu")
    assert [document.add("ReLU").name for _ in range(3)] == ["relu", "relu4", "relu7"]


def test_thousands_of_one_type_need_no_counting() -> None:
    """Every name that is tried is one look into the names."""
    looks = 0

    class Counted(Names):
        def __contains__(self, name: object) -> bool:
            nonlocal looks
            looks += 1
            return super().__contains__(name)

    names = Counted()
    for number in range(3000):
        names[naming.first_free("conv", names)] = f"n{number}"
    assert "conv3000" in names.data
    assert looks < 7000


def test_a_block_called_n_is_placed_twice() -> None:
    """With a number behind it, its name would be that of an id."""
    document = Document()
    block = document.add_block("N")
    assert [document.place(block.id).name for _ in range(3)] == ["n", "n_", "n_2"]
