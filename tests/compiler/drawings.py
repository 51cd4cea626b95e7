"""Drawings for the compiler's tests, and a way to run their source and see every value."""

import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

import torch
from hypothesis import strategies as st

from nnstudio.catalogue.registry import layer, layers
from nnstudio.catalogue.spec import Given, Port
from nnstudio.catalogue.tensors import N, Shape, TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled
from nnstudio.data.registry import dataset
from nnstudio.errors import NNStudioError, ShapeError
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.catalogue.draws import values_of
from tests.catalogue.harness import model_of, tensors_of

Draw = Callable[[st.SearchStrategy[Any]], Any]
BATCH = 5
LARGEST = 50_000
"""Numbers of a sample: a drawing at random would otherwise grow without end."""


def chain(document: Document, *nodes: Node) -> None:
    """Wires from each node to the next."""
    for source, target in pairwise(nodes):
        document.connect(source, target)


def digits_cnn() -> Document:
    """The convolutional network for digits."""
    document = Document("digits cnn")
    data = document.add("Dataset", dataset="digits")
    nodes = [
        document.add("Conv2d", "conv1"),
        document.add("ReLU", "relu1"),
        document.add("MaxPool2d", "pool1"),
        document.add("Conv2d", "conv2", out_channels=32, kernel_size=(3, 5), padding=(1, 2), bias=False),
        document.add("ReLU", "relu2"),
        document.add("MaxPool2d", "pool2", stride=(2, 1), ceil_mode=True),
        document.add("Flatten"),
        document.add("Dropout", p=0.25),
        document.add("Linear", "head", out_features=10),
    ]
    chain(document, data, *nodes)
    judge(document, nodes[-1], data, "CrossEntropyLoss")
    return document


def moons(*nodes: tuple[str, dict[str, Any]]) -> tuple[Document, Node, list[Node]]:
    """The moons with a row of layers behind them."""
    document = Document("moons")
    data = document.add("Dataset", dataset="moons")
    added = [document.add(kind, **params) for kind, params in nodes]
    chain(document, data, *added)
    return document, data, added


def judge(document: Document, prediction: Node, data: Node, kind: str) -> Node:
    """A loss on a prediction, by the label."""
    loss = document.add(kind)
    document.connect(prediction, f"{loss.id}.prediction")
    document.connect(f"{data.id}.label", f"{loss.id}.target")
    return loss


def without_errors(compiled: Compiled) -> Compiled:
    """The same, where nothing is wrong."""
    assert compiled.errors == (), [str(problem) for problem in compiled.errors]
    return compiled


def values_along(compiled: Compiled, data: Node, batch: int = BATCH, device: str = "meta") -> dict[str, torch.Tensor]:
    """Run the source and give every variable of forward and compute_loss, the loss as "<loss>"."""
    found: dict[str, torch.Tensor] = {}

    def keep(frame: FrameType, event: str, value: object) -> None:
        if event == "return" and frame.f_code.co_filename == "<harness>":
            found.update({name: held for name, held in frame.f_locals.items() if isinstance(held, torch.Tensor)})

    fields = dataset(str(data.params["dataset"])).fields
    tensors = tensors_of(fields, batch, device)
    signature = compiled.signature
    model = model_of(compiled, device)
    sys.setprofile(keep)
    try:
        output = model(*(tensors[name] for name in signature.inputs))
        outputs = output if isinstance(output, tuple) else (output,)
        if hasattr(model, "compute_loss"):
            judge: Any = model.compute_loss
            found["<loss>"] = judge(*outputs, *(tensors[name] for name in signature.targets))
    finally:
        sys.setprofile(None)
    assert len(outputs) == len(signature.outputs)
    return found


def with_batch(shape: Shape, batch: int = BATCH) -> Shape:
    """The shape of a batch of that size."""
    return tuple(batch if size == N else size for size in shape)


def assert_shapes_are_true(document: Document, compiled: Compiled, data: Node) -> int:
    """Every variable has the shape that the compiler told. Gives how many were compared."""
    found = values_along(compiled, data)
    told = {node.name: compiled.facts[node.id] for node in document.nodes.values() if node.id in compiled.facts}
    compared = {name: with_batch(next(iter(told[name].outputs.values())).shape) for name in found if name in told}
    assert {name: tuple(found[name].shape) for name in compared} == compared
    return len(compared)


# At random


@st.composite
def valid_drawings(draw: Draw, most: int = 25) -> tuple[Document, Node]:
    """A drawing of layers that all fit, each behind one or several before it; some are muted."""
    document = Document(draw(st.sampled_from(("net", "Größe 2", "class"))))
    data = document.add("Dataset", dataset=draw(st.sampled_from(("digits", "moons"))))
    ends = {f"{data.id}.{port.name}": spec for port, spec in _given(data)}
    for _ in range(draw(st.integers(1, most - 2))):
        _grow(draw, document, ends)
    if draw(st.booleans()):
        head = document.add("Linear", out_features=10)
        flat = document.add("Flatten")
        chain(document, document.node(draw(st.sampled_from(sorted(ends))).split(".")[0]), flat, head)
        judge(document, head, data, "CrossEntropyLoss")
    return document, data


def _given(data: Node) -> list[tuple[Any, TensorSpec]]:
    specs = data.layer.output_specs(data.layer.place(data.params, {}))
    return [(port, specs[port.name]) for port in data.outputs if port.dtype == "float32"]


def _grow(draw: Draw, document: Document, ends: dict[str, TensorSpec]) -> None:
    """One more node behind some of the ends, if what is drawn fits."""
    kind = layer(draw(st.sampled_from(BODY)))
    fitting = [end for end, spec in ends.items() if _fits(kind.inputs[0], spec)]
    if not fitting:
        return
    some = st.sampled_from([*fitting, *fitting[-3:]])
    sources = draw(st.lists(some, min_size=1, max_size=3 if kind.inputs[0].many else 1))
    specs = tuple(ends[source] for source in sources)
    values = draw_values(draw, kind.type, specs[0])
    try:
        (output,) = kind.output_specs(kind.place(kind.check(values), {kind.inputs[0].name: specs})).values()
    except ShapeError:
        return
    if _numbers(output) > LARGEST:
        return
    node = document.add(kind.type, **values)
    for source in sources:
        document.connect(source, node)
    if draw(st.integers(0, 9)) == 9:
        document.mute(node)
        output = specs[0]
    ends[f"{node.id}.{node.outputs[0].name}"] = output


def _fits(port: Port, spec: TensorSpec) -> bool:
    try:
        port.match(spec)
    except ShapeError:
        return False
    return True


def _numbers(spec: TensorSpec) -> int:
    return int(torch.Size(spec.per_sample).numel())


BODY = tuple(name for name, kind in layers().items() if not kind.is_loss and not isinstance(kind.code, Given))


def draw_values(draw: Draw, kind: str, spec: TensorSpec) -> dict[str, Any]:
    """Parameter values for a layer of that kind."""
    values: dict[str, Any] = {}
    for param in layer(kind).params_for({}):
        values[param.name] = draw(values_of(param, _numbers(spec))) if draw(st.integers(0, 2)) == 2 else param.default
    return values


@st.composite
def edited_drawings(draw: Draw, most: int = 20) -> Document:
    """A drawing after edits at random: mostly wrong, and what the document refuses is not in it."""
    document, _ = draw(valid_drawings(8)) if draw(st.booleans()) else (digits_cnn(), None)
    for _ in range(draw(st.integers(1, most))):
        try:
            EDITS[draw(st.sampled_from(sorted(EDITS)))](draw, document)
        except NNStudioError:
            continue
    return document


def _some(draw: Draw, document: Document) -> Node:
    return document.node(draw(st.sampled_from(sorted(document.nodes) or ["none"])))


def _new(draw: Draw, document: Document) -> Node:
    kind = draw(st.sampled_from(tuple(layers())))
    return document.add(kind, **(draw_values(draw, kind, TensorSpec((N, 4))) if draw(st.booleans()) else {}))


def _connect(draw: Draw, document: Document) -> None:
    target = _some(draw, document)
    port = draw(st.sampled_from(target.inputs)).name if target.inputs else "x"
    document.connect(_some(draw, document), f"{target.id}.{port}", replace=draw(st.booleans()))


def _splice(draw: Draw, document: Document) -> None:
    """A new node in the middle of a wire."""
    if document.links:
        link = draw(st.sampled_from(document.links))
        with document.transaction("Splice"):
            document.disconnect(link)
            new = _new(draw, document)
            document.connect(f"{link.source}.{link.output}", new)
            document.connect(new, f"{link.target}.{link.input}")


def _cut(draw: Draw, document: Document) -> None:
    if document.links:
        document.disconnect(draw(st.sampled_from(document.links)))


def _set(draw: Draw, document: Document) -> None:
    node = _some(draw, document)
    values = draw_values(draw, node.type, TensorSpec((N, 4)))
    name = draw(st.sampled_from(sorted(values) or ["none"]))
    document.set(node, **{name: values[name]} if values else {})


EDITS: dict[str, Callable[[Draw, Document], object]] = {
    "add": _new,
    "behind": lambda draw, document: document.connect(_some(draw, document), _new(draw, document)),
    "connect": _connect,
    "cut": _cut,
    "mute": lambda draw, document: document.mute(_some(draw, document), draw(st.booleans())),
    "remove": lambda draw, document: document.remove(_some(draw, document)),
    "set": _set,
    "splice": _splice,
    "title": lambda draw, document: document.retitle(draw(st.text(max_size=20))),
    "undo": lambda draw, document: document.undo(),
}


def compiled_and_well(document: Document) -> Compiled:
    """Compile a drawing that has no errors."""
    return without_errors(compile_document(document))
