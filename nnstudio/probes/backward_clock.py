"""How long the way back through each variable takes: autograd's operations, each given to the variable it made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from nnstudio.probes.forward_clock import device_of, now
from nnstudio.probes.spec import Look, Tensors
from nnstudio.probes.variables import loss_variables


def backward_times(look: Look, rows: Tensors) -> dict[str, float]:
    """Seconds by variable, of the loss under an empty name; nothing where there is no loss. Gradients are enabled."""
    traced = look.trace([rows[name] for name in look.spec.inputs])
    if look.spec.free:
        return {}
    between, loss = loss_variables(look, traced, rows)
    weights = [weight for weight in look.model.parameters() if weight.requires_grad]
    if loss is None or not loss.requires_grad or not weights:
        return {}
    given = _given(look.model)
    made = {name: tensor for name, tensor in {**traced, **between}.items() if name not in given}
    owners = owners_of(made, loss)
    clock = _Clock(device_of(look))
    for operation, owner in owners.items():
        clock.follow(operation, owner)
    torch.autograd.grad(loss, weights, allow_unused=True)
    return dict(clock.seconds)


def owners_of(variables: Mapping[str, torch.Tensor], loss: torch.Tensor) -> dict[Any, str]:
    """By operation of autograd: the variable on the way to which it was made, the loss as an empty name.

    A block's result is a variable inside too, and belongs to the inner one; of two in one place to the first.
    """
    ends: dict[Any, str] = {}
    for name in sorted(variables, key=lambda name: -name.count(".")):
        if variables[name].grad_fn is not None:
            ends.setdefault(variables[name].grad_fn, name)
    ends.setdefault(loss.grad_fn, "")
    owners: dict[Any, str] = {}
    for end, name in ends.items():
        for operation in _up_to(end, ends):
            owners.setdefault(operation, name)
    return owners


def _given(model: nn.Module) -> set[str]:
    """Variables that come into a forward from outside: there they have another name."""
    found: set[str] = set()
    for path, module in model.named_modules():
        code = getattr(type(module).forward, "__code__", None)
        if path and code is not None:
            found.update(f"{path}.{name}" for name in code.co_varnames[1 : code.co_argcount])
    return found


def _up_to(end: Any, ends: Mapping[Any, str]) -> Iterator[Any]:
    """The operations that lead to one, back to those of other variables. Those that keep a gradient are left out."""
    waiting, seen = [end], {end}
    while waiting:
        operation = waiting.pop()
        yield operation
        for before, _ in operation.next_functions:
            if before is not None and before not in seen and before not in ends and not hasattr(before, "variable"):
                seen.add(before)
                waiting.append(before)


class _Clock:
    """Hooks on operations of one graph, which goes with it."""

    def __init__(self, device: str) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._device, self._began = device, 0.0

    def follow(self, operation: Any, owner: str) -> None:
        """Time an operation."""

        def begin(_gradients: Any) -> None:
            self._began = now(self._device)

        def end(_inputs: Any, _outputs: Any) -> None:
            self.seconds[owner] += now(self._device) - self._began

        operation.register_prehook(begin)
        operation.register_hook(end)
