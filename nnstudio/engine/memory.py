"""How much memory is left, counted before data are loaded: what can not fit is refused with the number."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

SHARE = 0.8
"""Of what is free, data may take so much: the window, other programs and the run itself need some too."""
_LIMIT = Path("/sys/fs/cgroup/memory.max")
_USED = Path("/sys/fs/cgroup/memory.current")


def free_memory() -> int:
    """Bytes that data may take: a share of what the machine has free, or of what a container may still use."""
    free = int(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit
        free = min(free, int(_LIMIT.read_text()) - int(_USED.read_text()))
    return int(max(free, 0) * SHARE)
