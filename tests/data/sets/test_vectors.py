import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset


def test_nearest_to_kohli_are_those_of_the_notes():
    cricketers = dataset("cricketers")
    arrays = cricketers.load({}, Loading()).arrays
    names = cricketers.field("player").names
    apart = np.linalg.norm(arrays["numbers"] - arrays["numbers"][names.index("Virat Kohli")], axis=1)
    nearest = {names[index]: apart[index] for index in np.argsort(apart)[1:5]}
    expected = {"KL Rahul": 9.63, "Rohit Sharma": 9.73, "Shubman Gill": 10.26, "Shreyas Iyer": 11.73}
    assert list(nearest) == list(expected)
    assert nearest == pytest.approx(expected, abs=0.005)


def test_there_are_two_elevens():
    arrays = dataset("cricketers").load({}, Loading()).arrays
    assert np.bincount(arrays["team"]).tolist() == [11, 11]
