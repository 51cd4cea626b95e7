"""Pairs of sequences with a rule behind them: one is read, the other is to be written, token by token.

All are made from the seed, and no source comes twice. Where fewer sources exist than samples are asked for, there are
as many as exist.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_lowercase, digits
from typing import cast

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.sequences import Pair, Rows, Vocabulary, distinct, distinct_rows, pair_fields, paired, spread
from nnstudio.params import Bool, Int, IntParam, ParamSet, Values

BACKWARDS = Bool(
    "reverse_source",
    False,
    "Give the source backwards. Its beginning then lies next to the beginning of the target, which helps models that "
    "read into a single state.",
)


def samples_param(default: int, high: int = 20_000) -> IntParam:
    """How many pairs are drawn."""
    return Int("samples", default, "How many pairs; all that exist, where those are fewer.", low=10, high=high)


# Letters


def _letters(values: Values) -> Vocabulary:
    return Vocabulary(tuple(ascii_lowercase[: cast(int, values["letters"])]), cast(int, values["length"]))


def _letter_fields(values: Values) -> tuple[Field, ...]:
    return pair_fields(_letters(values), _letters(values))


def _lengths(values: Values) -> range:
    longest = cast(int, values["length"])
    return range(longest if values["fixed_length"] else 1, longest + 1)


def _words_by_length(values: Values) -> list[int]:
    """How many words exist of each length."""
    return [cast(int, values["letters"]) ** length for length in _lengths(values)]


def _count_words(values: Values) -> int:
    return min(cast(int, values["samples"]), sum(_words_by_length(values)))


def _draw_words(values: Values, loading: Loading) -> list[str]:
    """Different words in random order, as many of each length where there are so many."""
    generator, base = loading.generator, cast(int, values["letters"])
    counts = spread(cast(int, values["samples"]), _words_by_length(values))
    drawn = [
        _spelled(distinct_rows(generator, base, length, count))
        for length, count in zip(_lengths(values), counts, strict=True)
    ]
    words = [word for some in drawn for word in some]
    return [words[place] for place in generator.permutation(len(words))]


def _spelled(rows: Rows) -> list[str]:
    return ["".join(ascii_lowercase[number] for number in row) for row in rows.tolist()]


def _of_letters(name: str, summary: str, rule: Callable[[str], str], *aliases: str) -> DatasetType:
    """The declaration of one of them: all differ in nothing but the rule."""

    def load(values: Values, loading: Loading) -> Loaded:
        pairs: list[Pair] = [(word, rule(word)) for word in _draw_words(values, loading)]
        return paired(_letters(values), _letters(values), pairs, bool(values["reverse_source"]))

    params = (
        samples_param(2000),
        Int("length", 6, "Letters of the longest word.", low=1, high=40, telling=True),
        Int("letters", 10, "How many different letters there are, from a on.", low=2, high=26),
        Bool("fixed_length", False, "Make all words as long as the longest, so that nothing is filled up."),
        BACKWARDS,
    )
    return DatasetType(
        name=name,
        title=f"{name.capitalize()} letters",
        summary=summary,
        fields=_letter_fields,
        samples=_count_words,
        load=load,
        params=ParamSet(params),
        source="Made from the seed.",
        licence="Public domain (CC0 1.0)",
        group="pairs",
        aliases=("seq2seq", "sequence to sequence", "encoder decoder", *aliases),
    )


REVERSE = _of_letters(
    "reverse", "Words of random letters, to be written backwards.", lambda word: word[::-1], "backwards", "flip"
)
SORT = _of_letters(
    "sort",
    "Words of random letters, to be written in the order of the alphabet.",
    lambda word: "".join(sorted(word)),
    "order",
)
COPY = _of_letters(
    "copy", "Words of random letters, to be written again: a test of memory.", lambda word: word, "repeat", "echo"
)


# Sums


def _sum_sides(values: Values) -> tuple[Vocabulary, Vocabulary]:
    size = cast(int, values["digits"])
    return Vocabulary((*digits, "+"), 2 * size + 1), Vocabulary(tuple(digits), size + 1)


def _count_sums(values: Values) -> int:
    return min(cast(int, values["samples"]), _sums(values))


def _sums(values: Values) -> int:
    """How many sums exist."""
    return int(10 ** (2 * cast(int, values["digits"])))


def _load_sums(values: Values, loading: Loading) -> Loaded:
    codes = distinct(loading.generator, _sums(values), _count_sums(values))
    summands = [divmod(code, 10 ** cast(int, values["digits"])) for code in codes.tolist()]
    pairs: list[Pair] = [(f"{first}+{second}", str(first + second)) for first, second in summands]
    return paired(*_sum_sides(values), pairs, bool(values["reverse_source"]))


ADD = DatasetType(
    name="add",
    title="Add two numbers",
    summary="Sums such as 12+7, character by character, and what they come to.",
    fields=lambda values: pair_fields(*_sum_sides(values)),
    samples=_count_sums,
    load=_load_sums,
    params=ParamSet(
        (
            samples_param(4000),
            Int("digits", 2, "Digits of the largest summand.", low=1, high=6, telling=True),
            BACKWARDS,
        )
    ),
    source="Made from the seed.",
    licence="Public domain (CC0 1.0)",
    group="pairs",
    aliases=("seq2seq", "sequence to sequence", "addition", "arithmetic", "sum", "plus"),
)
