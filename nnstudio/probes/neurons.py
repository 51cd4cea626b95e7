"""What every unit of every layer says of each place in the plane, and the weights that join the layers.

Options: `resolution` (cells along a side of a map), `units` and `layers` (shown at most); `layer`, `unit` and `fine`
(one unit to be told in so many cells along a side as well).
Facts: `layers`, the names of those that are told, in the order of the computation, the first ones and the last;
`layer_count`, how many there are; `units:NAME`, how many units a layer has; for each Linear between two of them, in the
same order, `weights` and `biases` (the tensors by their names in the state dict, "" for no bias), `sources` and
`targets` (the layers); `link_sources` and `link_targets`, layers of which the second is made of the first without a
Linear; the edges `x0`, `x1`, `y0`, `y1`; `names` of the classes; `fine_layer` and `fine_unit`.
Arrays: `map:NAME` (units×R×R, from the lowest y), `weight:I` and `bias:I` for the Linears in their order (out×in, those
of the units that are told), `points` and `labels` (-1 for none) of the training set, and `fine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import nn

from nnstudio.errors import DataError
from nnstudio.probes.answers import class_labels
from nnstudio.probes.columns import Joint, wired
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.plane import Edges, edges_around, field_of_points, middles
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

MOST_UNITS, MOST_LAYERS = 64, 32
MOST_CELLS = 128
"""Along a side of a map."""
MOST_POINTS = 300
"""Shown over a map; more hide it."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    field = field_of_points(look, "Neurons")
    resolution = clamp(whole(options, "resolution", 24), 2, MOST_CELLS)
    edges, place = _ground(look.train[field], look.test[field], resolution)
    wiring, variables = wired(look, field, place)
    if len(wiring.columns) < 2:
        raise DataError("No layer makes units of the points yet.", fix="Add a Linear behind the data.")
    layers = _told(wiring.columns, clamp(whole(options, "layers", 12), 2, MOST_LAYERS))
    units = clamp(whole(options, "units", 16), 1, MOST_UNITS)
    found = Found(facts={"layers": [*layers], "layer_count": len(wiring.columns), "names": [*look.class_names]})
    found.facts.update(zip(("x0", "x1", "y0", "y1"), edges, strict=True))
    for name in layers:
        values = variables[name].reshape(len(place), -1)
        found.facts[f"units:{name}"] = values.shape[1]
        found.arrays[f"map:{name}"] = float32(values[:, :units].T).reshape(-1, resolution, resolution)
    _add_wires(found, look.model, [each for each in wiring.joints if {each.source, each.target} <= {*layers}], units)
    links = [link for link in wiring.links if {*link} <= {*layers}]
    found.facts.update(link_sources=[source for source, _ in links], link_targets=[target for _, target in links])
    _add_points(found, look, field)
    _add_fine(found, look, options, field)
    return found


def _told(columns: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The first ones and the last, which is the network's answer."""
    return columns if len(columns) <= most else (*columns[: most - 1], columns[-1])


@lru_cache(maxsize=4)
def _ground(train: torch.Tensor, test: torch.Tensor, resolution: int) -> tuple[Edges, torch.Tensor]:
    """The edges around the points and the middles of the cells between: found once, as the points stay the same."""
    edges = edges_around(torch.cat([train, test]))
    return edges, middles(edges, resolution).to(train)


def _add_wires(found: Found, model: nn.Module, joints: list[Joint], units: int) -> None:
    parameters = dict(model.named_parameters())
    for number, joint in enumerate(joints):
        found.arrays[f"weight:{number}"] = float32(parameters[joint.weight][:units, :units])
        if joint.bias:
            found.arrays[f"bias:{number}"] = float32(parameters[joint.bias][:units])
    found.facts["weights"] = [joint.weight for joint in joints]
    found.facts["biases"] = [joint.bias for joint in joints]
    found.facts["sources"] = [joint.source for joint in joints]
    found.facts["targets"] = [joint.target for joint in joints]


def _add_points(found: Found, look: Look, field: str) -> None:
    points, target = look.train[field][:MOST_POINTS], look.train.get(look.spec.target)
    labels = torch.full((len(points),), -1) if target is None else class_labels(target[:MOST_POINTS], look.spec)
    found.arrays.update(points=float32(points), labels=labels.numpy())


def _add_fine(found: Found, look: Look, options: Mapping[str, Option], field: str) -> None:
    """One unit in smaller cells, where there is such a one."""
    layer, unit = str(options.get("layer", "")), whole(options, "unit", 0)
    cells = clamp(whole(options, "fine", 0), 0, MOST_CELLS)
    if cells < 2 or f"map:{layer}" not in found.arrays:
        return
    _, place = _ground(look.train[field], look.test[field], cells)
    values = {field: place, **look.trace([place])}[layer].reshape(len(place), -1)
    if 0 <= unit < values.shape[1]:
        found.arrays["fine"] = float32(values[:, unit]).reshape(cells, cells)
        found.facts.update(fine_layer=layer, fine_unit=unit)


NEURONS = Probe("neurons", "What every unit says of each place in the plane, and what joins them.", _look)
"""See above for options, facts and arrays."""
