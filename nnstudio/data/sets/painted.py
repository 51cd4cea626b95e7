"""Points that a person painted. They lie in the project, as a parameter, and are no file."""

from __future__ import annotations

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.sets.toy2d import CLASSES, LABEL, POINT, points_fields
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.errors import DataError
from nnstudio.params import ParamSet, Points, Values, classes_in, points_of

POINTS = "points"
_FEWEST = 2
_BEGINNING = (
    *((-0.75, 0.6, 0), (-0.55, 0.85, 0), (-0.95, 0.3, 0), (-0.4, 0.5, 0), (-0.7, 0.15, 0), (-0.2, 0.8, 0)),
    *((-0.5, -0.1, 0), (-0.9, 0.9, 0), (-0.3, 0.25, 0), (-1.05, 0.65, 0), (-0.05, 0.55, 0), (-0.65, 0.4, 0)),
    *((0.7, -0.6, 1), (0.5, -0.85, 1), (0.95, -0.3, 1), (0.4, -0.45, 1), (0.75, -0.15, 1), (0.2, -0.8, 1)),
    *((0.5, 0.1, 1), (0.9, -0.9, 1), (0.3, -0.2, 1), (1.05, -0.6, 1), (0.05, -0.55, 1), (0.6, -0.35, 1)),
)
"""Two clouds that a line parts, so that there is something to train with at once."""


def _fields(values: Values) -> tuple[Field, ...]:
    return points_fields(CLASSES[: classes_in(points_of(values[POINTS]))])


def _samples(values: Values) -> int:
    return len(points_of(values[POINTS]))


def _load(values: Values, loading: Loading) -> Loaded:
    points = points_of(values[POINTS])
    if len(points) < _FEWEST:
        words = "Nothing is painted yet." if not points else "Only one point is painted."
        raise DataError(words, fix=f"Paint {_FEWEST} points at least, in the Paint panel.")
    rows = np.array(points, np.float64)
    return Loaded({POINT: rows[:, :2].astype(np.float32), LABEL: rows[:, 2].astype(np.int64)})


PAINTED = DatasetType(
    name="painted",
    title="Painted",
    summary="Points that you paint yourself, of up to six classes.",
    fields=_fields,
    samples=_samples,
    load=_load,
    params=ParamSet((Points(POINTS, _BEGINNING, "The points, as x, y and class. The Paint panel changes them."),)),
    source="Painted by you, and kept in the project.",
    licence="Yours",
    help="Open the Paint panel, choose a class with the keys 1 to 6, click for a point and drag to spray. There are as "
    "many classes as you have painted.",
    aliases=("paint", "draw", "own points", "spray", "hand-made"),
)
