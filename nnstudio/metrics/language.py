"""Figures of networks that write sequences, token by token. Padding does not count. Adding one is adding it here."""

from __future__ import annotations

import math

import numpy as np

from nnstudio.metrics.spec import TOKENS, Judged, MetricType


def _perplexity(judged: Judged) -> float | None:
    return None if judged.surprise is None else math.exp(float(judged.surprise.mean()))


def _bits(judged: Judged) -> float | None:
    return None if judged.surprise is None else float(judged.surprise.mean()) / math.log(2)


def _token_accuracy(judged: Judged) -> float:
    from sklearn.metrics import accuracy_score

    return float(accuracy_score(judged.target, judged.predicted))


def _exact(judged: Judged) -> float:
    samples, places = np.unique(judged.sample, return_inverse=True)
    wrong = np.bincount(places, judged.target != judged.predicted, len(samples))
    return float((wrong == 0).mean())


PERPLEXITY = MetricType(
    "perplexity",
    "Perplexity",
    "Among how many equally likely tokens the network seems to choose; 1 is certainty.",
    TOKENS,
    _perplexity,
    better="lower",
    format="number",
)
BITS = MetricType(
    "bits_per_character",
    "Bits per character",
    "How many bits a token takes if it is packed by the network's probabilities; a token is what the text is read in.",
    TOKENS,
    _bits,
    better="lower",
    format="number",
)
TOKEN_ACCURACY = MetricType(
    "token_accuracy", "Token accuracy", "Share of all tokens that are right.", TOKENS, _token_accuracy
)
EXACT_MATCH = MetricType("exact_match", "Exact match", "Share of the sequences without a wrong token.", TOKENS, _exact)
