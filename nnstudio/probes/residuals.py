"""How far predicted numbers are from the true ones, over the whole test set.

Options: `column`, of several numbers a sample the one that is judged, -1 for all together.
Arrays: `true`, `predicted` and `index` (the samples) of at most 2,000 evenly chosen points; of all, `edges` and
`counts` of a histogram of the residuals, which are predicted less true. Facts: `total` numbers, `columns` a sample,
`mae`, `rmse`, `bias` (the mean residual) and `r2`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstudio.errors import DataError
from nnstudio.probes.answers import ask, judged
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

MOST_POINTS = 2000
_BINS = 30


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    _, target_name = judged(look)
    if look.spec.task != "values":
        raise DataError("This network tells classes, and no numbers that could be off.")
    target = look.test[target_name]
    if not len(target):
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    true = float32(target.reshape(len(target), -1)).astype(np.float64)
    predicted = float32(ask(look, look.test).predicted).reshape(len(target), -1).astype(np.float64)
    if true.shape != predicted.shape:
        raise DataError(f"The prediction has {predicted.shape[1]} numbers a sample and its target {true.shape[1]}.")
    columns, column = true.shape[1], clamp(whole(options, "column", -1), -1, true.shape[1] - 1)
    chosen = slice(None) if column < 0 else slice(column, column + 1)
    index = np.repeat(np.arange(len(true)), true[:, chosen].shape[1])
    found = _figures(true[:, chosen].reshape(-1), predicted[:, chosen].reshape(-1), index)
    found.facts.update(columns=columns, column=column, task="values")
    return found


def _figures(true: np.ndarray, predicted: np.ndarray, index: np.ndarray) -> Found:
    off = predicted - true
    if not np.isfinite(off).all():
        raise DataError(
            "Some predictions are no finite numbers, so they can not be compared.", fix="Train anew, slower."
        )
    step = -(-len(true) // MOST_POINTS)
    counts, edges = np.histogram(off, bins=_BINS, range=_around_zero(off))
    spread = float(((true - true.mean()) ** 2).sum())
    facts: dict[str, Option] = {
        "total": len(true),
        "mae": float(np.abs(off).mean()),
        "rmse": float(np.sqrt((off**2).mean())),
        "bias": float(off.mean()),
    }
    if spread:  # else nothing is to be explained
        facts["r2"] = 1 - float((off**2).sum()) / spread
    arrays = {"true": true[::step], "predicted": predicted[::step], "index": index[::step], "edges": edges}
    return Found(arrays | {"counts": counts.astype(np.int64)}, facts)


def _around_zero(off: np.ndarray) -> tuple[float, float]:
    """Equally far to both sides, so that nothing lies in the middle."""
    reach = float(np.abs(off).max()) or 1.0
    return -reach, reach


RESIDUALS = Probe("residuals", "How far predicted numbers are from the true ones.", _look)
"""See above for options, arrays and facts."""
