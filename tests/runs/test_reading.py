"""Runs are read from their folders, whatever has happened to these."""

import os
from datetime import datetime

import msgspec
import numpy as np
import pytest

from nnstudio.errors import StorageError
from nnstudio.protocol import messages as msg
from nnstudio.runs import reading
from nnstudio.runs.living import began, is_alive
from nnstudio.runs.naming import folder_name, free_folder
from nnstudio.runs.record import ChangeRow, Checkpoint, EpochRow, RunRecord


def make(base, name="a", **facts):
    folder = base / name
    (folder / "checkpoints").mkdir(parents=True)
    known = {"title": name, "plan": msg.Plan(), "data": msg.DataRef("moons"), "state": "finished"}
    (folder / "record.json").write_bytes(msgspec.json.encode(RunRecord(**known | facts)))
    return folder


def lines(*rows):
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def test_newest_first_and_what_is_no_run_is_passed_over(tmp_path):
    make(tmp_path, "old", began="2026-01-01T10:00:00")
    make(tmp_path, "new", began="2026-01-02T10:00:00")
    (make(tmp_path, "broken") / "record.json").write_text('{"title": ')
    (make(tmp_path, "other") / "record.json").write_text('{"title": 3}')
    (make(tmp_path, ".nnstudio-1-aa") / "record.json").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    assert [kept.record.title for kept in reading.list_runs(tmp_path)] == ["new", "old"]
    assert reading.list_runs(tmp_path / "gone") == []


def test_whole_run_without_the_damaged_lines(tmp_path):
    folder = make(tmp_path)
    row = EpochRow(epoch=1, step=10, train_loss=0.5, test_loss=None, metrics={"f1": 0.25})
    (folder / "epochs.jsonl").write_bytes(lines(row) + b'\xff\n{"epoch": 2, "st')
    (folder / "changes.jsonl").write_bytes(lines(ChangeRow(3, "lr", "0.1", "0.2")))
    (folder / "steps.f32").write_bytes(np.array([1.5, np.nan], "<f4").tobytes() + b"\x00\x01")
    run = reading.read_run(folder)
    assert run.epochs == (row,)
    assert run.changes == (ChangeRow(3, "lr", "0.1", "0.2"),)
    assert run.losses.dtype == np.float32
    np.testing.assert_array_equal(run.losses, [1.5, np.nan])


def test_only_checkpoints_that_are_there(tmp_path):
    rows = [Checkpoint("best.safetensors", 5, 1, "best"), Checkpoint("../../last.safetensors", 9, 2, "end")]
    folder = make(tmp_path, checkpoints=(*rows[::-1], Checkpoint("gone.safetensors", 12, 3, "every")))
    for name in ("best", "last"):
        (folder / "checkpoints" / f"{name}.safetensors").touch()
    kept = reading.list_runs(tmp_path)[0]
    assert [each.step for each in kept.checkpoints] == [5, 9]
    assert kept.last_checkpoint == rows[1]
    assert kept.checkpoint_path(rows[1]) == folder / "checkpoints" / "last.safetensors"


@pytest.mark.parametrize("state", ["training", "paused"])
def test_run_whose_engine_is_gone_is_interrupted(tmp_path, state):
    here = {"pid": os.getpid(), "pid_began": began(os.getpid())}
    folder = make(tmp_path, "mine", state=state, **here)
    assert reading.read_run(folder).active
    again = make(tmp_path, "number used again", state=state, pid=os.getpid(), pid_began=began(os.getpid()) - 60)
    assert reading.read_run(again).state == "interrupted"
    assert reading.read_run(make(tmp_path, "unknown", state=state)).state == "interrupted"


def test_damaged_or_newer_record_is_refused_in_words(tmp_path):
    folder = make(tmp_path)
    (folder / "record.json").write_bytes(b"[" * 100_000)
    with pytest.raises(StorageError, match="damaged"):
        reading.read_run(folder)
    with pytest.raises(StorageError, match="newer"):
        reading.read_run(make(tmp_path, "future", format=99))


def test_nobody_lives_under_odd_numbers():
    assert not is_alive(0, 0.0)
    assert not is_alive(-5, 0.0)
    assert not is_alive(2**70, 0.0)


@pytest.mark.parametrize(
    ("title", "name"),
    [("digits", "digits"), ("", "run"), ('a/b\\c:"d"\n', "a b c d"), (" .. ", "run"), ("x" * 99, "x" * 60)],
)
def test_folder_name_takes_any_title(title, name, tmp_path):
    made = folder_name(title, datetime(2026, 11, 25, 19, 20, 11))
    assert made == f"2026-11-25 19.20.11 {name}"
    (tmp_path / made).mkdir()
    assert free_folder(tmp_path / made).name == f"{made} 2"
    assert free_folder(tmp_path / made, {tmp_path / f"{made} 2"}).name == f"{made} 3"
