"""Measuring a class that a person typed in."""

from __future__ import annotations

import pytest
import torch

from nnstudio.engine.model import custom
from nnstudio.engine.model.custom import measure
from nnstudio.protocol.messages import Entry, Measure, Measured, Sized

HEAD = """class Own(nn.Module):
    def __init__(self, size: int = 3) -> None:
        super().__init__()
        self.linear = nn.Linear(4, size)

    def forward(self, x):
"""
X = (Entry("x", (-1, 4)),)


def measured(
    body: str, *, inputs: tuple[Entry, ...] = X, outputs: int = 1, head: str = HEAD, size: int = 3
) -> Measured:
    code = head + "".join(f"        {line}\n" for line in body.split("\n"))
    request = Measure(key="k", code=code, class_name="Own", arguments={"size": size}, inputs=inputs, outputs=outputs)
    return measure(request)


@pytest.mark.parametrize(
    ("body", "shape", "dtype"),
    [
        ("return self.linear(x)", (-1, 3), "float32"),
        ("return self.linear(x).sum()", (), "float32"),
        ("return self.linear(x).unsqueeze(1).expand(-1, 5, -1)", (-1, 5, 3), "float32"),
        ("return x.argmax(1)", (-1,), "int64"),
        ("return x > 0", (-1, 4), "bool"),
        ("return x[0]", (4,), "float32"),
        ("return torch.from_numpy(x.detach().numpy() + 1)", (-1, 4), "float32"),
        ("return self.linear(x) * x.sum().item()", (-1, 3), "float32"),
    ],
)
def test_shapes_are_measured(body: str, shape: tuple[int, ...], dtype: str) -> None:
    found = measured(body)
    assert found.problem == ""
    assert found.outputs == (Sized(shape, dtype),)


def test_weights_are_those_that_are_trained() -> None:
    assert measured("return self.linear(x)", size=6).weights == {"linear.weight": (6, 4), "linear.bias": (6,)}
    frozen = HEAD.replace(
        "self.linear = ", "self.fixed = nn.Linear(2, 2).requires_grad_(False)\n        self.linear = "
    )
    assert set(measured("return self.linear(x)", head=frozen).weights) == {"linear.weight", "linear.bias"}


def test_several_inputs_and_outputs() -> None:
    head = HEAD.replace("(self, x)", "(self, x, tokens, mask=None)")
    entries = (*X, Entry("tokens", (-1, 9), "int64"), Entry("mask", (7,), "bool", optional=True))
    found = measured("assert mask is not None\nreturn x, (tokens, mask)[1]", head=head, inputs=entries, outputs=2)
    assert found.outputs == (Sized((-1, 4), "float32"), Sized((7,), "bool"))


@pytest.mark.parametrize(
    ("body", "words", "line"),
    [
        ("return self.linear(x @ x)", "mat1 and mat2 shapes cannot be multiplied", 7),
        ("y = x\nreturn nothing", "name 'nothing' is not defined", 8),
        ("return self.linear(x).t()", "Output 1 is 3×5 for a batch of 5 and 3×7 for a batch of 7", 0),
        ("return self.linear(x).flatten()", "Output 1 is 15 for a batch of 5", 0),
        ("return x, x", "gives 2 tensors as one tuple, and the node has one output", 0),
        ("return None", "gives nothing", 0),
        ("return {'a': x}", "gives a dict", 0),
        ("return x.double()", "float64", 0),
        ("import sys; sys.exit(3)", "SystemExit", 7),
        ("return (", "was never closed", 7),
    ],
)
def test_what_is_wrong_is_told_with_the_line_of_the_text(body: str, words: str, line: int) -> None:
    found = measured(body)
    assert words in found.problem
    assert found.line == line
    assert found.outputs == ()


def test_a_lazy_layer_is_refused() -> None:
    found = measured("return self.linear(x)", head=HEAD.replace("nn.Linear(4, size)", "nn.LazyLinear(size)"))
    assert "'linear.weight' has no size before the first run" in found.problem


@pytest.mark.parametrize("loop", ["while True: pass", "while True:\n    x = x + 0"])
def test_an_endless_loop_is_given_up(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "SECONDS", 0.2)
    found = measured(loop)
    assert "not done after 0.2 s" in found.problem
    assert found.line >= 7


def test_the_random_state_is_kept() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    assert measured("return self.linear(x).item()").problem
    assert torch.equal(torch.get_rng_state(), before)
