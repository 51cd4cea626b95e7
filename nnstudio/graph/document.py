"""The document: the drawings, blocks and training plan of one project, and the only place that changes them.

    document = Document("digits cnn")
    digits = document.add("Dataset", dataset="digits")
    head = document.add("Linear", out_features=10)
    document.connect(digits, head)
    document.undo()

Every edit is a typed change that listeners hear about, and one undo step; `with document.transaction("name"):` makes
one step of several edits. The document is itself the sheet of its main drawing; `document.sheet("b1")` is the inside of
a block, with the same edits.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from types import MappingProxyType

from nnstudio.errors import DocumentError
from nnstudio.graph import changes as ch
from nnstudio.graph import copying, grouping, rules, ungrouping, weights
from nnstudio.graph.blocks import Block, Promoted
from nnstudio.graph.drawing import MAIN, Drawing
from nnstudio.graph.editing import Editing
from nnstudio.graph.history import History
from nnstudio.graph.nodes import BLOCK, INPUT, OUTPUT, Node, NodeRef, Position
from nnstudio.graph.race import Race, check
from nnstudio.graph.training import Trained, TrainingPlan
from nnstudio.graph.weights import Renaming


class Sheet(Editing):
    """One drawing of a document: the main one, or the inside of a block."""

    def __init__(self, document: Document, drawing: Drawing, history: History, block: str) -> None:
        super().__init__(drawing, history, block)
        self._document = document

    @property
    def document(self) -> Document:
        return self._document

    def make_block(self, nodes: Iterable[NodeRef], name: str = copying.DEFAULT_NAME, marks: Iterable[str] = ()) -> Node:
        """A new block of these nodes, and an instance in their place; they keep their ids, names and wires.

        Wires that enter become inputs, one for each source; wires that leave become outputs. The frames and comments
        with these ids go along, others stay. Raises DocumentError for
        nothing, for data, losses and ports, and where a way leads out of the selection and back in; BadName for a name
        that is taken.
        """
        return grouping.make_block(self, nodes, name, marks)

    def dissolve(self, node: NodeRef) -> list[Node]:
        """The opposite: the nodes inside an instance are in this drawing again, as often as it is repeated.

        The last instance gives the nodes themselves and takes the definition along; others give copies. Raises
        DocumentError for what is no instance here.
        """
        return ungrouping.dissolve(self, self._instance(node))

    def unlink(self, node: NodeRef) -> Node:
        """Give an instance a definition of its own, like the one it had. Raises DocumentError for what is none here."""
        return copying.unlink(self, self._instance(node))

    def place(self, block: str, at: Position = (0.0, 0.0)) -> Node:
        """A further instance. Raises DocumentError where there is no such block, or it would contain itself."""
        return self.add(BLOCK, at=at, block=block)

    def _instance(self, reference: NodeRef) -> Node:
        node = self.node(reference)
        if not node.block:
            raise DocumentError(f"'{node.name}' is no block.", fix="Choose an instance of a block.")
        if node.id not in self.nodes:
            raise DocumentError(f"'{node.name}' is in another drawing.", fix="Open the block it is in.")
        return node


class Document(Sheet):
    """The main drawing, and all that a project has besides. Nodes in blocks are found by their ids too."""

    def __init__(self, title: str = "untitled") -> None:
        drawing = Drawing(title)
        super().__init__(self, drawing, History(drawing.carry_out), MAIN)
        self._sheets: dict[str, Sheet] = {MAIN: self}
        self.token = secrets.token_hex(16)
        """Tells this document, as long as it is open, from every other."""

    # What there is

    @property
    def title(self) -> str:
        return self._drawing.title

    @property
    def plan(self) -> TrainingPlan:
        return self._drawing.plan

    @property
    def race(self) -> Race | None:
        """What varies when several runs are trained side by side; None where nobody has said."""
        return self._drawing.race

    @property
    def trained(self) -> Trained | None:
        return self._drawing.trained

    @property
    def blocks(self) -> Mapping[str, Block]:
        """The definitions by id."""
        return MappingProxyType(self._drawing.blocks)

    def sheet(self, block: str = MAIN) -> Sheet:
        """The inside of a block, always the same object; the document itself for the main drawing.

        Raises DocumentError where there is no such block.
        """
        self._drawing.graph(block)
        if block not in self._sheets:
            self._sheets[block] = Sheet(self, self._drawing, self.history, block)
        return self._sheets[block]

    def sheet_of(self, node: NodeRef) -> Sheet:
        """The drawing in which a node lies. Raises NoSuchNode."""
        return self.sheet(self._drawing.where[self.node(node).id])

    def instances(self, block: str) -> list[Node]:
        """All nodes that use a block, in whatever drawing, the oldest first. Raises DocumentError."""
        return self._drawing.instances(self._drawing.block(block).id)

    def renaming(self, change: ch.Change) -> Renaming | None:
        """New names for trained tensors that a change brings, or None. To be asked while the change is told."""
        return self._drawing.renaming(change)

    # Blocks

    def add_block(self, name: str = copying.DEFAULT_NAME) -> Block:
        """A block with an input "x" and an output "y", and nothing between. Raises BadName."""
        with self.transaction(f"New block {name}"):
            block = copying.new_block(self, name)
            self.inside(block.id).add(INPUT, "x")
            self.inside(block.id).add(OUTPUT, "y", at=(480.0, 0.0))
        return block

    def remove_block(self, block: str) -> None:
        """Take a definition out, with what is in it. Raises DocumentError while there are instances."""
        definition = self._drawing.block(block)
        used = self.instances(block)
        if used:
            words = f"'{used[0].name}' is an instance of {definition.name}."
            raise DocumentError(words, fix="Delete all instances first.")
        with self.transaction(f"Delete block {definition.name}"):
            self.inside(block).remove(*self._drawing.graph(block).nodes)
            self.clear_marks(block)
            self.apply(ch.BlockRemoved(self._drawing.block(block)))

    def rename_block(self, block: str, name: str) -> Block:
        """Give a block another name. Raises BadName."""
        definition = self._drawing.block(block)
        if name != definition.name:
            rules.check_block_name(name, {other.name for other in self.blocks.values()})
            with self.transaction("Rename block"):
                self.change_block(replace(definition, name=name))
        return self._drawing.block(block)

    def promote(self, node: NodeRef, param: str, name: str = "") -> Promoted:
        """Offer a parameter of a node in a block outside, at every instance. Without a name, that of the parameter.

        Under a name that the block offers already it joins what is there: it gets their value, and every instance keeps
        its own. Raises BadParameter for one that there is not, BadName, and DocumentError where it is offered already,
        where there is no block around, or where it can not take what the name stands for.
        """
        return self.offer(self.node(node), param, name)

    def demote(self, block: str, name: str) -> None:
        """Offer a name no longer: the values inside hold at every instance. Raises DocumentError."""
        definition = self._drawing.block(block)
        if not definition.named(name):
            raise DocumentError(f"{definition.name} offers no parameter '{name}'.")
        with self.transaction(f"Offer {name} no longer"):
            self.withdraw(block, definition.named(name))

    def import_block(self, other: Document, block: str) -> Block:
        """The definition from another document, and those it uses; one that is the same already is used again."""
        return copying.import_block(self, other._drawing, block)

    # The rest

    def set_plan(self, /, **values: object) -> None:
        """Change the training plan. All or none: raises BadParameter before anything changes."""
        plan = self.plan.changed(values)
        if plan != self.plan:
            with self.transaction(f"Set {', '.join(values)}"):
                self.apply(ch.PlanSet(self.plan, plan))

    def set_race(self, race: Race | None) -> None:
        """Let other things vary in a race. Raises DocumentError for what can not be run."""
        if race is not None:
            check(race)
        if race != self.race:
            with self.transaction("Set race"):
                self.apply(ch.RaceSet(self.race, race))

    def retitle(self, title: str) -> None:
        """Give the project another title, cut to what a file can hold."""
        title = rules.clean_title(title)
        if title != self.title:
            with self.transaction("Rename project"):
                self.apply(ch.Retitled(self.title, title))

    def set_trained(self, trained: Trained | None) -> None:
        """Take in what a run left. Not an undo step."""
        self.apply(ch.TrainedSet(self.trained, trained))

    def take_weights(self, trained: Trained) -> None:
        """Weights with a number that a person has typed, in the place of those there are. One undo step."""
        if trained != self.trained:
            with self.transaction("Set weights"):
                self.apply(ch.WeightsTaken(self.trained, trained))

    def type_weight(self, name: str, place: int, values: Sequence[float]) -> None:
        """Other numbers in a trained tensor, from the one at `place` on, row by row. One undo step.

        Raises DocumentError where there are no such numbers, and BadParameter for what they can not be.
        """
        found = weights.tensor(self.trained.weights, name) if self.trained else None
        if self.trained is None or found is None or not 0 <= place <= prod(found.shape) - len(values):
            raise DocumentError(f"There are no trained numbers of '{name}' at that place.", fix="Train first.")
        begin, new = found.begin + place * found.size, found.packed(values)
        old = self.trained.weights[begin : begin + len(new)]
        if old != new:
            with self.transaction(f"Set {name}"):
                self.apply(ch.WeightsTyped(name, place * found.size, old, new))

    def _find(self, key: str) -> Node | None:
        return self._graph.find(key) or self._drawing.find(key)
