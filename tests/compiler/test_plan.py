"""What belongs to forward and what to the loss, under which names; each drawing is also run."""

from typing import Any

import pytest
import torch

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled, Signature
from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.errors import BadName
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.graph.rules import RESERVED
from tests.catalogue.harness import entry
from tests.compiler.drawings import (
    assert_shapes_are_true,
    chain,
    compiled_and_well,
    digits_cnn,
    judge,
    moons,
    values_along,
)


def body_of(compiled: Compiled, function: str) -> list[str]:
    """The lines of a method, without what is said of shapes."""
    lines = compiled.source.split(f"    def {function}(")[1].split("\n\n")[0].splitlines()[1:]
    return [line.split("  #")[0].strip() for line in lines]


def test_signature_of_a_classifier() -> None:
    assert compile_document(digits_cnn()).signature == Signature(
        ("image",), ("label",), ("head",), "head", "label", "classes"
    )


# Ways apart and together


def test_skip_connection_comes_back() -> None:
    document, data, (first, _, second) = moons(
        ("Linear", {"out_features": 8}), ("ReLU", {}), ("Linear", {"out_features": 8})
    )
    total, head = document.add("Add"), document.add("Linear", "head", out_features=2)
    document.connect(second, total)
    document.connect(first, total)
    chain(document, total, head)
    judge(document, head, data, "CrossEntropyLoss")
    compiled = compiled_and_well(document)
    assert body_of(compiled, "forward") == [
        "linear = self.linear(point)",
        "relu = self.relu(linear)",
        "linear2 = self.linear2(relu)",
        "add = linear2 + linear",
        "head = self.head(add)",
        "return head",
    ]
    assert assert_shapes_are_true(document, compiled, data) == 5


def test_what_nobody_takes_is_an_output() -> None:
    document, data, (trunk,) = moons(("Linear", {}))
    heads = [document.add("Linear", name, out_features=size) for name, size in (("left", 2), ("right", 5))]
    for head in heads:
        chain(document, trunk, head)
    judge(document, heads[1], data, "CrossEntropyLoss")
    compiled = compiled_and_well(document)
    assert compiled.signature == Signature(("point",), ("label",), ("left", "right"), "right", "label", "classes")
    assert body_of(compiled, "compute_loss") == ["return self.loss(right, label)"]
    assert assert_shapes_are_true(document, compiled, data) == 3


def test_inner_value_that_is_judged_is_an_output_too() -> None:
    document, data, (hidden, _, head) = moons(
        ("Linear", {"out_features": 2}), ("ReLU", {}), ("Linear", {"out_features": 2})
    )
    judge(document, head, data, "CrossEntropyLoss")
    judge(document, hidden, data, "CrossEntropyLoss")
    compiled = compiled_and_well(document)
    assert compiled.signature.outputs == ("linear", "linear2")
    assert_shapes_are_true(document, compiled, data)


# Losses


def autoencoder() -> tuple[Document, Node]:
    document = Document("autoencoder")
    data = document.add("Dataset", dataset="digits")
    layers = [
        document.add("Flatten"),
        document.add("Linear", "code", out_features=8),
        document.add("Linear", "pixels", out_features=64),
        document.add("Reshape", "picture", shape=(1, 8, 8)),
    ]
    chain(document, data, *layers)
    loss = document.add("MSELoss")
    document.connect(layers[-1], f"{loss.id}.prediction")
    document.connect(f"{data.id}.image", f"{loss.id}.target")
    return document, data


def test_autoencoder_is_judged_by_what_it_saw() -> None:
    document, data = autoencoder()
    compiled = compiled_and_well(document)
    assert compiled.signature == Signature(("image",), ("image",), ("picture",), "picture", "image", "values")
    assert body_of(compiled, "compute_loss") == ["return self.loss(picture, image)"]
    assert_shapes_are_true(document, compiled, data)


def test_flat_autoencoder_flattens_its_target_in_the_loss() -> None:
    document, data = autoencoder()
    document.remove("picture")
    flat = document.add("Flatten", "flat_target")
    document.connect("pixels", "loss.prediction")
    document.disconnect(document.links_into("loss", "target")[0])
    document.connect(f"{data.id}.image", flat)
    document.connect(flat, "loss.target")
    compiled = compiled_and_well(document)
    assert compiled.signature.outputs == ("pixels",)
    assert body_of(compiled, "compute_loss") == [
        "flat_target = self.flat_target(image)",
        "return self.loss(pixels, flat_target)",
    ]
    assert_shapes_are_true(document, compiled, data)


def test_target_that_the_network_computes_anyway_is_an_output() -> None:
    document, data = autoencoder()
    document.disconnect(document.links_into("loss", "target")[0])
    document.disconnect(document.links_into("loss", "prediction")[0])
    document.connect("pixels", "loss.prediction")
    document.connect("flatten", "loss.target")
    compiled = compiled_and_well(document)
    assert compiled.signature.outputs == ("flatten", "pixels", "picture")
    assert compiled.signature.target == ""
    assert_shapes_are_true(document, compiled, data)


@pytest.mark.parametrize(("kind", "task"), [("BCEWithLogitsLoss", "logit"), ("MSELoss", "probability")])
@pytest.mark.parametrize(
    ("tail", "target"),
    [((), "label.float().unsqueeze(1)"), ((("Reshape", {"shape": (1, 1)}),), None)],
)
def test_one_output_for_two_classes(
    kind: str, task: str, tail: tuple[tuple[str, dict[str, Any]], ...], target: str | None
) -> None:
    document, data, nodes = moons(("Linear", {"out_features": 1}), *tail)
    judge(document, nodes[-1], data, kind)
    compiled = compile_document(document)
    if target is None:
        assert [problem.node for problem in compiled.errors] == [document.node("loss").id]
        return
    assert compiled.errors == ()
    assert compiled.signature.task == task
    assert body_of(compiled, "compute_loss") == [f"return self.loss(linear, {target})"]
    assert values_along(compiled, data, device="cpu")["<loss>"].isfinite()


def test_several_losses_add_up() -> None:
    document, data, (head,) = moons(("Linear", {"out_features": 2}))
    judge(document, head, data, "CrossEntropyLoss")
    single = document.add("Linear", "single", out_features=1)
    chain(document, head, single)
    judge(document, single, data, "BCEWithLogitsLoss")
    compiled = compiled_and_well(document)
    values = values_along(compiled, data, device="cpu")
    assert torch.equal(values["<loss>"], values["loss"] + values["loss2"])
    assert compiled.signature.prediction == "linear"
    assert assert_shapes_are_true(document, compiled, data) == 4


def test_a_broken_loss_leaves_the_network_readable() -> None:
    document, data, (head,) = moons(("Linear", {"out_features": 3}))
    loss = judge(document, head, data, "CrossEntropyLoss")
    document.disconnect(document.links_into(loss, "target")[0])
    late = document.add("Reshape", "late", shape=(1,))
    document.connect(f"{data.id}.label", late)
    document.connect(f"{data.id}.point", f"{document.add('MSELoss', 'other').id}.prediction")
    document.connect(late, "other.target")
    compiled = compile_document(document)
    assert compiled.errors
    assert "compute_loss" not in compiled.source
    assert compiled.signature == Signature(("point",), (), ("linear",), "", "", "values")
    values_along(compiled, data)


# Muted nodes


def test_muted_node_hands_on() -> None:
    document, data, (first, relu, head) = moons(
        ("Linear", {"out_features": 8}), ("ReLU", {}), ("Linear", {"out_features": 2})
    )
    judge(document, head, data, "CrossEntropyLoss")
    document.mute(relu)
    compiled = compiled_and_well(document)
    assert body_of(compiled, "forward") == [
        "linear = self.linear(point)",
        "linear2 = self.linear2(linear)",
        "return linear2",
    ]
    assert compiled.lines_of(relu.id) == []
    document.mute(first)
    assert body_of(compiled_and_well(document), "forward") == ["linear2 = self.linear2(point)", "return linear2"]


def test_muted_sum_hands_on_its_first_wire() -> None:
    document, data, (left, right) = moons(("Linear", {"out_features": 3}), ("Linear", {"out_features": 4}))
    total, head = document.add("Add"), document.add("Linear", "head")
    document.connect(right, total)
    document.connect(left, total)
    chain(document, total, head)
    document.mute(total)
    compiled = compiled_and_well(document)
    assert "head = self.head(linear2)" in body_of(compiled, "forward")
    assert_shapes_are_true(document, compiled, data)


def test_muted_node_with_a_guessed_and_a_known_wire_hands_on_nothing_wrong() -> None:
    """The first wire comes from a node at fault whose output is guessed; the second must not take its place."""
    document = Document("guess")
    data = document.add("Dataset", dataset="digits")
    wrong = document.add("Linear", "wrong", out_features=5)
    right, total, head = document.add("Flatten"), document.add("Add"), document.add("Linear", "head")
    chain(document, data, wrong, total)
    chain(document, data, right, total, head)
    document.mute(total)
    compiled = compile_document(document)
    assert [problem.node for problem in compiled.errors] == [wrong.id]
    assert compiled.facts[head.id].inputs["x"][0].per_sample == (5,)
    assert "head" not in compiled.source
    assert_shapes_are_true(document, compiled, data)


def test_muted_loss_trains_nothing() -> None:
    document = digits_cnn()
    document.mute("loss")
    compiled = compiled_and_well(document)
    assert "compute_loss" not in compiled.source
    assert compiled.signature == Signature(("image",), (), ("head",))


# Names


@pytest.mark.parametrize(
    ("names", "variable"),
    [
        ((), "image"),
        (("image",), "digits_image"),
        (("image", "digits_image"), "digits_image_"),
        (("label",), "image"),
    ],
)
def test_field_makes_way_for_a_node_of_its_name(names: tuple[str, ...], variable: str) -> None:
    document = Document("names")
    data = document.add("Dataset", dataset="digits")
    layers = [document.add("ReLU", name) for name in names] or [document.add("ReLU")]
    flat, head = document.add("Flatten"), document.add("Linear", "head", out_features=10)
    chain(document, data, *layers, flat, head)
    judge(document, head, data, "CrossEntropyLoss")
    compiled = compiled_and_well(document)
    assert f"def forward(self, {variable}: torch.Tensor)" in compiled.source
    assert compiled.signature.inputs == ("image",)
    assert_shapes_are_true(document, compiled, data)


def test_data_set_named_as_its_field() -> None:
    document = digits_cnn()
    document.rename("digits", "image")
    assert "def forward(self, image: torch.Tensor)" in compiled_and_well(document).source


@pytest.mark.parametrize("field", ["model", "torch", "self", "forward", "print", "weights", "name", "layer"])
def test_fields_do_not_hide_what_the_script_uses(field: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = DatasetType("odd", "Odd", "For tests.", (Field(field, (4,)),), 10, load=lambda values, loading: Loaded({}))
    with entry(datasets(), "odd", made):
        document = Document("odd names")
        chain(document, document.add("Dataset", dataset="odd"), document.add("Linear", out_features=3))
        compiled = compile_document(document)
    exec(compile(compiled.source, "<script>", "exec"), {"__name__": "__main__", "__file__": "/nowhere/odd.py"})
    assert capsys.readouterr().out.splitlines()[1:] == ["linear       (2, 3)", "15 parameters"]


def test_fields_of_data_sets_are_names() -> None:
    for kind in datasets().values():
        assert all(field.name.isidentifier() and field.name.isascii() for field in kind.fields_for())


def test_reserved_names_are_all_that_a_module_has() -> None:
    public = {name for name in {*dir(torch.nn.Module), *vars(torch.nn.Module())} if not name.startswith("_")}
    assert public <= RESERVED


def test_reserved_names_are_all_that_the_source_uses() -> None:
    code = compile(compile_document(digits_cnn()).source, "<source>", "exec", dont_inherit=True)
    used = set(code.co_names)
    made = {"DigitsCnn", "model", "weights", "inputs", "value", "name", "layer"}
    attributes = {"eval", "with_suffix", "exists", "load_state_dict", "load", "named_children", "no_grad", "randn"}
    attributes |= {"register_forward_hook", "shape", "pathlib", "parameters", "Module", "numel", "Tensor"}
    attributes |= {"items", "values"}
    assert {name for name in used if not name.startswith("__")} - made - attributes <= RESERVED


@pytest.mark.parametrize("name", ["forward", "train", "compute_loss", "torch", "self", "state_dict"])
def test_reserved_names_are_refused(name: str) -> None:
    document = digits_cnn()
    with pytest.raises(BadName, match="already means something"):
        document.rename("conv1", name)


# Size


def test_long_chain_is_planned() -> None:
    document = Document("long")
    before = document.add("Dataset", dataset="moons")
    for _ in range(3000):
        node = document.add("ReLU")
        document.connect(before, node)
        before = node
    compiled = compiled_and_well(document)
    assert compiled.signature.outputs == (before.name,)


def test_many_ways_to_the_target_are_planned() -> None:
    document, data, (head,) = moons(("Linear", {"out_features": 2}))
    before = data
    for _ in range(60):
        node = document.add("Add")
        document.connect(f"{before.id}.point" if before is data else before, node)
        document.connect(f"{before.id}.point" if before is data else before, node)
        before = node
    loss = document.add("MSELoss")
    document.connect(head, f"{loss.id}.prediction")
    document.connect(before, f"{loss.id}.target")
    compiled = compiled_and_well(document)
    assert len(body_of(compiled, "compute_loss")) == 61
    assert body_of(compiled, "forward") == ["linear = self.linear(point)", "return linear"]
