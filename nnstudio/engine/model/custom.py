"""Learns the shapes of a class that a person typed in, by running it with two sizes of batch.

On the meta device first, where nothing is computed and no memory is used; on the CPU where the class does something
that the meta device can not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from nnstudio.engine.model.build import class_of
from nnstudio.engine.model.quiet import looking, random_state_kept
from nnstudio.engine.model.words import SOURCE_PREFIX, in_words
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Entry, Measure, Measured, Sized

BATCHES = (5, 7)
"""Two, so that what follows the batch shows."""
SECONDS = 10.0
"""For both runs together; a class that takes longer is given up."""
N = -1
DTYPES = {torch.float32: "float32", torch.int64: "int64", torch.bool: "bool"}
"""What travels along wires."""

Tracer: TypeAlias = Callable[[FrameType, str, Any], Any]


def measure(request: Measure) -> Measured:
    """What comes out and what is trained, or why it does not run, with the line. Leaves the random state as it was."""
    try:
        with random_state_kept():
            return _measured(request)
    except EngineError as error:
        return Measured(key=request.key, problem=error.message, fix=error.fix, line=error.line)


def _measured(request: Measure) -> Measured:
    try:
        with _in_time():
            model, rows = _run(request, "meta")
    except (Exception, SystemExit):  # noqa: BLE001  # what the CPU says of it is what training would
        model, rows = _on_cpu(request)
    return Measured(
        key=request.key,
        outputs=tuple(_sized(place, tensors) for place, tensors in enumerate(zip(*rows, strict=True))),
        weights={name: tuple(each.shape) for name, each in model.named_parameters() if each.requires_grad},
    )


def _on_cpu(request: Measure) -> tuple[nn.Module, list[list[torch.Tensor]]]:
    try:
        with _in_time():
            return _run(request, "cpu")
    except (Exception, SystemExit) as error:  # the text may raise anything
        raise in_words(error) from error


def _run(request: Measure, device: str) -> tuple[nn.Module, list[list[torch.Tensor]]]:
    """The module, and what it gives for each size of batch."""
    kind = class_of(request.code, request.class_name, {"torch": torch, "nn": nn})
    with torch.device(device):
        model = kind(**request.arguments)
    _refuse_lazy(model)
    batched = any(N in entry.shape for entry in request.inputs)
    with looking(model):
        return model, [_outputs(model, request, batch, device) for batch in (BATCHES if batched else BATCHES[:1])]


def _outputs(model: nn.Module, request: Measure, batch: int, device: str) -> list[torch.Tensor]:
    placed = [_tensor(entry, batch, device) for entry in request.inputs if not entry.optional]
    named = {entry.name: _tensor(entry, batch, device) for entry in request.inputs if entry.optional}
    given = model(*placed, **named)
    outputs = list(given) if isinstance(given, tuple | list) else [given]
    if isinstance(given, tuple | list) and request.outputs == 1:
        words = f"forward gives {len(outputs)} tensors as one {type(given).__name__}, and the node has one output."
        raise EngineError(words, fix="Write a name for each of them in outputs, or return one tensor.")
    if len(outputs) != request.outputs:
        words = f"forward gives {len(outputs)} of what the node has {request.outputs} outputs for."
        raise EngineError(words, fix="Write a name for each tensor that forward gives in outputs.")
    for output in outputs:
        _check_output(output)
    return outputs


def _check_output(output: object) -> None:
    if not isinstance(output, torch.Tensor):
        words = f"forward gives {'nothing' if output is None else f'a {type(output).__name__}'} and must give tensors."
        raise EngineError(words, fix="End forward with return and a tensor.")
    if output.dtype not in DTYPES:
        words = f"forward gives a tensor of {str(output.dtype).removeprefix('torch.')}, which no wire carries."
        raise EngineError(words, fix="Turn it into float32, int64 or bool, as with .float().")


def _tensor(entry: Entry, batch: int, device: str) -> torch.Tensor:
    """Zeros, which are numbers, classes and tokens alike."""
    shape = [batch if size == N else size for size in entry.shape]
    dtype = getattr(torch, entry.dtype)
    return torch.zeros(shape, dtype=dtype, device=device)


def _sized(place: int, tensors: Sequence[torch.Tensor]) -> Sized:
    """The shape with N for the batch, where the first size is it. Raises EngineError where another size follows it."""
    shapes = [tuple(tensor.shape) for tensor in tensors]
    shape, dtype = shapes[0], DTYPES[tensors[0].dtype]
    if len(set(shapes)) == 1:
        return Sized(shape, dtype)
    fits = [each[:1] == (batch,) and each[1:] == shape[1:] for each, batch in zip(shapes, BATCHES, strict=True)]
    if not all(fits):
        found = (f"{_text(each)} for a batch of {batch}" for each, batch in zip(shapes, BATCHES, strict=True))
        fix = "Keep the batch as the first size, and let no other size follow it."
        raise EngineError(f"Output {place + 1} is {' and '.join(found)}.", fix=fix)
    return Sized((N, *shape[1:]), dtype)


def _text(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "a number"


def _refuse_lazy(model: nn.Module) -> None:
    lazy = next((name for name, each in model.named_parameters() if is_lazy(each)), "")
    if lazy:
        words = f"The weight '{lazy}' has no size before the first run, so it could not be counted, seeded or saved."
        raise EngineError(words, fix="Use a layer that is not lazy, with the size as an argument of __init__.")


@contextmanager
def _in_time() -> Iterator[None]:
    """Give up after a while, in the middle of the person's text: an endless loop must not hold the engine."""
    end = time.monotonic() + SECONDS

    def trace(frame: FrameType, event: str, _: Any) -> Tracer | None:
        if not frame.f_code.co_filename.startswith(SOURCE_PREFIX):
            return None
        frame.f_trace_opcodes = True  # a loop on one line never comes to another
        if time.monotonic() > end:
            raise TimeoutError(f"It was not done after {SECONDS:g} s")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
