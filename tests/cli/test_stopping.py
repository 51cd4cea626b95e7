"""Ctrl+C, and what else ends a training before its end: it is kept, and goes on as if nothing had been."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nnstudio import reports
from nnstudio.graph import storage
from nnstudio.project.session import Session
from nnstudio.runs.reading import read_run
from tests.cli.shell import ROOT, Captured, call, lines

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")
LONG = ("example:xor", "--epochs", "100000")


@pytest.fixture
def when(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Session], bool], Callable[[Session], None]], None]:
    """Do something once, as soon as the session is so."""

    def set_up(ready: Callable[[Session], bool], do: Callable[[Session], None]) -> None:
        original, done = reports.TrainingReport.heard, []

        def heard(self: reports.TrainingReport, session: Session, event: Any) -> None:
            original(self, session, event)
            if ready(session) and not done:
                done.append(True)
                do(session)

        monkeypatch.setattr(reports.TrainingReport, "heard", heard)

    return set_up


def several_epochs(session: Session) -> bool:
    return len(session.run.epochs) > 2


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_pauses_and_keeps(number: signal.Signals, when: Any, tmp_path: Path, capsys: Captured) -> None:
    before = signal.getsignal(number)
    when(several_epochs, lambda session: os.kill(os.getpid(), number))
    assert call("train", *LONG, "--out", str(tmp_path)) == 130
    last = lines(capsys.readouterr().out)[-1]
    assert (last["state"], last["trouble"], last["resume"]) == ("paused", None, last["folder"])
    kept = read_run(Path(last["folder"]))
    assert kept.last_checkpoint is not None
    assert kept.last_checkpoint.step == len(kept.losses) == last["steps"]
    trained = storage.load(tmp_path / "xor.nnstudio").trained
    assert trained is not None
    assert len(trained.epochs) == last["epochs"]
    assert signal.getsignal(number) is before


@pytest.mark.usefixtures("engine")
def test_the_way_on_is_told_at_a_terminal(when: Any, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    when(several_epochs, lambda session: os.kill(os.getpid(), signal.SIGINT))
    assert call("train", *LONG) == 130
    out, err = capsys.readouterr()
    assert out.startswith("paused: epochs ")
    assert "; go on with: nnstudio train --resume '" in err


@pytest.mark.usefixtures("engine")
def test_without_a_record_the_weights_go_on(when: Any, tmp_path: Path, capsys: Captured) -> None:
    when(several_epochs, lambda session: os.kill(os.getpid(), signal.SIGINT))
    assert call("train", *LONG, "--out", str(tmp_path), "--no-record") == 130
    last = lines(capsys.readouterr().out)[-1]
    assert last["resume"] is None
    assert last["command"] == f"nnstudio train {tmp_path / 'xor.nnstudio'} --on --out {tmp_path}"


@pytest.mark.usefixtures("engine")
def test_a_second_signal_ends_at_once(when: Any, tmp_path: Path, capsys: Captured) -> None:
    def twice(session: Session) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    when(several_epochs, twice)
    assert call("train", *LONG, "--out", str(tmp_path)) == 130
    told = capsys.readouterr()
    assert lines(told.out)[-1]["state"] == "interrupted"
    assert told.err == "nnstudio: interrupted\n"
    assert list(tmp_path.glob("*.nnstudio")) == []


@pytest.fixture
def before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C between asking for a run and the engine's answer."""
    begins = Session.run_begins

    def run_begins(session: Session) -> None:
        begins(session)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Session, "run_begins", run_begins)


@pytest.mark.usefixtures("engine", "before_it_begins")
def test_what_waits_for_its_data_is_given_up(capsys: Captured) -> None:
    """Or the engine had them already, has begun, and stands still."""
    assert call("train", *LONG) == 130
    assert lines(capsys.readouterr().out)[-1]["state"] in ("interrupted", "paused")


@pytest.mark.usefixtures("engine")
def test_before_the_first_step_nothing_is_kept(
    tmp_path: Path, capsys: Captured, request: pytest.FixtureRequest
) -> None:
    """Not even the weights that an earlier training left in the project."""
    assert call("train", "example:backprop-five-nodes", "--out", str(tmp_path)) == 0
    capsys.readouterr()
    request.getfixturevalue("before_it_begins")
    project = str(tmp_path / "backprop-five-nodes.nnstudio")
    assert call("train", project, "--out", str(tmp_path / "out")) == 130
    last = lines(capsys.readouterr().out)[-1]
    assert (last.get("steps", 0), last.get("project"), last.get("command")) == (0, None, None)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_engine_that_dies_fails_the_training_which_can_go_on(when: Any, capsys: Captured) -> None:
    when(lambda session: bool(session.run.checkpoints), lambda session: os.kill(session.engine.pid, signal.SIGKILL))
    assert call("train", *LONG) == 1
    told = lines(capsys.readouterr().out)
    assert (told[-1]["state"], told[-1]["trouble"]) == ("failed", "engine")
    assert told[-1]["message"]
    assert any(record["event"] == "engine" for record in told)
    kept = read_run(Path(told[-1]["resume"]))
    assert kept.state == "interrupted"
    assert kept.last_checkpoint is not None


@pytest.mark.usefixtures("engine")
def test_interrupted_by_ctrl_c_and_resumed_it_is_the_same_to_the_last_bit(tmp_path: Path, capsys: Captured) -> None:
    """The first part in a process of its own, as from a shell."""
    runs = ["--runs", str(tmp_path / "runs")]
    program = [sys.executable, "-m", "nnstudio", "train", "example:spiral", "--seed", "3", *runs, "--epochs", "100000"]
    told = []
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(line)
            if line.startswith('{"event": "epoch", "epoch": 5,'):
                process.send_signal(signal.SIGINT)
    last = lines("".join(told))[-1]
    assert (process.returncode, last["state"]) == (130, "paused")
    epochs = ["--epochs", str(last["epochs"] + 5)]
    assert call("train", "--resume", last["resume"], *runs, *epochs) == 0
    resumed = lines(capsys.readouterr().out)
    assert call("train", "example:spiral", "--seed", "3", *runs, *epochs) == 0
    whole = lines(capsys.readouterr().out)
    one, other = (read_run(Path(told[-1]["folder"])) for told in (resumed, whole))
    assert len(one.losses) == whole[-1]["steps"] > last["steps"] >= 50
    assert one.losses.tobytes() == other.losses.tobytes()
    assert [row.test_loss for row in one.epochs] == [row.test_loss for row in other.epochs]
    assert resumed[-1]["test_loss"] == whole[-1]["test_loss"]


@pytest.mark.slow
def test_at_a_real_terminal_ctrl_c_is_a_key(tmp_path: Path) -> None:
    """It reaches the engine too, which goes on until it is asked to pause."""
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "nnstudio", "train", *LONG, "--runs", str(tmp_path / "runs")])
    told, pressed = b"", False
    with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
        while part := os.read(terminal, 65536):
            told += part
            if b"steps/s" in told and not pressed:
                pressed = True
                os.write(terminal, b"\x03")
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 130
    assert re.search(rb"epoch \d+/100000: .*steps/s, loss ", told)
    assert b"go on with: nnstudio train --resume " in told
    (folder,) = (tmp_path / "runs").iterdir()
    kept = read_run(folder)
    assert kept.last_checkpoint is not None
    assert kept.last_checkpoint.step == len(kept.losses) == kept.record.step
