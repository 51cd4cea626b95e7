"""Aligned cards share a line, distributed ones a gap, and what is locked stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.graph.layout.aligning import AXES, EDGES, Cards, align, distribute, snap
from nnstudio.graph.layout.parts import Box

NUMBERS = st.integers(-900, 900)


@st.composite
def cards(draw: st.DrawFn) -> Cards:
    """Some cards, a few of them fixed."""
    found = {}
    for number in range(draw(st.integers(1, 7))):
        at = (draw(NUMBERS), draw(NUMBERS))
        fixed = at if draw(st.integers(0, 4)) == 0 else None
        found[f"n{number}"] = (at, Box(draw(st.sampled_from([176, 240])), draw(st.integers(40, 200)), fixed=fixed))
    return found


def moved(found: Cards, places: dict[str, tuple[float, float]]) -> Cards:
    return {key: (places.get(key, at), box) for key, (at, box) in found.items()}


def line(found: Cards, key: str, edge: str) -> float:
    """Where a card's edge, or its middle, is."""
    (x, y), box = found[key]
    along = EDGES.index(edge) % 3 / 2
    return x + along * box.width if edge in EDGES[:3] else y + along * box.height


@given(cards(), st.sampled_from(EDGES))
def test_aligned_cards_share_a_line(found: Cards, edge: str) -> None:
    places = align(found, edge)
    after = moved(found, places)
    fixed = [key for key, (_, box) in found.items() if box.fixed]
    free = [line(after, key, edge) for key in found if key not in fixed]
    assert max(free, default=0) - min(free, default=0) < 1e-6
    assert not places.keys() & set(fixed)
    if len(fixed) == 1 and free:
        assert free[0] == pytest.approx(line(found, fixed[0], edge))


@given(cards(), st.sampled_from(EDGES))
def test_alignment_moves_along_one_axis_and_is_done_once(found: Cards, edge: str) -> None:
    after = moved(found, align(found, edge))
    across = 1 if edge in EDGES[:3] else 0
    assert all(after[key][0][across] == found[key][0][across] for key in found)
    again = moved(after, align(after, edge))
    assert all(again[key][0] == pytest.approx(after[key][0]) for key in found)


@given(cards(), st.sampled_from(AXES))
def test_distributed_cards_share_a_gap(found: Cards, axis: str) -> None:
    free = {key: (at, Box(box.width, box.height)) for key, (at, box) in found.items()}
    after = moved(free, distribute(free, axis))
    number = AXES.index(axis)
    size = [lambda box: box.width, lambda box: box.height][number]
    row = sorted(after.values(), key=lambda card: card[0][number] + size(card[1]) / 2)
    gaps = [second[0][number] - first[0][number] - size(first[1]) for first, second in pairwise(row)]
    assert len(row) < 3 or max(gaps) - min(gaps) < 1e-6


@given(cards(), st.sampled_from(AXES))
def test_the_outermost_and_locked_ones_stay(found: Cards, axis: str) -> None:
    places = distribute(found, axis)
    assert len(places) <= max(len(found) - 2, 0)
    assert not any(found[key][1].fixed for key in places)


@given(cards())
def test_on_the_grid(found: Cards) -> None:
    after = moved(found, snap(found))
    assert snap(after) == {}
    for key, (at, box) in after.items():
        assert box.fixed or (at[0] % 8 == 0 and at[1] % 8 == 0)
        assert max(abs(a - b) for a, b in zip(at, found[key][0], strict=True)) <= 4


def test_nothing_chosen_gives_nothing() -> None:
    assert align({}, "left") == distribute({}, "vertical") == snap({}) == {}


def test_middle_of_two_cards() -> None:
    found: Cards = {"a": ((0, 0), Box(176, 60)), "b": ((300, 100), Box(176, 100))}
    assert align(found, "middle") == {"a": (0, 70), "b": (300, 50)}
    assert align(found, "right") == {"a": (300, 0)}
