"""Read-outs under the mouse. Texts may come from files, so none is ever read as rich text."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolTip, QWidget


def show(widget: QWidget, at: QPoint, text: str) -> None:
    """Show `text` beside the point `at` of the widget at once; an empty text hides what is there."""
    if text:
        QToolTip.showText(widget.mapToGlobal(at), plain(text), widget)
    elif QToolTip.isVisible():
        QToolTip.hideText()


def plain(text: str) -> str:
    """A tip's text that shows every character as it is."""
    return f"<p style='white-space:pre'>{escape(text)}</p>"
