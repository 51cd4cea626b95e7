"""Blocks as classes. Places where a block differs in numbers alone share one class, which takes them as arguments.

class BasicBlock(nn.Module):
def __init__(self, in_channels: int) -> None:
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from nnstudio.compiler.classes import Body, Use, body_of
from nnstudio.compiler.expressions import Slot
from nnstudio.compiler.infer import Inference
from nnstudio.compiler.plan import make_block_plan
from nnstudio.graph.blocks import Block
from nnstudio.graph.document import Document


@dataclass(frozen=True)
class BlockClass:
    """One class of the source: its body, and which arguments are parameters of it, by place of attribute and slot."""

    name: str
    title: str
    body: Body
    parameters: Mapping[tuple[int, int], str]
    hints: Mapping[str, str]
    """Type of each parameter, in order."""
    comments: tuple[str, ...]
    """Of each line of forward; empty where the shapes differ from place to place."""
    usual: frozenset[tuple[int, int]]
    """Arguments that are left out."""


@dataclass(frozen=True)
class _Place:
    inference: Inference
    body: Body


def block_classes(document: Document, main: Inference, taken: set[str]) -> tuple[list[BlockClass], dict[int, Use]]:
    """The classes, inner ones first; and by identity of the inference of each place, which class stands for it there.

    `taken` are names that classes can not have.
    """
    classes: list[BlockClass] = []
    uses: dict[int, Use] = {}
    places = _places(main)
    for block in _inner_first(document, places):
        groups: dict[object, list[_Place]] = {}
        for inference in places[block]:
            inner = {node: uses[id(found)] for node, found in inference.inner.items() if id(found) in uses}
            body = body_of(make_block_plan(inference), inference, inner)
            groups.setdefault(body.skeleton, []).append(_Place(inference, body))
        for group in groups.values():
            name = _free(document.blocks[block].name, taken)
            taken.add(name)
            made = _class(document.blocks[block], name, group, {"self", "nn", "torch", "range", "super", *taken})
            classes.append(made)
            uses.update({id(place.inference): _use(made, place) for place in group})
    return classes, uses


def _places(main: Inference) -> dict[str, list[Inference]]:
    """Every place that is well where a block is used, by block; equal places are one."""
    found: dict[str, dict[int, Inference]] = {}

    def visit(inference: Inference) -> None:
        for node, inner in inference.inner.items():
            if node not in inference.sites:
                continue
            block = str(inference.nodes[node].params["block"])
            if id(inner) not in found.setdefault(block, {}):
                found[block][id(inner)] = inner
                visit(inner)

    visit(main)
    return {block: list(inferences.values()) for block, inferences in found.items()}


def _inner_first(document: Document, blocks: Mapping[str, object]) -> list[str]:
    """The blocks, each after those that it uses."""
    ordered: dict[str, None] = {}

    def visit(block: str) -> None:
        for node in document.sheet(block).nodes.values():
            if node.layer.is_block:
                visit(str(node.params["block"]))
        if block in blocks:
            ordered.setdefault(block)

    for block in blocks:
        visit(block)
    return list(ordered)


def _free(name: str, taken: set[str]) -> str:
    return next(each for each in (f"{name}{number if number > 1 else ''}" for number in count(1)) if each not in taken)


def _class(block: Block, name: str, group: list[_Place], forbidden: Container[str]) -> BlockClass:
    body = group[0].body
    parameters = _parameters(block, group, forbidden)
    values = {parameter: _texts(group, key)[0] for key, parameter in parameters.items()}
    rows = zip(*(place.body.rows for place in group), strict=True)
    usual = {key for key, slot in _slots(body) if all(_slot(place.body, key).usual for place in group)}
    return BlockClass(
        name=name,
        title=block.name,
        body=body,
        parameters=parameters,
        hints={parameter: _hint(text) for parameter, text in values.items()},
        comments=tuple(row[0].comment if len({each.comment for each in row}) == 1 else "" for row in rows),
        usual=frozenset(usual - parameters.keys()),
    )


def _use(made: BlockClass, place: _Place) -> Use:
    """What the class is made with at a place."""
    values = {parameter: _slot(place.body, key).text for key, parameter in made.parameters.items()}
    return Use(made.name, tuple(Slot(name, text, keyword=True) for name, text in values.items()))


def _parameters(block: Block, group: list[_Place], forbidden: Container[str]) -> dict[tuple[int, int], str]:
    """A name for each argument that differs; arguments that are equal in every place share one."""
    promoted = {(item.node, item.param): item.name for item in block.promoted}
    names: dict[tuple[str, ...], str] = {}
    found: dict[tuple[int, int], str] = {}
    for key, slot in _slots(group[0].body):
        texts = _texts(group, key)
        if len(set(texts)) == 1:
            continue
        node = group[0].body.makes[key[0]].node
        wanted = promoted.get((node.id, slot.name)) or slot.name or "size"
        if texts not in names:
            names[texts] = _argument(wanted, node.name, set(names.values()), forbidden)
        found[key] = names[texts]
    return found


def _argument(name: str, node: str, taken: set[str], forbidden: Container[str]) -> str:
    """A name that hides nothing of what `__init__` uses."""
    proper = name.isidentifier() and not keyword.iskeyword(name) and name not in forbidden
    if proper and name not in taken:
        return name
    return _free(f"{node}_{name}", taken)


def _slots(body: Body) -> Iterator[tuple[tuple[int, int], Slot]]:
    for made_place, made in enumerate(body.makes):
        for place, slot in enumerate(made.slots):
            yield (made_place, place), slot


def _slot(body: Body, key: tuple[int, int]) -> Slot:
    return body.makes[key[0]].slots[key[1]]


def _texts(group: list[_Place], key: tuple[int, int]) -> tuple[str, ...]:
    return tuple(_slot(place.body, key).text for place in group)


def _hint(text: str) -> str:
    """The type of a literal."""
    try:
        value = ast.literal_eval(text)
    except ValueError:
        return "torch.Tensor"
    return "tuple[int, ...]" if isinstance(value, tuple) else type(value).__name__
