import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnstudio.ui import colormaps


@pytest.mark.parametrize("lut", [colormaps.viridis(), colormaps.diverging(), colormaps.greys()])
def test_a_table_is_256_solid_colours(lut):
    assert lut.shape == (256, 4)
    assert lut.dtype == np.uint8
    assert (lut[:, 3] == 255).all()


def test_viridis_is_the_published_one():
    pyqtgraph = pytest.importorskip("pyqtgraph")
    published = pyqtgraph.colormap.get("viridis").getLookupTable(nPts=256, alpha=True)
    assert np.abs(published.astype(int) - colormaps.viridis()).max() <= 6


def test_diverging_is_white_in_the_middle():
    low, high = colormaps.symmetric_range([[-2.0, 1.0]])
    image = colormaps.colorize([[-2.0, 0.0, 2.0]], low, high, colormaps.diverging())
    left, middle, right = (image.pixelColor(x, 0) for x in range(3))
    assert (low, high) == (-2.0, 2.0)
    assert min(middle.red(), middle.green(), middle.blue()) > 240
    assert left.blue() > left.red()
    assert right.red() > right.blue()


def test_range_is_the_values_own_and_clips():
    image = colormaps.colorize([[0, 5, 10]])
    assert image.pixelColor(0, 0) == QColor(*colormaps.viridis()[0].tolist())
    assert image.pixelColor(2, 0) == QColor(*colormaps.viridis()[255].tolist())
    clipped = colormaps.colorize([[-9, 99]], 0, 1)
    assert clipped.pixelColor(1, 0) == QColor(*colormaps.viridis()[255].tolist())


def test_holes_are_clear_and_infinities_clip():
    image = colormaps.colorize([[np.nan, -np.inf, np.inf, 0.0, 1.0]])
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(1, 0) == image.pixelColor(3, 0)
    assert image.pixelColor(2, 0) == image.pixelColor(4, 0)


@pytest.mark.parametrize("values", [np.zeros((2, 2)), np.full((2, 2), np.nan), np.zeros((0, 3))])
def test_odd_arrays_do_no_harm(values):
    colormaps.colorize(values)
    colormaps.symmetric_range(values)


def test_picture_owns_its_bytes():
    values = np.zeros((3, 5))
    image = colormaps.colorize(values, 0, 1)
    values[:] = 1
    assert image.pixelColor(0, 0) == QColor(*colormaps.viridis()[0].tolist())


def test_tiles_have_gaps_and_one_range():
    image = colormaps.tile(np.arange(5 * 4 * 3).reshape(5, 4, 3), columns=2, gap=1)
    assert (image.width(), image.height()) == (2 * 3 + 1, 3 * 4 + 2)
    assert image.pixelColor(3, 0).alpha() == 0
    assert image.pixelColor(6, 13).alpha() == 0  # the sixth place is empty
    assert image.pixelColor(0, 0) != image.pixelColor(4, 0)


def test_tiles_of_nothing_are_no_picture():
    assert colormaps.tile(np.zeros((0, 4, 4))).isNull()


def test_wrong_rank_is_named():
    with pytest.raises(ValueError, match=r"\(3,\)"):
        colormaps.colorize(np.zeros(3))


@pytest.mark.parametrize("vertical", [False, True])
def test_scale_bar(vertical):
    image = colormaps.scale_bar(colormaps.viridis(), 100, 8, vertical)
    assert (image.width(), image.height()) == ((8, 100) if vertical else (100, 8))
    low = image.pixelColor(0, 99 if vertical else 0)
    assert low == QColor(*colormaps.viridis()[0].tolist())
