"""More numbers around what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnstudio.catalogue.shapes.layout import relaid
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.errors import ShapeError
from nnstudio.params import Value

_RANKS: Mapping[int, tuple[int, ...]] = {2: (2, 3), 4: (3, 4), 6: (4, 5)}
"""How many sizes, the batch among them, PyTorch takes for so many numbers where they are not constant."""


def pad(site: Site) -> TensorSpec:
    """F.pad: before and after the last size, then the last but one, and so on."""
    spec, sides = site.one(), site.numbers("pad")
    _check_count(spec, sides)
    if site.params["mode"] == "constant":
        _check_value(site, spec)
    else:
        _check_mode(site, spec, sides)
    shape = list(spec.shape)
    for place, (before, after) in enumerate(zip(sides[::2], sides[1::2], strict=True), 1):
        shape[-place] += before + after
    return replace(relaid(spec, tuple(shape), spec.kind), classes=_classes(site, spec))


def fill(site: Site) -> Value:
    """The number put in, whole where class numbers are filled up; None where it need not be said."""
    value = site.params["value"]
    assert isinstance(value, float)
    if site.params["mode"] != "constant" or value == 0:
        return None
    return int(value) if site.one().dtype == "int64" else value


def _classes(site: Site, spec: TensorSpec) -> int:
    """A number put in may be a class of its own."""
    new = fill(site)
    return max(spec.classes, new + 1) if spec.classes and isinstance(new, int) else spec.classes


def _check_count(spec: TensorSpec, sides: tuple[int, ...]) -> None:
    sizes = len(spec.per_sample)
    if len(sides) % 2 or len(sides) > 2 * sizes:
        raise ShapeError(
            f"has {len(sides)} numbers in pad, and gets {spec}.",
            port="x",
            fix=f"Give two for each size, from the last on: {2 * sizes} at most.",
            sets={"pad": (1, 1)},
        )


def _check_value(site: Site, spec: TensorSpec) -> None:
    value = site.params["value"]
    assert isinstance(value, float)
    if spec.dtype == "int64" and not value.is_integer():
        raise ShapeError(
            f"has value {value:g}, and fills up class numbers or tokens, which are whole.",
            port="x",
            fix="Set value to the number that fills up, as 0.",
            sets={"value": 0.0},
        )


def _check_mode(site: Site, spec: TensorSpec, sides: tuple[int, ...]) -> None:
    mode, count = str(site.params["mode"]), len(sides)
    if len(spec.shape) not in _RANKS[count]:
        raise _not_so(f'has mode "{mode}", with which PyTorch does not pad {count // 2} of the sizes of {spec}.')
    if spec.dtype == "bool" and mode != "circular":
        raise _not_so(f'has mode "{mode}", which PyTorch does not have for yes or no.')
    room = {"reflect": -1, "circular": 0}.get(mode)
    for place, side in enumerate(sides):
        size = spec.shape[-1 - place // 2]
        if room is not None and side > size + room:
            raise _not_so(
                f'has mode "{mode}" and {side} to put beside a size of {size}, where {size + room} are known.'
            )


def _not_so(words: str) -> ShapeError:
    return ShapeError(words, port="x", fix="Set mode to constant.", sets={"mode": "constant"})
