"""Data sets of pictures."""

from __future__ import annotations

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Values

_BRIGHTEST = 16.0  # each pixel of the source counts the dark dots in a 4×4 square of the scan


def _load_digits(values: Values, loading: Loading) -> Loaded:
    """The 1,797 pictures in the order of the source, 0 to 1; nothing in them is drawn by lot."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    image = (pixels / _BRIGHTEST).astype(np.float32).reshape(-1, 1, 8, 8)
    return Loaded({"image": image, "label": labels.astype(np.int64)})


DIGITS = DatasetType(
    name="digits",
    title="Digits",
    summary="1,797 handwritten digits, grey, 8×8 pixels.",
    fields=(
        Field("image", (1, 8, 8), "float32", kind="image"),
        Field("label", (), "int64", kind="label", names=tuple("0123456789")),
    ),
    group="images",
    samples=1797,
    load=_load_digits,
    source="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, test part. UCI Machine"
    " Learning Repository, 1998, doi.org/10.24432/C50P49. Comes with scikit-learn.",
    licence="CC BY 4.0",
    aliases=("mnist", "numbers", "handwriting"),
)
