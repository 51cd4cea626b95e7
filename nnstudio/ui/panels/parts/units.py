"""A frame of the neurons probe, understood: layers of units over the plane, and the Linears that join them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from nnstudio.protocol.messages import ProbeFrame

Floats = NDArray[np.float32]
Unit: TypeAlias = tuple[int, int]
"""A layer and a unit of it, by their numbers."""


@dataclass(frozen=True)
class Layer:
    """`units` is how many it has; `maps` are those that are shown: U×R×R, from the lowest y."""

    name: str
    units: int
    maps: Floats

    @cached_property
    def reach(self) -> float:
        """The largest size of a value, so that all its maps share their colours."""
        finite = np.abs(self.maps[np.isfinite(self.maps)])
        return float(finite.max(initial=0.0)) or 1.0


@dataclass(frozen=True)
class Joint:
    """A Linear from one layer to another, by their numbers: `weights` are out×in; it may have no `biases`."""

    source: int
    target: int
    weight: str
    bias: str
    weights: Floats
    biases: Floats | None


@dataclass(frozen=True, order=True)
class Place:
    """Where a number stands: a weight of a joint by the units it goes to and comes from, or a bias with no source."""

    joint: int
    unit: int
    source: int = -1

    @property
    def is_bias(self) -> bool:
        return self.source < 0

    @property
    def index(self) -> tuple[int, ...]:
        """In its tensor."""
        return (self.unit,) if self.is_bias else (self.unit, self.source)


@dataclass(frozen=True)
class Units:
    """What a frame tells.

    `links` are layers by their numbers, of which the second is made of the first without a Linear. `fine`
    are the layer and the unit that are told in smaller cells, and these cells.
    """

    layers: tuple[Layer, ...]
    joints: tuple[Joint, ...]
    links: tuple[tuple[int, int], ...]
    layer_count: int
    edges: tuple[float, float, float, float]
    points: Floats
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    fine: tuple[int, int, Floats] | None = None

    @staticmethod
    def of(frame: ProbeFrame, name_now: Callable[[str], str] = str) -> Units:
        """`name_now` gives the names that layers and tensors have by now."""
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        told, facts = _words(frame, "layers"), frame.facts
        sizes = [int(_number(frame, f"units:{name}")) for name in told]
        x0, x1, y0, y1 = (_number(frame, name) for name in ("x0", "x1", "y0", "y1"))
        fine = None
        if "fine" in arrays:
            fine = told.index(str(facts["fine_layer"])), int(_number(frame, "fine_unit")), arrays["fine"]
        return Units(
            layers=tuple(
                Layer(name_now(name), size, arrays[f"map:{name}"]) for name, size in zip(told, sizes, strict=True)
            ),
            joints=tuple(_joints(frame, arrays, told, name_now)),
            links=tuple(
                (told.index(source), told.index(target))
                for source, target in zip(_words(frame, "link_sources"), _words(frame, "link_targets"), strict=True)
            ),
            layer_count=int(_number(frame, "layer_count")),
            edges=(x0, x1, y0, y1),
            points=arrays["points"],
            labels=arrays["labels"],
            names=tuple(_words(frame, "names")),
            fine=fine,
        )

    @property
    def shape(self) -> tuple[object, ...]:
        """Two of the same shape are laid out alike."""
        joints = tuple((joint.source, joint.target, joint.weights.shape) for joint in self.joints)
        return (tuple(layer.maps.shape for layer in self.layers), joints, self.links)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Of all weights that are shown, joint by joint, row by row."""
        shapes = enumerate(joint.weights.shape for joint in self.joints)
        return tuple(Place(number, *map(int, at)) for number, shape in shapes for at in np.ndindex(*shape))

    @cached_property
    def weights(self) -> Floats:
        """In the order of `places`."""
        return np.concatenate([np.empty(0, np.float32), *(joint.weights.ravel() for joint in self.joints)])

    @cached_property
    def reach(self) -> float:
        """The size of the largest weight."""
        finite = np.abs(self.weights[np.isfinite(self.weights)])
        return float(finite.max(initial=0.0)) or 1.0

    def value(self, place: Place) -> float:
        """The number that stands there."""
        joint = self.joints[place.joint]
        tensor = joint.biases if place.is_bias else joint.weights
        return float("nan") if tensor is None else float(tensor[place.index])

    def tensor(self, place: Place) -> str:
        """The name, as in the state dict, of what it stands in; empty for what is not known."""
        joint = self.joints[place.joint]
        return joint.bias if place.is_bias else joint.weight

    def unit_name(self, layer: int, unit: int) -> str:
        return f"{self.layers[layer].name}[{unit}]"

    def touching(self, unit: Unit) -> NDArray[np.bool_]:
        """Which of `places` lead to a unit, or away from it."""
        ends = [(self.joints[place.joint], place) for place in self.places]
        found = [unit in ((joint.target, at.unit), (joint.source, at.source)) for joint, at in ends]
        return np.array(found, bool)

    def into(self, layer: int, unit: int) -> Iterator[Place]:
        """The weights that lead to a unit, from the first unit on."""
        for number, joint in enumerate(self.joints):
            if joint.target == layer and unit < len(joint.weights):
                yield from (Place(number, unit, source) for source in range(joint.weights.shape[1]))

    def bias_of(self, layer: int, unit: int) -> Place | None:
        """Where a unit's bias stands, if it has one."""
        for number, joint in enumerate(self.joints):
            if joint.target == layer and joint.biases is not None and unit < len(joint.biases):
                return Place(number, unit)
        return None

    def with_value(self, place: Place, value: float) -> Units:
        """The same with another number there."""
        joint = self.joints[place.joint]
        weights, biases = joint.weights, joint.biases
        if place.is_bias and biases is not None:
            biases = biases.copy()
            biases[place.index] = value
        elif not place.is_bias:
            weights = weights.copy()
            weights[place.index] = value
        joints = [*self.joints]
        joints[place.joint] = replace(joint, weights=weights, biases=biases)
        return replace(self, joints=tuple(joints))


def _joints(
    frame: ProbeFrame, arrays: dict[str, NDArray], told: list[str], name_now: Callable[[str], str]
) -> Iterator[Joint]:
    columns = (_words(frame, what) for what in ("weights", "biases", "sources", "targets"))
    for number, (weight, bias, source, target) in enumerate(zip(*columns, strict=True)):
        yield Joint(
            told.index(source),
            told.index(target),
            name_now(weight) if weight else "",
            name_now(bias) if bias else "",
            arrays[f"weight:{number}"],
            arrays.get(f"bias:{number}"),
        )


def _words(frame: ProbeFrame, name: str) -> list[str]:
    found = frame.facts.get(name)
    return [str(word) for word in found] if isinstance(found, list) else []


def _number(frame: ProbeFrame, name: str) -> float:
    found = frame.facts.get(name)
    return float(found) if isinstance(found, int | float) else 0.0
