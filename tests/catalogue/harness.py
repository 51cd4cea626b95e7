"""Holds a declared layer to its word: draws it in many ways, runs what the compiler writes, and asks torch.

    tally = explore(layer("Conv2d"), examples=60)

The layer stands alone in a real document: a data set made for the occasion has a field for each wire. So everything
on the way from the declaration to the running source is the real thing, and a new layer is covered without a word here.
"""

import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from hypothesis import HealthCheck, given, note, settings
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import Given, LayerType, Method
from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled
from nnstudio.data.registry import dataset, datasets
from nnstudio.data.spec import DatasetType, Field
from nnstudio.errors import ShapeError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.catalogue.draws import Example, examples

BATCHES = (5, 7)
LARGEST = 300_000
"""More numbers than this are counted on the meta device only."""

STRICTER = {
    ("Linear", "needs a vector"): "each pixel row by itself is hardly ever meant",
    ("Softmax", "is not among the"): "shares over the batch depend on who else is in it",
    ("MaxPool2d", "padding alone"): "minus infinity comes out, and the gradient corrupts the memory",
    ("Concatenate", "has dim"): "one after the other along the batch is another batch",
    ("MSELoss", "classes as target"): "class numbers are names, not amounts",
    ("BCEWithLogitsLoss", "classes as target"): "class numbers are names, not amounts",
}
"""What a shape rule refuses on purpose though torch computes it: layer and words of the refusal, and why."""


@dataclass
class Tally:
    """How many examples torch was asked about."""

    accepted: int = 0
    refused: int = 0
    failed: bool = False


def explore(layer: LayerType, wanted: int) -> Tally:
    """Draw the layer until that many examples of it were well, or four times as many were drawn in all.

    Raises AssertionError, or what torch raised, with the smallest example that breaks the layer's word.
    """
    tally = Tally()

    @settings(max_examples=4 * wanted, suppress_health_check=list(HealthCheck))
    @given(example=examples(layer))
    def hold(example: Example) -> None:
        if tally.accepted >= wanted and not tally.failed:
            return
        try:
            well = check(example)
        except BaseException:
            tally.failed = True
            raise
        tally.accepted += well
        tally.refused += not well

    with one_thread():
        hold()
    return tally


def check(example: Example) -> bool:
    """Whether the layer is well as drawn; either way, torch agrees."""
    if isinstance(example.layer.code, Given):
        check_given(example)
        return True
    with data_of(example.fields):
        document, node = drawing(example)
        compiled = compile_document(document)
        note(f"{example.params} {[field.shape for field in example.fields]}\n{compiled.source}")
        refusals = compiled.problems_of(node.id)
        if refusals:
            check_refusal(example, refusals[0].message)
            return False
        assert compiled.errors == ()
        check_works(example, node, compiled)
        check_reload(document, compiled)
    return True


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, torch computes in this thread: from another, a class out of range is an abort, not an error."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


# The layer in a document


@contextmanager
def data_of(fields: tuple[Field, ...]) -> Iterator[None]:
    """While it lasts, there is a data set "harness" with these fields."""
    made = DatasetType("harness", "Harness", "For tests.", fields, samples=10, load=lambda values, generator: {})
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
    """The layer alone with its data. A loss judges no bare data, so its prediction passes through a sum of one."""
    document = Document("one layer")
    data = document.add("Dataset", dataset="harness")
    node = document.add(example.layer.type, "it", **example.params)
    for port in node.inputs:
        for field in example.wires[port.name]:
            start = f"{data.id}.{field.name}"
            if example.layer.is_loss and not port.target:
                front = document.add("Add")
                document.connect(start, front)
                start = f"{front.id}.y"
            document.connect(start, f"{node.id}.{port.name}")
    return document, node


def model_of(compiled: Compiled, device: str) -> nn.Module:
    """The module that the source defines."""
    space: dict[str, Any] = {"__name__": "harness"}
    exec(compile(compiled.source, "<harness>", "exec"), space)
    with torch.device(device):
        model = space[compiled.class_name]()
    assert isinstance(model, nn.Module)
    return model


def tensors_of(fields: tuple[Field, ...], batch: int, device: str) -> dict[str, torch.Tensor]:
    """Values for each field; class numbers have the last class among them."""
    return {field.name: _tensor(field, (batch, *field.shape), device) for field in fields}


def _tensor(field: Field, shape: tuple[int, ...], device: str) -> torch.Tensor:
    if field.dtype == "int64":
        classes = torch.arange(math.prod(shape)) % (field.classes or 1)
        return classes.flip(0).reshape(shape).to(device)
    return torch.rand(shape, device=device).requires_grad_()


def run(model: nn.Module, compiled: Compiled, tensors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """What the layer puts out: forward's value or the loss."""
    signature = compiled.signature
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torch only warns where a loss stretches shapes to fit each other
        warnings.filterwarnings("ignore", "Using padding='same' with even kernel lengths")  # about speed
        output = model(*(tensors[name] for name in signature.inputs))
        if not signature.targets:
            assert isinstance(output, torch.Tensor)
            return output
        judge: Any = model.compute_loss
        loss = judge(output, *(tensors[name] for name in signature.targets))
    assert isinstance(loss, torch.Tensor)
    return loss


# A layer that is well


def check_works(example: Example, node: Node, compiled: Compiled) -> None:
    """Declared shape, weights and work are torch's, and gradients flow."""
    facts = compiled.facts[node.id]
    (spec,) = facts.outputs.values()
    shapes_agree(example, compiled, spec)
    weights = {
        name.removeprefix("it."): tuple(weight.shape) for name, weight in model_of(compiled, "meta").named_parameters()
    }
    assert weights == facts.weights
    assert compiled.parameters == sum(map(math.prod, weights.values()))
    assert facts.flops == flops_by_torch(example, compiled)
    outputs = math.prod(spec.per_sample) + sum(math.prod(field.shape) for field in example.fields)
    if compiled.parameters + BATCHES[0] * outputs < LARGEST:
        gradients_flow(example, compiled)


def shapes_agree(example: Example, compiled: Compiled, spec: TensorSpec) -> None:
    """The declared shape and type are those that torch gives, whatever the batch."""
    model = model_of(compiled, "meta")
    for batch in BATCHES:
        output = run(model, compiled, tensors_of(example.fields, batch, "meta"))
        assert tuple(output.shape) == tuple(batch if size == N else size for size in spec.shape)
        assert output.dtype == getattr(torch, spec.dtype)


def flops_by_torch(example: Example, compiled: Compiled) -> int:
    """What torch counts for one sample."""
    batch = BATCHES[0]  # not 1, of which BatchNorm can take no deviation
    with FlopCounterMode(display=False) as counter:
        run(model_of(compiled, "meta"), compiled, tensors_of(example.fields, batch, "meta"))
    return int(counter.get_total_flops()) // batch


def gradients_flow(example: Example, compiled: Compiled) -> None:
    """The output is finite, and so is the gradient of every weight and every input that is no class number."""
    model = model_of(compiled, "cpu")
    tensors = tensors_of(example.fields, BATCHES[0], "cpu")
    output = run(model, compiled, tensors)
    assert output.isfinite().all()
    wanting = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point()}
    wanting |= dict(model.named_parameters())
    if wanting:
        torch.autograd.backward((output * torch.rand_like(output)).sum())
    without = [name for name, tensor in wanting.items() if tensor.grad is None or not tensor.grad.isfinite().all()]
    assert without == []


def check_reload(document: Document, compiled: Compiled) -> None:
    """The project file holds all that the source needs."""
    again = compile_document(storage.document_from(storage.graph_bytes(document)))
    assert again == compiled


# A layer that is not


def check_refusal(example: Example, message: str) -> None:
    """Torch refuses too, or mixes samples up, or the refusal is one that is meant."""
    name = example.layer.type
    if not torch_refuses(example):
        meant = [why for (kind, words), why in STRICTER.items() if kind == name and words in message]
        assert meant, f"torch computes it, and the shape rule refuses it: {message}"


def torch_refuses(example: Example) -> bool:
    """Run the source that there would be without the shape rule."""
    layer = example.layer
    named = getattr(layer.code, "inferred", ())
    willing = replace(
        layer,
        inputs=tuple(replace(port, refuses="", pattern=port.pattern if named else "N ...") for port in layer.inputs),
        shape=lambda site: TensorSpec((N,)),
        weights=None,
        flops=None,
    )
    with entry(registry.layers(), layer.type, willing):
        document, node = drawing(example)
        try:
            compiled = compile_document(document)
        except ShapeError:
            return sample_refused(example)
    assert compiled.problems_of(node.id) == []
    return not runs_with_any_batch(example, compiled)


def runs_with_any_batch(example: Example, compiled: Compiled) -> bool:
    """Whether torch computes it without a complaint, and the samples stay apart."""
    large = any(isinstance(value, int) and value > 64 for value in example.params.values())
    device = "meta" if large else "cpu"
    found = []
    for batch in BATCHES:
        try:
            output = run(model_of(compiled, device), compiled, tensors_of(example.fields, batch, device))
        except (RuntimeError, ValueError, IndexError, UserWarning):
            return False
        found.append(tuple(output.shape))
    if example.layer.is_loss:
        return found == [(), ()]
    first, second = found
    return first[:1] == BATCHES[:1] and second[:1] == BATCHES[1:] and first[1:] == second[1:]


def sample_refused(example: Example) -> bool:
    """A method whose arguments could not be worked out: call it on one sample, with the parameters as they are."""
    assert isinstance(example.layer.code, Method), f"{example.layer.type}: its source can not be written"
    method = getattr(torch.zeros(example.fields[0].shape), example.layer.code.name)
    try:
        method(*example.params.values())
    except (RuntimeError, ValueError, IndexError):
        return True
    return False


# Where data comes in


def check_given(example: Example) -> None:
    """A layer without code: what it declares is what forward takes."""
    document = Document("data alone")
    data = document.add(example.layer.type, **example.params)
    for port in data.outputs:
        document.connect(f"{data.id}.{port.name}", document.add("Reshape", f"all_of_{port.name}"))
    compiled = compile_document(document)
    fields = dataset(str(example.params["dataset"])).fields
    assert compiled.errors == ()
    assert [port.name for port in data.outputs] == list(compiled.signature.inputs)
    for batch in BATCHES:
        outputs = model_of(compiled, "meta")(*tensors_of(fields, batch, "meta").values())
        for field, output in zip(fields, outputs, strict=True):
            spec = compiled.facts[data.id].outputs[field.name]
            assert (spec.shape, spec.dtype, spec.kind) == ((N, *field.shape), field.dtype, field.kind)
            assert tuple(output.shape) == (batch, math.prod(field.shape))
    check_reload(document, compiled)
