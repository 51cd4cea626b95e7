"""The views of what a network predicts, one of which is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.data.tabs import View
from nnstudio.ui.judging.class_table import ClassTable
from nnstudio.ui.judging.confusion_map import Confusion, ConfusionMap
from nnstudio.ui.panels.parts.card_view import CardView
from nnstudio.ui.panels.parts.numbers import cell_text
from nnstudio.ui.panels.parts.titled import titled

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.reliability_plot import ReliabilityPlot
    from nnstudio.ui.panels.plots.residual_plots import ResidualPlots

SAMPLES, CONFUSION, CLASSES, CALIBRATION, RESIDUALS = "samples", "confusion", "classes", "calibration", "residuals"
PLOTTED = (CALIBRATION, RESIDUALS)
"""Views that need pyqtgraph."""
PROBES = {
    SAMPLES: "predictions",
    CONFUSION: "confusion",
    CLASSES: "confusion",
    CALIBRATION: "confusion",
    RESIDUALS: "residuals",
}


def views_for(task: str) -> list[View]:
    """The views that have something to say of such a task."""
    samples = View(SAMPLES, tr("Samples"), tr("The test samples, the worst mistakes first"))
    if task == "values":
        return [
            samples,
            View(RESIDUALS, tr("Residuals"), tr("Predicted against true numbers, and how far they are off")),
        ]
    return [
        samples,
        View(CONFUSION, tr("Confusion"), tr("Which classes are taken for which")),
        View(CLASSES, tr("Classes"), tr("Precision, recall and F1 of each class")),
        View(CALIBRATION, tr("Calibration"), tr("Whether the network is as sure as it is right")),
    ]


def probe_of(frame: ProbeFrame) -> str:
    """Which of these probes a frame is of."""
    return "confusion" if "kept" in frame.arrays else "residuals" if "edges" in frame.arrays else "predictions"


class Board(QStackedWidget):
    """All views; those that need pyqtgraph are made when they are first shown."""

    asked = Signal(int, int)
    """Samples of a true and a predicted class are to be seen; -1 is any."""
    chosen = Signal(int)
    """A sample is to be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.cards, self.confusion, self.classes = CardView(), ConfusionMap(), ClassTable()
        self.calibration: ReliabilityPlot | None = None
        self.residuals: ResidualPlots | None = None
        for view in (self.cards, self.confusion, self.classes):
            self.addWidget(view)
        self.confusion.chosen.connect(self.asked)
        self.classes.chosen.connect(self._ask_class)

    def show_frame(self, view: str, frame: ProbeFrame) -> None:
        """Show a frame of the view's probe."""
        if view == CONFUSION:
            self.confusion.show_confusion(Confusion.of(frame))
            self._bring(self.confusion)
        elif view == CLASSES:
            self.classes.classes.show_frame(frame)
            self._bring(self.classes)
        elif view == CALIBRATION:
            plot = self._calibration()
            plot.draw(*(frame.arrays[f"bin_{name}"].numpy() for name in ("count", "confidence", "accuracy")))
            self._bring(plot.parentWidget())
        elif view == RESIDUALS:
            plots = self._residuals()
            plots.against.draw(*(frame.arrays[name].numpy() for name in ("true", "predicted", "index")))
            plots.histogram.draw(frame.arrays["edges"].numpy(), frame.arrays["counts"].numpy())
            self._bring(plots)

    def show_cards(self) -> None:
        self._bring(self.cards)

    def rows(self, view: str) -> Iterable[Sequence[object]]:
        """What a view shows, as a table."""
        if view == CONFUSION:
            return _confusion_rows(self.confusion.confusion)
        if view == CLASSES:
            return _class_rows(self.classes)
        if view == CALIBRATION and self.calibration is not None:
            return _bin_rows(self.calibration)
        if view == RESIDUALS and self.residuals is not None:
            return _residual_rows(self.residuals)
        return []

    # Inside

    def _ask_class(self, label: int) -> None:
        self.asked.emit(label, -1)

    def _calibration(self) -> ReliabilityPlot:
        if self.calibration is None:
            from nnstudio.ui.panels.plots.reliability_plot import ReliabilityPlot

            self.calibration = ReliabilityPlot()
            self.addWidget(titled(self.calibration, tr("↑ accuracy · confidence →")))
        return self.calibration

    def _residuals(self) -> ResidualPlots:
        if self.residuals is None:
            from nnstudio.ui.panels.plots.residual_plots import ResidualPlots

            self.residuals = ResidualPlots()
            self.residuals.against.chosen.connect(self.chosen)
            self.addWidget(self.residuals)
        return self.residuals

    def _bring(self, view: QWidget | None) -> None:
        if view is not None and self.currentWidget() is not view:
            self.setCurrentWidget(view)


def words_of(view: str, frame: ProbeFrame) -> str:
    """What a frame says in one line."""
    facts = frame.facts
    total, right = (int(_number(facts.get(name))) for name in ("total", "right"))
    if view == RESIDUALS:
        figures = [tr("R² {0}").format(f"{_number(facts['r2']):.2f}")] if "r2" in facts else []
        figures.append(tr("MAE {0}").format(cell_text(_number(facts.get("mae")))))
        figures.append(tr("RMSE {0}").format(cell_text(_number(facts.get("rmse")))))
        return " · ".join(figures)
    if view == CALIBRATION:
        return tr("off by {0} % (ECE)").format(f"{100 * _number(facts.get('ece')):.1f}")
    words = [tr("{0} % right").format(f"{100 * right / max(total, 1):.1f}")]
    some, every = (int(_number(facts.get(name))) for name in ("samples", "all_samples"))
    if some < every:
        words.append(tr("first {0} of {1} sequences").format(f"{some:,}", f"{every:,}"))
    shown, there = len(frame.arrays["kept"].numpy()), int(_number(facts.get("class_count")))
    if view == CONFUSION and shown < there:
        words.append(tr("the {0} most frequent of {1} classes").format(shown, there))
    return " · ".join(words)


def _number(fact: object) -> float:
    return float(fact) if isinstance(fact, int | float) else 0.0


def _confusion_rows(found: Confusion) -> Iterable[Sequence[object]]:
    yield ("true \\ predicted", *found.names)
    for name, row in zip(found.names, found.counts.tolist(), strict=True):
        yield name, *row


def _class_rows(table: ClassTable) -> Iterable[Sequence[object]]:
    model = table.classes
    yield "class", "samples", "precision", "recall", "f1"
    for row in model.order.tolist():
        support, *figures = model.figures[row].tolist()
        yield model.names[row], int(support), *("" if np.isnan(figure) else figure for figure in figures)


def _bin_rows(plot: ReliabilityPlot) -> Iterable[Sequence[object]]:
    yield "from", "to", "answers", "confidence", "accuracy"
    bins = len(plot.count)
    for number in range(bins):
        figures = float(plot.confidence[number]), float(plot.accuracy[number])
        yield number / bins, (number + 1) / bins, int(plot.count[number]), *figures


def _residual_rows(plots: ResidualPlots) -> Iterable[Sequence[object]]:
    yield "sample", "true", "predicted", "residual"
    shown = plots.against
    for index, true, said in zip(shown.index.tolist(), shown.true.tolist(), shown.predicted.tolist(), strict=True):
        yield index, true, said, said - true


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("PredictionsPanel", text)
