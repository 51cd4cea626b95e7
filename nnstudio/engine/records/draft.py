"""The state of a run at one moment, copied into memory that is used again: microseconds for a small network.

Of short epochs each may be the best for a while, and only the last of them is ever written. So what each costs is a
copy of its tensors; names and facts are put in order when it is handed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from nnstudio.engine.model.memory import check_room, free_on
from nnstudio.engine.training.state import Packed, Tree, pack

DEVICE_SHARE = 0.5
"""Of what is free on a device, so much may be taken for a copy there; else it is made in the machine's memory."""
_PLAIN = frozenset({int, float, bool, str, type(None)})


@dataclass
class _Copies:
    """Of tensors, or of others like them."""

    tensors: list[torch.Tensor]
    shapes: list[torch.Size]
    copies: list[torch.Tensor]
    kinds: list[list[int]]
    """Places of those that torch copies at once."""

    def fit(self, tensors: list[torch.Tensor]) -> bool:
        """An optimizer may keep others after a step than before, and so may a layer."""
        if len(tensors) != len(self.tensors):
            return False
        if not all(new is old or _alike(new, old) for new, old in zip(tensors, self.tensors, strict=True)):
            return False
        return [tensor.shape for tensor in tensors] == self.shapes  # it may have changed its own

    def renew(self, tensors: list[torch.Tensor]) -> None:
        """Write over them."""
        self.tensors = tensors
        with torch.no_grad():
            if len(self.kinds) == 1:
                torch._foreach_copy_(self.copies, tensors)
                return
            for places in self.kinds:
                torch._foreach_copy_([self.copies[place] for place in places], [tensors[place] for place in places])


class Draft:
    """Holds one state at a time."""

    def __init__(self) -> None:
        self._tree: Tree = None
        self._copies: _Copies | None = None

    def hold(self, tree: Tree) -> None:
        """Copy it, in the place of what was held. Raises EngineError, MemoryError or RuntimeError without memory."""
        tensors: list[torch.Tensor] = []
        self._tree = _apart(tree, tensors)
        if self._copies is None or not self._copies.fit(tensors):
            self._copies = None  # that memory is needed for what comes
            self._copies = _room_for(tensors)
        self._copies.renew(tensors)

    def hand_over(self) -> Packed:
        """What is held, which from then on is the caller's alone."""
        assert self._copies is not None
        held, copies = self._tree, self._copies.copies
        self._tree = self._copies = None
        return pack(held, (copy.to("cpu") for copy in copies))


def _apart(tree: Tree, tensors: list[torch.Tensor]) -> Tree:
    """The same in lists and dictionaries of its own, since an optimizer goes on with its; and the tensors in it."""
    if isinstance(tree, torch.Tensor):
        tensors.append(tree)
        return tree
    if isinstance(tree, dict):  # most of it is plain, and a call for each would take as long as the copies
        return {key: value if type(value) in _PLAIN else _apart(value, tensors) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)([_apart(value, tensors) for value in tree])
    return tree


def _room_for(tensors: list[torch.Tensor]) -> _Copies:
    check_room(2 * sum(tensor.nbytes for tensor in tensors))  # and what is written of it
    places = {device: _place(device, tensors) for device in {tensor.device for tensor in tensors}}
    copies = [
        torch.empty_like(each, device=places[each.device], requires_grad=False, memory_format=torch.contiguous_format)
        for each in tensors
    ]
    return _Copies(tensors, [copy.shape for copy in copies], copies, _kinds(tensors))


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and one.device == other.device


def _kinds(tensors: list[torch.Tensor]) -> list[list[int]]:
    """A GPU copies many small ones of one kind at once; a CPU copies one after the other."""
    kinds: dict[object, list[int]] = {}
    for place, tensor in enumerate(tensors):
        kinds.setdefault(tensor.device.type == "cpu" or (tensor.device, tensor.dtype), []).append(place)
    return list(kinds.values())


def _place(device: torch.device, tensors: Sequence[torch.Tensor]) -> torch.device:
    """Where copies are made of those that are there."""
    if device.type == "cpu":
        return device
    needed = sum(tensor.nbytes for tensor in tensors if tensor.device == device)
    return device if needed <= free_on(str(device)) * DEVICE_SHARE else torch.device("cpu")
