"""Where a run goes on from: a recorded run's last checkpoint, or a certain one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nnstudio.cli.assigning import PLAN, Assignment
from nnstudio.errors import UsageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.training import EpochRow
from nnstudio.project.carrying import plan_values
from nnstudio.project.shelf import rows_of
from nnstudio.project.steering import NEXT_RUN
from nnstudio.runs import reading
from nnstudio.runs.checkpoints import Head, read_head
from nnstudio.runs.record import CHECKPOINT_SUFFIX, RECORD


@dataclass(frozen=True)
class Origin:
    """`folder` is that of the run, or None for a checkpoint that lies elsewhere; `earlier` the epochs up to it."""

    checkpoint: Path
    head: Head
    folder: Path | None
    earlier: tuple[EpochRow, ...] = ()

    @property
    def device(self) -> str:
        """What the run was computed on."""
        return self.head.plan.device

    def drawing(self) -> Document:
        """As it was when the run began. Raises UsageError, and StorageError."""
        path = reading.drawing_file(self.folder) if self.folder is not None else None
        if path is None:
            raise UsageError(f"There is no drawing with '{self.checkpoint}'.", fix="Give the project's FILE too.")
        return storage.load(path)

    def take_plan(self, document: Document) -> None:
        """The run's plan is that of the project again."""
        document.set_plan(**plan_values(self.head.plan, self.head.data))

    def refuse(self, given: list[Assignment], document: Document) -> None:
        """Raise UsageError for what a run has from its beginning, where it would be otherwise."""
        known = plan_values(self.head.plan, self.head.data)
        for each in given:
            fixed = each.owner == PLAN and each.name in NEXT_RUN
            if fixed and document.plan.values[each.name] != known.get(each.name):
                fix = "Leave it out, or train from the beginning."
                raise UsageError(f"The {each.name} of a run can not be changed on its way.", fix=fix)


def origin(reference: str, base: Path) -> Origin:
    """Of a run's folder, also by its name among the runs in `base`, or of a checkpoint's file.

    Raises UsageError where there is nothing to go on from, and StorageError for what is damaged.
    """
    places = (Path(reference), base / reference)
    path = next((each for each in places if os.path.exists(each)), None)  # Path.exists raises for a name too long
    if path is None:
        fix = "Give a run's folder, as `nnstudio runs` lists them, or a checkpoint's file."
        raise UsageError(f"There is no run or checkpoint '{reference}'.", fix=fix)
    if path.is_dir():
        return _of_run(path.absolute())
    return _of_file(path.absolute())


def _of_run(folder: Path) -> Origin:
    run = reading.read_run(folder)
    if run.state == "training":
        raise UsageError(f"'{folder}' is still being trained.", fix="Stop it first.")
    last = run.last_checkpoint
    if last is None:
        raise UsageError(f"There is no checkpoint in '{folder}'.", fix="Train from the beginning.")
    return _made(run.checkpoint_path(last), run)


def _of_file(path: Path) -> Origin:
    if path.suffix != CHECKPOINT_SUFFIX:
        raise UsageError(f"'{path}' is no checkpoint.", fix="Give a run's folder, or one of its checkpoints.")
    folder = path.parent.parent
    return _made(path, reading.read_run(folder) if (folder / RECORD).is_file() else None)


def _made(checkpoint: Path, run: reading.WholeRun | None) -> Origin:
    head = read_head(checkpoint)
    earlier = tuple(row for row in rows_of(run) if row.epoch <= head.epoch) if run is not None else ()
    return Origin(checkpoint, head, run.folder if run is not None else None, earlier)
