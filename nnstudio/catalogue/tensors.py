"""What travels along a wire: a shape, a type, and what it means to a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from nnstudio.data.spec import DType, Field

Shape: TypeAlias = tuple[int, ...]

N: Final = -1
"""Stands in a shape for the batch, whose size is not known while drawing. Never take part in arithmetic with it."""


@dataclass(frozen=True)
class TensorSpec:
    """Shape (with N for the batch), type, meaning, number of classes, and which of them only fills up.

    `kind` is image, vector, sequence, tokens, label, scalar or any.
    """

    shape: Shape
    dtype: DType = "float32"
    kind: str = "any"
    classes: int = 0
    padding: int | None = None

    @property
    def per_sample(self) -> Shape:
        """The shape without the batch."""
        return self.shape[1:] if self.shape and self.shape[0] == N else self.shape

    def with_shape(self, shape: Shape, kind: str = "") -> TensorSpec:
        """The same type in another shape; the kind follows the shape unless given."""
        return replace(self, shape=shape, kind=kind or kind_of(shape), classes=0, padding=None)

    def __str__(self) -> str:
        text = shape_text(self.shape)
        return f"{text} · {self.classes} classes" if self.classes else text


def kind_of(shape: Shape) -> str:
    """The kind that a bare shape suggests: no sizes but the batch is a scalar, one is a vector."""
    per_sample = shape[1:] if shape and shape[0] == N else shape
    return {0: "scalar", 1: "vector", 2: "sequence"}.get(len(per_sample), "any")


def shape_text(shape: Shape) -> str:
    """`N×32×7×7`; a lone number is `scalar`."""
    return "×".join("N" if size == N else str(size) for size in shape) or "scalar"


def of_field(field: Field) -> TensorSpec:
    """The tensor that a data set's field puts on its wire."""
    return TensorSpec((N, *field.shape), field.dtype, field.kind, field.classes, field.padding)
