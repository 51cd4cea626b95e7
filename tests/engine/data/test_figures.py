"""Figures over data sets, against the plainest way to count them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from nnstudio.data.loading import Loading
from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.engine.data import datasets as engine
from nnstudio.engine.data import tallies
from nnstudio.engine.data.figures import figures
from nnstudio.engine.data.preview import preview
from nnstudio.engine.data.scatter import components
from nnstudio.errors import Cancelled
from nnstudio.params import Values
from nnstudio.protocol.messages import DataRef, PreviewData, SummarizeData

COUNT = 300
random = np.random.default_rng(0)
TABLE = random.normal(3.0, [1.0, 2.0, 5.0], (COUNT, 3)).astype(np.float32)
TABLE[7, 1], TABLE[8, 1] = np.nan, np.inf
KINDS = random.integers(0, 3, COUNT)
TEXT = np.array([[5, 1, 2, 0, 0], [5, 1, 1, 1, 0]])[np.arange(COUNT) % 2]
PIXELS = random.random((COUNT, 1, 2, 2)).astype(np.float32)
ARRAYS = {"x": TABLE, "label": KINDS, "text": TEXT, "image": PIXELS}
FIELDS = (
    Field("x", (3,), columns=("a", "b", "c")),
    Field("label", (), "int64", "label", names=("one", "two", "three")),
    Field("text", (5,), "int64", "tokens", size=6, padding=0),
    Field("image", (1, 2, 2), kind="image"),
)


def declared(name: str, split: str, arrays: dict[str, NDArray[Any]], fields: tuple[Field, ...]) -> DatasetType:
    def load(values: Values, loading: Loading) -> Loaded:
        return Loaded(arrays)

    return DatasetType(name, name, "For tests.", fields, COUNT, load, split=split)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    empty = {"x": np.full((COUNT, 2), np.nan, np.float32)}
    made = [declared("mixed", "shuffled", ARRAYS, FIELDS), declared("whole", "none", ARRAYS, FIELDS)]
    made.append(declared("nothing", "shuffled", empty, (Field("x", (2,)),)))
    datasets().update({each.name: each for each in made})
    yield
    for each in made:
        del datasets()[each.name]
    engine._kept.clear()


def found(name: str, points: int = 2000) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    reply = figures(SummarizeData(data=DataRef(name), points=points), Loading())
    return {key: array.numpy() for key, array in reply.arrays.items()}, reply.facts


@pytest.mark.parametrize("chunk", [tallies.CHUNK, 7])
def test_columns_of_numbers(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(tallies, "CHUNK", chunk)
    arrays, _ = found("mixed")
    known = TABLE[np.isfinite(TABLE).all(axis=1)].astype(np.float64)
    np.testing.assert_allclose(arrays["x.min"][[0, 2]], TABLE.min(axis=0)[[0, 2]])
    assert arrays["x.max"][1] == known[:, 1].max()
    np.testing.assert_allclose(arrays["x.mean"][1], known[:, 1].mean())
    np.testing.assert_allclose(arrays["x.std"][1], known[:, 1].std())
    assert arrays["x.missing"].tolist() == [0, 2, 0]
    wanted, _ = np.histogram(known[:, 1], tallies.BINS)
    assert arrays["x.histogram"][:, 1].sum(axis=0).tolist() == wanted.tolist()
    assert arrays["x.histogram"][:, 0].sum(axis=1).tolist() == [240, 60]


def test_classes_tokens_and_pictures() -> None:
    arrays, facts = found("mixed")
    data = engine.load(DataRef("mixed"))
    wanted = [np.bincount(part["label"].numpy(), minlength=3).tolist() for part in (data.train, data.test)]
    assert arrays["label.counts"].tolist() == wanted
    assert arrays["text.tokens"].tolist() == [1, 5, 2]
    assert arrays["text.counts"].sum(axis=0).tolist() == [600, 300, 150]
    assert arrays["text.lengths"].sum(axis=0).tolist() == [0, 0, 0, 150, 150, 0]
    assert facts["different"] == {"text": 3}
    np.testing.assert_allclose(arrays["image.mean"], PIXELS.mean(axis=0), rtol=1e-5)
    for number in range(3):
        np.testing.assert_allclose(arrays["image.means"][number], PIXELS[number == KINDS].mean(axis=0), rtol=1e-5)
    assert arrays["image.range"].tolist() == [PIXELS.min(), PIXELS.max()]
    assert (facts["train"], facts["test"], facts["names"]) == (240, 60, {"label": ["one", "two", "three"]})


def test_what_is_learned_and_tested_counts_once() -> None:
    arrays, _ = found("whole")
    assert arrays["label.counts"][0].sum() == COUNT
    assert not arrays["label.counts"][1].any()
    assert len(arrays["points.rows"]) == COUNT
    assert not arrays["points.test"].any()


def test_points_are_samples_of_the_source_with_their_numbers_and_labels() -> None:
    arrays, facts = found("mixed", points=50)
    rows, data = arrays["points.rows"], engine.load(DataRef("mixed"))
    assert len(set(rows.tolist())) == 50
    np.testing.assert_array_equal(arrays["points.x"], TABLE[rows])
    assert arrays["points.label"].tolist() == KINDS[rows].tolist()
    assert set(rows[arrays["points.test"]].tolist()) <= set(data.rows["test"].tolist())
    tested = arrays["points.place"][arrays["points.test"]]
    assert data.rows["test"][tested].tolist() == rows[arrays["points.test"]].tolist()
    assert facts["label"] == "label"
    np.testing.assert_array_equal(found("mixed", points=50)[0]["points.rows"], rows)


def test_two_components_show_where_the_numbers_differ_most() -> None:
    line = np.stack([np.arange(9.0), 2 * np.arange(9.0), [0, 1, 0] * 3], axis=1).astype(np.float32)
    places, shares = components(line, standardized=True) or (np.empty(0), [])
    assert abs(np.corrcoef(places[:, 0], np.arange(9))[0, 1]) > 0.999
    assert shares == pytest.approx([2 / 3, 1 / 3], abs=0.01)
    wide = random.normal(size=(40, 200)).astype(np.float32)
    centred = wide.astype(np.float64) - wide.mean(axis=0, dtype=np.float64)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    places, shares = components(wide, standardized=False) or (np.empty(0), [])
    np.testing.assert_allclose(np.abs(places), np.abs(centred @ axes[:2].T), rtol=1e-4, atol=1e-4)
    assert shares == pytest.approx(sizes[:2] ** 2 / (sizes**2).sum())
    assert components(np.ones((9, 3), np.float32), standardized=True) is None
    arrays, facts = found("mixed")
    assert facts["pca"] == "image"
    assert arrays["points.pca"].shape == (COUNT, 2)
    assert 0.5 < sum(facts["pca.explained"]) <= 1


def test_a_column_of_nothing_but_gaps_is_no_error() -> None:
    arrays, facts = found("nothing")
    assert np.isnan(arrays["x.mean"]).all()
    assert arrays["x.missing"].tolist() == [COUNT, COUNT]
    assert not arrays["x.histogram"].any()
    assert "pca" not in facts


def test_it_tells_how_far_it_is_and_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "CHUNK", 60)
    told: list[tuple[int, int]] = []
    figures(SummarizeData(data=DataRef("mixed")), Loading(tell=lambda done, total, what: told.append((done, total))))
    counted = [done for done, total in told if total == 6 * COUNT]
    assert counted[-1] == 6 * COUNT
    assert counted == sorted(counted)

    def give_up(done: int, total: int, what: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        figures(SummarizeData(data=DataRef("mixed")), Loading(tell=give_up))


def test_a_batch_is_what_the_first_epoch_takes_first() -> None:
    data = engine.load(DataRef("mixed", seed=3))
    order = torch.randperm(240, generator=torch.Generator().manual_seed(3))
    shown = preview(PreviewData(data=DataRef("mixed", seed=3), part="batch", start=32, count=32), Loading())
    assert shown.index is not None
    assert shown.index.numpy().tolist() == data.rows["train"][order[32:64]].tolist()
    np.testing.assert_array_equal(shown.arrays["x"].numpy(), data.train["x"][order[32:64]].numpy())


def test_points_are_told_apart_by_a_class_that_several_share() -> None:
    """Who of 22 players it is tells none from the others: the team does."""
    assert found("cricketers")[1]["label"] == "team"
