import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.errors import BadParameter, DocumentError, StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.race import MODES, MOST_RUNS, Axis, Race, Span, count, entries, literal

LR = Axis("training.lr", (0.1, 0.01))


def labels(race, seed=0):
    return [entry.label for entry in entries(race, seed)]


def test_a_grid_is_all_combinations():
    race = Race((LR, Axis("dropout1.p", (0.2, 0.5))))
    assert labels(race) == ["lr 0.1 · p 0.2", "lr 0.1 · p 0.5", "lr 0.01 · p 0.2", "lr 0.01 · p 0.5"]
    last = entries(race, 0)[-1]
    assert (last.plan, last.nodes) == ({"lr": 0.01}, (("dropout1", "p", 0.5),))


def test_seeds_go_on_from_the_plans_and_make_groups():
    race = Race((LR,), repeats=2)
    found = entries(race, 7)
    assert [entry.plan["seed"] for entry in found] == [7, 8, 7, 8]
    assert [entry.group for entry in found] == ["lr 0.1", "lr 0.1", "lr 0.01", "lr 0.01"]
    assert found[0].label == "lr 0.1 · seed 7"
    assert {entry.group for entry in entries(Race(repeats=3), 0)} == {""}


def test_names_that_two_share_are_told_in_full():
    race = Race((Axis("hidden1.out_features", (4,)), Axis("encoder.hidden2.out_features", (8,))))
    assert labels(race) == ["hidden1.out_features 4 · encoder.hidden2.out_features 8"]
    assert entries(race, 0)[0].nodes[1][:2] == ("encoder.hidden2", "out_features")


def test_an_optimizer_brings_its_own_parameters_along():
    race = Race((Axis("training.optimizer", ("SGD", "SGD momentum=0.9 nesterov=true", "Adam")),))
    assert labels(race) == ["SGD", "SGD momentum=0.9 nesterov=true", "Adam"]
    document = Document()
    plans = [document.plan.changed(entry.plan) for entry in entries(race, 0)]
    assert [(plan.optimizer, plan.values.get("momentum")) for plan in plans] == [
        ("SGD", 0.0),
        ("SGD", 0.9),
        ("Adam", None),
    ]
    assert plans[1].values["nesterov"] is True
    with pytest.raises(DocumentError, match="can not be read at 'momentum'"):
        entries(Race((Axis("training.optimizer", ("SGD momentum",)),)), 0)


def test_spans():
    assert Span(0.0, 1.0, 5).values() == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert Span(0.0001, 0.1, 4, log=True).values() == (0.0001, 0.001, 0.01, 0.1)
    assert Axis("a.b", span=Span(1, 4, 5), whole=True).choices() == (1, 2, 3, 4)


def test_draws_are_of_the_seed_and_inside():
    race = Race(
        (Axis("training.lr", span=Span(1e-4, 0.1, log=True)), Axis("a.n", span=Span(2, 9), whole=True)), "random", 20
    )
    found = entries(race, 0)
    assert len(found) == count(race) == 20
    assert found == entries(race, 0) != entries(Race(race.axes, "random", 20, seed=1), 0)
    rates = [entry.plan["lr"] for entry in found]
    assert all(1e-4 <= rate <= 0.1 for rate in rates)
    assert sum(rate < 0.00316 for rate in rates) > 4  # half of them on a log scale
    assert all(isinstance(entry.nodes[0][2], int) and 2 <= entry.nodes[0][2] <= 9 for entry in found)


def test_too_many_are_refused_at_once_with_their_number():
    race = Race(tuple(Axis(f"n{i}.p", tuple(range(64))) for i in range(8)), repeats=64)
    assert count(race) == 64**9
    with pytest.raises(DocumentError, match=f"runs are more than the {MOST_RUNS}"):
        entries(race, 0)


@pytest.mark.parametrize(
    ("race", "words"),
    [
        (Race((LR, LR)), "there twice"),
        (Race((Axis("training.seed", (1, 2)),), repeats=2), "Seeds are varied twice"),
        (Race((Axis("lr", (1,)),)), "names no parameter"),
        (Race((Axis("training.lr"),)), "needs values"),
        (Race((Axis("training.lr", span=Span(1.0, 0.1)),)), "goes from 1 to 0.1"),
        (Race((Axis("training.lr", span=Span(0.0, 0.1, log=True)),)), "log scale"),
        (Race((Axis("training.lr", span=Span(0.1, float("inf"))),)), "goes from"),
        (Race((Axis("training.lr", span=Span(0.1, 1.0, 0)),)), "from 1 to 64 values"),
        (Race(mode="all"), "grid or random"),
        (Race(repeats=0), "from 1 to 64"),
        (Race(tuple(Axis(f"n{i}.p", (1,)) for i in range(9))), "8 things at most"),
    ],
)
def test_what_can_not_be_run(race, words):
    document = Document()
    with pytest.raises(DocumentError, match=words):
        document.set_race(race)
    assert document.race is None


def test_literals():
    texts = ["3", "0.5", "1e-3", "true", "None", "relu", "nan", "1" * 400]
    assert [literal(text) for text in texts[:6]] == [3, 0.5, 0.001, True, None, "relu"]
    assert literal("nan") == "nan"


def test_it_is_kept_in_the_file_and_undone():
    document = Document()
    race = Race((LR, Axis("a.n", span=Span(2, 9, 3), whole=True)), "random", 5, 3, 2)
    document.set_race(race)
    assert storage.document_from(storage.graph_bytes(document)).race == race
    document.undo()
    assert document.race is None
    assert b"race" not in storage.graph_bytes(document)
    document.redo()
    assert document.race == race


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
singles = st.one_of(st.booleans(), st.integers(-(2**31), 2**31), numbers, st.text(max_size=10), st.none())
spans = st.builds(Span, numbers, numbers, st.integers(1, 64), st.booleans())
paths = st.sampled_from(["training.lr", "training.optimizer", "training.seed", "a.p", "b.c.n"])
axes = st.builds(Axis, paths, st.lists(singles, max_size=4).map(tuple), st.none() | spans, st.booleans())
races = st.builds(
    Race,
    st.lists(axes, max_size=3).map(tuple),
    st.sampled_from(MODES),
    st.integers(1, 64),
    st.integers(0, 99),
    st.integers(1, 4),
)


@settings(max_examples=40)
@given(races)
def test_any_race_is_refused_or_kept_and_run(race):
    document = Document()
    try:
        document.set_race(race)
        found = entries(race, 0)
    except DocumentError:
        return
    assert len(found) == count(race)
    read = storage.document_from(storage.graph_bytes(document)).race
    assert [entry.plan for entry in entries(read, 0)] == [entry.plan for entry in found]
    for entry in found:
        with contextlib.suppress(BadParameter):  # nothing else is raised
            document.plan.changed(entry.plan)


@pytest.mark.parametrize(
    "record",
    [
        {"axes": [{"path": "training.lr", "values": [1]}] * 9},
        {"axes": [{"path": "x" * 300, "values": [1]}]},
        {"axes": [{"path": "training.lr", "values": [[1]]}]},
        {"axes": [{"path": "training.lr", "values": list(range(65))}]},
        {"axes": [{"path": "training.lr", "span": {"low": 1}}]},
        {"axes": [], "repeats": 10**30},
        {"axes": [], "mode": 3},
        {"axes": [], "more": 3},
        [],
    ],
)
def test_a_file_is_not_trusted(record):
    raw = json.loads(storage.graph_bytes(Document()))
    with pytest.raises(StorageError):
        storage.document_from(json.dumps(raw | {"race": record}).encode())
