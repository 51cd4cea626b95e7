"""Finds layers, and whatever else has a name, by what a person types: in full, in part, in short, or with a slip.

    index = Index([Entry("Conv2d", "Conv2d", ("convolution 2d",), "Convolution", "Slides filters over an image.")])
    index.find("2d conv")        # {"Conv2d": Hit(Step.WORDS, ...)}

How well a text is met is a step. Within a step others may decide (what fits a wire, what a person is used to); a better
step is never overruled. The same text always gives the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from operator import itemgetter
from typing import NamedTuple

LONGEST = 80
"""Letters of a text that are looked at."""
_FILLERS = frozenset(("layer", "layers", "nn", "torch", "block", "a", "the"))
"""Words that say nothing, unless they are part of a name."""
_SHORTEST_SLIP, _TWO_SLIPS_FROM = 4, 7
_SHORTEST_PART = 3
"""From so many letters on a word is looked for inside others, and in summaries."""
_SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "×": "multiply", "/": "divide", "@": "matmul", "^": "power"}
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+[a-z]*|[^\W_]")


class Step(IntEnum):
    """How well a text is met, best first."""

    NAME = 0
    """The name, in full."""
    ALIAS = 1
    """Another name, in full."""
    PREFIX = 2
    """The beginning of the name."""
    INITIALS = 3
    """The beginnings of the name's parts: "bn" for BatchNorm."""
    WORDS = 4
    """Beginnings of words of its names, in any order."""
    WITHIN = 5
    """Inside its names."""
    LETTERS = 6
    """Its letters, with some left out."""
    SLIP = 7
    """A name with a letter or two wrong."""
    FAMILY = 8
    """Words of its family."""
    SUMMARY = 9
    """Words of what it does."""


_GUESSES = frozenset((Step.LETTERS, Step.SLIP))
"""What is not worth telling where something is called that."""


class Hit(NamedTuple):
    """How well one entry is met; `fine` orders those of one step, less is better."""

    step: Step
    fine: float


@dataclass(frozen=True)
class Entry:
    """What is known of one thing that can be found."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    family: str = ""
    summary: str = ""
    common: bool = False
    """One that is meant more often than others."""


@dataclass(frozen=True)
class _Known:
    """An entry, taken apart once. Names are without spaces and signs."""

    entry: Entry
    name: str
    pieces: tuple[str, ...]
    """The parts of the name: "batch", "norm" and "2d"."""
    aliases: tuple[str, ...]
    alias_words: tuple[tuple[str, ...], ...]
    begins: str
    """All words of the aliases, each with a space before it."""
    family: tuple[str, ...]
    summary: tuple[str, ...]
    targets: tuple[tuple[str, int], ...]
    """What may be meant by letters left out or wrong, the name first, each with the set of its letters."""


class Index:
    """Entries that can be searched. Their order decides between equals."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._known = [_taken_apart(entry) for entry in entries]

    def find(self, text: str) -> dict[str, Hit]:
        """Those that are met, by key, best first; for an empty text all of them, in their order."""
        if not text.strip():
            return {known.entry.key: Hit(Step.NAME, 0.0) for known in self._known}
        words = _words(text[:LONGEST])
        telling = [word for word in words if word not in _FILLERS] or words
        found = [(hit, known.entry.key) for known in self._known if (hit := _best(known, words, telling)) is not None]
        found.sort(key=itemgetter(0))
        well = bool(found) and found[0][0].step <= Step.WITHIN
        return {key: hit for hit, key in found if not (well and hit.step in _GUESSES)}


@cache
def _taken_apart(entry: Entry) -> _Known:
    pieces = tuple(piece.casefold() for piece in _PIECE.findall(entry.name)) or tuple(_words(entry.name))
    alias_words = tuple(tuple(_words(alias)) for alias in entry.aliases)
    name, aliases = "".join(_words(entry.name)), tuple("".join(words) for words in alias_words)
    parts = [word for words in (pieces, *alias_words) for word in words if len(word) >= _SHORTEST_SLIP]
    targets = tuple((target, _letters(target)) for target in dict.fromkeys((name, *aliases, *parts)))
    begins = "".join(f" {word}" for words in alias_words for word in words)
    family, summary = tuple(_words(entry.family)), tuple(_words(entry.summary))
    return _Known(entry, name, pieces, aliases, alias_words, begins, family, summary, targets)


def _best(known: _Known, words: list[str], telling: list[str]) -> Hit | None:
    """A name in full with all words, or else what is met without those that say nothing; common ones come first."""
    hit = _whole(known, "".join(words)) if telling != words else None
    hit = hit or (_hit(known, telling) if telling else None)
    return Hit(hit.step, hit.fine - known.entry.common) if hit else None


def _hit(known: _Known, words: list[str]) -> Hit | None:
    text = "".join(words)
    return (
        _whole(known, text)
        or _initials(known, text)
        or _by_words(known, words, Step.WITHIN)
        or _by_letters(known, text)
        or _by_slip(known, text)
        or _by_words(known, words, Step.SUMMARY)
    )


def _whole(known: _Known, text: str) -> Hit | None:
    if known.name == text:
        return Hit(Step.NAME, 0.0)
    if text in known.aliases:
        return Hit(Step.ALIAS, known.aliases.index(text) / 100)
    return Hit(Step.PREFIX, _missing(text, known.name)) if known.name.startswith(text) else None


def _initials(known: _Known, text: str) -> Hit | None:
    """As "bn" and "batno" for BatchNorm2d, and "mse" for "mean squared error"."""
    if len(text) > 1 and _starts(text, known.pieces):
        return Hit(Step.INITIALS, _missing(text, known.name))
    if len(text) > 1 and any(_starts(text, words) and not words[0].startswith(text) for words in known.alias_words):
        return Hit(Step.INITIALS, 1.0)
    return None


def _starts(text: str, pieces: tuple[str, ...]) -> bool:
    """Whether the text is made of beginnings of the pieces, from the first one on and none left out."""
    ends = {0}
    """How far one may have come with the pieces so far: a set, for there may be very many ways."""
    for piece in pieces:
        ends = {end + taken for end in ends for taken in range(1, _shared(text, end, piece) + 1)}
        if not ends or len(text) in ends:
            break
    return len(text) in ends


def _shared(text: str, start: int, piece: str) -> int:
    """So many letters of a piece are in the text from a place on."""
    most = min(len(text) - start, len(piece))
    return next((n for n in range(most) if text[start + n] != piece[n]), most)


def _by_words(known: _Known, words: list[str], worst: Step) -> Hit | None:
    """Each word somewhere, in any order, no worse than asked for."""
    step, fine = Step.NAME, 0.0
    for word in words:
        hit = _place(known, word, worst)
        if hit is None:
            return None
        step, fine = max(step, hit.step), fine + hit.fine
    return Hit(step, fine / len(words))


def _place(known: _Known, word: str, worst: Step) -> Hit | None:
    """The best place of one word."""
    if any(piece.startswith(word) for piece in known.pieces) or known.name.startswith(word):
        return Hit(Step.WORDS, _missing(word, known.name))
    if f" {word}" in known.begins:
        return Hit(Step.WORDS, 1.0)
    if len(word) < _SHORTEST_PART:
        return None
    if word in known.name or any(word in alias for alias in known.aliases):
        return Hit(Step.WITHIN, float(word not in known.name))
    if worst >= Step.FAMILY and any(part.startswith(word) for part in known.family):
        return Hit(Step.FAMILY, 0.0)
    if worst >= Step.SUMMARY and any(part.startswith(word) for part in known.summary):
        return Hit(Step.SUMMARY, 0.0)
    return None


def _by_letters(known: _Known, text: str) -> Hit | None:
    """As "cnv" for Conv and "mxpool" for MaxPool: letters left out, but not most of them."""
    if len(text) < _SHORTEST_PART:
        return None
    spans = [(span, n > 0) for n, (target, _) in enumerate(known.targets) if (span := _span(text, target))]
    span, elsewhere = min(spans, default=(0, True))
    return Hit(Step.LETTERS, span / len(text) + elsewhere / 2) if 0 < span <= 1.7 * len(text) else None


def _span(text: str, target: str) -> int:
    """How many letters of the target it takes to find all of the text's, from the first on; 0 if they are not there."""
    if text[0] != target[0]:
        return 0
    at = 0
    for letter in text:
        at = target.find(letter, at) + 1
        if not at:
            return 0
    return at


def _by_slip(known: _Known, text: str) -> Hit | None:
    allowed = 0 if len(text) < _SHORTEST_SLIP else 1 if len(text) < _TWO_SLIPS_FROM else 2
    if not allowed:
        return None
    wanted = _letters(text)
    counts = [
        (count, n > 0)
        for n, (target, has) in enumerate(known.targets)
        if (wanted & ~has).bit_count() <= allowed and len(target) >= len(text) - allowed
        if (count := count_slips(text, target, allowed)) <= allowed
    ]
    count, elsewhere = min(counts, default=(0, True))
    return Hit(Step.SLIP, count + elsewhere / 2) if counts else None


def count_slips(text: str, target: str, allowed: int) -> int:
    """Letters to change, add, drop or swap so that the text begins the target; more than `allowed` where too many."""
    target = target[: len(text) + allowed]
    before, row = [0] * (len(target) + 1), list(range(len(target) + 1))
    for i, letter in enumerate(text, 1):
        earlier, before, row = before, row, [i] + [0] * len(target)
        for j, other in enumerate(target, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == target[j - 2] and text[i - 2] == other:
                best = min(best, earlier[j - 2] + 1)
            row[j] = best
        if min(row) > allowed:
            return allowed + 1
    return min(row)


def _missing(text: str, name: str) -> float:
    """How much of the name is not said yet."""
    return 1.0 - len(text) / max(len(name), len(text))


def _letters(text: str) -> int:
    """The letters of a text as a set of bits."""
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) % 64)
    return bits


def _words(text: str) -> list[str]:
    return _WORD.findall(_SIGNS.get(text.strip(), text).casefold())
