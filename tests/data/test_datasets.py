"""One harness over every declared data set."""

import subprocess
import sys
import time

import numpy as np
import pytest

from nnstudio.data.registry import dataset, datasets
from nnstudio.data.spec import Arrays, DatasetType, check_arrays
from nnstudio.errors import BadParameter, UnknownDataset

ALL = list(datasets().values())
MADE = [declared for declared in ALL if "noise" in declared.params]
"""Those drawn by lot, with parameters `samples` and `noise`."""


def over(chosen: list[DatasetType]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("declared", chosen, ids=lambda declared: declared.name)


def load(declared: DatasetType, seed: int = 0, **values: object) -> Arrays:
    return declared.load(declared.params.check(values), np.random.default_rng(seed))


def same(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(one[name], other[name]) for name in one)


@over(ALL)
def test_is_as_declared(declared):
    start = time.perf_counter()
    arrays = load(declared)
    assert time.perf_counter() - start < 5
    check_arrays(declared, arrays)
    assert {len(array) for array in arrays.values()} == {declared.samples}
    assert all(np.isfinite(array).all() for array in arrays.values())


@over(ALL)
def test_same_seed_same_data(declared):
    assert same(load(declared, 3), load(declared, 3))


@over(MADE)
def test_another_seed_gives_other_points(declared):
    assert not same(load(declared, 3, noise=0.0), load(declared, 4, noise=0.0))


@over(ALL)
def test_has_every_class_and_no_other(declared):
    arrays = load(declared)
    for field in declared.fields:
        if field.classes:
            assert set(np.unique(arrays[field.name])) == set(range(field.classes))


@over(ALL)
def test_tells_where_it_comes_from(declared):
    assert declared.summary.endswith(".")
    assert all([declared.title, declared.source, declared.licence])


@over(MADE)
@pytest.mark.parametrize("samples", [10, 11, 1000])
def test_gives_as_many_samples_as_asked(declared, samples):
    arrays = load(declared, samples=samples)
    check_arrays(declared, arrays)
    assert len(arrays["label"]) == samples
    assert (arrays["label"] == 0).sum() - (arrays["label"] == 1).sum() == samples % 2


@over(MADE)
def test_noise_moves_points_and_keeps_labels(declared):
    clean, noisy = load(declared, noise=0.0), load(declared, noise=0.2)
    assert np.array_equal(clean["label"], noisy["label"])
    assert (noisy["point"] - clean["point"]).std() == pytest.approx(0.2, rel=0.1)


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


def test_digits_are_the_known_pictures():
    digits = load(dataset("digits"))
    assert digits["image"].min() == 0.0
    assert digits["image"].max() == 1.0
    assert digits["label"][:10].tolist() == list(range(10))
    assert digits["image"][0, 0, 0].tolist() == [0, 0, 5 / 16, 13 / 16, 9 / 16, 1 / 16, 0, 0]


def test_wrong_parameters_are_refused():
    with pytest.raises(BadParameter, match="samples"):
        dataset("moons").params.check({"samples": 3})
    with pytest.raises(UnknownDataset, match="digits"):
        dataset("nothing")


def test_listing_is_light():
    code = (
        "import sys; from nnstudio.data.registry import datasets; assert len(datasets()) >= 5;"
        "print([name for name in ('sklearn', 'scipy', 'torch', 'PIL') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
