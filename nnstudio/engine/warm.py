"""What torch only loads when it is first used, loaded beforehand, while the person still looks and draws.

The first optimizer of a process imports torch's compiler, which takes most of a second: nobody should wait for it after
pressing Train.
"""

from __future__ import annotations

import threading

import torch


def warm_up() -> None:
    """Begin in a thread of its own, and return at once; a Start that comes earlier waits for the rest."""
    threading.Thread(target=_first_optimizer, name="nnstudio-warm", daemon=True).start()


def _first_optimizer() -> None:
    # No random numbers: what a run draws must not depend on when this happens.
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])
