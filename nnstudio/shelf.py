"""The runs that one project knows: those started since it was opened, and those that were recorded earlier."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import datetime
from itertools import zip_longest

from nnstudio.protocol import messages as msg
from nnstudio.run import Run


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
                run.losses, run.accuracies = array("f", run.losses), array("f", run.accuracies)
        now = datetime.now().isoformat(timespec="seconds")
        for run, plan in zip_longest(runs, plans):
            run.plan, run.began = plan, now
            self._add(run)

    def keep(self, run: Run) -> None:
        """What was there when the project was opened."""
        self._add(run)

    def take_found(self, found: Iterable[Run]) -> None:
        """What there is in the folder of runs by now; those known already stay as they are."""
        known = {run.folder: run for run in self._found}
        self._found = [known.get(run.folder) or self._numbered(run) for run in found]

    def drop(self, run: Run) -> None:
        """Forget a run."""
        self.started = [each for each in self.started if each is not run]
        self._found = [each for each in self._found if each is not run]

    def _add(self, run: Run) -> None:
        self.started.append(self._numbered(run))

    def _numbered(self, run: Run) -> Run:
        run.hue = self._hues
        self._hues += 1
        return run
