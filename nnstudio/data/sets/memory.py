"""Sequences whose class lies far back, or in all of them: a test of what a recurrent layer remembers and hears."""

from __future__ import annotations

from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.sequences import Rows, distinct_rows, spread
from nnstudio.params import Bool, Float, Int, ParamSet, Values

_NOISE = tuple("abcdefgh")
_SILENCE = "."
"""Before the first letter of shorter sequences."""
_FIRST = tuple("ABCDEF")

Labels: TypeAlias = NDArray[np.int64]


def _balanced(values: Values, samples: int, generator: np.random.Generator) -> Labels:
    """As many of each class, in random order."""
    return generator.permutation(np.arange(samples, dtype=np.int64) % cast(int, values["classes"]))


# The first letter decides


def _lengths(values: Values) -> range:
    """Letters of a sequence, without the silence before it."""
    longest = cast(int, values["length"])
    return range(longest if values["fixed_length"] else 2, longest + 1)


def _tails(values: Values) -> list[int]:
    """How many sequences of each length one first letter can begin."""
    return [len(_NOISE) ** (length - 1) for length in _lengths(values)]


def _count_memories(values: Values) -> int:
    return min(cast(int, values["samples"]), cast(int, values["classes"]) * sum(_tails(values)))


def _load_memories(values: Values, loading: Loading) -> Loaded:
    generator = loading.generator
    labels = _balanced(values, _count_memories(values), generator)
    sequence = np.zeros((len(labels), cast(int, values["length"])), np.int64)
    for label in range(cast(int, values["classes"])):
        rows = generator.permutation(np.flatnonzero(labels == label))
        sequence[rows] = _beginning_with(label, values, len(rows), generator)
    return Loaded({"sequence": sequence, "label": labels})


def _beginning_with(label: int, values: Values, count: int, generator: np.random.Generator) -> Rows:
    """Different sequences of one class, as many of each length where there are so many."""
    longest, noise = cast(int, values["length"]), 1 + cast(int, values["classes"])
    blocks = []
    for length, share in zip(_lengths(values), spread(count, _tails(values)), strict=True):
        block = np.zeros((share, longest), np.int64)
        block[:, longest - length] = 1 + label
        block[:, longest - length + 1 :] = noise + distinct_rows(generator, len(_NOISE), length - 1, share)
        blocks.append(block)
    return np.concatenate(blocks)


def _memory_fields(values: Values) -> tuple[Field, ...]:
    first = _FIRST[: cast(int, values["classes"])]
    names = (_SILENCE, *first, *_NOISE)
    return (
        Field("sequence", (cast(int, values["length"]),), "int64", "tokens", names=names),
        Field("label", (), "int64", "label", names=first),
    )


LONG_MEMORY = DatasetType(
    name="long_memory",
    title="Long memory",
    summary="The first letter of a sequence is its class; all that follows says nothing.",
    fields=_memory_fields,
    samples=_count_memories,
    load=_load_memories,
    params=ParamSet(
        (
            Int("samples", 1000, "How many sequences; all that exist, where those are fewer.", low=10, high=20_000),
            Int(
                "length",
                100,
                "Letters in the longest: over so many steps the first has to be remembered.",
                low=2,
                high=400,
                telling=True,
            ),
            Int("classes", 2, "How many letters a sequence may begin with.", low=2, high=len(_FIRST)),
            Bool(
                "fixed_length",
                False,
                "Make all as long as the longest. Otherwise lengths begin at 2, with silence before the first letter, "
                "and what is learned on short ones helps with long ones.",
            ),
        )
    ),
    source="Made from the seed.",
    licence="Public domain (CC0 1.0)",
    group="sequences",
    help="Make it longer step by step: an RNN loses the first letter after sixty steps or so, an LSTM keeps it over a "
    "hundred. A point is silence, so that all sequences end at the last step.",
    aliases=("rnn against lstm", "vanishing gradient", "remember", "forget", "latch"),
)


# Waves


_WIDTH, _APART = 1.5, 2.0
"""Of a band of frequencies, and from one band to the next, in cycles."""


def _slowest(band: int) -> float:
    return 1.0 + band * _APART


def _load_waves(values: Values, loading: Loading) -> Loaded:
    """Frequencies are even within a band, phases over the circle."""
    generator, samples = loading.generator, cast(int, values["samples"])
    labels = _balanced(values, samples, generator)
    cycles = 1.0 + labels * _APART + generator.uniform(0.0, _WIDTH, samples)
    phase = generator.uniform(0.0, 2 * np.pi, samples)
    time = np.arange(cast(int, values["length"])) / cast(int, values["length"])
    wave = np.sin(2 * np.pi * cycles[:, None] * time + phase[:, None])
    blurred = wave + generator.normal(0.0, cast(float, values["noise"]), wave.shape)
    return Loaded({"sequence": blurred[:, :, None].astype(np.float32), "label": labels})


def _wave_fields(values: Values) -> tuple[Field, ...]:
    slowest = [_slowest(band) for band in range(cast(int, values["classes"]))]
    bands = tuple(f"{low:g} to {low + _WIDTH:g} cycles" for low in slowest)
    return (
        Field("sequence", (cast(int, values["length"]), 1), "float32", "sequence"),
        Field("label", (), "int64", "label", names=bands),
    )


FREQUENCIES = DatasetType(
    name="frequencies",
    title="Sine frequencies",
    summary="Noisy sine waves, to be told apart by how fast they swing.",
    fields=_wave_fields,
    samples=1000,
    load=_load_waves,
    params=ParamSet(
        (
            Int("samples", 1000, "How many waves.", low=10, high=20_000),
            Int("length", 64, "Steps in each wave.", low=32, high=512, telling=True),
            Int("classes", 4, "How many bands of frequencies there are.", low=2, high=6),
            Float("noise", 0.2, "How far values stray, as a standard deviation.", low=0.0, high=2.0),
        )
    ),
    source="Made from the seed.",
    licence="Public domain (CC0 1.0)",
    group="sequences",
    aliases=("signal", "wave", "time series", "pitch", "sound"),
)
