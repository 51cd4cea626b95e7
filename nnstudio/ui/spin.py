"""A box for a whole number, as it looks everywhere."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox

_STANDS_OFF = 8


def spin_box(low: int, high: int, name: str, tip: str = "") -> QSpinBox:
    """Takes numbers from `low` to `high`; `name` is for a screen reader, and the tip where there is none."""
    box = QSpinBox(minimum=low, maximum=high)
    box.lineEdit().setTextMargins(_STANDS_OFF, 0, 0, 0)  # the style sheet's padding does not reach the text
    box.setAccessibleName(name)
    box.setToolTip(tip or name)
    return box
