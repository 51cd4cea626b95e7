"""Loads pyqtgraph beside the window's thread: nobody waits for it, neither at the start nor at the first curve."""

from __future__ import annotations

import importlib
import sys
import threading
from functools import cache

from PySide6.QtCore import QTimer

MODULE = "nnstudio.ui.panels.plots.curve_plot"
DELAY_MS = 400
"""After the first plot panel is shown: the window comes first."""


def warm_up() -> None:
    """Start loading in a moment, unless that is done."""
    if not _thread().is_alive() and not warm():
        QTimer.singleShot(DELAY_MS, load_now)


def warm() -> bool:
    """Whether a plot can be made without a wait. Also where loading has failed: making one then tells why."""
    module = sys.modules.get(MODULE)
    if module is not None and not getattr(module.__spec__, "_initializing", False):
        return True
    return _thread().ident is not None and not _thread().is_alive()


def load_now() -> None:
    """Start loading, unless that has been done."""
    if _thread().ident is None:
        _thread().start()


@cache
def _thread() -> threading.Thread:
    return threading.Thread(target=importlib.import_module, args=(MODULE,), name="nnstudio-plots", daemon=True)
