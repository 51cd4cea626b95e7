"""What the outline says of a node, a frame or a comment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from nnstudio.catalogue.tensors import shape_text
from nnstudio.compiler.result import Compiled, Problem
from nnstudio.graph.document import Sheet
from nnstudio.graph.finding import words_of
from nnstudio.graph.marks import Frame, Mark
from nnstudio.graph.nodes import Node
from nnstudio.ui.canvas.boxes.choice_rows import Choice
from nnstudio.ui.canvas.texts import tr, tuning_words

MOST_NAMES = 6
"""So many nodes at the other ends of wires are named, and the rest counted."""
LONGEST = 60
"""Letters of a comment that are said."""


class Sayings:
    """Of one document as it was understood last."""

    def __init__(self, compiled: Compiled) -> None:
        self._facts = compiled.facts
        self._problems: dict[str, list[Problem]] = defaultdict(list)
        for problem in compiled.problems:
            self._problems[problem.node].append(problem)

    def of(self, sheet: Sheet, key: str) -> Choice:
        """A row: what is read at once, and what is said besides."""
        if key in sheet.nodes:
            return self._of_node(sheet, sheet.nodes[key])
        return _of_mark(sheet.marks[key])

    def _of_node(self, sheet: Sheet, node: Node) -> Choice:
        kind = sheet.document.blocks[node.block].name if node.block else node.type
        shape, problems = self._shape(node), self._problems.get(node.id, [])
        details = [
            kind,
            tr("out {0}").format(shape) if shape else "",
            *_wires(sheet, node),
            tr("muted") if node.muted else "",
            *tuning_words(node),
            node.looks.note,
        ]
        severity = "error" if any(problem.severity == "error" for problem in problems) else "warning"
        words = {"error": tr("error: {0}"), "warning": tr("warning: {0}")}
        told = "; ".join(words[problem.severity].format(problem) for problem in problems)
        note = f"{kind} {shape}" if shape else kind
        return Choice(
            node.id, node.name, note, ", ".join(filter(None, details)), node.layer.family.key, told, kind, severity
        )

    def _shape(self, node: Node) -> str:
        facts = self._facts.get(node.id)
        outputs = facts.outputs if facts is not None else {}
        shapes = [
            (f"{name} " if len(outputs) > 1 else "") + shape_text(spec.per_sample) for name, spec in outputs.items()
        ]
        return ", ".join(shapes)


def _of_mark(mark: Mark) -> Choice:
    kind = tr("frame") if isinstance(mark, Frame) else tr("comment")
    words = " ".join(words_of(mark).split())
    short = f"{words[:LONGEST]}…" if len(words) > LONGEST else words
    family = "frame" if isinstance(mark, Frame) else "comment"
    return Choice(mark.id, short or tr("without words"), kind, kind, family, "", kind)


def _wires(sheet: Sheet, node: Node) -> Iterable[str]:
    """As "from digits" and "to relu1"."""
    links = sheet.links_of(node)
    before = [sheet.nodes[link.source].name for link in links if link.target == node.id]
    behind = [sheet.nodes[link.target].name for link in links if link.source == node.id]
    if before:
        yield tr("from {0}").format(_listed(before))
    if behind:
        yield tr("to {0}").format(_listed(behind))


def _listed(names: Sequence[str]) -> str:
    told = list(dict.fromkeys(names))
    shown, more = ", ".join(told[:MOST_NAMES]), len(told) - MOST_NAMES
    return tr("{0} and {1} more").format(shown, more) if more > 0 else shown
