"""A checkpoint is looked into without torch."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from nnstudio.engine.records import checkpoint as engine_checkpoint
from nnstudio.errors import EngineError, StorageError
from nnstudio.protocol import messages as msg
from nnstudio.runs import reading, tidying
from nnstudio.runs.checkpoints import read_head, read_weights
from tests.runs.folders import checkpoint, kept_run

PLAN = msg.Plan(optimizer="SGD", lr=0.25, optimizer_params={"momentum": 0.9})


def test_head_and_weights(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    checkpoint(path, PLAN, {"head.weight": (2, 3), "head.bias": (2,)}, step=7, epoch=2)
    head = read_head(path)
    assert (head.plan, head.data.dataset, head.step, head.epoch) == (PLAN, "digits", 7, 2)
    weights = safetensors.numpy.load(read_weights(path))
    assert {name: tensor.shape for name, tensor in weights.items()} == {"head.weight": (2, 3), "head.bias": (2,)}
    np.testing.assert_array_equal(weights["head.bias"], [7, 7])


@pytest.mark.parametrize("cut", [0, 4, 20, 200])
def test_damage_is_told(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "best.safetensors"
    checkpoint(path, PLAN, {"head.weight": (2, 3)}, step=7, epoch=2)
    path.write_bytes(path.read_bytes()[:cut])
    for read in (read_head, read_weights):
        with pytest.raises(StorageError, match="no checkpoint, or a damaged one"):
            read(path)


def test_one_that_is_gone_is_told(tmp_path: Path) -> None:
    for read in (read_head, read_weights):
        with pytest.raises(StorageError, match="can not be read"):
            read(tmp_path / "gone.safetensors")


def test_a_safetensors_file_of_another_kind_is_none(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    safetensors.numpy.save_file({"head": np.zeros(3, np.float32)}, path)
    for read in (read_head, read_weights):
        with pytest.raises(StorageError, match="no checkpoint"):
            read(path)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """To read from a pipe would take for ever."""
    path = tmp_path / "best.safetensors"
    os.mkfifo(path) if hasattr(os, "mkfifo") else path.mkdir()
    for read in (read_head, read_weights):
        with pytest.raises(StorageError, match="It is no file"):
            read(path)
    with pytest.raises(EngineError, match="It is no file"):
        engine_checkpoint.read(path)
    path.rename(tmp_path / "record.json")
    with pytest.raises(StorageError, match="It is no file"):
        reading.read_record(tmp_path)


@pytest.mark.parametrize(("name", "value", "words"), [("format", 9, "newer NNStudio"), ("step", -1, "no checkpoint")])
def test_odd_heads_are_told(tmp_path: Path, name: str, value: int, words: str) -> None:
    path = tmp_path / "best.safetensors"
    checkpoint(path, PLAN, {"head.weight": (2, 3)}, step=7, epoch=2)
    with safetensors.safe_open(path, "np") as file:
        head = json.loads(file.metadata()["nnstudio"])
    metadata = {"nnstudio": json.dumps(head | {name: value})}
    safetensors.numpy.save_file({"model.head.weight": np.zeros((2, 3), np.float32)}, path, metadata)
    with pytest.raises(StorageError, match=words):
        read_head(path)


def test_a_run_is_put_aside_and_back(tmp_path: Path) -> None:
    folder = kept_run(tmp_path, "digits", PLAN, "", {"head.weight": (2, 3)})
    aside = tidying.put_aside(folder)
    assert reading.list_runs(tmp_path) == []
    assert tidying.put_back(aside, folder) == folder
    assert [kept.folder for kept in reading.list_runs(tmp_path)] == [folder]


def test_a_label_is_changed_and_nothing_else(tmp_path: Path) -> None:
    folder = kept_run(tmp_path, "digits", PLAN, "", {"head.weight": (2, 3)})
    before = reading.read_record(folder)
    tidying.relabel(folder, "wide")
    after = reading.read_record(folder)
    assert after.label == "wide"
    assert (after.plan, after.step, after.checkpoints) == (before.plan, before.step, before.checkpoints)
    with pytest.raises(StorageError):
        tidying.relabel(tmp_path / "gone", "wide")
