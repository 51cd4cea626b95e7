"""The names of a drawing's nodes, and from which number on a free one is to be looked for."""

from __future__ import annotations

from collections import UserDict


class Names(UserDict[str, str]):
    """Ids by name. Who looks for the first free number of a stem need not count through all that were found taken."""

    def __init__(self, ids: dict[str, str] | None = None) -> None:
        self._begin: dict[str, int] = {}
        super().__init__(ids)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        for stem, number in _readings(name):
            if stem in self._begin:
                self._begin[stem] = min(self._begin[stem], number)

    def begin(self, stem: str) -> int:
        """A number below which no name of that stem is free."""
        return self._begin.get(stem, 1)

    def used_up(self, stem: str, below: int) -> None:
        """No name of that stem with a number below is free, until one is deleted."""
        self._begin[stem] = below


def _readings(name: str) -> list[tuple[str, int]]:
    """Every stem and number that the name may be of: "conv12" of "conv1" and "conv", and it is a stem itself."""
    digits = len(name) - len(name.rstrip("0123456789"))
    return [(name, 1), *((name[:-place], int(name[-place:])) for place in range(1, digits + 1))]
