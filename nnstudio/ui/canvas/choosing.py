"""What lies on the canvas, and which of it is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGraphicsScene

from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.items.link_item import LinkItem
from nnstudio.ui.canvas.items.mark_item import MarkItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.marks import Marks
from nnstudio.ui.canvas.wiring.dots import Dot, Dots
from nnstudio.ui.canvas.wiring.wires import Wires


class Choosing(QGraphicsScene):
    """The scene without the document's changes, which `CanvasScene` follows."""

    reveal = Signal(object)
    """tuple of node ids chosen elsewhere, to be brought into view."""
    wires_chosen = Signal()
    """Other wires are chosen than before."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.nodes: dict[str, NodeItem] = {}
        self.wires = Wires(self, self.nodes, lambda: self.sheet.ways)
        self.dots = Dots(self.wires.items)
        self.marks = Marks(self, self.nodes)
        self._sheet: Sheet | None = None
        self._chosen: dict[str, None] = {}
        self._chosen_links: dict[Link, None] = {}
        bridge.selection_changed.connect(self._follow)

    @property
    def sheet(self) -> Sheet:
        """The drawing that is mirrored."""
        assert self._sheet is not None, "the window opens a project first"
        return self._sheet

    def thing(self, key: str) -> NodeItem | MarkItem:
        """The card, frame or comment of that id."""
        return self.nodes[key] if key in self.nodes else self.marks.items[key]

    @property
    def links(self) -> Mapping[Link, LinkItem]:
        """The wires, each on its way."""
        self.wires.settle()
        return self.wires.items

    def links_of(self, node: str) -> Collection[Link]:
        """The wires of a node."""
        return self.wires.of(node)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the chosen nodes, the last one last."""
        return tuple(self._chosen)

    @property
    def chosen_links(self) -> tuple[Link, ...]:
        return tuple(self._chosen_links)

    @property
    def chosen_things(self) -> tuple[str, ...]:
        """Ids of all that is chosen and can be moved: frames, comments, and nodes, the last one last."""
        return (*self.marks.chosen, *self.chosen)

    def choose(self, things: Iterable[str] = (), links: Iterable[Link] = ()) -> None:
        """Choose these nodes, frames, comments and wires and nothing else; everybody is told."""
        before = self.bridge.selection, self.marks.chosen
        self.mark(things, links)
        self.bridge.select(self.chosen)
        if self.bridge.selection == before[0] and self.marks.chosen != before[1]:
            self.bridge.selection_changed.emit(self.bridge.selection)  # what can be done now is another

    def choose_wire(self, link: Link, adding: bool) -> None:
        """A wire was clicked; adding to what is chosen, or taking it from there."""
        if not adding:
            self.choose((), (link,))
        elif link in self._chosen_links:
            self.choose(self.chosen_things, [other for other in self._chosen_links if other != link])
        else:
            self.choose(self.chosen_things, (*self._chosen_links, link))

    def choose_dot(self, dot: Dot, adding: bool = False) -> None:
        """A reroute point was clicked; nodes and wires are chosen no longer, unless it is added to them."""
        dots = self.dots.chosen
        if not adding:
            dots = dots if dot in dots else ()
            self.choose()
        self.dots.choose((*dots, dot))

    def mark(self, things: Iterable[str], links: Iterable[Link] = ()) -> None:
        """Show these as chosen, and tell nobody yet."""
        keys = tuple(things)
        self.marks.choose(keys)
        wanted = dict.fromkeys(key for key in keys if key in self.nodes)
        for node in self._chosen.keys() ^ wanted.keys():
            if node in self.nodes:
                self.nodes[node].set_chosen(node in wanted)
        self.dots.choose()
        items = self.wires.items
        wires = dict.fromkeys(link for link in links if link in items)
        for link in self._chosen_links.keys() ^ wires.keys():
            if link in items:
                items[link].set_chosen(link in wires)
        others = wires.keys() != self._chosen_links.keys()
        self._chosen, self._chosen_links = wanted, wires
        if others:
            self.wires_chosen.emit()

    def _follow(self, nodes: tuple[str, ...]) -> None:
        """Nodes were chosen, perhaps elsewhere."""
        if nodes == self.chosen:
            return
        self.mark(nodes)
        if self._chosen:
            self.reveal.emit(self.chosen)
