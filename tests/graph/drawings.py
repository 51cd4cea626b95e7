"""What the tests of the document share: drawn documents, a mirror led by changes, and what always holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import networkx as nx
from hypothesis import strategies as st

from nnstudio.errors import DocumentError, LinkRefused
from nnstudio.graph import blocks, nesting, rules, storage
from nnstudio.graph import changes as ch
from nnstudio.graph.blocks import Block
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.looks import COLORS
from nnstudio.graph.marks import Bookmark, Mark
from nnstudio.graph.nodes import PLANNED, Link, Node, Position
from nnstudio.graph.training import Trained, TrainingPlan, plan_params
from nnstudio.graph.weights import Renaming
from nnstudio.params import Value

TYPES = ("Dataset", "Linear", "Conv2d", "ReLU", "Add", "Concatenate", "CrossEntropyLoss", "MSELoss", "Flatten")
DATASETS = ("digits", "moons", "circles", "xor", "spiral")
EDITS: tuple[tuple[str, str, Any], ...] = (
    ("Linear", "out_features", st.integers(1, 9)),
    ("Linear", "bias", st.booleans()),
    ("Conv2d", "kernel_size", st.sampled_from([1, 3, (1, 3), (3, 3)])),
    ("Conv2d", "padding", st.sampled_from(["same", "valid", 0, 2, (1, 2)])),
    ("Concatenate", "dim", st.integers(-3, 3)),
    ("CrossEntropyLoss", "label_smoothing", st.floats(0, 1)),
    ("Dataset", "dataset", st.sampled_from(DATASETS)),
)
PLANS: dict[str, Any] = {
    "optimizer": st.sampled_from(["Adam", "SGD", "LBFGS", "AdamW"]),
    "schedule": st.sampled_from(["constant", "step", "plateau"]),
    "clip_norm": st.none() | st.floats(0, 10),
    "lr": st.floats(0, 1000),
    "epochs": st.integers(1, 1000),
    "batch_size": st.integers(1, 100),
    "seed": st.integers(0, 2**31 - 1),
    "test_split": st.floats(0.01, 0.9),
}
CHANCE = st.booleans()
TUNINGS = st.sampled_from([{"frozen": True}, {"frozen": False}, {"lr": 0.5}, {"lr": None}, {"frozen": True, "lr": 0.0}])
PLACES = st.tuples(st.floats(-1e9, 1e9), st.floats(-1e4, 1e4))


SAID = st.tuples(st.text(max_size=20), st.sampled_from(["", *COLORS]))
_MARKINGS: dict[str, Any] = {
    "color": st.sampled_from(["", *COLORS]),
    "note": st.text(max_size=20),
    "collapsed": CHANCE,
    "locked": CHANCE,
    "way": st.integers(0, 3),
    "frame": SAID,
    "comment": SAID,
    "size": st.floats(0, 1e9),
    "unmark": st.none(),
    "move": st.none(),
    "bookmark": st.floats(0, 10),
    "rename bookmark": st.sampled_from(["here", "there", " "]),
    "forget": st.none(),
}
MARKINGS = st.one_of(*(st.tuples(st.just(name), st.integers(0, 99), values) for name, values in _MARKINGS.items()))
"""What `mark_any` may do."""


class Mirror:
    """A copy of a document that knows nothing of it but the changes it heard."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.where: dict[str, str] = {}
        self.blocks: dict[str, Block] = {}
        self.slots: dict[tuple[str, str], list[Link]] = {}
        self.plan = TrainingPlan()
        self.ways: dict[Link, tuple[Position, ...]] = {}
        self.marks: dict[str, tuple[str, Mark]] = {}
        self.bookmarks: tuple[Bookmark, ...] = ()
        self.title = "untitled"
        self.trained: Trained | None = None
        self.faults: list[str] = []

    def hear(self, change: ch.Change) -> None:
        """Do the same. A document goes on when a listener fails, so what is wrong is kept for `agrees_with`."""
        try:
            self._follow(change)
        except (AssertionError, LookupError) as fault:
            self.faults.append(f"{change}: {fault!r}")

    def _follow(self, change: ch.Change) -> None:
        """Every "old" has to be what is there."""
        match change:
            case ch.NodeAdded(node, sheet):
                assert node.id not in self.nodes
                assert sheet == "" or sheet in self.blocks
                assert node.block == "" or (node.face is not None and node.block in self.blocks)
                self.nodes[node.id], self.where[node.id] = node, sheet
            case ch.NodeRemoved(node, sheet):
                assert self.nodes.pop(node.id) == node
                assert self.where.pop(node.id) == sheet
                assert not any(node.id in (link.source, link.target) for link in self.links())
            case ch.BlockAdded() | ch.BlockRemoved() | ch.BlockChanged() | ch.FaceChanged() | ch.WeightsMoved():
                self._follow_block(change)
            case ch.LinkAdded(link, slot):
                slots = self.slots.setdefault((link.target, link.input), [])
                assert 0 <= slot <= len(slots)
                slots.insert(slot, link)
            case ch.LinkRemoved(link, slot):
                assert self.slots[link.target, link.input].pop(slot) == link
                assert link not in self.ways or link in self.slots[link.target, link.input]
            case ch.WaySet() | ch.MarkAdded() | ch.MarkRemoved() | ch.MarkChanged() | ch.BookmarksSet():
                self._follow_marks(change)
            case ch.PlanSet(old, new):
                assert self.plan == old
                self.plan = new
            case ch.Retitled(old, new):
                assert self.title == old
                self.title = new
            case ch.TrainedSet() | ch.WeightsTaken() | ch.WeightsTyped():
                self._follow_weights(change)
            case _:
                self._alter(change)

    def _follow_weights(self, change: Any) -> None:
        match change:
            case ch.TrainedSet(old, new):
                assert self.trained == old
                self.trained = new
            case ch.WeightsTaken(old, new):  # a training that came since stays
                self.trained = new if self.trained == old else self.trained
            case ch.WeightsTyped(name, place, old, new) if self.trained:
                self.trained = self.trained.typed(name, place, old, new)

    def _follow_block(self, change: Any) -> None:
        match change:
            case ch.BlockAdded(block):
                assert block.id not in self.blocks
                self.blocks[block.id] = block
            case ch.BlockRemoved(block):
                assert self.blocks.pop(block.id) == block
                assert block.id not in self.where.values()
                assert block.id not in {sheet for sheet, _ in self.marks.values()}
                assert block.id not in {place.sheet for place in self.bookmarks}
                assert block.id not in {node.block for node in self.nodes.values()}
            case ch.BlockChanged(before, after):
                assert self.blocks[before.id] == before
                self.blocks[after.id] = after
            case ch.FaceChanged(key):
                assert self.nodes[key].block
            case ch.WeightsMoved():
                pass  # the machines' weights are no file of tensors; test_weights.py has some that are

    def _follow_marks(self, change: Any) -> None:
        match change:
            case ch.WaySet(link, old, new):
                assert link in self.slots[link.target, link.input]
                assert self.ways.pop(link, ()) == old != new
                self.ways |= {link: new} if new else {}
            case ch.MarkAdded(mark, sheet):
                assert mark.id not in self.marks
                self.marks[mark.id] = sheet, mark
            case ch.MarkRemoved(mark, sheet):
                assert self.marks.pop(mark.id) == (sheet, mark)
            case ch.MarkChanged(sheet, old, new):
                assert old.id == new.id
                assert self.marks[old.id] == (sheet, old)
                self.marks[new.id] = sheet, new
            case ch.BookmarksSet(old, new):
                assert self.bookmarks == old != new
                self.bookmarks = new

    def _alter(self, change: Any) -> None:
        node = self.nodes[change.id]
        fields: dict[str, Any] = {}
        match change:
            case ch.ParamSet(_, name, old, new):
                assert node.params[name] == old
                fields = {"params": {**node.params, name: new}}
            case ch.ParamsReplaced(_, old, new):
                assert tuple(node.params.items()) == old
                fields = {"params": dict(new)}
            case ch.NodeRenamed(_, old, new):
                assert node.name == old
                self.trained = self.trained.mapped(Renaming(((old, new),))) if self.trained else None
                fields = {"name": new}
            case ch.NodeMoved(_, old, new):
                assert node.at == old
                fields = {"at": new}
            case ch.NodeMuted(_, muted):
                assert node.muted != muted
                fields = {"muted": muted}
            case ch.TuningSet(_, old, new):
                assert node.tuning == old != new
                fields = {"tuning": new}
            case ch.LooksSet(_, old, new):
                assert node.looks == old != new
                fields = {"looks": new}
        self.nodes[node.id] = replace(node, **fields)

    def links(self) -> list[Link]:
        return [link for links in self.slots.values() for link in links]

    def agrees_with(self, document: Document) -> None:
        assert self.faults == []
        found = {sheet.block: dict(sheet.nodes) for sheet in sheets(document)}
        assert {key: node for nodes in found.values() for key, node in nodes.items()} == self.nodes
        assert {key: sheet for sheet, nodes in found.items() for key in nodes} == self.where
        assert dict(document.blocks) == self.blocks
        assert sorted(link for sheet in sheets(document) for link in sheet.links) == sorted(self.links())
        assert {link: way for sheet in sheets(document) for link, way in sheet.ways.items()} == self.ways
        marks = {key: (sheet.block, mark) for sheet in sheets(document) for key, mark in sheet.marks.items()}
        assert (marks, document.bookmarks) == (self.marks, self.bookmarks)
        for (node, port), links in self.slots.items():
            assert not links or document.links_into(node, port) == links
        assert (document.title, document.plan, document.trained) == (self.title, self.plan, self.trained)


def sheets(document: Document) -> list[Sheet]:
    """The main drawing and the inside of every block."""
    return [document, *map(document.sheet, document.blocks)]


def holds(document: Document) -> None:
    """What is true of every document, whatever was done to it."""
    for sheet in sheets(document):
        _sheet_holds(sheet)
        _wires_hold(sheet)
    keys = [key for sheet in sheets(document) for key in sheet.nodes]
    assert len(set(keys)) == len(keys)
    assert len({block.name for block in document.blocks.values()}) == len(document.blocks)
    _marks_hold(document)
    for key, block in document.blocks.items():
        assert key == block.id
        _block_holds(document, block)


def _sheet_holds(sheet: Sheet) -> None:
    nodes = list(sheet.nodes.values())
    assert not sheet.block or not any(node.muted for node in nodes if node.type in blocks.PORTS)
    assert all(key == node.id for key, node in sheet.nodes.items())
    assert len({node.name for node in nodes}) == len(nodes)
    for node in nodes:
        assert node.tuning == PLANNED or node.layer.may_learn
        assert sheet.node(node.name) is sheet.node(node.id) is node is sheet.document.node(node.id)
        assert sheet.document.sheet_of(node) is sheet
        assert node.name in sheet
        assert node.id in sheet
        rules.check_name(node.name, ())
        assert node.layer.check(node.params) == node.params
        if sheet.block:
            rules.check_inside_block(node.layer)


def _marks_hold(document: Document) -> None:
    for sheet in sheets(document):
        assert set(sheet.ways) <= set(sheet.links)
        assert all(sheet.ways.values())
        assert all(key == mark.id and sheet.mark(key) is mark for key, mark in sheet.marks.items())
    where = {key: sheet.block for sheet in sheets(document) for key in sheet.marks}
    assert document.drawing.marked == where
    assert len(where) == sum(len(sheet.marks) for sheet in sheets(document)), "ids are unique over all drawings"
    names = [place.name for place in document.bookmarks]
    assert len(set(names)) == len(names)
    assert {place.sheet for place in document.bookmarks} <= {"", *document.blocks}


def _block_holds(document: Document, block: Block) -> None:
    sheet = document.sheet(block.id)
    rules.check_block_name(block.name, ())
    everything = [node for each in sheets(document) for node in each.nodes.values()]
    users = [node for node in everything if node.block == block.id]
    assert document.instances(block.id) == sorted(users, key=lambda node: node.order)
    assert len({(offer.node, offer.param) for offer in block.promoted}) == len(block.promoted) <= rules.MOST_OFFERED
    assert blocks.grouped(block.promoted) == block.promoted, "those of one name stand together"
    for name in {offer.name for offer in block.promoted}:
        _shared_holds(sheet, block, name)
    for instance in users:
        assert instance.face == blocks.face(block, sheet.nodes)
    used = {key: {node.block for node in document.sheet(key).nodes.values()} - {""} for key in document.blocks}
    assert document.drawing.uses() == used
    assert len(nesting.inner_first(used)) == len(used)


def _shared_holds(sheet: Sheet, block: Block, name: str) -> None:
    """Parameters that are offered under one name are of one kind and have one value; every instance fits them all."""
    ends = [(sheet.node(offer.node), offer.param) for offer in block.named(name)]
    params = [node.layer.params_for(node.params)[param] for node, param in ends]
    assert len({type(param) for param in params}) == 1
    assert all(node.params[param] == ends[0][0].params[ends[0][1]] for node, param in ends)
    for instance in sheet.document.instances(block.id):
        for param in params:
            param.check(instance.params[name])


def _wires_hold(document: Sheet) -> None:
    links = document.links
    for link in links:
        start, end = document.nodes[link.source], document.nodes[link.target]
        output = {port.name: port for port in start.outputs}[link.output]
        entry = {port.name: port for port in end.inputs}[link.input]
        assert "any" in (output.dtype, entry.dtype) or output.dtype == entry.dtype
        assert entry.many or len(document.links_into(end, entry.name)) == 1
    for node in document.nodes.values():
        into = [link for port in node.inputs for link in document.links_into(node, port.name)]
        out = [link for link in links if link.source == node.id]
        assert sorted(document.links_of(node)) == sorted([*into, *out])
        assert sorted(into) == sorted(link for link in links if link.target == node.id)
    graph = nx.DiGraph((link.source, link.target) for link in links)
    assert nx.is_directed_acyclic_graph(graph)
    place = {node.id: number for number, node in enumerate(document.in_order())}
    assert len(place) == len(document.nodes)
    assert all(place[link.source] < place[link.target] for link in links)


@st.composite
def documents(draw: st.DrawFn, most: int = 8) -> Document:
    """Any document, edits and gaps in the ids included."""
    document = Document(draw(st.text(max_size=20)))
    for _ in range(draw(st.integers(0, most))):
        _add_any(draw, document)
    keys = list(document.nodes)
    for _ in range(draw(st.integers(0, 2 * most)) if keys else 0):
        try:
            document.connect(draw(st.sampled_from(keys)), draw(st.sampled_from(keys)), slot=draw(st.integers(0, 3)))
        except LinkRefused:
            continue
    if keys and draw(st.booleans()):
        document.remove(draw(st.sampled_from(keys)))
    for _ in range(draw(st.integers(0, 3)) if document.nodes else 0):
        _block_any(draw, document)
    for _ in range(draw(st.integers(0, 4))):
        with contextlib.suppress(DocumentError):
            mark_any(draw(st.sampled_from(sheets(document))), draw(MARKINGS), draw(PLACES))
    name = draw(st.sampled_from(sorted(PLANS)))
    document.set_plan(**{name: draw(PLANS[name])})
    return document


def mark_any(sheet: Sheet, marking: tuple[str, int, Any], at: Position) -> None:
    """One edit of what computes nothing, of those that there are things for."""
    what, number, value = marking
    nodes, links = sorted(sheet.nodes), sorted(sheet.links)
    match what:
        case "color" | "note" | "collapsed" | "locked" if nodes:
            sheet.set_looks({nodes[number % len(nodes)], nodes[0]}, **{what: value})
        case "way" if links:
            sheet.set_way(links[number % len(links)], [at] * value)
        case "frame":
            sheet.add_frame(at, (abs(at[0]), 99.0), *value)
        case "comment":
            sheet.add_comment(at, (99.0, abs(at[1])), *value)
        case "bookmark":
            sheet.add_bookmark(at, value, "there")
        case "rename bookmark" | "forget" if sheet.bookmarks:
            name = sheet.bookmarks[number % len(sheet.bookmarks)].name
            _ = sheet.rename_bookmark(name, value) if value else sheet.remove_bookmark(name)
        case _ if sheet.marks:
            _change_mark(sheet, sorted(sheet.marks)[number % len(sheet.marks)], marking, at)


def _change_mark(sheet: Sheet, key: str, marking: tuple[str, int, Any], at: Position) -> None:
    match marking[0]:
        case "size":
            sheet.change_mark(key, size=(marking[2], abs(at[0])))
        case "unmark":
            sheet.remove_marks(key, min(sheet.marks))
        case "move":
            sheet.move(dict.fromkeys(sorted(sheet.nodes)[:2], at), {key: at})


def _block_any(draw: st.DrawFn, document: Document) -> None:
    """A block of some nodes in any of the drawings, perhaps used again and repeated, perhaps with something offered."""
    sheet = draw(st.sampled_from(sheets(document)))
    chosen = draw(st.lists(st.sampled_from(sorted(sheet.nodes) or ["none"]), max_size=4))
    try:
        instance = sheet.make_block(chosen)
        if draw(CHANCE):
            sheet.set(sheet.place(instance.block, draw(PLACES)), repeat=draw(st.integers(1, 3)))
        inner = draw(st.sampled_from(sorted(document.sheet(instance.block).nodes)))
        params = sorted(document.node(inner).params.keys() - {"block"})
        if params and draw(CHANCE):
            document.promote(inner, draw(st.sampled_from(params)), draw(st.sampled_from(["", "shared"])))
            for node in document.sheet(instance.block).nodes.values() if draw(CHANCE) else ():
                _join_any(document, node)
    except DocumentError:
        return


def _join_any(document: Document, node: Node) -> None:
    """Offer what can be offered of the node under the name that is there, if there is one."""
    for param in node.params:
        with contextlib.suppress(DocumentError):
            document.promote(node, param, "shared")


def _edits_of(kind: str) -> list[tuple[str, str, Any]]:
    return [edit for edit in EDITS if edit[0] == kind]


def _add_any(draw: st.DrawFn, document: Document) -> None:
    kind = draw(st.sampled_from(TYPES))
    params = {name: draw(values) for _, name, values in _edits_of(kind) if draw(CHANCE)}
    node = document.add(kind, at=draw(PLACES), **params)
    document.mute(node, draw(st.booleans()))
    if node.layer.may_learn and draw(CHANCE):
        document.tune([node], **draw(TUNINGS))


def classifier() -> Document:
    """Digits, a layer and a loss, wired."""
    document = Document("small")
    digits = document.add("Dataset", dataset="digits")
    flatten = document.add("Flatten")
    head = document.add("Linear", name="head", out_features=10)
    loss = document.add("CrossEntropyLoss", name="loss")
    for source, target in ((digits, flatten), (flatten, head), (head, loss), (digits, loss)):
        document.connect(source, target)
    document.history.clear()
    return document


class Oops(Exception):
    """Something a caller of ours raises."""


@contextmanager
def taken_back(document: Document, name: str = "Bad", error: type[BaseException] = Oops) -> Iterator[None]:
    """A transaction that ends in an exception."""
    try:
        with document.transaction(name):
            yield
            raise error
    except error:
        return
    raise AssertionError("the exception did not pass on")


def written(document: Document) -> bytes:
    return storage.graph_bytes(document)


def defaults() -> dict[str, Value]:
    return plan_params({}).defaults()
