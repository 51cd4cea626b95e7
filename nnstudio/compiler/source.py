"""The plan as PyTorch source, put together from pieces that `expressions` and `classes` make."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nnstudio.catalogue.spec import Function, Helper, Module, Named
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.blocks import BlockClass, block_classes
from nnstudio.compiler.classes import Body, body_of, rows_of
from nnstudio.compiler.custom import code_of, is_typed, text_of
from nnstudio.compiler.expressions import expression, literal
from nnstudio.compiler.infer import Inference, everywhere
from nnstudio.compiler.own import Text, texts_for
from nnstudio.compiler.own import names as own_names
from nnstudio.compiler.plan import Plan, Step, make_block_plan
from nnstudio.graph import rules
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node

MAIN = """

if __name__ == "__main__":
    model = {class_name}().eval()
    weights = Path(__file__).with_suffix(".weights.pt")
    if weights.exists():
        model.load_state_dict(torch.load(weights, weights_only=True))
    for name, layer in model.named_children():
        layer.register_forward_hook(lambda *call, name=name: print(f"{{name:<12}} {{tuple({result}.shape)}}"))"""
FIRST = """

    def first(made):
        return made if isinstance(made, torch.Tensor) else made[0]
"""

_LONGEST = 110
"""Beyond this, a line is broken after its bracket."""
_TAKEN = rules.BLOCK_RESERVED
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass
class _Writer:
    """Lines so far, and which node each stands for."""

    lines: list[str] = field(default_factory=list)
    owners: dict[int, str] = field(default_factory=dict)
    typed: dict[int, tuple[str, int]] = field(default_factory=dict)

    def add(self, text: str, node: Node | None = None) -> None:
        self.lines.extend(text.split("\n"))
        if node is not None:
            self.owners[len(self.lines)] = node.id

    def add_long(self, text: str, node: Node | None = None) -> None:
        """A line that may have to be broken; its first line stands for the node."""
        lines = _folded(text)
        self.add(lines[0], node)
        self.lines.extend(lines[1:])


def _folded(text: str) -> list[str]:
    """A long line broken behind its first bracket and before the one that closes it; the comment stays at the end."""
    bare = _STRING.sub(lambda found: "_" * len(found[0]), text)
    code, space, comment = text[: len(bare.partition("  # ")[0])], *bare.partition("  # ")[1:]
    begin, depth, end = bare.find("(", bare.find(" = ") + 1), 0, -1
    for place, char in enumerate(bare[max(begin, 0) : len(code)], max(begin, 0)):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0:
            end = place
            break
    if len(text) <= _LONGEST or begin < 0 or end < 0 or ('"' in code[begin:end] and "(" in code[begin + 1 : end]):
        return [text]
    indent = " " * (len(code) - len(code.lstrip()))
    return [code[: begin + 1], f"{indent}    {code[begin + 1 : end]}", f"{indent}{code[end:]}{space}{comment}"]


def class_name_of(title: str) -> str:
    """The project's title as a class name: "digits cnn" becomes DigitsCnn."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", title) if not unicodedata.combining(char))
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = "".join(word[0].upper() + word[1:] for word in words)[:60]
    if not name or name[0].isdigit():
        name = f"Net{name}"
    return f"{name}Net" if keyword.iskeyword(name) or name in _TAKEN or name in own_names() else name


def write_source(
    document: Document, plan: Plan, inference: Inference, dataset: Node | None, unread: Sequence[Node] = ()
) -> tuple[str, dict[int, str], dict[int, tuple[str, int]]]:
    """Source text, the node of each line that stands for one, and node and own line of each line that was typed in.

    The code of typed-in nodes that are `unread` is shown too, though nothing uses it.
    """
    writer = _Writer()
    class_name = class_name_of(document.title)
    typed = _typed_in([*unread, *(step.node for step in _steps(plan, inference) if is_typed(step.node))])
    names = {name for node in typed for name in text_of(node).defined}
    classes, uses = block_classes(document, inference, {class_name, *_TAKEN, *own_names(), *names})
    own = texts_for(_own_names(plan, inference))
    _write_header(writer, document.title, [*_imports(own, typed)], plan, inference)
    for text in own:
        writer.add(f"\n\n{text.body}")
    for node in typed:
        _write_typed(writer, node)
    for block in classes:
        _write_block(writer, block)
    inner = {node: uses[id(found)] for node, found in inference.inner.items() if id(found) in uses}
    body = body_of(plan, inference, inner)
    writer.add(f"\n\nclass {class_name}(nn.Module):")
    _write_init(writer, body, [], [made.text({}, _usual(made.slots)) for made in body.makes])
    _write_forward(writer, body, [str(row) for row in body.rows])
    _write_loss(writer, plan, inference)
    tuples = any(getattr(step.code, "returns", ()) or len(step.node.outputs) > 1 for step in plan.steps)
    main = MAIN.format(class_name=class_name, result="first(call[2])" if tuples else "call[2]")
    writer.add(main.replace("\n    for name,", f"{FIRST}\n    for name,") if tuples else main)
    _write_example(writer, plan, inference.facts[dataset.id].outputs if dataset is not None else {})
    return "\n".join(writer.lines) + "\n", writer.owners, writer.typed


def _plain(title: str) -> str:
    """A title that can stand in a docstring: printable, without quotes or backslashes."""
    kept = "".join(char for char in title if char.isprintable() and char not in '"\\')
    return kept.strip()[:200] or "Untitled"


# Header


def _steps(plan: Plan, inference: Inference) -> Iterator[Step]:
    """All steps, those inside of blocks too."""
    yield from plan.steps
    for inner in everywhere(inference):
        if inner is not inference:
            yield from make_block_plan(inner).steps


def _own_names(plan: Plan, inference: Inference) -> set[str]:
    """Building blocks of our own that the model uses."""
    found: set[str] = set()
    for step in _steps(plan, inference):
        code = step.code
        if isinstance(code, Module | Function):
            called = [item.value if isinstance(item, Named) else item for item in code.call]
            found.update([code.callee, *(item.function for item in called if isinstance(item, Helper))])
    return {name for name in found if "." not in name}


def _typed_in(nodes: Sequence[Node]) -> list[Node]:
    """One node for each different text, in the order of age."""
    return list({code_of(node): node for node in sorted(nodes, key=lambda node: -node.order)}.values())[::-1]


def _imports(own: Sequence[Text], typed: Sequence[Node]) -> Iterator[str]:
    for text in own:
        yield from text.imports
    for node in typed:
        yield from (line for _, line in text_of(node).imports)


def _write_typed(writer: _Writer, node: Node) -> None:
    """The text as it was typed, but for its imports; the line where the class begins stands for the node."""
    text = text_of(node)
    writer.add("\n")
    for own, line in zip(text.lines, text.body.split("\n"), strict=True):
        writer.add(line, node if line.startswith(f"class {text.name}(") else None)
        writer.typed[len(writer.lines)] = node.id, own


def _write_header(writer: _Writer, title: str, imports: Sequence[str], plan: Plan, inference: Inference) -> None:
    lines = {"from pathlib import Path", "import torch", "from torch import nn", *imports}
    if any(getattr(step.code, "callee", "").startswith("F.") for step in _steps(plan, inference)):
        lines.add("from torch.nn import functional as F")
    torch = [line for line in sorted(lines, key=_import_order) if line.split()[1].startswith("torch")]
    others = [line for line in sorted(lines, key=_import_order) if line not in torch]
    writer.add(f'"""{_plain(title)}: a PyTorch model made with NNStudio."""\n')
    writer.add("\n".join([*others, "", *torch]))


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line.split()[1]


# Classes


def _usual(slots: Sequence[object]) -> frozenset[int]:
    return frozenset(place for place, slot in enumerate(slots) if getattr(slot, "usual", False))


def _write_block(writer: _Writer, block: BlockClass) -> None:
    makes = []
    for number, made in enumerate(block.body.makes):
        values = {place: name for (owner, place), name in block.parameters.items() if owner == number}
        usual = frozenset(place for owner, place in block.usual if owner == number)
        makes.append(made.text(values, usual))
    writer.add(f"\n\nclass {block.name}(nn.Module):")
    _write_init(writer, block.body, [f"{name}: {hint}" for name, hint in block.hints.items()], makes)
    rows = [
        f"{row.text}  # {comment}" if comment else row.text
        for row, comment in zip(block.body.rows, block.comments, strict=True)
    ]
    _write_forward(writer, block.body, rows)


def _write_init(writer: _Writer, body: Body, parameters: list[str], makes: list[str]) -> None:
    writer.add(f"    def __init__({', '.join(['self', *parameters])}) -> None:\n        super().__init__()")
    for made, text in zip(body.makes, makes, strict=True):
        writer.add_long(f"        {text}", made.node)


def _write_forward(writer: _Writer, body: Body, rows: list[str]) -> None:
    returns = "tuple[torch.Tensor, ...]" if len(body.returns) != 1 else "torch.Tensor"
    writer.add("")
    writer.add_long(f"    def forward({_signature(body.arguments)}) -> {returns}:")
    for row, text in zip(body.rows, rows, strict=True):
        writer.add_long(f"        {text}", row.node)
    writer.add(f"        return {', '.join(body.returns) or '()'}")


def _write_loss(writer: _Writer, plan: Plan, inference: Inference) -> None:
    if not plan.loss:
        return
    arguments = [*plan.outputs, *(plan.fields[name] for name in plan.signature.targets)]
    writer.add("")
    writer.add_long(f"    def compute_loss({_signature(arguments)}) -> torch.Tensor:")
    losses = plan.losses
    taken = {name for step in plan.loss for names in step.arguments.values() for name in names}
    at_once = len(losses) == 1 and losses[0].variable not in taken
    for step in plan.loss:
        if not at_once or step not in losses:
            for row in rows_of(step, inference):
                writer.add_long(f"        {row}", row.node)
    if at_once:
        writer.add(f"        return {_weighed(losses[0], expression(losses[0]))}", losses[0].node)
    else:
        writer.add(f"        return {' + '.join(_weighed(step, step.variable) for step in losses)}")


def _weighed(step: Step, text: str) -> str:
    """A loss as much as it counts."""
    weight = step.node.params.get("loss_weight", 1.0)
    return text if weight == 1.0 else f"{literal(weight)} * {text}"


def _signature(arguments: Sequence[str]) -> str:
    return ", ".join(["self", *(f"{name}: torch.Tensor" for name in arguments)])


# The example at the end


def _example_of(shape: tuple[int, ...], dtype: str) -> str:
    """Two samples."""
    sizes = ", ".join(map(str, (2, *shape)))
    return f"randn({sizes})" if dtype == "float32" else f"zeros({sizes}, dtype=torch.{dtype})"


def _write_example(writer: _Writer, plan: Plan, fields: dict[str, TensorSpec] | object) -> None:
    specs = {item.name: (item.shape, item.dtype) for item in plan.signature.free}
    if isinstance(fields, dict):
        specs |= {name: (spec.per_sample, spec.dtype) for name, spec in fields.items()}
    items = [f'"{plan.fields[name]}": torch.{_example_of(*specs[name])}' for name in plan.signature.inputs]
    # By name in a dictionary: as variables they would hide what the classes above use, were one called `len`.
    writer.add(f"    inputs = {{{', '.join(items)}}}")
    if items:
        writer.add('    for name, value in inputs.items():\n        print(f"{name:<12} {tuple(value.shape)}")')
    writer.add("    with torch.no_grad():\n        model(*inputs.values())")
    writer.add('    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters")')
