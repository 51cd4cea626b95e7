"""Small buttons with a picture only."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton

from nnstudio.ui import icons


def small(icon: str, tip: str, call: object) -> QToolButton:
    """One that says what it does in its tip, and to a screen reader."""
    button = QToolButton(autoRaise=True)
    button.setIcon(icons.icon(icon, "muted"))
    button.setIconSize(QSize(14, 14))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(call)
    return button
