"""From one part of the window to the next by keys alone."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def step(panes: Iterable[QWidget], by: int) -> None:
    """Give the keyboard to the next of the parts that can be seen, or with -1 to the one before."""
    stops = [(pane, target) for pane in panes if _is_seen(pane) and (target := first_focus(pane)) is not None]
    focus = QApplication.focusWidget()
    here = next((n for n, (pane, _) in enumerate(stops) if focus and (pane is focus or pane.isAncestorOf(focus))), None)
    if stops:
        there = (0 if by > 0 else -1) if here is None else (here + by) % len(stops)
        stops[there][1].setFocus(Qt.FocusReason.TabFocusReason)


def first_focus(pane: QWidget) -> QWidget | None:
    """What takes the keyboard in a part of the window."""
    if _takes_keys(pane):
        return pane
    inside = [child for child in pane.findChildren(QWidget) if child.isVisible() and child.isEnabled()]
    return next(filter(_takes_keys, inside), None)


def _takes_keys(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _is_seen(pane: QWidget) -> bool:
    return pane.isVisible() and pane.isEnabled() and not pane.visibleRegion().isEmpty()
