"""Weights that lie right behind pictures: each unit's are a picture themselves, of what the unit looks for."""

from __future__ import annotations

from math import prod

from nnstudio.catalogue.tensors import Shape
from nnstudio.compiler.result import Compiled
from nnstudio.graph.document import Sheet
from nnstudio.graph.nodes import Node


def picture_shape(sheet: Sheet, compiled: Compiled, node: str, weight: tuple[int, ...]) -> Shape | None:
    """C×H×W of one unit's weights, as of a Linear or a Conv2d with only layers without weights before it.

    None where they are no pictures: deeper in the network, inside of blocks, or where the data are none.
    """
    if sheet.block or node not in sheet.nodes or len(weight) < 2:
        return None
    images = _images_before(sheet, compiled, node)
    if len(weight) == 4:
        return weight[1:] if images else None
    return next((shape for shape in images if prod(shape) == weight[1]), None) if len(weight) == 2 else None


def _images_before(sheet: Sheet, compiled: Compiled, node: str) -> list[Shape]:
    """Shapes of the images on the way from the data to a node, the nearest first; nothing where there are weights."""
    found: list[Shape] = []
    seen: set[str] = set()
    while (link := next(iter(_links_into(sheet, node)), None)) is not None and node not in seen:
        seen.add(node)
        facts = compiled.facts.get(link.source)
        if facts is None or facts.weights:
            return []
        spec = facts.outputs.get(link.output)
        if spec is not None and len(spec.per_sample) == 3:
            found.append(spec.per_sample)
        node = link.source
    return found


def _links_into(sheet: Sheet, key: str) -> list:
    node: Node = sheet.nodes[key]
    return [link for port in node.inputs for link in sheet.links_into(key, port.name)]
