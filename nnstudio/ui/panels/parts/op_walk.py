"""A walk through the autograd graph, an operation at a time: forward, then back."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnstudio.ui.panels.parts.chain_words import backward_lines, forward_lines, incoming_text
from nnstudio.ui.panels.parts.op_graph import OpGraph, Structure, operation
from nnstudio.ui.panels.parts.op_groups import Groups
from nnstudio.ui.panels.parts.op_picture import Mark


class OpWalk:
    """`position` is the step one is at, or −1 while nobody walks."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.steps = [*((node, False) for node in structure.operations), *((node, True) for node in structure.order)]
        self.position = -1

    @property
    def going(self) -> bool:
        return self.position >= 0

    @property
    def node(self) -> int:
        """The operation one is at."""
        return self.steps[self.position][0]

    @property
    def back(self) -> bool:
        """Which of the two passes one is in."""
        return self.going and self.steps[self.position][1]

    def go_to(self, position: int) -> bool:
        """Go there, or as far as there is something; below 0 the walk ends. True if that is elsewhere."""
        before, self.position = self.position, max(-1, min(position, len(self.steps) - 1))
        return self.position != before

    def mark(self, groups: Groups) -> Mark | None:
        """What the walk looks like; None while nobody walks."""
        if not self.going:
            return None
        shown, edges = groups.shown, self.structure.edges
        along = [n for n in self.structure.into[self.node] if edges[n].back or not self.back]
        return Mark(shown(self.node), frozenset(along), frozenset(map(shown, self._reached())), self.back)

    def _reached(self) -> set[int]:
        """The nodes that the pass has come to."""
        first = len(self.structure.operations) if self.back else 0
        passed = {node for node, _ in self.steps[first : self.position + 1]}
        into, edges = self.structure.into, self.structure.edges
        wanted = (edges[number] for node in passed for number in into[node])
        return passed | {edge.source for edge in wanted if edge.back or not self.back}

    def where(self, graph: OpGraph) -> str:
        """As "backward 2/5 · c · MulBackward0 · ∂L/∂c = 1 comes in"."""
        count = len(self.structure.operations)
        at, whole = (self.position - count, len(self.structure.order)) if self.back else (self.position, count)
        words = tr("backward {0}/{1}") if self.back else tr("forward {0}/{1}")
        kind, name = self.structure.kinds[self.node], self.structure.names[self.node]
        parts = [words.format(at + 1, whole), name, kind if self.back else operation(kind)]
        if self.back:
            parts.append(tr("{0} comes in").format(incoming_text(graph, self.node)))
        return " · ".join(parts)

    @property
    def most_lines(self) -> int:
        """So many lines are written at the longest step."""
        into, edges = self.structure.into, self.structure.edges
        backs = (sum(edges[number].back for number in into[node]) for node in self.structure.order)
        return max(2, *backs) if self.structure.order else 2

    def lines(self, graph: OpGraph) -> list[str]:
        """What happens there."""
        return backward_lines(graph, self.node) if self.back else forward_lines(graph, self.node)


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Walk", text)
