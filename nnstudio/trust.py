"""Which code from projects may run: what the person has typed or allowed, by the SHA-256 of the exact text.

    trust = Trust.load()
    trust.allow(text)

A damaged file allows nothing: the person is asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from nnstudio import paths

NAME = "allowed-code.json"
MOST = 10_000
"""Texts that are remembered; the oldest are asked for again."""
_DIGITS = frozenset("0123456789abcdef")


class Trust:
    """Texts that may run. Without a path they are known to this object alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, None] = {}

    @classmethod
    def load(cls, path: Path | None = None) -> Trust:
        """What was allowed before on this computer."""
        path = path or paths.config_dir() / NAME
        trust = cls(path)
        try:
            known = json.loads(path.read_text(encoding="utf-8"))["sha256"]
            if all(_is_digest(each) for each in known):
                trust._known = dict.fromkeys(known)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            trust._known = {}
        return trust

    def allows(self, text: str) -> bool:
        """Whether the person has let exactly this text run."""
        return digest(text) in self._known

    def allow(self, text: str) -> None:
        """Let exactly this text run, from now on. Raises OSError where that can not be kept; it holds all the same."""
        if self.allows(text):
            return
        self._known[digest(text)] = None
        for oldest in list(self._known)[:-MOST]:
            del self._known[oldest]
        if self._path is not None:
            self._save(self._path)

    def for_now(self, texts: Iterable[str]) -> Trust:
        """The same and these texts, which nobody remembers."""
        made = Trust()
        made._known = self._known | dict.fromkeys(map(digest, texts))
        return made

    def _save(self, path: Path) -> None:
        """Whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"sha256": list(self._known)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)


def digest(text: str) -> str:
    """What a text is remembered by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= _DIGITS
