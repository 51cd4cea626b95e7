"""What is left of a training when it stands: the trained project, how it went, and how it can go on."""

from __future__ import annotations

import shlex
from pathlib import Path

from nnstudio.cli.interrupting import INTERRUPTED
from nnstudio.cli.jobs import Job
from nnstudio.cli.races import adopt
from nnstudio.project.run import Run
from nnstudio.project.session import Session
from nnstudio.reports import TrainingReport
from nnstudio.reports.results import ranked

BETTER = {"nan": ("lr", 0.5), "memory": ("batch_size", 0.5)}
"""What of the plan helps in which trouble, and by how much."""


def end(session: Session, job: Job, say: TrainingReport, *, interrupted: bool) -> int:
    """Save and tell; gives the exit status."""
    if job.race is not None:
        return _end_race(session, job, say, interrupted=interrupted)
    saved, run = _save(session, job), session.run
    over = run.state == "finished"
    resume = run.folder if run.checkpoints and not over else ""
    say.finished(session, saved, resume=resume, command="" if over else _command(run, job, saved))
    if interrupted:
        return INTERRUPTED
    return 0 if run.state in ("finished", "stopped") else 1


def _end_race(session: Session, job: Job, say: TrainingReport, *, interrupted: bool) -> int:
    """The best is kept. That some of many fail is no failure of the whole."""
    runs = session.steering.runs
    say.results(runs, job.by)
    best = ranked(runs, job.by)[0]
    saved = None
    if job.out is not None and best.checkpoints:
        adopt(session.document, best)
        saved = session.save(job.out / f"{job.name}.nnstudio")
    say.raced(session, job.by, best, saved)
    if interrupted:
        return INTERRUPTED
    return 0 if any(run.state == "finished" for run in runs) else 1


def _save(session: Session, job: Job) -> Path | None:
    """Nothing is kept before the first step: the weights are those of the seed, or of an earlier training."""
    if job.out is None or session.document.trained is None or session.run.step == 0:
        return None
    return session.save(job.out / f"{job.name}.nnstudio")


def _command(run: Run, job: Job, saved: Path | None) -> str:
    """What goes on from here, as it is typed; empty where nothing can."""
    if run.checkpoints:
        words = ["--resume", run.folder, *_better(run), *job.again]
    elif saved is not None:
        words = [str(saved), "--on", *job.again]
    else:
        return ""
    return shlex.join(["nnstudio", "train", *words])


def _better(run: Run) -> list[str]:
    """By the same plan it would meet the same trouble."""
    if run.trouble not in BETTER or run.plan is None:
        return []
    name, factor = BETTER[run.trouble]
    value = getattr(run.plan, name)
    less = str(max(1, int(value * factor))) if isinstance(value, int) else f"{value * factor:g}"
    return ["--set", f"training.{name}={less}"]
