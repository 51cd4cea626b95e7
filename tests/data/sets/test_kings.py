"""The corpus for word2vec: 52 words, and each with those beside it."""

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.sets import kings
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef
from tests.data.test_datasets import load

KINGS = dataset("kings")
MODELS = pytest.mark.parametrize("model", ["cbow", "skip-gram"])


def test_fifty_two_words_are_left_without_stop_words():
    names = KINGS.field("word").names
    assert len(names) == 52
    assert {"king", "queen", "man", "woman", "prince", "princess", "throne"} < set(names)
    assert not set(names) & set(kings._STOP_WORDS.split())
    sentences = kings._sentences(kings._STOP_WORDS)
    assert len(sentences) == len(set(sentences)) == 168
    assert f"{len(sentences)} sentences" in KINGS.summary


def test_the_words_beside_a_word_are_the_nearest():
    sentence = [10, 11, 12, 13, 14, 15]
    assert kings._pairs(sentence, 2, "cbow") == [
        ([11, 12, 13, 14], 10),
        ([10, 12, 13, 14], 11),
        ([10, 11, 13, 14], 12),
        ([11, 12, 14, 15], 13),
        ([11, 12, 13, 15], 14),
        ([11, 12, 13, 14], 15),
    ]
    assert kings._pairs([10, 11, 12], 1, "skip-gram") == [([10], 11), ([11], 10), ([11], 12), ([12], 11)]


@MODELS
@pytest.mark.parametrize("window", [1, 2])
def test_samples_are_those_of_the_sentences(model, window):
    arrays = load(KINGS, model=model, window=window)
    count = len(arrays["word"])
    assert count == KINGS.samples_for({"model": model, "window": window})
    sentences = kings._sentences(kings._STOP_WORDS)
    if model == "cbow":
        assert count == sum(map(len, sentences))
        assert arrays["context"].shape == (count, 2 * window)
    else:
        assert count == sum(2 * window * len(sentence) - window * (window + 1) for sentence in sentences)


@MODELS
@pytest.mark.parametrize("seed", range(4))
def test_every_word_is_learned_and_no_sentence_is_tested_too(model, seed):
    values = {"model": model}
    data = engine.load(DataRef("kings", values, seed))
    names = KINGS.field("word", values).names
    for name in ("word", "context"):
        assert set(np.unique(data.train[name].numpy())) == set(range(len(names)))
    order = Loading(seed).generator.permutation(168)
    lengths = [len(pairs) for pairs in kings._all_pairs(KINGS.params.check(values))]
    owner = np.repeat(order, [lengths[place] for place in order])
    assert not set(owner[data.rows["train"]]) & set(owner[data.rows["test"]])


def test_stop_words_can_be_others():
    assert len(KINGS.field("word", {"stop_words": ""}).names) > 60
    fewer = KINGS.field("word", {"stop_words": kings._STOP_WORDS + " He SHE"}).names
    assert not {"he", "she", "the"} & set(fewer)
    load(KINGS, stop_words="")
    all_but_few = " ".join([kings._STOP_WORDS, *KINGS.field("word").names])[:200]
    with pytest.raises(DataError, match="no two sentences"):
        load(KINGS, stop_words=all_but_few)
    assert KINGS.samples_for({"stop_words": all_but_few}) == 0
