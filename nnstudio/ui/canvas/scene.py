"""The scene: mirrors one drawing of the document from its changes. The document knows nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, QRectF, Qt, Signal

from nnstudio.compiler.result import Compiled, NodeFacts, Problem
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Link, Node
from nnstudio.project.session import Run, Session
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.choosing import Choosing
from nnstudio.ui.canvas.facts import by_node, latest_loss
from nnstudio.ui.canvas.items.faces import FaceKeeper
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.layout import around

_ROOM = 600.0
"""The scene is so much larger than the drawing, so that it need not grow with every move."""


class CanvasScene(Choosing):
    """Nodes, wires, frames and comments of the drawing that the bridge shows, as items."""

    recolored = Signal()
    """Wires have other colours, and nothing else is new."""
    content_changed = Signal()
    """Cards or wires came, went or moved; once for many changes."""
    rebuilt = Signal()
    """Another document is shown."""
    leaving = Signal(str)
    """The block, or empty for the main drawing: another drawing of the same document is about to be shown."""
    entered = Signal(str)
    """Now it is shown."""
    pictures_outdated = Signal(object)
    """Compiled: live pictures may be of shapes that are no more."""
    _burst = Signal()
    """Changes are coming. Heard when the last of them is there, and before anything is painted."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(bridge, parent)
        self.faces = FaceKeeper()
        self._take(Compiled())
        self._covered: QRectF | None = None
        self._unsettled = self._going_on = False
        self._burst.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        bridge.session_changed.connect(self.show_session)
        bridge.sheet_changed.connect(self.show_sheet)
        bridge.document_changed.connect(self.apply)
        bridge.recompiled.connect(self.set_compiled)
        bridge.run_changed.connect(self.set_run)
        bridge.history_changed.connect(self.mark_anew)
        theme.current().changed.connect(self._repaint)

    # What is shown

    @property
    def is_open(self) -> bool:
        """Whether a document is shown yet."""
        return self._sheet is not None

    @property
    def is_empty(self) -> bool:
        return not self.nodes and not self.marks.items

    def content_rect(self, ids: Iterable[str] | None = None) -> QRectF:
        """What cards, frames and comments cover: all of them, or those asked for."""
        if ids is not None:
            return around(self.thing(key).card_rect for key in ids if key in self.nodes or key in self.marks.items)
        if self._covered is None:
            self._covered = around(item.card_rect for item in self.nodes.values()).united(self.marks.area)
        return QRectF(self._covered)

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
        self._take(session.compiled)
        for node in sheet.nodes.values():
            self._add_node(node)
        for link in sheet.links:
            self.wires.add(link)
        self.marks.show(sheet)
        self.wires.set_titles(self.marks.titles)
        self.mark(self.bridge.selection)
        self.set_run(session.run)
        self.mark_anew()
        self.wires.settle()
        self._grow()
        self.pictures_outdated.emit(self.compiled)

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
                | ch.TuningSet(id=key)
                | ch.LooksSet(id=key)
                | ch.FaceChanged(id=key)
            ):
                self._node_changed(key)
            case ch.LinkAdded(link):
                self.wires.add(link)
            case ch.LinkRemoved(link):
                self._remove_link(link)
            case ch.WaySet(link):
                self.dots.forget(link)
                self.wires.way_changed(link)
            case _:
                if not self.marks.follow(change):
                    return
                self.wires.set_titles(self.marks.titles)
                self._covered = None
                self._grow()
        self._soon()

    def set_compiled(self, compiled: Compiled) -> None:
        """The drawing was understood anew: shapes, counts and problems."""
        if compiled is self.compiled:
            return
        self._take(compiled)
        changed = []
        for key, item in self.nodes.items():
            told = self._told(key)
            if not item.knows(*told):
                changed.append(key)
                if item.set_facts(*told):
                    self._placed(key)
        self.wires.dress(changed)
        self.pictures_outdated.emit(compiled)
        self._soon()

    def set_run(self, run: Run) -> None:
        """The loss node shows the latest loss. With several losses none of them is the whole."""
        losses = [item for item in self.nodes.values() if item.card.family == "loss" and not item.node.muted]
        for item in losses:
            item.set_value(latest_loss(run) if len(losses) == 1 else "")

    def mark_anew(self) -> None:
        """Nodes whose weights are random although the rest was trained say so, as long as they are."""
        names = self.bridge.session.starting_anew if not self.sheet.block else ()
        for item in self.nodes.values():
            if item.card.family != "loss":
                item.set_value(texts.tr("new") if item.node.name in names else "")

    # Places

    def moved(self, things: Collection[str]) -> None:
        """Cards, frames and comments are at other places or of another size: wires of the cards follow."""
        self._covered, self._unsettled = None, True
        for key in self.nodes.keys() & things:
            self._placed(key)
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
        self.marks.clear()
        self._covered = None

    def _add_node(self, node: Node) -> None:
        item = self.nodes[node.id] = NodeItem(node, self.faces, self._title(node), *self._told(node.id))
        self.addItem(item)
        if node.id in self.bridge.selection:  # it went and came back, as in a step that failed
            self._chosen[node.id] = None
            item.set_chosen(True)
        self._placed(node.id)

    def _remove_node(self, key: str) -> None:
        item = self.nodes.pop(key)
        self.faces.drop(item)
        self.wires.node_gone(key)
        self._chosen.pop(key, None)  # the bridge follows once, when the step is done
        self.removeItem(item)
        self._covered, self._unsettled = None, True

    def _node_changed(self, key: str) -> None:
        node = self.sheet.node(key)
        if self.nodes[key].set_node(node, self._title(node)):
            self._placed(key)
        self.wires.dress([key])

    def _take(self, compiled: Compiled) -> None:
        self.compiled, self._problems = compiled, by_node(compiled.problems)

    def _told(self, key: str) -> tuple[NodeFacts | None, tuple[Problem, ...]]:
        """What is known of a node, and what is wrong with it."""
        return self.compiled.facts.get(key), self._problems.get(key, ())

    def _title(self, node: Node) -> str:
        """What stands over the card: the block's name at its instances, which have names of their own as well."""
        return self.sheet.document.blocks[node.block].name if node.block else node.name

    def _remove_link(self, link: Link) -> None:
        self.dots.forget(link)
        if self.wires.remove(link):
            self._chosen_links.pop(link, None)

    def _placed(self, key: str) -> None:
        """A card is where it was not: what was worked out from its place no longer holds."""
        self.wires.node_placed(key)
        self._covered, self._unsettled = None, True

    def _soon(self) -> None:
        if not self._going_on:
            self._going_on = True
            self._burst.emit()

    def _settle(self) -> None:
        """After a burst of changes: wires that go round others, the size of the scene, and who draws an overview."""
        self._going_on = False
        self.wires.settle()
        if self._unsettled:
            self._unsettled = False
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
