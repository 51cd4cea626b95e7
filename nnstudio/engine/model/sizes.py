"""How large one training step of a model is, found on the meta device: nothing is computed, no memory is used."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import torch
from torch import nn
from torch.nn import functional

from nnstudio.engine.model.build import build
from nnstudio.engine.model.measure import empty_batch
from nnstudio.engine.model.quiet import random_state_kept
from nnstudio.engine.model.subject import run_model
from nnstudio.engine.model.threads import BACKWARD, layer_flops
from nnstudio.engine.training.grouping import Weight, weights_of
from nnstudio.engine.training.metrics import compute_loss
from nnstudio.engine.training.optimizing import declared
from nnstudio.protocol.messages import Model, Plan
from nnstudio.training.registry import optimizer

KEPT = 16
"""Sizes that are remembered: a plan is looked at again and again."""
_GATES = {"LSTM": 13, "GRU": 13, "RNN_TANH": 5, "RNN_RELU": 5}
"""Numbers that a recurrent layer keeps for the way back, of each unit and place of a sequence; as measured."""
PASSING = 2
"""Tensors as large as the largest that is kept, which the backward pass needs for a moment."""


@dataclass(frozen=True)
class Size:
    """Bytes of what a step keeps; its operations with numbers, and its operations with tensors.

    `activations` is what the forward pass keeps for the backward one, 0 where it can not be told.
    """

    parameters: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    flops: int
    calls: int


_known: OrderedDict[bytes, Size] = OrderedDict()


def size_of(spec: Model, plan: Plan, batch: int) -> Size:
    """Of a training by that plan, with so many samples in a step. Raises EngineError where there is no model."""
    key = _key(spec, plan, batch)
    if key not in _known:
        with random_state_kept():
            _known[key] = _size(spec, plan, batch)
        if len(_known) > KEPT:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]


def weights_size(spec: Model) -> int:
    """Bytes of a model's weights and buffers, without running it: the first run off the CPU loads much of torch.

    Raises EngineError where there is no model.
    """
    with random_state_kept():
        model = build(spec, device="meta").module
    return _bytes(model.parameters()) + _bytes(model.buffers())


def _key(spec: Model, plan: Plan, batch: int) -> bytes:
    bare = msgspec.structs.replace(spec, weights=b"")
    return msgspec.msgpack.encode((bare, plan.optimizer, plan.optimizer_params, plan.groups, batch))


def _size(spec: Model, plan: Plan, batch: int) -> Size:
    model = build(spec, device="meta").module
    weights = weights_of(model, plan.groups)
    trained = [weight for weight in weights if not weight.frozen]
    for weight in weights:
        weight.parameter.requires_grad_(not weight.frozen)
    whole = _bytes(model.parameters()) + _bytes(model.buffers())
    kept, flops, calls = _pass(model, spec, batch)
    return Size(
        parameters=sum(weight.parameter.numel() for weight in weights),
        weights=whole,
        gradients=_bytes(weight.parameter for weight in trained),
        optimizer=int(sum(_kept(weight, plan) for weight in trained)),
        activations=kept,
        flops=flops,
        calls=calls,
    )


def _kept(weight: Weight, plan: Plan) -> float:
    """Bytes that the optimizer keeps of a weight."""
    kind = declared(plan)
    if kind.matrices_only and not weight.hidden:
        kind, settings = optimizer(kind.rest), {}
    else:
        settings = plan.optimizer_params
    return kind.kept(kind.params.check(settings)) * weight.parameter.nbytes


def _bytes(tensors: Iterable[torch.Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors)


# One step


class _Counting:
    """Counts what a forward pass keeps for the backward one, each piece of memory once, and what layers compute."""

    def __init__(self, model: nn.Module) -> None:
        tensors = (*model.parameters(), *model.buffers())
        self._ours = {tensor.untyped_storage()._cdata for tensor in tensors}
        self._kept: dict[int, torch.UntypedStorage] = {}  # held, so that none takes the place of another
        self.more = 0
        self.flops = 0

    @property
    def kept(self) -> int:
        sizes = [storage.nbytes() for storage in self._kept.values()]
        return self.more + sum(sizes) + PASSING * max(sizes, default=0)

    def keep(self, tensor: torch.Tensor) -> torch.Tensor:
        """Called with all that is kept."""
        storage = tensor.untyped_storage()
        if storage._cdata not in self._ours:
            self._kept.setdefault(storage._cdata, storage)
        return tensor

    def compute(self, module: nn.Module, _: Any, output: Any) -> None:
        """Called after every layer."""
        self.flops += layer_flops(module, output)


def _pass(model: nn.Module, spec: Model, size: int) -> tuple[int, int, int]:
    """Bytes kept for the backward pass, and the work of both: numbers, and calls of torch."""
    counting = _Counting(model)
    for module in model.modules():
        module.register_forward_hook(counting.compute)
        if isinstance(module, nn.RNNBase):
            _stand_in(module, counting)
    try:
        batch = empty_batch(spec, size)
        hooks = torch.autograd.graph.saved_tensors_hooks(counting.keep, lambda tensor: tensor)
        with hooks, _attention_without_squares(counting):
            outputs = run_model(model.train(), tuple(batch[name] for name in spec.inputs))
            loss = compute_loss(model, outputs, tuple(batch[name] for name in spec.targets))
    except Exception:  # noqa: BLE001  # the model's own code; what is wrong with it, training says better
        return counting.kept, BACKWARD * size * counting.flops, 0
    return counting.kept, BACKWARD * size * counting.flops, _nodes(loss)


def _nodes(loss: torch.Tensor) -> int:
    """How many operations lead to the loss."""
    seen: set[Any] = set()
    waiting: list[Any] = [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting.extend(before for before, _ in node.next_functions)
    return len(seen)


@contextmanager
def _attention_without_squares(counting: _Counting) -> Iterator[None]:
    """On the meta device attention keeps its large squares; with numbers it does without, unless it drops some."""
    original = functional.scaled_dot_product_attention

    def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *more: Any, **named: Any) -> torch.Tensor:
        if named.get("dropout_p", more[1] if len(more) > 1 else 0.0):
            return original(query, key, value, *more, **named)
        made = query.new_empty((*query.shape[:-1], value.shape[-1]))
        for tensor in (query, key, value, made):
            counting.keep(tensor)
        return made + 0 * (query.sum() + key.sum() + value.sum())

    functional.scaled_dot_product_attention = attend
    try:
        yield
    finally:
        functional.scaled_dot_product_attention = original


def _stand_in(layer: nn.RNNBase, counting: _Counting) -> None:
    """Off the CPU torch takes a recurrent layer apart, place by place, which takes seconds for a long sequence."""
    original = layer.forward
    directions = 2 if layer.bidirectional else 1

    def forward(x: torch.Tensor, hx: Any = None) -> Any:
        if not isinstance(x, torch.Tensor) or x.dim() != 3:
            return original(x, hx)
        batch, places = (x.shape[0], x.shape[1]) if layer.batch_first else (x.shape[1], x.shape[0])
        units = layer.hidden_size * directions
        counting.more += x.element_size() * _GATES[layer.mode] * batch * places * units * layer.num_layers
        counting.keep(x)
        linked = next(layer.parameters()).sum() * 0 + x.sum() * 0
        y = x.new_empty((*x.shape[:2], (layer.proj_size or layer.hidden_size) * directions)) + linked
        state = x.new_empty((layer.num_layers * directions, batch, layer.hidden_size)) + linked
        if layer.mode != "LSTM":
            return y, state
        out = x.new_empty((layer.num_layers * directions, batch, layer.proj_size or layer.hidden_size)) + linked
        return y, (out, state)

    layer.__dict__["forward"] = forward  # of this one alone, which lives no longer than the question
