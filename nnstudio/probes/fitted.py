"""The curve that a model with one number as its input draws, and the pieces it is put together of.

Arrays `x` R; `fit` R, the value or the probability of class 1, or C×R, the probabilities of several classes. Where the
prediction is what a Linear puts out: `pieces` U×R, what each of its inputs adds, which is a weight times an activation;
`piece_units` U, which these are (the strongest of many). Facts `x0`, `x1`, `pieces` (how many there are), and `bias`:
all pieces and the bias together are the fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from nnstudio.probes.answers import Answers, read
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.places import Inputs, answer_at, edges_of, single
from nnstudio.probes.spec import Found, Look, float32
from nnstudio.probes.unit_lines import add_lines
from nnstudio.protocol.messages import Option

MOST_PIECES = 24
"""Curves that can be told apart."""
MOST_PLACES = 1024
"""So many run at once."""
_CLOSE = 1e-3
"""Of the largest value: so far may pieces and fit lie apart, as sums in 32 bits do."""


@dataclass
class _Calls:
    """Which Linear layers were called, in their order, with what."""

    made: list[tuple[nn.Linear, torch.Tensor]] = field(default_factory=list)

    def take(self, module: nn.Module, given: tuple[Any, ...], _output: object) -> None:
        if isinstance(module, nn.Linear) and given and given[0].ndim == 2:
            self.made.append((module, given[0]))


def look_along(look: Look, inputs: Inputs, options: Mapping[str, Option]) -> Found:
    """The curve over the line on which the data lie."""
    low, high = edges_of(torch.cat([inputs.columns(look.train), inputs.columns(look.test)]))
    if inputs.leader:
        x, columns = _samples(look, inputs)
    else:
        x = torch.linspace(low[0], high[0], clamp(whole(options, "places", 256), 2, MOST_PLACES))
        columns = x[:, None]
    node = str(options.get("node", ""))
    with _listening(look.model) as calls:
        output, traced = answer_at(look, inputs.fields(columns), [node] if node else [])
    answer, chosen, count = single(output, look.spec.task, whole(options, "output", 0))
    found = Found({"x": float32(x)}, {"x0": low[0], "x1": high[0], "output": chosen, "outputs": count})
    found.arrays["fit"] = float32(_curve(read(answer, look.spec.task), look.spec.task))
    if look.spec.task == "values":
        _add_pieces(found, calls, answer, chosen)
    add_lines(found, traced.get(node), options, (len(x),))
    return found


def _samples(look: Look, inputs: Inputs) -> tuple[torch.Tensor, torch.Tensor]:
    """The samples from the lowest to the highest, evenly chosen of very many: the number they follow from, and what
    the model takes.
    """
    parts = (look.train, look.test)
    leading = torch.cat([inputs.columns(part)[:, 0] for part in parts])
    order = leading.argsort()
    order = order[torch.linspace(0, len(order) - 1, min(len(order), MOST_PLACES)).long()]
    return leading[order], torch.cat([inputs.taken(part) for part in parts])[order]


def _curve(answers: Answers, task: str) -> torch.Tensor:
    if task == "values":
        return answers.predicted
    two = answers.probabilities.shape[1] == 2
    return answers.probabilities[:, 1] if two else answers.probabilities.T


def _add_pieces(found: Found, calls: _Calls, answer: torch.Tensor, chosen: int) -> None:
    """Of the last layer whose output is the prediction itself."""
    for layer, given in reversed(calls.made):
        row = min(chosen, layer.out_features - 1)
        pieces = layer.weight[row][:, None] * given.T
        bias = 0.0 if layer.bias is None else float(layer.bias[row])
        if not _is_sum(pieces, bias, answer):
            continue
        reach = pieces.amax(dim=1) - pieces.amin(dim=1)
        strongest = reach.argsort(descending=True, stable=True)[:MOST_PIECES].sort().values
        found.arrays["pieces"] = float32(pieces[strongest])
        found.arrays["piece_units"] = strongest.cpu().numpy()
        found.facts.update(pieces=len(pieces), bias=bias)
        return


def _is_sum(pieces: torch.Tensor, bias: float, answer: torch.Tensor) -> bool:
    if pieces.shape[1] != len(answer):
        return False
    apart = (pieces.sum(dim=0) + bias - answer).abs().max()
    return bool(apart <= _CLOSE * pieces.abs().sum(dim=0).max().clamp(min=1e-6))


@contextmanager
def _listening(model: nn.Module) -> Iterator[_Calls]:
    """Meanwhile calls of Linear layers are taken down; nothing stays at them."""
    calls = _Calls()
    hooks = [module.register_forward_hook(calls.take) for module in model.modules() if isinstance(module, nn.Linear)]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()
