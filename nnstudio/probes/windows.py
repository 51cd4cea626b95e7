"""Which inputs a convolution or a pooling looks at for one point of its output, axis by axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.modules.conv import _ConvTransposeNd

HOLE = -1
"""In place of an input: nothing is there."""


@dataclass(frozen=True)
class Span:
    """Along one axis: where the points of the window lie, from which inputs their values come, and with which points of
    the filter they meet. A place before 0 or beyond the end is padding.
    """

    places: list[int]
    sources: list[int]
    taps: list[int]

    @staticmethod
    def of(places: Sequence[int], size: int, mode: str = "zeros") -> Span:
        """Places that meet one point of the filter each, in order."""
        return Span(list(places), [_source(place, size, mode) for place in places], list(range(len(places))))


def spans_of(module: nn.Module, sizes: Sequence[int], at: Sequence[int]) -> list[Span]:
    """The window of the output's point `at`, on inputs of these sizes; both without the channel."""
    if hasattr(module, "output_size"):
        find = adaptive
    else:
        find = transposed if isinstance(module, _ConvTransposeNd) else sliding
    return [find(module, axis, sizes[axis], at[axis]) for axis in range(len(at))]


def sliding(module: nn.Module, axis: int, size: int, at: int) -> Span:
    """Of a window that moves by the stride, its points as far apart as the dilation."""
    length, gap = along(module, "kernel_size", axis), along(module, "dilation", axis)
    start = at * along(module, "stride", axis) - padding(module, axis)
    places = [start + gap * point for point in range(length)]
    return Span.of(places, size, str(getattr(module, "padding_mode", "zeros")))


def transposed(module: nn.Module, axis: int, size: int, at: int) -> Span:
    """Of a filter put down at each input: the inputs whose filters cover the point."""
    stride, gap = along(module, "stride", axis), along(module, "dilation", axis)
    far = at + padding(module, axis)
    reached = [(place, far - place * stride) for place in range(size)]
    last = gap * (along(module, "kernel_size", axis) - 1)
    met = [(place, offset // gap) for place, offset in reached if 0 <= offset <= last and offset % gap == 0]
    places = [place for place, _ in met]
    return Span(places, places, [tap for _, tap in met])


def adaptive(module: nn.Module, axis: int, size: int, at: int) -> Span:
    """Of windows that share an axis among themselves, as torch cuts it."""
    parts = along(module, "output_size", axis) or size
    return Span.of(range(at * size // parts, -(-(at + 1) * size // parts)), size)


def gather(values: torch.Tensor, spans: Sequence[Span], hole: float = 0.0) -> torch.Tensor:
    """What the window shows of C×…: C, and the window's own axes."""
    for axis, span in enumerate(spans, 1):
        index = torch.tensor(span.sources, dtype=torch.int64, device=values.device)
        shape = [-1 if other == axis else 1 for other in range(values.ndim)]
        values = values.index_select(axis, index.clamp(min=0))
        values = values.masked_fill((index == HOLE).reshape(shape), hole)
    return values


def along(module: nn.Module, name: str, axis: int) -> int:
    """A size of a layer along one axis: one number stands for all axes, what it has not is 1, None is 0."""
    value: Any = getattr(module, name, 1)
    return int((value[axis] if isinstance(value, Sequence) else value) or 0)


def padding(module: nn.Module, axis: int) -> int:
    """How many points there are before the first input; torch puts the odd one of "same" at the end."""
    value: Any = getattr(module, "padding", 0)
    if isinstance(value, str):
        reach = along(module, "dilation", axis) * (along(module, "kernel_size", axis) - 1)
        return reach // 2 if value == "same" else 0
    return along(module, "padding", axis)


def _source(place: int, size: int, mode: str) -> int:
    if 0 <= place < size:
        return place
    return _OUTSIDE[mode](place, size) if mode in _OUTSIDE else HOLE


_OUTSIDE: dict[str, Callable[[int, int], int]] = {
    "reflect": lambda place, size: -place if place < 0 else 2 * (size - 1) - place,
    "replicate": lambda place, size: 0 if place < 0 else size - 1,
    "circular": lambda place, size: place % size,
}
