"""The canvas with its commands: what keys, menus and other panels can make it do."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtWidgets import QWidget

from nnstudio.graph.nodes import Link, Node
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.boxes.find_bar import FindBar
from nnstudio.ui.canvas.boxes.wish import Pulled
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.hits import WIRE_REACH, Hit, hit
from nnstudio.ui.canvas.metrics import PLAIN_BELOW, PORT_REACH
from nnstudio.ui.canvas.stage import Stage
from nnstudio.ui.canvas.tools.adder import Adder
from nnstudio.ui.canvas.tools.arranger import Arranger
from nnstudio.ui.canvas.tools.bookmarks import Bookmarks
from nnstudio.ui.canvas.tools.clipboard import Clipboard
from nnstudio.ui.canvas.tools.linking import Linker
from nnstudio.ui.canvas.tools.marking import Marking
from nnstudio.ui.canvas.tools.rewire import Rewire
from nnstudio.ui.canvas.tools.walking import Walker
from nnstudio.ui.canvas.wiring.ways import slot_at


class Board(Stage):
    """Each command is one undo step. `CanvasView` adds the hands."""

    node_activated = Signal(str)
    """Id of a node that was double-clicked; blocks are entered instead."""
    search_requested = Signal(object)
    """wish.Wish: the person wants to choose something to put in."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, parent)
        self.edits = Edits(bridge, self)
        self.guided = True
        """Dragged cards are drawn to their neighbours."""
        self.arranger = Arranger(self, self.edits)
        self.marking = Marking(self, self.edits)
        self.clipboard = Clipboard(self, self.edits)
        self.rewire = Rewire(self, self.edits, self.search_requested.emit)
        self.find_bar = FindBar(self)
        self.walker = Walker(self, self.edits)
        self.linker = Linker(self, self.edits)
        self.adder = Adder(self, self.edits, self.search_requested.emit)
        self.bookmarks = Bookmarks(self, self.edits)

    def select_all(self) -> None:
        self.canvas.choose((*self.canvas.marks.items, *self.canvas.nodes))

    def delete_selection(self) -> None:
        """All that is chosen, in one step; what lies in a frame stays, and the wires of reroute points do."""
        if self.canvas.dots.chosen and not self.canvas.chosen_things and not self.canvas.chosen_links:
            self.edits.remove_dots(self.canvas.dots.chosen)
            return
        self.edits.delete(self.canvas.chosen_things, self.canvas.chosen_links)

    def toggle_mute(self) -> None:
        if self.canvas.chosen:
            self.edits.toggle_muted(self.canvas.chosen)

    def toggle_frozen(self) -> None:
        if self.canvas.chosen:
            self.edits.toggle_frozen(self.canvas.chosen)

    def may_freeze(self) -> bool:
        """Whether a node is chosen that can have weights."""
        return any(self.canvas.nodes[key].node.layer.may_learn for key in self.canvas.chosen)

    def all_frozen(self) -> bool:
        """Whether the chosen nodes are frozen already, those of them that have weights."""
        tunable = [node for key in self.canvas.chosen if (node := self.canvas.nodes[key].node).layer.may_learn]
        return bool(tunable) and all(node.tuning.frozen for node in tunable)

    # Ways of wires

    def add_dots(self) -> None:
        """A reroute point in the middle of each chosen wire."""
        links = self.canvas.chosen_links
        places = {link: self.canvas.links[link].path.pointAtPercent(0.5) for link in links}
        self.add_dots_at(places)
        self.canvas.choose((), links)

    def add_dots_at(self, places: Mapping[Link, QPointF]) -> None:
        """A reroute point on each of these wires, at a place on it."""
        found = {}
        for link, at in places.items():
            start, end = self.canvas.links[link].ends
            found[link] = (slot_at(start, self.canvas.sheet.ways.get(link, ()), end, at), (at.x(), at.y()))
        self.edits.add_dots(found)

    def straighten(self) -> None:
        """The chosen wires take their own ways again."""
        self.edits.straighten(self.canvas.chosen_links)

    def led_wires(self) -> list[Link]:
        """The chosen wires that have reroute points."""
        return [link for link in self.canvas.chosen_links if link in self.canvas.sheet.ways]

    # Blocks

    def activate(self, node: str) -> None:
        """What a double click means: go into a block, look at another node closely."""
        if self.canvas.nodes[node].node.block:
            self.bridge.enter(node)
        else:
            self.node_activated.emit(node)

    def make_block(self) -> None:
        """The chosen nodes, frames and comments become a block, which is chosen then."""
        if self.canvas.chosen:
            self._added(self.edits.make_block(self.canvas.chosen, self.canvas.marks.chosen))

    def dissolve_block(self) -> None:
        """The chosen blocks become what is inside them, which is chosen then."""
        dissolved = self.edits.dissolve(self.chosen_blocks())
        if dissolved is not None:
            self.canvas.choose(dissolved)

    def enter_block(self) -> None:
        for key in self.chosen_blocks()[-1:]:
            self.bridge.enter(key)

    def leave_block(self) -> None:
        self.bridge.leave()

    def unlink_block(self) -> None:
        """The chosen instance gets a definition of its own."""
        for key in self.chosen_blocks()[-1:]:
            self.edits.make_own(key)

    def can_unlink(self) -> bool:
        """Whether one instance is chosen, and is not the only one."""
        chosen, document = self.chosen_blocks(), self.canvas.sheet.document
        return len(chosen) == 1 and len(document.instances(self.canvas.nodes[chosen[0]].node.block)) > 1

    def chosen_blocks(self) -> list[str]:
        """The chosen nodes that are instances of blocks."""
        return [key for key in self.canvas.chosen if self.canvas.nodes[key].node.block]

    # New nodes

    def ask_for_layer(self, at: QPointF, pulled: Pulled | None = None) -> None:
        """Let the person choose what to put at a place in the scene, for the wire in the hand if there is one."""
        self.adder.ask_at(at, pulled)

    def add_layer(self, key: str) -> Node | None:
        """A new node by its `stock` key: right of the chosen one and connected with it, or in mid-view."""
        return self.adder.add(key)

    def hit_at(self, at: QPoint | QPointF) -> Hit:
        """What is under a point of the view."""
        inverse, _ = self.viewportTransform().inverted()
        port_reach = PORT_REACH / self.zoom if self.zoom >= PLAIN_BELOW else 0.0
        return hit(self.canvas, inverse.map(QPointF(at)), port_reach, WIRE_REACH / self.zoom)

    def _added(self, node: Node | None) -> Node | None:
        if node is not None:
            self.canvas.choose((node.id,))
            self.reveal((node.id,))
        return node
