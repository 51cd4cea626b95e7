"""A view with a line of small words above it, such as what its axes are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnstudio.ui import theme


def titled(view: QWidget, words: str) -> QWidget:
    """The view, under its title."""
    whole = QWidget()
    title = QLabel(words, textFormat=Qt.TextFormat.PlainText)
    title.setProperty("class", "muted")
    title.setFont(theme.base_font(11))
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(title)
    column.addWidget(view, 1)
    return whole
