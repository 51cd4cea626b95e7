"""What is read out of a class that a person types in, without running it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.catalogue.layers.custom import EXAMPLE
from nnstudio.catalogue.registry import layer
from nnstudio.catalogue.typed import read_class

FORWARD = "    def forward(self, x):\n        return x\n"


def of_class(head: str = "", forward: str = FORWARD) -> str:
    return f"class Own(nn.Module):\n{head}{forward}"


def test_the_example_is_a_layer() -> None:
    text = read_class(EXAMPLE)
    assert (text.name, text.problem, text.body) == ("Scale", "", EXAMPLE.rstrip("\n"))
    custom = layer("Custom")
    assert custom.check({}) == {"code": EXAMPLE, "outputs": "y", "start": 1.0}
    assert [port.name for port in custom.inputs_for(custom.check({}))] == ["x"]


def test_arguments_become_parameters() -> None:
    head = (
        "    def __init__(self, width: int = 16, rate=0.5, on: bool = True, name_of: str = 'a b',\n"
        "        mode: Literal['sum', 'mean'] = 'sum', most: int | None = None, least: 'Optional[int]' = 3,\n"
        "        sizes: tuple[int, int] = (1, 2), made=list(), *, scale: float = -1) -> None: ...\n"
    )
    found = {param.name: (param.kind, param.default, param.optional) for param in read_class(of_class(head)).arguments}
    assert found == {
        "width": ("int", 16, False),
        "rate": ("float", 0.5, False),
        "on": ("bool", True, False),
        "name_of": ("text", "a b", False),
        "mode": ("choice", "sum", False),
        "most": ("int", None, True),
        "least": ("int", 3, True),
        "scale": ("float", -1.0, False),
    }


def test_arguments_of_forward_become_ports() -> None:
    forward = "    def forward(self, query, key, mask=None, *, bias=None, scale=2.0): ...\n"
    ports = {port.name: port.optional for port in read_class(of_class(forward=forward)).inputs}
    assert ports == {"query": False, "key": False, "mask": True, "bias": True}


def test_outputs_have_the_names_that_are_given() -> None:
    custom = layer("Custom")
    values = custom.check({"outputs": "left,  right"})
    assert [port.name for port in custom.outputs_for(values)] == ["left", "right"]


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("", 0, "no class that derives"),
        ("class Own:\n    pass\n", 0, "no class that derives"),
        ("class Own(nn.Module):\n    pass\n", 1, "has no forward"),
        (of_class("    def __init__(self, width): ...\n"), 2, "'width' has no default"),
        (of_class("    def __init__(self, code=3): ...\n"), 2, "'code' can not be"),
        (of_class(forward="    def forward(self, *xs): ...\n"), 2, "*xs has no ports"),
        (of_class(forward="    def forward(self, *, x): ...\n"), 2, "by name alone"),
        (of_class() + "\nclass Other(nn.Linear):\n" + FORWARD, 5, "both derive"),
        ("print('hello')\n" + of_class(), 1, "Only imports"),
        ("from __future__ import annotations\n" + of_class(), 1, "__future__"),
        ("class Own(nn.Module)\n" + FORWARD, 1, "Expected ':'"),
        ("-" * 19_000, 0, "nested"),
        ("(" * 19_000, 1, "nested"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(code: str, line: int, words: str) -> None:
    text = read_class(code)
    assert words in text.problem
    assert text.line == line


def test_a_slip_costs_no_ports_and_no_parameters() -> None:
    code = of_class("    def __init__(self, width: int = 8)\n        pass\n", "    def forward(self, a, b): return (\n")
    text = read_class(code)
    assert text.problem
    assert [param.name for param in text.arguments] == ["width"]
    assert [port.name for port in text.inputs] == ["a", "b"]


def test_imports_are_told_apart_from_the_rest() -> None:
    code = f"import math, os.path as p\nfrom torch import (\n    fft,\n)\nEPS: float = 1e-5\n\n\n{of_class()}"
    text = read_class(code)
    assert dict(text.imports) == {"math": "import math", "p": "import os.path as p", "fft": "from torch import fft"}
    assert text.defined == ("EPS", "Own")
    assert text.body.startswith("EPS: float = 1e-5\n\n\nclass Own")


def test_nothing_runs_while_a_text_is_read(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"MARK = open({str(mark)!r}, 'w')\n" + of_class(f"    open({str(mark)!r}, 'w')\n")
    assert read_class(code).problem == ""
    assert layer("Custom").check({"code": code})["code"] == code
    assert not mark.exists()


@given(st.one_of(st.text(max_size=200), st.text("class Own(nn.Module):\n defforward,*=x'\"\\{}#", max_size=200)))
def test_any_text_is_read_or_told_wrong(code: str) -> None:
    text = read_class(code)
    assert bool(text.problem) != bool(text.name)


def test_lines_end_as_on_unix() -> None:
    assert layer("Custom").check({"code": "a\r\nb\rc"})["code"] == "a\nb\nc"
