"""Layers that make one number of many, along a size or over a whole sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnstudio.catalogue.layers.merge import family as family
from nnstudio.catalogue.shapes import reduction
from nnstudio.catalogue.spec import Code, Function, LayerType, Port, Site
from nnstudio.params import Bool, Int, Param, ParamSet

_OUT = (Port("y", "..."),)


def _code(callee: str) -> Callable[[Site], Code]:
    return lambda site: Function(callee, fixed=reduction.arguments(site))


def _over(type_name: str, callee: str, summary: str, *params: Param, **words: Any) -> LayerType:
    """A function of all numbers along a size, or of all of a sample."""
    dim = Int(
        "dim", None, "Along which size; empty for the whole sample.", low=-8, high=8, optional=True, argument=False
    )
    keepdim = Bool("keepdim", False, "Leave a size of 1 in its place.", argument=False)
    return LayerType(
        type_name,
        summary,
        inputs=(Port("x", "..."),),
        outputs=_OUT,
        params=ParamSet((dim, *params, keepdim)),
        code=_code(callee),
        **({"shape": reduction.reduce} | words),
    )


Sum = _over(
    "Sum",
    "torch.sum",
    "Sums numbers up along a size, or over the whole sample.",
    help="One number of many. The batch stays as it is; of a tensor without batch everything is summed.",
    formula="y = Σᵢ xᵢ",
    aliases=("total", "reduce sum"),
    stem="total",
)

Mean = _over(
    "Mean",
    "torch.mean",
    "The mean along a size, or over the whole sample.",
    help="Like Sum, but it does not grow with how many numbers there are. Over the steps of a sequence it makes one "
    "vector of all.",
    formula="y = (1/n)·Σᵢ xᵢ",
    aliases=("average", "reduce mean", "avg"),
)

Variance = _over(
    "Variance",
    "torch.var",
    "How far numbers lie from their mean, squared.",
    Int(
        "correction",
        1,
        "Taken off their count; 0 for the variance of these very numbers.",
        low=0,
        high=1,
        argument=False,
    ),
    shape=reduction.variance,
    help="With correction 1 it estimates the variance of what the numbers were drawn from. Use it to look at how "
    "signals spread from layer to layer, or to normalize by hand with correction 0.",
    formula="y = Σᵢ (xᵢ - mean)² / (n - correction)",
    aliases=("var", "spread", "standard deviation", "std"),
)

Max = _over(
    "Max",
    "torch.amax",
    "The largest number along a size, or of the whole sample.",
    help="The strongest answer, wherever it is: over the steps of a sequence it is max pooling. Where several are "
    "largest they share the gradient.",
    formula="y = maxᵢ xᵢ",
    aliases=("largest", "amax", "reduce max"),
)

Min = _over(
    "Min",
    "torch.amin",
    "The smallest number along a size, or of the whole sample.",
    help="The weakest answer, or the nearest of several distances. Where several are smallest they share the gradient.",
    formula="y = minᵢ xᵢ",
    aliases=("smallest", "amin", "reduce min"),
)

ArgMax = LayerType(
    "ArgMax",
    "Where along a size the largest number is.",
    inputs=(Port("x", "..."),),
    outputs=(Port("y", "...", dtype="int64"),),
    params=ParamSet(
        (
            Int(
                "dim",
                -1,
                "Along which size; -1 is the last.",
                low=-8,
                high=8,
                torch_default=None,
            ),
        )
    ),
    shape=reduction.argmax,
    code=Function("torch.argmax"),
    help="Makes the class that a network predicts of its scores. It has no gradient, so use it for what goes out, not "
    "on the way to a loss.",
    formula="y = argmaxᵢ xᵢ",
    aliases=("prediction", "predicted class", "classificationlayer"),
)
