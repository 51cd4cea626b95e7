"""The operations of one forward pass: what goes into each, with which weights, and what comes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from nnstudio.probes.spec import Look


@dataclass(frozen=True)
class Step:
    """One operation. `given` depends on the inputs, each once; `stored` are parameters and buffers of the model."""

    function: Callable[..., Any]
    given: tuple[torch.Tensor, ...]
    stored: tuple[torch.Tensor, ...]
    made: torch.Tensor

    @property
    def linear(self) -> bool:
        """Whether a weight joins each unit that goes in with each that comes out."""
        return self.function is nn.functional.linear and len(self.given) == 1 and bool(self.stored)

    @property
    def unitwise(self) -> bool:
        """Whether as many units come out as go in, and no weights join them: activation, dropout, normalization."""
        few = all(tensor.ndim < 2 for tensor in self.stored)
        return len(self.given) == 1 and few and self.given[0].shape == self.made.shape


class Pass:
    """A forward pass: its variables by name, and its steps. Tensors are told apart by identity, so they are kept."""

    def __init__(self, variables: Mapping[str, torch.Tensor], steps: Sequence[Step]) -> None:
        self.variables, self.steps = variables, steps
        self.order = {id(step.made): number for number, step in enumerate(steps)}
        self._makers = {id(step.made): step for step in steps}
        self._users: dict[int, list[Step]] = defaultdict(list)
        for step in steps:
            for tensor in step.given:
                self._users[id(tensor)].append(step)

    def maker(self, tensor: torch.Tensor) -> Step | None:
        """The step that made it; none made an input."""
        return self._makers.get(id(tensor))

    def users(self, tensor: torch.Tensor) -> list[Step]:
        """The steps that it goes into."""
        return self._users.get(id(tensor), [])


def passed(look: Look, inputs: Sequence[torch.Tensor]) -> Pass:
    """Run forward once."""
    with _Recorder() as recorder:
        variables = look.trace(inputs)
    stored = {id(tensor) for tensor in (*look.model.parameters(), *look.model.buffers())}
    return Pass(variables, _steps(recorder.calls, {id(tensor) for tensor in inputs}, stored))


class _Recorder(TorchFunctionMode):
    """Hears every operation that the model asks torch for."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Callable[..., Any], list[torch.Tensor], list[torch.Tensor]]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        results = list(_tensors(made))
        if results:
            self.calls.append((func, list(_tensors([args, list((kwargs or {}).values())])), results))
        return made


def _tensors(value: object) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)


def _steps(
    calls: Sequence[tuple[Callable[..., Any], list[torch.Tensor], list[torch.Tensor]]],
    flowing: set[int],
    stored: set[int],
) -> list[Step]:
    """The calls whose result depends on the inputs. What gives back the tensor it got, as dropout does, is none."""
    steps: list[Step] = []
    for function, taken, results in calls:
        distinct = {id(tensor): tensor for tensor in taken}
        given = tuple(tensor for key, tensor in distinct.items() if key in flowing)
        weights = tuple(tensor for key, tensor in distinct.items() if key in stored)
        new = [made for made in results if id(made) not in distinct] if given else []
        steps += [Step(function, given, weights, made) for made in new]
        flowing = flowing | {id(made) for made in new}
    return steps
