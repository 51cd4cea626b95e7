"""Definitions of blocks: a new one, a copy of one, and one from another document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from nnstudio.graph import changes as ch
from nnstudio.graph import naming, nesting, rules
from nnstudio.graph.blocks import PORTS, Block, Promoted
from nnstudio.graph.drawing import Drawing
from nnstudio.graph.editing import Editing
from nnstudio.graph.marks import order
from nnstudio.graph.nodes import BLOCK, Link, Node

DEFAULT_NAME = "Block"


def new_block(here: Editing, name: str) -> Block:
    """An empty definition. The default name gets a number where it is taken; another raises BadName."""
    taken = {block.name for block in here.drawing.blocks.values()}
    name = naming.free_block_name(name, taken) if name == DEFAULT_NAME else name
    rules.check_block_name(name, taken)
    block = Block(free_block_id(here.drawing), name)
    here.apply(ch.BlockAdded(block))
    return block


def free_block_id(drawing: Drawing) -> str:
    """The first number that is free."""
    return next(key for key in (f"b{number}" for number in count(1)) if key not in drawing.blocks)


def copy_block(here: Editing, source: Drawing, key: str, blocks: Mapping[str, str] | None = None) -> Block:
    """A definition like that one, with new ids, and a name made free. `blocks` are other ids for the blocks in it."""
    original = source.block(key)
    name = naming.free_block_name(original.name, {block.name for block in here.drawing.blocks.values()})
    block = Block(free_block_id(here.drawing), name)
    here.apply(ch.BlockAdded(block))
    graph = source.graph(key)
    ids = copy_nodes(here.inside(block.id), sorted(graph.nodes.values(), key=lambda node: node.order), blocks)
    for link in graph.links():
        here.plug(replace(link, source=ids[link.source], target=ids[link.target]))
    for link, way in graph.ways.items():
        here.lay(replace(link, source=ids[link.source], target=ids[link.target]), way)
    here.inside(block.id).copy_marks(sorted(graph.marks.values(), key=order))
    promoted = tuple(Promoted(offer.name, ids[offer.node], offer.param) for offer in original.promoted)
    here.change_block(replace(block, promoted=promoted))
    return here.drawing.block(block.id)


def copy_nodes(inside: Editing, nodes: Iterable[Node], blocks: Mapping[str, str] | None = None) -> dict[str, str]:
    """The nodes again, under the same names and with new ids; gives those by the old ones."""
    ids: dict[str, str] = {}
    for node in nodes:
        params = node.params
        if node.type == BLOCK and blocks:
            params = {**params, "block": blocks.get(node.block, node.block)}
        ids[node.id] = inside.free_id()
        inside.apply(ch.NodeAdded(replace(node, id=ids[node.id], params=params), inside.block))
    return ids


def unlink(here: Editing, instance: Node) -> Node:
    """A definition of its own for one instance; nothing happens to the only one there is."""
    if len(here.drawing.instances(instance.block)) > 1:
        with here.transaction(f"Unlink {instance.name}"):
            block = copy_block(here, here.drawing, instance.block)
            here.apply(ch.ParamSet(instance.id, "block", instance.block, block.id))
    return here.drawing.at(instance.id)


def import_block(here: Editing, source: Drawing, key: str) -> Block:
    """The definition and those it uses, from another document; one that is the same already is used again."""
    source.block(key)
    if source is here.drawing:
        return source.block(key)
    found: dict[str, str] = {}
    with here.transaction(f"Import {source.block(key).name}"):
        for inner in nesting.reach(source.uses(), key):
            same = _same(here.drawing, source, inner, found)
            found[inner] = same or copy_block(here, source, inner, found).id
    return here.drawing.block(found[key])


def _same(drawing: Drawing, source: Drawing, key: str, found: Mapping[str, str]) -> str:
    """The id of the block that is as the other one, its name, ports, nodes and wires; or an empty string."""
    wanted = source.block(key).name, _content(source, key, found)
    for block in drawing.blocks.values():
        if block.name == wanted[0] and (block.name, _content(drawing, block.id, {})) == wanted:
            return block.id
    return ""


def _content(drawing: Drawing, key: str, blocks: Mapping[str, str]) -> Any:
    """What a definition says, whatever the ids and places."""
    graph = drawing.graph(key)
    names = {node.id: node.name for node in graph.nodes.values()}
    nodes = {}
    for node in graph.nodes.values():
        inner = blocks.get(node.block, node.block)
        nodes[node.name] = (node.type, dict(node.params) | ({"block": inner} if inner else {}), node.muted, node.tuning)
    ports = sorted((node for node in graph.nodes.values() if node.type in PORTS), key=lambda node: node.order)
    wires = {(names[end], port): [_named(link, names) for link in links] for (end, port), links in graph.slots.items()}
    offers = [(offer.name, names[offer.node], offer.param) for offer in drawing.block(key).promoted]
    return nodes, [port.name for port in ports], wires, offers


def _named(link: Link, names: Mapping[str, str]) -> tuple[str, str]:
    return names[link.source], link.output
