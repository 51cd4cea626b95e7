"""From source text to a module: the one place that executes text. The source is what the window's Code panel shows."""

from __future__ import annotations

import hashlib
import linecache
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from nnstudio.engine.model import weights
from nnstudio.engine.model.words import in_words
from nnstudio.engine.training.initializing import initialize
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Model

MODULE_NAME = "nnstudio_model"
KEPT_SOURCES = 16
"""Sources whose lines tracebacks can still show."""

_known: OrderedDict[str, None] = OrderedDict()


@dataclass(frozen=True)
class Built:
    """A module. Where weights were given: the names of those that did not fit, and the nodes that got none."""

    module: nn.Module
    misfits: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()


def build(
    model: Model, *, seed: int | None = None, device: str = "cpu", schemes: Mapping[str, str] | None = None
) -> Built:
    """Make the module. Fresh weights come from `seed`, by default that of the data. Raises EngineError with the line.

    Seeds torch's global generator, as the exported script does. `schemes` say how weights begin, by kind of layer.
    """
    kind = class_of(model.source, model.class_name)
    torch.manual_seed(model.data.seed if seed is None else seed)
    try:
        with torch.device(device):
            module = kind()
    except Exception as error:  # the text may raise anything
        raise in_words(error) from error
    initialize(module, schemes or {})
    if model.weights and device != "meta":
        fit = weights.load(module, model.weights)
        return Built(module, fit.misfits, fit.fresh)
    return Built(module)


def class_of(source: str, class_name: str, given: Mapping[str, object] | None = None) -> type[nn.Module]:
    """The class of that name in the text, which finds `given` by name. Raises EngineError with the line."""
    namespace: dict[str, Any] = {**(given or {}), "__name__": MODULE_NAME, "__builtins__": __builtins__}
    try:
        exec(compile(source, _remember(source), "exec", dont_inherit=True), namespace)
    except Exception as error:  # the text may raise anything
        raise in_words(error) from error
    kind = namespace.get(class_name)
    if not isinstance(kind, type) or not issubclass(kind, nn.Module):
        raise EngineError(f"The source has no module called {class_name}.")
    return kind


def _remember(source: str) -> str:
    """A file name for the text, under which tracebacks find its lines."""
    name = f"<{MODULE_NAME} {hashlib.sha256(source.encode()).hexdigest()[:12]}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    _known[name] = None
    _known.move_to_end(name)
    if len(_known) > KEPT_SOURCES:
        linecache.cache.pop(_known.popitem(last=False)[0], None)
    return name
