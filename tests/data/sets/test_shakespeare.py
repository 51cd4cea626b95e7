"""Tiny Shakespeare, or a text of one's own in its place."""

import hashlib
from pathlib import Path

import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.spec import check_loaded
from nnstudio.errors import DataError

REAL = Path(__file__).parents[4] / "shared" / "data" / "tinyshakespeare.txt"
SHAKESPEARE = dataset("shakespeare")


def load(path, **values):
    checked = SHAKESPEARE.params.check({"files": str(path), **values})
    loaded = SHAKESPEARE.load(checked, Loading())
    check_loaded(SHAKESPEARE, checked, loaded)
    return loaded.arrays


def read_back(tokens):
    names = SHAKESPEARE.field("text").names
    return "".join(names[token] for token in tokens)


def test_a_text_of_ones_own_takes_its_place(tmp_path):
    (tmp_path / "mine.txt").write_text("To be, or not to be: über\n" * 20, "utf-8")
    found = load(tmp_path / "mine.txt", context=8)
    assert read_back(found["text"][:4].ravel()) == "To be, or not to be: \ufffdber\nTo be,"
    assert read_back(found["next"][:2].ravel()) == "o be, or not to "


def test_what_is_no_text_is_told_with_its_place(tmp_path):
    (tmp_path / "x").write_bytes(b"good\nline\xff\n")
    with pytest.raises(DataError, match="line 2, byte 9"):
        load(tmp_path / "x")
    (tmp_path / "x").write_bytes(b"good\0line")
    with pytest.raises(DataError, match="at character 4"):
        load(tmp_path / "x")
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(DataError, match="0 tokens"):
        load(tmp_path / "x")
    with pytest.raises(DataError, match="can not be read"):
        load(tmp_path / "gone")


@pytest.mark.skipif(not REAL.exists(), reason=f"no Shakespeare at {REAL}")
def test_the_real_text():
    (file,) = SHAKESPEARE.download.files
    content = REAL.read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    found = load(REAL)
    assert len(found["text"]) == SHAKESPEARE.samples_for() == 17_428
    assert read_back(found["text"][0]).startswith("First Citizen:\nBefore we proceed any further")
    assert set(SHAKESPEARE.field("text").names[1:]) == set(content.decode())
