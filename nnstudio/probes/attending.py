"""The weights of every attention of a model, taken while it runs; the model's numbers are what they are without.

A MultiheadAttention that was not asked for its weights is asked once more, beside; other layers give theirs anyway.
PyTorch's fast path computes a whole Transformer layer at once, so it is switched off meanwhile.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

_GIVE_WEIGHTS = {
    "ScaledDotProductAttention",
    "RotaryMultiheadAttention",
    "BahdanauAttention",
    "LuongAttention",
    "AttentionDecoder",
}
"""Layers of the palette whose second output they are. Their classes stand in the source of the model itself."""
_CALL = inspect.signature(nn.MultiheadAttention.forward)
_PRODUCT = inspect.signature(lambda query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, **more: None)

SELF, CROSS, UNKNOWN = "self", "cross", ""
"""Whether a sequence looks at itself or at another; for queries and keys that come ready one can not tell."""
_Hook: TypeAlias = Callable[[nn.Module, tuple[Any, ...], dict[str, Any], Any], None]


@dataclass(frozen=True)
class Attended:
    """One call of an attention: the name of its module, and its weights N×H×L×S (those of the first sample first)."""

    path: str
    kind: str
    weights: torch.Tensor


def attended(model: nn.Module, inputs: Sequence[torch.Tensor], under: str = "", node: str = "") -> list[Attended]:
    """Run the model, and give what its attentions did, in the order in which they did it.

    `under` is the name of a module: what lies elsewhere is not watched. A Softmax counts where it is the `node`.
    """
    watch = _Watch(batched=bool(inputs))
    with _slow_path(), watch.hooked(model, under, node), watch:
        model(*inputs)
    return watch.found


def is_under(path: str, module: str) -> bool:
    """Whether a module is this one, or in it; all are in "", the model."""
    return not module or f"{path}.".startswith(f"{module}.")


class _Watch(TorchFunctionMode):
    """Hooks at the layers that are attentions; and where own code computes one by torch's function, that is seen too.

    The function is watched only in classes that are no part of torch: those of torch are hooked.
    """

    def __init__(self, batched: bool) -> None:
        super().__init__()
        self.found: list[Attended] = []
        self._batched = batched
        self._in: list[str] = []
        """The modules one is in, that may call torch's function."""

    @contextmanager
    def hooked(self, model: nn.Module, under: str, node: str) -> Iterator[None]:
        """Hooks that are gone afterwards."""
        handles = []
        try:
            for path, module, hook in self._hooks(model, under, node):
                if hook is not None:
                    handles.append(module.register_forward_hook(hook, with_kwargs=True))
                else:
                    handles.append(module.register_forward_pre_hook(self._enters(path)))
                    handles.append(module.register_forward_hook(self._leaves, always_call=True))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        if func is nn.functional.scaled_dot_product_attention and self._in:
            given = _PRODUCT.bind(*args, **(kwargs or {})).arguments
            self._add(self._in[-1], UNKNOWN, product_weights(**given))
        return made

    # Inside

    def _hooks(self, model: nn.Module, under: str, node: str) -> Iterator[tuple[str, nn.Module, _Hook | None]]:
        """What is hooked, the outermost alone where one attention is made of another; None for own code."""
        outer = ""
        for path, module in model.named_modules():
            if not is_under(path, under) or (outer and is_under(path, outer)):
                continue
            hook = self._hook_of(path, module, node)
            if hook is not None:
                outer = path
                yield path, module, hook
            elif not type(module).__module__.startswith("torch."):
                yield path, module, None

    def _hook_of(self, path: str, module: nn.Module, node: str) -> _Hook | None:
        if isinstance(module, nn.MultiheadAttention):
            return self._multihead(path)
        if path and type(module).__name__ in _GIVE_WEIGHTS:  # a project may have such a title
            return self._second(path)
        return self._only(path) if isinstance(module, nn.Softmax) and path == node else None

    def _multihead(self, path: str) -> _Hook:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> None:
            call = _CALL.bind(module, *args, **kwargs)
            query, key = call.arguments["query"], call.arguments["key"]
            if made[1] is None or call.arguments.get("average_attn_weights", True):
                call.arguments |= {"need_weights": True, "average_attn_weights": False}
                made = nn.MultiheadAttention.forward(*call.args, **call.kwargs)
            weights = made[1] if query.dim() == 3 else made[1].unsqueeze(0)
            self._add(path, SELF if query is key else CROSS, weights)

        return hook

    def _second(self, path: str) -> _Hook:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> None:
            if isinstance(made, tuple) and len(made) == 2 and isinstance(made[1], torch.Tensor):
                self._add(path, _kind_of(module, args), made[1])

        return hook

    def _only(self, path: str) -> _Hook:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any) -> None:
            self._add(path, UNKNOWN, made)

        return hook

    def _enters(self, path: str) -> Callable[[nn.Module, Any], None]:
        return lambda _module, _args: self._in.append(path)

    def _leaves(self, *_call: Any) -> None:
        self._in.pop()

    def _add(self, path: str, kind: str, weights: torch.Tensor) -> None:
        if weights.dim() >= 2:
            batched = self._batched and weights.dim() > 2  # numbers of the network's own have no batch
            self.found.append(Attended(path, kind, _by_heads(weights.detach(), batched=batched)))


def product_weights(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    more: dict[str, Any] | None = None,
) -> torch.Tensor:
    """The weights within F.scaled_dot_product_attention, in whose masks True means seen."""
    more = more or {}
    if more.get("enable_gqa"):
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    scale = query.shape[-1] ** -0.5 if more.get("scale") is None else more["scale"]
    scores: torch.Tensor = query @ key.transpose(-2, -1) * scale
    if is_causal:
        scores = scores.masked_fill(~torch.ones_like(scores, dtype=torch.bool).tril(), -torch.inf)
    if attn_mask is not None:
        hidden = attn_mask.dtype == torch.bool
        scores = scores.masked_fill(~attn_mask, -torch.inf) if hidden else scores + attn_mask
    return scores.softmax(dim=-1)


@contextmanager
def _slow_path() -> Iterator[None]:
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _kind_of(module: nn.Module, args: tuple[Any, ...]) -> str:
    """By what a layer of the palette is given: the same tensor as queries and keys, or two."""
    if type(module).__name__ == "ScaledDotProductAttention" or len(args) < 2:
        return UNKNOWN
    return SELF if args[0] is args[1] else CROSS


def _by_heads(weights: torch.Tensor, *, batched: bool) -> torch.Tensor:
    """N×H×L×S, whatever lies between the batch and the places."""
    if not batched:
        weights = weights.unsqueeze(0)
    return weights.reshape(len(weights), -1, *weights.shape[-2:])
