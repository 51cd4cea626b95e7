"""Reads what the probe of a tensor tells."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.panels.parts.tensor_slice import Slice


def slice_of(frame: ProbeFrame, at: Sequence[int], words: Sequence[str], spec: TensorSpec) -> Slice:
    """The slice at these places, with the words for its axes."""
    picture = frame.arrays.get("picture")
    names = frame.facts.get("names")
    known = isinstance(names, list) and len(names) == spec.classes
    inner = shape_of(frame)[len(at) :]
    last = ["", "", *words][-2:]
    return Slice(
        shape=inner,
        values=frame.arrays["values"].numpy(),
        top=int(figure(frame, "top")),
        left=int(figure(frame, "left")),
        picture=picture.numpy() if picture is not None else None,
        axes=(last[0], last[1]),
        names=tuple(map(str, names)) if isinstance(names, list) and known else (),
        low=figure(frame, "low"),
        high=figure(frame, "high"),
        square=spec.kind == "image",
    )


def shape_of(frame: ProbeFrame) -> tuple[int, ...]:
    """Of the whole tensor, of one sample."""
    return tuple(whole_numbers(frame, "shape"))


def whole_numbers(frame: ProbeFrame, name: str) -> list[int]:
    """A fact that is a list of them."""
    found = frame.facts.get(name)
    return [int(item) for item in found] if isinstance(found, list) else []


def figure(frame: ProbeFrame, name: str) -> float:
    """A fact that is a number; 0 where it is not told."""
    found = frame.facts.get(name, 0.0)
    return float(found) if isinstance(found, int | float) else 0.0
