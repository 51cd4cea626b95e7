"""Pieces of source: literals, arguments, and the right-hand side of a step's line.

Only identifiers that were checked and literals of plain values are ever written, so nothing in a project file can
become code.
"""

from __future__ import annotations

import json
import keyword
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from nnstudio.catalogue.spec import (
    Adapt,
    Argument,
    Derived,
    Dim,
    Function,
    Helper,
    In,
    Infix,
    Literal,
    Method,
    Module,
    Named,
    Pack,
    Same,
    Site,
    Stored,
    SubGraph,
    Typed,
    Wired,
)
from nnstudio.compiler.plan import Step
from nnstudio.errors import CompileError
from nnstudio.params import Value


@dataclass(frozen=True)
class Slot:
    """An argument of a constructor. `name` is what it is called, or empty; `usual`, that it may be left out."""

    name: str
    text: str
    keyword: bool = False
    usual: bool = False

    def written(self, text: str) -> str:
        """The argument with another text in its place."""
        return f"{self.name}={text}" if self.keyword else text


def identifier(name: str) -> str:
    """The name, if it can stand in source. Raises CompileError."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CompileError(f"{name!r} can not stand in source.")
    return name


def literal(value: Value) -> str:
    """A plain value as Python writes it; strings in double quotes."""
    if isinstance(value, str):
        if not re.fullmatch(r"[A-Za-z0-9_.+-]*", value):
            raise CompileError(f"{value!r} can not stand in source.")
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    raise CompileError(f"{value!r} can not stand in source.")


def tensor_slots(step: Step) -> list[Slot]:
    """The arguments of `torch.tensor` for a stored tensor."""
    dtype = str(step.node.params.get("dtype", "float32"))
    numbers = Slot("value", _numbers(step.node.params["value"], dtype))
    return [numbers, Slot("dtype", f"torch.{identifier(dtype)}", keyword=True, usual=dtype == "float32")]


def _numbers(value: Value, dtype: str) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_numbers(item, dtype) for item in value)}]"
    assert isinstance(value, int | float), value
    return literal({"int64": int, "bool": bool}.get(dtype, float)(value))


# Constructors


def slots_of(step: Step) -> list[Slot]:
    """The arguments with which a module is made, in their order."""
    code = step.code
    assert isinstance(code, Module), code
    return [*_inferred(step.site, code.inferred), *_parameters(step), *_fixed(step.site, code.fixed)]


def typed_slots(step: Step) -> list[Slot]:
    """The arguments of a class that a person typed in: all by name, those at their defaults marked."""
    values = step.node.params
    return [
        Slot(param.name, _any_literal(values[param.name]), keyword=True, usual=values[param.name] == param.default)
        for param in step.node.layer.params_for(values)
        if param.argument
    ]


def _any_literal(value: Value) -> str:
    """A plain value as Python writes it, a text of any kind among them."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else literal(value)


def _inferred(site: Site, inferred: Sequence[Dim | Derived]) -> list[Slot]:
    return [Slot(item.name, literal(_value(site, item))) for item in inferred]


def _value(site: Site, item: Dim | Derived) -> Value:
    return site.dims[f"{item.port}.{item.size}"] if isinstance(item, Dim) else item.rule(site)


def _fixed(site: Site, fixed: Sequence[tuple[str, Value | Derived]]) -> list[Slot]:
    return [
        Slot(name, literal(value.rule(site) if isinstance(value, Derived) else value), keyword=True)
        for name, value in fixed
    ]


def _parameters(step: Step) -> list[Slot]:
    """Required parameters by place, then the others by name, those at PyTorch's default marked."""
    params = [param for param in step.node.layer.params_for(step.node.params) if param.argument]
    values = step.node.params
    placed = [Slot(param.name, literal(values[param.name])) for param in params if param.required]
    named = [
        Slot(param.name, literal(values[param.name]), keyword=True, usual=values[param.name] == param.omitted_at)
        for param in params
        if not param.required
    ]
    return placed + named


def _short(slots: list[Slot]) -> list[str]:
    return [slot.written(slot.text) for slot in slots if not slot.usual]


# Calls


def expression(step: Step) -> str:
    """The right-hand side of a step's line."""
    code = step.code
    names = [name for names in step.arguments.values() for name in names]
    own = f"self.{identifier(step.node.name)}"
    match code:
        case Module() | Typed():
            return f"{own}({', '.join(_arguments(step))})"
        case SubGraph():
            return f"{own}({', '.join(names)})"
        case Infix(operator):
            return f" {operator} ".join(names)
        case Function():
            more = [*_inferred(step.site, code.inferred), *_parameters(step), *_fixed(step.site, code.fixed)]
            return f"{code.callee}({', '.join([*_arguments(step), *_short(more)])})"
        case Method(name, inferred):
            found = [_value(step.site, item) for item in inferred]
            values = chain(*(value if isinstance(value, tuple) else (value,) for value in found))
            return f"{names[0]}.{name}({', '.join([*names[1:], *map(literal, values), *_short(_parameters(step))])})"
        case Stored():
            return own
        case Same():
            return names[0]
    raise CompileError(f"'{step.node.name}' has no code.")


def _arguments(step: Step) -> list[str]:
    """What the call gets: as the declaration says, or the inputs in order, the optional ones by keyword."""
    code = step.code
    if isinstance(code, Module | Function) and code.call:
        return [text for item in code.call for text in _called(step, item)]
    changes = code.adapt(step.site) if isinstance(code, Module) and code.adapt else {}
    texts: list[str] = []
    for port in step.node.inputs:
        found = [f"{name}{_calls(changes.get(port.name, ()))}" for name in step.arguments[port.name]]
        texts.extend(f"{port.name}={text}" if port.optional else text for text in found)
    if isinstance(code, Function) and code.packed:
        return [f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"]
    return texts


def _called(step: Step, item: Argument | Named) -> list[str]:
    if not isinstance(item, Named):
        return _argument(step, item)
    if (item.when is not None and not item.when(step.site)) or (item.wired and item.wired not in step.targets):
        return []
    return [f"{item.name}={text}" for text in _argument(step, item.value)]


def _argument(step: Step, item: Argument) -> list[str]:
    """The text, or nothing where there is no wire."""
    match item:
        case In():
            return [f"{name}{_calls(item.after)}" for name in _wires(step, item.port, item.otherwise)]
        case Pack(items):
            texts = [text for each in items for text in _argument(step, each)]
            return [f"({', '.join(texts)})"] if len(texts) == len(items) else []
        case Helper(function, port, otherwise):
            return [f"{identifier(function)}({name})" for name in _wires(step, port, otherwise)]
        case Literal(value):
            return [literal(value.rule(step.site) if isinstance(value, Derived) else value)]
        case Wired(output):
            return [literal(output in step.targets)]


def _wires(step: Step, port: str, otherwise: str) -> tuple[str, ...]:
    return step.arguments[port] or (step.arguments[otherwise] if otherwise else ())


def _calls(changes: Sequence[Adapt]) -> str:
    return "".join(f".{call.method}({', '.join(map(str, call.args))})" for call in changes)


def after(step: Step, port: str) -> str:
    """What an output goes through once the call is made, as `.transpose(0, 1)`."""
    found = next(each for each in step.node.outputs if each.name == port)
    return _calls(found.after)
