"""The colour and the shape of a class, the same wherever its points are drawn."""

from __future__ import annotations

from PySide6.QtGui import QColor

from nnstudio.ui import colormaps, theme
from nnstudio.ui.panels.parts.plane import HUES, SYMBOLS

_ENDS = (40, 215)
"""Of the diverging map: two classes have the colours of the probability between them."""


def shade(label: int, many: bool) -> QColor:
    """A class's colour; `many` where there are more than two. A negative label is none."""
    if label < 0:
        return theme.color("muted")
    if not many:
        return QColor(*(int(part) for part in colormaps.diverging()[_ENDS[min(label, 1)]][:3]))
    return theme.family_color(HUES[label % len(HUES)])


def token(label: int, many: bool) -> str:
    """The same colour, as a legend's Key takes it."""
    return f"family:{HUES[label % len(HUES)]}" if many else f"pole:{label}"


def symbol(label: int) -> str:
    """A class's shape, by pyqtgraph's name; that of the first for none."""
    return SYMBOLS[max(label, 0) % len(SYMBOLS)]
