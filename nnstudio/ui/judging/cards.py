"""A frame of the predictions probe as cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.data.words import MARKS
from nnstudio.ui.panels.parts.card import Card, Token

MOST_TOKENS = 96
"""On one card."""


def names_of(frame: ProbeFrame) -> list[str]:
    """The classes' names, empty where they have none."""
    listed = frame.facts.get("names")
    return [str(name) for name in listed] if isinstance(listed, list) else []


def samples_of(frame: ProbeFrame) -> NDArray | None:
    """What the network saw of each sample."""
    return next((array.numpy() for name, array in frame.arrays.items() if name.startswith("input:")), None)


def cards_of(arrays: Mapping[str, NDArray], frame: ProbeFrame) -> list[Card]:
    """A card for each sample of the arrays, which are those of the frame or a part of them."""
    names, numbers = names_of(frame), frame.facts.get("task") == "values"
    make = _sequence_card if "counts" in arrays else _number_card if numbers else _class_card
    return [make(arrays, place, names) for place in range(len(arrays["index"]))]


def class_word(label: int, names: Sequence[str]) -> str:
    """A class by its name, with a mark for one that can not be seen, or by its number."""
    return MARKS.get(names[label], names[label]) if 0 <= label < len(names) else str(label)


def _class_card(arrays: Mapping[str, NDArray], place: int, names: Sequence[str]) -> Card:
    true, predicted = arrays["true"][place], arrays["predicted"][place]
    sure = arrays.get("confidence")
    detail = "" if sure is None else _tr("{0} %").format(f"{100 * float(sure[place]):.0f}")
    words = _word(true, names), _word(predicted, names)
    return Card(int(arrays["index"][place]), *words, detail, bool(true != predicted), _sample(arrays, place))


def _number_card(arrays: Mapping[str, NDArray], place: int, names: Sequence[str]) -> Card:
    true, predicted = arrays["true"][place], arrays["predicted"][place]
    error = arrays["error"][place] if "error" in arrays else np.abs(predicted - true).mean()
    detail = _tr("off by {0}").format(f"{float(error):.3g}")
    words = _word(true, names), _word(predicted, names)
    return Card(int(arrays["index"][place]), *words, detail, None, _sample(arrays, place))


def _sequence_card(arrays: Mapping[str, NDArray], place: int, names: Sequence[str]) -> Card:
    """What is said at each place, with what is wrong marked."""
    counts = np.flatnonzero(arrays["counts"][place].reshape(-1))
    true, predicted = (arrays[name][place].reshape(-1)[counts] for name in ("true", "predicted"))
    right = true == predicted
    tokens = [
        Token(class_word(int(said), names), "" if well else class_word(int(wanted), names))
        for said, wanted, well in zip(predicted[:MOST_TOKENS], true, right, strict=False)
    ]
    detail = _tr("{0} of {1} right").format(int(right.sum()), len(right))
    spaced = any(len(name) > 1 and name not in MARKS for name in names[3:])
    return Card(int(arrays["index"][place]), "", "", detail, None, tokens=tuple(tokens), spaced=spaced)


def _sample(arrays: Mapping[str, NDArray], place: int) -> NDArray:
    samples = next((array for name, array in arrays.items() if name.startswith("input:")), None)
    return samples[place] if samples is not None else np.empty(0, np.float32)


def _word(value: NDArray, names: Sequence[str]) -> str:
    """A class by its name, a number in a few digits, several numbers as the first of them and how many more."""
    if np.ndim(value):
        numbers = np.ravel(value)
        return f"{float(numbers[0]):.3g}" + (f" +{len(numbers) - 1}" if len(numbers) > 1 else "")
    if np.issubdtype(np.asarray(value).dtype, np.integer):
        return class_word(int(value), names)
    return f"{float(value):.3g}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("PredictionsPanel", text)
