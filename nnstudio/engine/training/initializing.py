"""How weights begin, for each kind of layer, by torch.nn.init. Biases stay as torch's layers make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import nn

from nnstudio.errors import EngineError, NNStudioError
from nnstudio.training.initializations import KINDS
from nnstudio.training.registry import initialization

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_LAYERS: dict[str, tuple[type[nn.Module], ...]] = {
    "convolution": _CONVOLUTIONS,
    "recurrent": (nn.RNNBase, nn.RNNCellBase),
    "embedding": (nn.Embedding, nn.EmbeddingBag),
}
_RECURRENT = ("weight_ih", "weight_hh", "weight_hr")
_PROJECTIONS = ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight")
"""What attention has beside the Linear behind it."""


def initialize(model: nn.Module, schemes: Mapping[str, str]) -> None:
    """Draw the weights anew by kind of layer, in the order of the source; the global generator goes on.

    A weight that two layers share is drawn once, by the first. Raises EngineError for what is not offered.
    """
    chosen = {kind: _filler(kind, name) for kind, name in schemes.items() if name != "default"}
    done: set[nn.Parameter] = set()
    for module in model.modules() if chosen else ():
        for kind, weight in weights_by_kind(module):
            if kind in chosen and weight not in done:
                chosen[kind](weight)
                done.add(weight)
                _keep_padding(module)


def weights_by_kind(module: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    """The layer's own weights that a scheme can be chosen for, with their kind."""
    kind = next((kind for kind, types in _LAYERS.items() if isinstance(module, types)), "linear")
    for name, parameter in module.named_parameters(recurse=False):
        if kind == "linear":
            fits = name in _PROJECTIONS or (isinstance(module, nn.Linear) and name == "weight")
        else:
            fits = name.startswith(_RECURRENT) if kind == "recurrent" else name == "weight"
        if fits and parameter.ndim > 1:
            yield kind, parameter


def _filler(kind: str, name: str) -> Callable[[torch.Tensor], object]:
    try:
        scheme = initialization(name)
    except NNStudioError as error:
        raise EngineError(error.message, fix=error.fix) from error
    if kind not in KINDS:
        raise EngineError(f"There is no kind of layer '{kind}'.", fix=f"There are: {', '.join(KINDS)}.")
    function = getattr(nn.init, scheme.function)
    return lambda weight: function(weight, **scheme.arguments)


def _keep_padding(module: nn.Module) -> None:
    """What stands for nothing stays zero."""
    if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.padding_idx is not None:
        with torch.no_grad():
            module.weight[module.padding_idx].zero_()
