"""What a network sees in a sample: maps, how a point of one comes about, filters, and what excites a channel.

Options: `view`, one of four, and what each of them takes:
"maps": `node` and `sample`; with `at` (channel, then its places) also how that point of the output comes about.
"strip": `nodes`, `sample`, and `channels` of each at most.
"filters": `node`.
"strongest": `node` and `channel`; `start` and `scan`, which of the test samples are looked through (a few hundred at
most); `count`, how many are told; `last`, whether channels are the last axis.
Names are the engine's, as "block.0.conv1". Arrays and facts: see each function.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

from nnstudio.errors import DataError
from nnstudio.probes.arithmetic import take_apart
from nnstudio.probes.one_sample import inputs_of, without_batch
from nnstudio.probes.options import clamp, numbers, whole, words
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.probes.strongest import strongest
from nnstudio.protocol.messages import Option

MOST_NUMBERS = 1 << 18
"""Of all maps of a node, and of all filters."""
MOST_BARS = 512
"""More bars than that cannot be told apart on a screen."""
MOST_LAYERS = 64
"""In one strip."""
Options = Mapping[str, Option]


def _look(look: Look, options: Options) -> Found:
    view = str(options.get("view", "maps"))
    if view not in _VIEWS:
        raise DataError(f"Features has no view '{view}'.", fix=f"There are: {', '.join(_VIEWS)}.")
    found = _VIEWS[view](look, options)
    found.facts["view"] = view
    return found


def _maps(look: Look, options: Options) -> Found:
    """Array `maps`, what the node puts out, and one for each input of the network, as "input:image". Facts `sample` of
    `samples`, `label` (-1 for none) and `label_name`; `shape` and `channels` of all that the node puts out. With `at`,
    what `arithmetic` tells, and `output`, the value there; `unexplained` where nothing more is known of it.
    """
    node, (rows, facts) = str(options.get("node", "")), inputs_of(look, options)
    with _input_of(look.model, node) as given:
        traced = look.trace([rows[name] for name in look.spec.inputs])
    if node not in traced:
        raise DataError(f"'{node}' is not in the network that is looked at.", fix="Choose another node.")
    made = without_batch(traced[node])
    found = Found({"maps": float32(_limited(made))}, facts)
    found.facts.update({"node": node, "channels": len(made) if made.ndim else 0, "shape": [*made.shape]})
    found.arrays.update({f"input:{name}": float32(tensor[0]) for name, tensor in rows.items()})
    at = numbers(options, "at")
    if len(at) == made.ndim >= 2:
        at = [clamp(place, 0, size - 1) for place, size in zip(at, made.shape, strict=True)]
        taken = take_apart(_module(look.model, node), given[-1] if given else None, at)
        found.facts.update({"at": [*at], "output": made[tuple(at)].item(), "unexplained": taken is None})
        found.arrays.update(taken.arrays if taken else {})
        found.facts.update(taken.facts if taken else {})
    return found


def _strip(look: Look, options: Options) -> Found:
    """An array of each node by its name, of the first channels, and one for each input of the network. Facts
    `channels:NAME` and `shape:NAME`; the rest as for maps.
    """
    rows, facts = inputs_of(look, options)
    found = Found(facts=facts)
    traced = look.trace([rows[name] for name in look.spec.inputs])
    most = clamp(whole(options, "channels", 8), 1, 64)
    found.arrays.update({f"input:{name}": float32(tensor[0]) for name, tensor in rows.items()})
    for name in [name for name in words(options, "nodes") if name in traced][:MOST_LAYERS]:
        made = without_batch(traced[name])
        if made.ndim >= 2:
            found.arrays[name] = float32(_limited(made[:most] if made.ndim > 2 else made, MOST_NUMBERS // 8))
            found.facts.update({f"channels:{name}": len(made), f"shape:{name}": [*made.shape]})
    return found


def _filters(look: Look, options: Options) -> Found:
    """Array `filters`, of out×in×… the first; facts `outputs` and `inputs`, how many there are of each, `groups`, and
    `colors` where the inputs are red, green and blue.
    """
    node = str(options.get("node", ""))
    module = _module(look.model, node)
    if not isinstance(module, _ConvNd):
        raise DataError(f"'{node}' has no filters.", fix="Choose a convolution, such as a Conv2d.")
    weight = _outputs_first(module)
    outputs, inputs = weight.shape[:2]
    each = max(1, weight[0, 0].numel())
    down = clamp(MOST_NUMBERS // each, 1, inputs)
    shown = weight[: max(1, MOST_NUMBERS // (each * down)), :down]
    colored = any(_is_colored(look, name) for name in look.spec.inputs)
    colors = colored and weight.ndim == 4 and inputs == 3 and module.groups == 1
    facts: dict[str, Option] = {"node": node, "outputs": outputs, "inputs": inputs, "groups": module.groups}
    return Found({"filters": float32(shown)}, facts | {"colors": colors})


def _outputs_first(module: _ConvNd) -> torch.Tensor:
    """Filters as out × in of a group × …, also of a convolution that goes backwards."""
    weight = module.weight.detach()
    if not isinstance(module, _ConvTransposeNd):
        return weight
    groups = weight.reshape(module.groups, -1, *weight.shape[1:])
    return groups.transpose(1, 2).flatten(0, 1)


def _is_colored(look: Look, field: str) -> bool:
    return look.test[field].shape[1:2] == (3,) and look.test[field].ndim == 4


@contextlib.contextmanager
def _input_of(model: nn.Module, node: str) -> Iterator[list[torch.Tensor]]:
    """What the node's module is given while the model runs, the last at the end; nothing for one that is no module."""
    given: list[torch.Tensor] = []
    module = _module(model, node)
    if module is None:
        yield given
        return
    hook = module.register_forward_pre_hook(lambda _, inputs: given.extend(inputs[:1]))
    try:
        yield given
    finally:
        hook.remove()


def _module(model: nn.Module, node: str) -> nn.Module | None:
    """The module of that name; a node need not be one."""
    with contextlib.suppress(AttributeError):
        return model.get_submodule(node) if node else None
    return None


def _limited(made: torch.Tensor, most: int = MOST_NUMBERS) -> torch.Tensor:
    """As many channels as fit."""
    if made.ndim < 2:
        return made[:MOST_BARS] if made.ndim else made.reshape(1)
    return made[: max(1, most // max(1, made[0].numel()))]


_VIEWS: dict[str, Callable[[Look, Options], Found]] = {
    "maps": _maps,
    "strip": _strip,
    "filters": _filters,
    "strongest": strongest,
}
FEATURES = Probe("features", "Maps of a layer and how they come about, filters, and what excites a channel.", _look)
"""See above for options, arrays and facts."""
