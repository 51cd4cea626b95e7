"""Every unit of every layer as a small map over the plane, joined by wires that are the weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnstudio.project.weighing import Typed
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui import colormaps
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.texts import digits
from nnstudio.ui.panels.parts.legend import ScaleBar
from nnstudio.ui.panels.parts.suits import points
from nnstudio.ui.panels.parts.unit_layout import columns_for, room_for
from nnstudio.ui.panels.parts.unit_map import FOOT, HEAD, UnitMap
from nnstudio.ui.panels.parts.unit_view import UnitView
from nnstudio.ui.panels.parts.units import Place, Unit, Units
from nnstudio.ui.panels.parts.weight_change import WeightChange
from nnstudio.ui.panels.spec import Panel, PanelType

MOST_UNITS, MOST_LAYERS = 16, 12
RESOLUTION, FINE = 28, 64
"""Cells along a side of a small map, and of the large one where there is time for it."""
LARGE = 0.34
"""Share of the width for the large map at most."""
SPACING = 24
NARROW = 340
"""With less width there is no large map."""


class Body(QWidget):
    """The network, and at its right one unit large."""

    def __init__(self) -> None:
        super().__init__()
        self.view, self.map = UnitView(), UnitMap()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.view, 1)
        row.addWidget(self.map)

    @property
    def room_for_layers(self) -> int:
        """The width of the network."""
        return self.width() - (self._large() + SPACING if self.width() >= NARROW else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.map.setVisible(self.width() >= NARROW)
        self.map.setFixedWidth(self._large())

    def _large(self) -> int:
        return max(1, int(min(self.height() - HEAD - FOOT, LARGE * self.width())))


class NeuronsPanel(Panel):
    """What TensorFlow Playground shows, of any network whose data are points in a plane."""

    title = str(QT_TRANSLATE_NOOP("panels", "Neurons"))
    icon = "neurons"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.net = Body()
        self.view, self.map = self.net.view, self.net.map
        self.set_body(self.net)
        self.scale, self.words = ScaleBar(), QLabel(self.tr("weights"))
        self.words.setProperty("class", "muted")
        self.words.setToolTip(
            self.tr(
                "The larger, the thicker; negative ones are dashed, and negative biases have a minus. "
                "Click a wire to type a weight, or drag it up or down."
            )
        )
        self.header.add_key(self.words)
        self.header.add_key(self.scale)
        self._chosen: tuple[str, int] | None = None
        """The layer, by its name, and the unit that are shown large while no other is pointed at."""
        self._pointed: Unit | None = None
        self._told: Units | None = None
        """The newest that the engine told."""
        self.view.pointed.connect(self._on_pointed)
        self.view.chosen.connect(self._on_chosen)
        self.view.typed.connect(self._typed)
        self.change = WeightChange(bridge, self)
        self.change.refused.connect(self._refused)
        self.view.room_changed.connect(self._ask)
        self.header.frozen_changed.connect(self._on_frozen)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._on_compiled)
        bridge.run_changed.connect(self._ask)
        self._on_session(None)

    # What the engine tells

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        self._show_keys(False)

    def _show_keys(self, shown: bool) -> None:
        for key in (self.words, self.scale):
            key.setVisible(shown)

    def on_frame(self, frame: ProbeFrame) -> None:
        units = self._told = Units.of(frame, self.name_now)
        self.view.show_units(units)
        self.view.choose(self._choice())
        self._show_large()
        reach = digits(units.reach, ".2g")
        self.scale.set_scale(f"−{reach}", reach, colormaps.diverging())
        self._show_keys(bool(units.joints))
        self.show_caption(self._words(units))
        self.show_body()
        self._ask()

    def on_room(self) -> None:
        self._ask()

    def _words(self, units: Units) -> str:
        words = self.tr("every unit over the plane")
        shown, count = len(units.layers), units.layer_count
        cut = self.tr("first {0} and the last of {1} layers").format(shown - 1, count) if shown < count else ""
        return " · ".join(filter(None, (cut, words)))

    # The large map

    @property
    def large(self) -> Unit | None:
        """The unit under the mouse, or the chosen one, or what the network answers with: of two classes the second."""
        units = self.view.units
        if units is None:
            return None
        last = len(units.layers) - 1
        answers = len(units.layers[last].maps)
        return self._pointed or self._choice() or (last, 1 if answers == 2 else 0)

    def _choice(self) -> Unit | None:
        """The chosen unit, where it is among those that are shown."""
        units = self.view.units
        if units is None or self._chosen is None:
            return None
        name, unit = self._chosen
        found = (number for number, layer in enumerate(units.layers) if layer.name == name and unit < len(layer.maps))
        layer = next(found, None)
        return None if layer is None else (layer, unit)

    def _show_large(self) -> None:
        units, unit = self.view.units, self.large
        if units is None or unit is None:
            return
        layer = units.layers[unit[0]]
        fine = units.fine is not None and units.fine[:2] == unit
        cells = units.fine[2] if units.fine is not None and fine else layer.maps[unit[1]]
        self.map.show_unit(units.unit_name(*unit), cells, layer.reach, units)

    def _on_pointed(self, unit: Unit | None) -> None:
        self._pointed = unit
        self._show_large()
        self._ask()

    def _on_chosen(self, unit: Unit) -> None:
        """Once more the same: none."""
        units = self.view.units
        if units is not None:
            chosen = (units.layers[unit[0]].name, unit[1])
            self._chosen = None if chosen == self._chosen else chosen
            self.view.choose(self._choice())
            self._show_large()
            self._ask()

    # What the person changes

    def _typed(self, place: Place, value: float, more: bool) -> None:
        """Told at the number where it can not be."""
        units = self.view.units
        if units is not None:
            typed = Typed(units.tensor(place), np.array(value), place.index)
            self.change.ask(lambda session: session.weighing.set([typed], more=more))

    def _refused(self, message: str, fix: str) -> None:
        """The number as it is, and why it is not another."""
        if self._told is not None:
            self.view.take_back(self._told)
        self.view.refuse(f"{message} {fix}".strip())

    def _on_frozen(self, frozen: bool) -> None:
        """A kept picture is read and not changed."""
        self.view.editable = not frozen

    # What can be taken away

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        self.map.set_fine(True)
        super().paint_body(painter, at)
        self.map.set_fine(False)

    def rows(self) -> Iterable[Sequence[object]]:
        """Every weight and bias, and every cell of every map."""
        units = self.view.units
        if units is None:
            return
        yield "what", "layer", "unit", "from", "x", "y", "value"
        for joint in units.joints:
            layer, source = units.layers[joint.target].name, units.layers[joint.source].name
            for unit, number in np.ndindex(joint.weights.shape):
                yield "weight", layer, unit, f"{source}[{number}]", "", "", float(joint.weights[unit, number])
            for unit, value in enumerate([] if joint.biases is None else joint.biases.tolist()):
                yield "bias", layer, unit, "", "", "", value
        yield from _cells(units)

    # What is asked for

    @property
    def _unhurried(self) -> bool:
        """In training, finer cells are for a unit that somebody wants to see: they take twice the time of a frame."""
        training = self.session is not None and self.session.run.state == "training"
        return not training or self._pointed is not None or self._choice() is not None

    def _ask(self, _run: object = None) -> None:
        units, unit = self.view.units, self.large
        options: dict[str, Option] = {
            "resolution": RESOLUTION,
            "units": min(room_for(self.net.height()), MOST_UNITS),
            "layers": min(columns_for(self.net.room_for_layers), MOST_LAYERS),
        }
        if units is not None and unit is not None and self._unhurried and not self.map.isHidden():
            options |= {"layer": self.name_then(units.layers[unit[0]].name), "unit": unit[1], "fine": FINE}
        self.subscribe_probe("neurons", options)

    def _on_session(self, _session: object) -> None:
        self._chosen = self._pointed = self._told = None
        self.view.clear()
        self.show_caption("")
        self.show_empty(self._advice())
        self._ask()

    def _on_compiled(self, _compiled: object) -> None:
        """Advice follows the drawing; a picture goes with it."""
        if not self.header.frozen and (self.is_empty or not self.drawn):
            self._on_session(None)

    def _advice(self) -> str:
        """What would bring units to show."""
        if self.session is None or not points(self.session.compiled):
            return self.tr("Choose data with two numbers a sample, such as moons, to see what each unit makes of them.")
        return self.obstacle() or self.waiting()


def _cells(units: Units) -> Iterable[Sequence[object]]:
    x0, x1, y0, y1 = units.edges
    for layer in units.layers:
        _, rows, columns = layer.maps.shape
        for unit, row, column in np.ndindex(layer.maps.shape):
            x, y = x0 + (column + 0.5) / columns * (x1 - x0), y0 + (row + 0.5) / rows * (y1 - y0)
            yield "activation", layer.name, unit, "", x, y, float(layer.maps[unit, row, column])


NEURONS = PanelType(
    key="neurons",
    title=NeuronsPanel.title,
    icon=NeuronsPanel.icon,
    group="middle",
    order=22,
    make=NeuronsPanel,
    open=False,
    summary=str(QT_TRANSLATE_NOOP("panels", "Every unit of every layer over the plane, joined by its weights.")),
    suits=points,
)
