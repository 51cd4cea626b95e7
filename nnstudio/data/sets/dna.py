"""Strands of DNA whose next base hangs on the last one alone: what a table of pairs knows completely."""

from __future__ import annotations

from typing import cast

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.spelled import EDGE, predict_param, spelled, spelled_fields
from nnstudio.params import Int, ParamSet, Values

BASES = ("A", "T", "C", "G")
CHAIN = (
    # .    A     T     C     G
    (0.00, 0.40, 0.30, 0.20, 0.10),  # . to begin with
    (0.05, 0.10, 0.55, 0.10, 0.20),  # A
    (0.05, 0.30, 0.05, 0.50, 0.10),  # T
    (0.05, 0.05, 0.20, 0.10, 0.60),  # C
    (0.05, 0.55, 0.10, 0.20, 0.10),  # G
)
"""How probable each base is after each; the dot is the end of a strand, and its beginning."""

_LONGEST = 64
_STRANDS = 100


def _strand(generator: np.random.Generator) -> str:
    """One walk along the chain; another one where it does not end in time."""
    while True:
        strand, last = "", 0
        while last or not strand:
            last = int(generator.choice(len(CHAIN), p=CHAIN[last]))
            strand += BASES[last - 1] if last else ""
        if len(strand) <= _LONGEST:
            return strand


def _load(values: Values, loading: Loading) -> Loaded:
    generator = loading.generator
    strands = [_strand(generator) for _ in range(cast(int, values["strands"]))]
    loaded = spelled(strands, {**values, "context": 1}, BASES, _LONGEST)
    if values["predict"] == "each":
        return loaded
    return Loaded({"base": loaded.arrays["context"][:, 0], "next": loaded.arrays["next"]}, gap=loaded.gap)


def _fields(values: Values) -> tuple[Field, ...]:
    if values["predict"] == "each":
        return spelled_fields(values, BASES, _LONGEST)
    names = (EDGE, *BASES)
    return (
        Field("base", (), "int64", kind="tokens", names=names, start=0),
        Field("next", (), "int64", kind="label", names=names, end=0),
    )


DNA = DatasetType(
    name="dna",
    title="DNA",
    summary="Strands over A, T, C and G in which each base depends on the one before it.",
    fields=_fields,
    samples=lambda values: cast(int, values["strands"]) if values["predict"] == "each" else 0,
    load=_load,
    params=ParamSet(
        (
            Int("strands", _STRANDS, "How many strands.", low=10, high=10_000, telling=True),
            predict_param("strand"),
        )
    ),
    source="Made from the seed by a Markov chain.",
    licence="Public domain (CC0 1.0)",
    group="text",
    split="in order",
    repeats=True,
    help="An Embedding with embedding_dim 5 into a CrossEntropyLoss is the whole network: after training, the softmax "
    "of each row of its table is how often each base followed that one. A dot stands before and after each strand. "
    "With 'each', a sample is a whole strand; its padding token, 0, goes to the loss as ignore_index.",
    aliases=("bigram", "genes", "markov chain", "bases", "biology"),
)
