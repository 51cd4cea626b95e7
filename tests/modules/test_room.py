"""The compiler carries the text of these files into the source it writes, so the text has to stand by itself."""

import ast
from collections import Counter
from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio import modules
from nnstudio.compiler import own
from nnstudio.modules.attention_decoder import AttentionDecoder
from nnstudio.modules.rotary import RotaryMultiheadAttention

ROOM = Path(modules.__path__[0])
FILES = sorted(path for path in ROOM.glob("*.py") if path.name != "__init__.py")
IMPORTS = {
    "from collections.abc import Iterable",
    "import math",
    "import torch",
    "from torch import nn",
    "from torch.nn import functional as F",
}
files = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def statements(path: Path) -> list[ast.stmt]:
    """Those after the docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    return tree.body[1:]


def names(path: Path) -> list[str]:
    return [node.name for node in statements(path) if isinstance(node, ast.ClassDef | ast.FunctionDef)]


@files
def test_imports_torch_and_the_room_alone(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text = ast.unparse(node) if isinstance(node, ast.Import | ast.ImportFrom) else ""
        if text and text not in IMPORTS:
            assert isinstance(node, ast.ImportFrom), text
            package, _, file = str(node.module).rpartition(".")
            assert package == "nnstudio.modules", text
            assert {alias.name for alias in node.names} <= set(names(ROOM / f"{file}.py")), text
            assert all(alias.asname is None for alias in node.names), text


@files
def test_holds_classes_and_functions_alone(path):
    rest = [node for node in statements(path) if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert rest
    assert [node.lineno for node in rest if not isinstance(node, ast.ClassDef | ast.FunctionDef)] == []


def test_no_name_is_given_twice():
    counted = Counter(name for path in FILES for name in names(path))
    assert [name for name, times in counted.items() if times > 1] == []


def test_the_texts_together_need_only_torch():
    body = [node for path in FILES for node in statements(path) if not isinstance(node, ast.Import | ast.ImportFrom)]
    source = "\n\n".join([*sorted(IMPORTS), *map(ast.unparse, body)])
    found: dict[str, type[nn.Module]] = {"__name__": "exported"}
    exec(compile(source, "<exported>", "exec"), found)
    target, x = torch.tensor([[2, 3, 4]]), torch.randn(1, 4, 8)
    for kind, sizes, inputs in (
        (AttentionDecoder, (8, 7, 3, 8), (target, x)),
        (RotaryMultiheadAttention, (8, 2), (x, x, x)),
    ):
        theirs, mine = found[kind.__name__](*sizes), kind(*sizes)
        assert type(theirs).__module__ == "exported"
        theirs.load_state_dict(mine.state_dict())
        assert all(map(torch.equal, theirs(*inputs), mine(*inputs)))


def test_names_are_known_without_parsing() -> None:
    assert own.names() == own.texts().keys()
