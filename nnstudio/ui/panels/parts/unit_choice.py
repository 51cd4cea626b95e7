"""Which units of a node are shown: none, one, or all of them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.header import FlatCombo, Header
from nnstudio.ui.panels.parts.node_choice import NodeChoice

NONE, ALL = -2, -1
FEW = 4
"""So many units are shown until somebody chooses otherwise; the lines of more would hide the picture."""
NAME_ROOM = 96
"""Pixels of a node's name."""
MOST = 512
"""Units in the list."""


class UnitChoice(QWidget):
    """Beside the choice of a node with weights that puts out a vector, which takes room only where there is something
    chosen. `changed` tells of another node or unit.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, header: Header, tip: str) -> None:
        super().__init__()
        self._bridge = bridge
        self._chosen = self._some = False
        self.nodes = NodeChoice(bridge, header, is_vector_of_units, self.tr("Node whose units are shown"))
        self.nodes.combo.WIDEST = NAME_ROOM
        self.combo = FlatCombo(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo)
        header.add_control(self)
        self.nodes.changed.connect(self._on_node)
        self.combo.activated.connect(self._on_unit)
        bridge.session_changed.connect(self._begin_anew)
        self._list()

    @property
    def key(self) -> str:
        """What the engine calls the node whose units are shown; empty for none."""
        return self.nodes.key if self.unit != NONE else ""

    @property
    def unit(self) -> int:
        """The number of the unit, or ALL, or NONE."""
        data = self.combo.currentData()
        return NONE if data is None else int(data)

    def choose(self, unit: int) -> None:
        """Show another unit, as a person chooses it."""
        self.combo.setCurrentIndex(max(self.combo.findData(unit), 0))
        self._on_unit()

    def show_where(self, some: bool) -> None:
        """Whether there is a picture to choose units for."""
        self._some = some
        self.setVisible(some and self.nodes.some)
        self.nodes.setVisible(some and self.nodes.some and self.unit != NONE)

    def _begin_anew(self, _session: object) -> None:
        self._chosen = False
        self._on_node()

    def _on_unit(self, _index: int = 0) -> None:
        self._chosen = True
        self.combo.updateGeometry()
        self.show_where(self._some)
        self.changed.emit()

    def _on_node(self) -> None:
        self._list()
        self.show_where(self._some)
        self.changed.emit()

    def _list(self) -> None:
        units, before = self._count(), self.unit
        rows = [(NONE, self.tr("no lines")), (ALL, self.tr("all lines"))]
        rows += [(unit, self.tr("unit {0}").format(unit)) for unit in range(min(units, MOST))]
        if len(rows) != self.combo.count():
            with QSignalBlocker(self.combo):
                self.combo.clear()
                for unit, text in rows:
                    self.combo.addItem(text, unit)
        wanted = before if self._chosen else (ALL if 0 < units <= FEW and not self._says() else NONE)
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(max(self.combo.findData(wanted), 0))
        self.combo.updateGeometry()

    def _says(self) -> bool:
        """Whether the node is the one that says what is predicted: its line is that between the classes."""
        session = self._bridge.current
        return session is not None and self.nodes.key == session.compiled.signature.prediction

    def _count(self) -> int:
        session = self._bridge.current
        facts = session.compiled.facts.get(self.nodes.node) if session else None
        return _units(facts) if facts else 0


def is_vector_of_units(_node: Node, facts: NodeFacts) -> bool:
    """Whether it is a layer with weights that puts out one number of each unit, as a Linear."""
    return bool(facts.weights) and _units(facts) > 0


def _units(facts: NodeFacts) -> int:
    outputs = list(facts.outputs.values())
    shape = outputs[0].per_sample if outputs else ()
    return shape[0] if len(shape) == 1 else 0
