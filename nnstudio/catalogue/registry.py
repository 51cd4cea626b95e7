"""Finds the declared layers: every LayerType at the top level of a module of `catalogue.layers`."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache

import nnstudio.catalogue.layers
from nnstudio.catalogue.spec import Family, LayerType
from nnstudio.errors import UnknownLayer


@cache
def layers() -> dict[str, LayerType]:
    """All layers by type, by family and then in the order they are declared."""
    modules = [
        importlib.import_module(f"{nnstudio.catalogue.layers.__name__}.{info.name}")
        for info in pkgutil.iter_modules(nnstudio.catalogue.layers.__path__)
    ]
    found: dict[str, LayerType] = {}
    for module in sorted(modules, key=lambda module: (module.family.order, module.family.key)):
        for declared in [value for value in vars(module).values() if isinstance(value, LayerType)]:
            if declared.type in found:
                raise ValueError(f"two layers are called {declared.type}")
            found[declared.type] = replace(declared, family=module.family)
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
    for declared in layers().values():
        grouped.setdefault(declared.family, []).append(declared)
    return grouped


def search(text: str) -> list[LayerType]:
    """Layers whose type, alias or family holds every word of `text`, best first; all of them for an empty text."""
    words = text.lower().split()
    ranked = [(rank, declared) for declared in layers().values() if (rank := _rank(declared, words)) is not None]
    return [declared for _, declared in sorted(ranked, key=lambda pair: pair[0])]


def _rank(declared: LayerType, words: list[str]) -> int | None:
    name = declared.type.lower()
    names = [name, *(alias.lower() for alias in declared.aliases)]
    if words and name.startswith("".join(words)):
        return 0
    if all(any(word in known for known in names) for word in words):
        return 1
    if all(any(word in known for known in [*names, declared.family.title.lower()]) for word in words):
        return 2
    if all(word in f"{' '.join(names)} {declared.summary.lower()}" for word in words):
        return 3
    return None
