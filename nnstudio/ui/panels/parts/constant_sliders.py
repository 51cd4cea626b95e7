"""Sliders for the numbers that stand in the drawing itself: those of a Value or a Constant."""

from __future__ import annotations

from math import prod

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.graph.nodes import Node
from nnstudio.params import TensorParam
from nnstudio.project.session import Trouble
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.number_sliders import NumberSliders
from nnstudio.ui.panels.parts.tensor_slice import Slice
from nnstudio.ui.panels.parts.weight_change import WeightChange

MANY = 8
"""Numbers that have a slider each; of more, the chosen one has one."""
MOST = 4096


class ConstantSliders(QWidget):
    """Shows itself for what can be changed. One drag is one step of the document, and seen everywhere at once."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.sliders = NumberSliders()
        self._change = WeightChange(bridge, self)
        self._change.refused.connect(self._refused)
        self._node: Node | None = None
        self._key = ""
        self._shape: tuple[int, ...] = ()
        self._slice = Slice()
        self._chosen: tuple[int, int] = (0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sliders)
        self.sliders.moved.connect(self._on_moved)
        self.hide()

    def show_slice(self, node: Node | None, key: str, slice_: Slice) -> None:
        """Numbers that a node puts out, and what the engine calls it."""
        possible = (
            node is not None and _holds_numbers(node) and len(slice_.shape) < 3 and 0 < prod(slice_.shape) <= MOST
        )
        self.setVisible(possible)
        if not possible:
            self._node = None
            return
        anew = self._node is None or node is None or self._node.id != node.id or self._shape != slice_.shape
        if anew:
            self._chosen = (0, 0)
        self._node, self._key, self._shape, self._slice = node, key, slice_.shape, slice_
        self._show(anew=anew)

    def choose(self, row: int, column: int) -> None:
        """Which of many has the slider."""
        if self._node is not None and (row, column) != self._chosen:
            self._chosen = (row, column)
            self._show(anew=True)

    def _show(self, *, anew: bool) -> None:
        places = self._places()
        values = [float(self._slice.number(*place) or 0) for place in places]
        whole = not np.issubdtype(self._slice.values.dtype, np.floating)
        self.sliders.show_numbers([self._word(place) for place in places], values, whole=whole, anew=anew)
        obstacle = self._obstacle()
        self.sliders.setEnabled(not obstacle)
        self.sliders.setToolTip(obstacle or self.tr("Drag to change the number; all that depends on it follows"))

    def _places(self) -> list[tuple[int, int]]:
        if prod(self._shape) > MANY:
            return [self._chosen]
        return [(row, column) for row in range(self._slice.rows) for column in range(self._slice.columns)]

    def _word(self, place: tuple[int, int]) -> str:
        """`[0, 2]`."""
        index = self._index(place)
        return f"[{', '.join(map(str, index))}]" if index else (self._node.name if self._node else "")

    def _index(self, place: tuple[int, int]) -> tuple[int, ...]:
        return place[2 - len(self._shape) :]

    def _obstacle(self) -> str:
        """Why it can not be changed now."""
        session = self._bridge.current
        if session is not None and session.steering.active and self._node is not None and self._node.type != "Value":
            return self.tr("A constant of a run stays as it is: stop the run to change it.")
        return ""

    def _on_moved(self, number: int, value: float, more: bool) -> None:
        session, node = self._bridge.current, self._node
        if session is None or node is None or node.id not in session.document:
            return
        index = self._index(self._places()[number])
        self._change.ask(lambda shown: shown.weighing.set_number(node.id, self._key, index, value, more=more))

    def _refused(self, message: str, fix: str) -> None:
        self._bridge.trouble.emit(Trouble(message, fix))


def _holds_numbers(node: Node) -> bool:
    """Whether what it puts out stands in one of its parameters."""
    return not node.inputs and any(isinstance(param, TensorParam) for param in node.layer.params_for(node.params))
