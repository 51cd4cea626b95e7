"""The tables are those that scikit-learn has, as they were noted."""

import numpy as np
import pytest

from nnstudio.data.registry import dataset
from tests.data.test_datasets import load

TABLES = ["iris", "wine", "breast_cancer", "diabetes"]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_name_and_its_own_numbers(name):
    fields = {field.name: field for field in dataset(name).fields_for()}
    assert len(set(fields["x"].columns)) == fields["x"].shape[0]
    x = load(dataset(name))["x"]
    assert len({column.tobytes() for column in x.T}) == x.shape[1]


@pytest.mark.parametrize(
    ("name", "column", "low", "high"),
    [
        ("iris", "sepal length", 4.3, 7.9),
        ("wine", "proline", 278, 1680),
        ("breast_cancer", "mean area", 143.5, 2501),
        ("breast_cancer", "worst radius", 7.93, 36.04),
        ("diabetes", "age", 19, 79),
        ("diabetes", "HDL", 22, 99),
    ],
)
def test_measures_are_raw_and_under_their_own_names(name, column, low, high):
    """As their authors describe them: no column is scaled, none is under another's name."""
    x = load(dataset(name))["x"]
    values = x[:, dataset(name).field("x").columns.index(column)]
    assert (values.min(), values.max()) == pytest.approx((low, high), rel=1e-3)


@pytest.mark.parametrize(
    ("name", "counts"), [("iris", [50] * 3), ("wine", [59, 71, 48]), ("breast_cancer", [212, 357])]
)
def test_classes_are_as_many_as_known(name, counts):
    assert np.bincount(load(dataset(name))["y"]).tolist() == counts


def test_the_progression_is_one_number_for_each_patient():
    y = load(dataset("diabetes"))["y"]
    assert y.shape == (442, 1)
    assert (y.min(), y.max(), y.std()) == pytest.approx((25, 346, 77), rel=1e-2)
