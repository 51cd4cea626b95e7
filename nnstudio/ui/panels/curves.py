"""What the panels of the run's curves share: the run's numbers, kept up with as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nnstudio.graph.training import EpochRow
from nnstudio.protocol.messages import EpochDone
from nnstudio.session import Run
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.legend import Key, Legend
from nnstudio.ui.panels.parts.series import Floats, Series
from nnstudio.ui.panels.spec import Panel

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.curve_plot import CurvePlot, Curves

SMOOTHED_SHARE = 0.04
"""Of the whole run, that one mean goes over."""
SMOOTHED_STEPS = 9


class CurvePanel(Panel):
    """Base of Loss and Accuracy. Subclasses say which numbers of the run, and make the plot."""

    plots = True

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.plot: CurvePlot | None = None
        self._run: Run | None = None
        self._train = Series()
        self._told: tuple[Run | None, float] = (None, 1.0)
        self.legend = Legend(self._legend())
        self.header.add_key(self.legend)
        bridge.run_changed.connect(self._on_run)
        bridge.session_changed.connect(self._on_run)
        bridge.epoch_done.connect(self._on_epoch)
        self.show_empty(self._advice())
        self.schedule()

    # For subclasses

    def steps(self, run: Run) -> Sequence[float]:
        """One number a step."""
        raise NotImplementedError

    def trained(self, row: EpochRow) -> float | None:
        """The training set's number of an epoch."""
        raise NotImplementedError

    def tested(self, row: EpochRow) -> float | None:
        """The test set's number of an epoch."""
        raise NotImplementedError

    def make_plot(self) -> CurvePlot:
        raise NotImplementedError

    def _advice(self) -> str:
        raise NotImplementedError

    # The picture

    @property
    def tests(self) -> bool:
        """Whether samples are kept for testing. Without a data set the test value is that of training once more."""
        return self.session is None or bool(self.session.compiled.dataset)

    def refresh(self) -> None:
        self.legend.set_keys(self._legend())
        run = self.session.run if self.session else None
        if run is None or not (len(self.steps(run)) or self._rows(run)):
            self.header.set_caption("")
            self.show_empty(self._advice())
            return
        if self.plot is None and not self.plots_ready():
            return
        self._keep_up(run)
        if self.plot is None:
            self.plot = self.make_plot()
            self.set_body(self.plot)
        self.show_body()
        self.plot.draw(self._curves(run))

    def rows(self) -> Iterable[Sequence[object]]:
        """Every step, then every epoch's test value beside its last step."""
        run = self.session.run if self.session else Run()
        per_epoch = self._per_epoch(run)
        tested = {round(row.epoch * per_epoch): self.tested(row) if self.tests else "" for row in self._rows(run)}
        yield "step", "epoch", "train", "test"
        values = self.steps(run)
        steps = range(1, len(values) + 1) if len(values) else sorted(tested)
        for step in steps:
            train = values[step - 1] if len(values) else ""
            yield step, round(step / per_epoch, 6), train, tested.get(step, "")

    # Inside

    def _legend(self) -> list[Key]:
        train = Key(self.tr("train"), "accent")
        return [train, Key(self.tr("test"), "warning", dashed=True)] if self.tests else []

    def _on_epoch(self, event: EpochDone) -> None:
        """An epoch's last step says how long epochs are, whatever becomes of the plan meanwhile."""
        run = self.session.run if self.session else None
        if run is not None and not run.steps_per_epoch and event.epoch:
            self._told = (run, event.step / event.epoch)

    def _per_epoch(self, run: Run) -> float:
        known, steps = self._told
        return steps if known is run else _steps_per_epoch(run, self._planned())

    def _on_run(self, _what: object) -> None:
        self.schedule()

    def _keep_up(self, run: Run) -> None:
        """Take over the steps that are new."""
        values = self.steps(run)
        if run is not self._run or len(values) < len(self._train):
            self._run, self._train = run, Series()
            if self.plot is not None:
                self.plot.free = False
        if len(values) > len(self._train):
            self._train.extend(values[len(self._train) :])

    def _rows(self, run: Run) -> list[EpochRow]:
        return [row for row in run.epochs if self.tested(row) is not None]

    def _planned(self) -> int:
        return self.session.document.plan.epochs if self.session else 1

    def _curves(self, run: Run) -> Curves:
        from nnstudio.ui.panels.plots.curve_plot import Curves

        rows = self._rows(run)
        per_epoch = self._per_epoch(run)
        done = max([len(self._train) / per_epoch, *(row.epoch for row in rows)])
        planned = max(run.total_steps / per_epoch, done)
        return Curves(
            train=self._train,
            steps_per_epoch=per_epoch,
            window=max(SMOOTHED_STEPS, round(len(self._train) * SMOOTHED_SHARE)) | 1,
            epochs=_column([row.epoch for row in rows]),
            test=_column([self.tested(row) for row in rows] if self.tests else []),
            means=_column([self.trained(row) for row in rows]),
            end=_end(done, planned),
        )


def _column(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _steps_per_epoch(run: Run, planned: int) -> float:
    """As told by the run, or as follows from what it has done."""
    if run.steps_per_epoch:
        return float(run.steps_per_epoch)
    if run.total_steps:
        return max(1.0, run.total_steps / max(planned, 1))
    if run.epochs and run.losses:
        return max(1.0, len(run.losses) / run.epochs[-1].epoch)
    return 1.0


def _end(done: float, planned: float) -> float:
    """Where the axis ends: the planned end, or the half, the quarter ... of it that still holds what is done.

    So the curve fills at least half of the picture, and the axis moves only a few times in a run.
    """
    end = max(planned, 1e-9)
    while end / 2 >= max(done, 0.5):
        end /= 2
    return end
