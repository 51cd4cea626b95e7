"""What the command line prints of a project that was checked, as text or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled, Problem
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node


@dataclass(frozen=True)
class CheckReport:
    """A project as the compiler understands it."""

    document: Document
    compiled: Compiled

    def events(self) -> Iterator[dict[str, Any]]:
        """One object for each problem and each node, then the totals."""
        for problem in self.compiled.listed:
            name, block = self._whose(problem)
            yield {
                "event": "problem",
                "severity": problem.severity,
                "node": name,
                "block": block,
                "port": problem.port,
                "message": problem.message,
                "fix": problem.fix,
            }
        for node in self.document.in_order():
            facts = self.compiled.facts.get(node.id)
            shapes = {name: list(spec.shape) for name, spec in facts.outputs.items()} if facts else {}
            parameters = facts.parameters if facts else 0
            told = {"event": "node", "name": node.name, "type": node.type, "outputs": shapes, "parameters": parameters}
            yield told | _tuning(node)
        yield {
            "event": "finished",
            "errors": len(self.compiled.listed_errors),
            "parameters": self.compiled.parameters,
            "flops": self.compiled.flops,
        }

    def _whose(self, problem: Problem) -> tuple[str, str]:
        """Names of the node at fault and of the block that it lies in; empty for none."""
        if not problem.node:
            return "", ""
        sheet = self.document.sheet_of(problem.node)
        block = self.document.blocks[sheet.block].name if sheet.block else ""
        return sheet.node(problem.node).name, block

    def text(self) -> str:
        """A table of nodes with shapes and counts, then the problems."""
        lines = [f"{'node':<16} {'type':<20} {'output':<24} {'parameters':>12}"]
        for node in self.document.in_order():
            facts = self.compiled.facts.get(node.id)
            shapes = ", ".join(str(spec) for spec in facts.outputs.values()) if facts else "not known"
            count = f"{facts.parameters:,}" if facts and facts.parameters else ""
            line = f"{node.name:<16} {node.type:<20} {shapes:<24} {count:>12}"
            words = [name if value is True else f"{name} {value:g}" for name, value in _tuning(node).items()]
            lines.append("  ".join([line, ", ".join(words)]).rstrip())
        lines.append(f"{'in all':<62} {self.compiled.parameters:>12,}")
        for problem in self.compiled.listed:
            _, block = self._whose(problem)
            lines.append(f"{problem.severity}{f' in block {block}' if block else ''}: {problem}")
        return "\n".join([*lines, f"{len(self.compiled.listed_errors)} errors"])


def _tuning(node: Node) -> dict[str, Any]:
    """How the node's weights are trained, where that is otherwise than the plan says."""
    frozen, rate = node.tuning.frozen, node.tuning.lr
    return ({"frozen": True} if frozen else {}) | ({} if rate is None else {"lr": rate})


def check(document: Document, compiled: Compiled | None = None) -> CheckReport:
    """The project, compiled; without `compiled` by what is known without an engine."""
    return CheckReport(document, compiled or compile_document(document))
