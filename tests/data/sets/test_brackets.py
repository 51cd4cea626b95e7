"""Brackets are judged by taking out neighbours that belong together until nothing changes."""

import re
from collections import Counter

import numpy as np
import pytest

from nnstudio.data.sets.brackets import balanced_word
from tests.data.sets.reading import loaded, read_tokens


def is_balanced(word: str) -> bool:
    before = None
    while before != word:
        before, word = word, re.sub(r"\(\)|\[\]|\{\}", "", word)
    return not word


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kinds": 3},
        {"length": 32, "kinds": 2},
        {"length": 9, "samples": 60},
        {"length": 4, "kinds": 3},
        {"length": 4},
    ],
    ids=str,
)
def test_labels_are_true(values):
    fields, arrays = loaded("brackets", **values)
    words = ["".join(word) for word in read_tokens(fields, arrays, "sequence")]
    assert [is_balanced(word) for word in words] == arrays["label"].tolist()
    assert len(set(words)) == len(words)
    assert {char for word in words for char in word} == set("()[]{}"[: 2 * values.get("kinds", 1)])


@pytest.mark.parametrize("kinds", [1, 3])
def test_what_is_wrong_can_not_be_told_by_counting(kinds):
    """Nor by the length: as many open as close, and each length has as many of both."""
    fields, arrays = loaded("brackets", kinds=kinds)
    words = np.array(["".join(word) for word in read_tokens(fields, arrays, "sequence")])
    assert all(word.count(kind[0]) == word.count(kind[1]) for word in words for kind in ("()", "[]", "{}"))
    wrong, right = (Counter(map(len, words[arrays["label"] == label])) for label in (0, 1))
    assert wrong == right


@pytest.mark.parametrize(("pairs", "kinds", "many"), [(1, 1, 1), (4, 1, 14), (3, 2, 40), (2, 3, 18)])
def test_each_balanced_word_has_one_number(pairs, kinds, many):
    words = {balanced_word(pairs, kinds, number) for number in range(many)}
    assert len(words) == many
    assert all(is_balanced(word) and len(word) == 2 * pairs for word in words)
    assert balanced_word(pairs, kinds, many - 1)
