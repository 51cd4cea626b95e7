"""A small world of words, for learning what they mean from the words beside them: word2vec."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TypeAlias, cast

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.written import lines
from nnstudio.errors import DataError
from nnstudio.params import Choice, Int, ParamSet, Text, Values

Sentence: TypeAlias = tuple[str, ...]
Pair: TypeAlias = tuple[list[int], int]
"""What the network sees, and the word it is to tell."""

_STOP_WORDS = "a an and as at by for from has in is of on over the through to with"
_FEWEST = 5
"""Words in a sentence: those beside a word, two on either side, and itself."""


@cache
def _sentences(stop_words: str) -> tuple[Sentence, ...]:
    """The words that are left of each sentence in which enough are left."""
    stop = frozenset(stop_words.lower().split())
    left = (tuple(word for word in re.findall(r"\w+", line.lower()) if word not in stop) for line in lines("kings"))
    return tuple(sentence for sentence in left if len(sentence) >= _FEWEST)


@cache
def _vocabulary(stop_words: str) -> tuple[str, ...]:
    """All words that are left, the most frequent first."""
    counts = Counter(word for sentence in _sentences(stop_words) for word in sentence)
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


def _stop_words(values: Values) -> str:
    return cast(str, values["stop_words"])


def _fields(values: Values) -> tuple[Field, ...]:
    names, seen = _vocabulary(_stop_words(values)), (2 * cast(int, values["window"]),)
    if values["model"] == "cbow":
        return (
            Field("context", seen, "int64", kind="tokens", names=names),
            Field("word", (), "int64", kind="label", names=names),
        )
    return (
        Field("word", (), "int64", kind="tokens", names=names),
        Field("context", (), "int64", kind="label", names=names),
    )


def _beside(place: int, length: int, window: int) -> list[int]:
    """The places nearest to this one: as many on either side, or further on one where the sentence ends."""
    first = min(max(place - window, 0), length - 2 * window - 1)
    return [other for other in range(first, first + 2 * window + 1) if other != place]


def _pairs(sentence: list[int], window: int, model: str) -> list[Pair]:
    length = len(sentence)
    if model == "cbow":
        return [
            ([sentence[other] for other in _beside(place, length, window)], sentence[place]) for place in range(length)
        ]
    return [
        ([word], sentence[other])
        for place, word in enumerate(sentence)
        for other in range(max(place - window, 0), min(place + window + 1, length))
        if other != place
    ]


def _all_pairs(values: Values, generator: np.random.Generator | None = None) -> list[list[Pair]]:
    """Of each sentence, in random order."""
    sentences = _sentences(_stop_words(values))
    order = generator.permutation(len(sentences)).tolist() if generator else range(len(sentences))
    numbers = {word: number for number, word in enumerate(_vocabulary(_stop_words(values)))}
    window, model = cast(int, values["window"]), cast(str, values["model"])
    return [_pairs([numbers[word] for word in sentences[place]], window, model) for place in order]


def _load(values: Values, loading: Loading) -> Loaded:
    each = _all_pairs(values, loading.generator)
    if len(each) < 2:
        raise DataError(
            f"With these stop words no two sentences of {_FEWEST} words are left.", fix="Take some out of stop_words."
        )
    flat = [pair for pairs in each for pair in pairs]
    seen, told = np.array([pair[0] for pair in flat]), np.array([pair[1] for pair in flat])
    gap = max(map(len, each)) - 1
    if values["model"] == "cbow":
        return Loaded({"context": seen, "word": told}, gap=gap)
    return Loaded({"word": seen[:, 0], "context": told}, gap=gap)


KINGS = DatasetType(
    name="kings",
    title="Kings and queens",
    summary="168 sentences about rulers and villagers, of 52 words: each word learned from those beside it.",
    fields=_fields,
    samples=lambda values: sum(map(len, _all_pairs(values))),
    load=_load,
    params=ParamSet(
        (
            Choice("model", "cbow", ("cbow", "skip-gram"), "The word from those beside it, or one of those from it."),
            Int("window", 2, "How many words on either side.", low=1, high=2, telling=True),
            Text("stop_words", _STOP_WORDS, "Words that are left out, since they stand beside every other."),
        )
    ),
    source="Written for NNStudio.",
    licence="Public domain (CC0 1.0)",
    group="text",
    split="in order",
    repeats=True,
    help="word2vec: words that stand beside the same words come to have vectors that lie close, and the way from man "
    "to king is that from woman to queen; a weight decay of 0.001 helps. At the ends of a sentence the words beside a "
    "word are the nearest four. A sentence is either learned or kept for testing, never both.",
    aliases=("word2vec", "cbow", "skipgram", "word vectors", "embeddings", "analogy", "queens"),
)
