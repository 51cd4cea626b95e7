"""What a loader gets besides its parameters: the seed, its folder, memory, and somebody to tell how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.errors import DataError

if TYPE_CHECKING:
    import numpy as np


def _nobody(done: int, total: int, what: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Loading:
    """`tell(done, total, what)` is called now and then by loaders that take long; it raises Cancelled to end them.

    `total` is 0 where nobody knows. `folder` is where downloaded data lie. `memory` is how many bytes may be used.
    """

    seed: int = 0
    folder: Path | None = None
    tell: Callable[[int, int, str], None] = field(default=_nobody)
    memory: int = sys.maxsize

    @property
    def generator(self) -> np.random.Generator:
        """Random numbers from the seed, from the beginning."""
        import numpy as np

        return np.random.default_rng(self.seed)

    def need(self, size: int, what: str, fix: str = "Choose less of it: fewer samples, or fewer columns.") -> None:
        """Raise DataError, with the figures, where so many bytes can not be had."""
        if size > self.memory:
            raise DataError(
                f"{what} needs {bytes_text(size)} of memory, and {bytes_text(self.memory)} are free.",
                fix=fix,
                kind="memory",
            )


def bytes_text(size: int) -> str:
    """`1.2 GB`, as file managers say it."""
    number, units = float(size), ["bytes", "kB", "MB", "GB"]
    while number >= 1000 and len(units) > 1:
        number /= 1000
        units.pop(0)
    return f"{number:,.0f} {units[0]}" if units[0] == "bytes" or number >= 100 else f"{number:.1f} {units[0]}"
