"""All that a run needs to go on as if it had never stopped, as tensors and plain facts.

    packed = pack({"steps": 3, "optimizer": optimizer.state_dict()})
    packed.tensors, packed.facts  # the second is JSON, with {"tensor": NAME} in the place of each tensor
    unpack(packed) == {"steps": 3, ...}

Copies, on the CPU: the run may go on meanwhile, also on another device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch

from nnstudio.errors import EngineError

Tree: TypeAlias = "Mapping[Any, Tree] | Sequence[Tree] | torch.Tensor | bool | int | float | str | None"
_TENSOR, _PAIRS, _ITEMS = "tensor", "pairs", "items"


@dataclass
class Packed:
    """Tensors by name, and where they belong."""

    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    facts: Any = None


def pack(tree: Tree, copies: Iterator[torch.Tensor] | None = None) -> Packed:
    """Raises TypeError for what is neither a tensor nor JSON.

    Where there are `copies` already, on the CPU and in the order of `tensors_in`, none are made.
    """
    packed = Packed()
    copy = _copy if copies is None else lambda _: next(copies)
    packed.facts = _packed(tree, "", packed.tensors, copy)
    return packed


def unpack(packed: Packed) -> Any:
    """What was packed. Raises EngineError where the facts and the tensors do not agree."""
    try:
        return _unpacked(packed.facts, packed.tensors)
    except (KeyError, TypeError, ValueError) as error:
        raise EngineError("The checkpoint is damaged.", fix="Go on from another one.") from error


def tensors_in(tree: Tree) -> Iterator[torch.Tensor]:
    """All tensors of a tree, themselves."""
    if isinstance(tree, torch.Tensor):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from tensors_in(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from tensors_in(value)


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()


def _packed(
    tree: Tree, place: str, tensors: dict[str, torch.Tensor], copy: Callable[[torch.Tensor], torch.Tensor]
) -> Any:
    if isinstance(tree, torch.Tensor):
        name = place.removeprefix(".")
        tensors[name] = copy(tree)
        return {_TENSOR: name}
    if isinstance(tree, dict):  # keys may be whole numbers, which JSON's are not
        return {_PAIRS: [[key, _packed(value, f"{place}.{key}", tensors, copy)] for key, value in tree.items()]}
    if isinstance(tree, list | tuple):
        items = [_packed(value, f"{place}.{number}", tensors, copy) for number, value in enumerate(tree)]
        return {_ITEMS: items, "tuple": isinstance(tree, tuple)}
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    raise TypeError(f"{type(tree).__name__} at {place} can not be kept")


def _unpacked(facts: Any, tensors: Mapping[str, torch.Tensor]) -> Any:
    if not isinstance(facts, dict):
        return facts
    if _TENSOR in facts:
        return tensors[facts[_TENSOR]]
    if _PAIRS in facts:
        return {key: _unpacked(value, tensors) for key, value in facts[_PAIRS]}
    items = [_unpacked(value, tensors) for value in facts[_ITEMS]]
    return tuple(items) if facts["tuple"] else items
