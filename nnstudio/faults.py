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


def worded(error: NNStudioError, message: str) -> NNStudioError:
    """The error with another message; the error itself where it is the same."""
    return error if message == error.message else EngineError(message, fix=error.fix)
