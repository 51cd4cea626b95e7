"""Which block is in which: networkx agrees."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.graph import nesting

BLOCKS = [f"b{number}" for number in range(1, 7)]
USES = st.fixed_dictionaries({block: st.sets(st.sampled_from(BLOCKS), max_size=3) for block in BLOCKS})


def graph_of(uses: dict[str, set[str]]) -> nx.DiGraph:
    graph = nx.DiGraph((block, used) for block, inner in uses.items() for used in inner)
    graph.add_nodes_from(uses)
    return graph


@given(USES)
def test_inner_blocks_come_first_and_circles_not_at_all(uses: dict[str, set[str]]) -> None:
    order, graph = nesting.inner_first(uses), graph_of(uses)
    assert all(order.index(used) < order.index(block) for block in order for used in uses[block])
    circles = {block for ring in nx.simple_cycles(graph) for block in ring}
    assert set(uses) - set(order) == circles | {block for ring in circles for block in nx.ancestors(graph, ring)}


@given(USES, st.sampled_from(BLOCKS))
def test_depth_and_reach(uses: dict[str, set[str]], block: str) -> None:
    uses = {key: {used for used in inner if used > key} for key, inner in uses.items()}
    graph = graph_of(uses)
    assert nesting.depth(uses) == nx.dag_longest_path_length(graph) + 1
    found = nesting.reach(uses, block)
    assert set(found) == nx.descendants(graph, block) | {block}
    assert found[-1] == block
    assert nesting.depth({}) == 0
