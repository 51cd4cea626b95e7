"""`nnstudio runs`."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.protocol import messages as msg
from nnstudio.settings import Settings
from tests.cli.shell import Captured, call, lines
from tests.runs.folders import kept_run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "runs"
    kept_run(base, "first", msg.Plan(lr=0.5), "", {}, began="2026-01-01T10:00:00")
    kept_run(base, "second", msg.Plan(), "", {}, began="2026-01-02T10:00:00", state="training", label="lr 0.1")
    (base / "no run").mkdir()
    return base


def test_runs_for_a_program(folder: Path, capsys: Captured) -> None:
    assert call("runs", "--runs", str(folder), "--json") == 0
    second, first, last = lines(capsys.readouterr().out)
    assert [record["title"] for record in (second, first)] == ["second", "first"]
    assert (first["state"], second["state"], second["label"]) == ("finished", "interrupted", "lr 0.1")
    assert (first["epoch"], first["step"], first["test_loss"], first["began"]) == (2, 20, 0.75, "2026-01-01 10:00:00")
    assert (first["plan"]["lr"], first["plan"]["optimizer"]) == (0.5, "Adam")
    assert Path(first["folder"]).parent == folder
    assert (last["runs"], last["folder"]) == (2, str(folder))


def test_runs_for_a_person(folder: Path, capsys: Captured) -> None:
    assert call("runs", "--runs", str(folder)) == 0
    heads, second, first, _, where = capsys.readouterr().out.splitlines()
    assert heads.split() == ["run", "state", "epoch", "step", "test", "loss", "test", "accuracy", "plan"]
    assert "interrupted" in second
    assert first.endswith("Adam 0.5, batch 32, 10 epochs, seed 0")
    assert where == f"in {folder}"


def test_runs_of_the_settings_folder(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    assert call("runs") == 0
    assert capsys.readouterr().out == f"There are no runs in {tmp_path / 'nnstudio-home' / 'runs'}.\n"
    settings = Settings.load()
    settings.runs_folder = str(folder)
    settings.save()
    assert call("runs") == 0
    assert "Adam 0.5" in capsys.readouterr().out
