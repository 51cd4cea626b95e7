"""The points lie where the formulas say."""

import numpy as np
import pytest

from nnstudio.data.registry import dataset
from tests.data.test_datasets import load


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spiral"])
def test_points_are_half_of_each_class_and_noise_moves_them_alone(name):
    declared = dataset(name)
    clean, noisy = load(declared, noise=0.0), load(declared, noise=0.2)
    assert np.array_equal(clean["label"], noisy["label"])
    assert (noisy["point"] - clean["point"]).std() == pytest.approx(0.2, rel=0.1)
    label = load(declared, samples=11)["label"]
    assert (label == 0).sum() - (label == 1).sum() == 1


@pytest.mark.parametrize("name", ["moons", "circles", "xor", "spiral"])
def test_toys_are_centred_and_fill_the_square(name):
    points = load(dataset(name), samples=4000, noise=0.0)["point"]
    assert np.abs(points.mean(axis=0)).max() < 0.05
    assert 0.95 <= np.abs(points).max() <= 1.0


def test_points_lie_where_the_formulas_say():
    xor = load(dataset("xor"), noise=0.0)
    assert np.array_equal(xor["point"].prod(axis=1) < 0, xor["label"] == 1)
    circles = load(dataset("circles"), noise=0.0, factor=0.3)
    radius = np.hypot(*circles["point"].T)
    assert radius == pytest.approx(np.where(circles["label"] == 0, 1.0, 0.3), abs=1e-6)
    moons = load(dataset("moons"), noise=0.0)
    centres = np.where(moons["label"][:, None] == 0, (-1 / 3, -1 / 6), (1 / 3, 1 / 6))
    assert np.hypot(*(moons["point"] - centres).T) == pytest.approx(np.full(400, 2 / 3), abs=1e-6)
    spiral = load(dataset("spiral"), noise=0.0, turns=0.5)
    x = spiral["point"][:, 0]
    assert np.array_equal(x > 0, spiral["label"] == 0)  # half a turn: each arm keeps to its own side


@pytest.mark.parametrize("classes", range(2, 7))
def test_blobs_have_as_many_classes_as_asked(classes):
    blobs = load(dataset("blobs"), classes=classes, samples=600, noise=0.05)
    assert dataset("blobs").field("label", {"classes": classes}).classes == classes
    assert np.bincount(blobs["label"]).tolist() == [600 // classes] * classes
    middles = np.array([blobs["point"][blobs["label"] == each].mean(axis=0) for each in range(classes)])
    nearest = np.linalg.norm(blobs["point"][:, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == blobs["label"]).all()


@pytest.mark.parametrize("angle", [-90.0, 0.0, 30.0, 90.0])
def test_a_line_parts_linear(angle):
    data = load(dataset("linear"), angle=angle, noise=0.0)
    across = data["point"] @ (-np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle)))
    assert ((across > 0) == (data["label"] == 0)).all()
    assert np.abs(across).min() > 0.05
