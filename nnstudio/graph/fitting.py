"""Would a layer that is not in the drawing yet take a wire, or feed one? As it is with its default values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.catalogue.tensors import N, TensorSpec, kind_of
from nnstudio.errors import BadParameter, ShapeError
from nnstudio.params import Value

FITS, DOUBTFUL, REFUSED = "fits", "doubtful", "refused"
_RANK = {FITS: 0, DOUBTFUL: 1, REFUSED: 2}
_SOME = 16
"""Stands for a size that is not known."""


@dataclass(frozen=True)
class Fit:
    """What comes of wiring it: at which of its ports, and what does not fit there. A doubtful wire may exist."""

    answer: str
    port: str = ""
    reason: str = ""


def takes(layer: LayerType, values: Mapping[str, Value], output: Port, spec: TensorSpec | None) -> Fit:
    """Which of its inputs takes best what comes out of `output`; `spec` is its shape, where that is known."""
    label = output.dtype == "int64"
    fits = [(_taken(layer, values, port, output, spec), port) for port in layer.inputs_for(values)]
    ranked = [(_RANK[fit.answer], port.optional, port.target != label, n, fit) for n, (fit, port) in enumerate(fits)]
    return min(ranked, key=lambda entry: entry[:4])[-1] if ranked else Fit(REFUSED, reason="It has no inputs.")


def gives(layer: LayerType, values: Mapping[str, Value], entry: Port) -> Fit:
    """Which of its outputs best feeds an input."""
    known = _examples(layer, values)
    fits = [_given(port, entry, known.get(port.name)) for port in layer.outputs_for(values)]
    ranked = [(_RANK[fit.answer], n, fit) for n, fit in enumerate(fits)]
    return min(ranked, key=lambda pair: pair[:2])[-1] if ranked else Fit(REFUSED, reason="It has no outputs.")


def _same_type(one: Port, other: Port) -> bool:
    return "any" in (one.dtype, other.dtype) or one.dtype == other.dtype


def _taken(layer: LayerType, values: Mapping[str, Value], entry: Port, output: Port, spec: TensorSpec | None) -> Fit:
    if not _same_type(entry, output):
        return Fit(REFUSED, entry.name, "It takes another type.")
    if spec is None:
        return Fit(FITS, entry.name)
    try:
        entry.match(spec)
        if [port.name for port in layer.inputs_for(values) if not port.optional] == [entry.name]:
            _run(layer, values, {entry.name: spec})
    except ShapeError as error:
        return Fit(DOUBTFUL, entry.name, error.message)
    return Fit(FITS, entry.name)


def _given(output: Port, entry: Port, spec: TensorSpec | None) -> Fit:
    if not _same_type(output, entry):
        return Fit(REFUSED, output.name, "It gives another type.")
    if spec is None:
        return Fit(FITS, output.name)
    try:
        entry.match(spec)
    except ShapeError as error:
        return Fit(DOUBTFUL, output.name, error.message)
    return Fit(FITS, output.name)


def _examples(layer: LayerType, values: Mapping[str, Value]) -> Mapping[str, TensorSpec]:
    """What it puts out where its inputs get the plainest shapes they take; nothing where any shape will do."""
    needed = [port for port in layer.inputs_for(values) if not port.optional]
    inputs = {port.name: _plainest(port) for port in needed}
    if any(spec is None for spec in inputs.values()):
        return {}
    try:
        return _run(layer, values, {name: spec for name, spec in inputs.items() if spec is not None})
    except ShapeError:
        return {}


def _plainest(port: Port) -> TensorSpec | None:
    names = port.pattern.split()
    if "..." in names:
        return None
    shape = tuple(N if name == "N" else _SOME for name in names)
    return TensorSpec(shape, "float32" if port.dtype == "any" else port.dtype, kind_of(shape))  # type: ignore[arg-type]


def _run(layer: LayerType, values: Mapping[str, Value], specs: Mapping[str, TensorSpec]) -> Mapping[str, TensorSpec]:
    """Its shape rule. Raises ShapeError. What only the engine can tell is left open."""
    if layer.is_block or layer.family.key == "custom":
        return {}
    inputs = {port.name: (specs[port.name],) if port.name in specs else () for port in layer.inputs_for(values)}
    return layer.output_specs(layer.place(values, inputs))


def values_of(layer: LayerType, given: Mapping[str, object]) -> Mapping[str, Value]:
    """The values of a new node: those given, defaults for the rest; nothing where a value is missing."""
    try:
        return layer.check(given)
    except BadParameter:
        return {}
