"""What a person does is remembered, fades, is capped, and never stops the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnstudio import paths
from nnstudio.habits import MOST_AFTER, MOST_KINDS, NAME, Habits


def test_what_is_done_often_and_lately_counts_most() -> None:
    habits = Habits()
    for _ in range(6):
        habits.added("ReLU", after="Conv2d")
    habits.added("MaxPool2d", after="Conv2d")
    assert habits.share("ReLU", "Conv2d") > habits.share("MaxPool2d", "Conv2d") > habits.share("Tanh", "Conv2d") == 0
    for _ in range(20):
        habits.added("MaxPool2d", after="Conv2d")
    assert habits.share("MaxPool2d", "Conv2d") > habits.share("ReLU", "Conv2d")
    assert habits.share("ReLU", "Linear") == 0
    assert habits.share("ReLU") > 0


def test_a_single_addition_proves_little() -> None:
    habits = Habits()
    habits.added("ReLU", after="Conv2d")
    assert habits.share("ReLU", "Conv2d") < 0.25


def test_what_is_long_ago_fades() -> None:
    habits = Habits()
    habits.added("Tanh")
    before = habits.share("Tanh")
    for _ in range(300):
        habits.added("ReLU")
    assert habits.share("Tanh") < before / 100


def test_it_is_kept_and_read_again() -> None:
    habits = Habits.load()
    habits.added("ReLU", after="Conv2d")
    habits.save()
    again = Habits.load()
    assert again.share("ReLU", "Conv2d") == pytest.approx(habits.share("ReLU", "Conv2d"), abs=1e-3)


def test_it_stays_small() -> None:
    habits = Habits.load()
    for number in range(3 * MOST_KINDS):
        habits.added(f"kind{number}", after=f"kind{number // 50}" * 1000)
    habits.save()
    kept = json.loads((paths.config_dir() / NAME).read_text())["added"]
    assert len(kept[""]) == MOST_KINDS
    assert all(len(known) <= MOST_AFTER for kind, known in kept.items() if kind)
    assert all(len(kind) <= 100 for kind in kept)
    for number in range(2 * MOST_KINDS):
        habits.added("ReLU", after=f"kind{number}")
    habits.save()
    assert len(json.loads((paths.config_dir() / NAME).read_text())["added"]) == MOST_KINDS + 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", '{"added": 3}', '{"added": {"": 3}}', '{"added": []}', "[" * 100_000),
        *('{"added": {"": []}}', f'{{"added": {{"": {{"ReLU": {"9" * 400}}}}}}}'),
    ],
)
def test_a_damaged_file_means_no_habits(text: str) -> None:
    (paths.config_dir() / NAME).write_text(text)
    habits = Habits.load()
    assert habits.share("ReLU") == 0
    habits.added("ReLU")
    habits.save()
    assert Habits.load().share("ReLU") > 0


def test_weights_that_are_none_are_dropped() -> None:
    weights = {"a": 1.0, "b": -1, "c": "3", "d": True, "e": 1e9, "f": None}
    (paths.config_dir() / NAME).write_text(json.dumps({"added": {"": weights}}).replace("null", "NaN"))
    habits = Habits.load()
    assert [key for key in "abcdef" if habits.share(key) > 0] == ["a"]


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    habits = Habits(blocked / "habits.json")
    habits.added("ReLU")
    with pytest.raises(FileExistsError):
        habits.save()
