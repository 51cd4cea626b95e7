"""Figures over a whole data set, as SummarizeData asks for them.

Counted by part: row 0 is the training part, row 1 the test part. Where all samples are learned and tested, row 1 is
empty. Arrays, for a field F:

    numbers (vector, number, sequence of numbers)
        F.min F.max F.mean F.std    float64 (C), of what is finite; NaN where nothing is
        F.missing                   int64 (C), numbers that are not finite
        F.histogram                 int64 (2×C×40), evenly from min to max
    a label
        F.counts                    int64 (2×K), samples of each class
    tokens
        F.tokens                    int64 (K), the most frequent first, without padding
        F.counts                    int64 (2×K), how often they are there
        F.lengths                   int64 (2×T+1), samples of each length, without padding
    an image
        F.mean                      float32 (C×H×W)
        F.range                     float64 (2)
        F.means                     float32 (K×C×H×W), of each class of the first label, where there are at most 20
    samples drawn by lot, P of them
        points.rows                 int64 (P), which samples of the source they are
        points.test                 bool (P)
        points.place                int64 (P), their places in their part
        points.F                    float32 (P×C), of each field of numbers
        points.label                int64 (P), where there is a label
        points.pca                  float32 (P×2), where components can be found

C is 100 at most. Facts: `train` and `test` (samples), `label` (the field that points.label is of), `names` (of classes
and tokens, by field), `different` (how many different tokens, by field), `pca` (the field), `pca.explained` (two
shares), `pca.words`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from nnstudio.data.loading import Loading
from nnstudio.data.spec import Field
from nnstudio.engine.data import tallies
from nnstudio.engine.data.datasets import Data, load
from nnstudio.engine.data.scatter import Drawn, draw, explained, pca_field
from nnstudio.engine.data.tallies import MOST_COLUMNS, Arrays, Parts, Tell
from nnstudio.protocol import messages as msg

MOST_POINTS = 20_000
PASSES = {"numbers": 2, "image": 2}
"""How often the samples of a field are looked through, where that is more than once."""


def figures(request: msg.SummarizeData, loading: Loading) -> msg.DataSummary:
    """All there is to count. Raises DataError, and Cancelled when it is given up."""
    data = load(request.data, loading)
    arrays, facts = counted(data, loading)
    same = is_same(data)
    loading.tell(1, 1, "Finding components")
    drawn = draw(data, min(max(request.points, 1), MOST_POINTS), request.data.seed, same=same)
    for found, told in (_points(drawn, facts), _components(drawn)):
        arrays |= found
        facts |= told
    packed = {name: msg.Array.of(array) for name, array in arrays.items()}
    return msg.DataSummary(request=request.id, arrays=packed, facts=facts)


def counted(data: Data, loading: Loading) -> tuple[Arrays, dict[str, Any]]:
    """What is counted of each field."""
    same = is_same(data)
    facts: dict[str, Any] = {"train": data.train_samples, "test": data.test_samples, "different": {}}
    facts["names"] = {name: list(names) for name in data.fields if (names := data.class_names(name))}
    tell, arrays = _teller(data, loading, same=same), Arrays()
    for field in data.fields.values():
        found = _of_field(field, _parts(data, field.name, same=same), data, tell)
        if kind_of(field) == "image":
            found |= _by_class(field, data, tell, same=same)
        if "different" in found:
            facts["different"][field.name] = int(found.pop("different"))
        arrays |= {f"{field.name}.{name}": array for name, array in found.items()}
    return arrays, facts


def is_same(data: Data) -> bool:
    """Whether all samples are both learned and tested."""
    return torch.equal(data.rows["train"], data.rows["test"])


def kind_of(field: Field) -> str:
    """How it is counted: numbers, label, tokens or image."""
    if field.kind == "label" and field.dtype == "int64":
        return "label"
    if field.kind == "tokens" and field.dtype == "int64":
        return "tokens"
    return "image" if field.kind == "image" and len(field.shape) == 3 else "numbers"


def _of_field(field: Field, parts: Parts, data: Data, tell: Tell) -> Arrays:
    match kind_of(field):
        case "label":
            most = max((int(part.max()) + 1 for part in parts if part.size), default=0)
            return tallies.classes(parts, max(len(data.class_names(field.name)), field.classes, most), tell)
        case "tokens":
            return tallies.tokens(parts, field.padding, tell)
        case "image":
            return tallies.pictures(parts, tell)
    return tallies.columns(parts, tell)


def _by_class(field: Field, data: Data, tell: Tell, *, same: bool) -> Arrays:
    """The mean picture of each class."""
    label = first_label(data)
    count = max(len(data.class_names(label.name)), label.classes) if label is not None else 0
    if label is None or not 0 < count <= tallies.MOST_MEANS:
        return {}
    labels = _parts(data, label.name, same=same)
    return tallies.mean_pictures(_parts(data, field.name, same=same), labels, count, tell)


def first_label(data: Data) -> Field | None:
    """The field that says of which class a sample is, and not which one it is among all."""
    labels = [field for field in data.fields.values() if kind_of(field) == "label" and not field.shape]
    samples = len(data.source_order[0])
    return next((field for field in labels if field.classes < samples), next(iter(labels), None))


def _parts(data: Data, name: str, *, same: bool) -> Parts:
    train, test = data.train[name].numpy(), data.test[name].numpy()
    return train, test[:0] if same else test


def _teller(data: Data, loading: Loading, *, same: bool) -> Tell:
    passes = sum(PASSES.get(kind_of(field), 1) for field in data.fields.values())
    total = passes * (data.train_samples + (0 if same else data.test_samples))
    done = 0

    def tell(samples: int) -> None:
        nonlocal done
        done += samples
        loading.tell(done, total, "Counting")

    return tell


def _points(drawn: Drawn, facts: dict[str, Any]) -> tuple[Arrays, dict[str, Any]]:
    arrays: Arrays = {"points.rows": drawn.rows, "points.test": drawn.test, "points.place": drawn.in_part}
    for field in drawn.data.fields.values():
        if kind_of(field) == "numbers" and len(field.shape) < 2:
            values = drawn.values(field.name).reshape(len(drawn.rows), -1)
            arrays[f"points.{field.name}"] = values[:, :MOST_COLUMNS].astype(np.float32)
    label = first_label(drawn.data)
    if label is not None:
        arrays["points.label"] = drawn.values(label.name)
    return arrays, {"label": label.name if label is not None else ""}


def _components(drawn: Drawn) -> tuple[Arrays, dict[str, Any]]:
    field = pca_field(list(drawn.data.fields.values()))
    return explained(drawn, field) if field is not None else ({}, {})
