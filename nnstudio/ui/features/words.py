"""How a point of a map came about, written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnstudio.protocol.messages import Option
from nnstudio.ui.canvas.texts import tr
from nnstudio.ui.panels.parts.numbers import cell_text
from nnstudio.ui.panels.parts.pictures import Floats

Facts = Mapping[str, Option]
WRITTEN = 6
"""More summands than that are counted."""


def equation(facts: Facts, sums: Floats | None, patch: Floats, layer: str) -> str:
    """The sum of a convolution, the mean or the largest of a pooling, what goes in and what comes out."""
    kind, value = facts.get("kind"), cell_text(number(facts, "value"))
    if kind in ("conv", "transposed"):
        return f"{_summed(sums if sums is not None else np.empty(0, np.float32))}{_bias(facts)} = {value}"
    if kind == "max":
        return tr("largest of {0} = {1}").format(int(np.isfinite(patch).sum()), value)
    if kind == "mean":
        return tr("sum {0} / {1} = {2}").format(cell_text(float(np.nansum(patch))), facts.get("divisor"), value)
    given = cell_text(float(patch.flat[0])) if patch.size else ""
    if kind == "norm":
        mean, deviation, scale, shift = (cell_text(number(facts, name)) for name in _NORM)
        return f"({given} − {_closed(mean)}) / {deviation} × {_closed(scale)} + {_closed(shift)} = {value}"
    return f"{layer}({given}) = {value}"


def not_told(layer: str, value: float) -> str:
    """Where it can not be taken apart."""
    words = tr("{0} puts {1} here. How it comes to that is told of convolutions, poolings and activations only.")
    return words.format(layer, cell_text(value))


def settings(facts: Facts) -> str:
    """How the window moves, as far as it is not what one expects."""
    told = [tr("inputs whose filters lie here")] if facts.get("kind") == "transposed" else []
    for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1)):
        sizes = whole(facts, name)
        if any(size != usual for size in sizes):
            told.append(f"{name} {sides(sizes)}")
    if facts.get("padding_mode") not in (None, "zeros"):
        told.append(str(facts["padding_mode"]))
    groups = facts.get("groups")
    return " · ".join([*told, f"groups {groups}"] if isinstance(groups, int) and groups > 1 else told)


def place_words(shape: Sequence[int], at: Sequence[int], signal: bool) -> str:
    """Where a point is, in the words of the map's axes."""
    if len(shape) == 2:
        words = tr("channel {0} · position {1}") if signal else tr("row {0}, column {1}")
        return words.format(*at)
    if len(shape) == 4:
        return tr("channel {0} · slice {1} · row {2}, column {3}").format(*at)
    return tr("channel {0} · row {1}, column {2}").format(*at)


def whole(facts: Facts, name: str) -> list[int]:
    """A fact that is a list of whole numbers."""
    found = facts.get(name)
    return [int(each) for each in found] if isinstance(found, list) else []


def number(facts: Facts, name: str) -> float:
    """A fact that is a number; 0 where it is none."""
    found = facts.get(name)
    return float(found) if isinstance(found, int | float) else 0.0


def sides(sizes: Sequence[int]) -> str:
    """One number where all are the same."""
    return str(sizes[0]) if len(set(sizes)) == 1 else "×".join(map(str, sizes))


_NORM = ("mean", "deviation", "scale", "shift")


def _summed(sums: Floats) -> str:
    """One channel's sum after the other; of many the first, and how many more."""
    if len(sums) == 1:
        return tr("Σ {0}").format(cell_text(float(sums[0])))
    shown = sums if len(sums) <= WRITTEN else sums[: WRITTEN - 2]
    text = " + ".join(_closed(cell_text(float(each))) for each in shown)
    if len(shown) == len(sums):
        return text or "0"
    rest = cell_text(float(sums[len(shown) :].sum()))
    return text + " + " + tr("{0} more {1}").format(len(sums) - len(shown), _closed(rest))


def _bias(facts: Facts) -> str:
    bias = facts.get("bias")
    return tr(" + bias {0}").format(_closed(cell_text(bias))) if isinstance(bias, float) else tr(" + no bias")


def _closed(text: str) -> str:
    """A negative number between brackets, to stand behind a sign."""
    return f"({text})" if text.startswith("−") else text
