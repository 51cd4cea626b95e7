"""Numbers for tokens, padding, and drawing without drawing anything twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.text.sequences import (
    Vocabulary,
    distinct_rows,
    padded,
    paired,
    spread,
    vocabulary_of,
)


def test_a_vocabulary_begins_with_the_marks():
    words = vocabulary_of([["one", "two"], ["two"]])
    assert words.names == ("<pad>", "<start>", "<end>", "one", "two")
    assert words.longest == 2
    assert words.numbers([["two", "one"]]) == [[4, 3]]
    with pytest.raises(KeyError):
        words.numbers([["three"]])


def test_padding_comes_last():
    assert padded([[3, 4], [], [5, 6, 7]], 3).tolist() == [[3, 4, 0], [0, 0, 0], [5, 6, 7]]
    assert padded([], 3).shape == (0, 3)


def test_a_decoder_is_given_what_it_said_before():
    letters = Vocabulary(tuple("ab"), 2)
    arrays = paired(letters, letters, [("ab", "b")], backwards=True).arrays
    assert {name: array.tolist() for name, array in arrays.items()} == {
        "source": [[4, 3]],
        "decoder_input": [[1, 4, 0]],
        "target": [[4, 2, 0]],
    }


@given(st.integers(0, 200), st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_shares_are_as_even_as_can_be(count, most):
    shares = spread(count, most)
    assert sum(shares) == min(count, sum(most))
    assert all(share <= many for share, many in zip(shares, most, strict=True))
    free = [share for share, many in zip(shares, most, strict=True) if share < many]
    assert all(share <= min(free) + 1 for share in shares) if free else shares == most


@pytest.mark.parametrize(
    ("base", "length", "count"), [(2, 3, 8), (10, 4, 10_000), (26, 40, 500), (2, 62, 500), (2, 64, 9)]
)
def test_rows_are_different(base, length, count):
    rows = distinct_rows(np.random.default_rng(0), base, length, count)
    assert rows.shape == (count, length)
    assert len(np.unique(rows, axis=0)) == count
    assert set(np.unique(rows)) == set(range(base))
