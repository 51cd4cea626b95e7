"""How common operations compute, forward and back, as formulas; by the names of torch's functions.

In them {0}, {1}, {2} are the operands, {y} is what comes out, {g} the gradient that comes in, ∂L/∂y.
"""

from __future__ import annotations

from typing import Final

FORWARD: Final = {
    "add": "{0} + {1}",
    "sub": "{0} − {1}",
    "mul": "{0} · {1}",
    "div": "{0} / {1}",
    "neg": "−{0}",
    "pow": "{0}^{1}",
    "exp": "exp({0})",
    "log": "log({0})",
    "sqrt": "√{0}",
    "tanh": "tanh({0})",
    "sigmoid": "σ({0})",
    "relu": "max(0, {0})",
    "sin": "sin({0})",
    "cos": "cos({0})",
    "abs": "|{0}|",
    "mm": "{0} @ {1}",
    "bmm": "{0} @ {1}",
    "addmm": "{0} + {1} @ {2}",
    "t": "{0}ᵀ",
    "sum": "Σ {0}",
    "mean": "Σ {0} / n",
    "mse_loss": "Σ ({0} − {1})² / n",
}
"""What is not here is written as a call."""

SLOPES: Final[dict[str, tuple[str, ...]]] = {
    "add": ("1", "1"),
    "sub": ("1", "−1"),
    "mul": ("{1}", "{0}"),
    "div": ("1 / {1}", "−{0} / {1}²"),
    "neg": ("−1",),
    "pow": ("{1} · {0}^({1} − 1)", "{y} · log({0})"),
    "exp": ("{y}",),
    "log": ("1 / {0}",),
    "sqrt": ("1 / (2 · {y})",),
    "rsqrt": ("−{y}³ / 2",),
    "reciprocal": ("−{y}²",),
    "tanh": ("(1 − {y}²)",),
    "sigmoid": ("{y} · (1 − {y})",),
    "relu": ("[{0} > 0]",),
    "leaky_relu": ("(1 where {0} > 0, else the slope)",),
    "softplus": ("σ({0})",),
    "silu": ("silu′({0})",),
    "gelu": ("gelu′({0})",),
    "elu": ("elu′({0})",),
    "log_sigmoid": ("σ(−{0})",),
    "sin": ("cos({0})",),
    "cos": ("−sin({0})",),
    "abs": ("sign({0})",),
    "sum": ("1",),
    "mean": ("1/n",),
    "mse_loss": ("2 · ({0} − {1}) / n", "2 · ({1} − {0}) / n"),
    "binary_cross_entropy_with_logits": ("(σ({0}) − {1}) / n",),
    "binary_cross_entropy": ("({0} − {1}) / ({0} · (1 − {0}) · n)",),
}
"""The local derivative, by operand: each number's own, times the gradient that comes in."""

_SHAPED = ("{g} in the shape of {0}",)
_NORMED = ("{g} less its part in mean and deviation, / deviation", "Σ of {g} · normalized {0}", "Σ of {g}")
BACK: Final[dict[str, tuple[str, ...]]] = {
    "mm": ("{g} @ {1}ᵀ", "{0}ᵀ @ {g}"),
    "bmm": ("{g} @ {1}ᵀ", "{0}ᵀ @ {g}"),
    "addmm": ("Σ over the rows of {g}", "{g} @ {2}ᵀ", "{1}ᵀ @ {g}"),
    "t": ("({g})ᵀ",),
    "transpose": ("{g}, axes turned back",),
    "permute": ("{g}, axes turned back",),
    "view": _SHAPED,
    "unsafe_view": _SHAPED,
    "reshape_alias": _SHAPED,
    "squeeze": _SHAPED,
    "unsqueeze": _SHAPED,
    "clone": ("{g}",),
    "expand": ("Σ of {g} over what was repeated",),
    "select": ("{g} at its place, 0 elsewhere",),
    "slice": ("{g} at its place, 0 elsewhere",),
    "index": ("{g} at its places, 0 elsewhere",),
    "convolution": (
        "Σ over positions of {1} · {g}",
        "Σ over positions of the patch of {0} · {g}",
        "Σ over positions of {g}",
    ),
    "max_pool2d_with_indices": ("{g} at the largest of each window, 0 elsewhere",),
    "avg_pool2d": ("{g} / n at each place of its window",),
    "mean": ("{g} / n at every place",),
    "softmax": ("{y} · ({g} − Σ {g} · {y})",),
    "log_softmax": ("{g} − softmax({0}) · Σ {g}",),
    "nll_loss": ("−1/n · {g} at the class {1}, 0 elsewhere",),
    "nll_loss2d": ("−1/n · {g} at the class {1} of each place, 0 elsewhere",),
    "embedding": ("Σ of {g} in each row that was looked up",),
    "native_layer_norm": _NORMED,
    "native_batch_norm": _NORMED,
    "mkldnn_rnn_layer": ("{g} back through all time steps, the last first",) * 5,
}
"""The whole way back, by operand, where there is no derivative for each number alone."""
