"""The runs that one project knows: those started since it was opened, and those that were recorded earlier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, zip_longest
from math import nan
from typing import TypeAlias

from nnstudio.graph.training import EpochRow
from nnstudio.project.run import Course, Run, thinned
from nnstudio.protocol import messages as msg
from nnstudio.runs import record
from nnstudio.runs.reading import KeptRun, WholeRun
from nnstudio.series import Series

Found: TypeAlias = tuple[KeptRun, Run | None]
"""What was found in a folder, and the run as a list shows it where it was not known before."""


class Shelf:
    """`started` are in the order in which they began; `recorded` as they were found, without those started here."""

    def __init__(self) -> None:
        self.started: list[Run] = []
        self._found: list[Run] = []
        self._hues = 0

    @property
    def recorded(self) -> list[Run]:
        ours = {run.folder for run in self.started if run.folder}
        return [run for run in self._found if run.folder not in ours]

    @property
    def runs(self) -> list[Run]:
        """All of them, what was started here first, the newest in front."""
        return [*reversed(self.started), *self.recorded]

    @property
    def visible(self) -> list[Run]:
        """Those that plots show."""
        return [run for run in self.runs if run.visible]

    def put(self, runs: Iterable[Run], plans: Iterable[msg.Plan] = ()) -> None:
        """Runs begin, by these plans. What ended before is kept in little room."""
        for run in self.started:
            if not run.active:
                run.rest()
        now = datetime.now().isoformat(timespec="seconds")
        for run, plan in zip_longest(runs, plans):
            run.plan, run.began = plan, now
            self._add(run)

    def keep(self, run: Run) -> None:
        """What was there when the project was opened."""
        self._add(run)

    @property
    def has_checkpoint(self) -> bool:
        """Whether there is any to go on from. Cheap: it is asked often."""
        return any(run.checkpoints for run in chain(self.started, self._found))

    @property
    def known(self) -> dict[str, int]:
        """The folders of recorded runs, and how far each was when it was found."""
        return {run.folder: run.step for run in self._found}

    def take_found(self, found: Iterable[Found]) -> None:
        """What there is in the folder of runs by now; of those known already, only what becomes of them is new.

        Those started here are not kept once more: each would take room, and one of the colours.
        """
        known = {run.folder: run for run in self._found}
        ours = {run.folder for run in self.started}
        self._found = []
        for kept, new in found:
            if str(kept.folder) in ours:
                continue
            run = _renewed(known.get(str(kept.folder)), kept) or (new and self._numbered(new))
            if run is not None:
                self._found.append(run)

    def drop(self, run: Run) -> None:
        """Forget a run; plots do so too."""
        run.visible = False
        self.forget(run)
        self._found = [each for each in self._found if each is not run]

    def forget(self, run: Run) -> None:
        """One that never began is not listed."""
        self.started = [each for each in self.started if each is not run]

    def add_again(self, run: Run) -> None:
        """One that was dropped is there again."""
        run.visible = run.whole
        self._found = [run, *self._found]

    def _add(self, run: Run) -> None:
        self.started.append(self._numbered(run))

    def _numbered(self, run: Run) -> Run:
        run.hue = self._hues
        self._hues += 1
        return run


def of_records(found: Iterable[KeptRun], known: Mapping[str, int]) -> list[Found]:
    """For take_found, with what is `known`. It looks for files, so the window does it on a thread of its own."""
    return [(kept, None if known.get(str(kept.folder)) == kept.record.step else of_record(kept)) for kept in found]


def of_record(kept: KeptRun) -> Run:
    """A recorded run as a list shows it: its steps are not read yet, so it is not to be seen in plots."""
    told = kept.record
    rows = [told.last] if told.last is not None else []
    return Run(
        label=told.label,
        folder=str(kept.folder),
        state=kept.state,
        message=told.message,
        epoch=told.last.epoch if told.last is not None else 0,
        step=told.step,
        total_steps=told.total_steps,
        steps_per_epoch=told.steps_per_epoch,
        epochs=[_row(row) for row in rows],
        checkpoints=[_checkpoint(kept, each) for each in kept.checkpoints],
        plan=told.plan,
        began=told.began,
        spent=told.seconds,
        course=Course(0, 0.0, told.steps_per_epoch),
        visible=False,
        whole=False,
    )


def rows_of(whole: WholeRun) -> tuple[EpochRow, ...]:
    """The epochs of a recorded run."""
    return tuple(thinned([_row(row) for row in whole.epochs]))


def _renewed(run: Run | None, kept: KeptRun) -> Run | None:
    """The same run, as its record has it by now; one whose epochs have gone on since is to be read again."""
    if run is None or run.step != kept.record.step:
        return None
    run.state = kept.state
    return run


def fill(run: Run, whole: WholeRun) -> None:
    """All that was recorded of it has been read."""
    run.losses = Series(whole.losses)
    run.epochs = list(rows_of(whole))
    run.changes = [
        msg.Changed(run=0, step=row.step, what=row.what, before=row.before, after=row.after) for row in whole.changes
    ]
    kept = {row.epoch for row in run.epochs}
    for each in whole.epochs:
        if each.epoch in kept:
            run.course.pass_by(each.step, each.epoch)
            run.rates.take(each.step, each.lr)
    run.whole = True


def _row(row: record.EpochRow) -> EpochRow:
    return EpochRow(
        epoch=row.epoch,
        train_loss=_number(row.train_loss),
        test_loss=_number(row.test_loss),
        train_accuracy=row.train_accuracy,
        test_accuracy=row.test_accuracy,
        seconds=row.seconds,
        metrics={name: _number(value) for name, value in row.metrics.items()},
    )


def _number(value: float | None) -> float:
    """JSON has no word for what is not finite."""
    return nan if value is None else value


def _checkpoint(kept: KeptRun, each: record.Checkpoint) -> msg.CheckpointSaved:
    path = str(kept.checkpoint_path(each))
    return msg.CheckpointSaved(
        run=0, step=each.step, epoch=each.epoch, path=path, reason=each.reason, test_loss=each.test_loss
    )
