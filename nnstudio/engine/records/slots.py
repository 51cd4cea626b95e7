"""Where a model keeps what it has learned, and what of it can be changed: looked for once, and read many times.

`state_dict` and `layers.settings` walk over all modules, which takes longer than a copy of what a small network has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import torch
from torch import nn

from nnstudio.engine.training import layers

Slot: TypeAlias = tuple[str, Mapping[str, torch.Tensor | None], str]
"""A name of `state_dict`; the module's own dictionary, and the key in it."""


class Slots:
    """Of a model whose modules stay those that they are."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._slots: list[Slot] = []
        self._kept = [kept for module in model.modules() for kept in (module._parameters, module._buffers)]
        self._sizes: list[int] = []
        self._plain = False
        modules = dict(model.named_modules())
        self._settings = [(name, modules[name], tuple(values)) for name, values in layers.settings(model).items()]

    def tensors(self) -> dict[str, Any]:
        """What `state_dict` has, themselves."""
        if [len(kept) for kept in self._kept] != self._sizes:  # a layer of somebody's own may have got one more
            self._look()
        if self._plain:
            return {name: kept[key] for name, kept, key in self._slots}
        return dict(self._model.state_dict(keep_vars=True))

    def settings(self) -> layers.Settings:
        """What `layers.settings` gives."""
        return {name: {key: getattr(module, key) for key in keys} for name, module, keys in self._settings}

    def _look(self) -> None:
        self._sizes = [len(kept) for kept in self._kept]
        found = self._model.state_dict(keep_vars=True)
        self._slots = [_slot(self._model, name) for name in found]
        self._plain = all(kept.get(key) is found[name] for name, kept, key in self._slots)


def _slot(model: nn.Module, name: str) -> Slot:
    """Without a tensor there, where a module has a state of another kind."""
    owner, _, key = name.rpartition(".")
    try:
        module = model.get_submodule(owner)
    except AttributeError:
        return name, {}, key
    return name, module._parameters if key in module._parameters else module._buffers, key
