"""The loss: of every step, smoothed, and on the test set after each epoch."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel

from nnstudio.graph.training import EpochRow
from nnstudio.project.session import Run
from nnstudio.series import Series
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.curves import CurvePanel
from nnstudio.ui.panels.parts.header import FlatCombo
from nnstudio.ui.panels.spec import PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.curve_plot import CurvePlot, Curves, Words

_LINEAR, _LOG = 0, 1


class LossPanel(CurvePanel):
    """How wrong the network is, over the run."""

    title = str(QT_TRANSLATE_NOOP("panels", "Loss"))
    icon = "loss-curve"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._wanted = _LOG
        self.scale = FlatCombo(self.tr("Scale of the loss axis"))
        self.scale.addItem(self.tr("linear"), False)
        self.scale.addItem(self.tr("log"), True)
        self.scale.setCurrentIndex(_LOG)
        self.scale.currentIndexChanged.connect(self._on_scale)
        self.header.add_control(self.scale, always=True)

    @property
    def log(self) -> bool:
        return bool(self.scale.currentData())

    def steps(self, run: Run) -> Series:
        return run.losses

    def trained(self, row: EpochRow) -> float | None:
        return row.train_loss

    def tested(self, row: EpochRow) -> float | None:
        return row.test_loss

    def make_plot(self) -> CurvePlot:
        from nnstudio.ui.panels.plots.curve_plot import CurvePlot

        plot = CurvePlot(self._words())
        plot.left.log = self.log
        return plot

    def _advice(self) -> str:
        return self.tr("Press Train to see the loss fall.")

    def _words(self) -> Words:
        from nnstudio.ui.panels.plots.curve_plot import Words

        return Words(
            step=self.tr("epoch {0} · step {1}"),
            train=self.tr("train loss {0}") if self.tests else self.tr("loss {0}"),
            smooth=self.tr("mean of {1} steps {0}"),
            rate=self.tr("learning rate {0}"),
            strip=self.tr("learning rate"),
            gap=self.tr("gap {0}"),
            test=self.tr("test loss {0} after epoch {1}"),
        )

    def _curves(self, run: Run) -> Curves:
        curves = super()._curves(run)
        lowest = [series.lowest for series in (curves.train, *(beside.series for beside in curves.besides))]
        known = (
            curves.test,
            curves.means,
            *(beside.values for beside in curves.besides),
            *(band.low for band in curves.bands),
        )
        self._allow_log(min(lowest) > 0 and not any(((values <= 0) & (values > -inf)).any() for values in known))
        if self.plot is not None:
            self.plot.words = self._words()
        return curves

    def _allow_log(self, possible: bool) -> None:
        """There is no logarithm of zero or less: the axis is linear meanwhile, and as it was chosen again after."""
        rows = self.scale.model()
        assert isinstance(rows, QStandardItemModel)
        if possible == rows.item(_LOG).isEnabled():
            return
        tip = "" if possible else self.tr("Some losses are zero or less, and those have no logarithm.")
        rows.item(_LOG).setEnabled(possible)
        self.scale.setItemData(_LOG, tip, Qt.ItemDataRole.ToolTipRole)
        self.scale.setToolTip(tip or self.scale.accessibleName())
        with QSignalBlocker(self.scale):
            self.scale.setCurrentIndex(self._wanted if possible else _LINEAR)
        self.scale.updateGeometry()
        self._set_log()

    def _on_scale(self, index: int) -> None:
        self._wanted = index
        self._set_log()

    def _set_log(self) -> None:
        if self.plot is not None and self.plot.log != self.log:
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
