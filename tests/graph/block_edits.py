"""What a machine does with blocks: made, taken apart, shared, and edited inside, in any order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from nnstudio.graph import changes as ch
from nnstudio.graph import storage
from nnstudio.graph.document import Document, Sheet
from tests.graph.drawings import EDITS, MARKINGS, PLACES, TUNINGS, holds, mark_any, sheets, written

NUMBERS = st.integers(0, 10**6)
INNER = ("Input", "Output", "Linear", "Conv2d", "ReLU", "Add", "Concatenate", "Custom", "Dataset", "MSELoss")
ARGUMENTS = ("start: float = 1.0", "start: int = 2", "start: int = 3, more: int = 4", "more: float = 0.5", "")
CODES = tuple(
    f"class Own(nn.Module):\n    def __init__(self, {given}):\n        super().__init__()\n\n"
    "    def forward(self, x):\n        return x\n"
    for given in ARGUMENTS
)
"""Classes whose arguments come, go and are of other kinds."""
NAMES = st.sampled_from(["x", "y", "a", "head", "linear2", "block", "n_1"])
BLOCK_NAMES = st.sampled_from(["Block", "Encoder", "N1", "SelfAttention", "Block2", "lower", "Path", "Class"])


class BlockEdits(RuleBasedStateMachine):
    """The rules about blocks. What they are mixed into has the document, and `_do` for an edit that may be refused."""

    document: Document
    _do: Callable[[Any], None]
    faces: dict[str, object]

    def follow_faces(self, change: ch.Change) -> None:
        """Whoever shows an instance has to be told of each face it gets."""
        match change:
            case ch.NodeAdded(node) if node.block:
                self.faces[node.id] = node.face
            case ch.FaceChanged(key):
                self.faces[key] = self.document.node(key).face

    def sheet(self, number: int) -> Sheet:
        found = sheets(self.document)
        return found[number % len(found)]

    def block(self, number: int) -> str:
        return sorted(self.document.blocks)[number % len(self.document.blocks)]

    def inner(self, number: int) -> str:
        keys = [key for sheet in sheets(self.document)[1:] for key in sorted(sheet.nodes)] or ["none"]
        return keys[number % len(keys)]

    def instance(self, number: int) -> str:
        keys = [node.id for block in sorted(self.document.blocks) for node in self.document.instances(block)]
        return keys[number % len(keys)] if keys else "none"

    @rule(where=NUMBERS, picks=st.lists(NUMBERS, max_size=4), name=BLOCK_NAMES)
    def make_block(self, where: int, picks: list[int], name: str) -> None:
        sheet = self.sheet(where)
        keys = sorted(sheet.nodes) or ["none"]
        marks = [key for key in sorted(sheet.marks) if where % 2]
        self._do(lambda: sheet.make_block([keys[number % len(keys)] for number in picks], name, marks))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS)
    def dissolve(self, number: int) -> None:
        key = self.instance(number)
        if key in self.document:
            before = {node.id for node in self.document.instances(self.document.node(key).block)}
            self._do(lambda: self.document.sheet_of(key).dissolve(key))
            assert key not in self.document or key not in before or self.document.node(key).id not in before

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS)
    def unlink(self, number: int) -> None:
        key = self.instance(number)
        if key in self.document:
            self._do(lambda: self.document.sheet_of(key).unlink(key))

    @precondition(lambda self: self.document.blocks)
    @rule(where=NUMBERS, number=NUMBERS, at=PLACES)
    def place(self, where: int, number: int, at: tuple[float, float]) -> None:
        self._do(lambda: self.sheet(where).place(self.block(number), at))

    @rule(name=BLOCK_NAMES)
    def add_block(self, name: str) -> None:
        self._do(lambda: self.document.add_block(name))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS)
    def remove_block(self, number: int) -> None:
        self._do(lambda: self.document.remove_block(self.block(number)))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, name=BLOCK_NAMES)
    def rename_block(self, number: int, name: str) -> None:
        self._do(lambda: self.document.rename_block(self.block(number), name))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, which=NUMBERS, name=st.sampled_from(["", "", "size", "size", "repeat", "x y"]))
    def promote(self, number: int, which: int, name: str) -> None:
        key = self.inner(number)
        if key in self.document and self.document.node(key).params:
            params = sorted(self.document.node(key).params)
            self._do(lambda: self.document.promote(key, params[which % len(params)], name))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, which=NUMBERS, offered=NUMBERS)
    def join(self, number: int, which: int, offered: int) -> None:
        """Under a name that the block around offers already: every instance keeps its value."""
        key = self.inner(number)
        names = self.offered_around(key)
        if names and self.document.node(key).params:
            block, name = self.document.sheet_of(key).block, names[offered % len(names)]
            before = {node.id: node.params[name] for node in self.document.instances(block)}
            params = sorted(self.document.node(key).params)
            self._do(lambda: self.document.promote(key, params[which % len(params)], name))
            assert {node.id: node.params[name] for node in self.document.instances(block)} == before

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, offered=NUMBERS)
    def join_all(self, number: int, offered: int) -> None:
        """Whatever in the block can go under a name that it offers."""
        names = self.offered_around(key := self.inner(number))
        for node in list(self.document.sheet_of(key).nodes.values()) if names else ():
            for param in sorted(node.params):
                self._do(partial(self.document.promote, node, param, names[offered % len(names)]))

    def offered_around(self, key: str) -> list[str]:
        """The names that the block around a node offers."""
        block = self.document.sheet_of(key).block if key in self.document else ""
        return sorted({offer.name for offer in self.document.blocks[block].promoted}) if block else []

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, code=st.sampled_from(CODES))
    def type_in(self, number: int, code: str) -> None:
        nodes = [node for sheet in sheets(self.document)[1:] for node in sheet.nodes.values() if node.type == "Custom"]
        if nodes:
            self._do(lambda: self.document.set(nodes[number % len(nodes)], code=code))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, which=NUMBERS)
    def demote(self, number: int, which: int) -> None:
        block = self.document.blocks[self.block(number)]
        if block.promoted:
            offer = block.promoted[which % len(block.promoted)]
            self._do(lambda: self.document.demote(block.id, offer.name))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, repeat=st.integers(0, 3), value=st.sampled_from([1, 2, 5, True]))
    def set_instance(self, number: int, repeat: int, value: object) -> None:
        key = self.instance(number)
        if key in self.document:
            names = sorted(self.document.node(key).params.keys() - {"block", "repeat"})
            self._do(lambda: self.document.set(key, repeat=repeat, **dict.fromkeys(names[:1], value)))

    # Inside

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, kind=st.sampled_from(INNER), at=PLACES)
    def add_inside(self, number: int, kind: str, at: tuple[float, float]) -> None:
        self._do(lambda: self.document.sheet(self.block(number)).add(kind, at=at))

    @precondition(lambda self: self.document.blocks)
    @rule(where=NUMBERS, source=NUMBERS, sink=NUMBERS, replace=st.booleans())
    def connect_inside(self, where: int, source: int, sink: int, replace: bool) -> None:
        sheet = self.sheet(where)
        keys = sorted(sheet.nodes) or ["none"]
        ends = keys[source % len(keys)], keys[sink % len(keys)]
        self._do(lambda: sheet.connect(*ends, replace=replace))

    @precondition(lambda self: self.document.blocks)
    @rule(source=NUMBERS, sink=NUMBERS)
    def connect_across(self, source: int, sink: int) -> None:
        self._do(lambda: self.document.connect(self.inner(source), self.inner(sink)))

    @precondition(lambda self: self.document.blocks)
    @rule(first=NUMBERS, second=NUMBERS)
    def remove_inside(self, first: int, second: int) -> None:
        self._do(lambda: self.document.remove(self.inner(first), self.inner(second)))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, name=NAMES)
    def rename_inside(self, number: int, name: str) -> None:
        self._do(lambda: self.document.rename(self.inner(number), name))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, edit=st.sampled_from(EDITS), data=st.data())
    def set_inside(self, number: int, edit: tuple[str, str, Any], data: st.DataObject) -> None:
        owner, name, values = edit
        nodes = [node for sheet in sheets(self.document)[1:] for node in sheet.nodes.values() if node.type == owner]
        if nodes:
            value = data.draw(values)
            self._do(lambda: self.document.set(nodes[number % len(nodes)], **{name: value}))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, muted=st.booleans())
    def mute_inside(self, number: int, muted: bool) -> None:
        self._do(lambda: self.document.mute(self.inner(number), muted))

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS, tuning=TUNINGS)
    def tune_inside(self, number: int, tuning: dict[str, Any]) -> None:
        self._do(lambda: self.document.tune([self.inner(number)], **tuning))

    @rule(where=NUMBERS, marking=MARKINGS, at=PLACES)
    def mark(self, where: int, marking: tuple[str, int, Any], at: tuple[float, float]) -> None:
        """What computes nothing, in any of the drawings."""
        self._do(lambda: mark_any(self.sheet(where), marking, at))

    # As a whole

    @precondition(lambda self: self.document.blocks)
    @rule()
    def saved(self) -> None:
        again = storage.document_from(written(self.document))
        assert written(again) == written(self.document)
        holds(again)

    @precondition(lambda self: self.document.blocks)
    @rule(number=NUMBERS)
    def imported(self, number: int) -> None:
        """Into an empty document, and once more: then it is there already."""
        other, block = Document(), self.block(number)
        copied = other.import_block(self.document, block)
        assert copied.name == self.document.blocks[block].name
        holds(other)
        count = len(other.blocks)
        assert other.import_block(self.document, block) == copied
        assert len(other.blocks) == count

    def faces_are_told(self) -> None:
        """An invariant of what this is mixed into."""
        for block in self.document.blocks:
            for node in self.document.instances(block):
                assert self.faces[node.id] == node.face
