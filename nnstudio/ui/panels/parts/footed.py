"""A picture with what explains its colours in a line under it, where a header has no room for the words."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

GAP = 16


class Footed(QWidget):
    """Takes a picture, and others in its place; `keys` are the scales and legends of all of them."""

    def __init__(self, *keys: QWidget) -> None:
        super().__init__()
        self._picture: QWidget | None = None
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        for key in keys:
            foot.addWidget(key)
        foot.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(foot)

    def set_picture(self, picture: QWidget) -> None:
        """Put it in place of the one before."""
        if self._picture is not None:
            self._column.removeWidget(self._picture)
            self._picture.deleteLater()
        self._picture = picture
        self._column.insertWidget(0, picture, 1)
