"""Which operations lie in which group: by the paths of variables and modules, one inside the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from nnstudio.ui.panels.parts.op_graph import Structure

MOST_OPENED = 40
"""A graph of as many operations is shown with all of its groups open at first."""


class Groups:
    """The groups with two members and more; `open` are those that are shown with what is in them.

    A group is a path, as "encoder.layers.0"; a path with the very members of a shorter one is none of its own.
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        counts = Counter(path for group in structure.groups for path in _paths(group))
        self._chains = {group: self._chain(group, counts) for group in set(structure.groups)}
        self.paths = tuple(dict.fromkeys(path for group in structure.groups for path in self._chains[group]))
        self.open: set[str] = set(self.paths) if len(structure.operations) <= MOST_OPENED else set()

    def around(self, node: int) -> tuple[str, ...]:
        """The groups that a node lies in, from the outermost."""
        return self._chains[self.structure.groups[node]]

    def parent(self, path: str) -> str:
        """The next group around one; empty for none."""
        outer = [each for each in self.paths if path.startswith(f"{each}.")]
        return max(outer, key=len, default="")

    def members(self, path: str) -> list[int]:
        """All nodes inside, also in groups of its own."""
        return [node for node in range(len(self.structure.kinds)) if path in self.around(node)]

    def shown(self, node: int) -> str | int:
        """What stands for a node: the outermost closed group around it, or itself."""
        return next((path for path in self.around(node) if path not in self.open), node)

    def toggle(self, path: str) -> None:
        """Open a group that is closed, close one that is open."""
        self.open ^= {path}

    def open_all(self) -> None:
        self.open = set(self.paths)

    def close_all(self) -> None:
        self.open = set()

    def keep(self, before: Groups) -> None:
        """Open and closed as they were before an edit, as far as they were there."""
        known = set(before.paths)
        self.open = (self.open - known) | (before.open & set(self.paths))

    def _chain(self, group: str, counts: Counter[str]) -> tuple[str, ...]:
        found: list[str] = []
        for path in _paths(group):
            if counts[path] > 1 and (not found or counts[path] < counts[found[-1]]):
                found.append(path)
        return tuple(found)


def _paths(group: str) -> Iterator[str]:
    """A path and all above it, the shortest first."""
    parts = group.split(".") if group else []
    return (".".join(parts[: end + 1]) for end in range(len(parts)))
