"""The loss: of every step, smoothed, and on the test set after each epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from nnstudio.graph.training import EpochRow
from nnstudio.session import Run
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.curves import CurvePanel
from nnstudio.ui.panels.parts.header import FlatCombo
from nnstudio.ui.panels.spec import PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.curve_plot import CurvePlot


class LossPanel(CurvePanel):
    """How wrong the network is, over the run."""

    title = str(QT_TRANSLATE_NOOP("panels", "Loss"))
    icon = "loss-curve"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.scale = FlatCombo(self.tr("Scale of the loss axis"))
        self.scale.addItem(self.tr("linear"), False)
        self.scale.addItem(self.tr("log"), True)
        self.scale.setCurrentIndex(1)
        self.scale.currentIndexChanged.connect(self._on_scale)
        self.header.add_control(self.scale, always=True)

    @property
    def log(self) -> bool:
        return bool(self.scale.currentData())

    def steps(self, run: Run) -> Sequence[float]:
        return run.losses

    def trained(self, row: EpochRow) -> float | None:
        return row.train_loss

    def tested(self, row: EpochRow) -> float | None:
        return row.test_loss

    def make_plot(self) -> CurvePlot:
        from nnstudio.ui.panels.plots.curve_plot import CurvePlot, Words

        words = Words(
            step=self.tr("epoch {0} · step {1}"),
            train=self.tr("train loss {0}"),
            smooth=self.tr("mean of {1} steps {0}"),
            test=self.tr("test loss {0} after epoch {1}"),
        )
        plot = CurvePlot(words)
        plot.left.log = self.log
        return plot

    def _advice(self) -> str:
        return self.tr("Press Train to see the loss fall.")

    def _on_scale(self, _index: int) -> None:
        if self.plot is not None:
            self.plot.set_log(self.log)


LOSS = PanelType(
    key="loss",
    title=LossPanel.title,
    icon=LossPanel.icon,
    group="left",
    order=10,
    make=LossPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Loss of every step and on the test set.")),
)
