"""How much memory is left, counted before it is taken: what can not fit is refused with the number."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from nnstudio.data.loading import bytes_text
from nnstudio.errors import EngineError

SHARE = 0.8
"""Of what is free, data and runs may take so much: the window and other programs need some too."""
SMALL = 2**26
"""Bytes that nobody asks about: there is always room for so few."""
_LIMIT = Path("/sys/fs/cgroup/memory.max")
_USED = Path("/sys/fs/cgroup/memory.current")


def free_memory() -> int:
    """Bytes that may be taken: a share of what the machine has free, or of what a limit of any kind leaves."""
    free = int(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit
        free = min(free, int(_LIMIT.read_text()) - int(_USED.read_text()))
    free = min(free, *_limits_left(free))
    return int(max(free, 0) * SHARE)


def check_room(needed: int) -> None:
    """Raise EngineError where a copy of so many bytes does not fit: what can not fit may end the whole process."""
    if needed > SMALL and needed > (free := free_memory()):
        words = f"A copy of the weights needs {bytes_text(needed)} of memory, and {bytes_text(free)} are free."
        raise EngineError(words, fix="Close other programs, or make the layers smaller.", kind="memory")


def free_on(device: str) -> int:
    """The same for the memory of a device, by its name in torch; the CPU's is the machine's own."""
    import torch

    if device.startswith("cuda") and torch.cuda.is_available():
        return int(torch.cuda.mem_get_info(torch.device(device))[0] * SHARE)
    if device == "mps" and torch.backends.mps.is_available():
        left = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        return int(max(left, 0) * SHARE)
    return free_memory()


def _limits_left(otherwise: int) -> tuple[int, int]:
    """What this process may still take of addresses and of data, where that is limited, as by `ulimit -v`."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return otherwise, otherwise
    used = psutil.Process().memory_info()
    limits = ((resource.RLIMIT_AS, used.vms), (resource.RLIMIT_DATA, getattr(used, "data", 0)))
    left = []
    for kind, taken in limits:
        limit = resource.getrlimit(kind)[0]
        left.append(otherwise if limit == resource.RLIM_INFINITY else limit - taken)
    return left[0], left[1]
