"""Several runs side by side by `nnstudio train`: grids, draws, seeds; sorted, and the best of them kept."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from nnstudio import reports
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.race import Axis, Race
from nnstudio.project.session import Session
from nnstudio.runs.reading import read_run
from tests.cli.shell import Captured, call, lines

pytestmark = pytest.mark.usefixtures("engine")


def train(capsys: Captured, *arguments: str, status: int = 0) -> list[dict[str, Any]]:
    assert call("train", *arguments) == status
    return lines(capsys.readouterr().out)


def of(records: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [record for record in records if record["event"] == event]


def test_a_grid_sorted_by_a_figure_and_the_best_of_it_kept(tmp_path: Path, capsys: Captured) -> None:
    grid = ["--sweep", "training.lr=0.05,0.000001", "--sweep", "hidden1.out_features=4,8"]
    told = train(capsys, "example:xor", *grid, "--epochs", "8", "--by", "test_accuracy", "--out", str(tmp_path))
    labels = [run["run"] for run in told[0]["runs"]]
    assert labels == [f"lr {lr} · out_features {size}" for lr in ("0.05", "1e-06") for size in (4, 8)]
    results, last = of(told, "result"), told[-1]
    assert [record["rank"] for record in results] == [1, 2, 3, 4]
    reached = [record["test_accuracy"] for record in results]
    assert reached == sorted(reached, reverse=True)
    assert sorted(record["run"] for record in results) == sorted(labels)
    assert {record["run"] for record in of(told, "epoch")} == set(labels)
    assert (last["state"], last["runs"], last["failed"], last["best"]) == ("finished", 4, 0, results[0]["run"])
    assert last["test_accuracy"] == results[0]["test_accuracy"]
    saved = storage.load(Path(last["project"]))
    assert results[0]["run"] == f"lr {saved.plan.lr:g} · out_features {saved.node('hidden1').params['out_features']}"
    assert saved.trained is not None
    assert saved.trained.epochs[-1].test_accuracy == results[0]["test_accuracy"]
    again = train(capsys, last["project"], "--on", "--epochs", "1")
    assert again[0]["runs"][0]["fresh"] == []
    assert read_run(Path(results[0]["folder"])).record.race == read_run(Path(results[3]["folder"])).record.race != ""


def test_seeds_and_what_they_make_of_a_figure(capsys: Captured) -> None:
    told = train(capsys, "example:xor", "--repeat", "3", "--epochs", "2", "--seed", "5")
    results = of(told, "result")
    assert {record["run"] for record in results} == {"seed 5", "seed 6", "seed 7"}
    (mean,) = of(told, "mean")
    losses = [record["test_loss"] for record in results]
    assert (mean["figure"], mean["runs"], mean["low"], mean["high"]) == ("test_loss", 3, min(losses), max(losses))
    assert mean["mean"] == pytest.approx(sum(losses) / 3)
    alone = train(capsys, "example:xor", "--epochs", "2", "--seed", "6")
    assert alone[-1]["test_loss"] in losses


def test_draws_from_ranges_and_lists(capsys: Captured) -> None:
    ranges = ["training.lr=0.0001..0.1:log", "training.batch_size=16..64", "training.betas=[0.9,0.9],[0.8,0.9]"]
    wanted = [word for each in ranges for word in ("--sweep", each)]
    told = train(capsys, "example:xor", *wanted, "--random", "3", "--epochs", "1")
    plans = [read_run(Path(record["folder"])).record.plan for record in of(told, "result")]
    assert len({plan.lr for plan in plans}) == 3
    assert all(0.0001 <= plan.lr <= 0.1 and 16 <= plan.batch_size <= 64 for plan in plans)
    assert all(plan.optimizer_params["betas"] in ([0.9, 0.9], [0.8, 0.9]) for plan in plans)


def test_the_race_of_the_project(tmp_path: Path, capsys: Captured) -> None:
    document = storage.load(resolve("example:xor"))
    document.set_plan(epochs=1)
    document.set_race(Race((Axis("training.optimizer", ("SGD momentum=0.9", "Adam")),)))
    storage.save(document, tmp_path / "raced.nnstudio.json")
    told = train(capsys, str(tmp_path / "raced.nnstudio.json"), "--race")
    assert {record["run"] for record in of(told, "result")} == {"SGD momentum=0.9", "Adam"}


def test_one_that_fails_costs_the_others_nothing(capsys: Captured) -> None:
    wild = ["--set", "training.optimizer=SGD", "--set", "training.weight_decay=10"]
    told = train(capsys, "example:xor", "--sweep", "training.lr=1000,0.001", *wild, "--epochs", "3")
    good, bad = of(told, "result")
    assert (good["run"], good["state"], bad["state"]) == ("lr 0.001", "finished", "failed")
    assert bad["message"]
    assert told[-1]["failed"] == 1
    assert train(capsys, "example:xor", "--sweep", "training.lr=1000,999", *wild, status=1)[-1]["state"] == "failed"


def test_ctrl_c_pauses_all_of_them(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    original, done = reports.TrainingReport.heard, []

    def heard(self: reports.TrainingReport, session: Session, event: Any) -> None:
        original(self, session, event)
        if not done and all(len(run.epochs) > 1 for run in session.steering.runs):
            done.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(reports.TrainingReport, "heard", heard)
    told = train(capsys, "example:xor", "--sweep", "training.lr=0.1,0.01", "--epochs", "100000", status=130)
    assert [record["state"] for record in of(told, "result")] == ["paused", "paused"]
    assert "--resume RUN" in told[-1]["message"]
    monkeypatch.undo()
    folder = of(told, "result")[0]["folder"]
    kept = read_run(Path(folder))
    assert kept.last_checkpoint is not None
    assert kept.last_checkpoint.step == len(kept.losses)


def test_at_a_terminal_there_is_a_table(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert call("train", "example:xor", "--sweep", "training.lr=0.1,0.01", "--repeat", "2", "--epochs", "2") == 0
    out, err = capsys.readouterr()
    heads, *rows = out.split("\n\n")[0].splitlines()
    assert heads.split()[:2] == ["run", "state"]
    assert {row.split("  ")[0].strip() for row in rows} == {f"lr {lr} · seed {s}" for lr in (0.1, 0.01) for s in (0, 1)}
    assert "deviation" in out
    assert "4 runs: 100%" in err
    assert "best test " in err


@pytest.mark.parametrize(
    "options",
    [
        ["--sweep", "training.lr"],
        ["--sweep", "training.lr="],
        ["--sweep", "lr=1,2"],
        ["--sweep", "training.colour=1,2"],
        ["--sweep", "training.lr=fast,slow"],
        ["--sweep", "training.lr=a..b"],
        ["--sweep", "training.lr=1..0.1"],
        ["--sweep", "training.lr=0..1:log"],
        ["--sweep", "nobody.p=0.1,0.2"],
        ["--sweep", "training.lr=0.1,0.2", "--sweep", "training.lr=0.3,0.4"],
        ["--sweep", "training.lr=0.1..1:65"],
        ["--sweep", "training.seed=1,2", "--repeat", "2"],
        ["--sweep", "training.lr=0.1,0.2", "--by", "beauty"],
        ["--sweep", "training.lr=0.1,0.2", "--on"],
        ["--sweep", "training.lr=0.1,0.2", "--no-record", "--out", "x"],
        ["--random", "3"],
        ["--repeat", "0"],
        ["--race"],
        ["--race", "--repeat", "2"],
    ],
)
def test_what_can_not_be_raced(options: list[str], capsys: Captured) -> None:
    (refused,) = train(capsys, "example:xor", *options, status=2)
    assert refused["error"]
