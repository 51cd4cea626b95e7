"""What may run, and that the answer is for the exact text only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio import paths
from nnstudio.trust import NAME, Trust


def test_an_answer_is_kept() -> None:
    Trust.load().allow("class A: ...")
    assert Trust.load().allows("class A: ...")
    assert "class A" not in (paths.config_dir() / NAME).read_text()


@given(st.text(), st.text())
def test_an_answer_is_for_that_text_only(one: str, other: str) -> None:
    trust = Trust()
    assert not trust.allows(one)
    trust.allow(one)
    assert trust.allows(one)
    assert trust.allows(other) == (one == other)


@pytest.mark.parametrize(
    "damage", ["", "[]", "{}", '{"sha256": 3}', '{"sha256": [3]}', '{"sha256": ["ab"]}', "\0", "[" * 100_000]
)
def test_a_damaged_file_allows_nothing(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "allowed.json"
    path.write_text(damage)
    trust = Trust.load(path)
    assert not trust.allows("")
    trust.allow("x")
    assert Trust.load(path).allows("x")


def test_what_is_allowed_for_now_is_not_kept() -> None:
    Trust.load().allow("a")
    trust = Trust.load().for_now(["b"])
    assert trust.allows("a")
    assert trust.allows("b")
    trust.allow("c")
    assert not Trust.load().allows("b")
    assert not Trust.load().allows("c")


def test_an_answer_that_can_not_be_kept_holds_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trust = Trust.load(tmp_path / "file" / "allowed.json")
    with pytest.raises(OSError, match="file"):
        trust.allow("a")
    assert trust.allows("a")


def test_the_file_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.trust.MOST", 3)
    trust = Trust.load(tmp_path / "allowed.json")
    for text in "abcde":
        trust.allow(text)
    assert [text for text in "abcde" if trust.allows(text)] == ["c", "d", "e"]
    assert len(json.loads((tmp_path / "allowed.json").read_text())["sha256"]) == 3
