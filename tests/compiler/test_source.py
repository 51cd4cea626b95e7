"""The text: exactly what a person reads, that it runs, and that nothing can be smuggled into it."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.result import Compiled
from nnstudio.compiler.source import class_name_of
from nnstudio.errors import CompileError
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.compiler.drawings import chain, compiled_and_well, digits_cnn, judge, moons, valid_drawings

DIGITS = '''\
"""digits cnn: a PyTorch model made with NNStudio."""

from pathlib import Path

import torch
from torch import nn


class DigitsCnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding="same")
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(16, 32, (3, 5), padding=(1, 2), bias=False)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2, stride=(2, 1), ceil_mode=True)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(p=0.25)
        self.head = nn.Linear(192, 10)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        conv1 = self.conv1(image)  # N×16×8×8
        relu1 = self.relu1(conv1)  # N×16×8×8
        pool1 = self.pool1(relu1)  # N×16×4×4
        conv2 = self.conv2(pool1)  # N×32×4×4
        relu2 = self.relu2(conv2)  # N×32×4×4
        pool2 = self.pool2(relu2)  # N×32×2×3
        flatten = self.flatten(pool2)  # N×192
        dropout = self.dropout(flatten)  # N×192
        head = self.head(dropout)  # N×10
        return head

    def compute_loss(self, head: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.loss(head, label)


if __name__ == "__main__":
    model = DigitsCnn().eval()
    weights = Path(__file__).with_suffix(".weights.pt")
    if weights.exists():
        model.load_state_dict(torch.load(weights, weights_only=True))
    for name, layer in model.named_children():
        layer.register_forward_hook(lambda *call, name=name: print(f"{name:<12} {tuple(call[2].shape)}"))
    inputs = {"image": torch.randn(2, 1, 8, 8)}
    for name, value in inputs.items():
        print(f"{name:<12} {tuple(value.shape)}")
    with torch.no_grad():
        model(*inputs.values())
    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters")
'''

PRINTED = """\
image        (2, 1, 8, 8)
conv1        (2, 16, 8, 8)
relu1        (2, 16, 8, 8)
pool1        (2, 16, 4, 4)
conv2        (2, 32, 4, 4)
relu2        (2, 32, 4, 4)
pool2        (2, 32, 2, 3)
flatten      (2, 192)
dropout      (2, 192)
head         (2, 10)
9,770 parameters
"""


def lines_with(compiled: Compiled, part: str) -> list[str]:
    return [line.strip() for line in compiled.source.splitlines() if part in line]


# What is read, and that it runs


def test_digits_reads_exactly_so() -> None:
    assert compiled_and_well(digits_cnn()).source == DIGITS


def test_source_runs_as_a_script_and_prints_its_shapes(tmp_path: Path) -> None:
    file = tmp_path / "digits.py"
    file.write_text(compiled_and_well(digits_cnn()).source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", file], capture_output=True, text=True, timeout=100, cwd=tmp_path
    )
    assert (done.stdout, done.stderr, done.returncode) == (PRINTED, "", 0)


def test_source_is_written_as_a_formatter_would(tmp_path: Path) -> None:
    file = tmp_path / "digits.py"
    file.write_text(compiled_and_well(digits_cnn()).source, encoding="utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["format", "--diff"], ["check", "--select", "E,F,W,I,UP,B,N,PT"]):
        arguments = [str(ruff), *command, "--isolated", "--no-cache", "--line-length", "120", str(file)]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_compiling_twice_gives_the_same() -> None:
    assert compile_document(digits_cnn()) == compile_document(digits_cnn())


# One line for each kind of code


def test_reshape_gives_its_sizes_one_by_one() -> None:
    document, _, _ = moons(
        ("Linear", {"out_features": 12}), ("Reshape", {"shape": (3, -1)}), ("Reshape", {"shape": (12,)})
    )
    compiled = compile_document(document)
    assert lines_with(compiled, ".reshape(") == [
        "reshape = linear.reshape(-1, 3, 4)  # N×3×4",
        "reshape2 = reshape.reshape(-1, 12)  # N×12",
    ]


def test_concatenate_and_add_name_their_inputs_in_order() -> None:
    document, _, (left, right) = moons(("Linear", {}), ("Linear", {}))
    total, joined = document.add("Add"), document.add("Concatenate", dim=-1)
    for target in (total, joined):
        document.connect(right, target)
        document.connect(left, target)
        document.connect(right, target)
    alone = document.add("Concatenate")
    document.connect(total, alone)
    compiled = compile_document(document)
    assert lines_with(compiled, "add =") == ["add = linear2 + linear + linear2  # N×64"]
    assert lines_with(compiled, "torch.cat(") == [
        "cat = torch.cat((linear2, linear, linear2), dim=-1)  # N×192",
        "cat2 = torch.cat((add,), dim=1)  # N×64",
    ]


def test_values_are_written_as_python_writes_them() -> None:
    document, _, _ = moons(
        ("GELU", {"approximate": "tanh"}),
        ("LayerNorm", {"eps": 1e-7, "bias": False}),
        ("Softmax", {}),
        ("Linear", {"out_features": 1_000_000, "bias": False}),
    )
    assert lines_with(compile_document(document), " = nn.") == [
        'self.gelu = nn.GELU(approximate="tanh")',
        "self.norm = nn.LayerNorm(2, eps=1e-07, bias=False)",
        "self.softmax = nn.Softmax(dim=-1)",
        "self.linear = nn.Linear(2, 1000000, bias=False)",
    ]


# Line and node


def assert_lines_point_at_nodes(document: Document, compiled: Compiled) -> None:
    """Each stands in a statement about its node; a lone loss is what compute_loss returns."""
    statements = [node for node in ast.walk(ast.parse(compiled.source)) if isinstance(node, ast.stmt)]
    for number, owner in compiled.lines.items():
        (*_, statement) = (each for each in statements if each.lineno <= number <= (each.end_lineno or 0))
        text, name = ast.unparse(statement), document.node(owner).name
        assert re.search(rf"\b{name}(_\w+)?\b", text) or isinstance(statement, ast.Return), text
    for node in document.nodes.values():
        count = len(compiled.lines_of(node.id))
        if node.muted or node.layer.is_given:
            assert count == 0, node
        else:  # more, where what the call gives is brought into order
            own = compiled.source.partition(f"class {compiled.class_name}(")[2]  # what is carried has names of its own
            made = f"self.{node.name} = " in own or f'register_buffer("{node.name}"' in own
            assert made + 1 <= count <= made + 2 * len(node.outputs), node


def test_lines_point_at_their_nodes() -> None:
    document = digits_cnn()
    compiled = compile_document(document)
    assert_lines_point_at_nodes(document, compiled)
    assert [
        compiled.source.splitlines()[line - 1].strip() for line in compiled.lines_of(document.node("conv2").id)
    ] == [
        "self.conv2 = nn.Conv2d(16, 32, (3, 5), padding=(1, 2), bias=False)",
        "conv2 = self.conv2(pool1)  # N×32×4×4",
    ]
    assert len(compiled.lines_of(document.node("loss").id)) == 2


@given(drawing=valid_drawings())
def test_lines_point_at_their_nodes_in_any_drawing(drawing: tuple[Document, Node]) -> None:
    document, _ = drawing
    compiled = compile_document(document)
    if compiled.source:
        assert_lines_point_at_nodes(document, compiled)


# Nothing can be smuggled in


def retitled(title: str) -> Compiled:
    document = digits_cnn()
    document.apply(ch.Retitled(document.title, title))
    return compile_document(document)


def assert_differs_in_its_names_alone(compiled: Compiled) -> None:
    """But for the docstring and the name of the class, the text is that of any other title."""
    first, rest = compiled.source.split('"""\n', 1)
    assert len(first.splitlines()) == 1
    rest = rest.replace(f"class {compiled.class_name}(", "class DigitsCnn(")
    rest = rest.replace(f"    model = {compiled.class_name}()", "    model = DigitsCnn()")
    assert rest == DIGITS.split('"""\n', 1)[1]
    assert compiled.class_name.isidentifier()
    module = ast.parse(compiled.source)
    assert [type(part).__name__ for part in module.body] == [
        "Expr",
        "ImportFrom",
        "Import",
        "ImportFrom",
        "ClassDef",
        "If",
    ]
    assert isinstance(module.body[0], ast.Expr)
    assert isinstance(module.body[0].value, ast.Constant)
    assert isinstance(module.body[4], ast.ClassDef)
    assert [getattr(part, "name", "") for part in module.body[4].body] == ["__init__", "forward", "compute_loss"]


@pytest.mark.parametrize(
    ("title", "class_name"),
    [
        ("digits cnn", "DigitsCnn"),
        ('"""\nimport os\nos.system("true")\n"""', "ImportOsOsSystemTrue"),
        ("a\\", "A"),
        ("{title} {0}", "Title0"),
        ("%s", "S"),
        ("class", "Class"),
        ("none", "NoneNet"),
        ("true", "TrueNet"),
        ("path", "PathNet"),
        ("3 blue 1 brown", "Net3Blue1Brown"),
        ("Größe über alles", "GroEUberAlles"),
        ("神经网络", "Net"),
        ("", "Net"),
        ("a\u2028b\x0bc\x85d", "ABCD"),
        ("x" * 5000, "X" + "x" * 59),
    ],
)
def test_title_becomes_a_name(title: str, class_name: str) -> None:
    compiled = retitled(title)
    assert compiled.class_name == class_name_of(title) == class_name
    assert_differs_in_its_names_alone(compiled)


@given(title=st.text(st.characters() | st.sampled_from("\"'\\\n\r{}#;: "), max_size=60))
def test_no_title_can_become_code(title: str) -> None:
    assert_differs_in_its_names_alone(retitled(title))


EVIL = st.one_of(
    st.text(min_size=1),
    st.sampled_from(('"', '"); import os; print("', "a\nb", "\\", "none", "x" * 300, "a b", "é", "a\n")),
)


def _statements(source: str) -> list[str]:
    """The kinds of all statements, in order."""
    return [type(node).__name__ for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]


@given(value=EVIL)
def test_no_word_can_become_code(value: str) -> None:
    """Also one that got past the check of its parameter."""
    document, _, (gelu,) = moons(("GELU", {}))
    document.apply(ch.ParamSet(gelu.id, "approximate", "none", value))
    try:
        source = compile_document(document).source
    except CompileError:
        return
    (written,) = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign)][0:1]
    assert isinstance(written.value, ast.Call)
    assert [keyword.arg for keyword in written.value.keywords] in ([], ["approximate"])
    assert all(
        isinstance(keyword.value, ast.Constant) and keyword.value.value == value for keyword in written.value.keywords
    )
    assert _statements(source) == _statements(compile_document(moons(("GELU", {}))[0]).source)


@given(name=EVIL)
def test_no_name_can_become_code(name: str) -> None:
    """Also one that got past the rules for names."""
    document, data, _ = moons()
    node = Node("n9", "GELU", name, {"approximate": "none"})
    document.apply(ch.NodeAdded(node))
    document.connect(data, node)
    try:
        compiled = compile_document(document)
    except CompileError:
        return
    assert name.isidentifier()
    made = "".join(line.strip() for line in compiled.source.splitlines()[11:14])
    assert made.startswith(f"self.{name} = nn.GELU()")


@pytest.mark.parametrize("value", [object(), {"a": 1}, b"a", 1j, float("inf"), float("nan"), [1], (1, "a b")])
def test_only_plain_values_are_written(value: Any) -> None:
    document, _, (linear,) = moons(("Linear", {}))
    document.apply(ch.ParamSet(linear.id, "bias", True, value))
    with pytest.raises(CompileError, match="can not stand in source"):
        compile_document(document)


def test_classes_do_not_hide_what_the_source_uses() -> None:
    for title in ("path", "Path", "tensor", "torch", "nn"):
        compiled = retitled(title)
        assert compiled.class_name not in ("Path", "Tensor", "torch", "nn")


def test_two_words_with_one_line_each_in_the_loss() -> None:
    document, data, (linear,) = moons(("Linear", {"out_features": 2}))
    judge(document, linear, data, "CrossEntropyLoss")
    more = document.add("Linear", out_features=3)
    chain(document, linear, more)
    judge(document, more, data, "CrossEntropyLoss")
    compiled = compiled_and_well(document)
    assert lines_with(compiled, "loss") == [
        "self.loss = nn.CrossEntropyLoss()",
        "self.loss2 = nn.CrossEntropyLoss()",
        "def compute_loss(self, linear: torch.Tensor, linear2: torch.Tensor, label: torch.Tensor) -> torch.Tensor:",
        "loss = self.loss(linear, label)  # scalar",
        "loss2 = self.loss2(linear2, label)  # scalar",
        "return loss + loss2",
    ]
