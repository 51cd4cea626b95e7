"""What a person puts into drawings, and after what: so that what comes next is offered first.

    habits = Habits.load()
    habits.added("ReLU", after="Conv2d")
    habits.share("ReLU", after="Conv2d")    # 0 to 1: how much of what was added there was this

What was done long ago counts less with everything that is added since. A damaged file means no habits yet.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from nnstudio import paths

NAME = "habits.json"
HALF_LIFE = 60
"""After so many further additions one counts half."""
MOST_KINDS = 200
"""Kinds that are remembered, and kinds after which something was added; the weakest are forgotten."""
MOST_AFTER = 24
"""Kinds that are remembered after one kind."""
LONGEST_KEY = 100
_DOUBT = 4.0
"""So many additions are imagined of other things: from a single one nothing follows yet."""
_ALL = ""


class Habits:
    """Weights that decay. Without a path they are known to this object alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._weights: dict[str, dict[str, float]] = {}
        """For each kind that something was added after, and for all together, what was added."""

    @classmethod
    def load(cls, path: Path | None = None) -> Habits:
        """What the person did before on this computer."""
        path = path or paths.config_dir() / NAME
        habits = cls(path)
        try:
            habits._weights = _read(json.loads(path.read_text(encoding="utf-8"))["added"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            habits._weights = {}
        return habits

    def added(self, key: str, after: str = "") -> None:
        """Something was put into a drawing, perhaps behind a node of the kind `after`."""
        for kind in dict.fromkeys((_ALL, after[:LONGEST_KEY])):
            known = self._weights.setdefault(kind, {})
            fade = 0.5 ** (1 / HALF_LIFE)
            for other in known:
                known[other] *= fade
            known[key[:LONGEST_KEY]] = known.get(key[:LONGEST_KEY], 0.0) + 1.0
            _keep_strongest(known, MOST_KINDS if kind == _ALL else MOST_AFTER)
        self._forget_kinds()

    def share(self, key: str, after: str = "") -> float:
        """How much of what was added, after that kind or anywhere, was this; little as long as little is known."""
        known = self._weights.get(after, {})
        return known.get(key, 0.0) / (sum(known.values()) + _DOUBT)

    def save(self) -> None:
        """Write them, whole or not at all. Raises OSError."""
        if self._path is None:
            return
        rounded = {
            kind: {key: round(weight, 4) for key, weight in known.items()} for kind, known in self._weights.items()
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({"added": rounded}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):
            os.replace(fresh, self._path)

    def _forget_kinds(self) -> None:
        """The kinds after which least was added are forgotten where there are too many."""
        totals = {kind: sum(known.values()) for kind, known in self._weights.items() if kind != _ALL}
        _keep_strongest(totals, MOST_KINDS)
        self._weights = {kind: known for kind, known in self._weights.items() if kind == _ALL or kind in totals}


def _keep_strongest(weights: dict[str, float], most: int) -> None:
    for key in sorted(weights, key=weights.__getitem__, reverse=True)[most:]:
        del weights[key]


def _read(kinds: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """What a file says, as far as it makes sense."""
    found: dict[str, dict[str, float]] = {}
    for kind, weights in list(kinds.items())[: MOST_KINDS + 1]:
        known = {key[:LONGEST_KEY]: float(weight) for key, weight in weights.items() if _is_weight(weight)}
        _keep_strongest(known, MOST_KINDS)
        found[kind[:LONGEST_KEY]] = known
    return found


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6
