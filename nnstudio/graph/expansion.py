"""How often each block is in the network. Repeats and nesting multiply: thirty levels of two instances are 2**30."""

from __future__ import annotations

from nnstudio.graph import nesting, rules
from nnstudio.graph.drawing import MAIN, Drawing
from nnstudio.graph.nodes import REPEAT, Node


def check(drawing: Drawing) -> None:
    """Raise DocumentError where a block would be in the network more than rules.MOST_INSTANCES times.

    Takes time in proportion to the instances. What the main drawing does not lead to is not counted. A repeat that is
    set from outside counts as the largest that any counted instance around it has.
    """
    drawing.recount = False
    counting = _Counting(drawing)
    for block in reversed(nesting.inner_first(drawing.uses())):  # so that no count is far beyond the limit
        rules.check_expansion(drawing.block(block).name, counting.count(block))


class _Counting:
    """Blocks are counted one after the other, those around them first."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._counts = {MAIN: 1}
        self._offers = {
            key: {(offer.node, offer.param): offer.name for offer in block.promoted}
            for key, block in drawing.blocks.items()
        }
        self._largest: dict[tuple[str, str], int] = {}

    def count(self, block: str) -> int:
        """How often that block is in the network."""
        where, used = self._drawing.where, self._used(block)
        self._counts[block] = sum(self._counts[where[node.id]] * self._value(node, REPEAT) for node in used)
        return self._counts[block]

    def _used(self, block: str) -> list[Node]:
        """The instances of a block that are in the network."""
        return [node for node in self._drawing.users(block) if self._counts[self._drawing.where[node.id]]]

    def _value(self, node: Node, param: str) -> int:
        """What an instance has for a whole number: its own value, or the largest that is set from outside."""
        sheet = self._drawing.where[node.id]
        name = self._offers[sheet].get((node.id, param)) if sheet else None
        if name is not None:
            return self._outside(sheet, name)
        value = node.params[param]
        assert isinstance(value, int)
        return value

    def _outside(self, block: str, name: str) -> int:
        """The largest value of that name at the instances of a block."""
        if (block, name) not in self._largest:
            self._largest[block, name] = max(self._value(node, name) for node in self._used(block))
        return self._largest[block, name]
