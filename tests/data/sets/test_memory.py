"""The first token is the class; a wave swings as often as its class says."""

import numpy as np
import pytest

from tests.data.sets.reading import loaded


@pytest.mark.parametrize(
    "values", [{}, {"length": 200}, {"length": 5, "classes": 6}, {"length": 20, "fixed_length": True}], ids=str
)
def test_the_first_letter_is_the_class(values):
    fields, arrays = loaded("long_memory", **values)
    names, labels = fields["sequence"].names, fields["label"].names
    rows = ["".join(names[token] for token in row) for row in arrays["sequence"].tolist()]
    words = [row.lstrip(".") for row in rows]
    assert [word[0] for word in words] == [labels[label] for label in arrays["label"]]
    assert all(word[1:].islower() and word[1:].isalpha() for word in words)
    assert len(set(words)) == 1000
    assert {len(row) for row in rows} == {fields["sequence"].shape[0]}


def test_lengths_are_even_in_each_class_and_say_nothing():
    _, arrays = loaded("long_memory", length=12)
    lengths = (arrays["sequence"] > 0).sum(axis=1)
    first, second = (np.bincount(lengths[arrays["label"] == label], minlength=13)[2:] for label in (0, 1))
    assert np.array_equal(first, second)
    assert first[0] == 8
    assert first[1:].max() - first[1:].min() <= 1


def test_all_are_as_long_where_that_is_asked_for():
    _, arrays = loaded("long_memory", length=12, fixed_length=True)
    assert (arrays["sequence"] > 0).all()


def test_what_follows_says_nothing():
    """Each letter stands in each place as often, whatever the class: within what chance does."""
    _, arrays = loaded("long_memory", samples=8000, length=6, fixed_length=True)
    for label in (0, 1):
        tails = arrays["sequence"][arrays["label"] == label, 1:]
        counts = np.stack([np.bincount(column, minlength=11)[3:] for column in tails.T])
        assert np.abs(counts / len(tails) - 1 / 8).max() < 0.03


@pytest.mark.parametrize("name", ["long_memory", "frequencies", "brackets"])
@pytest.mark.parametrize("samples", [10, 11, 400])
def test_classes_are_balanced(name, samples):
    _, arrays = loaded(name, samples=samples)
    counts = np.bincount(arrays["label"])
    assert counts.max() - counts.min() <= 1


def test_there_are_no_more_samples_than_sequences():
    _, arrays = loaded("long_memory", length=2, classes=3)
    assert len(np.unique(arrays["sequence"], axis=0)) == 3 * 8


@pytest.mark.parametrize("classes", [2, 6])
def test_waves_swing_as_often_as_their_class_says(classes):
    """The strongest of the frequencies that Fourier finds lies in the band, give or take one."""
    fields, arrays = loaded("frequencies", noise=0.0, length=128, classes=classes)
    assert arrays["sequence"].shape == (1000, 128, 1)
    assert 0.99 < np.abs(arrays["sequence"]).max() <= 1.0
    spectrum = np.abs(np.fft.rfft(arrays["sequence"][:, :, 0], 16 * 128, axis=1))
    found = spectrum.argmax(axis=1) / 16
    bands = [tuple(map(float, name.removesuffix(" cycles").split(" to "))) for name in fields["label"].names]
    inside = [
        bands[label][0] - 0.3 <= cycles <= bands[label][1] + 0.3
        for cycles, label in zip(found, arrays["label"], strict=True)
    ]
    assert np.mean(inside) > 0.97


def test_noise_is_as_strong_as_asked():
    _, quiet = loaded("frequencies", noise=0.0)
    _, loud = loaded("frequencies", noise=0.5)
    assert np.array_equal(quiet["label"], loud["label"])
    assert (loud["sequence"] - quiet["sequence"]).std() == pytest.approx(0.5, rel=0.02)
