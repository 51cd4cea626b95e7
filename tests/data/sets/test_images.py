"""Pictures are the known ones."""

from nnstudio.data.registry import dataset
from tests.data.test_datasets import load


def test_digits_are_the_known_pictures():
    digits = load(dataset("digits"))
    assert digits["image"].min() == 0.0
    assert digits["image"].max() == 1.0
    assert digits["label"][:10].tolist() == list(range(10))
    assert digits["image"][0, 0, 0].tolist() == [0, 0, 5 / 16, 13 / 16, 9 / 16, 1 / 16, 0, 0]
