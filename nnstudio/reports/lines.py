"""One line for a program to read, or some words for a person."""

from __future__ import annotations

import json
import math
from typing import Any

LONGEST = 80


def json_line(record: dict[str, Any]) -> str:
    """One line of JSON; a number that is not finite is null, as JSON has no other word for it."""
    return json.dumps(_finite(record), allow_nan=False)


def words(value: object) -> str:
    """A value for a person; a long one is cut off."""
    text = f"[{', '.join(map(words, value))}]" if isinstance(value, list) else _single(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _single(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
