"""Which block is used in which. `uses` gives for each block those it uses directly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

Uses: TypeAlias = Mapping[str, Collection[str]]


def inner_first(uses: Uses) -> list[str]:
    """The blocks, each after those it uses. Those that contain themselves, and what contains them, are left out."""
    missing = {block: len(set(inner)) for block, inner in uses.items()}
    holders: dict[str, list[str]] = {block: [] for block in uses}
    for block, inner in uses.items():
        for used in set(inner):
            holders[used].append(block)
    order = [block for block, count in missing.items() if not count]
    for block in order:  # grows while it is walked
        for holder in holders[block]:
            missing[holder] -= 1
            if not missing[holder]:
                order.append(holder)
    return order


def reach(uses: Uses, block: str) -> list[str]:
    """The block and all it uses at any depth, each after those it uses; none may contain itself."""
    found, waiting = {block}, [block]
    while waiting:
        fresh = set(uses[waiting.pop()]) - found
        found |= fresh
        waiting.extend(fresh)
    return inner_first({key: uses[key] for key in uses if key in found})


def depth(uses: Uses) -> int:
    """How many blocks lie in each other at most; none may contain itself."""
    deep: dict[str, int] = {}
    for block in inner_first(uses):
        deep[block] = 1 + max((deep[used] for used in uses[block]), default=0)
    return max(deep.values(), default=0)
