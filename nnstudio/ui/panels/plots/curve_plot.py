"""A curve of every step with a smoothed one over it, and one value an epoch from the test set."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPen

from nnstudio.project.run import Course
from nnstudio.series import Floats, Series
from nnstudio.ui import theme
from nnstudio.ui.panels.parts.bands import Band
from nnstudio.ui.panels.plots.axes import Axis
from nnstudio.ui.panels.plots.bands import BandItems
from nnstudio.ui.panels.plots.beside import Beside, BesideItems
from nnstudio.ui.panels.plots.gap import Gap
from nnstudio.ui.panels.plots.marks import Mark, MarkItems
from nnstudio.ui.panels.plots.plot import NEARLY_LOST, Plot
from nnstudio.ui.panels.plots.rate_strip import Rate, RateStrip

MOST_WORDS = 12
"""Other runs in the read-out at most."""
TOO_HIGH = 4.0
"""How far above its own curves a run in front lets others, which have gone astray, stretch a linear axis."""


@dataclass
class Curves:
    """What is drawn. x is in epochs; number i of the series is that of step `first` + i + 1, which `course` places.

    `test` has one value for each of `epochs`, or none at all where nothing is kept for testing.
    """

    train: Series = field(default_factory=Series)
    course: Course = field(default_factory=Course)
    first: int = 0
    window: int = 1
    epochs: Floats = field(default_factory=lambda: np.empty(0))
    test: Floats = field(default_factory=lambda: np.empty(0))
    means: Floats = field(default_factory=lambda: np.empty(0))
    """Train value of each epoch: the curve where the single steps are not known."""
    end: float = 1.0
    """Where the x axis ends."""
    besides: tuple[Beside, ...] = ()
    """Other runs."""
    bands: tuple[Band, ...] = ()
    """Runs that are taken together."""
    marks: tuple[Mark, ...] = ()
    rates: tuple[Rate, ...] = ()
    """Learning rates, that of the run in front first."""


@dataclass(frozen=True)
class Words:
    """How values are spoken of in the read-out."""

    step: str
    train: str
    smooth: str
    test: str
    rate: str = "{0}"
    strip: str = ""
    gap: str = "{0}"
    value: str = "{0:.4g}"
    beside: str = "{1}: {0}"
    band: str = "{1}: {0} ± {2}"


class CurvePlot(Plot):
    """`fixed` is the range of y where it does not follow the data. Values are shown times `factor`, with `suffix`."""

    mark_clicked = Signal(object, object)
    """marks.Mark, and the place on the screen: somebody wants to do something about it."""

    def __init__(
        self, words: Words, *, fixed: tuple[float, float] | None = None, suffix: str = "", factor: float = 1.0
    ) -> None:
        self._raw = pg.PlotCurveItem(antialias=False)
        self._smooth = pg.PlotCurveItem(antialias=True)
        self._test = pg.PlotCurveItem(antialias=True)
        self._dots = pg.ScatterPlotItem(size=6, pxMode=True, symbol="o", useCache=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._besides = BesideItems(lambda item: self.addItem(item))
        self._bands = BandItems(lambda item: self.addItem(item))
        self.gap = Gap()
        self._marks: MarkItems | None = None
        self.strip: RateStrip | None = None
        super().__init__(Axis("left", suffix=suffix), Axis("bottom", whole=True))
        self.words, self._fixed, self._factor = words, fixed, factor
        self.curves = Curves()
        self._pressed: QPointF | None = None
        self._raw.setZValue(-2)  # under the other runs
        self.addItem(self.gap.item)
        for item in (self._raw, self._smooth, self._test, self._dots, self._cursor):
            self.addItem(item)
        self._cursor.hide()
        self._marks = MarkItems(self)
        self.strip = RateStrip(self, words.strip)
        self.strip.restyle()
        self._marks.restyle()
        self.ranged.connect(lambda: self.draw(self.curves))

    @property
    def log(self) -> bool:
        return bool(self.left.log)

    def set_log(self, log: bool) -> None:
        """Logarithmic y or linear."""
        self.left.log = log
        self.left.picture = None
        self.draw(self.curves)

    def show_parts(self, *, gap: bool, rate: bool) -> None:
        """Whether the gap between train and test is shaded, and the learning rate drawn below."""
        self.gap.item.setVisible(gap)
        if self.strip is not None and self.strip.shown != rate:
            self.strip.set_shown(rate)
            self.strip.draw(self.curves.rates)

    def restyle(self) -> None:
        super().restyle()
        accent, warning = theme.color("accent"), theme.color("warning")
        self.gap.dress(warning)
        self._smooth.setPen(pg.mkPen(accent, width=2))
        dashed = QPen(warning, 2)
        dashed.setCosmetic(True)
        dashed.setDashPattern([2.5, 1.8])
        self._test.setPen(dashed)
        self._dots.setPen(pg.mkPen(theme.color("surface"), width=1))
        self._dots.setBrush(warning)
        self._cursor.setPen(pg.mkPen(theme.color("muted"), width=1, style=Qt.PenStyle.DotLine))
        self._besides.restyle()
        if self._marks is not None and self.strip is not None:
            self._marks.restyle()
            self.strip.restyle()
            self.draw(self.curves)

    def draw(self, curves: Curves) -> None:
        """Show these curves, in the range that is seen."""
        self.curves = curves
        if not self.free:
            self.view.setXRange(0, curves.end, padding=0)
        self._draw_train()
        self._draw_test()
        self._draw_gap()
        first, last = self.view.viewRange()[0]
        self._besides.draw(curves.besides, first, last, self._y, self.log)
        self._bands.draw(curves.bands, self._y)
        low, high = self._y_range()
        self.view.setYRange(low, high, padding=0)
        if self._marks is not None:
            self._marks.draw(curves.marks, low, high)
        if self.strip is not None:
            self.strip.draw(curves.rates)

    def describe(self, at: QPointF) -> str:
        """Step, its loss, the smoothed one, and the test value of the epoch before, where there is one."""
        lines = self._train_words(at.x())
        marked = [mark.text for mark in self._marks.near(at.x())] if self._marks is not None else []
        if len(self.curves.test):
            nearest = int(np.argmin(np.abs(self.curves.epochs - at.x())))
            test = self._value(self.curves.test[nearest])
            lines.append(self.words.test.format(test, int(self.curves.epochs[nearest])))
            gap = self.curves.test[nearest] - self.curves.means[nearest]
            lines += [self.words.gap.format(self._value(gap))] if isfinite(gap) else []
        lines += self._rate_words(at.x())
        return "\n".join([*lines, *self._band_words(at.x()), *self._beside_words(at.x()), *marked])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is None or (event.position() - pressed).manhattanLength() > NEARLY_LOST or self._marks is None:
            return
        mark = self._marks.hit(self.point_at(event.position()))
        if mark is not None:
            self.mark_clicked.emit(mark, event.globalPosition().toPoint())

    def point(self, position: QPointF) -> None:
        super().point(position)
        self._cursor.setPos(self.point_at(position).x())
        self._cursor.setVisible(
            bool(len(self.curves.train) or len(self.curves.epochs) or self.curves.besides or self.curves.bands)
        )
        hit = self._marks.hit(self.point_at(position)) if self._marks is not None else None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hit else Qt.CursorShape.ArrowCursor)

    def reads(self, place: QPointF) -> bool:
        """In the strip below, too."""
        return super().reads(place) or (self.strip is not None and self.strip.holds(place))

    def unpoint(self) -> None:
        self._cursor.hide()

    def shown(self) -> dict[str, tuple[Floats, Floats]]:
        """The points on the screen, of "raw", "smooth" and "test"; y as drawn, so logarithms on a log axis."""
        items = {"raw": self._raw, "smooth": self._smooth, "test": self._test}
        return {name: item.getData() if item.xData is not None else (np.empty(0),) * 2 for name, item in items.items()}

    def shown_besides(self) -> list[tuple[Floats, Floats]]:
        """The points on the screen, of each of the other runs."""
        return self._besides.shown()

    def shown_bands(self) -> list[tuple[Floats, Floats]]:
        """The points of each mean on the screen."""
        return self._bands.shown()

    # Inside

    def _draw_train(self) -> None:
        self._raw.setPen(self._raw_pen())
        curves, columns = self.curves, max(400, 2 * int(self.view.width()))  # finer than a pixel: a dense band
        if not len(curves.train):
            self._raw.setData([], [])
            self._set(self._smooth, curves.epochs, curves.means)
            return
        seen = curves.course.steps(self.view.viewRange()[0])
        start, stop = int(seen[0]) - curves.first - 2, int(seen[1]) - curves.first + 3
        raw = curves.train.envelope(start, stop, columns)
        self._set(self._raw, self._epoch(raw.at), raw.values)
        if curves.window > 1:
            smooth = curves.train.smooth(start, stop, columns, curves.window)
            self._set(self._smooth, self._epoch(smooth.at), smooth.values)
        else:
            self._smooth.setData([], [])

    def _raw_pen(self) -> QPen:
        """Faint behind the smoothed line, and in its place where there is none."""
        accent = theme.color("accent")
        return pg.mkPen(theme.mix(theme.color("surface"), accent, 0.34) if self.curves.window > 1 else accent, width=1)

    def _draw_gap(self) -> None:
        """From the line of training that is drawn, or from its value of each epoch."""
        x, y = self.shown()["smooth"]
        means = self.curves.means
        train = (x, y) if len(x) else (self.curves.epochs[: len(means)], self._y(means))
        self.gap.draw(train, (self.curves.epochs[: len(self.curves.test)], self._y(self.curves.test)))

    def _draw_test(self) -> None:
        epochs, test = self.curves.epochs[: len(self.curves.test)], self.curves.test
        self._set(self._test, epochs, test)
        few = len(test) <= max(2, self.view.width() / 10)
        self._dots.setVisible(few)
        if few:
            y = self._y(test)
            known = np.isfinite(y)
            self._dots.setData(epochs[known], y[known])

    def _set(self, item: pg.PlotCurveItem, x: Floats, values: Floats) -> None:
        y = self._y(values)
        if not np.isfinite(y).any():  # pyqtgraph warns of bounds that are no numbers
            x = y = np.empty(0)
        item.setData(x, y, connect="finite")

    def _y(self, values: Floats) -> Floats:
        values = np.where(np.isfinite(values), values * self._factor, np.nan)
        if not self.log:
            return values
        return np.log10(np.where(values > 0, values, np.nan))

    def _epoch(self, places: Floats) -> Floats:
        return self.curves.course.epochs(places + 1 + self.curves.first)

    def _y_range(self) -> tuple[float, float]:
        if self._fixed is not None:
            return self._fixed
        shown = self.shown()
        raw = shown["raw"][1]
        raw = raw[np.isfinite(raw)]
        outliers = len(raw) // 200
        inner = np.sort(raw)[outliers : len(raw) - outliers]
        own = np.concatenate([shown["smooth"][1], shown["test"][1], inner])
        own = own[np.isfinite(own)]
        others = np.concatenate([self._besides.values(), self._bands.values()])
        values = np.concatenate([own, self._held_back(others, own)])
        low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
        if not self.log and 0 <= low < 0.5 * high:
            low = 0.0
        room = 0.05 * (high - low) or 0.05 * (abs(high) or 1.0)
        return (low if low == 0 and not self.log else low - room), high + room

    def _held_back(self, others: Floats, own: Floats) -> Floats:
        """Other runs' values, those far beyond the run in front cut off: it is what one wants to see."""
        others = others[np.isfinite(others)]
        if not own.size or not others.size:
            return others
        low, high = float(min(own.min(), others.min())), float(own.max())
        return np.minimum(others, high + (TOO_HIGH * (high - low) or TOO_HIGH * (abs(high) or 1.0)))

    def _value(self, value: float) -> str:
        return self.words.value.format(float(value) * self._factor)

    def _train_words(self, x: float) -> list[str]:
        curves, words = self.curves, self.words
        if not len(curves.train) or not isfinite(x):
            return []
        step = round(float(curves.course.steps(x)))
        place = min(max(step - curves.first - 1, 0), len(curves.train) - 1)
        step = place + 1 + curves.first
        value = self._value(curves.train[place])
        lines = [words.step.format(f"{float(curves.course.epochs(step)):.2f}", f"{step:,}"), words.train.format(value)]
        if curves.window > 1:
            mean = self._value(curves.train.means(np.array([place]), curves.window)[0])
            lines.append(words.smooth.format(mean, curves.window))
        return lines

    def _rate_words(self, x: float) -> list[str]:
        """Of the run in front, where it is drawn."""
        if not self.curves.rates or not isfinite(x) or self.strip is None or not self.strip.shown:
            return []
        rate = float(self.curves.rates[0].rates.at(self.curves.rates[0].course.steps(x)))
        return [self.words.rate.format(f"{rate:.4g}")] if isfinite(rate) else []

    def _band_words(self, x: float) -> list[str]:
        told = [(band, *band.at(x)) for band in self.curves.bands]
        found = [(band, mean, half) for band, mean, half in told if isfinite(mean)]
        return [self.words.band.format(self._value(mean), band.name, self._value(half)) for band, mean, half in found]

    def _beside_words(self, x: float) -> list[str]:
        values = [(beside.name, beside.value_at(x)) for beside in self.curves.besides]
        told = [(name, value) for name, value in values if isfinite(value)]
        lines = [self.words.beside.format(self._value(value), name) for name, value in told[:MOST_WORDS]]
        return lines if len(told) <= MOST_WORDS else [*lines, "…"]
