"""The tree in the docstring is the tree in the code, and every error reads as a sentence."""

from __future__ import annotations

import inspect
import re

import pytest

from nnstudio import errors
from nnstudio.errors import BadParameter, EngineDied, EngineError, LinkRefused, NNStudioError, ShapeError

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, NNStudioError)]


def drawn() -> dict[str, str]:
    """Class to parent, as the docstring draws it."""
    above: dict[int, str] = {}
    parents: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^([ │├└─]*)([A-Z]\w+)(?:  |$)", line)
        if found:
            depth = len(found[1])
            parents[found[2]] = above.get(depth - 4, "")
            above[depth] = found[2]
    return parents


def test_the_drawing_is_the_tree() -> None:
    actual = {cls.__name__: cls.__base__.__name__ if cls is not NNStudioError else "" for cls in CLASSES}
    assert drawn() == actual


def test_every_error_tells_message_and_fix() -> None:
    more = {BadParameter: {"name": "lr"}, LinkRefused: {"rule": "cycle"}}
    for cls in CLASSES:
        error = cls("It broke.", fix="Mend it.", **more.get(cls, {}))
        assert str(error) == "It broke. Mend it."
        assert (error.message, error.fix, error.args) == ("It broke.", "Mend it.", ("It broke.",))
        assert cls.__doc__


def test_without_a_fix_there_is_no_blank_at_the_end() -> None:
    assert str(NNStudioError("It broke.")) == "It broke."


def test_what_some_carry_besides() -> None:
    assert BadParameter("m", name="lr").name == "lr"
    assert LinkRefused("m", rule="cycle").rule == "cycle"
    assert (EngineError("m", line=3).line, EngineDied("m").line) == (3, 0)
    shape = ShapeError("m", port="x", insert="Flatten", sets={"a": 1})
    assert (shape.port, shape.insert, shape.sets, shape.upstream) == ("x", "Flatten", {"a": 1}, {})


@pytest.mark.parametrize("cls", CLASSES)
def test_all_are_caught_as_one(cls: type[NNStudioError]) -> None:
    assert issubclass(cls, NNStudioError)
    assert not issubclass(cls, OSError | ValueError | RuntimeError)
