"""The scene: mirrors one drawing of the document from its changes. The document knows nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from operator import attrgetter

from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsScene

from nnstudio.compiler.result import Compiled, Problem
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link, Node
from nnstudio.session import Run, Session
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.dots import Dot, Dots
from nnstudio.ui.canvas.faces import FaceKeeper
from nnstudio.ui.canvas.layout import around
from nnstudio.ui.canvas.link_item import LinkItem
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.wires import Wires

_ROOM = 600.0
"""The scene is so much larger than the drawing, so that it need not grow with every move."""


class CanvasScene(QGraphicsScene):
    """Nodes and wires of the drawing that the bridge shows, as items; and which of them are chosen."""

    content_changed = Signal()
    """Cards or wires came, went or moved; once for many changes."""
    reveal = Signal(object)
    """tuple of node ids chosen elsewhere, to be brought into view."""
    rebuilt = Signal()
    """Another document is shown."""
    leaving = Signal(str)
    """The block, or empty for the main drawing: another drawing of the same document is about to be shown."""
    entered = Signal(str)
    """Now it is shown."""
    wires_chosen = Signal()
    """Other wires are chosen than before."""
    pictures_outdated = Signal(object)
    """Compiled: live pictures may be of shapes that are no more."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.faces = FaceKeeper()
        self.nodes: dict[str, NodeItem] = {}
        self.wires = Wires(self, self.nodes, lambda: self.sheet.ways)
        self.dots = Dots(self.wires.items)
        self.compiled = Compiled()
        self._sheet: Sheet | None = None
        self._covered: QRectF | None = None
        self._unsettled = False
        self._chosen: dict[str, None] = {}
        self._chosen_links: dict[Link, None] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._settle)
        bridge.session_changed.connect(self.show_session)
        bridge.sheet_changed.connect(self.show_sheet)
        bridge.document_changed.connect(self.apply)
        bridge.recompiled.connect(self.set_compiled)
        bridge.run_changed.connect(self.set_run)
        bridge.selection_changed.connect(self._follow)
        theme.current().changed.connect(self._repaint)

    # What is shown

    @property
    def sheet(self) -> Sheet:
        """The drawing that is mirrored."""
        assert self._sheet is not None, "the window opens a project first"
        return self._sheet

    @property
    def is_open(self) -> bool:
        """Whether a document is shown yet."""
        return self._sheet is not None

    @property
    def is_empty(self) -> bool:
        return not self.nodes

    def content_rect(self, ids: Iterable[str] | None = None) -> QRectF:
        """What the cards cover: all of them, or those asked for."""
        if ids is not None:
            return around(self.nodes[key].card_rect for key in ids if key in self.nodes)
        if self._covered is None:
            self._covered = around(item.card_rect for item in self.nodes.values())
        return QRectF(self._covered)

    @property
    def links(self) -> Mapping[Link, LinkItem]:
        return self.wires.items

    def links_of(self, node: str) -> Collection[Link]:
        """The wires of a node."""
        return self.wires.of(node)

    # Choosing

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the chosen nodes, the last one last."""
        return tuple(self._chosen)

    @property
    def chosen_links(self) -> tuple[Link, ...]:
        return tuple(self._chosen_links)

    def choose(self, nodes: Iterable[str] = (), links: Iterable[Link] = ()) -> None:
        """Choose these and nothing else; everybody is told."""
        self.mark(nodes, links)
        self.bridge.select(self.chosen)

    def choose_wire(self, link: Link, adding: bool) -> None:
        """A wire was clicked; adding to what is chosen, or taking it from there."""
        if not adding:
            self.choose((), (link,))
        elif link in self._chosen_links:
            self.choose(self._chosen, [other for other in self._chosen_links if other != link])
        else:
            self.choose(self._chosen, (*self._chosen_links, link))

    def choose_dot(self, dot: Dot, adding: bool = False) -> None:
        """A reroute point was clicked; nodes and wires are chosen no longer, unless it is added to them."""
        dots = self.dots.chosen
        if not adding:
            dots = dots if dot in dots else ()
            self.choose()
        self.dots.choose((*dots, dot))

    def mark(self, nodes: Iterable[str], links: Iterable[Link] = ()) -> None:
        """Show these as chosen, and tell nobody yet."""
        wanted = dict.fromkeys(node for node in nodes if node in self.nodes)
        for node in self._chosen.keys() ^ wanted.keys():
            if node in self.nodes:
                self.nodes[node].set_chosen(node in wanted)
        self.dots.choose()
        wires = dict.fromkeys(link for link in links if link in self.links)
        for link in self._chosen_links.keys() ^ wires.keys():
            if link in self.links:
                self.links[link].set_chosen(link in wires)
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

    # Following the session

    def show_session(self, session: Session) -> None:
        """Mirror another document."""
        self._mirror(self.bridge.sheet, session)
        self.rebuilt.emit()
        self.content_changed.emit()

    def show_sheet(self, sheet: Sheet) -> None:
        """Mirror another drawing of the document."""
        self.leaving.emit(self.sheet.block)
        self._mirror(sheet, self.bridge.session)
        self.entered.emit(sheet.block)
        self.content_changed.emit()

    def _mirror(self, sheet: Sheet, session: Session) -> None:
        self._clear()
        self._sheet = sheet
        for node in sheet.nodes.values():
            self._add_node(node)
        for link in sheet.links:
            self.wires.add(link)
        self.mark(self.bridge.selection)
        self.set_compiled(session.compiled)
        self.set_run(session.run)
        self._grow()

    def apply(self, change: object) -> None:
        """One change of the document; those of other drawings do not show here."""
        if not self.sheet.concerns(change):  # type: ignore[arg-type]  # a signal carries any object
            return
        match change:
            case ch.NodeAdded(node):
                self._add_node(node)
            case ch.NodeRemoved(node):
                self._remove_node(node.id)
            case ch.NodeMoved(key, _, at):
                self.nodes[key].setPos(*at)
                self.moved([key])
            case (
                ch.ParamSet(id=key)
                | ch.ParamsReplaced(id=key)
                | ch.NodeRenamed(id=key)
                | ch.NodeMuted(id=key)
                | ch.FaceChanged(id=key)
            ):
                self._node_changed(key)
            case ch.LinkAdded(link):
                self.wires.add(link)
            case ch.LinkRemoved(link):
                self._remove_link(link)
            case ch.WaySet(link):
                self.dots.forget(link)
                self.wires.lead(link)
            case _:
                return
        self._soon()

    def set_compiled(self, compiled: Compiled) -> None:
        """The drawing was understood anew: shapes, counts and problems."""
        if compiled is self.compiled:
            return
        self.compiled = compiled
        problems = _by_node(compiled.problems)
        facts = compiled.facts
        resized = [k for k, item in self.nodes.items() if item.set_facts(facts.get(k), problems.get(k, ()))]
        if resized:
            self.moved(resized)
        self.wires.dress()
        self.pictures_outdated.emit(compiled)
        self._soon()

    def set_run(self, run: Run) -> None:
        """The loss node shows the latest loss. With several losses none of them is the whole."""
        losses = [item for item in self.nodes.values() if item.card.family == "loss" and not item.node.muted]
        for item in losses:
            item.set_value(_latest_loss(run) if len(losses) == 1 else "")

    # Places

    def moved(self, nodes: Collection[str]) -> None:
        """Cards are at other places or of another size: their wires follow."""
        self._displaced()
        self.wires.follow(nodes)
        self._soon()

    def ignore_obstacles(self, nodes: Collection[str]) -> None:
        """While these cards are dragged, wires do not go round where they have been."""
        self.wires.ignore(nodes)

    def follow(self, nodes: Collection[str]) -> None:
        """Like `moved`, during a drag: nothing else is drawn anew."""
        self.wires.follow(nodes)

    # Inside

    def _clear(self) -> None:
        self.mark((), ())
        for item in self.items():  # clear() can leave items that have just changed in its index, and then crash
            self.removeItem(item)
        self.faces.clear()
        self.nodes.clear()
        self.wires.clear()
        self._displaced()
        self.compiled = Compiled()

    def _add_node(self, node: Node) -> None:
        item = self.nodes[node.id] = NodeItem(node, self.faces, self._title(node))
        self.addItem(item)
        if node.id in self.bridge.selection:  # it went and came back, as in a step that failed
            self._chosen[node.id] = None
            item.set_chosen(True)
        self._displaced()

    def _remove_node(self, key: str) -> None:
        item = self.nodes.pop(key)
        self.faces.drop(item)
        self.wires.node_gone(key)
        self._chosen.pop(key, None)  # the bridge follows once, when the step is done
        self.removeItem(item)
        self._displaced()

    def _node_changed(self, key: str) -> None:
        node = self.sheet.node(key)
        if self.nodes[key].set_node(node, self._title(node)):
            self.moved([key])

    def _title(self, node: Node) -> str:
        """What stands over the card: the block's name at its instances, which have names of their own as well."""
        return self.sheet.document.blocks[node.block].name if node.block else node.name

    def _remove_link(self, link: Link) -> None:
        self.dots.forget(link)
        if self.wires.remove(link):
            self._chosen_links.pop(link, None)

    def _displaced(self) -> None:
        """Cards are not where they were: what was worked out from their places no longer holds."""
        self.wires.displaced()
        self._covered = None
        self._unsettled = True

    def _soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _settle(self) -> None:
        """After a burst of changes: wires that go round others, the size of the scene, and who draws an overview."""
        if self._unsettled:
            self._unsettled = False
            self.wires.settle()
            self._grow()
        self.content_changed.emit()

    def _grow(self) -> None:
        """The scene's rectangle, which its index is built on, holds the drawing with room to spare."""
        needed = self.content_rect().adjusted(-_ROOM / 4, -_ROOM / 4, _ROOM / 4, _ROOM / 4)
        if not self.sceneRect().contains(needed):
            self.setSceneRect(needed.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM))

    def _repaint(self) -> None:
        self.faces.clear()
        self.update()


def _by_node(problems: Iterable[Problem]) -> dict[str, tuple[Problem, ...]]:
    """A node's problems in their order."""
    listed = sorted(problems, key=attrgetter("node"))
    return {node: tuple(found) for node, found in groupby(listed, key=attrgetter("node"))}


def _latest_loss(run: Run) -> str:
    value = run.losses[-1] if run.losses else run.epochs[-1].train_loss if run.epochs else None
    return texts.loss_text(value) if value is not None else ""
