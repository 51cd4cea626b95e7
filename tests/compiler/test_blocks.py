"""Blocks become classes: shared where they differ in numbers alone, repeated, nested, and honest about their faults."""

import ast
import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled
from nnstudio.errors import DocumentError
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.reports import check
from tests.catalogue.harness import model_of
from tests.classics.drawing import Pen, inside
from tests.compiler.drawings import assert_shapes_are_true, compiled_and_well, valid_drawings


def vector(document: Document, size: int = 4) -> Pen:
    """A pen behind an input of so many numbers."""
    pen = Pen(document)
    pen.start("Input", "x", shape=(size,))
    return pen


def dense(document: Document, name: str = "Dense", features: int = 4) -> tuple[str, Node]:
    """A block of a Linear and a ReLU; and its Linear."""
    block, pen = inside(document, name)
    linear = pen.layer("Linear", "linear", out_features=features)
    pen.layer("ReLU")
    pen.layer("Output", "y")
    return block, linear


def classes(compiled: Compiled) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in ast.parse(compiled.source).body if isinstance(node, ast.ClassDef)}


def weights_are_told(document: Document, compiled: Compiled) -> None:
    """Every node's weights have the names and shapes of the model's state."""
    model = model_of(compiled, "meta")
    told = {
        f"{node.name}.{part}" if part else node.name: shape
        for node in document.nodes.values()
        if node.id in compiled.facts
        for part, shape in compiled.facts[node.id].weights.items()
    }
    assert told == {name: tuple(weight.shape) for name, weight in model.named_parameters()}
    assert compiled.parameters == sum(math.prod(shape) for shape in told.values())


def test_places_that_differ_in_numbers_share_a_class() -> None:
    document = Document("net")
    block, linear = dense(document)
    document.promote(linear.id, "out_features", "width")
    pen = vector(document, 3)
    for width in (5, 7, 7):
        pen.block(block, width=width)
    compiled = compiled_and_well(document)
    assert list(classes(compiled)) == ["Dense", "Net"]
    assert "def __init__(self, in_features: int, width: int) -> None:" in compiled.source
    assert "self.dense = Dense(in_features=3, width=5)" in compiled.source
    weights_are_told(document, compiled)
    assert model_of(compiled, "cpu")(torch.rand(2, 3)).shape == (2, 7)


def test_equal_places_have_no_arguments() -> None:
    document = Document("net")
    block, _ = dense(document)
    pen = vector(document)
    for _ in range(3):
        pen.block(block)
    compiled = compiled_and_well(document)
    assert "class Dense(nn.Module):\n    def __init__(self) -> None:" in compiled.source
    weights_are_told(document, compiled)


def test_places_that_compute_otherwise_get_another_class() -> None:
    document = Document("net")
    block, pen = inside(document, "Fold")
    reshape = pen.layer("Reshape", shape=(2, -1))
    pen.layer("Output", "y")
    document.promote(reshape.id, "shape", "shape")
    main = vector(document, 8)
    main.block(block, shape=(2, 4))
    main.block(block, shape=(4, 2))
    compiled = compiled_and_well(document)
    assert set(classes(compiled)) == {"Fold", "Fold2", "Net"}
    assert model_of(compiled, "cpu")(torch.rand(3, 8)).shape == (3, 4, 2)


def test_a_class_of_the_same_name_as_the_model_steps_aside() -> None:
    document = Document("Dense")
    block, _ = dense(document)
    vector(document).block(block)
    assert list(classes(compiled_and_well(document))) == ["Dense2", "Dense"]


def test_repeated() -> None:
    document = Document("net")
    block, _ = dense(document)
    pen = vector(document)
    node = pen.block(block, "stack", repeat=6)
    compiled = compiled_and_well(document)
    assert "self.stack = nn.Sequential(*(Dense() for _ in range(6)))" in compiled.source
    assert compiled.facts[node.id].parameters == 6 * 20
    weights_are_told(document, compiled)


def test_repeated_with_a_second_input_and_output() -> None:
    document = Document("net")
    block, pen = inside(document, "Decode")
    sheet = document.sheet(block)
    memory = sheet.add("Input", "memory")
    x = pen.last
    assert x is not None
    pen.layer("Linear", "linear", out_features=4)
    pen.join("Add", memory, name="add")
    middle = pen.last
    pen.layer("Output", "y")
    pen.last = middle
    pen.layer("ReLU")
    pen.layer("Output", "rectified")
    main = vector(document)
    other = document.add("Input", "memory", shape=(4,))
    node = main.sheet.place(block, (400.0, 0.0))
    node = document.set(node, repeat=3)
    document.connect("x", f"{node.id}.x")
    document.connect(other, f"{node.id}.memory")
    document.connect(f"{node.id}.y", document.add("Output", "first"))
    document.connect(f"{node.id}.rectified", document.add("Output", "second"))
    compiled = compiled_and_well(document)
    weights_are_told(document, compiled)
    model = model_of(compiled, "cpu")
    given, held = torch.rand(2, 4), torch.rand(2, 4)
    first, second = model(given, held)
    expected, rectified = given, held
    for each in getattr(model, node.name):
        expected = each.linear(expected) + rectified
        rectified = expected.relu()
    assert torch.allclose(first, expected)
    assert torch.equal(second, rectified)


def test_an_input_beyond_the_outputs_is_the_same_every_time() -> None:
    document = Document("net")
    block, pen = inside(document, "Decode")
    memory = document.sheet(block).add("Input", "memory")
    pen.layer("Linear", "linear", out_features=4)
    pen.join("Add", memory)
    pen.layer("Output", "y")
    main = vector(document)
    node = main.block(block, repeat=3)
    document.connect(document.add("Input", "memory", shape=(4,)), f"{node.id}.memory")
    compiled = compiled_and_well(document)
    model = model_of(compiled, "cpu")
    x, held = torch.rand(2, 4), torch.rand(2, 4)
    expected = x
    for each in getattr(model, node.name):
        expected = each.linear(expected) + held
    assert torch.allclose(model(x, held), expected)
    weights_are_told(document, compiled)


def test_nested() -> None:
    document = Document("net")
    inner, _ = dense(document, "Inner")
    outer, pen = inside(document, "Outer")
    pen.block(inner, "one")
    pen.block(inner, "two", repeat=2)
    pen.layer("Output", "y")
    main = vector(document)
    main.block(outer)
    main.block(outer, repeat=2)
    compiled = compiled_and_well(document)
    assert list(classes(compiled)) == ["Inner", "Outer", "Net"]
    assert compiled.parameters == 3 * 3 * 20
    weights_are_told(document, compiled)


def test_a_block_computes_what_its_layers_compute() -> None:
    plain, wrapped = Document("net"), Document("net")
    for document in (plain, wrapped):
        pen = vector(document)
        nodes = [pen.layer("Linear", "linear", out_features=4), pen.layer("ReLU"), pen.layer("LayerNorm")]
        if document is wrapped:
            document.make_block(nodes[:2], "Front")
    ours, theirs = (model_of(compiled_and_well(document), "cpu") for document in (wrapped, plain))
    state = {name.replace("linear", "front.linear"): value for name, value in theirs.state_dict().items()}
    ours.load_state_dict(state)
    x = torch.rand(5, 4)
    assert torch.equal(ours(x), theirs(x))


def test_a_fault_inside_is_told_where_it_is_and_at_the_block() -> None:
    document = Document("net")
    block, _ = dense(document)
    inner = document.sheet(block)
    wrong = inner.add("Conv2d", "conv")
    inner.connect("linear", wrong)
    pen = vector(document)
    first, second = pen.block(block), pen.block(block)
    compiled = compile_document(document)
    assert {problem.node for problem in compiled.errors} == {wrong.id, first.id, second.id}
    assert [problem.message for problem in compiled.errors if problem.node == wrong.id] == [
        "Conv2d 'conv' gets N×4 and needs an image N×C×H×W."
    ]
    assert compiled.problems_of(first.id)[0].message.startswith("Inside of block 'dense': Conv2d 'conv' gets")
    assert [problem.node for problem in compiled.listed_errors] == [wrong.id], "the blocks only echo it"
    assert check(document, compiled).text().endswith("1 errors")
    assert "Inside of block" not in check(document, compiled).text()


def test_shapes_must_return_to_be_repeated() -> None:
    document = Document("net")
    block, _ = dense(document, features=5)
    node = vector(document).block(block, repeat=2)
    (error,) = compile_document(document).errors
    assert error.node == node.id
    assert "is repeated 2 times and turns N×4 into N×5." in error.message


def test_a_block_used_nowhere_shows_its_own_shapes() -> None:
    document = Document("net")
    block, linear = dense(document)
    entry = next(node for node in document.sheet(block).nodes.values() if node.type == "Input")
    document.sheet(block).set(entry, shape=(9,))
    vector(document).layer("ReLU")
    compiled = compiled_and_well(document)
    assert compiled.facts[linear.id].weights["weight"] == (4, 9)
    assert compiled.parameters == 0


def test_lines_inside_stand_for_the_nodes_inside() -> None:
    document = Document("net")
    block, linear = dense(document)
    vector(document).block(block)
    compiled = compiled_and_well(document)
    texts = [compiled.source.splitlines()[line - 1].strip() for line in compiled.lines_of(linear.id)]
    assert texts == ["self.linear = nn.Linear(4, 4)", "linear = self.linear(x)  # N×4"]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@settings(suppress_health_check=list(HealthCheck))
@given(drawing=valid_drawings(20), data=st.data())
def test_any_part_made_a_block_computes_the_same(drawing: tuple[Document, Node], data: st.DataObject) -> None:
    """Shapes, weights and what comes out: only names in front of the weights differ."""
    document, source = drawing
    before = compile_document(document)
    inner = [node for node in document.nodes.values() if not node.layer.is_given and not node.layer.is_loss]
    if not inner:
        return
    chosen = data.draw(st.lists(st.sampled_from(inner), min_size=1, unique_by=lambda node: node.id))
    try:
        block = document.make_block(chosen, "Part")
    except DocumentError:
        return
    after = compile_document(document)
    assert [problem.message for problem in after.errors] == [], after.errors
    assert after.parameters == before.parameters
    assert after.flops == before.flops
    kept = [node.id for node in document.nodes.values() if node.id != block.id and node.id in before.facts]
    assert {key: after.facts[key].outputs for key in kept} == {key: before.facts[key].outputs for key in kept}
    if before.source:
        assert_shapes_are_true(document, after, source)


def test_values_of_several_places_share_no_memory() -> None:
    """Equal numbers come as one argument; as one tensor, two weights would be one."""
    document = Document("net")
    block, pen = inside(document, "Gains")
    sheet = document.sheet(block)
    gain, shift = (sheet.add("Value", name, value=(1.0, 1.0)) for name in ("gain", "shift"))
    pen.join("Multiply", gain)
    pen.join("Add", shift)
    pen.layer("Output", "y")
    document.promote(gain.id, "value", "start")
    document.promote(shift.id, "value", "start")
    main = vector(document, 2)
    main.block(block, start=(1.0, 1.0))
    main.block(block, start=(0.25, 0.5), repeat=2)
    compiled = compiled_and_well(document)
    assert "def __init__(self, start: list) -> None:" in compiled.source
    weights = list(model_of(compiled, "cpu").parameters())
    assert len({weight.data_ptr() for weight in weights}) == len(weights) == 6
    assert compiled.parameters == 12
    weights_are_told(document, compiled)


def test_deep_nesting_costs_what_is_there() -> None:
    """Twelve blocks in each other, two instances each: 4,096 places, twelve to be understood."""
    document = Document("net")
    last, _ = dense(document, "Level0")
    for level in range(1, 12):
        block, pen = inside(document, f"Level{level}")
        pen.block(last, "one")
        pen.block(last, "two")
        pen.layer("Output", "y")
        last = block
    vector(document).block(last)
    compiled = compiled_and_well(document)
    assert compiled.parameters == 2**11 * 20
    assert len(classes(compiled)) == 13


def test_unused_blocks_show_the_shapes_that_come_from_outside_first() -> None:
    document = Document("net")
    inner, linear = dense(document, "Inner")
    outer, pen = inside(document, "Outer")
    entry = next(node for node in document.sheet(outer).nodes.values() if node.type == "Input")
    document.sheet(outer).set(entry, shape=(5,))
    pen.block(inner)
    pen.layer("Output", "y")
    vector(document).layer("ReLU")
    assert compile_document(document).facts[linear.id].weights["weight"] == (4, 5)


@pytest.mark.parametrize("title", ["F", "f", "value error", "path", "Level0"])
def test_no_title_hides_what_the_source_uses(title: str) -> None:
    document = Document(title)
    pen = Pen(document)
    pen.start("Input", "image", shape=(2, 8, 8))
    pen.layer("Crop", left=1)
    pen.layer("Average")
    compiled = compiled_and_well(document)
    assert model_of(compiled, "cpu")(torch.rand(2, 2, 8, 8)).shape[0] == 2


def test_an_offer_called_as_a_class_does_not_hide_it() -> None:
    document = Document("net")
    inner, linear = dense(document, "Inner")
    document.promote(linear.id, "out_features", "width")
    outer, pen = inside(document, "Outer")
    one = pen.block(inner, "one")
    pen.layer("Output", "y")
    document.promote(one.id, "width", "Inner")
    main = vector(document)
    main.block(outer, Inner=3)
    main.block(outer, Inner=7)
    assert model_of(compiled_and_well(document), "cpu")(torch.rand(2, 4)).shape == (2, 7)


def test_a_muted_layer_hands_on_nothing_at_its_further_outputs() -> None:
    document = Document("net")
    pen = Pen(document)
    pen.start("Input", "x", shape=(5, 3))
    lstm = pen.layer("LSTM")
    flat = document.add("Flatten")
    document.connect(f"{lstm.id}.h", flat)
    document.mute(lstm)
    (error,) = compile_document(document).errors
    assert error.node == flat.id
    assert "'lstm' is muted and hands on nothing at 'h'" in error.message


@pytest.mark.parametrize("name", ["first", "len", "isinstance", "print_"])
def test_inputs_may_be_called_anything(name: str) -> None:
    document = Document("net")
    pen = Pen(document)
    pen.start("Input", name, shape=(5, 3))
    pen.layer("GRU")
    pen.layer("Average")
    compiled = compiled_and_well(document)
    exec(compile(compiled.source, "<script>", "exec"), {"__name__": "__main__", "__file__": "/nowhere/net.py"})
