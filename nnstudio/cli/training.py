"""The command that trains without a window."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from nnstudio import reports
from nnstudio.cli.going import Going, Then
from nnstudio.cli.interrupting import INTERRUPTED, Interrupts
from nnstudio.cli.jobs import Job, job_of
from nnstudio.cli.recorded import RUNS
from nnstudio.cli.shared import ALLOW, FILE, JSON, Command
from nnstudio.errors import EngineError, UsageError
from nnstudio.headless import Headless
from nnstudio.protocol import messages as msg
from nnstudio.run import Run
from nnstudio.session import Session

BETTER = {"nan": ("lr", 0.5), "memory": ("batch_size", 0.5)}
"""What of the plan helps in which trouble, and by how much."""


def train(options: argparse.Namespace) -> int:
    """Train without a window."""
    job = job_of(options)
    say = reports.TrainingReport(_voice(options))
    with Interrupts() as interrupts, Headless(job.document, job.trust) as headless:
        headless.understood()
        session = headless.session
        session.steering.wishes, session.steering.device = job.wishes, _device(job.device, headless)
        by_hand = _is_by_hand(session)
        going = Going(headless, say, interrupts, _estimate(headless), _then(headless, job, say, by_hand=by_hand))
        going.follow(job.start)
        if by_hand and session.run.state == "finished":
            say.values(headless.values())
        return _end(session, job, say, interrupted=going.interrupted)


def _voice(options: argparse.Namespace) -> reports.Voice:
    if options.json:
        return reports.JsonLines()
    from nnstudio.reports.terminal import Terminal  # tqdm is needed here alone

    return Terminal()


def _device(name: str, headless: Headless) -> str:
    """Raises UsageError for one that the engine does not have."""
    known = headless.engine_ready().devices
    if name not in known and not (name == "cuda" and "cuda:0" in known):
        raise UsageError(f"There is no device '{name}' here.", fix=f"There are: {', '.join(known)}.")
    return name


def _estimate(headless: Headless) -> msg.Estimated | None:
    """What it would take. Where that can not be told, the start says why, or it matters to nobody."""
    try:
        reply = headless.wait(headless.engine.ask(headless.session.steering.estimate()))
    except EngineError:
        return None
    assert isinstance(reply, msg.Estimated)
    return reply


# Before the first step


def _is_by_hand(session: Session) -> bool:
    """Whether the drawing is a computation of typed-in numbers, small enough to be read."""
    compiled = session.compiled
    return compiled.has_loss and not compiled.errors and not compiled.signature.inputs


def _then(headless: Headless, job: Job, say: reports.TrainingReport, *, by_hand: bool) -> Then | None:
    """What is to be done before the first step, where there is something."""

    def do() -> None:
        if by_hand:
            say.values(headless.values())
        job.take_over()
        headless.session.resume()

    return do if by_hand or job.late else None


# After the last step


def _end(session: Session, job: Job, say: reports.TrainingReport, *, interrupted: bool) -> int:
    saved = _save_trained(session, job)
    run = session.run
    resume = run.folder if run.checkpoints and run.state != "finished" else ""
    say.finished(session, saved, resume, _command(run, job, saved) if run.state != "finished" else "")
    if interrupted:
        return INTERRUPTED
    return 0 if run.state in ("finished", "stopped") else 1


def _save_trained(session: Session, job: Job) -> Path | None:
    """Nothing is kept before the first step: the weights are those of the seed, or of an earlier training."""
    if job.out is None or session.document.trained is None or session.run.step == 0:
        return None
    return session.save(job.out / f"{job.name}.nnstudio")


def _command(run: Run, job: Job, saved: Path | None) -> str:
    """What goes on from here, as it is typed; empty where nothing can."""
    if run.checkpoints:
        better = BETTER.get(run.trouble)
        change = [f"training.{better[0]}={_less(run, *better)}"] if better and run.plan else []
        words = ["--resume", run.folder, *(word for each in change for word in ("--set", each)), *job.again]
    elif saved is not None:
        words = [str(saved), "--on", *job.again]
    else:
        return ""
    return shlex.join(["nnstudio", "train", *words])


def _less(run: Run, name: str, factor: float) -> str:
    value = getattr(run.plan, name)
    return str(max(1, int(value * factor))) if isinstance(value, int) else f"{value * factor:g}"


_SET = "as training.lr=0.01, training.betas=[0.9,0.99] or conv1.out_channels=8"

COMMANDS = (
    Command(
        "train",
        train,
        (
            (FILE[0], {**FILE[1], "nargs": "?", "help": f"{FILE[1]['help']}; with --resume, that of the run"}),
            (("--epochs",), {"type": int, "metavar": "N", "help": "how often every sample is seen"}),
            (("--seed",), {"type": int, "metavar": "S", "help": "the same seed gives the same numbers"}),
            (("--set",), {"action": "append", "metavar": "KEY=VALUE", "help": _SET}),
            (("--device",), {"metavar": "D", "help": "where to compute: cpu, cuda, cuda:1, mps; as found"}),
            (("--on",), {"action": "store_true", "help": "train on from the weights of the project"}),
            (
                ("--resume",),
                {"metavar": "PATH", "help": "go on from a run's folder or a checkpoint; with --set, branch from it"},
            ),
            (("--out",), {"metavar": "DIR", "help": "keep the trained project there"}),
            (RUNS[0], {**RUNS[1], "help": "record the run there, not in the settings' folder of runs"}),
            (("--no-record",), {"action": "store_true", "help": "do not record the run"}),
            (("--tensorboard",), {"action": "store_true", "help": "write the record for TensorBoard too"}),
            ALLOW,
            JSON,
        ),
        for_terminals=True,
    ),
)
