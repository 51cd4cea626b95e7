"""What failed in a run, told at the node and line of the drawing and not at a line of the source made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnstudio.compiler.result import Compiled, Problem
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.graph.document import Document
from nnstudio.params import Value


class Faults:
    """Of the run that was started last. The problem stays until its node is changed or another run is started."""

    def __init__(self) -> None:
        self._begun = Compiled()
        self._problem: Problem | None = None
        self._params: Mapping[str, Value] = {}

    def begin(self, compiled: Compiled) -> bool:
        """A run of this source is started. Returns whether there was a problem, which is gone now."""
        before, self._begun, self._problem = self._problem, compiled, None
        return before is not None

    def take(self, document: Document, message: str, fix: str, line: int) -> Problem | None:
        """What failed at a line of the source, as a problem of the node there; None where no node stands there."""
        node, own = self._begun.typed.get(line, (self._begun.lines.get(line, ""), 0))
        if not node or node not in document:
            return None
        found = document.node(node)
        called = f"{found.type} '{found.name}'"
        rest = message.removeprefix(f"Line {line}")
        message = f"{called}, line {own}{rest}" if own and rest != message else f"{called}: {message}"
        # Not an error: the drawing is sound as far as the compiler knows, and may be tried again.
        self._problem = Problem(node, "", message, fix, severity="warning", line=own)
        self._params = dict(found.params)
        return self._problem

    def added(self, compiled: Compiled, document: Document) -> Compiled:
        """With the problem, as long as it may be there still."""
        problem = self._problem
        if problem is None:
            return compiled
        if problem.node not in document or dict(document.node(problem.node).params) != self._params:
            self._problem = None
            return compiled
        return replace(compiled, problems=(*compiled.problems, problem))


class FileFaults:
    """Files that are gone or have changed, by Dataset node: told until the node is changed or its file is well."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[Mapping[str, Value], Problem]] = {}

    def take(self, document: Document, node: str, problem: Problem | None) -> bool:
        """What was found at a node; None for a file that is well. Returns whether that is news."""
        before = self._told.pop(node, None)
        if problem is not None and node in document:
            self._told[node] = dict(document.node(node).params), problem
        return before != self._told.get(node)

    def of(self, node: str) -> Problem | None:
        """What is told of a node's file."""
        return self._told[node][1] if node in self._told else None

    def added(self, compiled: Compiled, document: Document) -> Compiled:
        """With the problems, as long as they may be there still."""
        for node, (params, _) in list(self._told.items()):
            if node not in document or dict(document.node(node).params) != params:
                del self._told[node]
        found = tuple(problem for node, (_, problem) in self._told.items() if not document.node(node).muted)
        return replace(compiled, problems=(*found, *compiled.problems)) if found else compiled


def worded(error: NNStudioError, message: str) -> NNStudioError:
    """The error with another message; the error itself where it is the same."""
    return error if message == error.message else EngineError(message, fix=error.fix)
