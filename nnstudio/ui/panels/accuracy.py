"""The accuracy: of every step, smoothed, and on the test set after each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from nnstudio.graph.training import EpochRow
from nnstudio.session import Run
from nnstudio.ui.panels.curves import CurvePanel
from nnstudio.ui.panels.spec import PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.curve_plot import CurvePlot

TOP = 102.0
"""Per cent: a little above the line at 100, so that a curve along it is seen."""


class AccuracyPanel(CurvePanel):
    """The share of samples that the network gets right, over the run."""

    title = str(QT_TRANSLATE_NOOP("panels", "Accuracy"))
    icon = "check"

    def steps(self, run: Run) -> Sequence[float]:
        return run.accuracies

    def trained(self, row: EpochRow) -> float | None:
        return row.train_accuracy

    def tested(self, row: EpochRow) -> float | None:
        return row.test_accuracy

    def make_plot(self) -> CurvePlot:
        from nnstudio.ui.panels.plots.curve_plot import CurvePlot, Words

        words = Words(
            step=self.tr("epoch {0} · step {1}"),
            train=self.tr("train accuracy {0}"),
            smooth=self.tr("mean of {1} steps {0}"),
            test=self.tr("test accuracy {0} after epoch {1}"),
            value=self.tr("{0:.2f} %"),
        )
        return CurvePlot(words, fixed=(0.0, TOP), suffix=" %", factor=100.0)

    def _advice(self) -> str:
        run = self.session.run if self.session else None
        if run is not None and (run.losses or run.epochs):
            return self.tr("This loss predicts numbers, not classes: there is no accuracy.")
        return self.tr("Press Train to see the accuracy rise.")


ACCURACY = PanelType(
    key="accuracy",
    title=AccuracyPanel.title,
    icon=AccuracyPanel.icon,
    group="left",
    order=20,
    make=AccuracyPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Share of samples that are right, in training and on the test set.")),
)
