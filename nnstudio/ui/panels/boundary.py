"""What the network says of every place in the plane that two-dimensional data lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint
from PySide6.QtGui import QPainter

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts import shades
from nnstudio.ui.panels.parts.legend import Key, Legend, ScaleBar
from nnstudio.ui.panels.parts.plane import Plane
from nnstudio.ui.panels.parts.suits import points
from nnstudio.ui.panels.spec import Panel, PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot

RESOLUTION = 64


class BoundaryPanel(Panel):
    """The decision boundary under the points."""

    title = str(QT_TRANSLATE_NOOP("panels", "Boundary"))
    icon = "boundary"
    plots = True

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.plot: BoundaryPlot | None = None
        self._waiting = True
        self.scale, self.legend = ScaleBar(), Legend()
        self.header.add_key(self.scale)
        self.header.add_key(self.legend)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._on_compiled)
        self._on_session(None)
        self.subscribe_probe("boundary", {"resolution": RESOLUTION})

    def refresh(self) -> None:
        if self.plot is not None or self.plots_ready():
            super().refresh()

    def on_frame(self, frame: ProbeFrame) -> None:
        self._waiting = False
        if self.plot is None:
            from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot

            self.plot = BoundaryPlot()
            self.set_body(self.plot)
        plane = Plane.of(frame)
        self.plot.draw(plane)
        self._explain(plane)
        self.show_caption(self._words(plane))
        self.show_body()

    def on_problem(self, frame: ProbeFrame) -> None:
        super().on_problem(frame)
        self._waiting = False
        self._hide_keys()

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        if self.plot is not None:
            self.plot.set_fine(True)
        super().paint_body(painter, at)
        if self.plot is not None:
            self.plot.set_fine(False)

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

    def _explain(self, plane: Plane) -> None:
        """The scale bar and the legend."""
        muted = "muted"
        keys = [Key(self.tr("train"), muted, symbol="o"), Key(self.tr("test"), muted, symbol="o", ring=True)]
        many = plane.classes is not None
        if many:
            names = [(label, plane.name(label)) for label in sorted(set(plane.labels.tolist()) - {-1})]
            keys = [
                *(Key(name, shades.token(n, many), symbol=shades.symbol(n)) for n, name in names),
                *keys,
            ]
        elif plane.task == "values":
            low, high = plane.range
            self.scale.set_scale(f"{low:.3g}", f"{high:.3g}", plane.lut)
        else:
            self.scale.set_scale(plane.name(0), plane.name(1), plane.lut)
        self.scale.setVisible(not many)
        self.legend.set_keys(keys)
        self.legend.show()

    def _hide_keys(self) -> None:
        self.scale.hide()
        self.legend.hide()

    def _words(self, plane: Plane) -> str:
        if plane.task == "values":
            return self.tr("predicted value")
        if plane.classes is not None:
            return self.tr("predicted class")
        return self.tr("probability of {0}").format(plane.spoken(1))

    def _on_session(self, _session: object) -> None:
        self.show_caption("")
        self._hide_keys()
        self.show_empty(self._advice())
        self._waiting = True

    def _on_compiled(self, _compiled: object) -> None:
        """Advice follows the drawing; a picture goes with it."""
        if not self.drawn and not self.header.frozen:
            self._on_session(None)
        elif self._waiting:
            self.show_empty(self._advice())

    def _advice(self) -> str:
        """While there is no frame: what would bring one."""
        if self.session is None or not points(self.session.compiled):
            return self.tr("Choose data with two numbers a sample, such as moons, to see the decision boundary.")
        return self.obstacle() or self.waiting()


BOUNDARY = PanelType(
    key="boundary",
    title=BoundaryPanel.title,
    icon=BoundaryPanel.icon,
    group="middle",
    order=20,
    make=BoundaryPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "What the network says of every place in the plane of its data.")),
    suits=points,
)
