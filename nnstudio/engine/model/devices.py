"""Where a run computes: the CPU, or a GPU that torch finds."""

from __future__ import annotations

import torch

from nnstudio.errors import EngineError


def devices() -> tuple[str, ...]:
    """Those that are there, by torch's names."""
    cuda = [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return ("cpu", *cuda, *mps)


def device_named(name: str) -> torch.device:
    """The device of that name; "cuda" is the first one. Raises EngineError where there is none."""
    known = devices()
    full = "cuda:0" if name == "cuda" else name
    if full not in known:
        there = f"There are: {', '.join(known)}." if len(known) > 1 else "There is the CPU: choose cpu."
        raise EngineError(f"There is no device '{name}' here.", fix=there)
    return torch.device(full)


def forget_unused() -> None:
    """Give memory that torch keeps for later back to the GPU's other users."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
