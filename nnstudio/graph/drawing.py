"""The state of a document: its drawings, blocks, plan and what a run left. It carries a change out and tells of it.

What follows from the rest is derived here, so that undo and redo need not know it: the faces of the instances of a
block, and the names of trained tensors.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias, get_args

from nnstudio.catalogue.spec import LayerType
from nnstudio.errors import DocumentError
from nnstudio.graph import blocks, rules
from nnstudio.graph import changes as ch
from nnstudio.graph.blocks import Block
from nnstudio.graph.graph import Graph
from nnstudio.graph.marks import Bookmark, order
from nnstudio.graph.nodes import Node
from nnstudio.graph.race import Race
from nnstudio.graph.training import Trained, TrainingPlan
from nnstudio.graph.weights import Renaming

Listener: TypeAlias = Callable[[ch.Change], None]
MAIN = ""
"""What the main drawing is called among the sheets; the others are called by the ids of their blocks."""
_MOST_LEADS = 10_000
_Altering: TypeAlias = (
    ch.NodeRenamed | ch.ParamSet | ch.ParamsReplaced | ch.NodeMoved | ch.NodeMuted | ch.TuningSet | ch.LooksSet
)
_ALTERING = get_args(_Altering)

_log = logging.getLogger(__name__)


class Drawing:
    """Everything a project is made of. It checks nothing: `graph.editing` does."""

    def __init__(self, title: str = "untitled") -> None:
        self.title = rules.clean_title(title)
        self.plan = TrainingPlan()
        self.race: Race | None = None
        self.trained: Trained | None = None
        self.graphs: dict[str, Graph] = {MAIN: Graph()}
        self.blocks: dict[str, Block] = {}
        self.where: dict[str, str] = {}
        """The sheet of each node."""
        self.next_node = 1
        self.marked: dict[str, str] = {}
        """The sheet of each mark."""
        self.next_mark = 1
        self.bookmarks: tuple[Bookmark, ...] = ()
        self.recount = False
        """Whether some block may be in the network more often than `graph.expansion` last found."""
        self._instances: dict[str, dict[str, None]] = {}
        self._faces: dict[str, LayerType] = {}
        self._listeners: list[Listener] = []

    # What there is

    def graph(self, sheet: str) -> Graph:
        """The graph of a block, or of the main drawing. Raises DocumentError."""
        if sheet not in self.graphs:
            raise DocumentError(f"There is no block '{sheet[:64]}'.")
        return self.graphs[sheet]

    def block(self, key: str) -> Block:
        """The definition as it is now. Raises DocumentError."""
        if key not in self.blocks:
            raise DocumentError(f"There is no block '{key[:64]}'.")
        return self.blocks[key]

    def find(self, key: str) -> Node | None:
        """The node of that id, wherever it lies."""
        return self.graphs[self.where[key]].nodes[key] if key in self.where else None

    def at(self, key: str) -> Node:
        """The node of that id, which is there."""
        return self.graphs[self.where[key]].nodes[key]

    def instances(self, block: str) -> list[Node]:
        """All nodes that use a block, the oldest first."""
        return sorted(map(self.at, self._instances.get(block, ())), key=lambda node: node.order)

    def users(self, block: str) -> list[Node]:
        """The same in no particular order."""
        return [self.at(key) for key in self._instances[block]]

    def face(self, key: str) -> LayerType:
        """The declaration of the instances of a block. Raises DocumentError."""
        block = self.block(key)
        if key not in self._faces:
            self._faces[key] = blocks.face(block, self.graphs[key].nodes)
        return self._faces[key]

    def uses(self) -> dict[str, set[str]]:
        """For each block those it uses directly."""
        uses: dict[str, set[str]] = {key: set() for key in self.blocks}
        for block, keys in self._instances.items():
            for sheet in {self.where[key] for key in keys} - {MAIN}:
                uses[sheet].add(block)
        return uses

    def renaming(self, change: ch.Change) -> Renaming | None:
        """How tensors are called after the change; None where they keep their names. To be asked while it is told."""
        match change:
            case ch.NodeRenamed(key, old, new):
                return Renaming(((old, new),), self._leads(self.where[key]))
            case ch.WeightsMoved(sheet, names):
                return Renaming(names, self._leads(sheet))
        return None

    def _forgetting(self, trained: Trained, change: ch.ParamSet) -> Trained:
        """What a run left, without a number that a person has typed anew: what is typed is what counts."""
        node = self.at(change.id)
        if change.name != "value" or not node.layer.weights:
            return trained
        found = Renaming(((node.name, ""),), self._leads(self.where[node.id]))
        return trained.without(lambda tensor: found(tensor) != tensor)

    def _leads(self, sheet: str) -> frozenset[tuple[str, ...]]:
        """The ways from the main drawing to a sheet, by the names of the instances on it."""
        found: set[tuple[str, ...]] = set()
        waiting: list[tuple[str, tuple[str, ...]]] = [(sheet, ())]
        while waiting and len(waiting) + len(found) < _MOST_LEADS:
            here, passed = waiting.pop()
            if here == MAIN:
                found.add(passed)
            waiting.extend((self.where[node.id], (node.name, *passed)) for node in self.instances(here))
        return frozenset(found)

    # Change

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every change. Returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def carry_out(self, change: ch.Change) -> None:
        """Do it, derive what follows, and tell the listeners."""
        if isinstance(change, ch.NodeAdded) and change.node.block:
            change = replace(change, node=replace(change.node, face=self.face(change.node.block)))
        stale = self._stale(change)
        self.recount |= self._multiplies(change)
        turned = self._do(change)
        renaming = self.renaming(change) if self.trained else None
        if self.trained and renaming:
            self.trained = self.trained.mapped(renaming)
        if self.trained and isinstance(change, ch.ParamSet):
            self.trained = self._forgetting(self.trained, change)
        told = dict.fromkeys((*turned, *self._refresh(stale)))
        self._tell(change)
        for key in told:
            self._tell(ch.FaceChanged(key))

    def _multiplies(self, change: ch.Change) -> bool:
        """Whether the change is one to where instances are, how often, or what of them is set from outside."""
        match change:
            case ch.NodeAdded(node):
                return bool(node.block)
            case ch.ParamSet(key) | ch.ParamsReplaced(key):
                return bool(self.at(key).block)
            case ch.BlockChanged(old, new):
                return old.promoted != new.promoted
        return False

    def _do(self, change: ch.Change) -> tuple[str, ...]:
        """The instances that became those of another block are given back."""
        if isinstance(change, _ALTERING):
            return self._alter(change)
        match change:
            case ch.NodeAdded() | ch.NodeRemoved():
                self._change_nodes(change)
            case ch.LinkAdded() | ch.LinkRemoved() | ch.WaySet():
                self._change_wires(change)
            case ch.MarkAdded() | ch.MarkRemoved() | ch.MarkChanged():
                self._change_marks(change)
            case ch.BookmarksSet(_, bookmarks):
                self.bookmarks = bookmarks
            case ch.BlockAdded() | ch.BlockRemoved() | ch.BlockChanged():
                self._change_blocks(change)
            case ch.PlanSet() | ch.RaceSet() | ch.Retitled():
                self._change_project(change)
            case ch.TrainedSet() | ch.WeightsTaken() | ch.WeightsTyped():
                self._change_weights(change)
        return ()

    def _change_project(self, change: ch.PlanSet | ch.RaceSet | ch.Retitled) -> None:
        match change:
            case ch.PlanSet(_, plan):
                self.plan = plan
            case ch.RaceSet(_, race):
                self.race = race
            case ch.Retitled(_, title):
                self.title = title

    def _change_weights(self, change: ch.TrainedSet | ch.WeightsTaken | ch.WeightsTyped) -> None:
        match change:
            case ch.TrainedSet(_, trained):
                self.trained = trained
            case ch.WeightsTaken(old, new):
                self.trained = new if self.trained == old else self.trained
            case ch.WeightsTyped(name, place, before, after) if self.trained:
                self.trained = self.trained.typed(name, place, before, after)

    def _change_nodes(self, change: ch.NodeAdded | ch.NodeRemoved) -> None:
        node = change.node
        if isinstance(change, ch.NodeAdded):
            self.graphs[change.sheet].add(node)
            self.where[node.id] = change.sheet
            self.next_node = max(self.next_node, node.order + 1)
            if node.block:
                self._instances[node.block][node.id] = None
        else:
            self.graphs[change.sheet].remove(node.id)
            del self.where[node.id]
            if node.block:
                del self._instances[node.block][node.id]

    def _change_wires(self, change: ch.LinkAdded | ch.LinkRemoved | ch.WaySet) -> None:
        graph = self.graphs[self.where[change.link.target]]
        match change:
            case ch.LinkAdded(link, slot):
                graph.plug(link, slot)
            case ch.LinkRemoved(link, slot):
                graph.unplug(link, slot)
            case ch.WaySet(link, _, way):
                graph.lay(link, way)

    def _change_marks(self, change: ch.MarkAdded | ch.MarkRemoved | ch.MarkChanged) -> None:
        marks = self.graphs[change.sheet].marks
        match change:
            case ch.MarkAdded(mark, sheet):
                marks[mark.id] = mark
                self.marked[mark.id] = sheet
                self.next_mark = max(self.next_mark, order(mark) + 1)
            case ch.MarkRemoved(mark):
                del marks[mark.id], self.marked[mark.id]
            case ch.MarkChanged(_, _, mark):
                marks[mark.id] = mark

    def _alter(self, change: _Altering) -> tuple[str, ...]:
        graph = self.graphs[self.where[change.id]]
        old = graph.nodes[change.id]
        altered: dict[str, Any]
        match change:
            case ch.NodeRenamed(_, _, name):
                altered = {"name": name}
            case ch.ParamSet(_, name, _, new):
                altered = {"params": {**old.params, name: new}}
            case ch.ParamsReplaced(_, _, values):
                altered = {"params": dict(values)}
            case ch.NodeMoved(_, _, at):
                altered = {"at": at}
            case ch.NodeMuted(_, muted):
                altered = {"muted": muted}
            case ch.TuningSet(_, _, tuning):
                altered = {"tuning": tuning}
            case ch.LooksSet(_, _, looks):
                altered = {"looks": looks}
        graph.alter(change.id, **altered)
        return self._turn(old, graph.nodes[change.id])

    def _turn(self, old: Node, new: Node) -> tuple[str, ...]:
        """An instance that is one of another block now gets that one's face."""
        if old.block == new.block:
            return ()
        del self._instances[old.block][old.id]
        self._instances[new.block][new.id] = None
        self.graphs[self.where[new.id]].alter(new.id, face=self.face(new.block))
        return (new.id,)

    def _change_blocks(self, change: ch.BlockAdded | ch.BlockRemoved | ch.BlockChanged) -> None:
        match change:
            case ch.BlockAdded(block):
                self.blocks[block.id] = block
                self.graphs[block.id] = Graph()
                self._instances[block.id] = {}
            case ch.BlockRemoved(block):
                del self.blocks[block.id], self.graphs[block.id], self._instances[block.id]
                self._faces.pop(block.id, None)
            case ch.BlockChanged(_, block):
                self.blocks[block.id] = block

    # Faces

    def _stale(self, change: ch.Change) -> str:
        """The block whose face may be another after the change, or an empty string."""
        match change:
            case ch.BlockChanged(block):
                return block.id
            case ch.NodeAdded(node, sheet) | ch.NodeRemoved(node, sheet):
                return sheet if self._shows(sheet, node) else MAIN
            case ch.NodeRenamed(key) | ch.ParamSet(key) | ch.ParamsReplaced(key):
                sheet = self.where[key]
                return sheet if self._shows(sheet, self.at(key)) else MAIN
        return MAIN

    def _shows(self, sheet: str, node: Node) -> bool:
        """Whether the face of the block depends on the node."""
        return sheet != MAIN and (node.type in blocks.PORTS or bool(self.blocks[sheet].offers(node.id)))

    def _refresh(self, stale: str) -> Iterator[str]:
        """Make the face of a block anew, and those that depend on it. Gives the instances that have another now.

        A block without instances gets its face when there is one.
        """
        waiting = [stale] if stale else []
        while waiting:
            block = waiting.pop()
            before = self._faces.pop(block, None)
            if not self._instances[block] or self.face(block) == before:
                continue
            for node in self.instances(block):
                sheet = self.where[node.id]
                self.graphs[sheet].alter(node.id, face=self.face(block))
                yield node.id
                if self._shows(sheet, node):
                    waiting.append(sheet)

    def _tell(self, change: ch.Change) -> None:
        for listener in list(self._listeners):
            try:
                listener(change)
            except Exception:  # noqa: BLE001  # a listener's bug must not leave a change that history knows nothing of
                _log.exception("a listener failed on %s", type(change).__name__)
