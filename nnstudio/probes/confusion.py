"""How a model judges its whole test set: which classes it takes for which, and whether it is as sure as it is right.

Of sequences each place counts, as far as it counts for the loss; of very many places those of the first sequences.
Options: `classes`, how many classes the matrix has at most; of more the most frequent ones are shown, and their row and
column sums say what is left out. `places`, how many places of sequences are looked at.

Arrays: `kept` (the classes of the matrix), `counts` (true by predicted, of those), and for every class that is there,
by its number in `classes`: `support`, `predicted`, `right`. Of ten bins of confidence: `bin_count`, `bin_confidence`
and `bin_accuracy` (their means). Facts: `total` answers, `right`, `samples` looked at of `all_samples`, `names`, and
`ece`, the expected calibration error: the mean gap between confidence and accuracy over the bins, weighed by how many
are in them (Guo, Pleiss, Sun and Weinberger, 2017, "On Calibration of Modern Neural Networks").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, Probe
from nnstudio.probes.verdicts import Verdicts, verdicts
from nnstudio.protocol.messages import Option

BINS = 10
_MOST_CLASSES = 64
_MOST_LISTED = 1000
"""Classes with figures of their own."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    if look.spec.task == "values":
        raise DataError("This network predicts numbers, and no classes that could be mistaken for one another.")
    found = verdicts(look, options)
    true, predicted = found.true, found.predicted
    size = int(max(true.max(initial=0), predicted.max(initial=0))) + 1
    support, said = np.bincount(true, minlength=size), np.bincount(predicted, minlength=size)
    right = np.bincount(true[true == predicted], minlength=size)
    there = np.flatnonzero(support + said)
    listed = np.sort(there[np.argsort(-support[there], kind="stable")][:_MOST_LISTED])
    kept = _kept(support, there, clamp(whole(options, "classes", 30), 2, _MOST_CLASSES))
    arrays: dict[str, NDArray[Any]] = {"kept": kept, "counts": _matrix(true, predicted, kept, size), "classes": listed}
    arrays |= {"support": support[listed], "predicted": said[listed], "right": right[listed]}
    arrays |= _calibration(found)
    facts: dict[str, Option] = {"total": len(true), "right": int(right.sum()), "names": list(look.class_names)}
    facts |= {"samples": found.samples, "all_samples": found.all_samples, "ece": _ece(arrays), "task": look.spec.task}
    return Found(arrays, facts | {"class_count": len(there)})


def _kept(support: NDArray[np.int64], there: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """All classes that are there, in their order, or the most frequent ones."""
    return np.sort(there[np.argsort(-support[there], kind="stable")][:most])


def _matrix(
    true: NDArray[np.int64], predicted: NDArray[np.int64], kept: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Answers by what is true (down) and what was said (across)."""
    place = np.full(size, -1)
    place[kept] = np.arange(len(kept))
    row, column = place[true], place[predicted]
    inside = (row >= 0) & (column >= 0)
    flat = np.bincount(row[inside] * len(kept) + column[inside], minlength=len(kept) ** 2)
    return flat.reshape(len(kept), len(kept))


def _calibration(found: Verdicts) -> dict[str, NDArray[Any]]:
    """Answers by their confidence, in bins of equal width, to each of which its upper end belongs."""
    bins = np.clip(np.ceil(found.confidence * BINS).astype(int) - 1, 0, BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    shares = np.maximum(count, 1)
    right = (found.true == found.predicted).astype(np.float64)
    return {
        "bin_count": count,
        "bin_confidence": np.bincount(bins, found.confidence, BINS) / shares,
        "bin_accuracy": np.bincount(bins, right, BINS) / shares,
    }


def _ece(arrays: Mapping[str, NDArray[Any]]) -> float:
    count = arrays["bin_count"]
    gaps = np.abs(arrays["bin_accuracy"] - arrays["bin_confidence"])
    return float((gaps * count).sum() / max(int(count.sum()), 1))


CONFUSION = Probe("confusion", "Which classes the model takes for which, and how sure it is.", _look)
"""See above for options, arrays and facts."""
