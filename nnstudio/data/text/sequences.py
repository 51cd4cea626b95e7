"""Sequences as numbers: tokens with their marks, sequences of different lengths in one array, and pairs of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.spec import Field, Loaded

Tokens: TypeAlias = Sequence[str]
"""A sequence as a person reads it. A string is one of characters."""
Pair: TypeAlias = tuple[Tokens, Tokens]
"""A sequence, and the one that it is to become."""
Rows: TypeAlias = NDArray[np.int64]

PADDING, START, END = 0, 1, 2
MARKS = ("<pad>", "<start>", "<end>")
"""The tokens that stand for nothing, for the beginning and for the end: the first three of a vocabulary."""


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that there are, after the marks, and how many the longest sequence has, marks not counted.

    Pairs have all three marks, sequences that are only read have the first.
    """

    tokens: tuple[str, ...]
    longest: int
    marks: tuple[str, ...] = MARKS

    @property
    def names(self) -> tuple[str, ...]:
        """Of all tokens, by their numbers."""
        return (*self.marks, *self.tokens)

    def field(self, name: str, ends: int = 0) -> Field:
        """A field of such sequences, with so many marks at their ends."""
        start, end = (START, END) if self.marks == MARKS else (None, None)
        shape = (self.longest + ends,)
        return Field(name, shape, "int64", "tokens", names=self.names, padding=PADDING, start=start, end=end)

    def numbers(self, sequences: Iterable[Tokens]) -> list[list[int]]:
        """The tokens as numbers. Raises KeyError for one that is not in the vocabulary."""
        number = {name: index for index, name in enumerate(self.names)}
        return [[number[token] for token in sequence] for sequence in sequences]

    def array(self, sequences: Iterable[Tokens]) -> Rows:
        """The sequences of a field without marks at their ends."""
        return padded(self.numbers(sequences), self.longest)


def vocabulary_of(sequences: Iterable[Tokens], marks: tuple[str, ...] = MARKS) -> Vocabulary:
    """What these sequences are made of, in the order of the alphabet."""
    every = list(sequences)
    return Vocabulary(tuple(sorted({token for each in every for token in each})), max(map(len, every)), marks)


def padded(rows: Sequence[list[int]], length: int) -> Rows:
    """Rows of different lengths as one array, filled up at their ends."""
    return np.array([row + [PADDING] * (length - len(row)) for row in rows], np.int64).reshape(len(rows), length)


def pair_fields(source: Vocabulary, target: Vocabulary) -> tuple[Field, ...]:
    """Of pairs: what is read, what the decoder is given at each step, and what it is to say there."""
    return source.field("source"), target.field("decoder_input", 1), target.field("target", 1)


def paired(source: Vocabulary, target: Vocabulary, pairs: Sequence[Pair], backwards: bool = False) -> Loaded:
    """The arrays of `pair_fields`; `backwards` turns the sources round, before they are filled up."""
    read = source.array(each[::-1] if backwards else each for each, _ in pairs)
    written = target.numbers(each for _, each in pairs)
    return Loaded(
        {
            "source": read,
            "decoder_input": padded([[START, *row] for row in written], target.longest + 1),
            "target": padded([[*row, END] for row in written], target.longest + 1),
        }
    )


# Drawing by lot, without drawing anything twice


def spread(count: int, most: Sequence[int]) -> list[int]:
    """How many of each kind, `count` in all or as many as there are: as even as can be where some have few."""
    shares, left = [0] * len(most), min(count, sum(most))
    rarest_first = sorted(range(len(most)), key=most.__getitem__)
    for place, kind in enumerate(rarest_first):
        shares[kind] = min(most[kind], left // (len(most) - place))
        left -= shares[kind]
    return shares


def distinct(generator: np.random.Generator, many: int, count: int) -> Rows:
    """Different numbers below `many`, in random order."""
    return np.asarray(generator.choice(many, count, replace=False), np.int64)


def distinct_rows(generator: np.random.Generator, base: int, length: int, count: int) -> Rows:
    """Different rows of `length` numbers below `base`, `count` of them.

    Long rows differ in those places at the front that a number of 62 bits can tell apart.
    """
    front = min(length, int(62 / math.log2(base)))
    codes = distinct(generator, base**front, count)
    places = codes[:, None] // np.array([base**place for place in range(front)], np.int64) % base
    rest = generator.integers(base, size=(count, length - front))
    return np.concatenate([places, rest], axis=1)
