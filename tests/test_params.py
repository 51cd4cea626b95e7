import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.registry import datasets
from nnstudio.errors import BadParameter
from nnstudio.graph.training import plan_params
from nnstudio.params import (
    MOST_POINTS,
    Bool,
    Choice,
    Columns,
    FilePath,
    Float,
    Int,
    Padding,
    Param,
    ParamSet,
    Points,
    Size,
    Sizes,
    Value,
)
from nnstudio.project.carrying import as_lists
from tests.catalogue.draws import values_of

KINDS: list[Param] = [
    Int("count", 3),
    Int("count", 3, low=1, high=1_000_000),
    Int("maybe", None, optional=True),
    Float("rate", 0.5),
    Float("rate", 0.5, low=0.0, high=1.0),
    Float("factor", 0.5, low=0.0, high=1.0, open_high=True),
    Bool("bias", True),
    Choice("how", "a", ("a", "b")),
    Size("kernel", 3),
    Size("stride", None, optional=True),
    Size("length", 3, axes=1),
    Padding("padding", "same"),
    Sizes("shape", (-1,), inferred=True),
    Sizes("shape", (2, 3)),
    Points("points"),
]
POINTS = "at most 5,000 points, each x and y from -1.5 to 1.5 and a class from 0 to 5"
IDS = [f"{param.kind}-{number}" for number, param in enumerate(KINDS)]

anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from((10**400, -(10**400))),
        st.floats(),
        st.text(),
        st.binary(),
        st.complex_numbers(),
    ),
    lambda inner: st.one_of(st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner)),
    max_leaves=5,
)


def equal(left: object, right: object) -> bool:
    """Equal and of the same type, down to the items of a tuple."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(equal, left, right))
    return type(left) is type(right) and left == right


def is_plain(value: object) -> bool:
    """A value that can be saved, sent and written into source."""
    if isinstance(value, tuple):
        return all(type(item) is int or is_point(item) for item in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or type(value) in (bool, int, str)


def is_point(value: object) -> bool:
    return isinstance(value, tuple) and list(map(type, value)) == [float, float, int]


@pytest.mark.parametrize("param", KINDS, ids=IDS)
@given(value=anything)
def test_anything_is_taken_plain_or_refused_in_words(param: Param, value: object) -> None:
    taken, refusal = outcome(param, value)
    if refusal is None:
        assert is_plain(taken)
        assert equal(param.check(taken), taken)
        return
    assert refusal.name == param.name
    assert refusal.message.startswith(f"{param.name} takes {param.wants()}, not ")
    assert refusal.message.endswith(".")
    assert "\n" not in refusal.message
    assert len(refusal.message) < 200


def outcome(param: Param, value: object) -> tuple[Value, BadParameter | None]:
    try:
        return param.check(value), None
    except BadParameter as error:
        return None, error


@pytest.mark.parametrize("param", KINDS, ids=IDS)
@given(data=st.data())
def test_values_survive_the_project_file(param: Param, data: st.DataObject) -> None:
    value = param.check(data.draw(values_of(param, (4, 6))))
    assert equal(param.check(json.loads(json.dumps(value))), value)


@pytest.mark.parametrize("param", [*KINDS, *plan_params({})], ids=lambda param: param.name)
def test_default_passes(param: Param) -> None:
    assert equal(param.check(param.default), param.default)


@pytest.mark.parametrize("name", datasets())
def test_defaults_of_data_sets_pass(name: str) -> None:
    params = datasets()[name].params
    assert params.check({}) == params.defaults()


@pytest.mark.parametrize(
    ("param", "given_value", "taken"),
    [
        (Int("n", 1), 3.0, 3),
        (Float("x", 1.0), 3, 3.0),
        (Size("k", 3), [3, 5], (3, 5)),
        (Size("k", 3), (3, 3), 3),
        (Padding("p", 0), "same", "same"),
        (Padding("p", 0), [0, 0], 0),
        (Sizes("s", (1,), inferred=True), [-1, 4], (-1, 4)),
        (Points("p"), [[1, -0.00001, 2.0], [0.12345, 0, 0]], ((1.0, 0.0, 2), (0.123, 0.0, 0))),
        (Points("p"), [[0.5, 0.5, 1], [0.5004, 0.5, 1], [0.5, 0.5, 0]], ((0.5, 0.5, 1), (0.5, 0.5, 0))),
    ],
)
def test_other_writings_of_the_same(param: Param, given_value: object, taken: Value) -> None:
    assert equal(param.check(given_value), taken)


@pytest.mark.parametrize(
    ("param", "value", "words"),
    [
        (Int("n", 1, low=1), 0, "n takes a whole number of at least 1, not 0."),
        (Int("n", 1, high=8), 9, "n takes a whole number of at most 8, not 9."),
        (Int("n", 1, low=1, high=1_000_000), True, "n takes a whole number from 1 to 1,000,000, not True."),
        (Int("n", 1), 2.5, "n takes a whole number, not 2.5."),
        (Int("n", 1), None, "n takes a whole number, not None."),
        (Float("x", 0.5, low=0.0, high=1.0), math.nan, "x takes a number from 0 to 1, not nan."),
        (
            Float("x", 0.5, low=0.0, high=1.0, open_high=True),
            1.0,
            "x takes a number of at least 0 and below 1, not 1.0.",
        ),
        (Float("x", 0.5), math.inf, "x takes a number, not inf."),
        (Bool("b", True), 1, "b takes true or false, not 1."),
        (Choice("c", "a", ("a", "b")), "z", "c takes one of a, b, not 'z'."),
        (Size("k", 3), 0, "k takes a whole number of at least 1, or 2 of them, not 0."),
        (Size("k", 3), (1, 2, 3), "k takes a whole number of at least 1, or 2 of them, not (1, 2, 3)."),
        (Points("p"), [[0, 0, 0], [1.6, 0, 0]], f"p takes {POINTS}, not [1.6, 0, 0]."),
        (Points("p"), [[0, 0, 6]], f"p takes {POINTS}, not [0, 0, 6]."),
        (Points("p"), [[0, 0, True]], f"p takes {POINTS}, not [0, 0, True]."),
        (Points("p"), [[0, math.nan, 0]], f"p takes {POINTS}, not [0, nan, 0]."),
        (Points("p"), [[0, 0, 0.5]], f"p takes {POINTS}, not [0, 0, 0.5]."),
        (Sizes("s", (1,)), (-1,), "s takes 1 to 8 sizes, not (-1,)."),
        (Sizes("s", (1,), inferred=True), (-1, -1), "s takes 1 to 8 sizes, one of them may be -1, not (-1, -1)."),
    ],
)
def test_refusal_says_what_is_taken(param: Param, value: object, words: str) -> None:
    with pytest.raises(BadParameter) as raised:
        param.check(value)
    assert str(raised.value) == words


def test_numbers_too_long_for_a_float_or_for_python_to_show() -> None:
    for value in (10**400, 10**5000, [10**5000]):
        for param in KINDS:
            with pytest.raises(BadParameter):
                param.check(value)


def test_argument_is_left_out_at_the_default_of_torch() -> None:
    assert Padding("padding", "same", torch_default=0).omitted_at == 0
    assert Int("dim", -1, torch_default=None).omitted_at is None
    assert Bool("bias", True).omitted_at is True


def test_set_checks_and_fills_in() -> None:
    params = ParamSet((Int("n", 1), Bool("b", False)))
    assert params.check({"b": True}) == {"n": 1, "b": True}
    assert list(params.check({"b": True})) == ["n", "b"]
    assert "n" in params
    assert "x" not in params
    assert len(params) == 2


@pytest.mark.parametrize("values", [{"x": 1}, {"n": "one"}, {"n": 1, "b": 0}])
def test_set_refuses(values: dict[str, Any]) -> None:
    with pytest.raises(BadParameter):
        ParamSet((Int("n", 1), Bool("b", False))).check(values)


def test_set_names_what_it_has() -> None:
    with pytest.raises(BadParameter) as raised:
        ParamSet((Int("n", 1), Bool("b", False)))["x"]
    assert str(raised.value) == "There is no parameter 'x'. The parameters are: n, b."


def test_points_are_capped() -> None:
    points = [(number / MOST_POINTS, 0.5, 0) for number in range(MOST_POINTS + 1)]
    assert len(Points("p").check(points[:-1])) > 1000  # type: ignore[arg-type]  # a tuple
    with pytest.raises(BadParameter):
        Points("p").check(points)


@pytest.mark.parametrize("odd", ["\ud800.csv", "a\0b", "a" * 5000])
def test_a_path_that_no_message_can_hold_is_refused(odd: str) -> None:
    with pytest.raises(BadParameter):
        FilePath("path").check(odd)


def test_values_that_have_travelled_as_lists_are_the_same_once_checked() -> None:
    """The engine gets lists, which is what tuples become on the way, and checks them by the parameter."""
    for declared in datasets().values():
        defaults = declared.params.defaults()
        assert declared.params.check({name: as_lists(value) for name, value in defaults.items()}) == defaults
    columns = Columns("columns").check([("a", "class", "input", ("x", "y"))])
    assert Columns("columns").check(as_lists(columns)) == columns
    assert Sizes("shape", (1,)).check([3, 4]) == (3, 4)
