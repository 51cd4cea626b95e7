"""The text of a training script: the model's classes as they are, and the loop of engine/training/trainer.py,
written out.

It gives the same losses to the last bit, on the same machine.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from textwrap import indent

from nnstudio.export.script_parts import after_epoch, begin, call, loss, one_step, test_function
from nnstudio.export.spec import Training
from nnstudio.protocol.messages import Model
from nnstudio.training.registry import schedule
from nnstudio.training.spec import Progress

_IMPORTS = ("import torch", "from torch import nn")
_LOOP = '''\
def train(steps: int | None = None) -> list[float]:
    """Train, for so many steps at most; gives the loss of each."""
{begin}
    shuffle = torch.Generator().manual_seed(SEED)
    losses: list[float] = []
    for epoch in range(EPOCHS):
        model.train()
        for rows in torch.randperm({samples}, generator=shuffle).split(BATCH_SIZE):
{step}
            losses.append(loss.item())
            if len(losses) == steps:
                return losses
{end}
    torch.save(model.state_dict(), Path(__file__).with_suffix(".weights.pt"))
    return losses
'''
_MAIN = """\
if __name__ == "__main__":
    train()
"""


def script_text(spec: Model, training: Training) -> str:
    """Python source with `train(steps=None) -> list[float]`, which runs when the file is run."""
    title, imports, classes = _parts(spec.source)
    functions = [*classes, *_schedule(training), *_measuring(spec, training), *_testing(spec, training)]
    imports |= {*_IMPORTS, "from pathlib import Path", *(_SCHEDULE_IMPORTS if any(_schedule(training)) else ())}
    head = [f'"""{title}: trains as in NNStudio, to the same losses. Needs PyTorch alone."""', *_sorted(imports)]
    head.append(_constants(training))
    return (
        "\n\n".join(head) + "\n\n\n" + "\n\n\n".join(map(str.strip, [*functions, _loop(spec, training), _MAIN])) + "\n"
    )


_SCHEDULE_IMPORTS = ("import math", "from dataclasses import dataclass")


def _parts(source: str) -> tuple[str, set[str], list[str]]:
    """The title, the imports, and classes and functions, as they stand in the model's source."""
    tree, lines = ast.parse(source), source.splitlines()
    title = (ast.get_docstring(tree) or "A model").partition(":")[0]
    imports = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    kept = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            kept.append("\n".join(lines[first - 1 : node.end_lineno]))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            kept.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    return title, imports, kept


def _sorted(imports: Iterable[str]) -> Iterator[str]:
    """Python's own, then torch's, each a block."""
    own = sorted((line for line in imports if "torch" not in line), key=lambda line: (line.startswith("from"), line))
    torchs = sorted((line for line in imports if "torch" in line), key=lambda line: (line.startswith("from"), line))
    return ("\n".join(block) for block in (own, torchs) if block)


def _constants(training: Training) -> str:
    plan = training.plan
    values = {"EPOCHS": plan.epochs, "BATCH_SIZE": plan.batch_size, "LR": plan.lr, "SEED": plan.seed}
    lines = [f"{name} = {value!r}" for name, value in values.items()]
    return "\n".join([*lines, *(['DATA = Path(__file__).with_suffix(".data.pt")'] if training.train else [])])


def _schedule(training: Training) -> Iterator[str]:
    """The schedule's own text, and what it needs."""
    course = schedule(training.plan.schedule)
    if course.factor is not None and course.name != "constant":
        yield inspect.getsource(Progress)
        yield inspect.getsource(course.factor).replace("values: Settings", "values: dict[str, float]")


def _measuring(spec: Model, training: Training) -> Iterator[str]:
    if training.fitted:
        yield _MEASURE.format(forward=call(spec), loss=loss(spec))


def _testing(spec: Model, training: Training) -> Iterator[str]:
    if training.test:
        yield test_function(spec)


_MEASURE = '''\
@torch.no_grad()
def measure(model: nn.Module, layer: nn.Module, fields: dict[str, torch.Tensor], size: int) -> None:
    """Let a layer measure what comes in at it from the training set, before anything is learned."""
    seen: list[torch.Tensor] = []
    hook = layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model.eval()
    parts = zip(*(field.split(size) for field in fields.values()))
    for part in parts:
        batch = dict(zip(fields, part))
        outputs = {forward}
        {loss}
    hook.remove()
    layer.fit(iter(seen))
'''


def _loop(spec: Model, training: Training) -> str:
    first = next(iter(training.train), "")
    return _LOOP.format(
        begin=indent("\n".join(_begin(spec, training)), " " * 4),
        samples=f'len(fields["{first}"])' if first else "1",
        step=indent("\n".join(one_step(spec, training)), " " * 12),
        end=indent("\n".join(after_epoch(training)), " " * 8),
    )


def _begin(spec: Model, training: Training) -> Iterator[str]:
    yield f"torch.set_num_threads({training.threads})  # another number may round otherwise"
    yield "torch.set_flush_denormal(True)  # numbers next to nothing are slow"
    if training.train:
        yield "data = torch.load(DATA, weights_only=True)"
        yield 'fields, held_out = data["train"], data["test"]'
    yield "torch.manual_seed(SEED)"
    yield f"model = {spec.class_name}()"
    for layer in training.fitted:
        yield f"measure(model, model.{layer}, fields, {training.fit_batch})"
    yield from begin(training)
    if training.plan.early_stopping:
        yield 'best, waited = float("inf"), 0'
