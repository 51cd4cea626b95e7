"""A file is there whole or not at all; what a dead process has left is removed, what a living one is writing is not."""

import os
import subprocess
import sys

import pytest

from nnstudio.runs.reading import clear_runs
from nnstudio.runs.whole import clear_leftovers, passing_name, whole_file, write_whole


@pytest.fixture(scope="module")
def dead():
    """The number of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as part:
        part.write_bytes(b"ne" * (1 // 0))
    assert path.read_bytes() == b"old"
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_who_may_read_a_file_is_as_for_any_new_one(tmp_path):
    """Also where another package makes a file that is its owner's alone, as safetensors does."""
    (tmp_path / "any").touch()
    with whole_file(tmp_path / "a") as part:
        (tmp_path / "b").write_bytes(b"new")
        (tmp_path / "b").chmod(0o600)
        (tmp_path / "b").replace(part)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "any").stat().st_mode
    assert (tmp_path / "a").read_bytes() == b"new"


def test_leftovers_of_the_dead_are_removed_and_nothing_else(tmp_path, dead):
    kept = {passing_name(), ".nnstudio-notes", f"nnstudio-{dead}-ab", f".nnstudio-{dead}-xyz", "a.safetensors"}
    for name in kept:
        (tmp_path / name).touch()
    (tmp_path / f".nnstudio-{dead}-00ff").touch()
    (tmp_path / f".nnstudio-{dead}-11aa").mkdir()
    (tmp_path / f".nnstudio-{dead}-11aa" / "model.onnx").touch()
    clear_leftovers(tmp_path)
    assert set(os.listdir(tmp_path)) == kept
    clear_leftovers(tmp_path / "gone")


def test_runs_are_cleared_with_their_checkpoints(tmp_path, dead):
    checkpoints = tmp_path / "2026 digits" / "checkpoints"
    checkpoints.mkdir(parents=True)
    for folder in (tmp_path, checkpoints.parent, checkpoints):
        (folder / f".nnstudio-{dead}-00ff").touch()
    (checkpoints / "last.safetensors").touch()
    clear_runs(tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["last.safetensors"]
