"""Finds the declared layers: every LayerType at the top level of a module of `catalogue.layers`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from nnstudio.catalogue.spec import Family, LayerType
from nnstudio.discovery import declared
from nnstudio.errors import UnknownLayer


@cache
def layers() -> dict[str, LayerType]:
    """All layers by type, by family and then in the order they are declared."""
    found: dict[str, LayerType] = {}
    families = [(module.family, layer) for module, layer in declared("nnstudio.catalogue.layers", LayerType)]
    for family, layer in sorted(families, key=lambda pair: (pair[0].order, pair[0].key)):
        if layer.type in found:
            raise ValueError(f"two layers are called {layer.type}")
        found[layer.type] = replace(layer, family=family)
    return found


def layer(type_name: str) -> LayerType:
    """The layer of that type. Raises UnknownLayer."""
    try:
        return layers()[type_name]
    except KeyError:
        message = f"There is no layer '{type_name}'."
        raise UnknownLayer(message, fix="Look in the palette for the ones there are.") from None


def families() -> dict[Family, list[LayerType]]:
    """The layers of each family, in the palette's order."""
    grouped: dict[Family, list[LayerType]] = {}
    for layer_type in layers().values():
        grouped.setdefault(layer_type.family, []).append(layer_type)
    return grouped
