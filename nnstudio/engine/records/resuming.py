"""Going on from a checkpoint: what of a request holds, and what the checkpoint says instead."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from nnstudio.engine.records import checkpoint
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.training.run import Run
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Entrant, Plan


def resumed(entrant: Entrant) -> tuple[Entrant, Snapshot | None]:
    """The run as it has to be built for the checkpoint that it goes on from, if it does so.

    The samples are split as they were, or what was learned would count as unseen; weights come from the checkpoint.
    Raises EngineError for a damaged one, and for one of other data.
    """
    if not entrant.keeping.resume:
        return entrant, None
    snapshot = checkpoint.read(Path(entrant.keeping.resume))
    asked, known = entrant.model.data, snapshot.data
    if (asked.dataset, asked.params) != (known.dataset, known.params):
        fix = f"Choose '{known.dataset}' as it was then, or train from the beginning."
        raise EngineError("The checkpoint is of a run on other data.", fix=fix)
    data = replace(asked, seed=known.seed, test_split=known.test_split)
    plan = replace(snapshot.plan, device=entrant.plan.device)
    return replace(entrant, model=replace(entrant.model, data=data, weights=b""), plan=plan), snapshot


def go_on(run: Run, snapshot: Snapshot, asked: Plan | None) -> None:
    """Put a run that was built for it where the checkpoint was made; from there it goes by the plan that is asked for.

    The seed and the initialization stay what they were: the numbers have been drawn. Raises EngineError where the
    checkpoint does not fit, and where there is nothing left to do.
    """
    try:
        run.account.restore(snapshot, run.trainer, run.subject)
    except EngineError:
        raise
    except Exception as error:  # a file that somebody has written by hand may hold anything
        raise EngineError("The checkpoint is damaged.", fix="Go on from another one.") from error
    if asked is not None:
        plan = replace(asked, seed=snapshot.plan.seed, initialization=snapshot.plan.initialization)
        run.change(plan, begun=False)
    if run.at_end:
        raise EngineError("The run was at its end there.", fix="Give it more epochs, and go on from there again.")
