"""Texts of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.data.registry import dataset
from nnstudio.data.text.tokens import UNKNOWN
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef
from tests.data.files.looking import load, loaded, looked

TEXT = "Über den Wolken, über dem Fluß. " * 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "t.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_gives_the_same_windows(file: Path, encoding: str) -> None:
    file.write_bytes(TEXT.encode(encoding))
    params, facts = looked(file, context=16)
    names = params["vocabulary"]
    assert (names[0], facts["tokens"]) == (UNKNOWN, len(TEXT))
    given = load("text_file", params).arrays
    assert "".join(names[token] for token in given["text"].ravel()) == TEXT[: given["text"].size]
    assert dataset("text_file").field("text", params).names == names


def test_words_are_counted_and_the_rest_is_unknown(file: Path) -> None:
    params, _ = looked(file, by="words", most=5, context=4)
    assert set(params["vocabulary"]) == {UNKNOWN, "über", ",", "den", "."} or len(params["vocabulary"]) == 5
    assert loaded(file, by="words", most=5, context=4).arrays["text"].max() < 5


def test_lines_end_as_on_unix(file: Path) -> None:
    file.write_bytes(b"a\r\nb\rc\n" * 20)
    params, facts = looked(file)
    assert params["vocabulary"] == (UNKNOWN, "\n", "a", "b", "c")
    assert facts["preview"][:3] == ["a", "b", "c"]


def test_a_change_is_noticed(file: Path) -> None:
    params, _ = looked(file)
    file.write_text(TEXT.replace("W", "V"), encoding="utf-8")
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load("text_file", params)


def test_a_drawing_knows_its_fields_before_a_file_is_chosen() -> None:
    assert [field.shape for field in dataset("text_file").fields_for({"context": 9})] == [(9,), (9,)]
    with pytest.raises(DataError, match="No file chosen yet"):
        engine.load(DataRef("text_file"))
