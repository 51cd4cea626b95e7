"""Small buttons with a picture only, and room in others."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton, QToolButton

from nnstudio.ui import icons

_MARGINS = 40


def with_room(button: QPushButton) -> QPushButton:
    """Room for its text in bold, as it is where Enter presses it; Qt counts with plain letters."""
    bold = QFont(button.font())
    bold.setWeight(QFont.Weight.DemiBold)
    button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + _MARGINS)
    return button


def small(icon: str, tip: str, call: object) -> QToolButton:
    """One that says what it does in its tip, and to a screen reader."""
    button = QToolButton(autoRaise=True)
    button.setIcon(icons.icon(icon, "muted"))
    button.setIconSize(QSize(14, 14))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(call)
    return button
