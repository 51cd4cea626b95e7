"""How fast this machine is, measured once in a process, in some hundredths of a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import perf_counter

import torch

from nnstudio.engine.model.quiet import random_state_kept
from nnstudio.engine.model.threads import threads_for

SIDE = 256
CALLS = 60
LARGE = 2**20
TRIES = 3
REACHED = 0.5
"""Of a product of matrices' speed, what layers reach, about."""
TOGETHER = 0.7
"""Of its own speed, what each of several threads reaches, about."""
STEP_CALLS = 60
"""Calls of torch in a step besides those of the model: the batch, the optimizer, the figures."""


@dataclass(frozen=True)
class Pace:
    """Operations with numbers a second, seconds of a call of torch with its way back, and bytes a second."""

    flops: float
    call: float
    bytes: float


def step_seconds(flops: int, calls: int, moved: int) -> float:
    """What a step of that size takes on the CPU, about; `moved` are bytes that go through the processor."""
    found, threads = pace(), threads_for(flops)
    several = 1 if threads == 1 else threads * TOGETHER
    return (flops / (found.flops * REACHED) + moved / found.bytes) / several + (calls + STEP_CALLS) * found.call


@cache
def pace() -> Pace:
    """With one thread: several at once tell, in so short a time, what else the machine does. Leaves no trace."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with random_state_kept(), torch.enable_grad():
            return _measure()
    finally:
        torch.set_num_threads(before)


def _measure() -> Pace:
    square = torch.full((SIDE, SIDE), 0.5)
    small = torch.ones(8, requires_grad=True)

    def chain() -> None:
        value = small
        for _ in range(CALLS):
            value = value * 1.0
        value.sum().backward()  # type: ignore[no-untyped-call]  # torch has no type for it

    large = torch.zeros(LARGE)
    product, sum_ = _quickest(lambda: torch.mm(square, square)), _quickest(lambda: torch.add(large, large))
    return Pace(2 * SIDE**3 / product, _quickest(chain) / CALLS, 2 * large.nbytes / sum_)


def _quickest(work: Callable[[], object]) -> float:
    """Seconds of the quickest try: others were disturbed."""
    took = []
    for _ in range(TRIES + 1):
        began = perf_counter()
        work()
        took.append(perf_counter() - began)
    return max(min(took[1:]), 1e-9)
