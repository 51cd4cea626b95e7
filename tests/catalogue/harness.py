"""Holds a declared layer to its word: draws it in many ways, runs what the compiler writes, and asks torch.

    tally = explore(layer("Conv2d"), wanted=60)

The layer stands alone in a real document: a data set made for the occasion has a field for each wire with a batch, and
nodes of tensors typed in feed the others. So everything on the way from the declaration to the running source is the
real thing, and a new layer is covered without a word here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import Given, LayerType, Method, Port, Stored, SubGraph, Typed
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, of_field
from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled, FreeInput, NodeFacts, Problem
from nnstudio.data.registry import dataset
from nnstudio.errors import ShapeError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from tests.catalogue.alone import by_port, data_of, drawing, no_warnings, one_thread, results, run, seen
from tests.catalogue.alone import entry as entry
from tests.catalogue.alone import model_of as model_of
from tests.catalogue.alone import tensors_of as tensors_of
from tests.catalogue.asides import STRICTER
from tests.catalogue.draws import Example, Feed, examples

BATCHES = (5, 7)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
LARGEST = 300_000
"""More numbers than this are counted on the meta device only."""
REFUSALS = (RuntimeError, ValueError, IndexError, AssertionError, UserWarning)
"""How torch refuses. It only warns where a loss stretches shapes to fit each other."""


@dataclass
class Tally:
    """How many examples torch was asked about."""

    accepted: int = 0
    refused: int = 0

    @property
    def drawn(self) -> int:
        return self.accepted + self.refused


def is_held_here(layer: LayerType) -> bool:
    """Whether this harness holds the layer: what is inside a block or typed in by a person has tests of its own."""
    return not isinstance(layer.code, SubGraph | Typed)


def explore(layer: LayerType, wanted: int) -> Tally:
    """Draw the layer until that many examples of it were well, or four times as many were drawn in all.

    Raises AssertionError, or what torch raised, with the smallest example that breaks the layer's word.
    """
    tally = Tally()
    with one_thread():
        while tally.accepted < wanted and tally.drawn < 4 * wanted:
            _explore_once(layer, max(wanted - tally.accepted, wanted // 5, 1), tally)
    return tally


def _explore_once(layer: LayerType, count: int, tally: Tally) -> None:
    """So many examples: hypothesis can not be told to stop when enough of them were well."""

    @settings(max_examples=count, suppress_health_check=list(HealthCheck), phases=PHASES)
    @given(example=examples(layer))
    def hold(example: Example) -> None:
        well = check(example)
        tally.accepted += well
        tally.refused += not well

    if settings().derandomize:  # the same each time, but not the same in every round
        hold = seed(tally.drawn)(hold)
    hold()


def check(example: Example) -> bool:
    """Whether the layer is well as drawn; either way, torch agrees."""
    if isinstance(example.layer.code, Given):
        (check_input if example.type == "Input" else check_dataset)(example)
        return True
    with data_of(example.fields):
        document, node = drawing(example)
        compiled = compile_document(document)
        note(f"{example}\n{compiled.source}")
        refusals = faults(compiled, node.id)
        if refusals:
            check_refusal(example, refusals[0].message)
            return False
        assert compiled.errors == ()
        check_works(example, compiled, compiled.facts[node.id])
        check_reload(document, compiled)
    return True


# A layer that is well


def check_works(example: Example, compiled: Compiled, facts: NodeFacts) -> None:
    """Declared shapes, types, weights and work are torch's, and gradients flow."""
    numbers = sum(math.prod(spec.per_sample) for spec in facts.outputs.values())
    numbers += sum(math.prod(feed.field.shape) for feed in example.feeds)
    small = compiled.parameters + max(BATCHES) * numbers < LARGEST
    outputs_agree(example, compiled, facts, "cpu" if small else "meta")
    weights_agree(example, compiled, facts)
    if small:
        gradients_flow(example, compiled)


def outputs_agree(example: Example, compiled: Compiled, facts: NodeFacts, device: str) -> None:
    """The declared shapes and types are those that torch gives, whatever the batch; so is the work for one sample.

    Once on the meta device, which counts the work; a second time on `device`.
    """
    ports = example.layer.outputs_for(example.params)
    assert list(facts.outputs) == [port.name for port in ports]
    assert all(port.dtype in ("any", facts.outputs[port.name].dtype) for port in ports)
    first, second = BATCHES
    with FlopCounterMode(display=False) as counter:
        found = results(example, compiled, first, "meta")
    assert facts.flops * (first if example.fields else 1) == int(counter.get_total_flops())
    for batch, outputs in ((first, found), (second, results(example, compiled, second, device))):
        for name, output in outputs.items():
            spec = facts.outputs[name]
            assert tuple(output.shape) == tuple(batch if size == N else size for size in spec.shape), name
            assert output.dtype == getattr(torch, spec.dtype), name


def weights_agree(example: Example, compiled: Compiled, facts: NodeFacts) -> None:
    """The declared names and shapes are those of torch's parameters."""
    with no_warnings():
        weights = {name: tuple(weight.shape) for name, weight in model_of(compiled, "meta").named_parameters()}
    assert compiled.parameters == sum(map(math.prod, weights.values()))
    fed = {feed.field.name for feed in example.feeds if feed.node == "Value"}
    own = {name.removeprefix("it").removeprefix("."): shape for name, shape in weights.items() if name not in fed}
    assert own == facts.weights


def gradients_flow(example: Example, compiled: Compiled) -> None:
    """What comes out is finite, and so is the gradient of every weight and of every input that holds numbers.

    Where only some of the outputs are looked at, some of what comes in may have nothing to do with them.
    """
    tensors = tensors_of(example.fields, BATCHES[0], "cpu")
    if all_ignored(example, tensors):
        return
    with no_warnings():
        model = model_of(compiled, "cpu")
        found = by_port(example, run(model, compiled, tensors))
    check_typed_in(example, found)
    ports = example.layer.inputs_for(example.params)
    numbers = [output for output in found.values() if output.is_floating_point()]
    assert all(output.isfinite().all() for output in numbers)
    right = {feed.field.name for port in ports if port.target for feed in example.wires[port.name]}
    wanting = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point() and name not in right}
    wanting |= dict(model.named_parameters())
    if not wanting or not numbers:
        return
    moving = [(output * torch.rand_like(output)).sum() for output in numbers if output.requires_grad]
    if moving:
        torch.autograd.backward(moving)
    assert all(tensor.grad.isfinite().all() for tensor in wanting.values() if tensor.grad is not None)
    without = [name for name, tensor in wanting.items() if tensor.grad is None]
    assert without == [] or 0 < len(found) < len(example.layer.outputs_for(example.params))


def all_ignored(example: Example, tensors: Mapping[str, torch.Tensor]) -> bool:
    """Whether no sample counts: the mean over none is not a number."""
    ignored = example.params.get("ignore_index")
    targets = [tensor for tensor in tensors.values() if not tensor.is_floating_point()]
    return ignored is not None and any(bool((tensor == ignored).all()) for tensor in targets)


def check_typed_in(example: Example, found: Mapping[str, torch.Tensor]) -> None:
    """A tensor typed in is the one that comes out."""
    if isinstance(example.layer.code, Stored):
        dtype = getattr(torch, example.params.get("dtype", "float32"))
        (output,) = found.values()
        assert torch.equal(output, torch.tensor(example.params["value"]).to(dtype))


def check_reload(document: Document, compiled: Compiled) -> None:
    """The project file holds all that the source needs."""
    again = compile_document(storage.document_from(storage.graph_bytes(document)))
    assert again == compiled


# A layer that is not


def faults(compiled: Compiled, node: str) -> list[Problem]:
    """What keeps the layer from running; a warning, as that a picture's channels seem to come last, does not."""
    return [problem for problem in compiled.problems_of(node) if problem.severity == "error"]


def check_refusal(example: Example, message: str) -> None:
    """Torch refuses too, or mixes samples up, or the refusal is one that is meant."""
    assert message.endswith("."), message
    if not torch_refuses(example):
        meant = [why for (kind, words), why in STRICTER.items() if kind == example.type and words in message]
        assert meant, f"torch computes it, and the shape rule refuses it: {message}"


def torch_refuses(example: Example) -> bool:
    """Run the source that there would be without the shape rule. Where none can be written, torch is not asked."""
    with entry(registry.layers(), example.type, willing(example)):
        document, node = drawing(example)
        try:
            compiled = compile_document(document)
        except (ShapeError, LookupError, ArithmeticError):
            return sample_refused(example)
    assert faults(compiled, node.id) == []
    return not runs_with_any_batch(example, compiled)


def willing(example: Example) -> LayerType:
    """The layer as it would be without its shape rule."""
    layer = example.layer
    ports = layer.outputs_for(example.params)
    return replace(
        layer,
        inputs=tuple(_willing_port(port, example.wires[port.name]) for port in layer.inputs_for(example.params)),
        shape=lambda site: {port.name: TensorSpec((N,)) for port in ports},
        weights=None,
        flops=None,
    )


def _willing_port(port: Port, feeds: tuple[Feed, ...]) -> Port:
    """The port without what it refuses; its pattern stays where it fits, for sizes of it may stand in the source."""
    open_port = replace(port, refuses="")
    try:
        for feed in feeds:
            spec = of_field(feed.field)
            open_port.match(spec if feed.batched else replace(spec, shape=feed.field.shape))
    except ShapeError:
        return replace(open_port, pattern="...")
    return open_port


def runs_with_any_batch(example: Example, compiled: Compiled) -> bool:
    """Whether torch computes it without a complaint, and the samples stay apart."""
    found: list[list[Shape]] = []
    try:
        device = "cpu" if fits_on_cpu(example, compiled) else "meta"
        for batch in BATCHES:
            outputs = results(example, compiled, batch, device)
            found.append([tuple(output.shape) for output in outputs.values()])
    except REFUSALS:
        return False
    if example.layer.is_loss:
        return found == [[()], [()]]
    return not example.fields or all(_stay_apart(*shapes) for shapes in zip(*found, strict=True))


def fits_on_cpu(example: Example, compiled: Compiled) -> bool:
    """Whether it is small; where parameters are large, the meta device tells. It looks at shapes alone, not at numbers.

    Raises what torch raises.
    """
    if not any(isinstance(value, int) and value > 64 for value in example.params.values()):
        return True
    outputs = results(example, compiled, max(BATCHES), "meta").values()
    weights = model_of(compiled, "meta").parameters()
    return sum(tensor.numel() for tensor in (*outputs, *weights)) < LARGEST


def _stay_apart(first: Shape, second: Shape) -> bool:
    return first[:1] == BATCHES[:1] and second[:1] == BATCHES[1:] and first[1:] == second[1:]


def sample_refused(example: Example) -> bool:
    """A method whose arguments could not be worked out: call it on one sample, with the parameters as they are."""
    if not isinstance(example.layer.code, Method):
        return False
    method = getattr(torch.zeros(example.feeds[0].field.shape), example.layer.code.name)
    try:
        method(*example.params.values())
    except (RuntimeError, ValueError, IndexError):
        return True
    return False


# Where data come in


def check_dataset(example: Example) -> None:
    """A layer without code: what it declares is what forward takes."""
    document = Document("data alone")
    data = document.add(example.type, **example.params)
    for port in data.outputs:
        document.connect(f"{data.id}.{port.name}", document.add("Output", seen(port.name)))
    compiled = compile_document(document)
    fields = dataset(str(example.params["dataset"])).fields_for(example.params)
    if example.params.get("path") == "":  # a file has still to be chosen; all else is known
        assert [problem.remedy.kind for problem in compiled.errors if problem.remedy] == ["find"]
        return
    assert compiled.errors == ()
    assert [port.name for port in data.outputs] == list(compiled.signature.inputs)
    for batch in BATCHES:
        found = run(model_of(compiled, "meta"), compiled, tensors_of(fields, batch, "meta"))
        for field in fields:
            spec = compiled.facts[data.id].outputs[field.name]
            assert (spec.shape, spec.dtype, spec.kind) == ((N, *field.shape), field.dtype, field.kind)
            assert found[seen(field.name)].shape == (batch, *field.shape)
    check_reload(document, compiled)


def check_input(example: Example) -> None:
    """An input is an argument of forward under the name of its node."""
    document = Document("an input alone")
    node = document.add("Input", "it", **example.params)
    document.connect(node, document.add("Output", "seen"))
    compiled = compile_document(document)
    assert compiled.errors == ()
    shape, dtype, classes = (example.params[name] for name in ("shape", "dtype", "classes"))
    spec = compiled.facts[node.id].outputs["y"]
    assert (spec.shape, spec.dtype, spec.classes) == ((N, *shape), dtype, classes if dtype == "int64" else 0)
    assert compiled.signature.free == (FreeInput("it", shape, dtype, spec.classes),)
    given = torch.zeros(BATCHES[0], *shape, dtype=getattr(torch, dtype), device="meta")
    assert run(model_of(compiled, "meta"), compiled, {"it": given})["seen"].shape == given.shape
    check_reload(document, compiled)
