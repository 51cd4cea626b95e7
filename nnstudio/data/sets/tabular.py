"""Small tables of measurements that come with scikit-learn, in the numbers and in the order in which they were noted.

Nothing in them is scaled: a Standardize in the drawing does that, where everybody sees it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Values

_WITH = "Comes with scikit-learn."


def _table(loader: str, **how: Any) -> Loaded:
    """Class numbers where the answers are whole, else one number for each sample."""
    from sklearn import datasets

    columns, answers = getattr(datasets, loader)(return_X_y=True, **how)
    whole = answers.dtype.kind == "i"
    target = answers.astype(np.int64) if whole else answers.astype(np.float32)[:, None]
    return Loaded({"x": np.ascontiguousarray(columns, np.float32), "y": target})


def _load_iris(values: Values, loading: Loading) -> Loaded:
    return _table("load_iris")


def _load_wine(values: Values, loading: Loading) -> Loaded:
    return _table("load_wine")


def _load_breast_cancer(values: Values, loading: Loading) -> Loaded:
    return _table("load_breast_cancer")


def _load_diabetes(values: Values, loading: Loading) -> Loaded:
    return _table("load_diabetes", scaled=False)


def _columns(*names: str, raw: bool) -> Field:
    return Field("x", (len(names),), "float32", kind="vector", columns=names, raw=raw)


def _classes(*names: str) -> Field:
    return Field("y", (), "int64", kind="label", names=names)


IRIS = DatasetType(
    name="iris",
    title="Iris",
    summary="150 flowers of three kinds, by length and width of their sepals and petals in cm.",
    fields=(
        _columns("sepal length", "sepal width", "petal length", "petal width", raw=False),
        _classes("setosa", "versicolor", "virginica"),
    ),
    samples=150,
    load=_load_iris,
    group="tables",
    repeats=True,  # two of the flowers have the same measures
    source="E. Anderson, as in R. A. Fisher: The Use of Multiple Measurements in Taxonomic Problems, 1936. UCI Machine"
    f" Learning Repository, doi.org/10.24432/C56C76. {_WITH}",
    licence="CC BY 4.0",
    help="One kind stands apart, the other two touch: a single Linear gets nearly all right.",
    aliases=("flowers", "fisher", "sepal", "petal"),
)

WINE = DatasetType(
    name="wine",
    title="Wine",
    summary="178 wines of three growers in one region, by 13 chemical measures.",
    fields=(
        _columns(
            *("alcohol", "malic acid", "ash", "alkalinity of ash", "magnesium", "total phenols", "flavanoids"),
            *("nonflavanoid phenols", "proanthocyanins", "colour intensity", "hue", "OD280/OD315", "proline"),
            raw=True,
        ),
        _classes("grower 1", "grower 2", "grower 3"),
    ),
    samples=178,
    load=_load_wine,
    group="tables",
    source=f"S. Aeberhard, M. Forina: Wine. UCI Machine Learning Repository, 1992, doi.org/10.24432/C5PC7J. {_WITH}",
    licence="CC BY 4.0",
    help="Proline is near 750 and hue near 1: without a Standardize the network sees little but proline.",
    aliases=("chemistry", "alcohol"),
)

_NUCLEI = (
    *("radius", "texture", "perimeter", "area", "smoothness"),
    *("compactness", "concavity", "concave points", "symmetry", "fractal dimension"),
)

BREAST_CANCER = DatasetType(
    name="breast_cancer",
    title="Breast cancer",
    summary="569 tumours, malignant or benign, by 30 measures of the cell nuclei in a picture.",
    fields=(
        _columns(*(f"{which} {what}" for which in ("mean", "error of", "worst") for what in _NUCLEI), raw=True),
        _classes("malignant", "benign"),
    ),
    samples=569,
    load=_load_breast_cancer,
    group="tables",
    source="W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic). UCI Machine"
    f" Learning Repository, 1993, doi.org/10.24432/C5DW2B. {_WITH}",
    licence="CC BY 4.0",
    help="Ten measures, each as mean, standard error and mean of the three worst. Areas are near 650 and smoothness "
    "near 0.1, so put a Standardize behind it.",
    aliases=("tumour", "tumor", "wisconsin", "medicine"),
)

DIABETES = DatasetType(
    name="diabetes",
    title="Diabetes",
    summary="442 patients by ten measures; what is to be told is how far the illness went within a year, 25 to 346.",
    fields=(
        _columns(
            *("age", "sex", "body mass index", "blood pressure", "total cholesterol"),
            *("LDL", "HDL", "cholesterol/HDL", "log of triglycerides", "blood sugar"),
            raw=False,
        ),
        Field("y", (1,), "float32", kind="number", columns=("progression",)),
    ),
    samples=442,
    load=_load_diabetes,
    group="tables",
    source="B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least Angle Regression. Annals of Statistics, 2004."
    f" {_WITH}",
    licence="None stated by its authors; passed on with scikit-learn (BSD 3-Clause)",
    help="A regression: the best guess without looking is off by 77 points, and a good model by about 54. Put a "
    "Standardize behind x and another behind y: with x alone, the network has a long way to go to numbers near 150.",
    aliases=("regression", "medicine", "lars", "progression"),
)
