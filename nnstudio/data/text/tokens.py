"""Text as tokens: which there are, a text in their numbers, and windows of it to learn from.

A text is cut into characters, or into words: in small letters, and marks, of which a run of the same is one. Token 0
stands for whatever is not in the vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.data.spec import Field, Loaded
from nnstudio.errors import DataError
from nnstudio.params import Choice, Int, Param, Values

Tokens: TypeAlias = NDArray[np.int64]

UNKNOWN = "\ufffd"
"""The name of token 0: the sign that Unicode has for what cannot be shown."""
BY = ("characters", "words")
ASCII = (UNKNOWN, "\n", *map(chr, range(32, 127)))
"""A vocabulary of characters for English texts and source code."""

_LONGEST = 100
"""Words of more characters are none that anybody would learn, and stay unknown."""
_CHARACTERS_AT_ONCE = 1 << 18
_WORDS_AT_ONCE = 1 << 12
_SIGNS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u200c\u200d"
"""Accents and vowel signs, which Python counts as no part of a word: of Latin, Semitic, Indian and Thai writing."""
_WORD = re.compile(rf"[\w{_SIGNS}]+(?:['’][\w{_SIGNS}]+)*|([^\w\s])\1*")
_CODE_POINTS = 0x110000


def vocabulary(text: str, by: str, most: int, loading: Loading) -> tuple[str, ...]:
    """The most frequent tokens of a text, `most` with the one for all others: names by token, as `encoded` takes them.

    Characters stand in their order in Unicode, words by how often they come.
    """
    counts = _character_counts(text, loading) if by == "characters" else _word_counts(text, loading)
    ordered = sorted(counts, key=lambda name: (-counts[name], name))[: most - 1]
    return (UNKNOWN, *(sorted(ordered) if by == "characters" else ordered))


def encoded(text: str, by: str, names: tuple[str, ...], loading: Loading) -> Tokens:
    """The text in tokens, whose names those are; 0 for what is not among them."""
    loading.need(8 * len(text), "The text", "Take a part of it, as a file of its own.")  # by words it is less
    return _encoded_characters(text, names, loading) if by == "characters" else _encoded_words(text, names, loading)


def pieces(text: str, by: str) -> list[str]:
    """A short text cut into its tokens, by their names."""
    return list(text) if by == "characters" else [match.group() for match in _WORD.finditer(text.lower())]


def window_params(context: int, predict: str = "each") -> tuple[Param, ...]:
    """How a long text is cut into samples."""
    return (
        Int("context", context, "How many tokens the network sees.", low=1, high=4096, telling=True),
        Choice("predict", predict, ("each", "last"), "The next token after each, or after the last one alone."),
        Int(
            "step",
            None,
            "How many tokens from one sample to the next; empty for as many as it sees, so that none comes twice.",
            low=1,
            high=4096,
            optional=True,
        ),
    )


def window_fields(values: Values, names: tuple[str, ...] = (), size: int = 0) -> tuple[Field, ...]:
    """The fields of windows: `text` and the `next` token of each place, or `context` and the one label `next`."""
    shape = (_context(values),)
    if values["predict"] == "each":
        return (
            Field("text", shape, "int64", kind="tokens", names=names, size=size),
            Field("next", shape, "int64", kind="tokens", names=names, size=size),
        )
    return (
        Field("context", shape, "int64", kind="tokens", names=names, size=size),
        Field("next", (), "int64", kind="label", names=names, size=size),
    )


def windows(tokens: Tokens, values: Values, loading: Loading, names: tuple[str, ...] = ()) -> Loaded:
    """A text cut into samples, to be split in order. `names` are those that only loading could tell.

    Raises DataError where the text is too short for one to learn and one to test that do not overlap.
    """
    context, step = _context(values), _step(values)
    count, gap = max(0, (len(tokens) - 1 - context) // step + 1), context // step
    if count < gap + 2:
        raise DataError(
            f"The text has {len(tokens):,} tokens, and samples of {context} need {(gap + 1) * step + context + 1:,}.",
            fix="Set a shorter context, or take a longer text.",
        )
    each = values["predict"] == "each"
    if step != context or not each:
        size = 8 * count * (2 * context if each else context + 1)
        loading.need(size, "The text in windows", "Set a shorter context, or a larger step.")
    seen, following = _cut(tokens, count, context, step)
    arrays = {"text": seen, "next": following} if each else {"context": seen, "next": following[:, -1]}
    known = dict.fromkeys(arrays, names) if names else {}
    return Loaded({name: np.ascontiguousarray(array) for name, array in arrays.items()}, known, gap)


def _cut(tokens: Tokens, count: int, context: int, step: int) -> tuple[Tokens, Tokens]:
    """Windows, and those one token later; where none overlap, no number is copied."""
    if step == context:
        return tuple(tokens[i : i + count * context].reshape(count, context) for i in (0, 1))  # type: ignore[return-value]  # two of them
    all_windows = sliding_window_view(tokens, context + 1)[::step][:count]
    return all_windows[:, :-1], all_windows[:, 1:]


def _context(values: Values) -> int:
    return cast(int, values["context"])


def _step(values: Values) -> int:
    return cast("int | None", values["step"]) or _context(values)


def _codes(text: str, loading: Loading) -> Iterator[tuple[int, NDArray[np.uint32]]]:
    """The numbers that characters have in Unicode, a piece at a time, each with where it begins."""
    for start in range(0, len(text), _CHARACTERS_AT_ONCE):
        loading.tell(start, len(text), "Reading characters")
        piece = text[start : start + _CHARACTERS_AT_ONCE].encode("utf-32-le", "surrogatepass")
        yield start, np.frombuffer(piece, np.dtype("<u4"))


def _character_counts(text: str, loading: Loading) -> dict[str, int]:
    counts: dict[int, int] = {}
    for _, codes in _codes(text, loading):
        for code, count in zip(*np.unique(codes, return_counts=True), strict=True):
            counts[int(code)] = counts.get(int(code), 0) + int(count)
    return {chr(code): count for code, count in counts.items() if chr(code) != UNKNOWN}


def _encoded_characters(text: str, names: tuple[str, ...], loading: Loading) -> Tokens:
    table = np.zeros(_CODE_POINTS, np.int64)
    for token, name in enumerate(names):
        table[ord(name)] = token
    tokens = np.empty(len(text), np.int64)
    for start, codes in _codes(text, loading):
        tokens[start : start + len(codes)] = table[codes]
    return tokens


def _words(text: str, loading: Loading) -> Iterator[list[str]]:
    """The words and marks of a text, some thousand at a time."""
    text = text.lower()
    found = _WORD.finditer(text)
    while matches := list(islice(found, _WORDS_AT_ONCE)):
        loading.tell(matches[-1].end(), len(text), "Reading words")
        yield [match.group() for match in matches]


def _word_counts(text: str, loading: Loading) -> Counter[str]:
    counts: Counter[str] = Counter()
    for words in _words(text, loading):
        counts.update(words)
    return Counter({word: count for word, count in counts.items() if len(word) <= _LONGEST and word != UNKNOWN})


def _encoded_words(text: str, names: tuple[str, ...], loading: Loading) -> Tokens:
    numbers = {name: token for token, name in enumerate(names)}
    pieces = [
        np.fromiter((numbers.get(word, 0) for word in words), np.int64, len(words)) for words in _words(text, loading)
    ]
    return np.concatenate([np.zeros(0, np.int64), *pieces])
