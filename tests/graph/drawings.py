"""What the tests of the document share: drawn documents, a mirror led by changes, and what always holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import networkx as nx
from hypothesis import strategies as st

from nnstudio.errors import LinkRefused
from nnstudio.graph import changes as ch
from nnstudio.graph import rules, storage
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link, Node
from nnstudio.graph.training import PLAN_PARAMS, Trained, TrainingPlan
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
    "optimizer": st.sampled_from(["Adam", "SGD"]),
    "lr": st.floats(0, 1000),
    "epochs": st.integers(1, 1000),
    "batch_size": st.integers(1, 100),
    "seed": st.integers(0, 2**31 - 1),
    "test_split": st.floats(0.01, 0.9),
}
CHANCE = st.booleans()
PLACES = st.tuples(st.floats(-1e9, 1e9), st.floats(-1e4, 1e4))


class Mirror:
    """A copy of a document that knows nothing of it but the changes it heard."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.slots: dict[tuple[str, str], list[Link]] = {}
        self.plan = TrainingPlan()
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
            case ch.NodeAdded(node):
                assert node.id not in self.nodes
                self.nodes[node.id] = node
            case ch.NodeRemoved(node):
                assert self.nodes.pop(node.id) == node
                assert not any(node.id in (link.source, link.target) for link in self.links())
            case ch.LinkAdded(link, slot):
                slots = self.slots.setdefault((link.target, link.input), [])
                assert 0 <= slot <= len(slots)
                slots.insert(slot, link)
            case ch.LinkRemoved(link, slot):
                assert self.slots[link.target, link.input].pop(slot) == link
            case ch.PlanSet(name, old, new):
                assert self.plan.value(name) == old
                self.plan = replace(self.plan, **{name: new})
            case ch.Retitled(old, new):
                assert self.title == old
                self.title = new
            case ch.TrainedSet(old, new):
                assert self.trained == old
                self.trained = new
            case _:
                self._alter(change)

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
                self.trained = self.trained.renamed(old, new) if self.trained else None
                fields = {"name": new}
            case ch.NodeMoved(_, old, new):
                assert node.at == old
                fields = {"at": new}
            case ch.NodeMuted(_, muted):
                assert node.muted != muted
                fields = {"muted": muted}
        self.nodes[node.id] = replace(node, **fields)

    def links(self) -> list[Link]:
        return [link for links in self.slots.values() for link in links]

    def agrees_with(self, document: Document) -> None:
        assert self.faults == []
        assert dict(document.nodes) == self.nodes
        assert sorted(document.links) == sorted(self.links())
        for (node, port), links in self.slots.items():
            assert not links or document.links_into(node, port) == links
        assert (document.title, document.plan, document.trained) == (self.title, self.plan, self.trained)


def holds(document: Document) -> None:
    """What is true of every document, whatever was done to it."""
    nodes = list(document.nodes.values())
    assert all(key == node.id for key, node in document.nodes.items())
    assert len({node.name for node in nodes}) == len(nodes)
    for node in nodes:
        assert document.node(node.name) is document.node(node.id) is node
        assert node.name in document
        assert node.id in document
        rules.check_name(node.name, ())
        assert node.layer.check(node.params) == node.params
    _wires_hold(document)


def _wires_hold(document: Document) -> None:
    links = document.links
    for link in links:
        start, end = document.node(link.source), document.node(link.target)
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
    name = draw(st.sampled_from(sorted(PLANS)))
    document.set_plan(**{name: draw(PLANS[name])})
    return document


def _edits_of(kind: str) -> list[tuple[str, str, Any]]:
    return [edit for edit in EDITS if edit[0] == kind]


def _add_any(draw: st.DrawFn, document: Document) -> None:
    kind = draw(st.sampled_from(TYPES))
    params = {name: draw(values) for _, name, values in _edits_of(kind) if draw(CHANCE)}
    node = document.add(kind, at=draw(PLACES), **params)
    document.mute(node, draw(st.booleans()))


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
    return PLAN_PARAMS.defaults()
