"""Names letter by letter, each of them either learned or kept for testing."""

import re
import zoneinfo

import numpy as np
import pytest

from nnstudio.data.registry import dataset
from nnstudio.data.sets import names as family
from nnstudio.data.written import lines
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef
from tests.data.test_datasets import load
from tests.data.text.test_tokens import SHARED

BOTH = pytest.mark.parametrize("name", ["names", "cities"])
LETTERS = "." + "".join(family._LETTERS)


def spoken(name: str, values: dict[str, object], part: dict[str, np.ndarray]) -> list[str]:
    """The texts that samples belong to, put together again from them."""
    alphabet = dataset(name).field("next", values).names
    if values.get("predict") == "each":
        return ["".join(alphabet[token] for token in row if token > 1) for row in part["next"]]
    return "".join(alphabet[token] for token in part["next"]).split(".")[:-1]


def test_written_names_are_many_and_each_is_there_once():
    written = [name for line in lines("names") for name in line.split()]
    assert len(written) == len(set(written)) >= 1000
    assert f"{len(written):,} given names" in dataset("names").summary
    assert all(re.fullmatch("[a-z]{2,16}", name) for name in written)
    assert max(map(len, written)) == family._LONGEST_NAME


def test_written_names_are_given_to_people():
    """Titles, families, places and words that hurt are not."""
    others = "akka bhangra bibi chathan chhatrapati gowda kaka nokma sadhvi sahyadri tagore thakur thampi"
    assert not set(others.split()) & set(family._names())


@BOTH
@pytest.mark.parametrize("predict", ["last", "each"])
def test_samples_give_the_names_back_in_an_order_of_the_seed(name, predict):
    texts = [spoken(name, {"predict": predict}, load(dataset(name), seed, predict=predict)) for seed in (0, 1)]
    assert texts[0] != texts[1]
    assert sorted(texts[0]) == sorted(texts[1]) == sorted(family._names() if name == "names" else family._cities())


@BOTH
@pytest.mark.parametrize("context", [1, 3, 30])
def test_a_letter_is_told_from_those_before_it(name, context):
    arrays = load(dataset(name), context=context)
    for row, (seen, following) in enumerate(zip(arrays["context"], arrays["next"], strict=True)):
        if row and arrays["next"][row - 1]:
            assert seen.tolist() == [*arrays["context"][row - 1][1:], arrays["next"][row - 1]]
        else:
            assert not seen.any()
            assert following


@BOTH
def test_whole_names_are_shifted_by_one_and_filled_up(name):
    arrays = load(dataset(name), predict="each")
    field = dataset(name).field("text", {"predict": "each"})
    assert (field.padding, field.start, field.names[:2]) == (0, 1, ("<pad>", "."))
    text, following = arrays["text"], arrays["next"]
    assert (text[:, 0] == 1).all()
    assert np.array_equal(text > 0, following > 0)
    for seen, told in zip(text, following, strict=True):
        length = int((seen > 0).sum())
        assert seen[1:length].tolist() == told[: length - 1].tolist()
        assert told[length - 1] == 1
        assert (seen[1:length] > 1).all()


@BOTH
@pytest.mark.parametrize("predict", ["last", "each"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_name_is_both_learned_and_tested(name, predict, seed):
    values = {"predict": predict}
    data = engine.load(DataRef(name, values, seed))
    # the last name of training may have lost its end, and the first of testing its beginning
    learned = spoken(name, values, data.train)
    arrays = load(dataset(name), seed, predict=predict)
    owner = np.arange(len(arrays["next"])) if predict == "each" else np.cumsum(arrays["next"] == 0)
    if predict == "last":
        owner = np.concatenate([[0], owner[:-1]])
    train, test = set(owner[data.rows["train"]].tolist()), set(owner[data.rows["test"]].tolist())
    assert not train & test
    assert len(learned) > 0.7 * (max(test) + 1)
    assert len(train | test) > 0.9 * (max(test) + 1)


def test_cities_are_places_without_zones_of_offices():
    cities = family._cities()
    assert len(cities) > 300
    assert {"kolkata", "tokyo", "new york", "buenos aires", "port-au-prince", "cairo"} < set(cities)
    assert not {"utc", "gmt", "act", "north", "eastern", "est5edt"} & set(cities)


def test_a_computer_without_time_zones_is_told(monkeypatch):
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: {"UTC"})
    with pytest.raises(DataError, match="no time-zone data base") as error:
        load(dataset("cities"))
    assert "tzdata" in error.value.fix


@pytest.mark.skipif(not (SHARED / "names.txt").is_file(), reason="names.txt is not in ../shared/data")
def test_written_names_are_no_list_of_others():
    """Of 32,033 names of another country some are in India too, and no more."""
    others = set((SHARED / "names.txt").read_text(encoding="utf-8").split())
    assert len(others & set(family._names())) < len(family._names()) / 2
