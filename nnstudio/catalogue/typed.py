"""What a class typed in by a person declares: its arguments and inputs. The text is read as a tree and never run here.

    text = read_class("class Scale(nn.Module): ...")
    text.name, text.arguments, text.inputs, text.problem

The compiler writes the text into the model's source; only there, in the engine, is it Python.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from nnstudio.catalogue.signature import inputs_of, params_of
from nnstudio.catalogue.site import Port, Ports
from nnstudio.errors import BadParameter
from nnstudio.params import Param

_FORWARD, _INIT = "forward", "__init__"
_PLAIN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
_NESTED = "The text is too deeply nested, or holds what Python does not read."
_USUAL: Ports = (Port("x", "...", dtype="any"),)


@dataclass(frozen=True)
class ClassText:
    """What a text declares. `problem` says what keeps it from being a layer, and `line` where, from 1; 0 for nowhere.

    With a problem, arguments and inputs are those that could be made out, so that no wire is lost while a person types.
    """

    name: str = ""
    arguments: tuple[Param, ...] = ()
    inputs: Ports = _USUAL
    problem: str = ""
    line: int = 0
    imports: tuple[tuple[str, str], ...] = ()
    """Names that imports bring, each with the import of it alone."""
    defined: tuple[str, ...] = ()
    """Names of everything else at the top level."""
    body: str = ""
    """The text without its imports."""
    lines: tuple[int, ...] = ()
    """The line of the whole text, from 1, that each line of the body is."""


class _Unfit(Exception):
    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@lru_cache(maxsize=512)
def read_class(text: str) -> ClassText:
    """What the text declares. Never raises: what is wrong is in `problem`."""
    try:
        return _read(text, _parse(text))
    except (_Unfit, RecursionError) as error:
        found = error if isinstance(error, _Unfit) else _Unfit(_NESTED)
        arguments, inputs = _made_out(text)
        return ClassText(arguments=arguments, inputs=inputs, problem=found.message, line=found.line)


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in strings, which are the person's own affair
            return ast.parse(text)
    except SyntaxError as error:
        raise _Unfit(f"{error.msg[:1].upper()}{error.msg[1:]}.", error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise _Unfit(_NESTED) from error


def _read(text: str, tree: ast.Module) -> ClassText:
    for statement in tree.body:
        _check_statement(statement)
    found = _the_class(tree)
    init, forward = _method(found, _INIT), _method(found, _FORWARD)
    if forward is None:
        raise _Unfit(f"{found.name} has no forward. Write def forward(self, x).", found.lineno)
    lifted = [each for each in tree.body if _is_lifted(each, tree)]
    kept = _without(text, lifted)
    return ClassText(
        name=found.name,
        arguments=_arguments(init),
        inputs=_inputs(forward),
        imports=tuple(pair for each in lifted for pair in _imported(each)),
        defined=tuple(name for each in tree.body for name in _defined(each)),
        body="\n".join(line for _, line in kept).rstrip(),
        lines=tuple(number for number, _ in kept),
    )


def _check_statement(statement: ast.stmt) -> None:
    docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    if not isinstance(statement, _PLAIN) and not docstring:
        words = "Only imports, functions, constants and classes can stand beside the class."
        raise _Unfit(f"{words} Move this into a function.", statement.lineno)
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        raise _Unfit("An import from __future__ can not stand in the model's source. Leave it out.", statement.lineno)


def _the_class(tree: ast.Module) -> ast.ClassDef:
    found = [each for each in tree.body if isinstance(each, ast.ClassDef) and _is_module(each)]
    if not found:
        raise _Unfit("There is no class that derives from nn.Module. Write class MyLayer(nn.Module).")
    if len(found) > 1:
        words = f"{found[0].name} and {found[1].name} both derive from nn.Module, and a layer is one class."
        raise _Unfit(f"{words} Give each a node of its own.", found[1].lineno)
    if not found[0].name.isascii():
        raise _Unfit("The name of the class may have plain letters, digits and _ only.", found[0].lineno)
    return found[0]


def _is_module(found: ast.ClassDef) -> bool:
    bases = [ast.unparse(base) for base in found.bases]
    return any(base == "Module" or base.startswith(("nn.", "torch.nn.")) for base in bases)


def _method(owner: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    found = [each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == name]
    return found[-1] if found else None


def _arguments(init: ast.FunctionDef | None) -> tuple[Param, ...]:
    try:
        return params_of(init.args) if init else ()
    except BadParameter as error:
        raise _Unfit(str(error), init.lineno if init else 0) from error


def _inputs(forward: ast.FunctionDef) -> Ports:
    try:
        return inputs_of(forward.args)
    except BadParameter as error:
        raise _Unfit(str(error), forward.lineno) from error


# The parts of the text


def _is_lifted(statement: ast.stmt, tree: ast.Module) -> bool:
    """Whether it is an import that can stand at the head of the whole source, on lines that it has for itself."""
    if isinstance(statement, ast.ImportFrom) and (statement.level or statement.names[0].name == "*"):
        return False
    lines = range(statement.lineno, (statement.end_lineno or 0) + 1)
    alone = not any(other.lineno in lines for other in tree.body if other is not statement)
    return isinstance(statement, ast.Import | ast.ImportFrom) and alone


def _imported(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0], ast.unparse(ast.Import([alias]))
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name, ast.unparse(ast.ImportFrom(statement.module, [alias], statement.level))


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = (each for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
        yield from (each.id for each in names if isinstance(each.ctx, ast.Store))


def _without(text: str, statements: Iterable[ast.stmt]) -> list[tuple[int, str]]:
    """The other lines with their numbers, but for empty ones at both ends."""
    gone = {line for each in statements for line in range(each.lineno, (each.end_lineno or 0) + 1)}
    kept = [(number, line) for number, line in enumerate(text.split("\n"), 1) if number not in gone]
    while kept and not kept[0][1]:
        kept.pop(0)
    while kept and not kept[-1][1].strip():
        kept.pop()
    return kept


# A text that Python does not read


def _made_out(text: str) -> tuple[tuple[Param, ...], Ports]:
    """The arguments and inputs, from the heads of the two methods alone."""
    init, forward = _head(text, _INIT), _head(text, _FORWARD)
    try:
        arguments = params_of(init) if init else ()
    except (BadParameter, RecursionError):
        arguments = ()
    try:
        return arguments, inputs_of(forward) if forward else _USUAL
    except (BadParameter, RecursionError):
        return arguments, _USUAL


def _head(text: str, name: str) -> ast.arguments | None:
    found = re.search(rf"\bdef\s+{name}\s*\(([^)]*)\)", text)
    try:
        made = _parse(f"def {name}({found[1]}): pass").body[0] if found else None
    except _Unfit:
        return None
    return made.args if isinstance(made, ast.FunctionDef) else None
