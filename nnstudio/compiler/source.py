"""The plan as PyTorch source: the one place where text is made.

Only identifiers that were checked and literals of plain values are ever written, so nothing in a project file can
become code.
"""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from nnstudio.catalogue.spec import Dim, Function, Inferred, Infix, Method, Module
from nnstudio.catalogue.tensors import TensorSpec, shape_text
from nnstudio.compiler.infer import Inference
from nnstudio.compiler.plan import Plan, Step
from nnstudio.errors import CompileError
from nnstudio.graph.nodes import Node
from nnstudio.params import Param, Value

HEADER = '''"""{title}: a PyTorch model made with NNStudio."""

from pathlib import Path

import torch
from torch import nn


class {class_name}(nn.Module):'''

MAIN = """

if __name__ == "__main__":
    model = {class_name}().eval()
    weights = Path(__file__).with_suffix(".weights.pt")
    if weights.exists():
        model.load_state_dict(torch.load(weights, weights_only=True))
    for name, layer in model.named_children():
        layer.register_forward_hook(lambda *call, name=name: print(f"{{name:<12}} {{tuple(call[2].shape)}}"))"""


@dataclass
class _Writer:
    """Lines so far, and which node each stands for."""

    lines: list[str] = field(default_factory=list)
    owners: dict[int, str] = field(default_factory=dict)

    def add(self, text: str, node: Node | None = None) -> None:
        self.lines.extend(text.split("\n"))
        if node is not None:
            self.owners[len(self.lines)] = node.id


def class_name_of(title: str) -> str:
    """The project's title as a class name: "digits cnn" becomes DigitsCnn."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", title) if not unicodedata.combining(char))
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = "".join(word[0].upper() + word[1:] for word in words)[:60]
    if not name or name[0].isdigit():
        name = f"Net{name}"
    return f"{name}Net" if keyword.iskeyword(name) or name in ("Path", "Tensor") else name


def write_source(title: str, plan: Plan, inference: Inference, dataset: Node) -> tuple[str, dict[int, str]]:
    """Source text, and the node of each line that stands for one."""
    writer = _Writer()
    class_name = class_name_of(title)
    writer.add(HEADER.format(title=_plain(title), class_name=class_name))
    _write_init(writer, plan)
    _write_forward(writer, plan, inference)
    _write_loss(writer, plan, inference)
    writer.add(MAIN.format(class_name=class_name))
    _write_example(writer, plan, inference.facts[dataset.id].outputs)
    return "\n".join(writer.lines) + "\n", writer.owners


def _plain(title: str) -> str:
    """A title that can stand in a docstring: printable, without quotes or backslashes."""
    kept = "".join(char for char in title if char.isprintable() and char not in '"\\')
    return kept.strip()[:200] or "Untitled"


def _write_init(writer: _Writer, plan: Plan) -> None:
    writer.add("    def __init__(self) -> None:\n        super().__init__()")
    for step in plan.steps:
        code = step.node.layer.code
        if isinstance(code, Module):
            arguments = ", ".join([*map(_literal, _inferred(step, code.inferred)), *_parameters(step)])
            writer.add(f"        self.{_name(step.node.name)} = {code.callee}({arguments})", step.node)


def _write_forward(writer: _Writer, plan: Plan, inference: Inference) -> None:
    arguments = [plan.fields[name] for name in plan.signature.inputs]
    several = len(plan.outputs) != 1
    returns = "tuple[torch.Tensor, ...]" if several else "torch.Tensor"
    writer.add(f"\n    def forward({_signature(arguments)}) -> {returns}:")
    for step in plan.forward:
        writer.add(_assignment(step, inference), step.node)
    writer.add(f"        return {', '.join(plan.outputs)}")


def _write_loss(writer: _Writer, plan: Plan, inference: Inference) -> None:
    if not plan.loss:
        return
    arguments = [*plan.outputs, *(plan.fields[name] for name in plan.signature.targets)]
    writer.add(f"\n    def compute_loss({_signature(arguments)}) -> torch.Tensor:")
    losses = [step for step in plan.loss if step.node.layer.is_loss]
    for step in plan.loss:
        if losses != [step]:
            writer.add(_assignment(step, inference), step.node)
    if len(losses) == 1:
        writer.add(f"        return {_expression(losses[0])}", losses[0].node)
    else:
        writer.add(f"        return {' + '.join(step.variable for step in losses)}")


def _write_example(writer: _Writer, plan: Plan, specs: Mapping[str, TensorSpec]) -> None:
    arguments = [plan.fields[name] for name in plan.signature.inputs]
    for name, variable in zip(plan.signature.inputs, arguments, strict=True):
        sizes = ", ".join(map(str, (2, *specs[name].per_sample)))
        made = f"randn({sizes})" if specs[name].dtype == "float32" else f"zeros({sizes}, dtype=torch.int64)"
        writer.add(f"    {variable} = torch.{made}\n    print(f\"{{'{variable}':<12}} {{tuple({variable}.shape)}}\")")
    writer.add(f"    with torch.no_grad():\n        model({', '.join(arguments)})")
    writer.add('    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters")')


def _signature(arguments: list[str]) -> str:
    return ", ".join(["self", *(f"{name}: torch.Tensor" for name in arguments)])


def _assignment(step: Step, inference: Inference) -> str:
    output = inference.facts[step.node.id].outputs[step.node.outputs[0].name]
    return f"        {step.variable} = {_expression(step)}  # {shape_text(output.shape)}"


def _expression(step: Step) -> str:
    """The right-hand side of a step's line."""
    code = step.node.layer.code
    names = [name for names in step.arguments.values() for name in names]
    if isinstance(code, Module):
        adapted = _adapted(step, code)
        return f"self.{_name(step.node.name)}({', '.join(adapted)})"
    if isinstance(code, Infix):
        return f" {code.operator} ".join(names)
    if isinstance(code, Function):
        packed = f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"
        return f"{code.callee}({', '.join([packed, *_parameters(step)])})"
    if isinstance(code, Method):
        values = [value if isinstance(value, tuple) else (value,) for value in _inferred(step, code.inferred)]
        return f"{names[0]}.{code.name}({', '.join(map(_literal, chain(*values)))})"
    raise CompileError(f"'{step.node.name}' has no code.")


def _adapted(step: Step, code: Module) -> list[str]:
    changes = code.adapt(step.site) if code.adapt else {}
    texts: list[str] = []
    for port, names in step.arguments.items():
        calls = "".join(f".{call.method}({', '.join(map(str, call.args))})" for call in changes.get(port, ()))
        texts.extend(f"{name}{calls}" for name in names)
    return texts


def _inferred(step: Step, inferred: tuple[Inferred, ...]) -> list[Value]:
    dims = step.site.dims
    return [dims[f"{item.port}.{item.size}"] if isinstance(item, Dim) else item.rule(step.site) for item in inferred]


def _parameters(step: Step) -> list[str]:
    """Required parameters by place, then by name those that differ from PyTorch's default."""
    params: list[Param] = list(step.node.layer.params_for(step.node.params))
    values = step.node.params
    placed = [_literal(values[param.name]) for param in params if param.required]
    named = [param for param in params if not param.required and values[param.name] != param.omitted_at]
    return placed + [f"{param.name}={_literal(values[param.name])}" for param in named]


def _literal(value: Value) -> str:
    """A plain value as Python writes it; strings in double quotes."""
    if isinstance(value, str):
        if not re.fullmatch(r"[A-Za-z0-9_.+-]*", value):
            raise CompileError(f"{value!r} can not stand in source.")
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"({', '.join(_literal(item) for item in value)}{',' if len(value) == 1 else ''})"
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    raise CompileError(f"{value!r} can not stand in source.")


def _name(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise CompileError(f"{name!r} can not stand in source.")
    return name
