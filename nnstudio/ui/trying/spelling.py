"""A text that a person types, in the tokens of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nnstudio.data.spec import Field
from nnstudio.data.text.tokens import UNKNOWN, pieces

_SPACES = ("\n", " ")
_LISTED = 3


@dataclass(frozen=True)
class Spelled:
    """Tokens as they go to the network; the answer behind the typed text is at `at`, or -1 for the last place.

    `unknown` are pieces of the text that the data do not have. `cut` tells how many tokens at the front were left out,
    `filled` how many were put in to make up the length.
    """

    tokens: tuple[int, ...]
    at: int = -1
    unknown: tuple[str, ...] = ()
    cut: int = 0
    filled: int = 0


@dataclass(frozen=True)
class Spelling:
    """How the data set writes: `begins` where each text has a token for its beginning, `each` where every place has an
    answer.
    """

    field: Field
    names: tuple[str, ...]
    begins: bool = False
    each: bool = False

    @property
    def length(self) -> int:
        return self.field.shape[0] if self.field.shape else 1

    @property
    def letters(self) -> bool:
        """Whether tokens are letters, written without gaps."""
        return _letters(self.names, self._marks)

    def read(self, text: str) -> Spelled:
        """The tokens of a text: cut at the front where it is too long, filled up where it is too short."""
        found, unknown = self._numbers(text)
        field = self.field
        before = [field.start] if self.begins and field.start is not None else []
        room = self.length - len(before)
        cut = max(0, len(found) - room)
        tokens = [*before, *found[cut:]]
        last = max(len(tokens) - 1, 0)
        missing = self.length - len(tokens)
        if field.padding is not None:
            return Spelled((*tokens, *[field.padding] * missing), last, unknown, cut)
        if field.start is not None and not before:
            return Spelled((*[field.start] * missing, *tokens), -1, unknown, cut)
        if self.each and tokens:
            return Spelled(tuple(tokens), -1, unknown, cut)
        return Spelled((*[self._blank] * missing, *tokens), -1, unknown, cut, missing)

    def write(self, tokens: Sequence[int]) -> str:
        """Tokens of a sample as a text that `read` takes."""
        shown = [token for token in tokens if token not in self._marks]
        return ("" if self.letters else " ").join(self.names[token] for token in shown if token < len(self.names))

    # Inside

    @property
    def _marks(self) -> frozenset[int]:
        """Tokens that stand for nothing, for the beginning and for the end."""
        field = self.field
        return frozenset(token for token in (field.padding, field.start, field.end) if token is not None)

    @property
    def _blank(self) -> int:
        """What a text that is too short is filled up with."""
        return next((self.names.index(space) for space in _SPACES if space in self.names), 0)

    def _numbers(self, text: str) -> tuple[list[int], tuple[str, ...]]:
        number = _numbered(self.names)
        if self.letters:
            cut = list(text)
        else:
            cut = [piece for word in text.split() for piece in ([word] if word in number else pieces(word, "words"))]
        unknown = tuple(dict.fromkeys(piece for piece in cut if piece not in number))
        stands = number.get(UNKNOWN)
        tokens = [number.get(piece, stands) for piece in cut]
        return [token for token in tokens if token is not None], unknown


def listed(unknown: Sequence[str]) -> str:
    """Some of the pieces, in quotation marks."""
    shown = ", ".join(f"“{piece}”" for piece in unknown[:_LISTED])
    return f"{shown} …" if len(unknown) > _LISTED else shown


@lru_cache(maxsize=8)
def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


@lru_cache(maxsize=8)
def _letters(names: tuple[str, ...], marks: frozenset[int]) -> bool:
    return bool(names) and all(len(name) < 2 for number, name in enumerate(names) if number not in marks)
