"""Which node a panel shows: a list, and a pin that keeps it while other nodes are selected on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.header import FlatCombo, Header, tool_button

Fits: TypeAlias = Callable[[Node, NodeFacts], bool]
First: TypeAlias = Callable[[Sequence[Node]], str]


def first_of_all(nodes: Sequence[Node]) -> str:
    """The id of the first one, or empty."""
    return nodes[0].id if nodes else ""


class NodeChoice(QWidget):
    """The nodes of the canvas that fit, in the order of the computation. Follows the selection unless it is pinned.

    `changed` tells that another node is to be shown, or that the drawing is another, or the engine's names for it, as
    after a run: ask for frames anew then. It hides itself where no node fits. While the header is frozen it stays as it
    is.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, header: Header, fits: Fits, tip: str, first: First = first_of_all) -> None:
        super().__init__()
        self._bridge, self._header, self._fits, self._first = bridge, header, fits, first
        self.node = ""
        """The id of the node that is shown, or empty."""
        self._running = False
        self._wanted = ""
        self.combo = FlatCombo(tip)
        self.pin = tool_button("pin", self.tr("Pin: keep this node while others are selected"), checkable=True)
        self.pin.toggled.connect(self._on_pin)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.combo)
        row.addWidget(self.pin)
        self.combo.activated.connect(self._on_activated)
        bridge.recompiled.connect(self.renew)
        bridge.sheet_changed.connect(self.renew)
        bridge.session_changed.connect(self._begin_anew)
        bridge.selection_changed.connect(self._follow)
        bridge.run_changed.connect(self._on_run)
        header.add_control(self)
        self._list()

    @property
    def name(self) -> str:
        """The node's name on its sheet, or empty."""
        return self.combo.currentText()

    @property
    def key(self) -> str:
        """What the engine calls the node, with the blocks around it; or empty."""
        return self._bridge.lead + self.name if self.name else ""

    @property
    def some(self) -> bool:
        """Whether there is a node to choose."""
        return self.combo.count() > 0

    @property
    def pinned(self) -> str:
        """The name of the node that is pinned, or that will be once there is one; empty for none."""
        return self._wanted or (self.name if self.pin.isChecked() else "")

    def want_pinned(self, name: str) -> None:
        """Pin the node of that name as soon as there are nodes; where none of them has it, follow the selection."""
        self._wanted = name
        self._pin_wanted()

    def choose(self, node: str) -> bool:
        """Show another node, by id; False where it is none of these."""
        index = self.combo.findData(node)
        if index < 0:
            return False
        self.node = node
        self.combo.setCurrentIndex(index)
        self.changed.emit()
        return True

    def renew(self, _what: object = None) -> None:
        """The drawing may be another."""
        self._list()
        self._pin_wanted()
        self.changed.emit()

    def _pin_wanted(self) -> None:
        if self._wanted and self.some:
            found = self.combo.findText(self._wanted)
            self._wanted = ""
            if found >= 0:
                self.node = str(self.combo.itemData(found))
                self.combo.setCurrentIndex(found)
                self.pin.setChecked(True)
                self.changed.emit()

    def _begin_anew(self, _session: object) -> None:
        self.node = ""
        self.pin.setChecked(False)
        self.renew()

    def _on_run(self, _run: object) -> None:
        """A run goes by the names that nodes had when it began; the one before or none went by others."""
        running = self._bridge.session.steering.active
        if running != self._running:
            self._running = running
            self.changed.emit()

    def _on_activated(self, index: int) -> None:
        self.choose(str(self.combo.itemData(index)))

    def _follow(self, selection: tuple[str, ...]) -> None:
        if selection and not self._header.frozen and not self.pin.isChecked():
            self.choose(selection[-1])

    def _on_pin(self, pinned: bool) -> None:
        self.pin.setIcon(icons.icon("pin", "accent" if pinned else "muted"))
        keep, follow = self.tr("Pin: keep this node while others are selected"), self.tr("Follow the selection again")
        self.pin.setToolTip(follow if pinned else keep)

    def _list(self) -> None:
        nodes = self._fitting()
        if self.node not in [node.id for node in nodes]:
            self.node = self._first(nodes)
        rows = [(node.id, node.name) for node in nodes]
        if rows != [(self.combo.itemData(i), self.combo.itemText(i)) for i in range(self.combo.count())]:
            self.combo.clear()
            for key, name in rows:
                self.combo.addItem(name, key)
        self.combo.setCurrentIndex(self.combo.findData(self.node))
        self.setVisible(bool(nodes))

    def _fitting(self) -> list[Node]:
        session = self._bridge.current
        if session is None:
            return []
        facts = session.compiled.facts
        return [node for node in self._bridge.sheet.in_order() if node.id in facts and self._fits(node, facts[node.id])]
