"""Sizes that the parts of the canvas share, in drawing units: pixels at 100 %."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF

from nnstudio.ui import theme

GRID = 8
CARD_WIDTH = 176.0
RADIUS = 6.0
STRIP = 4.0
HEADER = 28.0
PAD = 10.0
LINE = 16.0
PORT = 4.5
"""Radius of a port's ring."""
PORT_REACH = 12.0
"""How far from a port's centre a press still means the port, in pixels on the screen."""
SNAP_REACH = 24.0
"""How far from a port a dragged wire still snaps to it, in pixels on the screen."""
STEP_X, STEP_Y = 232.0, 192.0
"""From one card to the next, and from one row to the next."""
CHIP_GAP = 90.0
"""A wire at least so long carries its shape."""

CHIPS_FROM = 0.55
"""Under this zoom shapes on wires can not be read and are left out, but for a wire pointed at."""
PLAIN_BELOW = 0.40
"""Under this zoom: plain cards with names."""
BLOCKS_BELOW = 0.15
"""Under this zoom: blocks of colour."""
ZOOM_MIN, ZOOM_MAX = 0.05, 4.0


@cache
def font(px: int, bold: bool = False) -> QFont:
    """The window's font at a size in drawing units."""
    made = theme.base_font(px, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@cache
def measure(px: int, bold: bool = False) -> QFontMetricsF:
    """How wide and high text is in that font."""
    return QFontMetricsF(font(px, bold))


def fitting_px(text: str, room: float, *, bold: bool = False, largest: int = 11, smallest: int = 9) -> int:
    """Where a text is a little too long, smaller letters are better than none: fonts differ in width by a tenth."""
    sizes = range(largest, smallest, -1)
    return next((px for px in sizes if measure(px, bold).horizontalAdvance(text) <= room), smallest)


def in_two(text: str, room: float) -> tuple[str, ...]:
    """A text in one line, or in two where it is too long for that: as many words as fit, then the rest."""
    metrics, words = measure(11), text.split()
    first = len(words)
    while first > 1 and metrics.horizontalAdvance(" ".join(words[:first])) > room:
        first -= 1
    return tuple(" ".join(line) for line in (words[:first], words[first:]) if line)


def snap(value: float) -> float:
    """The nearest line of the grid."""
    return float(round(value / GRID) * GRID)


def snapped(point: QPointF) -> QPointF:
    """The nearest crossing of the grid."""
    return QPointF(snap(point.x()), snap(point.y()))
