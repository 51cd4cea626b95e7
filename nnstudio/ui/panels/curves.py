"""What the panels of the run's curves share: the run's numbers, kept up with as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint

from nnstudio.graph.training import EpochRow
from nnstudio.project.run import Course
from nnstudio.project.session import Run
from nnstudio.series import Series
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts import bands
from nnstudio.ui.panels.parts.curve_view import CurveView
from nnstudio.ui.panels.parts.legend import Key, Legend
from nnstudio.ui.panels.parts.run_axis import axis_end, column, last_epoch, short_name, steps_per_epoch
from nnstudio.ui.panels.spec import Panel
from nnstudio.ui.runs import looks, marking

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.beside import Beside
    from nnstudio.ui.panels.plots.curve_plot import CurvePlot, Curves
    from nnstudio.ui.panels.plots.marks import Mark
    from nnstudio.ui.panels.plots.rate_strip import Rate

TRAIN, TEST = "train", "test"
MEAN, EACH = "mean", "each"
MOST_BESIDE = 40
"""Other runs in a plot at most, the newest."""
MOST_KEYS = 3
"""Of runs that are taken together, in the legend."""


class CurvePanel(Panel):
    """Base of Loss and Accuracy. Subclasses say which numbers of the run, and make the plot."""

    plots = True
    rated: ClassVar[bool] = True
    """Whether the learning rate is drawn until somebody chooses otherwise."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.plot: CurvePlot | None = None
        self.drawn_run: Run | None = None
        self._drawn = 0
        self._nobody = Run()
        self.legend = Legend(self._legend())
        self.header.add_key(self.legend)
        self.view = CurveView(self.header, rated=self.rated)
        sets = [(TRAIN, self.tr("Train")), (TEST, self.tr("Test"))]
        self.others = self.view.add_choice(self.tr("Of the other runs"), sets, TRAIN)
        ways = [(MEAN, self.tr("Their mean")), (EACH, self.tr("Each of them"))]
        self.seeds = self.view.add_choice(self.tr("Of runs that differ in the seed alone"), ways, MEAN)
        self.view.changed.connect(self.schedule)
        self.view.back.clicked.connect(self._show_all)
        self.header.frozen_changed.connect(self._stop_following)
        bridge.run_changed.connect(self._on_run)
        bridge.session_changed.connect(self._on_run)
        bridge.runs_changed.connect(self.schedule)
        self.show_empty(self._advice())
        self.schedule()

    # For subclasses

    def steps(self, run: Run) -> Series:
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

    def _beginning(self, run: Run | None) -> str:
        """What is to be waited for: a large network takes a while for its first step."""
        if run is None or not run.active or run.losses:
            return ""
        if run.state == "paused":
            return QCoreApplication.translate("panels", "Paused before the first step.")
        return QCoreApplication.translate("panels", "Training starts: the first step is on its way.")

    # The picture

    @property
    def tests(self) -> bool:
        """Whether samples are kept for testing. Without a data set the test value is that of training once more."""
        return self.session is None or bool(self.session.compiled.dataset)

    @property
    def trains(self) -> bool:
        """Whether there are numbers of the training too, or of the test set alone."""
        return True

    def refresh(self) -> None:
        run = self._front()
        others = self.beside(run)
        self.others.set_possible(bool(others) and self.tests and self.trains)
        grouped = self._grouped(run)
        groups = bands.groups(self._candidates(run))
        self.seeds.set_possible(bool(groups))
        self.legend.set_keys(self._keys(run, others, grouped))
        if run is None or not (self._has_some(run) or others):
            self.header.set_caption("")
            self.show_empty(self._beginning(run) or self._advice())
            return
        if self.plot is None and not self.plots_ready():
            return
        self._keep_up(run)
        if self.plot is None:
            self.plot = self.make_plot()
            self.plot.mark_clicked.connect(self._on_mark)
            self.plot.ranged.connect(self._on_range)
            self.set_body(self.plot)
        self.show_body()
        self.plot.show_parts(gap=self.view.gap.isChecked(), rate=self.view.rate.isChecked())
        self.plot.draw(self._curves(run))
        self._on_range()

    def rows(self) -> Iterable[Sequence[object]]:
        """Every step, or of very many one in each stretch, with every epoch's test value beside its last step."""
        run = self._front() or self._nobody
        course, rows = self._course(run), self._rows(run)
        ends = np.round(course.steps([row.epoch for row in rows])).astype(int).tolist()
        tested = {step: self.tested(row) if self.tests else "" for step, row in zip(ends, rows, strict=True)}
        yield "step", "epoch", "train", "test"
        values, first = self.steps(run), run.first_step
        last = first + len(values)
        some = range(first + values.stride, last + 1, values.stride)
        steps = {*some, last, *(step for step in tested if first < step <= last)} if values else tested.keys()
        for step in sorted(steps):
            train = values[step - first - 1] if values else ""
            yield step, round(float(course.epochs(step)), 6), train, tested.get(step, "")

    # Inside

    def _show_all(self) -> None:
        if self.plot is not None:
            self.plot.show_all()

    def _on_range(self) -> None:
        self.view.back.setVisible(self.plot is not None and self.plot.free)

    def _legend(self) -> list[Key]:
        train = Key(self.tr("train"), "accent")
        return [train, Key(self.tr("test"), "warning", dashed=True)] if self.tests else []

    def _front(self) -> Run | None:
        """The run in front; nobody where the person has hidden it."""
        run = self.session.run if self.session else None
        return self._nobody if run is not None and not run.visible else run

    def _course(self, run: Run) -> Course:
        """Where its steps lie; a guess while nobody has told."""
        if run.course.pace:
            return run.course
        return Course(0, run.epochs_before, steps_per_epoch(run, self._planned()))

    def _on_run(self, _what: object) -> None:
        self.schedule()

    def _stop_following(self, frozen: bool) -> None:
        """What is drawn while it is frozen, when somebody zooms in, is what there was."""
        if frozen and self.plot is not None:
            self.plot.curves = deepcopy(self.plot.curves)

    def _keep_up(self, run: Run) -> None:
        """Another run, or one that has gone back, is seen whole."""
        steps = len(self.steps(run))
        if (run is not self.drawn_run or steps < self._drawn) and self.plot is not None:
            self.plot.free = False
        self.drawn_run, self._drawn = run, steps

    def _rows(self, run: Run) -> list[EpochRow]:
        return [row for row in run.history if self.tested(row) is not None]

    def _has_some(self, run: Run) -> bool:
        return bool(len(self.steps(run)) or self._rows(run))

    def _planned(self) -> int:
        return self.session.document.plan.epochs if self.session else 1

    def _curves(self, run: Run) -> Curves:
        from nnstudio.ui.panels.plots.curve_plot import Curves

        rows, course = self._rows(run), self._course(run)
        train = self.steps(run)
        others = self.beside(run)
        grouped = self._grouped(run)
        together = {id(each) for group in grouped for each in group}
        besides = [self._beside(other) for other in others if id(other) not in together]
        own = float(course.epochs(run.first_step + len(train)))
        done = max([own, *(row.epoch for row in rows), *(last_epoch(beside) for beside in besides)])
        around = Curves(
            course=course,
            end=axis_end(done, max(float(course.epochs(run.total_steps)), done)),
            besides=tuple(besides),
            bands=tuple(self._band(run, group) for group in grouped),
            marks=tuple(marking.marks(run, course)),
            rates=self._rates(run),
        )
        if id(run) in together:
            return around
        return replace(
            around,
            train=train,
            first=run.first_step,
            window=self.view.mean_over(train),
            epochs=column([row.epoch for row in rows]),
            test=column([self.tested(row) for row in rows] if self.tests else []),
            means=column([self.trained(row) for row in rows]),
        )

    def _rates(self, run: Run) -> tuple[Rate, ...]:
        """Of the run in front, and of those that are drawn beside it."""
        from nnstudio.ui.panels.plots.rate_strip import Rate

        own = [Rate(run.rates, self._course(run), "accent")] if len(run.rates) else []
        others = [other for other in self.beside(run) if len(other.rates)]
        return (*own, *(Rate(each.rates, self._course(each), looks.token(each), looks.dash(each)) for each in others))

    # Other runs

    def beside(self, run: Run | None) -> list[Run]:
        """The newest of those that are to be seen beside the one in front."""
        return self._visible(run)[:MOST_BESIDE]

    def _visible(self, run: Run | None) -> list[Run]:
        """All that are to be seen beside the one in front, and have something to show."""
        shelf = self.session.steering.shelf if self.session else None
        visible = [] if shelf is None else [each for each in shelf.visible if each is not run and self._has_some(each)]
        return visible

    def _beside(self, run: Run) -> Beside:
        from nnstudio.ui.panels.plots.beside import Beside

        test, rows = self._shows_test, self._rows(run)
        series = Series() if test else self.steps(run)
        return Beside(
            name=looks.name(run),
            token=looks.token(run),
            dash=looks.dash(run),
            series=series,
            course=self._course(run),
            first=run.first_step,
            window=self.view.mean_over(series),
            epochs=column([row.epoch for row in rows]),
            values=column([self.tested(row) if test else self.trained(row) for row in rows]),
        )

    @property
    def _shows_test(self) -> bool:
        """Whether of other runs the numbers on the test set are drawn."""
        return (self.others.chosen == TEST or not self.trains) and self.tests

    def _candidates(self, run: Run | None) -> list[Run]:
        """Of which some may be drawn together, in the order they began in."""
        return [*([run] if run is not None else []), *reversed(self._visible(run))]

    def _grouped(self, run: Run | None) -> list[list[Run]]:
        """Runs that are drawn as one, once an epoch is over."""
        found = bands.groups(self._candidates(run)) if self.seeds.chosen == MEAN else []
        return [group for group in found if any(map(self._rows, group))]

    def _band(self, run: Run, group: Sequence[Run]) -> bands.Band:
        value = self.tested if self._shows_test else self.trained
        rows = [self._rows(each) for each in group]
        going = [own[-1].epoch if own else 0 for each, own in zip(group, rows, strict=True) if each.active]
        last = min(going, default=inf)  # the mean of those alone that are ahead would jump
        rows = [[row for row in own if row.epoch <= last] for own in rows]
        curves = [(column([row.epoch for row in own]), column([value(row) for row in own])) for own in rows]
        return bands.band(self._band_name(group), self._band_token(run, group), curves)

    def _band_name(self, group: Sequence[Run]) -> str:
        words = self.tr("mean of {0} seeds").format(len(group))
        return f"{group[0].group}, {words}" if group[0].group else words

    def _band_token(self, run: Run | None, group: Sequence[Run]) -> str:
        return looks.token(group[0], lead=any(each is run for each in group))

    def _keys(self, run: Run | None, others: Sequence[Run], grouped: Sequence[Sequence[Run]]) -> list[Key]:
        """The run in front, those taken together, and the rest."""
        together = {id(each) for group in grouped for each in group}
        names = [short_name(group[0].group) or self._band_name(group) for group in grouped]
        tokens = [self._band_token(run, group) for group in grouped]
        keys = [Key(name, token) for name, token in zip(names, tokens, strict=True)]
        own = [] if run is not None and id(run) in together else self._legend()
        rest = [other for other in others if id(other) not in together]
        more = [Key(self.tr("{0} more").format(len(keys) - MOST_KEYS), "muted")] if len(keys) > MOST_KEYS else []
        return [*own, *keys[:MOST_KEYS], *more, *self._other_keys(rest)]

    def _other_keys(self, others: Sequence[Run]) -> list[Key]:
        if not others:
            return []
        words = looks.name(others[0]) if len(others) == 1 else self.tr("{0} others").format(len(others))
        if self._shows_test and self.trains:
            words = self.tr("{0}: test").format(words)
        return [Key(words, looks.token(others[0]), dashed=bool(looks.dash(others[0])))]

    def _on_mark(self, mark: Mark, at: QPoint) -> None:
        run = self.session.run if self.session else None
        if run is not None:
            self.bridge.checkpoint_chosen.emit(run, mark.what, at)
