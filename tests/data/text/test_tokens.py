"""Texts become tokens and windows, and nothing of the text is lost, shifted or both learned and tested."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.loading import Loading
from nnstudio.data.text import tokens as tk
from nnstudio.errors import Cancelled, DataError

SHARED = Path(os.environ.get("NNSTUDIO_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
VERSE = "The king's men, the queen...\n"


def cut(tokens: np.ndarray, context: int, step: int | None = None, predict: str = "each") -> tk.Loaded:
    return tk.windows(tokens, {"context": context, "step": step, "predict": predict}, Loading())


@given(st.text(max_size=300))
def test_characters_give_the_text_back(text):
    names = tk.vocabulary(text, "characters", 10_000, Loading())
    tokens = tk.encoded(text, "characters", names, Loading())
    assert "".join(names[token] for token in tokens) == text
    assert list(names[1:]) == sorted(set(text) - {tk.UNKNOWN})


def test_words_are_in_small_letters_and_marks_stand_alone():
    names = tk.vocabulary(VERSE, "words", 10, Loading())
    assert names == (tk.UNKNOWN, "the", ",", "...", "king's", "men", "queen")
    tokens = tk.encoded(VERSE, "words", names, Loading())
    assert [names[token] for token in tokens] == ["the", "king's", "men", ",", "the", "queen", "..."]


def test_words_of_other_scripts_stay_whole():
    text = "नमस्ते दुनिया। naïve cafe\u0301 мир"
    names = tk.vocabulary(text, "words", 10, Loading())
    assert set(names[1:]) == {"नमस्ते", "दुनिया", "।", "naïve", "cafe\u0301", "мир"}


@pytest.mark.parametrize("by", tk.BY)
def test_what_is_not_in_the_vocabulary_is_token_0(by):
    names = tk.vocabulary(VERSE, by, 3, Loading())
    assert len(names) == 3
    tokens = tk.encoded(f"{VERSE} Ωmega {'x' * 1000} \ud800", by, names, Loading())
    assert set(tokens.tolist()) == {0, 1, 2}
    assert tk.encoded("", by, names, Loading()).tolist() == []


def test_words_that_are_none_stay_out_of_the_vocabulary():
    assert tk.vocabulary("x" * 1000, "words", 10, Loading()) == (tk.UNKNOWN,)


@given(length=st.integers(0, 300), context=st.integers(1, 20), step=st.none() | st.integers(1, 25))
def test_windows_lie_where_they_should(length, context, step):
    tokens, stride = np.arange(length), step or context
    starts = range(0, length - context, stride)
    if len(starts) < context // stride + 2:
        with pytest.raises(DataError, match=rf"has {length} tokens"):
            cut(tokens, context, step)
        return
    each, last = cut(tokens, context, step), cut(tokens, context, step, "last")
    assert np.array_equal(each.arrays["text"], [range(i, i + context) for i in starts])
    assert np.array_equal(each.arrays["next"], each.arrays["text"] + 1)
    assert np.array_equal(last.arrays["context"], each.arrays["text"])
    assert np.array_equal(last.arrays["next"], each.arrays["text"][:, -1] + 1)


def test_the_least_that_a_text_needs_is_what_the_message_says():
    for context, step in ((5, None), (5, 2), (3, 7)):
        with pytest.raises(DataError) as error:
            cut(np.arange(3), context, step)
        needed = int(error.value.message.split()[-1].rstrip("."))
        assert len(cut(np.arange(needed), context, step).arrays["text"])
        with pytest.raises(DataError):
            cut(np.arange(needed - 1), context, step)


def test_windows_that_do_not_overlap_take_no_memory_of_their_own():
    tokens = np.arange(1000)
    assert all(np.shares_memory(tokens, array) for array in cut(tokens, 10).arrays.values())


def test_what_does_not_fit_is_refused_with_its_size():
    values = {"context": 100, "step": 1, "predict": "each"}
    with pytest.raises(DataError, match=r"needs 1\.4 MB .* 1\.0 MB are free") as error:
        tk.windows(np.arange(1000), values, Loading(memory=10**6))
    assert error.value.kind == "memory"
    assert "larger step" in error.value.fix
    with pytest.raises(DataError, match=r"The text needs 8\.0 kB"):
        tk.encoded("x" * 1000, "characters", tk.ASCII, Loading(memory=1000))


@pytest.mark.parametrize("by", tk.BY)
def test_a_long_text_tells_how_far_it_is_and_can_be_given_up(by):
    text, told = "ab cd\n" * 200_000, []

    def tell(done: int, total: int, what: str) -> None:
        told.append((done / total, what))
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        tk.vocabulary(text, by, 10, Loading(tell=tell))
    assert 0 <= told[0][0] < told[1][0] < told[2][0] < 1
    assert by in told[0][1]


@pytest.mark.skipif(not (SHARED / "tinyshakespeare.txt").is_file(), reason="Tiny Shakespeare is not in ../shared/data")
@pytest.mark.parametrize(("by", "size"), [("characters", 66), ("words", 5000)])
def test_tiny_shakespeare_is_read(by, size):
    text = (SHARED / "tinyshakespeare.txt").read_text(encoding="utf-8")
    names = tk.vocabulary(text, by, 5000, Loading())
    loaded = cut(tk.encoded(text, by, names, Loading()), 64)
    assert len(names) == size
    first = [names[token] for token in loaded.arrays["text"][0]]
    assert "".join(first).startswith("First Citizen:" if by == "characters" else "firstcitizen:before")
