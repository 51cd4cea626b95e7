"""What goes with a picture and is drawn over it: boxes, and the outline of a mask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from nnstudio.data.spec import Field
from nnstudio.ui import colormaps, theme

BOXES, MASKS = ("box", "boxes", "bounding_box"), ("mask", "masks")
"""Fields by these names are drawn over the picture."""
SIZES = {"width", "height", "w", "h"}
"""Names of columns that say how large a box is, and not where it ends."""


def is_mark(field: Field) -> bool:
    """Whether a field is drawn over the picture."""
    return field.name in BOXES or field.name in MASKS


def paint(painter: QPainter, inner: QRectF, image: Field, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
    """Draw what goes with a picture whose pixels lie in `inner`."""
    height, width = image.shape[1:]
    for field in fields:
        if field.name in MASKS and np.size(values[field.name]) == height * width:
            painter.drawImage(inner, _outline(np.asarray(values[field.name]).reshape(height, width) > 0))
        elif field.name in BOXES:
            for box in boxes(field, values[field.name], width, height):
                _paint_box(painter, inner, box)


def boxes(field: Field, values: Any, width: int, height: int) -> list[tuple[float, float, float, float]]:
    """Boxes as left, top, width and height, in shares of the picture.

    Numbers are taken for shares where none is above one, and for pixels otherwise; as sizes where the columns say so,
    and as right and bottom otherwise.
    """
    if np.size(values) % 4:
        return []
    table = np.asarray(values, np.float64).reshape(-1, 4)
    table = table[np.isfinite(table).all(axis=1)]
    if table.size and np.abs(table).max() > 1.0:
        table = table / (width, height, width, height)
    if not SIZES & set(field.columns):
        table = np.concatenate([table[:, :2], table[:, 2:] - table[:, :2]], axis=1)
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in table]


def _paint_box(painter: QPainter, inner: QRectF, box: tuple[float, float, float, float]) -> None:
    left, top, width, height = box
    place = QRectF(
        inner.left() + left * inner.width(), inner.top() + top * inner.height(),
        width * inner.width(), height * inner.height(),
    )  # fmt: skip
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("canvas"), 2.6))
    painter.drawRect(place)
    painter.setPen(QPen(theme.color("accent"), 1.2))
    painter.drawRect(place)


def _outline(inside: Any) -> QImage:
    """The pixels at the edge of a mask, each as four by four dots of which the two outermost are drawn."""
    fine = core = inside.repeat(4, axis=0).repeat(4, axis=1)
    for _ in range(2):
        wide = np.pad(core, 1)
        core = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    colors = np.zeros((*fine.shape, 4), np.uint8)
    shade = theme.color("warning")
    colors[fine & ~core] = (shade.red(), shade.green(), shade.blue(), 255)
    return colormaps.to_image(colors)
