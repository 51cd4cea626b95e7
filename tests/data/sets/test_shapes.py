"""Drawn shapes: what is said of a picture can be seen in it."""

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.sets.shapes import COLORS, SHAPES, SHAPES_DRAWN
from nnstudio.errors import Cancelled


def load(seed=0, **values):
    return SHAPES_DRAWN.load(SHAPES_DRAWN.params.check(values), Loading(seed)).arrays


def edges(mask):
    """Left, top, right and bottom of what is covered, in pixels."""
    down, right = np.nonzero(mask[0])
    return np.array([right.min(), down.min(), right.max() + 1, down.max() + 1])


def test_the_box_is_around_the_mask():
    found = load(samples=200, size=64)
    for box, mask in zip(found["box"] * 64, found["mask"], strict=True):
        x, y, width, height = box
        assert np.abs(edges(mask) - (x, y, x + width, y + height)).max() <= 1.6  # the tip of a triangle is thin


def test_the_whole_shape_is_in_the_picture():
    box = load(samples=500)["box"]
    assert box.min() >= 0
    assert (box[:, :2] + box[:, 2:]).max() <= 1 + 1e-6


def test_each_shape_covers_its_share_of_its_box():
    found = load(samples=400, size=96)
    share = found["mask"].sum((1, 2, 3)) / (found["box"][:, 2] * found["box"][:, 3] * 96**2)
    for number, wanted in enumerate((1.0, np.pi / 4, 0.5, 1 - 0.64**2)):
        assert share[found["shape"] == number].mean() == pytest.approx(wanted, abs=0.02)


def test_the_colour_is_the_one_that_is_named():
    found = load(samples=200, noise=0.0)
    named = np.array(list(COLORS.values()))
    for image, mask, color in zip(found["image"], found["mask"], found["color"], strict=True):
        inside = np.median(image[:, mask[0] > 0], axis=1)
        assert np.abs(named - inside).sum(1).argmin() == color


def test_grey_pictures_have_no_colour_to_name():
    values = {"grey": True, "samples": 20, "size": 16}
    assert [field.name for field in SHAPES_DRAWN.fields_for(values)] == ["image", "shape", "box", "mask"]
    found = load(**values)
    assert set(found) == {"image", "shape", "box", "mask"}
    assert found["image"].shape == (20, 1, 16, 16)


def test_edges_are_smooth_and_values_from_0_to_1():
    image = load(samples=100, noise=0.0)["image"]
    assert len(np.unique(image[0])) > 10
    noisy = load(samples=100, noise=1.0)["image"]
    assert (noisy.min(), noisy.max()) == (0, 1)


def test_a_block_of_pictures_is_as_the_others():
    found = load(samples=600)
    assert set(np.unique(found["shape"][512:])) == set(range(len(SHAPES)))
    assert found["mask"].sum((1, 2, 3)).min() > 0


def test_drawing_can_be_given_up():
    def tell(done, total, what):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        SHAPES_DRAWN.load(SHAPES_DRAWN.params.check({"samples": 5000}), Loading(0, tell=tell))
