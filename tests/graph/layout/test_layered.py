"""No overlaps, wires that lead on, straight chains, and always the same."""

from __future__ import annotations

import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.graph.layout.free import Area
from nnstudio.graph.layout.layered import lay_out
from nnstudio.graph.layout.parts import GRID, Box, Stopped, Wire

Drawing = tuple[dict[str, Box], list[Wire]]
PORT = 28.0


def chain(count: int, label: bool = True) -> Drawing:
    """Data, layers and a loss, which takes the label too."""
    boxes = {f"n{i}": Box(176, 60 + 8 * (i % 3), begins=i == 0, ends=i == count - 1) for i in range(count)}
    wires = [Wire(f"n{i}", f"n{i + 1}", PORT, PORT) for i in range(count - 1)]
    return boxes, wires + [Wire("n0", f"n{count - 1}", 55, 44)] * label


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    count = draw(st.integers(1, 14))
    heights = st.sampled_from([60.0, 75.0, 130.0, 211.0])
    boxes = {f"n{i}": Box(draw(st.sampled_from([176.0, 240.0])), draw(heights)) for i in range(count)}
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=24))
    ports = st.sampled_from([28.0, 39.0, 55.0])
    wires = [Wire(f"n{min(a, b)}", f"n{max(a, b)}", draw(ports), draw(ports)) for a, b in pairs]
    return boxes, wires


def rect(box: Box, at: tuple[float, float]) -> Area:
    return Area(*at, box.width, box.height)


def overlap(a: Area, b: Area) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def overlaps(boxes: dict[str, Box], places: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    areas = {key: rect(box, places[key]) for key, box in boxes.items()}
    return [(a, b) for a, b in combinations(areas, 2) if overlap(areas[a], areas[b])]


@given(drawings(), st.booleans())
def test_no_card_lies_on_another_and_all_are_on_the_grid(drawing: Drawing, wrap: bool) -> None:
    boxes, wires = drawing
    places = lay_out(boxes, wires, wrap=wrap)
    assert places.keys() == boxes.keys()
    assert overlaps(boxes, places) == []
    assert all(value % GRID == 0 for at in places.values() for value in at)
    assert (min(x for x, _ in places.values()), min(y for _, y in places.values())) == (0, 0)


@given(drawings())
def test_every_wire_leads_to_the_right(drawing: Drawing) -> None:
    boxes, wires = drawing
    places = lay_out(boxes, wires, wrap=False)
    for wire in wires:
        if wire.source != wire.target:
            assert places[wire.source][0] + boxes[wire.source].width < places[wire.target][0]


@given(drawings(), st.tuples(st.integers(-99, 99), st.integers(-99, 99)))
def test_again_it_is_the_same(drawing: Drawing, corner: tuple[int, int]) -> None:
    boxes, wires = drawing
    places = lay_out(boxes, wires, corner)
    assert lay_out(boxes, wires, corner) == places
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    assert lay_out(boxes, wires, (left, top)) == places


@given(drawings(), st.data())
def test_what_is_fixed_stays_and_nothing_lies_on_it(drawing: Drawing, data: st.DataObject) -> None:
    boxes, wires = drawing
    key = data.draw(st.sampled_from(sorted(boxes)))
    at = data.draw(st.tuples(st.integers(-500, 500), st.integers(-500, 500)))
    boxes[key] = Box(boxes[key].width, boxes[key].height, fixed=at)
    around = [Area(0, 0, 176, 60)] if not overlap(Area(0, 0, 176, 60), rect(boxes[key], at)) else []
    places = lay_out(boxes, wires, around=around)
    assert places[key] == at
    assert overlaps(boxes, places) == []
    assert not any(overlap(area, rect(box, places[k])) for area in around for k, box in boxes.items())
    assert lay_out(boxes, wires, around=around) == places


@given(drawings())
def test_a_ring_does_no_harm(drawing: Drawing) -> None:
    boxes, wires = drawing
    ring = [*wires, *(Wire(wire.target, wire.source) for wire in wires[:2])]
    assert overlaps(boxes, lay_out(boxes, ring)) == []


def test_a_short_chain_runs_straight_and_data_come_first() -> None:
    boxes, wires = chain(5)
    places = lay_out(boxes, wires)
    assert [places[key] for key in boxes] == [(232.0 * i, 0.0) for i in range(5)]


def test_a_long_chain_is_set_in_rows_beside_the_data() -> None:
    boxes, wires = chain(11)
    places = lay_out(boxes, wires)
    starts = sorted({at[0] for key, at in places.items() if key != "n0"})
    rows = sorted({at[1] for at in places.values()})
    assert places["n0"] == (0, 0)
    assert (starts[0], len(starts), len(rows)) == (232, 4, 3)
    assert max(at[0] for at in places.values()) < 1200
    assert all(places[f"n{i}"][::-1] < places[f"n{i + 1}"][::-1] for i in range(10))


def test_a_ring_of_skips_is_not_torn_apart() -> None:
    """A row may end only where a single wire leads on."""
    boxes, wires = chain(12, label=False)
    skips = [Wire(f"n{i}", f"n{11 - i}", PORT, 44) for i in range(5)]
    places = lay_out(boxes, wires + skips)
    assert len({at[0] for at in places.values()}) == 12


def test_a_residual_way_leaves_the_trunk_straight() -> None:
    boxes = {key: Box(176, 60) for key in ("x", "conv", "norm", "conv2", "add", "out")}
    trunk = list(boxes)
    wires = [Wire(a, b, PORT, PORT) for a, b in pairwise(trunk)] + [Wire("x", "add", PORT, 44)]
    places = lay_out(boxes, wires, wrap=False)
    assert {at[1] for at in places.values()} == {0.0}


def test_ports_are_on_one_level_not_corners() -> None:
    boxes = {"a": Box(176, 120), "b": Box(176, 60)}
    places = lay_out(boxes, [Wire("a", "b", 92, 28)])
    assert places == {"a": (0, 0), "b": (232, 64)}


def test_a_constant_stands_just_before_what_it_is_for() -> None:
    boxes, wires = chain(5)
    boxes["c"] = Box(176, 60)
    places = lay_out(boxes, [*wires, Wire("c", "n3", PORT, 44)])
    assert places["c"][0] == places["n2"][0]


def test_a_loss_is_last_though_its_way_is_shorter() -> None:
    boxes, wires = chain(4)
    boxes |= {"p1": Box(176, 60), "p2": Box(176, 60), "p3": Box(176, 60)}
    more = [Wire("n2", "p1"), Wire("p1", "p2"), Wire("p2", "p3")]
    places = lay_out(boxes, wires + more, wrap=False)
    assert places["n3"][0] == max(at[0] for at in places.values())


def test_parts_lie_below_each_other_and_single_cards_side_by_side() -> None:
    boxes, wires = chain(4)
    boxes |= {f"m{i}": Box(176, 60) for i in range(4)} | {f"s{i}": Box(176, 60) for i in range(3)}
    places = lay_out(boxes, wires + [Wire(f"m{i}", f"m{i + 1}") for i in range(3)])
    tops = [{places[f"{letter}{i}"][1] for i in range(3)} for letter in "nms"]
    assert [len(top) for top in tops] == [1, 1, 1]
    assert max(tops[0]) < max(tops[1]) < max(tops[2])
    assert overlaps(boxes, places) == []


def test_nodes_cross_no_more_than_they_must() -> None:
    """Two independent chains between the same ends, wired crosswise in the order of their making."""
    boxes = {key: Box(176, 60) for key in ("s", "a", "b", "c", "d", "t")}
    pairs = [("s", "a"), ("s", "b"), ("a", "d"), ("b", "c"), ("c", "t"), ("d", "t")]
    places = lay_out(boxes, [Wire(*pair, PORT, PORT) for pair in pairs], wrap=False)
    assert (places["a"][1] < places["b"][1]) == (places["d"][1] < places["c"][1])


def test_it_can_be_stopped() -> None:
    def stop() -> None:
        raise Stopped

    boxes, wires = chain(5)
    with pytest.raises(Stopped):
        lay_out(boxes, [*wires, Wire("n1", "n3")], check=stop)


def test_two_thousand_nodes_take_a_moment() -> None:
    """0.06 s where nothing else runs; the limit leaves room for a busy machine."""
    boxes, wires = chain(2000)
    began = time.process_time()
    lay_out(boxes, wires)
    assert time.process_time() - began < 0.5


@pytest.mark.slow
def test_ten_thousand_nodes_with_branches_take_a_second_or_two() -> None:
    boxes, wires = chain(10_000)
    wires += [Wire(f"n{i}", f"n{i + 7}", PORT, 44) for i in range(1, 9_990, 3)]
    began = time.process_time()
    places = lay_out(boxes, wires)
    assert time.process_time() - began < 6
    assert len(set(places.values())) == 10_000
