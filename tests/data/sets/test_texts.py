"""The Python reference in windows: nothing is lost, shifted, or both learned and tested."""

import sys

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.sets import texts
from nnstudio.data.text.tokens import ASCII, UNKNOWN
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import BadParameter, DataError
from nnstudio.protocol.messages import DataRef
from tests.data.test_datasets import load

CHARACTERS, WORDS = dataset("python_reference"), dataset("python_words")


def test_windows_of_characters_are_the_text():
    arrays = load(CHARACTERS)
    text = "".join(ASCII[token] for token in arrays["text"].flat)
    source = "".join(char if char in ASCII else UNKNOWN for char in texts._reference())
    assert len(source) > 300_000
    assert source.startswith(text)
    assert len(source) - len(text) <= 65
    assert np.array_equal(arrays["next"].flat[:-1], arrays["text"].flat[1:])


def test_a_window_for_one_label_sees_what_is_before_it():
    arrays = load(CHARACTERS, predict="last", context=8, step=3)
    assert np.array_equal(arrays["context"][1:, :5], arrays["context"][:-1, 3:])
    assert np.array_equal(arrays["next"][:-1], arrays["context"][1:, 5])


@pytest.mark.parametrize(("context", "step"), [(64, None), (64, 10), (5, 11), (5, 5)])
def test_no_window_of_training_reaches_into_one_of_testing(context, step):
    data = engine.load(DataRef("python_reference", {"context": context, "step": step}))
    step = step or context
    last = int(data.rows["train"][-1]) * step + context  # the place of the token to tell
    assert last < int(data.rows["test"][0]) * step <= last + step
    assert len(data.rows["test"]) == pytest.approx(0.2 * int(data.rows["test"][-1] + 1), abs=1)


def test_the_most_frequent_words_are_known_and_others_are_one_token():
    loaded = WORDS.load(WORDS.params.check({"vocabulary": 50}), Loading())
    names = loaded.names["text"]
    assert names == loaded.names["next"]
    assert len(names) == 50 == WORDS.field("text", {"vocabulary": 50}).classes
    assert names[0] == UNKNOWN
    assert {"the", "is", "object", ".", ","} < set(names)
    counts = np.bincount(loaded.arrays["text"].ravel(), minlength=50)
    assert counts[0] > counts[1]
    assert np.all(np.diff(counts[1:]) < 60)  # by frequency, but for what the last window leaves out
    assert counts[1] > 5 * counts[49]


def test_all_words_that_can_be_asked_for_are_there():
    most = WORDS.params["vocabulary"].high
    names = WORDS.load(WORDS.params.check({"vocabulary": most}), Loading()).names["next"]
    assert len(set(names)) == most
    with pytest.raises(BadParameter, match="vocabulary"):
        WORDS.params.check({"vocabulary": most + 1})


def test_python_without_its_reference_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    for declared in (CHARACTERS, WORDS):
        with pytest.raises(DataError, match="came without its language reference"):
            load(declared)
