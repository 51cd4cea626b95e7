"""What the network says of every place in the plane, or on the line, that its data lie in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint
from PySide6.QtGui import QPainter

from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui import colormaps
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts import shades
from nnstudio.ui.panels.parts.fit import Fit
from nnstudio.ui.panels.parts.footed import Footed
from nnstudio.ui.panels.parts.header import FlatCombo
from nnstudio.ui.panels.parts.legend import Key, Legend, ScaleBar
from nnstudio.ui.panels.parts.plane import Plane
from nnstudio.ui.panels.parts.suits import few_numbers
from nnstudio.ui.panels.parts.unit_choice import UnitChoice
from nnstudio.ui.panels.parts.view_menu import ViewMenu
from nnstudio.ui.panels.spec import Panel, PanelType

if TYPE_CHECKING:
    from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot
    from nnstudio.ui.panels.plots.fit_plot import FitPlot

RESOLUTION = 64


class BoundaryPanel(Panel):
    """The decision boundary under the points; of a network with one input, its curve over them."""

    title = str(QT_TRANSLATE_NOOP("panels", "Boundary"))
    icon = "boundary"
    plots = True

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.plot: BoundaryPlot | FitPlot | None = None
        self._waiting = True
        self.scale, self.legend = ScaleBar(), Legend()
        self.picture = Footed(self.scale, self.legend)
        self.set_body(self.picture)
        self.outputs = FlatCombo(self.tr("Which number of the prediction is shown"))
        self.outputs.activated.connect(self._ask)
        self.header.add_control(self.outputs)
        self.units = UnitChoice(bridge, self.header, self.tr("Whose lines are drawn: where a unit's output is zero"))
        self.units.changed.connect(self._ask)
        self._make_menu()
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._on_compiled)
        self._on_session(None)
        self._ask()

    def refresh(self) -> None:
        if self.plot is not None or self.plots_ready():
            super().refresh()

    def on_frame(self, frame: ProbeFrame) -> None:
        self._waiting = False
        self._list_outputs(frame)
        if "grid" in frame.arrays:
            self._show_plane(Plane.of(frame))
        else:
            self._show_fit(Fit.of(frame))
        self._show_controls(True)
        self.show_body()

    def on_problem(self, frame: ProbeFrame) -> None:
        super().on_problem(frame)
        self._waiting = False
        self._show_controls(False)

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        if self.plot is not None:
            self.plot.set_fine(True)
        super().paint_body(painter, at)
        if self.plot is not None:
            self.plot.set_fine(False)

    def rows(self) -> Iterable[Sequence[object]]:
        """Every cell of the picture, or every place of the curve."""
        if self.plot is None:
            return
        shown = self.plot.shown
        if isinstance(shown, Fit):
            yield from shown.rows(self.tr("unit {0}"))
            return
        yield "x", "y", *(("class", "confidence") if shown.classes is not None else ("value",))
        for row, column in np.ndindex(shown.grid.shape):
            value = float(shown.grid[row, column])
            cell = (value,) if shown.classes is None else (shown.name(int(shown.classes[row, column])), value)
            yield *shown.middle(row, column), *cell

    # The plane

    def _show_plane(self, plane: Plane) -> None:
        from nnstudio.ui.panels.plots.boundary_plot import BoundaryPlot

        if not isinstance(self.plot, BoundaryPlot):
            self.plot = BoundaryPlot()
            self.picture.set_picture(self.plot)
        self._show_parts()
        self.plot.draw(plane)
        self._explain(plane)
        self.colors.set_possible(plane.task != "values")
        self.edge.setVisible(plane.task != "values" and plane.classes is None)
        self.pieces.setVisible(False)
        self.show_caption(self._words(plane))

    def _explain(self, plane: Plane) -> None:
        """The scale bar and the legend."""
        many, values = plane.classes is not None, plane.task == "values"
        names = [(label, plane.name(label)) for label in sorted(set(plane.labels.tolist()) - {-1})] if many else []
        classes = [Key(name, shades.token(label, many), symbol=shades.symbol(label)) for label, name in names]
        if self._confident and not values:
            self.scale.set_scale(f"{100 * plane.least_confidence:.0f} %", "100 %", colormaps.viridis())
        elif values:
            low, high = plane.range
            self.scale.set_scale(f"{low:.3g}", f"{high:.3g}", plane.lut)
        elif not many:
            self.scale.set_scale(plane.name(0), plane.name(1), plane.lut)
        self.scale.setVisible(not many or self._confident)
        self.legend.set_keys([*classes, *self._parts()])

    def _words(self, plane: Plane) -> str:
        if plane.task == "values":
            return self.tr("predicted value")
        if self._confident:
            return self.tr("confidence")
        if plane.classes is not None:
            return self.tr("predicted class")
        return self.tr("probability of {0}").format(plane.spoken(1))

    @property
    def _confident(self) -> bool:
        return self.colors.chosen == "confidence"

    # The line

    def _show_fit(self, fit: Fit) -> None:
        from nnstudio.ui.panels.plots.fit_plot import FitPlot

        if not isinstance(self.plot, FitPlot):
            self.plot = FitPlot()
            self.picture.set_picture(self.plot)
        self._show_parts()
        self.plot.draw(fit)
        many = len(fit.curves) > 1
        names = [Key(fit.name(label), shades.token(label, many)) for label in range(len(fit.curves))] if many else []
        self.legend.set_keys([*(names or [Key(self._curve_name(fit), "accent")]), *self._parts()])
        self.scale.hide()
        self.colors.set_possible(False)
        self.edge.setVisible(False)
        self.pieces.setVisible(fit.pieces is not None)
        self.show_caption(self._fit_words(fit))

    def _curve_name(self, fit: Fit) -> str:
        return self.tr("fit") if fit.task == "values" else fit.name(1)

    def _fit_words(self, fit: Fit) -> str:
        if fit.task != "values":
            return self.tr("probability")
        if fit.pieces is None or fit.piece_count < 2 or not self.pieces.isChecked():
            return self.tr("fitted curve")
        if len(fit.pieces) < fit.piece_count:
            return self.tr("fitted curve · strongest {0} of {1} pieces").format(len(fit.pieces), fit.piece_count)
        return self.tr("fitted curve · {0} pieces").format(fit.piece_count)

    # What is shown of it

    def _make_menu(self) -> None:
        self.view = ViewMenu(self.tr("What is drawn"))
        self.train = self.view.add_tick(self.tr("Train points"), self.tr("The samples that it learns from"))
        self.test = self.view.add_tick(self.tr("Test points"), self.tr("The samples that are kept for testing"))
        line = self.tr("Where both classes are as likely")
        self.edge = self.view.add_tick(self.tr("Line between the classes"), line)
        added = self.tr("What each unit of the last layer adds to the curve: its weight times its activation")
        self.pieces = self.view.add_tick(self.tr("Pieces of the curve"), added)
        options = [("answer", self.tr("What it says")), ("confidence", self.tr("How sure it is"))]
        self.colors = self.view.add_choice(self.tr("Colours"), options, "answer")
        self.view.changed.connect(self._on_view)
        self.header.add_control(self.view, always=True)

    def _on_view(self) -> None:
        if self.plot is None or self.is_empty:
            return
        shown = self.plot.shown
        if isinstance(shown, Fit):
            self._show_fit(shown)
        else:
            self._show_plane(shown)

    def _show_parts(self) -> None:
        from nnstudio.ui.panels.plots.fit_plot import FitPlot

        train, test = self.train.isChecked(), self.test.isChecked()
        if isinstance(self.plot, FitPlot):
            self.plot.show_parts(train=train, test=test, pieces=self.pieces.isChecked())
        elif self.plot is not None:
            self.plot.show_parts(train=train, test=test, edge=self.edge.isChecked(), confident=self._confident)

    def _parts(self) -> list[Key]:
        train, test = Key(self.tr("train"), "muted", symbol="o"), Key(self.tr("test"), "muted", symbol="o", ring=True)
        return [*([train] if self.train.isChecked() else []), *([test] if self.test.isChecked() else [])]

    def _list_outputs(self, frame: ProbeFrame) -> None:
        """Where the prediction has several numbers, which of them."""
        found = frame.facts.get("outputs", 1)
        count = found if isinstance(found, int) else 1
        if count != self.outputs.count():
            self.outputs.clear()
            for number in range(count):
                self.outputs.addItem(self.tr("output {0}").format(number), number)
        self.outputs.setCurrentIndex(int(frame.facts.get("output", 0)))  # type: ignore[arg-type]  # of the probe

    def _show_controls(self, some: bool) -> None:
        self.legend.setVisible(some)
        self.view.setVisible(some)
        self.outputs.setVisible(some and self.outputs.count() > 1)
        self.units.show_where(some)
        if not some:
            self.scale.hide()

    def _ask(self, _what: object = None) -> None:
        node, unit = self.units.key, self.units.unit
        session = self.session
        if session is not None and session.steering.active:
            node = session.steering.following.name_then(node)
        options: dict[str, Option] = {"resolution": RESOLUTION, "output": max(self.outputs.currentIndex(), 0)}
        if node:
            options |= {"node": node, "unit": unit}
        self.subscribe_probe("boundary", options)

    # While there is nothing to show

    def _on_session(self, _session: object) -> None:
        self.show_caption("")
        self._show_controls(False)
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
        if self.session is None or not few_numbers(self.session.compiled):
            return self.tr(
                "Choose data with one or two numbers a sample, such as sine or moons, to see what it learns."
            )
        return self.obstacle() or self.waiting()


BOUNDARY = PanelType(
    key="boundary",
    title=BoundaryPanel.title,
    icon=BoundaryPanel.icon,
    group="middle",
    order=20,
    make=BoundaryPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "What the network says of every place its data lie among.")),
    suits=few_numbers,
)
