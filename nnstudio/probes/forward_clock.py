"""How long each line of the generated source takes: a line is a node."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from functools import lru_cache
from time import perf_counter
from types import FrameType
from typing import Any

import torch

from nnstudio.probes.spec import Look, Tensors

FORWARD, LOSS = "forward", "compute_loss"


def forward_times(look: Look, rows: Tensors) -> dict[str, float]:
    """Seconds by variable, as `trace` names them, and of the loss under an empty name, for these samples."""
    timer = _Timer(look)
    before = sys.gettrace()
    sys.settrace(timer)
    try:
        made = look.model(*(rows[name] for name in look.spec.inputs))
        judge = getattr(look.model, LOSS, None)
        if judge is not None and not look.spec.free:
            outputs = made if isinstance(made, tuple) else (made,)
            judge(*outputs, *(rows[name] for name in look.spec.targets))
    finally:
        sys.settrace(before)
    return dict(timer.seconds)


def now(device: str) -> float:
    """Seconds; a GPU is waited for, as it works behind what is asked of it."""
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()
    return perf_counter()


def device_of(look: Look) -> str:
    """What the model computes on."""
    return next((parameter.device.type for parameter in look.model.parameters()), "cpu")


class _Timer:
    """Called by Python for each function that is entered; follows those of the model's source line by line."""

    def __init__(self, look: Look) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.device = device_of(look)
        self.names = _names_by_line(look.spec.source)
        self._file = type(look.model).forward.__code__.co_filename
        self._paths = {id(module): path for path, module in look.model.named_modules()}

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code.co_filename != self._file or code.co_name not in (FORWARD, LOSS):
            return None
        path = self._paths.get(id(frame.f_locals.get("self")))
        return _Lines(self, f"{path}." if path else "") if path is not None else None


class _Lines:
    """Follows one call."""

    def __init__(self, timer: _Timer, lead: str) -> None:
        self._timer, self._lead = timer, lead
        self._line, self._began = 0, 0.0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if event in ("line", "return"):
            moment = now(self._timer.device)
            name = self._timer.names.get(self._line)
            if name is not None:
                self._timer.seconds[self._lead + name] += moment - self._began
            self._line, self._began = frame.f_lineno, now(self._timer.device)
        return self


@lru_cache(maxsize=4)
def _names_by_line(source: str) -> dict[int, str]:
    """The variable that each line of a forward is about; the loss, which has none, is an empty name."""
    names: dict[int, str] = {}
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef) and function.name in (FORWARD, LOSS):
            for statement in ast.walk(function):
                name = _name_of(statement, function.name)
                if name is not None:
                    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)  # type: ignore[attr-defined]  # a statement
                    names.update(dict.fromkeys(lines, name))
    return names


def _name_of(statement: ast.AST, function: str) -> str | None:
    if isinstance(statement, ast.Assign):
        found = [node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        return next((name for name in found if name != "_"), None)
    return "" if isinstance(statement, ast.Return) and function == LOSS else None
