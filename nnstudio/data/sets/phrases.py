"""Texts that were written for this project, word by word: English to Hindi, and what sentences feel."""

from __future__ import annotations

from functools import cache

import numpy as np

from nnstudio.data import written
from nnstudio.data.loading import Loading
from nnstudio.data.sets.pairs import BACKWARDS
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.sequences import MARKS, Pair, Vocabulary, pair_fields, paired, vocabulary_of
from nnstudio.params import ParamSet, Values

_FEELINGS = ("negative", "positive")
_SENTENCES = 500
_PHRASES = 440


@cache
def phrases() -> tuple[Pair, ...]:
    """English and Hindi, in words."""
    halves = (line.split("\t") for line in written.lines("english_hindi"))
    return tuple((tuple(english.split()), tuple(hindi.split())) for english, hindi in halves)


@cache
def _languages() -> tuple[Vocabulary, Vocabulary]:
    return vocabulary_of(english for english, _ in phrases()), vocabulary_of(hindi for _, hindi in phrases())


def _load_phrases(values: Values, loading: Loading) -> Loaded:
    """All of them, in random order: in the file they lie by their grammar."""
    mixed = [phrases()[place] for place in loading.generator.permutation(len(phrases()))]
    return paired(*_languages(), mixed, bool(values["reverse_source"]))


ENGLISH_HINDI = DatasetType(
    name="english_hindi",
    title="English to Hindi",
    summary=f"{_PHRASES} short English phrases of one to six words, and what they are in Hindi.",
    fields=lambda values: pair_fields(*_languages()),
    samples=_PHRASES,
    load=_load_phrases,
    params=ParamSet((BACKWARDS,)),
    source="Written for NNStudio.",
    licence="Public domain (CC0 1.0)",
    group="pairs",
    help="In Hindi the verb comes last, and verbs and adjectives follow the gender and number of what they belong to: "
    "an attention that is drawn shows both.",
    aliases=("seq2seq", "sequence to sequence", "translation", "language", "transformer", "bahdanau", "luong"),
)


@cache
def _sentences() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each feels, and its words in small letters."""
    halves = (line.split("\t") for line in written.lines("sentiment"))
    return tuple((feeling, tuple(sentence.lower().split())) for feeling, sentence in halves)


@cache
def _words() -> Vocabulary:
    return vocabulary_of((words for _, words in _sentences()), MARKS[:1])


def _load_sentences(values: Values, loading: Loading) -> Loaded:
    mixed = [_sentences()[place] for place in loading.generator.permutation(len(_sentences()))]
    labels = np.array([_FEELINGS.index(feeling) for feeling, _ in mixed], np.int64)
    return Loaded({"sentence": _words().array(words for _, words in mixed), "label": labels})


def _sentence_fields(values: Values) -> tuple[Field, ...]:
    return _words().field("sentence"), Field("label", (), "int64", "label", names=_FEELINGS)


SENTIMENT = DatasetType(
    name="sentiment",
    title="Sentiment",
    summary=f"{_SENTENCES} short English sentences, half of them positive and half negative, many with a negation.",
    fields=_sentence_fields,
    samples=_SENTENCES,
    load=_load_sentences,
    source="Written for NNStudio.",
    licence="Public domain (CC0 1.0)",
    group="sequences",
    help="Words such as 'not' turn the meaning of those that follow, so counting good and bad words is not enough.",
    aliases=("feeling", "opinion", "review", "classification", "negation"),
)
