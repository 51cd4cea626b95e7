"""What the operations of a forward pass put out, noted while they run: autograd keeps only what backward needs.

Autograd numbers its nodes in the order in which they are made, each right before its operation runs: so what runs first
after a new number is what that node stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

FEW = 16
"""Numbers of a tensor that are told one by one."""
_VIEWS = "alias detach permute squeeze t transpose unsqueeze view _reshape_alias _unsafe_view"
_SAME = frozenset(getattr(torch.ops.aten, name) for name in _VIEWS.split())
"""They give the numbers of their input in another shape or order, so it has the same figures."""
_MANY = 1000
"""From so many numbers on, torch's own deviation takes longer than one put together."""
_MOST_KEPT = 20_000
"""Tensors that are remembered: those made of inputs alone, and those whose figures are known."""


@dataclass(frozen=True)
class Given:
    """A tensor without a gradient that came into an operation, at a place among its tensors."""

    name: str
    place: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Made:
    """What an operation put out: mean, deviation, least and largest as one tensor, and the numbers where they are few.

    `module` is the path of the module whose forward was running; the model's own is empty.
    """

    module: str
    shape: tuple[int, ...]
    figures: torch.Tensor | None
    numbers: torch.Tensor | None
    given: tuple[Given, ...]


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no type for it
    """`made` has what was put out, by the number of the node of autograd.

    `given` are tensors that come from outside, by name; what is made of them alone still goes by their names.
    """

    def __init__(self, given: Mapping[str, torch.Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch has no type for it
        self.made: dict[int, Made] = {}
        self._path = [""]
        self._names: dict[int, tuple[str, ...]] = {}
        self._figures: dict[int, tuple[int, torch.Tensor | None]] = {}
        """By tensor: its version then, and what was found."""
        self._kept: list[torch.Tensor] = []
        """So that no other tensor gets the id of one that is known."""
        for name, tensor in given.items():
            self._know(tensor, (name,))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        number = torch.autograd._get_sequence_nr() - 1  # type: ignore[attr-defined]  # not declared
        out = func(*args, **(kwargs or {}))
        taken = list(_tensors(args))
        if number not in self.made:
            self.made[number] = self._note(func, taken, next(_tensors(out), None))
        if taken and not any(tensor.requires_grad for tensor in taken):
            names = tuple(dict.fromkeys(name for tensor in taken for name in self._names.get(id(tensor), ())))
            for tensor in _tensors(out) if names else ():
                self._know(tensor, names)
        return out

    @contextmanager
    def following(self, model: nn.Module) -> Iterator[None]:
        """Inside, it is known which module is at work. The hooks for that are gone afterwards."""
        modules = [(path, module) for path, module in model.named_modules() if path]
        handles = [module.register_forward_pre_hook(partial(self._enter, path)) for path, module in modules]
        handles += [module.register_forward_hook(self._leave, always_call=True) for _, module in modules]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, path: str, *_: object) -> None:
        self._path.append(path)

    def _leave(self, *_: object) -> None:
        self._path.pop()

    def _know(self, tensor: torch.Tensor, names: tuple[str, ...]) -> None:
        if len(self._kept) < _MOST_KEPT:
            self._names[id(tensor)] = names
            self._kept.append(tensor)

    def _figures_of(self, func: Any, taken: Sequence[torch.Tensor], out: torch.Tensor) -> torch.Tensor | None:
        """Looked up where it has the numbers of one that was put out before."""
        if func.overloadpacket in _SAME and taken:
            version, known = self._figures.get(id(taken[0]), (-1, None))
            found = known if version == taken[0]._version else figures_of(out)
        else:
            found = figures_of(out)
        if len(self._kept) < _MOST_KEPT:
            self._figures[id(out)] = out._version, found
            self._kept.append(out)
        return found

    def _note(self, func: Any, taken: Sequence[torch.Tensor], out: torch.Tensor | None) -> Made:
        given = tuple(
            Given(name, place, tuple(tensor.shape))
            for place, tensor in enumerate(taken)
            for name in self._names.get(id(tensor), ())
        )
        if out is None:
            return Made(self._path[-1], (), None, None, given)
        return Made(self._path[-1], tuple(out.shape), self._figures_of(func, taken, out), few_of(out), given)


def figures_of(tensor: torch.Tensor) -> torch.Tensor | None:
    """Mean, standard deviation, least and largest; None where there are no numbers."""
    if not tensor.numel() or tensor.is_complex():
        return None
    numbers = tensor.detach().float()
    if numbers.numel() < _MANY:
        deviation, mean = torch.std_mean(numbers, correction=0)
    else:
        mean = numbers.mean()
        deviation = torch.linalg.vector_norm(numbers - mean) / numbers.numel() ** 0.5
    return torch.stack([mean, deviation, *torch.aminmax(numbers)])


def few_of(tensor: torch.Tensor | None) -> torch.Tensor | None:
    """A copy of its numbers in a row; None where they are many."""
    if tensor is None or not 0 < tensor.numel() <= FEW or tensor.is_complex():
        return None
    return tensor.detach().reshape(-1).float().clone()


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    """The tensors among the arguments of an operation, also in lists."""
    if isinstance(values, torch.Tensor):
        yield values
    elif isinstance(values, (list, tuple)):
        for value in values:
            yield from _tensors(value)


class Backward:
    """What comes into and goes out of each node of autograd on the way back, and in which order they are passed."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.incoming: dict[int, torch.Tensor] = {}
        self.outgoing: dict[tuple[int, int], torch.Tensor] = {}

    def run(self, loss: torch.Tensor, nodes: Mapping[int, Any], leaves: Sequence[torch.Tensor]) -> None:
        """Gradients of the leaves go nowhere: neither `grad` nor a hook is left behind."""
        handles = [node.register_hook(self._hook(number)) for number, node in nodes.items()]
        try:
            torch.autograd.grad(loss, list(leaves), retain_graph=True, allow_unused=True)
        finally:
            for handle in handles:
                handle.remove()

    def _hook(self, number: int) -> Callable[[Any, Any], None]:
        def passed(going: Sequence[torch.Tensor | None], coming: Sequence[torch.Tensor | None]) -> None:
            self.order.append(number)
            first = next((gradient for gradient in coming if gradient is not None), None)
            if first is not None:
                self.incoming[number] = first.detach()
            for place, gradient in enumerate(going):
                if gradient is not None:
                    self.outgoing[number, place] = gradient.detach()

        return passed
