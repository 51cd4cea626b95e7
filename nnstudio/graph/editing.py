"""Edits of one drawing: the main one, or the inside of a block. Each is one undo step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType
from nnstudio.errors import DocumentError, LinkRefused, UnknownLayer
from nnstudio.graph import changes as ch
from nnstudio.graph import naming, rules
from nnstudio.graph.marking import checked_looks, counted, looks_verb
from nnstudio.graph.marks import Mark
from nnstudio.graph.nodes import BLOCK, Link, Node, NodeRef, Position
from nnstudio.graph.offering import Offering
from nnstudio.graph.steps import checked
from nnstudio.graph.tuning import check_tunable, checked_tuning, tuning_verb


class Editing(Offering):
    """What a person does to nodes and wires."""

    def add(self, type_name: str, /, name: str = "", at: Position = (0.0, 0.0), **params: object) -> Node:
        """A new node; of type "Block", `block` is the id of the block it is an instance of.

        Raises UnknownLayer, BadParameter, BadName, and DocumentError for a place that is none and for what may not be
        in a block.
        """
        layer = self.declaration(type_name, params)
        if layer.is_block:
            self.check_may_hold(str(params["block"]))
        values = layer.check(params)
        name = name or naming.free_name(layer, values, self._graph.ids)
        rules.check_name(name, self._graph.ids)
        node = Node(self.free_id(), type_name, name, values, rules.check_position(at))
        with self.transaction(f"Add {self._drawing.block(node.block).name if node.block else type_name}"):
            self.apply(ch.NodeAdded(node, self._block))
        return self._drawing.at(node.id)

    def add_like(self, node: Node, at: Position, params: Mapping[str, object]) -> Node:
        """A node like one of this or another document, with these parameters and under a name that is free.

        It begins without wires. Raises what `add` does.
        """
        layer = self.declaration(node.type, params)
        if layer.is_block:
            self.check_may_hold(str(params["block"]))
        name = naming.freed(node.name, self._graph.ids)
        like = replace(node, id=self.free_id(), name=name, params=layer.check(params), at=rules.check_position(at))
        if node.muted:
            rules.check_muted(like, self._block)
        with self.transaction(f"Add {name}"):
            self.apply(ch.NodeAdded(like, self._block))
        return self._drawing.at(like.id)

    def declaration(self, type_name: str, params: Mapping[str, object]) -> LayerType:
        """What may be added here, save that no block may be in itself. Raises UnknownLayer and DocumentError."""
        if type_name == BLOCK:
            return self._drawing.face(str(params.get("block", "")))
        layer = registry.layer(type_name)
        if self._block:
            rules.check_inside_block(layer)
        return layer

    def may_hold(self, type_name: str, /, **params: object) -> bool:
        """Whether `add` would take it here: a block holds no loss and no data, and not itself."""
        try:
            layer = self.declaration(type_name, params)
            if layer.is_block:
                self.check_may_hold(str(params["block"]))
        except (UnknownLayer, DocumentError):
            return False
        return True

    def remove(self, *references: NodeRef) -> None:
        """Take nodes out, with their wires; those of a block's ports go at every instance."""
        nodes = list({node.id: node for node in map(self.node, references)}.values())
        with self.transaction(several("Delete", nodes)):
            for node in nodes:
                self.take_out(node)

    def connect(self, source: NodeRef, target: NodeRef, *, replace: bool = False, slot: int | None = None) -> Link:
        """A wire between nodes, or ports given as "name.port"; free ports that fit are found. Raises LinkRefused.

        `replace` takes away the wire that is in the way. `slot` is the place among the wires of an input that takes
        many.
        """
        link = self._best_link(source, target, replace)
        with self.transaction("Connect"):
            if replace and not self._input_takes_many(link):
                self.unplug(self.links_into(link.target, link.input))
            rules.check_link(self, link)
            self.plug(link, slot)
        return link

    def disconnect(self, link: Link) -> None:
        """Take a wire out. Raises LinkRefused where there is none."""
        self.check_there(link)
        with self.transaction("Disconnect"):
            self.unplug([link])

    def reorder(self, link: Link, slot: int, was: int | None = None) -> None:
        """Another place for a wire among those of its input; `was` tells which it is where it is there more than once.

        Raises LinkRefused where there is none.
        """
        links = self.check_there(link)
        was = links.index(link) if was is None or links[was : was + 1] != [link] else was
        slot = max(0, min(slot, len(links) - 1))
        way = self._graph_of(link.target).ways.get(link, ()) if links.count(link) == 1 else ()
        if slot != was:
            with self.transaction("Reorder wires"):
                if way:
                    self.lay(link, ())
                self.apply(ch.LinkRemoved(link, was))
                self.plug(link, slot)
                if way:
                    self.lay(link, way)

    def set(self, reference: NodeRef, /, **params: object) -> Node:
        """Set parameters. All or none: raises BadParameter, and then nothing has changed.

        A parameter that a block offers outside follows at those instances that have not set it otherwise; others that
        are offered under the same name get the same value.
        """
        node = self.node(reference)
        values = checked(node, params)
        self.one_value_each(node, {name: values[name] for name in params})
        with self.transaction(f"Set {', '.join(params)}"):
            self.set_values(node, params)
        return self.node(node.id)

    def rename(self, reference: NodeRef, name: str) -> Node:
        """Give a node another name; the wires at a block's port follow. Raises BadName."""
        node = self.node(reference)
        if name != node.name:
            rules.check_name(name, self._graph_of(node.id).ids)
            with self.transaction("Rename"):
                self.set_name(node, name)
        return self.node(node.id)

    def move(self, positions: Mapping[str, Position], marks: Mapping[str, Position] | None = None) -> None:
        """Put nodes, by id or name, and frames and comments, by id, at new places in the drawing.

        Locked nodes stay where they are. A wire whose ends move by the same takes its way along.
        """
        moved = [(self.node(key), rules.check_position(at)) for key, at in positions.items()]
        moved = [(node, at) for node, at in moved if node.at != at and not node.looks.locked]
        places = self.other_places(marks or {})
        with self.transaction(f"Move {_listed([node for node, _ in moved], places)}"):
            self.carry_ways({node.id: (at[0] - node.at[0], at[1] - node.at[1]) for node, at in moved})
            for node, at in moved:
                self.apply(ch.NodeMoved(node.id, node.at, at))
            for mark, at in places.items():
                self.alter_mark(mark, at=at)

    def set_looks(self, nodes: Iterable[NodeRef], **looks: Any) -> None:
        """How nodes are shown: any of `color`, `note`, `collapsed` and `locked`. Raises DocumentError for what is none.

        What they compute stays the same.
        """
        chosen = list({node.id: node for node in map(self.node, nodes)}.values())
        given = checked_looks(looks)
        with self.transaction(several(looks_verb(given), chosen)):
            for node in chosen:
                new = replace(node.looks, **given)
                if new != node.looks:
                    self.apply(ch.LooksSet(node.id, node.looks, new))

    def mute(self, reference: NodeRef, muted: bool = True) -> None:
        """Leave a node out of the computation; what comes in passes on where shapes allow.

        Raises DocumentError for a port of a block.
        """
        node = self.node(reference)
        if node.muted != muted:
            if muted:
                rules.check_muted(node, self._drawing.where[node.id])
            with self.transaction("Mute" if muted else "Unmute"):
                self.apply(ch.NodeMuted(node.id, muted))

    def tune(self, nodes: Iterable[NodeRef], **tuning: object) -> None:
        """How the weights of nodes are trained: any of `frozen` and `lr`; a block's goes for all that is inside.

        Raises BadParameter, and DocumentError for a node that can have no weights.
        """
        chosen = list({node.id: node for node in map(self.node, nodes)}.values())
        given = checked_tuning(tuning)
        for node in chosen:
            check_tunable(node)
        with self.transaction(several(tuning_verb(given, chosen), chosen)):
            for node in chosen:
                new = replace(node.tuning, **given)
                if new != node.tuning:
                    self.apply(ch.TuningSet(node.id, node.tuning, new))

    def undo(self) -> bool:
        """Take back the last step, in whatever drawing it was. False where there is none, or in the middle of one."""
        return self.history.undo()

    def redo(self) -> bool:
        """Do the last undone step again."""
        return self.history.redo()

    def inside(self, block: str) -> Editing:
        """The drawing inside a block."""
        return Editing(self._drawing, self.history, block)

    def check_there(self, link: Link) -> list[Link]:
        """Raise LinkRefused where there is no such wire; gives all those of its input."""
        links = self._graph_of(link.target).slots.get((link.target, link.input), [])
        if link not in links:
            raise LinkRefused(f"There is no wire {link}.", rule="no-such-link")
        return links

    def check_may_hold(self, block: str) -> None:
        """Raise DocumentError where a block would contain itself, or too many would lie in each other."""
        if self._block:
            uses = self._drawing.uses()
            uses[self._block].add(block)
            rules.check_nesting(uses, self._drawing.block(block).name)

    # Inside

    def _best_link(self, source: NodeRef, target: NodeRef, replace: bool) -> Link:
        start, output = self._endpoint(source)
        end, entry = self._endpoint(target)
        if self._drawing.where[start.id] != self._drawing.where[end.id]:
            words = f"'{start.name}' and '{end.name}' are in different drawings."
            raise LinkRefused(words, rule="elsewhere", fix="Lead the wire through an Input or an Output of the block.")
        return naming.best_link(
            start, output, end, entry, taken=lambda port: not replace and bool(self.links_into(end, port))
        )

    def _endpoint(self, reference: NodeRef) -> tuple[Node, str]:
        if isinstance(reference, str) and "." in reference:
            key, _, port = reference.partition(".")
            return self.node(key), port
        return self.node(reference), ""

    def _input_takes_many(self, link: Link) -> bool:
        return any(port.many for port in self.node(link.target).inputs if port.name == link.input)


def _listed(nodes: Sequence[Node], marks: Iterable[Mark]) -> str:
    """What one step does something to, in few words."""
    named = [f"{len(nodes)} nodes" if len(nodes) > 1 else nodes[0].name] if nodes else []
    return " and ".join([*named, *counted(marks)])


def several(verb: str, nodes: Iterable[Node]) -> str:
    """The name of a step that is done to these."""
    listed = list(nodes)
    return f"{verb} {listed[0].name}" if len(listed) == 1 else f"{verb} {len(listed)} nodes"
