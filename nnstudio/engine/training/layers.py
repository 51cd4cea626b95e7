"""What of a model's layers can be changed between two steps: how much a Dropout drops, how strong a noise is.

PyTorch reads these attributes at every forward. A layer that is made of others, as a TransformerEncoderLayer, drops the
same share in all of them: that is what its argument `dropout` means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from torch import nn

from nnstudio.errors import EngineError

HIGHEST = {"p": 1.0, "dropout": 1.0, "std": 100.0}
"""What can be changed, from 0 to this."""
Settings: TypeAlias = dict[str, dict[str, float]]
"""Values of attributes by the names of modules."""


@dataclass(frozen=True)
class Difference:
    """Something that is otherwise now, with its values in words."""

    what: str
    before: str
    after: str


def has_layer(model: nn.Module, layer: str) -> bool:
    """Whether there is a module of that name."""
    return bool(layer) and any(name == layer for name, _ in model.named_modules())


def set_layer(model: nn.Module, layer: str, values: Mapping[str, Any]) -> list[Difference]:
    """Set all or none; gives what is otherwise now. Raises EngineError for what there is not, or what it can not be."""
    if not has_layer(model, layer):
        raise EngineError(f"The model in training has no layer '{layer}'.", fix="What is new holds from the next run.")
    module = model.get_submodule(layer)
    found = {name: _places(module, layer, name) for name in values}
    wanted = {name: _checked(layer, name, value) for name, value in values.items()}
    differences = []
    for name, value in wanted.items():
        before = getattr(*found[name][0])
        for owner, attribute in found[name]:
            setattr(owner, attribute, value)
        if before != value:
            differences.append(Difference(f"{layer}.{name}", f"{before:g}", f"{value:g}"))
    return differences


def settings(model: nn.Module) -> Settings:
    """All that could be changed, as it is now."""
    found = {name: dict(_own(module)) for name, module in model.named_modules()}
    return {name: values for name, values in found.items() if values}


def restore(model: nn.Module, values: Settings) -> None:
    """Set what `settings` gave of the same model. Raises KeyError where it is of another one."""
    modules = dict(model.named_modules())
    for name, given in values.items():
        for attribute, value in given.items():
            setattr(modules[name], attribute, value)


def _own(module: nn.Module) -> Iterator[tuple[str, float]]:
    for name in HIGHEST:
        if name not in vars(module) and not hasattr(type(module), name):  # asking the module itself takes long
            continue
        value = getattr(module, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, value


def _places(module: nn.Module, layer: str, name: str) -> list[tuple[nn.Module, str]]:
    """The attributes that an argument of the layer has become. Raises EngineError where there is none."""
    parts = module.modules() if name == "dropout" else [module]
    found = [(part, own) for part in parts for own, _ in _own(part) if own == name or (name, own) == ("dropout", "p")]
    if not found:
        raise EngineError(f"'{name}' of the layer '{layer}' can not be changed while it is trained.")
    return found


def _checked(layer: str, name: str, value: object) -> float:
    highest = HIGHEST[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise EngineError(f"'{name}' of the layer '{layer}' takes a number from 0 to {highest:g}, not {value!r:.60}.")
    return float(value)
