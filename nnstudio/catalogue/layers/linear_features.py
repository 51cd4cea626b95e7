"""Fixed functions of the inputs as further inputs, which make a small network strong on two-dimensional data."""

from __future__ import annotations

from nnstudio.catalogue.layers.linear import family as family
from nnstudio.catalogue.shapes import linear
from nnstudio.catalogue.spec import LayerType, Module, Port
from nnstudio.params import Bool, Int, ParamSet

_FEATURES = (Port("x", "N ... F", wants="a vector", insert="Flatten", refuses="image"),)

PolynomialFeatures = LayerType(
    "PolynomialFeatures",
    "Adds to the features their powers and products.",
    inputs=_FEATURES,
    params=ParamSet(
        (
            Int("degree", 2, "The highest power.", low=1, high=6, telling=True),
            Bool("interactions", True, "Products of different features too."),
        )
    ),
    shape=linear.polynomial,
    code=Module("PolynomialFeatures"),
    help="With it, one Linear can part data along a circle or a parabola. Many features give very many products: use "
    "it for a few.",
    formula="(a, b) → (a, b, a², a·b, b²)",
    aliases=("quadratic", "powers", "products", "monomials"),
    stem="polynomial",
)

SineFeatures = LayerType(
    "SineFeatures",
    "Adds to the features their sines.",
    inputs=_FEATURES,
    params=ParamSet((Bool("cosine", False, "Their cosines too."),)),
    shape=linear.sines,
    code=Module("SineFeatures"),
    help="Helps where the data repeat, as on a spiral or over the days of a year. The features themselves stay among "
    "the inputs.",
    formula="x → (x, sin x)",
    paper="Tancik et al., Fourier Features Let Networks Learn High Frequency Functions, 2020",
    aliases=("fourier features", "periodic", "cosine"),
    stem="sines",
)
