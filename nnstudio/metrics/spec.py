"""What a metric declares, and what it is computed from."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Better: TypeAlias = Literal["higher", "lower"]
Format: TypeAlias = Literal["percent", "number"]
CLASSES = ("classes",)
BINARY = ("logit", "probability")
TOKENS = ("tokens",)
VALUES = ("values",)


@dataclass(frozen=True)
class Judged:
    """What the network says of the test set, and what is right: one row an answer.

    A sample may have many answers, as a sequence has: `sample` says whose each one is. Answers that do not count, such
    as padding, are not among them. For "values" `predicted` and `target` are float64, answers × numbers; otherwise
    they are classes, int64. `scores` are float64: probabilities, answers × classes, or for two classes one number each;
    None where there are too many to be kept. `surprise` is −log of the probability of what is right, for "tokens".
    """

    task: str
    target: NDArray[Any]
    predicted: NDArray[Any]
    sample: NDArray[np.int64]
    scores: NDArray[np.float64] | None = None
    surprise: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class MetricType:
    """One figure on the test set. `tasks` are as in protocol.messages.Model.

    `compute` gives None, or raises, where the figure is not defined for these answers, as an AUC where all samples are
    of one class. Without it the figure is that of every epoch anyway, `test_accuracy`.
    """

    name: str
    title: str
    summary: str
    tasks: tuple[str, ...]
    compute: Callable[[Judged], float | None] | None
    better: Better = "higher"
    format: Format = "percent"

    def text(self, value: float) -> str:
        """`97.2 %`, or `0.0312`."""
        return f"{100 * value:.1f} %" if self.format == "percent" else f"{value:.4g}"

    def of(self, judged: Judged) -> float | None:
        """The figure, or None where there is none; never a warning, never infinite or NaN."""
        if self.compute is None or not len(judged.target):
            return None
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                value = self.compute(judged)
        except (ValueError, ArithmeticError):  # scikit-learn's words for what is not defined
            return None
        except (ImportError, MemoryError):  # no room left even to load it
            return None
        return float(value) if value is not None and math.isfinite(value) else None
