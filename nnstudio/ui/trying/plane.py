"""A point that is dragged over the plane of the data, with what the network says of every place as its ground."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QVBoxLayout

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.panels.parts.plane import Plane
from nnstudio.ui.panels.plots.point_plot import PointPlot
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.ways import Floats, Way


class PlaneEditor(Editor):
    """Begins at the test sample."""

    def __init__(self, way: Way) -> None:
        super().__init__(way)
        self.plot = PointPlot()
        self.plot.setToolTip("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.setFocusProxy(self.plot)
        self.plot.dragged.connect(self.made)
        self.show_sample(way.sample)

    def numbers(self) -> list[float]:
        return [*self.plot.point_shown]

    def show_sample(self, sample: Floats) -> None:
        x, y = (float(number) for number in np.nan_to_num(sample.reshape(-1)))
        self.plot.show_point(x, y)

    def show_frame(self, frame: ProbeFrame) -> None:
        if "grid" in frame.arrays:
            self.plot.draw(Plane.of(frame))

    @property
    def remark(self) -> str:
        names = self.way.columns
        return "  ".join(f"{name} {value:.3g}" for name, value in zip(names, self.plot.point_shown, strict=True))
