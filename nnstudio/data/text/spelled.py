"""Short texts, each by itself, letter by letter: names, places, strands of DNA.

A mark, EDGE, stands before the first letter and after the last one. Texts are kept for testing as a whole: the loader
lays them in random order, the split takes the last samples, and the gap is as long as a text, so that none is in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.spec import Field, Loaded
from nnstudio.params import Choice, Int, Param, Values

Tokens: TypeAlias = NDArray[np.int64]

EDGE = "."
PADDING = "<pad>"


def spelled_params(context: int, whole: str) -> tuple[Param, ...]:
    """What a sample is: the letters before one, or a `whole` text."""
    return (
        predict_param(whole),
        Int("context", context, "How many letters the network sees to tell the next one.", low=1, high=32),
    )


def predict_param(whole: str) -> Param:
    """As that of windows over a long text; `whole` is what a sample is with "each"."""
    help = f"The letter after some others, or each letter of a whole {whole}."
    return Choice("predict", "last", ("last", "each"), help)


def spelled_fields(values: Values, letters: Sequence[str], longest: int) -> tuple[Field, ...]:
    """`context` and the label `next`; or `text` and the letters that come `next`, filled up to one length."""
    if values["predict"] == "last":
        names = (EDGE, *letters)
        shape = (cast(int, values["context"]),)
        return (
            Field("context", shape, "int64", kind="tokens", names=names, start=0),
            Field("next", (), "int64", kind="label", names=names, end=0),
        )
    names, shape = (PADDING, EDGE, *letters), (longest + 1,)
    return (
        Field("text", shape, "int64", kind="tokens", names=names, padding=0, start=1),
        Field("next", shape, "int64", kind="tokens", names=names, padding=0, end=1),
    )


def spelled_samples(values: Values, texts: Sequence[str]) -> int:
    """Each letter and the end, or each text."""
    return len(texts) + (sum(map(len, texts)) if values["predict"] == "last" else 0)


def spelled(texts: Sequence[str], values: Values, letters: Sequence[str], longest: int) -> Loaded:
    """The fields of these texts, in their order. All their letters are known, and none is longer than `longest`."""
    if values["predict"] == "last":
        context, following = _beside(texts, letters, cast(int, values["context"]))
        return Loaded({"context": context, "next": following}, gap=max(map(len, texts)))
    rows = _padded(texts, letters, longest)
    following = rows[:, 1:]
    return Loaded({"text": rows[:, :-1] * (following != 0), "next": following})


def _beside(texts: Sequence[str], letters: Sequence[str], context: int) -> tuple[Tokens, Tokens]:
    """The tokens before each letter and before the end; and these. EDGE is 0."""
    numbers = {letter: token for token, letter in enumerate(letters, 1)}
    stream = np.array([*chain.from_iterable([*[0] * context, *map(numbers.__getitem__, text), 0] for text in texts)])
    asked = np.concatenate([np.arange(context + len(text) + 1) >= context for text in texts])
    places = np.flatnonzero(asked)
    return stream[places[:, None] + np.arange(-context, 0)], stream[places]


def _padded(texts: Sequence[str], letters: Sequence[str], longest: int) -> Tokens:
    """Each text between two EDGEs, 1, and filled up with 0."""
    numbers = {letter: token for token, letter in enumerate(letters, 2)}
    rows = np.zeros((len(texts), longest + 2), np.int64)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text) + 2] = [1, *map(numbers.__getitem__, text), 1]
    return rows
