"""What is wrong with the layers of a network, in words, and what helps against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

Figures = Mapping[str, NDArray[np.float32]]
"""The arrays of the probe "layers"."""

VANISHED = 0.01
"""Of the largest gradient, ahead of the layer that has it: what is smaller hardly gets there."""
EXPLODED = 1e3
"""A norm of a layer's gradient from which on a step throws the weights far away."""
MANY = 0.5
"""Share of a layer's units that are dead or saturated."""


@dataclass(frozen=True)
class Symptom:
    """A word, what it says of some layers, and what to try. All in English; the methods are translated."""

    word: str
    meaning: str
    hint: str
    token: str = "warning"

    def label(self) -> str:
        return QCoreApplication.translate("health", self.word)

    def sentence(self, where: str) -> str:
        """What is wrong there, and what helps."""
        translate = QCoreApplication.translate
        return f"{translate('health', self.meaning).format(where)} {translate('health', self.hint)}"


NAN = Symptom(
    str(QT_TRANSLATE_NOOP("health", "NaN")),
    str(QT_TRANSLATE_NOOP("health", "{0} computes what is no number.")),
    str(QT_TRANSLATE_NOOP("health", "Lower the learning rate, or clip the gradients, and start again.")),
    "bad",
)
EXPLODING = Symptom(
    str(QT_TRANSLATE_NOOP("health", "exploding")),
    str(QT_TRANSLATE_NOOP("health", "The gradient of {0} is over 1,000: a step throws the weights far away.")),
    str(
        QT_TRANSLATE_NOOP("health", "Clip the gradients (clip_norm), lower the learning rate, or standardize the data.")
    ),
    "bad",
)
VANISHING = Symptom(
    str(QT_TRANSLATE_NOOP("health", "vanishing")),
    str(QT_TRANSLATE_NOOP("health", "Less than a hundredth of the gradient gets to {0}, which hardly learns.")),
    str(QT_TRANSLATE_NOOP("health", "Try ReLU, BatchNorm, residual connections (Add), or another initialization.")),
)
DEAD = Symptom(
    str(QT_TRANSLATE_NOOP("health", "dead")),
    str(QT_TRANSLATE_NOOP("health", "Half of the units of {0} or more are zero for every sample, and learn nothing.")),
    str(QT_TRANSLATE_NOOP("health", "Lower the learning rate, or use LeakyReLU.")),
)
SATURATED = Symptom(
    str(QT_TRANSLATE_NOOP("health", "saturated")),
    str(QT_TRANSLATE_NOOP("health", "Half of the units of {0} or more are at their limit for every sample.")),
    str(QT_TRANSLATE_NOOP("health", "Begin with smaller weights, standardize the data, or add BatchNorm.")),
)
SERIOUS = (NAN, EXPLODING, DEAD, SATURATED, VANISHING)
"""The worst first, and what makes gradients vanish before that they do."""


def symptoms(figures: Figures, saturates: Sequence[bool]) -> list[Symptom | None]:
    """The worst of each layer; `saturates` says which can be saturated, and not dead."""
    pulls = figures["weight_gradient"][:, 0]
    many = np.nan_to_num(figures["flat"]) >= MANY
    can = np.asarray(saturates, bool)
    found = {
        NAN: np.any([np.isinf(figures[name]).any(axis=1) for name in _MEASURED], axis=0),
        EXPLODING: np.nan_to_num(pulls, posinf=0.0) >= EXPLODED,
        VANISHING: _vanishing(pulls),
        DEAD: many & ~can,
        SATURATED: many & can,
    }
    return [next((each for each in SERIOUS if found[each][row]), None) for row in range(len(pulls))]


def first_and_last(pulls: NDArray[np.float32]) -> tuple[int, int, float] | None:
    """The rows of the first and the last layer with a gradient, and the first one's as a share of the last one's."""
    rows = np.flatnonzero(np.isfinite(pulls))
    if len(rows) < 2 or not pulls[rows[-1]] > 0:
        return None
    return int(rows[0]), int(rows[-1]), float(pulls[rows[0]] / pulls[rows[-1]])


_MEASURED = ("activation", "gradient", "weight", "weight_gradient")


def _vanishing(pulls: NDArray[np.float32]) -> NDArray[np.bool_]:
    known = np.where(np.isfinite(pulls), pulls, -1.0)
    if not known.size or known.max() <= 0:
        return np.zeros(known.shape, bool)
    ahead = np.arange(len(known)) < known.argmax()
    return ahead & (known >= 0) & (known < VANISHED * known.max())
