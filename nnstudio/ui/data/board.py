"""The views of data, one of which is shown, and which of them are made for which fields."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from nnstudio.data.spec import Field
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data import marks
from nnstudio.ui.data.bars import Bars, groups_of
from nnstudio.ui.data.gallery import Gallery
from nnstudio.ui.data.histograms import Histograms, histograms_of
from nnstudio.ui.data.pages import Pages
from nnstudio.ui.data.scatter import Points, Scatter
from nnstudio.ui.data.source import Known
from nnstudio.ui.data.split import SplitView
from nnstudio.ui.data.table import SampleTable
from nnstudio.ui.data.tabs import View
from nnstudio.ui.data.words import Column, columns_of, numbers_of, titles_of, tr, value_text

SUMMARIES = ("plot", "balance", "tokens", "histograms")
"""Views that need figures over all samples."""
SAMPLES = ("samples", "batch")
"""Views that show samples one by one."""


def views_for(fields: Sequence[Field]) -> list[View]:
    """The views that have something to show of such fields, with what each is for."""
    kinds = {field.kind for field in fields}
    pictures = any(is_picture(field) for field in fields)
    numbers = [column for column in numbers_of(fields)]
    found = [View("samples", tr("Samples"), tr("The samples, one by one"))]
    if len(numbers) > 1 or pictures:
        found.append(View("plot", tr("Plot"), tr("Samples as points, by two of their numbers or two components")))
    if "label" in kinds:
        found.append(View("balance", tr("Balance"), tr("How often each class is there")))
    if "tokens" in kinds:
        found.append(View("tokens", tr("Tokens"), tr("Which tokens are there most often")))
    if numbers or kinds & {"image", "tokens", "sequence"}:
        found.append(
            View(
                "histograms",
                tr("Values"),
                tr("How the numbers of each column lie, how long texts are, the mean of pictures"),
            )
        )
    found.append(View("split", tr("Split"), tr("What is learned, and what is kept for testing")))
    found.append(View("batch", tr("Batch"), tr("The first batch of the training, as the network gets it")))
    return found


def is_picture(field: Field) -> bool:
    """Whether the field is a picture itself, and not what is drawn over one."""
    return Column(field).look == "image" and not marks.is_mark(field)


class Board(QStackedWidget):
    """All views, each made for the same data."""

    chosen = Signal(int)
    """The row of a sample that was clicked on."""
    tested = Signal(int)
    """The place in the test set of a point that was clicked on."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.pages = Pages(bridge, self)
        self.table, self.gallery = SampleTable(self.pages), Gallery(self.pages)
        self.scatter, self.bars = Scatter(), Bars()
        self.histograms, self.split = Histograms(), SplitView()
        for view in (self.table, self.gallery, self.scatter, self.bars, self.histograms, self.split):
            self.addWidget(view)
        for view in (self.table, self.gallery):
            view.chosen.connect(self.chosen)
        self.scatter.chosen.connect(self.tested)
        self._drawn: tuple[str, object] = ("", None)

    def show_samples(self, known: Known) -> None:
        """Show what the pages hold: pictures where there are some, else a table."""
        pictures = any(map(is_picture, known.fields))
        self._bring(self.gallery if pictures else self.table)

    def show_split(self, known: Known) -> None:
        """Show how they are split."""
        self.split.show_known(known)
        self._bring(self.split)

    def show_summary(self, view: str, summary: msg.DataSummary, known: Known) -> None:
        """Show one of the views that need figures."""
        fresh = self._drawn != (view, summary)
        self._drawn = (view, summary)
        if view == "plot":
            if fresh:
                self.scatter.show_points(Points.of(summary, known))
            self._bring(self.scatter)
        elif view == "histograms":
            if fresh:
                self.histograms.show_histograms(histograms_of(summary, known))
            self._bring(self.histograms)
        else:
            self.bars.show_groups(groups_of(summary, known, "label" if view == "balance" else "tokens"))
            self._bring(self.bars)

    def show_chosen(self, row: int) -> None:
        """Mark a sample in the views that show samples."""
        self.table.show_chosen(row)
        self.gallery.show_chosen(row)

    def visible_rows(self) -> tuple[int, int]:
        """The first and the last sample that are seen."""
        return (self.gallery if self.currentWidget() is self.gallery else self.table).visible_rows()

    def rows(self) -> Iterable[Sequence[object]]:
        """What is shown, as a table."""
        view = self.currentWidget()
        if view is self.scatter:
            return _point_rows(self.scatter)
        if view is self.bars:
            return _bar_rows(self.bars)
        if view is self.histograms:
            return _histogram_rows(self.histograms)
        if view is self.split:
            return [("part", "samples"), *((name, count) for name, count, _ in self.split.bar.spans())]
        return _sample_rows(self.pages, *self.visible_rows())

    def _bring(self, view: QWidget) -> None:
        if self.currentWidget() is not view:
            self.setCurrentWidget(view)


def _sample_rows(pages: Pages, first: int, last: int) -> Iterable[Sequence[object]]:
    known = pages.known
    if known is None:
        return
    columns = columns_of(known.fields)
    yield ("sample", *titles_of(columns))
    for row in range(first, last + 1):
        sample = pages.sample(row)
        if sample is not None:
            values = [(column, column.value(sample.values[column.field.name])) for column in columns]
            yield sample.index, *(_exact(column, value, known.names_of(column.field)) for column, value in values)


def _exact(column: Column, value: object, names: Sequence[str]) -> object:
    """A value as a program would read it."""
    if column.look == "number":
        return float(value)  # type: ignore[arg-type]  # one number
    if column.look in ("label", "tokens"):
        return value_text(column, value, names)
    return " ".join(f"{number:.7g}" for number in np.asarray(value).reshape(-1).tolist())


def _point_rows(scatter: Scatter) -> Iterable[Sequence[object]]:
    points, axes = scatter.points, scatter.axes
    if points is None or axes is None:
        return
    yield "sample", "part", *(axis.title for axis in axes), "class"
    for number, row in enumerate(points.rows.tolist()):
        label = int(points.labels[number])
        name = points.names[label] if 0 <= label < len(points.names) else "" if label < 0 else label
        part = "test" if points.test[number] else "train"
        yield row, part, *(float(axis.values[number]) for axis in axes), name


def _bar_rows(bars: Bars) -> Iterable[Sequence[object]]:
    yield "field", "name", "train", "test"
    for group in bars.groups:
        for bar in group.bars:
            yield group.title, bar.name, bar.train, bar.test


def _histogram_rows(histograms: Histograms) -> Iterable[Sequence[object]]:
    yield "column", "mean", "std", "missing", "from", "to", "train", "test"
    for each in histograms.shown:
        edges = np.linspace(each.low, each.high, each.counts.shape[1] + 1).tolist()
        for place, (start, end) in enumerate(itertools.pairwise(edges)):
            counts = (int(number) for number in each.counts[:, place])
            yield each.title, each.mean, each.std, each.missing, start, end, *counts
