"""The autograd graph of one sample's loss: every operation, what it put out, and the gradient that came back to it.

Options: `sample`. Nodes are numbered in the order of the computation, edges in that of their targets.

Facts, one entry for each node: `kinds` ("AddmmBackward0", or "parameter", "input", "constant"), `labels` (variable,
parameter or field), `groups` (the variable or module it belongs to), `shapes`, `saved` (what backward needs); for each
edge `edge_shapes`. Further `sample`, `samples`, `loss`, and `left`, the operations that were left out.

Arrays: `edges` (source, target, place among the target's inputs, and 1 where a gradient goes back), `order` (the
operations as backward passes them), `figures` (mean, deviation, least, largest of each node's output), `norms` (of the
gradient by it); and rows of numbers of different lengths, the second array says where each begins: `values` and
`value_starts`, `gradients` and `gradient_starts` by node, `parts` (what goes back along an edge) and `part_starts`,
`locals` (the derivative of the target by the source) and `local_starts` by edge. NaN and no numbers at all stand for
what is not known, or too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.autograd_nodes import Forward, Graph, graph_of
from nnstudio.probes.gradients import loss_of
from nnstudio.probes.operations import FEW, Backward, Made, Recorder, few_of, figures_of
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.saved import saved_text, shape_text
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

_EACH = """
    Abs Add Cos Div Elu Exp Gelu Hardtanh LeakyRelu Log LogSigmoid Mul Neg Pow Reciprocal Relu Rsqrt Rsub Sigmoid Silu
    Sin Softplus Sqrt Sub Tanh
"""
ELEMENTWISE = frozenset(_EACH.split())
"""Each number of what they put out depends on one number only: their derivative has as many."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    samples = len(look.test[look.spec.inputs[0]]) if look.spec.inputs else 1
    if not samples:
        raise DataError("There is no test sample to compute with.", fix="Give the test set a share of the data.")
    sample = clamp(whole(options, "sample", 0), 0, samples - 1)
    rows = {name: tensor[sample : sample + 1] for name, tensor in look.test.items()}
    graph, made, loss = _forward(look, rows)
    back = Backward()
    operations, parameters = graph.operations(), graph.parameters()
    back.run(loss, operations, list(parameters.values()))
    told = _Telling(graph, made, back)
    found = Found(told.arrays(), told.facts())
    found.facts.update(sample=sample, samples=samples, loss=loss.item(), left=graph.left)
    return found


def _forward(look: Look, rows: Mapping[str, torch.Tensor]) -> tuple[Graph, dict[int, Made], torch.Tensor]:
    given = _given(look, rows)
    recorder = Recorder(given)
    with torch.enable_grad(), recorder.following(look.model), recorder:
        traced = look.trace([rows[name] for name in look.spec.inputs])
        loss = loss_of(look, [traced[name] for name in look.spec.outputs], rows)
    if loss is None:
        raise DataError("There is no loss, so nothing is to be differentiated.", fix="Connect a loss.")
    if not loss.requires_grad:
        raise DataError("The loss depends on nothing that is trained.", fix="Add a Linear, or let a Value be trained.")
    return graph_of(loss, Forward(traced, recorder.made, given), look.model), recorder.made, loss


def _given(look: Look, rows: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What has no gradient, by kind and name."""
    wanted = dict.fromkeys((*look.spec.inputs, *look.spec.targets))
    frozen = {name: tensor for name, tensor in look.model.named_parameters() if not tensor.requires_grad}
    constants = dict(look.model.named_buffers()) | frozen
    given = {f"constant:{name}": tensor for name, tensor in constants.items()}
    return given | {f"input:{name}": rows[name] for name in wanted}


class _Telling:
    """Packs a graph that was run forward and back."""

    def __init__(self, graph: Graph, made: Mapping[int, Made], back: Backward) -> None:
        self._graph, self._back = graph, back
        self._made: list[Made | None] = [self._made_by(node.function, node.shape, made) for node in graph.nodes]
        self._gradients = self._all_gradients()

    def facts(self) -> dict[str, Option]:
        nodes = self._graph.nodes
        return {
            "kinds": [node.kind for node in nodes],
            "labels": [node.label for node in nodes],
            "groups": [node.group for node in nodes],
            "shapes": [shape_text(node.shape) for node in nodes],
            "saved": [saved_text(node.function) if node.function is not None else "" for node in nodes],
            "edge_shapes": [shape_text(edge.shape) for edge in self._graph.edges],
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        edges = [(edge.source, edge.target, edge.place, int(edge.differentiable)) for edge in self._graph.edges]
        return {
            "edges": np.array(edges, np.int32).reshape(-1, 4),
            "order": np.array(self._back.order, np.int32),
            "figures": float32(_rows(self._figures(), 4)),
            "norms": float32(_rows([None if g is None else g.float().norm().reshape(1) for g in self._gradients], 1)),
            **_packed("value", self._values()),
            **_packed("gradient", [few_of(gradient) for gradient in self._gradients]),
            **_packed("part", [few_of(self._part(edge.target, edge.place)) for edge in self._graph.edges]),
            **_packed("local", self._locals()),
        }

    # What is known of each node

    def _made_by(self, function: Any, shape: tuple[int, ...], made: Mapping[int, Made]) -> Made | None:
        """What ran as that function; nothing where its shape shows that it was another."""
        found = made.get(function._sequence_nr()) if function is not None else None
        return found if found is not None and found.shape == shape else None

    def _figures(self) -> list[torch.Tensor | None]:
        known = zip(self._graph.nodes, self._made, strict=True)
        return [
            figures_of(node.tensor) if node.tensor is not None else made.figures if made is not None else None
            for node, made in known
        ]

    def _values(self) -> list[torch.Tensor | None]:
        known = zip(self._graph.nodes, self._made, strict=True)
        return [
            few_of(node.tensor) if node.tensor is not None else made.numbers if made is not None else None
            for node, made in known
        ]

    def _all_gradients(self) -> list[torch.Tensor | None]:
        """Of an operation what comes into it; of a leaf the sum of what comes along its edges."""
        found: list[torch.Tensor | None] = [self._back.incoming.get(n) for n in range(len(self._graph.nodes))]
        parameters = self._graph.parameters()
        for edge in self._graph.edges:
            part = self._part(edge.target, edge.place) if edge.source in parameters else None
            if part is not None:
                before = found[edge.source]
                found[edge.source] = part if before is None else before + part
        return found

    def _part(self, target: int, place: int) -> torch.Tensor | None:
        return self._back.outgoing.get((target, place))

    def _locals(self) -> list[torch.Tensor | None]:
        """The derivative of each edge's target by its source, where it has few numbers."""
        slopes = {n: self._slopes(n) for n in self._graph.operations()}
        return [slopes[edge.target].get(edge.place) if edge.differentiable else None for edge in self._graph.edges]

    def _slopes(self, number: int) -> dict[int, torch.Tensor | None]:
        """By place. Autograd's own function is asked, with a gradient of one."""
        node, incoming = self._graph.nodes[number], self._back.incoming.get(number)
        single = incoming is not None and incoming.numel() == 1
        each = node.kind.partition("Backward")[0] in ELEMENTWISE
        if incoming is None or incoming.numel() > FEW or not (single or each) or not _callable(node.function):
            return {}
        parts = node.function(torch.ones_like(incoming))
        parts = parts if isinstance(parts, tuple) else (parts,)
        fits = [(place, part) for place, part in enumerate(parts) if isinstance(part, torch.Tensor)]
        return {place: few_of(part) for place, part in fits if single or part.shape == incoming.shape}


def _callable(function: Any) -> bool:
    """Whether it takes one gradient, and is torch's own: one that a person wrote may count its calls."""
    own = isinstance(function, torch.autograd.function.BackwardCFunction)
    return not own and len(function._input_metadata) == 1


def _rows(rows: Sequence[torch.Tensor | None], width: int) -> torch.Tensor:
    """One below the other, NaN where there is nothing; they come from the device all at once."""
    known = [row for row in rows if row is not None]
    blank = torch.full((width,), torch.nan, device=known[0].device if known else "cpu")
    return torch.stack([blank if row is None else row.to(blank) for row in rows]) if rows else torch.empty(0, width)


def _packed(name: str, rows: Iterable[torch.Tensor | None]) -> dict[str, NDArray[Any]]:
    """Rows of numbers one behind the other, and where each begins."""
    known = list(rows)
    sizes = [0 if row is None else row.numel() for row in known]
    numbers = [row for row in known if row is not None]
    joined = float32(torch.cat([row.to(numbers[0]) for row in numbers])) if numbers else np.zeros(0, np.float32)
    return {f"{name}s": joined, f"{name}_starts": np.cumsum([0, *sizes]).astype(np.int32)}


AUTOGRAD_GRAPH = Probe("autograd_graph", "The autograd graph of one sample, with values and gradients.", _look)
"""See above for options, facts and arrays."""
