"""Finds declarations: a layer, a data set, a probe, an export or a panel is one value in one module of its package.

Nothing is registered by hand, so adding one is adding a file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def declared(package: str, kind: type[T]) -> Iterator[tuple[ModuleType, T]]:
    """Every value of that kind at the top level of a module of the package, with its module.

    Modules come in alphabetical order; sub-packages are not looked into. Raises ImportError where a module can
    not be imported.
    """
    found: set[int] = set()
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if info.ispkg:
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, kind) and id(value) not in found:
                found.add(id(value))
                yield module, value
