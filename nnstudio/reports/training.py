"""What is told of a training as it goes, in whichever voice."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnstudio.errors import NNStudioError
from nnstudio.graph.training import EpochRow
from nnstudio.project.run import Run
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.reports.results import means, reached, results
from nnstudio.reports.voices import Record, Voice


@dataclass
class TrainingReport:
    """Of one training, or of a race."""

    voice: Voice
    began: float = field(default_factory=time.monotonic)

    def started(self, session: Session, told: msg.Started, estimate: msg.Estimated | None) -> None:
        """The engine has begun; `told` is of the first run."""
        runs = session.steering.runs
        self.voice.say(
            {
                "event": "started",
                "title": session.document.title,
                "parameters": session.compiled.parameters,
                "device": session.steering.device,
                "threads": told.threads,
                "samples": {"train": told.train_samples, "test": told.test_samples},
                "runs": [_begun(run) for run in runs],
                "estimate": None if estimate is None else _estimate(estimate),
            }
        )

    def heard(self, session: Session, event: msg.AnyEvent | EngineChange) -> None:
        """One record for what a reader may want to know; the rest moves the bar."""
        if isinstance(event, msg.DataProgress) and event.key == msg.MODEL_KEY:
            self.voice.loading(event.done, event.total, event.what)
            return
        runs = session.steering.runs
        run = next((run for run in runs if run.number == getattr(event, "run", -1)), None)
        if run is None and hasattr(event, "run"):
            return  # an earlier run had still something to say
        for record in _records(event, run):
            self.voice.say({**record, "run": run.label} if run is not None and len(runs) > 1 else record)
        if isinstance(event, msg.Progress):
            self.voice.progress(runs)

    def notice(self, error: NNStudioError) -> None:
        """Something was refused, and the run goes on all the same."""
        self.voice.say({"event": "notice", "message": error.message, "fix": error.fix})

    def values(self, frame: msg.ProbeFrame) -> None:
        """Every node's value, and the loss's gradient by it."""
        nodes: dict[str, dict[str, Any]] = {}
        for key, array in frame.arrays.items():
            kind, _, name = key.partition(":")
            nodes.setdefault(name, {})[kind] = array.numpy().tolist()
        self.voice.say({"event": "values", "step": frame.step, "loss": frame.facts.get("loss"), "nodes": nodes})

    def results(self, runs: Sequence[Run], by: str) -> None:
        """How the runs of a race came out, the best first."""
        for record in (*results(runs, by), *means(runs, by)):
            self.voice.say(record)

    def raced(self, session: Session, by: str, best: Run, saved: Path | None) -> None:
        """A race is over, or stands still; `saved` is the project as the best run left it."""
        runs = session.steering.runs
        states = [run.state for run in runs]
        each = "Each run can go on by itself with `nnstudio train --resume RUN`; `nnstudio runs` lists them."
        self.voice.say(
            {
                "event": "finished",
                "state": next((state for state in ("paused", "stopped", "finished") if state in states), "failed"),
                "message": each if "paused" in states and any(run.checkpoints for run in runs) else "",
                "trouble": None,
                "runs": len(states),
                "failed": states.count("failed"),
                "by": by,
                "best": best.label,
                by: reached(best, by),
                "seconds": round(time.monotonic() - self.began, 3),
                "project": str(saved) if saved else None,
            }
        )

    def finished(self, session: Session, saved: Path | None, *, resume: str = "", command: str = "") -> None:
        """It is over, or stands still; `resume` is from where it can go on, `command` what does so."""
        run = session.run
        last = run.epochs[-1] if run.epochs else None
        self.voice.say(
            {
                "event": "finished",
                "state": run.state,
                "message": f"{run.message} {run.fix}".strip(),
                "trouble": run.trouble or None,
                "epochs": last.epoch if last else 0,
                "steps": run.step,
                **_last(last),
                "parameters": session.compiled.parameters,
                "seconds": round(time.monotonic() - self.began, 3),
                "project": str(saved) if saved else None,
                "folder": run.folder or None,
                "resume": resume or None,
                "command": command or None,
            }
        )


def _records(event: msg.AnyEvent | EngineChange, run: Run | None) -> Iterator[Record]:
    match event:
        case msg.EpochDone():
            yield {"event": "epoch", **_epoch(event, run)}
        case msg.Changed():
            told = {name: getattr(event, name) for name in ("step", "what", "before", "after")}
            yield {"event": "changed", **told}
        case msg.CheckpointSaved():
            told = {name: getattr(event, name) for name in ("step", "epoch", "reason", "path", "test_loss")}
            yield {"event": "checkpoint", **told}
        case msg.RunState() if event.kind:
            told = {name: getattr(event, name) for name in ("kind", "step", "message", "fix")}
            yield {"event": "trouble", **told}
        case msg.Notice():
            yield {"event": "notice", "message": event.message, "fix": event.fix}
        case EngineChange(state="lost" | "stopped"):
            yield {"event": "engine", "state": event.state, "message": event.message}


def _epoch(event: msg.EpochDone, run: Run | None) -> Record:
    """Counted on where the run trains on from earlier epochs."""
    names = ("step", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "seconds")
    epoch = event.epoch + (run.epochs_before if run is not None else 0)
    return {"epoch": epoch, **{name: getattr(event, name) for name in names}, "metrics": dict(event.metrics)}


def _last(row: EpochRow | None) -> Record:
    return {
        "test_loss": row.test_loss if row else None,
        "test_accuracy": row.test_accuracy if row else None,
        "metrics": dict(row.metrics) if row else {},
    }


def _begun(run: Run) -> Record:
    """Where a run begins, and where it is recorded."""
    return {"run": run.label, "step": run.first_step, "folder": run.folder or None, "fresh": list(run.fresh)}


def _estimate(told: msg.Estimated) -> Record:
    """What it takes of memory, in bytes, and of time."""
    names = ("memory", "free", "flops", "step_seconds", "epoch_seconds")
    return {name: getattr(told, name) for name in names}
