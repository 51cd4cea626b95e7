"""What is to be written follows from what is read."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.data.sets.reading import loaded, read_pairs

RULES: dict[str, Callable[[list[str]], list[str]]] = {
    "reverse": lambda source: source[::-1],
    "sort": sorted,
    "copy": list,
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("values", [{}, {"length": 20, "letters": 26}, {"length": 9, "fixed_length": True}], ids=str)
def test_letters_by_their_rule(name, values):
    pairs = read_pairs(name, samples=500, **values)
    assert len(pairs) == 500
    assert all(target == RULES[name](source) for source, target in pairs)
    assert any(source != target for source, target in pairs) == (name != "copy")
    assert {letter for source, _ in pairs for letter in source} <= set(
        "abcdefghijklmnopqrstuvwxyz"[: values.get("letters", 10)]
    )


def test_words_have_all_lengths_as_evenly_as_there_are_words():
    lengths = Counter(len(source) for source, _ in read_pairs("copy", samples=1000, length=5))
    assert lengths == {1: 10, 2: 100, 3: 296, 4: 297, 5: 297}


def test_words_of_one_length():
    fields, arrays = loaded("reverse", length=9, fixed_length=True)
    assert fields["source"].shape == (9,)
    assert (arrays["source"] > 2).all()


@pytest.mark.parametrize("name", [*RULES, "add"])
def test_there_are_no_more_samples_than_sources(name):
    values = {"digits": 1} if name == "add" else {"length": 3, "letters": 2}
    assert len(read_pairs(name, samples=500, **values)) == (100 if name == "add" else 2 + 4 + 8)


def test_the_fewest_words_that_there_can_be():
    assert sorted(read_pairs("copy", length=1, letters=2)) == [(["a"], ["a"]), (["b"], ["b"])]


@pytest.mark.parametrize("digits", [1, 2, 4, 6])
def test_sums_are_right(digits):
    pairs = read_pairs("add", samples=100, digits=digits)
    sums = [("".join(source).split("+"), "".join(target)) for source, target in pairs]
    assert all(str(int(first) + int(second)) == total for (first, second), total in sums)
    assert max(len(first) for (first, _), _ in sums) == digits


@pytest.mark.parametrize("name", [*RULES, "add", "dates", "english_hindi"])
def test_a_source_given_backwards_has_the_same_target(name):
    values = {} if name == "english_hindi" else {"samples": 300}
    forwards, backwards = read_pairs(name, **values), read_pairs(name, reverse_source=True, **values)
    assert [(source[::-1], target) for source, target in forwards] == backwards
