"""Figures of networks that choose a class. Adding one is adding a declaration here."""

from __future__ import annotations

import numpy as np

from nnstudio.metrics.spec import BINARY, CLASSES, TOKENS, Judged, MetricType

MOST_CLASSES = 100
"""That an AUC is made for: it sorts all samples once for each class."""


def k_of(classes: int) -> int:
    """How many classes top-k accuracy lets a network name: 5 where there are more than 5, else 2."""
    return 5 if classes > 5 else 2


def _top_k(judged: Judged) -> float | None:
    from sklearn.metrics import top_k_accuracy_score

    scores = judged.scores
    if scores is None or scores.shape[1] <= 2:
        return None
    classes = scores.shape[1]
    return float(top_k_accuracy_score(judged.target, scores, k=k_of(classes), labels=np.arange(classes)))


def _precision(judged: Judged) -> float:
    from sklearn.metrics import precision_score

    return float(precision_score(judged.target, judged.predicted, average=_average(judged), zero_division=0.0))


def _recall(judged: Judged) -> float:
    from sklearn.metrics import recall_score

    return float(recall_score(judged.target, judged.predicted, average=_average(judged), zero_division=0.0))


def _f1(judged: Judged) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(judged.target, judged.predicted, average=_average(judged), zero_division=0.0))


def _auc(judged: Judged) -> float | None:
    from sklearn.metrics import roc_auc_score

    scores, target = judged.scores, judged.target
    if scores is None or not np.isfinite(scores).all():
        return None
    if scores.ndim == 1:
        return float(roc_auc_score(target, scores)) if len(np.unique(target)) == 2 else None
    there = [each for each in np.unique(target) if not (target == each).all()]
    if not there or scores.shape[1] > MOST_CLASSES:
        return None
    return float(np.mean([roc_auc_score(target == each, scores[:, each]) for each in there]))


def _average(judged: Judged) -> str:
    return "binary" if judged.task in BINARY else "macro"


ACCURACY = MetricType(
    "accuracy", "Accuracy", "Share of the answers that are right.", (*CLASSES, *TOKENS, *BINARY), None
)
TOP_K = MetricType(
    "top_k",
    "Top-k accuracy",
    "Share of the samples whose class is among the k likeliest; k is 5 where there are more than 5 classes, else 2.",
    CLASSES,
    _top_k,
)
PRECISION = MetricType(
    "precision",
    "Precision",
    "How many of the samples that are said to be of a class are of it; the mean over the classes, or that of class 1.",
    (*CLASSES, *BINARY),
    _precision,
)
RECALL = MetricType(
    "recall",
    "Recall",
    "How many of the samples of a class are found; the mean over the classes, or that of class 1.",
    (*CLASSES, *BINARY),
    _recall,
)
F1 = MetricType(
    "f1",
    "F1",
    "The harmonic mean of precision and recall; the mean over the classes, or that of class 1.",
    (*CLASSES, *BINARY),
    _f1,
)
AUC = MetricType(
    "auc",
    "AUC",
    "Area under the ROC curve: how often a sample of a class has a higher score for it than one of the others.",
    (*CLASSES, *BINARY),
    _auc,
)
