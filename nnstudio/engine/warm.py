"""What is only loaded when it is first used, loaded beforehand, while the person still looks and draws.

The first optimizer of a process imports torch's compiler, which takes most of a second: nobody should wait for it after
pressing Train. Nor at the end of a run for scikit-learn, which makes its figures.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
import time
from collections.abc import Callable

import torch

LOOK_EVERY = 0.25
"""Seconds between two looks at whether nothing is to be done."""
_PIECES = ("scipy.sparse", "scipy.linalg", "scipy.special", "scipy.stats", "sklearn.utils", "sklearn.metrics")
"""Loaded one by one: none takes longer than a third of a second, and a run that begins meanwhile waits for no more."""


def warm_up(calm: Callable[[], bool]) -> None:
    """Begin in a thread of its own, and return at once; a Start that comes earlier waits for the optimizer.

    The rest is loaded while it is `calm`, and otherwise when it is needed.
    """
    threading.Thread(target=_warm_up, args=(calm,), name="nnstudio-warm", daemon=True).start()


def _warm_up(calm: Callable[[], bool]) -> None:
    # No random numbers: what a run draws must not depend on when this happens.
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])
    for piece in _PIECES:
        while _PIECES[-1] not in sys.modules and not calm():
            time.sleep(LOOK_EVERY)
        with contextlib.suppress(ImportError, MemoryError):  # there are no figures, then
            importlib.import_module(piece)
