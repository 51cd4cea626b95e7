"""`nnstudio train`: what it prints, keeps and refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from nnstudio import reports
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.reports.lines import json_line
from nnstudio.runs.reading import list_runs, read_run
from tests.cli.shell import Captured, call, lines

pytestmark = pytest.mark.usefixtures("engine")
FIGURES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def train(capsys: Captured, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    """What it prints for a program."""
    assert call("train", *arguments) == status
    return lines(capsys.readouterr().out)


def of(records: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [record for record in records if record["event"] == event]


def settings(**values: object) -> list[str]:
    return [word for name, value in values.items() for word in ("--set", f"training.{name}={json.dumps(value)}")]


def test_train_is_reproducible(tmp_path: Path, capsys: Captured) -> None:
    runs = [
        train(capsys, "example:xor", "--epochs", "4", "--seed", seed, "--out", str(tmp_path / out))
        for out, seed in (("a", "5"), ("b", "5"), ("c", "6"))
    ]
    (first, second, third), (told, *_) = ([of(run, "epoch") for run in runs], runs)
    assert [record["epoch"] for record in first] == [1, 2, 3, 4]
    assert first[0]["train_loss"] != third[0]["train_loss"]
    for name in FIGURES:
        assert [record[name] for record in first] == [record[name] for record in second]
    assert set(first[-1]["metrics"]) == {"precision", "recall", "f1", "auc"}
    last = told[-1]
    assert (last["state"], last["epochs"], last["steps"], last["parameters"]) == ("finished", 4, 40, 114)
    assert last["test_loss"] == first[-1]["test_loss"]
    assert last["project"] == str(tmp_path / "a" / "xor.nnstudio")
    one, other = (storage.load(Path(run[-1]["project"])) for run in runs[:2])
    assert one.trained is not None
    assert other.trained is not None
    assert one.trained.weights == other.trained.weights
    assert (one.plan.epochs, one.plan.seed) == (4, 5)
    assert one.trained.epochs[-1].metrics == first[-1]["metrics"]


def test_what_begins_is_told_and_recorded(tmp_path: Path, capsys: Captured) -> None:
    told = train(capsys, "example:xor", "--epochs", "2", "--runs", str(tmp_path / "kept"))
    first, *_, last = told
    assert first["event"] == "started"
    assert (first["device"], first["threads"], first["samples"]) == ("cpu", 1, {"train": 320, "test": 80})
    assert first["estimate"]["memory"]["weights"] == 4 * 114
    (run,) = first["runs"]
    assert (run["step"], run["fresh"]) == (0, [])
    kept = read_run(Path(run["folder"]))
    assert kept.folder.parent == tmp_path / "kept"
    assert (kept.state, kept.record.title, len(kept.losses), last["folder"]) == ("finished", "xor", 20, run["folder"])
    assert [row.test_loss for row in kept.epochs] == [record["test_loss"] for record in of(told, "epoch")]
    assert of(told, "checkpoint")[-1]["path"] == str(kept.checkpoint_path(kept.checkpoints[-1]))
    assert not (kept.folder / "tensorboard").exists()


def test_what_is_not_to_be_recorded_is_not(tmp_path: Path, capsys: Captured) -> None:
    told = train(capsys, "example:xor", "--epochs", "1", "--no-record")
    assert told[0]["runs"][0]["folder"] is None
    assert of(told, "checkpoint") == []
    assert list_runs(tmp_path / "nnstudio-home" / "runs") == []


def test_at_a_terminal_it_is_told_in_words(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert call("train", "example:xor", *settings(epochs=2), "--set", "hidden1.out_features=3") == 0
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    assert line.startswith("finished: epochs 2, steps 20, test_loss ")
    assert "parameters 59," in line
    assert err.startswith("xor: 59 parameters, cpu, about ")
    assert "recorded in " in err
    assert "epoch 2/2: 100%" in err
    assert "20/20" in err


def test_every_kind_of_setting_reaches_the_model(capsys: Captured) -> None:
    document = storage.load(resolve("example:digits-cnn"))
    first = next(node.name for node in document.in_order() if node.type == "Conv2d")
    plan = settings(lr=0.01, betas=[0.8, 0.9], final_factor=0.1, schedule="cosine", clip_norm=1.0, epochs=1)
    told = train(capsys, "example:digits-cnn", "--set", f"{first}.out_channels=3", *plan)
    document.set(first, out_channels=3)
    assert told[0]["parameters"] == reports.check(document).compiled.parameters
    kept = read_run(Path(told[-1]["folder"])).record.plan
    assert kept.optimizer_params["betas"] == [0.8, 0.9]
    found = (kept.schedule, kept.schedule_params["final_factor"], kept.clip_norm, kept.lr)
    assert found == ("cosine", 0.1, 1.0, 0.01)


@pytest.mark.parametrize(
    "setting",
    [
        "training.lr",
        "lr=1",
        "=1",
        ".=1",
        "training.=1",
        "training.colour=1",
        "training.self=1",
        "training.lr=fast",
        "training.lr=NaN",
        "training.lr=1e999",
        "training.lr=" + "9" * 400,
        "training.epochs=0",
        "training.betas=[0.9]",
        "training.betas=[0.9,",
        "nobody.out_features=1",
        "hidden1.colour=1",
        "hidden1.self=1",
        "hidden1.reference=1",
        "hidden1.out_features=-1",
        "hidden1.out_features=[1",
        "hidden1.out_features=" + "[" * 5000,
        "xor.dataset=nothing",
    ],
)
def test_bad_settings(setting: str, capsys: Captured) -> None:
    assert call("train", "example:xor", "--set", setting) == 2
    told = capsys.readouterr()
    assert [record["event"] for record in lines(told.out)] == ["finished"]
    assert told.err.startswith("nnstudio: ")


@pytest.mark.parametrize("option", [["--epochs", "0"], ["--seed", "-1"], ["--epochs", "99999999999"]])
def test_bad_numbers(option: list[str], capsys: Captured) -> None:
    assert call("train", "example:xor", *option) == 2
    assert "takes a whole number" in capsys.readouterr().err


def test_a_device_that_is_not_there(capsys: Captured) -> None:
    told = train(capsys, "example:xor", "--device", "abacus", status=2)
    assert told[-1]["error"] == "There is no device 'abacus' here."
    assert "cpu" in told[-1]["fix"]


@pytest.mark.parametrize("option", ["--out", "--runs"])
def test_a_folder_that_can_not_be_is_told_before_training(option: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    (told,) = train(capsys, "example:xor", option, str(tmp_path / "file"), status=2)
    assert "can not be a folder" in told["error"]
    assert option in told["fix"]


def test_training_a_broken_project(broken: Path, capsys: Captured) -> None:
    assert call("train", str(broken)) == 1
    told = capsys.readouterr()
    assert "hidden1" in lines(told.out)[-1]["error"]
    assert "hidden1" in told.err


def test_a_training_whose_loss_is_no_number_stands_at_its_last_good_step(tmp_path: Path, capsys: Captured) -> None:
    """Weights that grow a thousandfold with each step are soon no numbers."""
    wild = settings(lr=1000, optimizer="SGD", weight_decay=10)
    told = train(capsys, "example:xor", *wild, "--out", str(tmp_path), status=1)
    (trouble,), last = of(told, "trouble"), told[-1]
    assert (trouble["kind"], trouble["step"]) == ("nan", last["steps"])
    assert (last["state"], last["trouble"]) == ("paused", "nan")
    assert "Lower the learning rate" in last["message"]
    assert last["command"].endswith("--set training.lr=500 --out " + str(tmp_path))
    assert Path(last["project"]).is_file()
    tame = ["--set", "training.lr=0.01", "--set", "training.weight_decay=0", "--epochs", "2"]
    again = train(capsys, "--resume", last["resume"], *tame)
    assert again[0]["runs"][0]["step"] == last["steps"]
    assert {record["what"] for record in of(again, "changed")} == {"lr", "weight_decay", "epochs"}
    assert again[-1]["state"] == "finished"


def test_training_on_from_the_weights_of_the_project(tmp_path: Path, capsys: Captured) -> None:
    first = train(capsys, "example:xor", "--epochs", "3", "--out", str(tmp_path))
    project = str(tmp_path / "xor.nnstudio")
    more = train(capsys, project, "--on", "--epochs", "2", "--set", "head.bias=false", "--out", str(tmp_path))
    assert [record["epoch"] for record in of(more, "epoch")] == [4, 5]
    assert more[0]["runs"][0]["fresh"] == []
    assert of(more, "epoch")[0]["train_loss"] < of(first, "epoch")[0]["train_loss"]
    trained = storage.load(tmp_path / "xor.nnstudio").trained
    assert trained is not None
    assert [row.epoch for row in trained.epochs] == [1, 2, 3, 4, 5]
    wider = train(capsys, project, "--on", "--epochs", "1", "--set", "hidden2.out_features=5")
    assert wider[0]["runs"][0]["fresh"] == ["hidden2", "head"]


@pytest.mark.parametrize("command", [["demo"], ["train", "example:xor"]])
@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nnstudio", "x" * 300])
def test_a_folder_that_can_not_be_written_to_is_wrong_use(
    command: list[str], place: str, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "file").write_text("")
    assert call(*command, "--out", str(tmp_path / place)) == 2
    told = capsys.readouterr().err
    assert "can not be a folder to write to" in told
    assert "Traceback" not in told


def test_numbers_that_are_not_finite_are_null() -> None:
    record = {"a": float("nan"), "b": float("inf"), "c": 1.5, "d": "NaN", "e": (float("nan"),)}
    assert json.loads(json_line(record)) == {"a": None, "b": None, "c": 1.5, "d": "NaN", "e": [None]}
