"""Loads pyqtgraph beside the window's thread, so that nobody waits for it, neither at the start nor at the first curve."""

from __future__ import annotations

import importlib
import threading
from functools import cache

from PySide6.QtCore import QTimer

DELAY_MS = 400
"""After the first plot panel is shown: the window comes first."""


@cache
def warm_up() -> None:
    """Start loading in a moment. Does nothing the second time."""
    QTimer.singleShot(DELAY_MS, _load)


def _load() -> None:
    name = "nnstudio.ui.panels.plots.curve_plot"
    threading.Thread(target=importlib.import_module, args=(name,), name="nnstudio-plots", daemon=True).start()
