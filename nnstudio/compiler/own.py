"""The text of NNStudio's own building blocks, `nnstudio.modules`, which the source carries so that it needs only torch.

They are read as text and never imported here: this side of the house has no torch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_ROOM = "nnstudio.modules."
_NAMED = re.compile(r"^(?:class |def |(?=\w+ = ))([A-Za-z_]\w*)", re.MULTILINE)
"""What begins a definition at the left margin."""


@dataclass(frozen=True)
class Text:
    """One class or function: its source, the others of the room that it needs, and the imports that it needs."""

    name: str
    body: str
    needs: tuple[str, ...]
    imports: tuple[str, ...]


@cache
def _sources() -> tuple[str, ...]:
    folder = files("nnstudio") / "modules"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".py") and entry.name[0] != "_")
    return tuple((folder / name).read_text(encoding="utf-8") for name in names)


@cache
def names() -> frozenset[str]:
    """What the room defines. Every drawing asks, most need no text of it, and parsing takes a while at the start."""
    return frozenset(name for source in _sources() for name in _NAMED.findall(source))


@cache
def texts() -> dict[str, Text]:
    """Everything that the room defines, by name."""
    trees = [(source, ast.parse(source)) for source in _sources()]
    defined = {name for _, tree in trees for node in tree.body for name in _defined(node)}
    found = [text for source, tree in trees for text in _parse(source, tree, defined)]
    return {text.name: text for text in found}


def texts_for(names: Iterable[str]) -> list[Text]:
    """The texts of these names and of what they need, each once, needed ones first. Raises KeyError."""
    ordered: dict[str, Text] = {}

    def take(name: str) -> None:
        if name not in ordered:
            for needed in texts()[name].needs:
                take(needed)
            ordered[name] = texts()[name]

    for name in sorted(set(names)):
        take(name)
    return list(ordered.values())


def _parse(source: str, tree: ast.Module, defined: set[str]) -> list[Text]:
    imports = {
        alias.asname or alias.name: ast.unparse(ast.copy_location(_only(node, alias), node))
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and not _is_ours(node)
        for alias in node.names
    }
    return [_text(source, node, name, defined, imports) for node in tree.body for name in _defined(node)]


def _text(source: str, node: ast.stmt, name: str, defined: set[str], imports: dict[str, str]) -> Text:
    used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - {name}
    return Text(
        name=name,
        body=_segment(source, node),
        needs=tuple(sorted(used & defined)),
        imports=tuple(text for known, text in imports.items() if known in used),
    )


def _only(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.Import | ast.ImportFrom:
    """The import of one name alone."""
    if isinstance(node, ast.Import):
        return ast.Import([alias])
    return ast.ImportFrom(node.module, [alias], node.level)


def _is_ours(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith((_ROOM, "__future__."))


def _defined(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return (node.name,)
    return tuple(target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name))


def _segment(source: str, node: ast.stmt) -> str:
    """The lines of a statement, decorators among them."""
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
