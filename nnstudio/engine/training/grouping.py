"""Which weights of a model are trained, and which of them otherwise than the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from nnstudio.protocol.messages import Group


@dataclass(frozen=True)
class Weight:
    """One that can be trained. `lr` is its own instead of the plan's, or None.

    `hidden`: a matrix of a hidden layer, as Muon takes them: none of an embedding, and none of the last layer that has
    one.
    """

    name: str
    parameter: nn.Parameter
    lr: float | None = None
    frozen: bool = False
    hidden: bool = False


def weights_of(model: nn.Module, groups: Sequence[Group]) -> list[Weight]:
    """All weights of the model, and what the groups say of each.

    The longest prefix counts where several fit. A weight with two names is frozen where one of them is.
    """
    names: dict[nn.Parameter, list[str]] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        names.setdefault(parameter, []).append(name)
    hidden = _hidden(model)
    return [_weight(parameter, called, groups, parameter in hidden) for parameter, called in names.items()]


def _weight(parameter: nn.Parameter, names: list[str], groups: Sequence[Group], hidden: bool) -> Weight:
    fitting = [group for group in (_group_of(name, groups) for name in names) if group is not None]
    own = next((group.lr for group in fitting if group.lr is not None), None)
    return Weight(names[0], parameter, own, any(group.frozen for group in fitting), hidden)


def _group_of(name: str, groups: Sequence[Group]) -> Group | None:
    fitting = [group for group in groups if name == group.prefix or name.startswith(f"{group.prefix}.")]
    return max(fitting, key=lambda group: len(group.prefix), default=None)


def _hidden(model: nn.Module) -> set[nn.Parameter]:
    """Matrices by layer in the order of the source, without embeddings and the last layer's."""
    layers = [[p for p in module.parameters(recurse=False) if p.ndim == 2] for module in model.modules()]
    last = next((layer for layer in reversed(layers) if layer), [])
    embeddings = [m for m in model.modules() if isinstance(m, nn.Embedding | nn.EmbeddingBag)]
    others = {*last, *(module.weight for module in embeddings)}
    return {parameter for layer in layers for parameter in layer} - others
