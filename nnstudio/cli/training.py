"""The command that trains without a window."""

from __future__ import annotations

import argparse

from nnstudio import reports
from nnstudio.cli.endings import end
from nnstudio.cli.going import Going, Then
from nnstudio.cli.interrupting import Interrupts
from nnstudio.cli.jobs import Job, job_of
from nnstudio.cli.recorded import RUNS
from nnstudio.cli.shared import ALLOW, FILE, JSON, Command
from nnstudio.errors import EngineError, UsageError
from nnstudio.headless import Headless
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg


def train(options: argparse.Namespace) -> int:
    """Train without a window."""
    job = job_of(options)
    say = reports.TrainingReport(_voice(options))
    with Interrupts() as interrupts, Headless(job.document, job.trust) as headless:
        headless.understood()
        session = headless.session
        session.steering.wishes, session.steering.device = job.wishes, _device(job.device, headless)
        by_hand = job.race is None and _is_by_hand(session)
        estimate = _estimate(headless) if job.race is None else None
        going = Going(headless, say, interrupts, estimate, _then(headless, job, say, by_hand=by_hand))
        going.follow(job.start)
        if by_hand and session.run.state == "finished":
            say.values(headless.values())
        return end(session, job, say, interrupted=going.interrupted)


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


_SET = "as training.lr=0.01, training.betas=[0.9,0.99] or conv1.out_channels=8"
_SWEEP = (
    "train with each of these values, side by side, as training.lr=0.1,0.01 or dropout1.p=0.1..0.5; several are "
    "a grid. A range is 0.1..0.5:9 with so many values, and 0.0001..0.1:log on a log scale"
)

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
            (("--sweep",), {"action": "append", "metavar": "KEY=VALUES", "help": _SWEEP}),
            (("--random",), {"type": int, "metavar": "N", "help": "draw so many runs of what --sweep tells"}),
            (("--repeat",), {"type": int, "metavar": "N", "help": "each run with so many seeds"}),
            (("--race",), {"action": "store_true", "help": "the race that is kept in the project"}),
            (("--by",), {"metavar": "FIGURE", "help": "sort the runs of a race by it, as test_accuracy or f1"}),
            (("--out",), {"metavar": "DIR", "help": "keep the trained project there; of a race, the best run"}),
            (RUNS[0], {**RUNS[1], "help": "record the run there, not in the settings' folder of runs"}),
            (("--no-record",), {"action": "store_true", "help": "do not record the run"}),
            (("--tensorboard",), {"action": "store_true", "help": "write the record for TensorBoard too"}),
            ALLOW,
            JSON,
        ),
        for_terminals=True,
    ),
)
