"""Any sequence of edits, undo and redo: the document stays whole, and who listens to its changes knows it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from nnstudio.errors import BadName, BadParameter, DocumentError, LinkRefused, NNStudioError
from nnstudio.graph.document import Document
from nnstudio.graph.history import Step
from nnstudio.graph.training import EpochRow, Trained
from tests.graph.block_edits import NUMBERS, BlockEdits
from tests.graph.drawings import EDITS, PLACES, PLANS, TUNINGS, TYPES, Mirror, holds, taken_back, written

NAMES = st.sampled_from(["a", "b", "head", "out", "conv", "linear2", "n_1", "forward1"])
BAD_NAMES = ("", "1a", "a b", "class", "_x", "forward", "n7", "ü", "x" * 65, "__init__")


class DocumentMachine(BlockEdits):
    """`past` holds what was written after each step, so that undo can be compared byte for byte."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.mirror = Mirror()
        self.document.subscribe(self.mirror.hear)
        self.faces = {}
        self.document.subscribe(self.follow_faces)
        self.draw()
        self.document.history.clear()
        self.announced = 0
        self.document.history.subscribe(self._announce)
        self.past = [written(self.document)]
        self.future: list[bytes] = []

    def draw(self) -> None:
        """What there is to begin with."""

    def _announce(self) -> None:
        self.announced += 1

    def _pick(self, number: int) -> str:
        keys = sorted(self.document.nodes)
        return keys[number % len(keys)]

    def _edited(self, steps: int) -> None:
        """What follows an edit that made so many steps."""
        done = self.document.history.done
        assert len(done) == len(self.past) - 1 + steps
        if steps:
            self.past.append(written(self.document))
            self.future.clear()
            assert self.document.history.undo_name == done[-1].name != ""

    def _steps(self) -> list[Step]:
        return list(self.document.history.done)

    def _do(self, edit: Any) -> None:
        """An edit that may be refused: then nothing has changed."""
        before, steps, told = written(self.document), self._steps(), ""
        try:
            edit()
        except NNStudioError as error:
            told = error.message
        if told:
            assert told.endswith(".")
            assert (written(self.document), self._steps()) == (before, steps)
        self._edited(len(self.document.history.done) - len(steps))
        assert len(self._steps()) > len(steps) or written(self.document) == before

    # Edits

    @rule(kind=st.sampled_from(TYPES), at=PLACES)
    def add(self, kind: str, at: tuple[float, float]) -> None:
        node = self.document.add(kind, at=at)
        assert self.document.node(node) is node
        self._edited(1)

    @rule(kind=st.sampled_from(TYPES), name=NAMES)
    def add_named(self, kind: str, name: str) -> None:
        self._do(lambda: self.document.add(kind, name=name))

    @precondition(lambda self: self.document.nodes)
    @rule(first=NUMBERS, second=NUMBERS, more=st.booleans())
    def remove(self, first: int, second: int, more: bool) -> None:
        chosen = [self._pick(first), self._pick(second)][: 1 + more]
        self.document.remove(*chosen)
        assert not any(key in self.document for key in chosen)
        self._edited(1)

    @precondition(lambda self: len(self.document.nodes) > 1)
    @rule(source=NUMBERS, sink=NUMBERS, replace=st.booleans(), slot=st.none() | st.integers(-2, 5))
    def connect(self, source: int, sink: int, replace: bool, slot: int | None) -> None:
        start, end = self._pick(source), self._pick(sink)
        self._do(lambda: self.document.connect(start, end, replace=replace, slot=slot))

    @precondition(lambda self: len(self.document.nodes) > 1)
    @rule(source=NUMBERS, sink=NUMBERS, output=NUMBERS, entry=NUMBERS, replace=st.booleans())
    def connect_ports(self, source: int, sink: int, output: int, entry: int, replace: bool) -> None:
        start, end = self.document.node(self._pick(source)), self.document.node(self._pick(sink))
        outputs = [port.name for port in start.outputs] or ["none"]
        entries = [port.name for port in end.inputs] or ["none"]
        ends = f"{start.name}.{outputs[output % len(outputs)]}", f"{end.id}.{entries[entry % len(entries)]}"
        self._do(lambda: self.document.connect(*ends, replace=replace))

    @precondition(lambda self: self.document.links)
    @rule(number=NUMBERS, slot=st.integers(0, 3))
    def connect_again(self, number: int, slot: int) -> None:
        """An input that takes many may take the same wire twice."""
        links = sorted(self.document.links)
        link = links[number % len(links)]
        ends = f"{link.source}.{link.output}", f"{link.target}.{link.input}"
        self._do(lambda: self.document.connect(*ends, slot=slot))

    @precondition(lambda self: self.document.links)
    @rule(number=NUMBERS)
    def disconnect(self, number: int) -> None:
        links = sorted(self.document.links)
        self.document.disconnect(links[number % len(links)])
        assert len(self.document.links) == len(links) - 1
        self._edited(1)

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, edit=st.sampled_from(EDITS), data=st.data())
    def set(self, number: int, edit: tuple[str, str, Any], data: st.DataObject) -> None:
        owner, name, values = edit
        nodes = [node for node in self.document.nodes.values() if node.type == owner]
        if nodes:
            value = data.draw(values)
            self._do(lambda: self.document.set(nodes[number % len(nodes)], **{name: value}))

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, name=NAMES)
    def rename(self, number: int, name: str) -> None:
        self._do(lambda: self.document.rename(self._pick(number), name))

    @precondition(lambda self: self.document.nodes)
    @rule(first=NUMBERS, second=NUMBERS, at=PLACES)
    def move(self, first: int, second: int, at: tuple[float, float]) -> None:
        self._do(lambda: self.document.move({self._pick(first): at, self._pick(second): (at[0], 7.0)}))

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, muted=st.booleans())
    def mute(self, number: int, muted: bool) -> None:
        self._do(lambda: self.document.mute(self._pick(number), muted))

    @precondition(lambda self: self.document.nodes)
    @rule(first=NUMBERS, second=NUMBERS, tuning=TUNINGS)
    def tune(self, first: int, second: int, tuning: dict[str, Any]) -> None:
        self._do(lambda: self.document.tune({self._pick(first), self._pick(second)}, **tuning))

    @rule(name=st.sampled_from(sorted(PLANS)), data=st.data())
    def set_plan(self, name: str, data: st.DataObject) -> None:
        value = data.draw(PLANS[name])
        self._do(lambda: self.document.set_plan(**{name: value}))

    @rule(title=st.text(max_size=210))
    def retitle(self, title: str) -> None:
        self._do(lambda: self.document.retitle(title))

    @rule(loss=st.floats(0, 1))
    def train(self, loss: float) -> None:
        """Not an edit: nothing to undo, and nothing to redo is lost."""
        steps, undone = self._steps(), list(self.document.history.undone)
        self.document.set_trained(Trained(b"weights", (EpochRow(1, loss, loss),)))
        assert (self._steps(), self.document.history.undone) == (steps, undone)

    @rule(number=st.floats(-9, 9, width=32), more=st.booleans())
    def type_weights(self, number: float, more: bool) -> None:
        """The first number makes weights the document's; undo and redo leave a training that came since."""
        header = b'{"a-b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
        taken = Trained(len(header).to_bytes(8, "little") + header + bytes(8))
        self._do(lambda: self.document.type_weight("a-b", 1, [number]) if more else self.document.take_weights(taken))

    # Edits that are refused

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, name=st.sampled_from(BAD_NAMES))
    def bad_name(self, number: int, name: str) -> None:
        before = written(self.document)
        for edit in (lambda: self.document.rename(self._pick(number), name), lambda: self.document.add("ReLU", name)):
            if name:
                with pytest.raises(BadName):
                    edit()
        assert written(self.document) == before
        self._edited(0)

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, value=st.sampled_from([-1, 0.5, "8", True, None, float("nan"), 2**80, [1, 2, 3]]))
    def bad_value(self, number: int, value: object) -> None:
        before = written(self.document)
        linear = [node for node in self.document.nodes.values() if node.type == "Linear"]
        with pytest.raises(BadParameter):
            self.document.set_plan(epochs=3, batch_size=value)
        for node in linear[:1]:
            with pytest.raises(BadParameter):
                self.document.set(node, bias=False, out_features=value)
        assert written(self.document) == before
        self._edited(0)

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS)
    def no_place(self, number: int) -> None:
        with pytest.raises(DocumentError):
            self.document.move({self._pick(number): (float("nan"), 0.0)})
        self._edited(0)

    # Several at once

    @rule(first=st.sampled_from(TYPES), second=st.sampled_from(TYPES))
    def together(self, first: str, second: str) -> None:
        with self.document.transaction("Both"):
            start = self.document.add(first)
            with self.document.transaction("inner"):
                end = self.document.add(second)
            with pytest.raises(LinkRefused):
                self.document.connect(f"{end.id}.nothing", start)
            assert not self.document.undo()
            assert not self.document.redo()
        self._edited(1)
        assert self.document.history.undo_name == "Both"

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, kind=st.sampled_from(TYPES))
    def taken_back(self, number: int, kind: str) -> None:
        before, announced = written(self.document), self.announced
        with taken_back(self.document, "Nothing"):
            self.document.add(kind)
            self.document.remove(self._pick(number))
        assert written(self.document) == before
        assert self.announced > announced
        self._edited(0)

    @precondition(lambda self: self.document.nodes)
    @rule(number=NUMBERS, kind=st.sampled_from(TYPES))
    def inner_taken_back(self, number: int, kind: str) -> None:
        """The inner edit fails and is dealt with: the outer one goes on from where it was."""
        with self.document.transaction("Outer"):
            self.document.add(kind)
            between = written(self.document)
            with taken_back(self.document, "Inner"):
                self.document.remove(self._pick(number))
                self.document.add(kind)
            assert written(self.document) == between
        self._edited(1)

    # Undo and redo

    @rule(count=st.integers(1, 4))
    def undo(self, count: int) -> None:
        for _ in range(count):
            assert self.document.undo() == (len(self.past) > 1)
            if len(self.past) > 1:
                self.future.append(self.past.pop())
            assert written(self.document) == self.past[-1]

    @rule(count=st.integers(1, 4))
    def redo(self, count: int) -> None:
        for _ in range(count):
            assert self.document.redo() == bool(self.future)
            if self.future:
                self.past.append(self.future.pop())
            assert written(self.document) == self.past[-1]

    def teardown(self) -> None:
        while self.document.undo():
            self.future.append(self.past.pop())
            assert written(self.document) == self.past[-1]
        assert len(self.past) == 1
        self.mirror.agrees_with(self.document)
        while self.document.redo():
            assert written(self.document) == self.future.pop()
        assert not self.future

    # What always holds

    @invariant()
    def is_whole(self) -> None:
        holds(self.document)

    @invariant()
    def mirror_agrees(self) -> None:
        self.mirror.agrees_with(self.document)

    @invariant()
    def faces_agree(self) -> None:
        self.faces_are_told()

    @invariant()
    def history_agrees(self) -> None:
        assert len(self.document.history.done) == len(self.past) - 1
        assert len(self.document.history.undone) == len(self.future)
        assert written(self.document) == self.past[-1]


class BlockMachine(DocumentMachine):
    """Begins with blocks in each other, used several times, repeated, and parameters offered on and under one name."""

    def draw(self) -> None:
        chain = [self.document.add(kind) for kind in ("Conv2d", "ReLU", "Linear", "Tanh", "Linear", "Add")]
        for start, end in pairwise(chain):
            self.document.connect(start, end)
        self.document.connect(chain[1], chain[-1])
        outer = self.document.make_block(chain[1:5], "Outer")
        inner = self.document.sheet(outer.block).make_block(chain[2:4], "Inner")
        self.document.promote(chain[2], "out_features", "width")
        self.document.promote(inner, "width", "size")
        self.document.promote(chain[4], "out_features", "size")
        self.document.connect(outer, self.document.place(outer.block))
        self.document.set(self.document.place(inner.block), repeat=2)


def test_any_sequence_of_edits_of_blocks() -> None:
    run_state_machine_as_test(BlockMachine, settings=settings(max_examples=60, stateful_step_count=40))


def test_any_sequence_of_edits() -> None:
    run_state_machine_as_test(DocumentMachine, settings=settings(max_examples=60, stateful_step_count=40))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_very_many_sequences_of_edits() -> None:
    run_state_machine_as_test(BlockMachine, settings=settings(max_examples=1500, stateful_step_count=80))
    run_state_machine_as_test(DocumentMachine, settings=settings(max_examples=1500, stateful_step_count=80))
