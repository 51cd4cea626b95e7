"""The texts that were written for this project and lie with its resources: one file each, UTF-8."""

from __future__ import annotations

from nnstudio.paths import resource


def lines(name: str) -> tuple[str, ...]:
    """The lines of `resources/data/NAME.txt` that are neither empty nor a remark, which begins with `#`."""
    text = resource("data", f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
