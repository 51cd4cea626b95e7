"""`nnstudio train --resume`: from what it goes on, by which plan, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.runs.reading import read_run
from tests.cli.shell import Captured, call, lines

pytestmark = pytest.mark.usefixtures("engine")


def train(capsys: Captured, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    assert call("train", *arguments) == status
    return lines(capsys.readouterr().out)


def changed(records: list[dict[str, Any]]) -> dict[str, str]:
    return {record["what"]: record["after"] for record in records if record["event"] == "changed"}


@pytest.fixture
def run(capsys: Captured) -> Path:
    """The folder of one that has ended."""
    wanted = ["--epochs", "2", "--set", "training.checkpoint_every=1", "--set", "training.lr=0.02"]
    return Path(train(capsys, "example:xor", *wanted)[-1]["folder"])


def test_more_epochs_by_the_plan_of_the_run(run: Path, tmp_path: Path, capsys: Captured) -> None:
    told = train(capsys, "--resume", str(run), "--epochs", "3", "--out", str(tmp_path))
    assert told[0]["runs"][0]["step"] == 20
    assert changed(told) == {"epochs": "3"}
    assert [record["epoch"] for record in told if record["event"] == "epoch"] == [3]
    saved = storage.load(tmp_path / "xor.nnstudio")
    assert (saved.plan.lr, saved.plan.epochs) == (0.02, 3)
    assert saved.trained is not None
    assert [row.epoch for row in saved.trained.epochs] == [1, 2, 3]
    kept = read_run(Path(told[-1]["folder"]))
    assert (len(kept.losses), [row.epoch for row in kept.epochs]) == (30, [1, 2, 3])
    assert kept.record.resumed.startswith(str(run))


def test_a_branch_from_one_of_its_checkpoints(run: Path, capsys: Captured) -> None:
    checkpoint = run / "checkpoints" / "epoch-1.safetensors"
    told = train(capsys, "--resume", str(checkpoint), "--set", "training.optimizer=SGD", "--set", "training.lr=0.1")
    assert told[0]["runs"][0]["step"] == 10
    assert changed(told)["optimizer"] == "SGD"
    assert changed(told)["lr"] == "0.1"
    assert told[-1]["steps"] == 20


def test_by_its_name_among_the_runs(run: Path, capsys: Captured) -> None:
    assert train(capsys, "--resume", run.name, "--epochs", "3")[-1]["state"] == "finished"


def test_a_checkpoint_elsewhere_needs_the_project(run: Path, tmp_path: Path, capsys: Captured) -> None:
    lone = tmp_path / "a" / "b" / "kept.safetensors"
    lone.parent.mkdir(parents=True)
    shutil.copy(run / "checkpoints" / "epoch-1.safetensors", lone)
    (refused,) = train(capsys, "--resume", str(lone), status=2)
    assert "There is no drawing" in refused["error"]
    told = train(capsys, "example:xor", "--resume", str(lone))
    assert (told[0]["runs"][0]["step"], told[-1]["steps"], changed(told)) == (10, 20, {})


def test_a_share_of_dropout_is_changed_where_it_goes_on(tmp_path: Path, capsys: Captured) -> None:
    document = storage.load(resolve("example:xor"))
    links = document.links_into("head", "x")
    dropout = document.add("Dropout", name="drop", p=0.1)
    document.disconnect(links[0])
    document.connect(links[0].source, dropout)
    document.connect(dropout, "head")
    storage.save(document, tmp_path / "drop.nnstudio.json")
    first = train(capsys, str(tmp_path / "drop.nnstudio.json"), "--epochs", "1")
    folder = first[-1]["folder"]
    told = train(capsys, "--resume", folder, "--epochs", "2", "--set", "drop.p=0.4", "--out", str(tmp_path))
    assert changed(told) == {"epochs": "2", "drop.p": "0.4"}
    assert storage.load(tmp_path / f"{document.title}.nnstudio").node("drop").params["p"] == 0.4


def test_what_can_not_be_otherwise_is_refused(run: Path, capsys: Captured) -> None:
    for setting in ("training.seed=7", "training.test_split=0.5", "training.init_linear=zeros"):
        (refused,) = train(capsys, "--resume", str(run), "--set", setting, status=2)
        assert "can not be changed" in refused["error"]
    wider = train(capsys, "--resume", str(run), "--epochs", "3", "--set", "hidden1.out_features=9", status=1)
    assert "another network" in wider[-1]["error"]


def test_a_run_at_its_end_needs_more_epochs(run: Path, capsys: Captured) -> None:
    told = train(capsys, "--resume", str(run), status=1)
    assert "at its end" in told[-1]["error"]
    assert "more epochs" in told[-1]["fix"]


@pytest.mark.parametrize("damage", ["checkpoint", "record", "drawing", "everything"])
def test_damage_is_told(damage: str, run: Path, capsys: Captured) -> None:
    last = run / "checkpoints" / "last.safetensors"
    if damage == "checkpoint":
        last.write_bytes(last.read_bytes()[:100])
    elif damage == "record":
        (run / "record.json").write_text("{")
    elif damage == "drawing":
        (run / "drawing.nnstudio.json").write_text("{")
    else:
        shutil.rmtree(run / "checkpoints")
    (refused,) = train(capsys, "--resume", str(run), status=2 if damage == "everything" else 1)
    assert refused["error"]
    assert refused["error"].startswith("'drawing.nnstudio.json'") or refused["fix"]
