"""What the network says of every place in the plane that two-dimensional data lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.header import Key, Legend
from nnstudio.ui.panels.parts.plane import Plane
from nnstudio.ui.panels.parts.warm import warm_up
from nnstudio.ui.panels.spec import Panel, PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot

RESOLUTION = 64


class BoundaryPanel(Panel):
    """The decision boundary under the points."""

    title = QT_TRANSLATE_NOOP("panels", "Boundary")
    icon = "boundary"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.plot: BoundaryPlot | None = None
        train, test = Key(self.tr("train"), "muted", dot=True), Key(self.tr("test"), "muted", ring=True)
        self.legend = Legend([train, test])
        self.header.add_control(self.legend)
        bridge.session_changed.connect(self._on_session)
        self._on_session(None)
        self.subscribe_probe("boundary", {"resolution": RESOLUTION})

    def on_frame(self, frame: ProbeFrame) -> None:
        if self.plot is None:
            from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot

            self.plot = BoundaryPlot()
            self.set_body(self.plot)
        plane = Plane.of(frame)
        self.plot.draw(plane)
        self.legend.show()
        self.header.set_caption(self._caption(plane))
        self.show_body()

    def on_problem(self, frame: ProbeFrame) -> None:
        super().on_problem(frame)
        self.legend.hide()

    def rows(self) -> Iterable[Sequence[object]]:
        """Every cell of the picture."""
        if self.plot is None:
            return
        plane = self.plot.plane
        yield "x", "y", *(("class", "confidence") if plane.classes is not None else ("value",))
        for row, column in np.ndindex(plane.grid.shape):
            value = float(plane.grid[row, column])
            cell = (value,) if plane.classes is None else (plane.name(int(plane.classes[row, column])), value)
            yield *plane.middle(row, column), *cell

    # Inside

    def _caption(self, plane: Plane) -> str:
        if plane.task == "values":
            return self.tr("predicted value")
        if plane.classes is not None:
            return self.tr("predicted class")
        return self.tr("probability of {0}").format(plane.spoken(1))

    def _on_session(self, _session: object) -> None:
        self.header.set_caption("")
        self.legend.hide()
        self.show_empty(self.tr("The decision boundary of data with two numbers a sample, such as moons, shows here."))
        if self.isVisible():
            warm_up()


BOUNDARY = PanelType(
    key="boundary",
    title=BoundaryPanel.title,
    icon=BoundaryPanel.icon,
    group="middle",
    order=20,
    make=BoundaryPanel,
    summary=QT_TRANSLATE_NOOP("panels", "What the network says of every place in the plane of its data."),
)
