"""What a person sees at a terminal while a training goes: a bar that keeps up, and lines above it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from nnstudio.project.run import Run
from nnstudio.protocol import messages as msg
from nnstudio.reports.terminal import Terminal

ENDED = {
    "event": "finished", "state": "finished", "message": "", "trouble": None, "epochs": 2, "steps": 20,
    "test_loss": 0.25, "metrics": {"f1": 0.5}, "command": None, "resume": None, "project": None,
}  # fmt: skip


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def terminal(screen: io.StringIO) -> Terminal:
    return Terminal(screen)


def running(step: int, label: str = "") -> Run:
    run = Run(number=1, label=label, state="training", plan=msg.Plan(epochs=2))
    started = {"request": 0, "run": 1, "steps_per_epoch": 10, "train_samples": 320, "test_samples": 80, "threads": 1}
    run.take_started(msg.Started(**started))  # type: ignore[arg-type]
    run.epoch, run.step, run.total_steps, run.losses = 1 + step // 11, step, 20, [0.5] * step
    return run


def last(screen: io.StringIO) -> str:
    """The bar as it stands."""
    return re.split(r"[\r\n]", screen.getvalue().rstrip())[-1]


def epoch(**figures: Any) -> dict[str, Any]:
    return {"event": "epoch", "test_loss": 0.25, "test_accuracy": None, "metrics": {}} | figures


def test_the_bar_tells_epoch_loss_figures_and_pace(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.progress((running(5),))
    terminal.say(epoch(test_accuracy=0.975))
    terminal.progress((running(20),))
    terminal.say(ENDED)
    assert re.search(r"epoch 2/2: 100%.*20/20 .*steps/s, loss 0.5, test 0.25, 97.5 %\]", last(screen))


def test_without_accuracy_another_figure_is_told(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.progress((running(5),))
    terminal.say(epoch(metrics={"mae": 0.125, "r2": 0.5}))
    terminal.say(ENDED)
    assert "loss 0.5, test 0.25, mae 0.125]" in last(screen)


def test_a_run_that_goes_back_and_ends_stays_where_it_is(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.progress((running(15),))
    terminal.say({"event": "trouble", "message": "The loss became NaN.", "fix": "Lower the learning rate."})
    terminal.progress((running(12),))
    terminal.say(ENDED | {"state": "paused", "trouble": "nan", "message": "The loss became NaN.", "command": "do it"})
    told = screen.getvalue()
    assert "nnstudio: The loss became NaN. Lower the learning rate.\n" in told
    assert told.count("The loss became NaN") == 1
    assert " 60%" in told
    assert told.endswith("paused at step 20; go on with: do it\n")


def test_a_race_has_one_bar(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.progress((running(5, "lr 0.1"), running(15, "lr 0.01")))
    terminal.say(ENDED)
    assert re.search(r"2 runs:  50%.*20/40", last(screen))


def test_the_bar_of_the_data_gives_way(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.loading(500, 1000, "Reading flowers.csv")
    terminal.progress((running(5),))
    terminal.say(ENDED)
    assert "Reading flowers.csv:  50%" in screen.getvalue()
    assert "epoch 1/2" in last(screen)
    assert "\n" not in screen.getvalue().rstrip()


def test_changes_are_told_above_the_bar(terminal: Terminal, screen: io.StringIO) -> None:
    terminal.progress((running(5),))
    terminal.say({"event": "changed", "step": 5, "what": "lr", "before": "0.1", "after": "0.05"})
    assert "step 5: lr 0.1 → 0.05\n" in screen.getvalue()


def test_the_end_is_one_line_for_standard_output(
    terminal: Terminal, screen: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.say(ENDED)
    terminal.say(ENDED | {"state": "failed", "message": "The model failed."})
    assert capsys.readouterr().out.splitlines() == [
        "finished: epochs 2, steps 20, test_loss 0.25, f1 0.5",
        "failed: epochs 2, steps 20, test_loss 0.25, f1 0.5",
    ]
    assert screen.getvalue() == "nnstudio: The model failed.\n"
