"""A layer alone in a document, with what feeds it; and a way to run the source that comes of it."""

import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from nnstudio.catalogue.tensors import Shape
from nnstudio.compiler.result import Compiled
from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.params import Value
from tests.catalogue.draws import Example, Feed


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, torch computes in this thread: from another, a class out of range is an abort, not an error."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def no_warnings() -> Iterator[None]:
    """While it lasts, a warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Using padding='same' with even kernel lengths")  # both about speed
        warnings.filterwarnings("ignore", "enable_nested_tensor is True")
        yield


# The document


@contextmanager
def data_of(fields: tuple[Field, ...]) -> Iterator[None]:
    """While it lasts, there is a data set "harness" with these fields."""
    made = DatasetType("harness", "Harness", "For tests.", fields, samples=10, load=lambda values, loading: Loaded({}))
    with entry(datasets(), "harness", made):
        yield


@contextmanager
def entry(table: dict[str, Any], key: str, value: Any) -> Iterator[None]:
    """While it lasts, the table has this under the key."""
    before = table.get(key)
    table[key] = value
    try:
        yield
    finally:
        table[key] = before
        if before is None:
            del table[key]


def drawing(example: Example) -> tuple[Document, Node]:
    """The layer alone with what feeds it, and an Output behind each port that is looked at."""
    document = Document("one layer")
    data = document.add("Dataset", dataset="harness") if example.fields else None
    starts = {feed: _start(document, data, feed) for feed in example.feeds}
    node = document.add(example.type, "it", **example.params)
    for port in node.inputs:
        for feed in example.wires[port.name]:
            start = starts[feed]
            if example.layer.is_loss and not port.target:
                start = _front(document, start)
            document.connect(start, f"{node.id}.{port.name}")
    for name in example.outputs:
        document.connect(f"{node.id}.{name}", document.add("Output", seen(name)))
    return document, node


def _start(document: Document, data: Node | None, feed: Feed) -> str:
    """Where the wire of a feed begins."""
    if feed.batched:
        assert data is not None
        return f"{data.id}.{feed.field.name}"
    typed: dict[str, Any] = {"value": as_rows(_numbers(feed.field, feed.field.shape).tolist())}
    if feed.node == "Constant":
        typed["dtype"] = feed.field.dtype
    return f"{document.add(feed.node, feed.field.name, **typed).id}.y"


def as_rows(value: Any) -> Value:
    """Nested lists as tuples."""
    return tuple(map(as_rows, value)) if isinstance(value, list) else float(value)


def _front(document: Document, start: str) -> str:
    """A loss judges no bare data, so its prediction passes through a sum of one."""
    front = document.add("Add")
    document.connect(start, front)
    return f"{front.id}.y"


def seen(port: str) -> str:
    """The name of the Output node behind a port."""
    return f"seen_{port}"


def model_of(compiled: Compiled, device: str) -> nn.Module:
    """The module that the source defines."""
    with torch.device(device):
        model = _space_of(compiled.source)[compiled.class_name]()
    assert isinstance(model, nn.Module)
    return model


@lru_cache(maxsize=2)
def _space_of(source: str) -> dict[str, Any]:
    """What the source defines."""
    space: dict[str, Any] = {"__name__": "harness"}
    exec(compile(source, "<harness>", "exec"), space)
    return space


def tensors_of(fields: tuple[Field, ...], batch: int, device: str) -> dict[str, torch.Tensor]:
    """Values for each field; class numbers have the last class among them."""
    return {field.name: _tensor(field, (batch, *field.shape), device) for field in fields}


def _tensor(field: Field, shape: Shape, device: str) -> torch.Tensor:
    if field.dtype == "float32":
        return (torch.rand(shape, device=device) * 0.9 + 0.05).requires_grad_()
    return _numbers(field, shape).to(device)


def _numbers(field: Field, shape: Shape) -> torch.Tensor:
    """Always the same numbers. Nothing hides a whole row: the first of its truths is no."""
    counted = torch.arange(math.prod(shape))
    if field.dtype == "int64":
        return (counted % (field.classes or 1)).flip(0).reshape(shape)
    if field.dtype == "bool":
        return (torch.arange(shape[-1] if shape else 1) % 3 == 1).expand(shape or (1,)).reshape(shape)
    return ((counted * 37 % 97 + 2) / 100).reshape(shape)


def run(model: nn.Module, compiled: Compiled, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """What forward gives, by variable, and the loss as "it"."""
    signature = compiled.signature
    output = model(*(tensors[name] for name in signature.inputs))
    outputs = output if isinstance(output, tuple) else (output,)
    found = dict(zip(signature.outputs, outputs, strict=True))
    if compiled.has_loss:
        judge: Any = model.compute_loss
        found["it"] = judge(*outputs, *(tensors[name] for name in signature.targets))
    return found


def results(example: Example, compiled: Compiled, batch: int, device: str) -> dict[str, torch.Tensor]:
    """What the layer puts out, by port. Raises what torch raises."""
    with no_warnings():
        found = run(model_of(compiled, device), compiled, tensors_of(example.fields, batch, device))
    return by_port(example, found)


def by_port(example: Example, found: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    if example.outputs:
        return {name: found[seen(name)] for name in example.outputs}
    return {example.layer.outputs_for(example.params)[0].name: found["it"]}
