"""How good the network is: its accuracy in every step and on the test set, or another figure of each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSignalBlocker, Qt

from nnstudio.graph.training import EpochRow
from nnstudio.metrics.registry import metrics
from nnstudio.metrics.spec import MetricType
from nnstudio.project.session import Run
from nnstudio.series import Series
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.curves import CurvePanel
from nnstudio.ui.panels.parts.header import FlatCombo
from nnstudio.ui.panels.parts.legend import Key
from nnstudio.ui.panels.spec import PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.curve_plot import CurvePlot, Words

TOP = 102.0
"""Per cent: a little above the line at 100, so that a curve along it is seen."""
ACCURACY_NAME = "accuracy"


class AccuracyPanel(CurvePanel):
    """The share of samples that the network gets right, over the run; or the metric that is chosen instead.

    Of the others there is one number an epoch, and not of every epoch: making them takes time.
    """

    title = str(QT_TRANSLATE_NOOP("panels", "Accuracy"))
    icon = "check"
    rated = False

    def __init__(self, bridge: Bridge) -> None:
        self._metric = metrics()[ACCURACY_NAME]
        self._wanted = ACCURACY_NAME
        self.chooser = FlatCombo("")
        self.chooser.hide()
        super().__init__(bridge)
        self.chooser.setAccessibleName(self.tr("Which figure is drawn"))
        self.chooser.currentIndexChanged.connect(self._on_chosen)
        self.header.add_first(self.chooser)

    @property
    def drawn_metric(self) -> MetricType:
        """The one that is chosen, or the first that there is."""
        return self._metric

    def steps(self, run: Run) -> Series:
        return run.accuracies if self.trains else Series()

    def trained(self, row: EpochRow) -> float | None:
        return row.train_accuracy if self.trains else None

    def tested(self, row: EpochRow) -> float | None:
        return row.test_accuracy if self.trains else row.metrics.get(self._metric.name)

    @property
    def trains(self) -> bool:
        return self._metric.compute is None

    def refresh(self) -> None:
        self._offer()
        super().refresh()

    def make_plot(self) -> CurvePlot:
        from nnstudio.ui.panels.plots.curve_plot import CurvePlot

        if self._metric.format == "percent":
            return CurvePlot(self._words(), fixed=(0.0, TOP), suffix=" %", factor=100.0)
        return CurvePlot(self._words())

    # Inside

    def _words(self) -> Words:
        from nnstudio.ui.panels.plots.curve_plot import Words

        name = self.tr("test accuracy") if self.trains else self._metric.title
        return Words(
            step=self.tr("epoch {0} · step {1}"),
            train=self.tr("train accuracy {0}"),
            smooth=self.tr("mean of {1} steps {0}"),
            rate=self.tr("learning rate {0}"),
            strip=self.tr("learning rate"),
            gap=self.tr("gap {0}"),
            test=name + self.tr(" {0} after epoch {1}"),
            value=self.tr("{0:.2f} %") if self._metric.format == "percent" else "{0:.4g}",
        )

    def _legend(self) -> list[Key]:
        return super()._legend() if self.trains else [Key(self.tr("test"), "warning", dashed=True)]

    def _there(self) -> list[MetricType]:
        """Those that the run in front, or one beside it, has."""
        run = self.session.run if self.session else None
        runs = [run, *self.beside(run)] if run is not None else []
        known = {name for each in runs for row in each.history if row.metrics for name in row.metrics}
        judged = any(len(each.accuracies) or _last_accuracy(each) is not None for each in runs)
        return [each for name, each in metrics().items() if name in known or (each.compute is None and judged)]

    def _offer(self) -> None:
        """What can be chosen; what was chosen stays, or comes back with a run that has it."""
        there = self._there()
        names = [metric.name for metric in there]
        if names != [self.chooser.itemData(row) for row in range(self.chooser.count())]:
            with QSignalBlocker(self.chooser):
                self.chooser.clear()
                for metric in there:
                    self.chooser.addItem(metric.title, metric.name)
                    tip = Qt.ItemDataRole.ToolTipRole
                    self.chooser.setItemData(self.chooser.count() - 1, metric.summary, tip)
        self.chooser.setVisible(len(there) > 1 or (len(there) == 1 and there[0].compute is not None))
        self._show_metric(self._wanted if self._wanted in names else (names or [ACCURACY_NAME])[0])

    def _show_metric(self, name: str) -> None:
        with QSignalBlocker(self.chooser):
            self.chooser.setCurrentIndex(self.chooser.findData(name))
        metric = metrics()[name]
        self.chooser.setToolTip(metric.summary)
        if metric is not self._metric:
            self._metric, self.drawn_run = metric, None
            self.chooser.updateGeometry()
            self.plot = None

    def _on_chosen(self, row: int) -> None:
        self._wanted = str(self.chooser.itemData(row))
        self.schedule()

    def _advice(self) -> str:
        run = self.session.run if self.session else None
        if run is not None and (run.losses or run.epochs):
            return self.tr("This loss predicts numbers, not classes: there is no accuracy.")
        return self.tr("Press Train to see the accuracy rise.")


def _last_accuracy(run: Run) -> float | None:
    return run.history[-1].test_accuracy if run.history else None


ACCURACY = PanelType(
    key="accuracy",
    title=AccuracyPanel.title,
    icon=AccuracyPanel.icon,
    group="left",
    order=20,
    make=AccuracyPanel,
    summary=str(
        QT_TRANSLATE_NOOP("panels", "Share of samples that are right, or another figure: F1, AUC, R², perplexity.")
    ),
)
