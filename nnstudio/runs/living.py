"""Whether the process that wrote something is still there.

psutil is loaded when that is asked: a window that opens does not wait for it.
"""

from __future__ import annotations

SLACK = 5.0
"""Seconds by which the time at which a process began may be told differently, as when the clock was set meanwhile."""


def began(pid: int) -> float:
    """When a process began, in seconds since 1970; 0.0 where it is not there."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except (psutil.Error, ValueError, OverflowError):
        return 0.0


def is_alive(pid: int, when: float) -> bool:
    """Whether there is a process of that number, and it is the one that began then: numbers are used again."""
    return pid > 0 < when and abs(began(pid) - when) < SLACK


def exists(pid: int) -> bool:
    """Whether there is any process of that number."""
    import psutil

    return bool(psutil.pid_exists(pid)) if 0 < pid < 2**31 else False
