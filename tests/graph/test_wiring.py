"""Order, reach and cycles agree with networkx on any graph."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.graph.nodes import Link
from nnstudio.graph.wiring import Wiring

NODES = [f"n{number}" for number in range(1, 9)]
WIRES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=24)


def both(wires: list[tuple[str, str]]) -> tuple[Wiring, nx.DiGraph]:
    """The same graph twice."""
    ours, theirs = Wiring(), nx.DiGraph(wires)
    theirs.add_nodes_from(NODES)
    for node in NODES:
        ours.add_node(node)
    for source, target in wires:
        ours.add(Link(source, "y", target, "x"))
    return ours, theirs


@given(WIRES)
def test_order_is_the_lexicographical_topological_one(wires: list[tuple[str, str]]) -> None:
    ours, theirs = both([(a, b) for a, b in wires if a < b])
    ages = {node: int(node[1:]) for node in NODES}
    assert ours.in_order(ages) == list(nx.lexicographical_topological_sort(theirs, key=ages.__getitem__))
    assert ours.cycle() is None


@given(WIRES, st.sampled_from(NODES), st.sampled_from(NODES))
def test_reach_and_cycles(wires: list[tuple[str, str]], start: str, goal: str) -> None:
    ours, theirs = both(wires)
    assert ours.reaches(start, goal) == nx.has_path(theirs, start, goal)
    wrong = ours.cycle()
    assert (wrong is None) == nx.is_directed_acyclic_graph(theirs)
    if wrong is not None:
        assert nx.has_path(theirs, wrong.target, wrong.source)


@given(WIRES)
def test_taking_wires_out_leaves_nothing(wires: list[tuple[str, str]]) -> None:
    ours, _ = both(wires)
    for source, target in wires:
        assert Link(source, "y", target, "x") in list(ours.links_of(source))
        ours.remove(Link(source, "y", target, "x"))
    assert all(not list(ours.links_of(node)) for node in NODES)
