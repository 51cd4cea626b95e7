"""Layers that go through a sequence step by step, and those that take one apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.spec import FlopsRule, WeightsRule
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, kind_of, shape_text
from nnstudio.errors import ShapeError

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
"""How many numbers a cell computes for each one of its state."""


def recurrent(*states: str) -> Callable[[Site], dict[str, TensorSpec]]:
    """nn.RNN, nn.GRU and nn.LSTM: the state of every step N×L×(D·H), and the last ones N×S×H.

    D is 2 in both directions and else 1; S is D for each layer. `states` are the names of the last ones.
    """

    def rule(site: Site) -> dict[str, TensorSpec]:
        _check_dropout(site)
        _check_states(site, states)
        hidden, length = site.number("hidden_size"), site.dims["x.L"]
        last = TensorSpec((N, _directions(site) * site.number("num_layers"), hidden), kind="sequence")
        steps = TensorSpec((N, length, _directions(site) * hidden), kind="sequence")
        return {"y": steps, **dict.fromkeys(states, last)}

    return rule


def recurrent_weights(cell: str) -> WeightsRule:
    """nn.RNN, nn.GRU and nn.LSTM: for each layer and direction one matrix for the input and one for the state."""

    def rule(site: Site) -> dict[str, Shape]:
        suffixes = ("", "_reverse")[: _directions(site)]
        weights: dict[str, Shape] = {}
        for layer, size in enumerate(_input_sizes(site)):
            for suffix in suffixes:
                named = cell_weights(cell, size, site.number("hidden_size"), bool(site.params["bias"]))
                weights |= {f"{name}_l{layer}{suffix}": shape for name, shape in named.items()}
        return weights

    return rule


def recurrent_flops(cell: str) -> FlopsRule:
    """A multiply and an add for each number of the matrices, at every step."""

    def rule(site: Site) -> int:
        hidden = site.number("hidden_size")
        steps = sum(cell_flops(cell, size, hidden) for size in _input_sizes(site))
        return site.dims["x.L"] * _directions(site) * steps

    return rule


def cell_weights(cell: str, size: int, hidden: int, bias: bool = True) -> dict[str, Shape]:
    """One layer of a cell, in one direction."""
    rows = GATES[cell] * hidden
    weights: dict[str, Shape] = {"weight_ih": (rows, size), "weight_hh": (rows, hidden)}
    return weights | ({"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {})


def cell_flops(cell: str, size: int, hidden: int) -> int:
    """One step of one layer of a cell."""
    return 2 * GATES[cell] * hidden * (size + hidden)


def _directions(site: Site) -> int:
    return 2 if site.params["bidirectional"] else 1


def _input_sizes(site: Site) -> list[int]:
    """What each layer gets at a step: the input, then the states of the layer below."""
    above = [_directions(site) * site.number("hidden_size")] * (site.number("num_layers") - 1)
    return [site.dims["x.F"], *above]


def _check_dropout(site: Site) -> None:
    if site.params["dropout"] and site.number("num_layers") == 1:
        raise ShapeError(
            "has dropout and a single layer, and dropout works between layers.",
            fix="Set num_layers to 2 or more, or dropout to 0.",
            sets={"num_layers": 2},
        )


def _check_states(site: Site, states: tuple[str, ...]) -> None:
    given = {f"{name}0": site.maybe(f"{name}0") for name in states}
    missing = [port for port, spec in given.items() if spec is None]
    if missing and len(missing) < len(given):
        there = next(port for port in given if port not in missing)
        raise ShapeError(
            f"gets {there} and no {missing[0]}.", port=missing[0], fix="Connect both, or neither: then they are zero."
        )
    for port, spec in given.items():
        if spec is not None:
            _check_state(site, port, spec)


def _check_state(site: Site, port: str, spec: TensorSpec) -> None:
    needed = (N, _directions(site) * site.number("num_layers"), site.number("hidden_size"))
    if spec.shape != needed:
        _, rows, hidden = spec.shape
        layers = max(1, rows // _directions(site))
        raise ShapeError(
            f"gets {shape_text(spec.shape)} and needs {shape_text(needed)}: for each layer and direction a state of "
            "hidden_size numbers.",
            port=port,
            fix=f"Set hidden_size to {hidden} and num_layers to {layers}, or change where the state comes from.",
            sets={"hidden_size": hidden, "num_layers": layers},
        )


def last_step(site: Site) -> TensorSpec:
    """Tensor.select(1, -1): the last of the steps."""
    spec = site.one()
    shape = (N, *spec.shape[2:])
    return replace(spec, shape=shape, kind=_kind_of_step(spec, shape))


def _kind_of_step(spec: TensorSpec, shape: Shape) -> str:
    if spec.dtype == "int64" and spec.kind in ("tokens", "label"):
        return "tokens" if len(shape) > 1 else "label"
    return "image" if spec.dtype == "float32" and len(shape) == 4 else kind_of(shape)


def reverse(site: Site) -> TensorSpec:
    """Tensor.flip(1): the steps in the opposite order."""
    return site.one()
