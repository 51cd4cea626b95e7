"""A stroke without a board: what is sprayed, what is rubbed out, and what is too much."""

from math import hypot
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from nnstudio.params import MOST_POINTS, REACH, Points
from nnstudio.ui.painting.strokes import DENSITY, SIZES, Brush, Stroke, nearest

places = st.tuples(st.floats(-REACH, REACH), st.floats(-REACH, REACH))


def stroke(way, brush=Brush(), points=()):  # noqa: B008  # it is frozen
    made = Stroke(points, brush, Random(1))
    for place in way:
        made.touch(*place)
    return made.points


def test_a_click_is_one_point_where_it_was():
    assert stroke([(0.12345, -0.5)], Brush(label=3)) == ((0.123, -0.5, 3),)


def test_a_drag_sprays_along_its_way_however_often_the_hand_was_heard_of():
    brush = Brush(label=1)
    often = stroke([(number / 50 - 1, 0.0) for number in range(101)], brush)
    seldom = stroke([(-1.0, 0.0), (1.0, 0.0)], brush)
    for points in (often, seldom):
        assert abs(len(points) - 2 / (brush.radius / 2) * DENSITY) < 0.2 * len(points)
        assert all(abs(y) <= brush.radius and label == 1 for _, y, label in points)
        assert min(x for x, _, _ in points) < -0.9 < 0.9 < max(x for x, _, _ in points)


def test_the_eraser_takes_what_lies_under_it():
    points = ((0.0, 0.0, 0), (0.5, 0.0, 1), (1.0, 0.0, 2), (0.0, 1.0, 0))
    eraser = Brush(erasing=True)
    assert stroke([(0.05, 0.0)], eraser, points) == points[1:]
    assert stroke([(-0.2, 0.0), (1.2, 0.0)], eraser, points) == points[3:]


@given(way=st.lists(places, min_size=1, max_size=6), size=st.integers(0, len(SIZES) - 1), erasing=st.booleans())
def test_what_a_stroke_leaves_can_be_kept(way, size, erasing):
    begun = ((0.5, 0.5, 0), (-1.5, 1.5, 5))
    left = stroke(way, Brush(2, size, erasing), begun)
    assert Points("p").check(left) == left
    if not erasing:
        assert left[:2] == begun


def test_there_are_never_more_points_than_may_be():
    full = tuple((x / 100, y / 100, 0) for x in range(100) for y in range(MOST_POINTS // 100))
    assert stroke([(-1.0, -1.0), (1.0, -1.0)], points=full) == full


def test_sizes_end_somewhere():
    assert Brush(size=0).resized(-1) == Brush(size=0)
    assert Brush().resized(99).radius == SIZES[-1]


def test_nearest_is_near():
    points = ((0.0, 0.0, 0), (1.0, 0.0, 1))
    assert nearest(points, 0.9, 0.0, within=0.2) == points[1]
    assert nearest(points, 0.5, 0.0, within=hypot(0.3, 0.3)) is None
