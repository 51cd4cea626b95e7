"""The examples that come with NNStudio: found by name, without problems, and never written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.compiler.compile import compile_document
from nnstudio.errors import UsageError
from nnstudio.examples import examples, is_example, resolve
from nnstudio.graph import storage


def test_there_are_examples() -> None:
    assert {"xor", "digits-cnn", "moons", "circles", "spiral"} <= set(examples())
    assert list(examples()) == sorted(examples())


@pytest.mark.parametrize("name", examples())
def test_an_example_is_ready_to_train(name: str) -> None:
    compiled = compile_document(storage.load(resolve(f"example:{name}")))
    assert compiled.problems == ()
    assert compiled.has_loss
    assert compiled.parameters > 0


def test_a_path_is_taken_as_it_is() -> None:
    assert resolve("some/file.nnstudio") == Path("some/file.nnstudio")
    assert resolve("xor") == Path("xor")


@pytest.mark.parametrize("name", ["", "nothing", "../xor", "XOR", "xor.nnstudio.json", "../../examples/xor"])
def test_an_example_that_is_not_there(name: str) -> None:
    with pytest.raises(UsageError, match=r"There are: .*xor") as failed:
        resolve(f"example:{name}")
    assert f"'{name}'" in failed.value.message


def test_examples_are_known_as_such(tmp_path: Path) -> None:
    path = resolve("example:xor")
    assert is_example(path)
    assert is_example(path.parent / ".." / path.parent.name / path.name)
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    assert not is_example(copy)
