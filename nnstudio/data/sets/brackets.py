"""Brackets that close in the right order, and such as nearly do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import cast

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.sequences import MARKS, Vocabulary, distinct, spread
from nnstudio.params import Int, ParamSet, Values

_KINDS = ("()", "[]", "{}")


@cache
def _ways(opened: int, left: int) -> int:
    """In how many ways `left` more brackets of one kind can end with none open, of which `opened` are now."""
    if opened > left or opened < 0:
        return 0
    return 1 if left == 0 else _ways(opened + 1, left - 1) + _ways(opened - 1, left - 1)


def _balanced_count(pairs: int, kinds: int) -> int:
    return int(_ways(0, 2 * pairs) * kinds**pairs)


def balanced_word(pairs: int, kinds: int, number: int) -> str:
    """The balanced word of that number, below `_balanced_count`: each has its own."""
    shape, number = number // kinds**pairs, number % kinds**pairs
    word, waiting = "", list[str]()
    for left in reversed(range(2 * pairs)):
        opening = _ways(len(waiting) + 1, left)
        if shape < opening:
            number, kind = divmod(number, kinds)
            word, waiting = word + _KINDS[kind][0], [*waiting, _KINDS[kind][1]]
        else:
            shape -= opening
            word += waiting.pop()
    return word


def _is_balanced(word: str) -> bool:
    closing = {kind[0]: kind[1] for kind in _KINDS}
    waiting: list[str] = []
    for bracket in word:
        if bracket in closing:
            waiting.append(closing[bracket])
        elif not waiting or waiting.pop() != bracket:
            return False
    return not waiting


def _pairs(values: Values) -> range:
    return range(1, cast(int, values["length"]) // 2 + 1)


def _by_pairs(values: Values) -> list[int]:
    return [_balanced_count(pairs, cast(int, values["kinds"])) for pairs in _pairs(values)]


def _count(values: Values) -> int:
    """There are never fewer wrong words than balanced ones of a length."""
    return min(cast(int, values["samples"]), 2 * sum(_by_pairs(values)))


def _balanced_words(values: Values, count: int, generator: np.random.Generator) -> list[str]:
    """Different ones, as many of each length where there are so many."""
    kinds, most = cast(int, values["kinds"]), _by_pairs(values)
    return [
        balanced_word(pairs, kinds, number)
        for pairs, share, many in zip(_pairs(values), spread(count, most), most, strict=True)
        for number in distinct(generator, many, share).tolist()
    ]


def _wrong_words(words: list[str], values: Values, generator: np.random.Generator) -> Iterator[str]:
    """For each word a different one of its length that is not balanced, two brackets of a balanced word away."""
    seen: set[str] = set()
    kinds = cast(int, values["kinds"])
    for word in words:
        pairs = len(word) // 2
        wrong = word
        while wrong in seen or _is_balanced(wrong):
            number = int(generator.integers(_balanced_count(pairs, kinds)))
            wrong = _swapped(balanced_word(pairs, kinds, number), generator)
        seen.add(wrong)
        yield wrong


def _swapped(word: str, generator: np.random.Generator) -> str:
    """With two brackets in each other's place, so that as many open and close as before."""
    first, second = sorted(generator.choice(len(word), 2, replace=False).tolist())
    return word[:first] + word[second] + word[first + 1 : second] + word[first] + word[second + 1 :]


def _vocabulary(values: Values) -> Vocabulary:
    return Vocabulary(tuple("".join(_KINDS[: cast(int, values["kinds"])])), cast(int, values["length"]), MARKS[:1])


def _load(values: Values, loading: Loading) -> Loaded:
    generator, samples = loading.generator, _count(values)
    good = _balanced_words(values, (samples + 1) // 2, generator)
    words = [*good, *list(_wrong_words(good, values, generator))[: samples // 2]]
    labels = np.array([1] * len(good) + [0] * (samples // 2), np.int64)
    order = generator.permutation(samples)
    return Loaded({"sequence": _vocabulary(values).array(words)[order], "label": labels[order]})


def _fields(values: Values) -> tuple[Field, ...]:
    judged = Field("label", (), "int64", "label", names=("not balanced", "balanced"))
    return _vocabulary(values).field("sequence"), judged


BRACKETS = DatasetType(
    name="brackets",
    title="Balanced brackets",
    summary="Do all brackets close, in the right order? Half do; in the others two have changed places.",
    fields=_fields,
    samples=_count,
    load=_load,
    params=ParamSet(
        (
            Int("samples", 2000, "How many sequences; all that exist, where those are fewer.", low=10, high=20_000),
            Int("length", 16, "Brackets in the longest.", low=4, high=32, telling=True),
            Int("kinds", 1, "How many kinds of brackets: (), [] and {}.", low=1, high=len(_KINDS)),
        )
    ),
    source="Made from the seed.",
    licence="Public domain (CC0 1.0)",
    group="sequences",
    aliases=("parentheses", "dyck", "counting", "stack", "nesting"),
)
