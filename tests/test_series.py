"""The numbers of a run: what is drawn of them, and what is kept of very many."""

import numpy as np
import pytest

from nnstudio.series import Series


def test_means_after_an_enormous_loss_are_right():
    series = Series()
    series.extend(np.array([1.0, 1e24, *[0.5] * 50], np.float32))
    assert series.means(np.array([30, 40]), 9) == pytest.approx([0.5, 0.5])
    assert series.means(np.array([1]), 3)[0] == pytest.approx(1e24 / 3)


def test_the_envelope_keeps_the_extremes():
    values = np.random.default_rng(0).normal(size=10_000).astype(np.float32)
    values[5000] = np.nan
    series = Series()
    series.extend(values[:3000])
    series.extend(values[3000:])
    line = series.envelope(0, 10_000, 100)
    assert len(line) <= 200
    assert (line.values.min(), line.values.max()) == (np.nanmin(values), np.nanmax(values))
    assert series.means(np.array([50]), 11)[0] == pytest.approx(values[45:56].mean(), abs=1e-6)
    assert np.isfinite(series.means(np.array([5000]), 11)).all()


def came_in_pieces(values, most):
    """As a run tells them: some at a time."""
    series = Series(most=most)
    for start in range(0, len(values), 37):
        series.extend(values[start : start + 37])
    return series


def test_few_numbers_are_kept_one_by_one():
    series = Series([1.0, 2.0, 3.0])
    assert (len(series), series.stride, series[-1], series[1:], list(series)) == (
        3,
        1,
        3.0,
        [2.0, 3.0],
        [1.0, 2.0, 3.0],
    )
    assert series == [1.0, 2.0, 3.0] != [1.0, 2.0]
    with pytest.raises(IndexError):
        series[3]


def test_of_very_many_neighbours_are_put_together():
    values = np.random.default_rng(0).normal(5.0, 1.0, 10_007).astype(np.float32)
    series, whole = came_in_pieces(values, 500), Series(values)
    assert (len(series), series.stride, len(series._means) <= 1024) == (10_007, 32, True)
    assert series[:32] == pytest.approx([values[:32].mean()] * 32)
    assert series[-1] == pytest.approx(values[10_007 // 32 * 32 :].mean(), abs=1e-5)
    assert (series.lowest, whole.lowest) == (values.min(), values.min())
    places = np.arange(2000, 8000, 32) + 16
    assert series.means(places, 961) == pytest.approx(whole.means(places, 993), abs=0.02)
    drawn, right = series.envelope(0, 10_007, 50), whole.envelope(0, 10_007, 50)
    assert drawn.at.tolist() == right.at.tolist()
    assert drawn.values.tolist() == right.values.tolist()
    assert series.smooth(0, 10_007, 50, 901).values == pytest.approx(whole.smooth(0, 10_007, 50, 901).values, abs=0.05)


def test_what_comes_in_pieces_is_what_comes_at_once():
    values = np.random.default_rng(1).normal(size=999).astype(np.float32)
    values[[3, 500, 501, 502, 503, 998]] = np.nan, np.nan, np.nan, np.nan, np.nan, np.inf
    pieces, once = came_in_pieces(values, 300), Series(values, most=300)
    assert (len(pieces), pieces.stride) == (len(once), once.stride) == (999, 4)
    places = np.arange(999)
    np.testing.assert_allclose(pieces.means(places, 41), once.means(places, 41), atol=1e-6)
    np.testing.assert_array_equal(pieces.envelope(0, 999, 10).values, once.envelope(0, 999, 10).values)
    np.testing.assert_allclose(pieces[:], once[:], atol=1e-6)


def test_a_run_that_goes_back_goes_on_from_there():
    values = np.linspace(0.0, 1.0, 4000, dtype=np.float32)
    series = came_in_pieces(values, 1000)
    series.extend([1e30, 1e30, float("nan")])
    series.cut(3989)
    assert (len(series), series.stride) == (3989, 8)
    series.extend(values[3989:])
    assert len(series) == 4000
    assert series.envelope(0, 4000, 10).values.max() == 1.0
    assert series.means(np.array([3995]), 81)[0] == pytest.approx(values[3955:].mean(), abs=2e-3)
    series.cut(0)
    assert (len(series), series == []) == (0, True)
    series.extend([2.0])
    assert series[0] == 2.0


def test_a_curve_that_is_over_needs_little_room():
    series = Series(np.linspace(2, 1, 5000))
    series.keep(100)
    assert (len(series), series.stride, len(series._means)) == (5000, 64, 79)
    assert series.means(np.array([2500]), 65)[0] == pytest.approx(1.5, abs=0.02)
    series.extend([3.0] * 1000)
    assert (len(series), series[-1]) == (6000, 3.0)
