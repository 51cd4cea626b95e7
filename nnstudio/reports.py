"""What the command line prints of a project: checked, and in training; as text or as JSON lines."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled, Problem
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.session import Session


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


@dataclass
class TrainingReport:
    """Tells a training as it goes."""

    json_lines: bool
    began: float = field(default_factory=time.monotonic)

    def started(self, session: Session) -> None:
        parameters = session.compiled.parameters
        self._say({"event": "started", "title": session.document.title, "parameters": parameters})

    def heard(self, session: Session, event: msg.AnyEvent | EngineChange) -> None:
        """One line an epoch, and one when the engine has trouble."""
        if isinstance(event, msg.EpochDone):
            self._say({"event": "epoch", **_epoch(event)})
        elif isinstance(event, EngineChange) and event.state in ("lost", "stopped"):
            self._say({"event": "engine", "state": event.state, "message": event.message})

    def values(self, frame: msg.ProbeFrame) -> None:
        """Every node's value, and the loss's gradient by it."""
        nodes: dict[str, dict[str, Any]] = {}
        for key, array in frame.arrays.items():
            kind, _, name = key.partition(":")
            nodes.setdefault(name, {})[kind] = array.numpy().tolist()
        loss = frame.facts.get("loss")
        if self.json_lines:
            print(json_line({"event": "values", "step": frame.step, "loss": loss, "nodes": nodes}), flush=True)
            return
        print(f"step {frame.step}: loss {_words(loss)}")
        for name, found in nodes.items():
            told = "".join(f"  {kind} {_numbers(value)}" for kind, value in found.items())
            print(f"  {name:<16}{told}", flush=True)

    def finished(self, session: Session, saved: Path | None) -> None:
        run = session.run
        last = run.epochs[-1] if run.epochs else None
        self._say(
            {
                "event": "finished",
                "state": run.state,
                "message": f"{run.message} {run.fix}".strip(),
                "epochs": len(run.epochs),
                "steps": run.step,
                "test_loss": last.test_loss if last else None,
                "test_accuracy": last.test_accuracy if last else None,
                "parameters": session.compiled.parameters,
                "seconds": round(time.monotonic() - self.began, 3),
                "project": str(saved) if saved else None,
            }
        )

    def _say(self, record: dict[str, Any]) -> None:
        if self.json_lines:
            print(json_line(record), flush=True)
            return
        flat = {**record, **record.get("metrics", {}), "metrics": None}
        told = {key: value for key, value in flat.items() if key != "event" and value not in (None, "")}
        words = [f"{key} {_words(value)}" for key, value in told.items()]
        stream = sys.stdout if record["event"] == "finished" else sys.stderr
        print(f"{record['event']}: {', '.join(words)}", file=stream, flush=True)


def json_line(record: dict[str, Any]) -> str:
    """One line of JSON; a number that is not finite is null, as JSON has no other word for it."""
    return json.dumps(_finite(record), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _epoch(event: msg.EpochDone) -> dict[str, Any]:
    names = ("epoch", "step", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "seconds")
    return {**{name: getattr(event, name) for name in names}, "metrics": dict(event.metrics)}


def _numbers(value: object) -> str:
    text = f"[{', '.join(map(_numbers, value))}]" if isinstance(value, list) else _words(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _words(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
