"""The weights of a node: as a picture with its scale, and while they are few as numbers that can be changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.project.session import Session
from nnstudio.project.weighing import Typed
from nnstudio.protocol import messages as msg
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui import colormaps
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.node_panel import NodePanel
from nnstudio.ui.panels.parts.density_map import DensityMap, Seen
from nnstudio.ui.panels.parts.first_weights import picture_shape
from nnstudio.ui.panels.parts.header import ElidedLabel, FlatCombo
from nnstudio.ui.panels.parts.heat_map import HeatMap
from nnstudio.ui.panels.parts.history import step_of
from nnstudio.ui.panels.parts.legend import ScaleBar
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.unit_tiles import UnitTiles
from nnstudio.ui.panels.parts.view_switch import ViewSwitch
from nnstudio.ui.panels.parts.weight_change import WeightChange
from nnstudio.ui.panels.parts.weight_table import WeightTable
from nnstudio.ui.panels.spec import PanelType

MOST_CELLS = 1024
"""Numbers that can be changed one by one; more of them are a picture."""
MOST_UNITS = 64
"""Of which there are pictures at once."""
NUMBERS, HISTOGRAM, PICTURES = "weights", "histogram", "features"
"""The views, by their icons."""
Cells = list[tuple[int, int]]


class WeightsPanel(NodePanel):
    """One tensor of the chosen node."""

    title = str(QT_TRANSLATE_NOOP("panels", "Weights"))
    icon = "weights"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.table, self.map = WeightTable(), HeatMap()
        self.views = QStackedWidget()
        self.views.addWidget(self.table)
        self.views.addWidget(self.map)
        self.density, self.tiles = DensityMap(), UnitTiles()
        self.views.addWidget(self.density)
        self.views.addWidget(self.tiles)
        self.figures = ElidedLabel()
        self.figures.setProperty("class", "muted")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.views, 1)
        self.scale = ScaleBar()
        self.scale.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.addWidget(self.figures, 1)
        row.addWidget(self.scale)
        column.addLayout(row)
        self.set_body(body)
        self.choose_among(_has_weights, self.tr("Node whose weights are shown"))
        self.tensors = FlatCombo(self.tr("Which of its tensors is shown"))
        self.switch = ViewSwitch(
            (
                (NUMBERS, self.tr("Numbers, or a heat map of many")),
                (HISTOGRAM, self.tr("Histogram over time")),
                (PICTURES, self.tr("What each unit looks for, as pictures")),
            )
        )
        self.header.add_control(self.tensors)
        self.header.add_control(self.switch)
        self._chosen = self._tensor = ""
        """The node and its tensor that are asked for."""
        self._shape: tuple[int, ...] = ()
        self._frame: ProbeFrame | None = None
        self._words = ""
        self._view, self._pictures = NUMBERS, False
        self._seen = Seen()
        self.change = WeightChange(bridge, self)
        self.change.refused.connect(self._refused)
        self.tensors.activated.connect(self._on_tensor)
        self.switch.chosen.connect(self.choose_view)
        self.table.typed.connect(self._typed)
        self.map.pointed.connect(self._pointed)
        self.tiles.pointed.connect(self._pointed)
        self.begin()

    @property
    def tensor(self) -> str:
        """The name, as in the state dict, of what is shown."""
        return self._tensor

    def choose_tensor(self, name: str) -> None:
        """Show another tensor of the node, by its name in the state dict."""
        self._tensor = name
        self.ask()

    def choose_view(self, view: str) -> None:
        """See the numbers, how they are distributed over time, or what each unit looks for."""
        self._view = view
        self.ask()

    def _on_tensor(self, index: int) -> None:
        self.choose_tensor(str(self.tensors.itemData(index)))

    # What the engine tells

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        for control in (self.tensors, self.switch):
            control.hide()

    def on_frame(self, frame: ProbeFrame) -> None:
        if self.table.dragging:  # it is of before the last move
            return
        self._frame = frame
        self._tensor = self.name_now(str(frame.facts.get("tensor", "")))
        self._list_tensors(frame)
        told = str(frame.facts.get("tensor", ""))
        shape = frame.facts.get(f"shape:{told}")
        self._shape = tuple(int(size) for size in shape) if isinstance(shape, list) else ()
        self._offer_views()
        run = self.session.run if self.session else None
        self._seen.take(frame, step_of(frame, self.session), self.key, self._tensor, run)
        array = next(iter(frame.arrays.values()), None)
        if array is not None and "histogram" not in frame.arrays:
            self._show(array.numpy().astype(np.float64), frame, told)
        elif "histogram" in frame.arrays:
            self.density.show_history(self._seen.counts)
            self._tell(frame, told, (), self.density)

    def _show(self, array: NDArray[np.float64], frame: ProbeFrame, told: str) -> None:
        whole = "values" in frame.arrays
        low, high = _figure(frame, "low", told), _figure(frame, "high", told)
        reach = (max(abs(low), abs(high)) if np.isfinite([low, high]).all() else 1.0) or 1.0
        self.scale.set_scale(number_text(-reach), number_text(reach), colormaps.diverging())
        if "units" in frame.arrays:
            self._show_units(array, reach, frame, told)
            return
        values = as_matrix(array) if whole else array
        small = whole and values.size <= MOST_CELLS
        (self.table.weights if small else self.map).show_values(values, reach)
        self._tell(frame, told, () if whole else values.shape, self.table if small else self.map)

    def _show_units(self, array: NDArray[np.float64], reach: float, frame: ProbeFrame, told: str) -> None:
        shape = self._picture_shape()
        if shape is None:  # the drawing has changed since
            return
        self.tiles.show_units(array.astype(np.float32).reshape(-1, *shape), reach)
        self._tell(frame, told, (), self.tiles)
        if len(array) < self._shape[0]:
            self._words += " · " + self.tr("first {0} of {1} units").format(len(array), self._shape[0])
            self.figures.setText(self._words)

    def _tell(self, frame: ProbeFrame, told: str, patches: tuple[int, ...], shown: QWidget) -> None:
        """Bring a view to the front, with the figures below."""
        self.views.setCurrentWidget(shown)
        self.scale.setVisible(shown is not self.density)
        self._words = self._figures_of(frame, told, patches)
        self.figures.setText(self._words)
        self.show_caption("×".join(map(str, self._shape)) or self.tr("one number"))
        self.show_body()

    def _offer_views(self) -> None:
        """Pictures only where there are some; what is seen now may be no longer possible."""
        self._pictures = self._picture_shape() is not None
        possible = [NUMBERS, HISTOGRAM, *([PICTURES] if self._pictures else [])]
        view = self._view if self._view in possible else NUMBERS
        self.switch.show_view(view, possible)
        self.switch.show()
        self.ask()

    def _picture_shape(self) -> tuple[int, ...] | None:
        session = self.session
        return picture_shape(self.bridge.sheet, session.compiled, self._chosen, self._shape) if session else None

    def _figures_of(self, frame: ProbeFrame, told: str, patches: tuple[int, ...]) -> str:
        mean, deviation = (number_text(_figure(frame, what, told)) for what in ("mean", "std"))
        words = [self.tr("mean {0}").format(mean), self.tr("std {0}").format(deviation)]
        if patches and int(np.prod(patches)) < int(np.prod(self._shape)):
            words.append(self.tr("means over patches, {0}×{1} of them").format(*patches))
        if f"trained:{told}" not in frame.facts:
            words.append(self.tr("not trained"))
        return " · ".join(words)

    def _list_tensors(self, frame: ProbeFrame) -> None:
        told = frame.facts.get("tensors")
        names = [self.name_now(str(name)) for name in told] if isinstance(told, list) else []
        if [self.tensors.itemData(row) for row in range(self.tensors.count())] != names:
            self.tensors.clear()
            for name in names:
                self.tensors.addItem(name.removeprefix(f"{self.key}."), name)
        self.tensors.setCurrentIndex(self.tensors.findData(self._tensor))
        self.tensors.setVisible(len(names) > 1)

    def _pointed(self, words: str) -> None:
        self.figures.setText(words or self._words)

    # What the person types

    def _typed(self, cells: Cells, values: NDArray[np.float64], more: bool) -> None:
        """Told at the cell where it can not be."""
        self.change.ask(lambda session: self._set(session, cells, values, more))

    def _set(
        self, session: Session, cells: Cells, values: NDArray[np.float64], more: bool
    ) -> Future[msg.AnyReply] | None:
        if self._is_parameter() and not session.steering.active and not session.weighing.is_trained(self._tensor):
            whole = self.table.weights.values.reshape(self._shape)
            session.weighing.set_parameter(self._chosen, whole.tolist(), more=more)
            return None
        return session.weighing.set(typed_in(self._tensor, self._shape, cells, values), more=more)

    def _refused(self, message: str, fix: str) -> None:
        """The numbers as they are, and why they are not others."""
        if self._frame is not None:
            self.on_frame(self._frame)
        self.table.refuse(f"{message} {fix}".strip())

    def _is_parameter(self) -> bool:
        """Whether the number stands in the drawing itself, as that of a Value node."""
        return self._tensor == self.key and "value" in self.bridge.sheet.node(self._chosen).params

    # What can be chosen

    def rows(self) -> Iterable[Sequence[object]]:
        """Every number that is shown."""
        shown = self.views.currentWidget()
        if shown is self.density:
            yield from self.density.rows()
            return
        units = ("unit", "channel", "row", "column", "value"), self.tiles.values
        matrix = ("row", "column", "value"), self.table.weights.values if shown is self.table else self.map.values
        names, values = units if shown is self.tiles else matrix
        yield names
        for place in np.ndindex(values.shape):
            yield *place, float(values[place])

    def picture_line(self) -> str:
        return " · ".join(filter(None, (self.windowTitle(), self._tensor, self.header.caption)))

    def forget(self) -> None:
        self._chosen = self._tensor = ""
        self._frame = None
        self._view, self._seen = NUMBERS, Seen()

    def on_choice(self) -> None:
        if self._chosen != self.choice.node:
            self._chosen, self._tensor = self.choice.node, ""

    def advice(self) -> str:
        return self.tr("Add a Linear or a Conv2d to see its weights.")

    def ask(self, _what: object = None) -> None:
        if self.key:
            options: dict[str, Option] = {"node": self.name_then(self.key), "tensor": self.name_then(self._tensor)}
            if self._view == HISTOGRAM:
                options["histogram"] = True
            elif self._view == PICTURES and self._pictures:
                options["units"] = MOST_UNITS
            self.subscribe_probe("weights", options)
        else:
            self.subscribe_probe("", {})


def _has_weights(_node: Node, facts: NodeFacts) -> bool:
    return bool(facts.weights)


def as_matrix(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first axis down, the others across; one row for a vector or a number."""
    return values.reshape(1, -1) if values.ndim < 2 else values.reshape(len(values), -1)


def typed_in(name: str, shape: tuple[int, ...], cells: Cells, values: NDArray[np.float64]) -> list[Typed]:
    """Numbers at cells of the matrix, as they are set: all at once, or one by one so that the others stay untouched."""
    columns = int(np.prod(shape[1:])) if len(shape) > 1 else int(np.prod(shape))
    places = [row * columns + column for row, column in cells]
    if places == list(range(int(np.prod(shape)))):
        return [Typed(name, values.reshape(shape))]
    indices = [tuple(map(int, np.unravel_index(place, shape))) if shape else () for place in places]
    return [Typed(name, np.array(value), index) for index, value in zip(indices, values, strict=True)]


def _figure(frame: ProbeFrame, what: str, tensor: str) -> float:
    found = frame.facts.get(f"{what}:{tensor}", 0.0)
    return float(found) if isinstance(found, int | float) else 0.0


WEIGHTS = PanelType(
    key="weights",
    title=WeightsPanel.title,
    icon=WeightsPanel.icon,
    group="middle",
    order=15,
    make=WeightsPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "The weights of a node, to be seen and changed.")),
)
