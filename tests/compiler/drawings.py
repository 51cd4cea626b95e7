"""Drawings for the compiler's tests, and a way to run their source and see every value."""

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, product
from math import prod
from types import FrameType
from typing import Any, cast

import torch
from hypothesis import strategies as st

from nnstudio.catalogue.registry import layer, layers
from nnstudio.catalogue.spec import Given, Port, SubGraph, Typed
from nnstudio.catalogue.tensors import N, Shape, TensorSpec
from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled
from nnstudio.data.registry import dataset
from nnstudio.data.spec import DType, Field
from nnstudio.errors import NNStudioError, ShapeError
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.catalogue.alone import model_of, no_warnings, tensors_of
from tests.catalogue.draws import values_of

Draw = Callable[[st.SearchStrategy[Any]], Any]
BATCH = 5
LARGEST = 50_000
"""Numbers of a sample: a drawing at random would otherwise grow without end."""
MOST_WEIGHTS = 1_000_000


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


def values_along(
    compiled: Compiled, data: Node | None, batch: int = BATCH, device: str = "meta"
) -> dict[str, torch.Tensor]:
    """Run the source and give every variable of forward and compute_loss, the loss as "<loss>"."""
    found: dict[str, torch.Tensor] = {}

    def keep(frame: FrameType, event: str, value: object) -> None:
        ours = frame.f_code.co_filename == "<harness>" and frame.f_locals.get("self") is model
        if event == "return" and ours:
            found.update({name: held for name, held in frame.f_locals.items() if isinstance(held, torch.Tensor)})

    signature = compiled.signature
    tensors = tensors_of(_fields(compiled, data), batch, device)
    with no_warnings():
        model = model_of(compiled, device)
        sys.setprofile(keep)
        try:
            output = model(*(tensors[name] for name in signature.inputs))
            outputs = output if isinstance(output, tuple) else (output,)
            if compiled.has_loss:
                judge: Any = model.compute_loss
                found["<loss>"] = judge(*outputs, *(tensors[name] for name in signature.targets))
        finally:
            sys.setprofile(None)
    assert len(outputs) == len(signature.outputs)
    return found


def tensors_along(compiled: Compiled, data: Node | None, batch: int, device: str) -> list[torch.Tensor]:
    """What forward takes, in order."""
    tensors = tensors_of(_fields(compiled, data), batch, device)
    return [tensors[name] for name in compiled.signature.inputs]


def _fields(compiled: Compiled, data: Node | None) -> tuple[Field, ...]:
    """What comes in: the fields of the data set, and the inputs that nothing fills."""
    free = tuple(
        Field(each.name, each.shape, cast(DType, each.dtype), names=("",) * min(each.classes, 100))
        for each in compiled.signature.free
    )
    return free + (dataset(str(data.params["dataset"])).fields_for(data.params) if data is not None else ())


def with_batch(shape: Shape, batch: int = BATCH) -> Shape:
    """The shape of a batch of that size."""
    return tuple(batch if size == N else size for size in shape)


def assert_shapes_are_true(document: Document, compiled: Compiled, data: Node | None) -> int:
    """Every variable has the shape that the compiler told. Gives of how many nodes they were compared."""
    found = values_along(compiled, data)
    compared = 0
    for node in document.nodes.values():
        outputs = compiled.facts[node.id].outputs if node.id in compiled.facts else {}
        variables = {port: node.name if not place else f"{node.name}_{port}" for place, port in enumerate(outputs)}
        here = {port: found[variable] for port, variable in variables.items() if variable in found}
        for port, tensor in here.items():
            assert tuple(tensor.shape) == with_batch(outputs[port].shape), f"{node.name}.{port}"
        compared += bool(here)
    return compared


# At random


@st.composite
def valid_drawings(draw: Draw, most: int = 40) -> tuple[Document, Node]:
    """A drawing of layers that all fit, each behind one or several before it; some are muted."""
    document = Document(draw(st.sampled_from(("net", "Größe 2", "class"))))
    data = document.add("Dataset", dataset=draw(st.sampled_from(("digits", "moons"))))
    ends = {f"{data.id}.{port.name}": spec for port, spec in _given(data)}
    for _ in range(draw(st.integers(1, most - 6))):
        _grow(draw, document, ends)
    if draw(st.booleans()):
        _judge_at_random(draw, document, data, ends)
    return document, data


def _given(data: Node) -> list[tuple[Port, TensorSpec]]:
    specs = data.layer.output_specs(data.layer.place(data.params, {}))
    return [(port, specs[port.name]) for port in data.outputs]


def _grow(draw: Draw, document: Document, ends: dict[str, TensorSpec]) -> None:
    """One more node behind some of the ends, if what is drawn fits."""
    kind = layer(draw(st.sampled_from(BODY)))
    wires = _wires(draw, kind.inputs_for(kind.check({})), ends)
    if wires is None:
        return
    first = next((ends[end] for found in wires.values() for end in found), TensorSpec(()))
    values = draw_values(draw, kind.type, first)
    node = put(document, ends, kind.type, wires, values) or put(document, ends, kind.type, wires, {})
    before = [end for found in wires.values() for end in found]
    if node is not None and before and draw(st.integers(0, 9)) == 9:
        _mute(document, ends, node, ends[before[0]])


def _mute(document: Document, ends: dict[str, TensorSpec], node: Node, passed: TensorSpec) -> None:
    """It hands on what comes in at its first wire; wires carry what the port says, so the type has to be that."""
    first = node.outputs[0]
    if first.dtype in ("any", passed.dtype):
        document.mute(node)
        for port in node.outputs:
            del ends[f"{node.id}.{port.name}"]
        ends[f"{node.id}.{first.name}"] = passed


def _wires(draw: Draw, ports: tuple[Port, ...], ends: dict[str, TensorSpec]) -> dict[str, list[str]] | None:
    """Ends for each port, late ones most often, and for further ports those of the first; None where none fits."""
    wires: dict[str, list[str]] = {}
    for port in ports:
        fitting = [end for end, spec in ends.items() if _fits(port, spec)]
        if not fitting or (port.optional and draw(st.integers(0, 2))):
            if not port.optional:
                return None
            wires[port.name] = []
            continue
        before = [end for found in wires.values() for end in found if end in fitting]
        some = st.sampled_from([*fitting, *fitting[-3:], *before * 4])
        wires[port.name] = draw(st.lists(some, min_size=1, max_size=3 if port.many else 1))
    return wires


def put(
    document: Document,
    ends: dict[str, TensorSpec],
    kind: str,
    wires: Mapping[str, Sequence[str]],
    values: Mapping[str, Any],
) -> Node | None:
    """A node of that kind behind the wires; None, and nothing done, where it would not be well or be too large."""
    declared = layer(kind)
    checked = declared.check(values)
    inputs = {port: tuple(ends[end] for end in found) for port, found in wires.items()}
    try:
        site = declared.place(checked, inputs)
        outputs = declared.output_specs(site)
        declared.code_for(site)
    except ShapeError:
        return None
    if max(map(_numbers, outputs.values()), default=0) > LARGEST:
        return None
    if sum(prod(shape) for shape in declared.weight_shapes(site).values()) > MOST_WEIGHTS:
        return None
    node = document.add(kind, **dict(values))
    for port, found in wires.items():
        for end in found:
            document.connect(end, f"{node.id}.{port}")
    ends.update({f"{node.id}.{port}": spec for port, spec in outputs.items()})
    return node


def _judge_at_random(draw: Draw, document: Document, data: Node, ends: dict[str, TensorSpec]) -> None:
    """One or two losses of any kind, behind as many scores as there are classes or behind a single one."""
    flattened = (put(document, ends, "Flatten", {"x": [end]}, {}) for end in draw(st.permutations(sorted(ends))))
    flat = next(node for node in flattened if node is not None)
    heads = [put(document, ends, "Linear", {"x": [f"{flat.id}.y"]}, {"out_features": size}) for size in (10, 1)]
    scores = [f"{head.id}.y" for head in heads if head is not None]
    for kind in draw(st.lists(st.sampled_from(LOSSES), min_size=1, max_size=2)):
        ports = layer(kind).inputs_for(layer(kind).check({}))
        for prediction, target in product(scores, (f"{data.id}.label", *scores)):
            wires = {port.name: [target if port.target else prediction] for port in ports}
            if all(_fits(port, ends[wires[port.name][0]]) for port in ports) and put(document, ends, kind, wires, {}):
                break


def _fits(port: Port, spec: TensorSpec) -> bool:
    try:
        port.match(spec)
    except ShapeError:
        return False
    return True


def _numbers(spec: TensorSpec) -> int:
    return prod(spec.per_sample)


_DRAWN = {name: kind for name, kind in layers().items() if not isinstance(kind.code, Given | SubGraph | Typed)}
LOSSES = tuple(name for name, kind in _DRAWN.items() if kind.is_loss)
BODY = tuple(name for name, kind in _DRAWN.items() if not kind.is_loss)


def draw_values(draw: Draw, kind: str, spec: TensorSpec) -> dict[str, Any]:
    """Parameter values for a layer of that kind."""
    values: dict[str, Any] = {}
    for param in layer(kind).params_for({}):
        values[param.name] = draw(values_of(param, spec.per_sample)) if draw(st.integers(0, 2)) == 2 else param.default
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
