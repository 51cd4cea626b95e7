"""The reroute points that are chosen, of the wires of a scene. A point is a wire and its place in that wire's way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.items.link_item import LinkItem

Dot: TypeAlias = tuple[Link, int]


class Dots:
    """Shows them on the wires' items. Where a way changes, none of its points is chosen any more."""

    def __init__(self, wires: Mapping[Link, LinkItem]) -> None:
        self._wires = wires
        self._chosen: dict[Link, set[int]] = {}

    @property
    def chosen(self) -> tuple[Dot, ...]:
        return tuple((link, index) for link, indices in self._chosen.items() for index in sorted(indices))

    def choose(self, dots: Iterable[Dot] = ()) -> None:
        """These and nothing else."""
        before, self._chosen = self._chosen, {}
        for link, index in dots:
            self._chosen.setdefault(link, set()).add(index)
        for link in before.keys() | self._chosen.keys():
            if link in self._wires:
                self._wires[link].set_chosen_dots(frozenset(self._chosen.get(link, ())))

    def forget(self, link: Link) -> None:
        """Its way has changed, or it is gone."""
        if link in self._chosen:
            self.choose(dot for dot in self.chosen if dot[0] != link)
