"""How data are split, kept and refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.engine.data import datasets as engine
from nnstudio.engine.data.preview import preview
from nnstudio.errors import Cancelled, DataError, EngineError
from nnstudio.params import Int, ParamSet, Values
from nnstudio.protocol.messages import DataRef, PreviewData

COUNT = 100
loads: list[int] = []
stamps: list[int] = [0]


def declared(name: str, split: str, gap: int = 0, samples: int = COUNT) -> DatasetType:
    def load(values: Values, loading: Loading) -> Loaded:
        loads.append(loading.seed)
        loading.tell(0, 1, "counting")
        return Loaded({"x": np.arange(samples, dtype=np.float32)[:, None]}, {"x": ("named",)}, gap)

    return DatasetType(
        name,
        name,
        "For tests.",
        (Field("x", (1,)),),
        samples,
        load,
        ParamSet((Int("size", 1),)),
        split=split,  # type: ignore[arg-type]  # one of the three
        stamp=lambda values: stamps[0],
    )


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    made = [declared("lot", "shuffled"), declared("row", "in order", gap=7), declared("whole", "none")]
    made.append(declared("huge", "shuffled", samples=10**15))
    datasets().update({each.name: each for each in made})
    loads.clear()
    yield
    for each in made:
        del datasets()[each.name]
    engine._kept.clear()


def rows(name: str, **more: object) -> tuple[list[int], list[int]]:
    data = engine.load(DataRef(name, **more))  # type: ignore[arg-type]
    assert {part: rows.tolist() for part, rows in data.rows.items()} == {
        "train": data.train["x"][:, 0].int().tolist(),
        "test": data.test["x"][:, 0].int().tolist(),
    }
    return data.rows["train"].tolist(), data.rows["test"].tolist()


def test_by_lot_every_sample_is_in_one_part() -> None:
    train, test = rows("lot", test_split=0.3)
    assert sorted(train + test) == list(range(COUNT))
    assert (len(train), len(test)) == (70, 30)
    assert rows("lot", test_split=0.3, seed=1)[1] != test


def test_in_order_the_last_are_for_testing_with_a_gap_before_them() -> None:
    assert rows("row", test_split=0.2) == (list(range(73)), list(range(80, 100)))
    assert rows("row", test_split=0.99) == ([0], list(range(8, 100)))  # the gap is kept


@pytest.mark.parametrize(("name", "left_out"), [("row", 7), ("lot", 0), ("whole", 0)])
def test_what_lies_in_the_gap_is_told(name: str, left_out: int) -> None:
    told = preview(PreviewData(data=DataRef(name)), Loading())
    assert (told.samples + told.left_out, told.left_out) == (COUNT, left_out)


def test_a_table_of_all_cases_is_learned_and_tested_whole() -> None:
    assert rows("whole") == (list(range(COUNT)), list(range(COUNT)))


def test_kept_until_the_parameters_the_seed_or_the_file_change() -> None:
    first = engine.load(DataRef("lot"))
    assert engine.load(DataRef("lot")) is first
    assert first.class_names("x") == ("named",)
    engine.load(DataRef("lot", {"size": 2}))
    engine.load(DataRef("lot", seed=4))
    assert loads == [0, 0, 4]
    stamps[0] += 1
    engine.load(DataRef("lot", seed=4))
    assert len(loads) == 4


def test_what_does_not_fit_is_refused_with_the_numbers() -> None:
    with pytest.raises(DataError, match=r"'huge' needs 8,000,000 GB of memory, and 1\.0 GB are free") as refused:
        engine.load(DataRef("huge"), Loading(memory=10**9))
    assert refused.value.kind == "memory"
    assert not loads


def test_what_is_kept_gives_way_to_what_is_wanted() -> None:
    engine.load(DataRef("lot"), Loading(memory=1000))
    assert len(engine.load(DataRef("lot", seed=1), Loading(memory=500)).train["x"]) == 80


def test_what_was_had_before_is_not_loaded_again_to_be_checked() -> None:
    wanted = DataRef("lot", seed=8)
    assert not engine.is_well(wanted)
    engine.load(wanted)
    for seed in range(engine.KEPT):
        engine.load(DataRef("row", seed=seed))
    assert engine.is_well(wanted)  # although it is kept no longer
    stamps[0] += 1
    assert not engine.is_well(wanted)


@pytest.mark.parametrize("name", ["lot", "row", "whole"])
def test_a_preview_shows_each_part_in_its_order(name: str) -> None:
    train, test = rows(name)
    for part, wanted in (("train", train), ("test", test), ("all", sorted({*train, *test}))):
        shown = preview(PreviewData(data=DataRef(name), part=part, start=5, count=10), Loading())
        assert shown.index is not None
        assert shown.index.numpy().tolist() == wanted[5:15]
        assert shown.arrays["x"].numpy()[:, 0].tolist() == wanted[5:15]
        assert (shown.samples, shown.train, shown.test) == (len({*train, *test}), len(train), len(test))
    with pytest.raises(EngineError, match="no part 'none'"):
        preview(PreviewData(data=DataRef(name), part="none"), Loading())


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A thread is in the middle of loading "slow" until the event is set."""
    begun, end = threading.Event(), threading.Event()

    def load(values: Values, loading: Loading) -> Loaded:
        begun.set()
        assert end.wait(30)
        return Loaded({"x": np.zeros((2, 1), np.float32)})

    slow = DatasetType("slow", "Slow", "For tests.", (Field("x", (1,)),), 2, load)
    monkeypatch.setitem(datasets(), "slow", slow)
    monkeypatch.setattr(engine, "LOOK_EVERY", 0.001)
    engine.load(DataRef("lot"))
    thread = threading.Thread(target=engine.load, args=[DataRef("slow")])
    thread.start()
    assert begun.wait(30)
    yield end
    end.set()
    thread.join(30)


def test_what_is_kept_is_had_while_something_else_is_loaded(held: threading.Event) -> None:
    assert engine.load(DataRef("lot")).train_samples == 80
    assert loads == [0]


def test_who_waits_for_another_to_load_can_give_up(held: threading.Event) -> None:
    told: list[str] = []

    def tell(done: int, total: int, what: str) -> None:
        told.append(what)
        raise Cancelled

    with pytest.raises(Cancelled):
        engine.load(DataRef("row"), Loading(tell=tell))
    assert told == ["Waiting for other data"]
    assert loads == [0]


def test_two_who_want_the_same_have_it_loaded_once(held: threading.Event) -> None:
    def tell(done: int, total: int, what: str) -> None:
        held.set()

    assert engine.load(DataRef("slow"), Loading(tell=tell)) is engine.load(DataRef("slow"))
