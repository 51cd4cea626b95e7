"""The arguments of a method, read from its tree, as parameters of a form and as ports.

    def __init__(self, width: int = 16, mode: Literal["sum", "mean"] = "sum") -> None
    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor

give the parameters `width` and `mode`, and the ports `x` and `mask`, of which the second may stay free.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nnstudio.catalogue.site import Port, Ports
from nnstudio.errors import BadParameter
from nnstudio.params import Bool, Choice, Float, Int, Param, Text

OWN = frozenset({"code", "outputs", "name", "self"})
"""Names that mean something in every form of such a layer."""
MOST_INPUTS = 16

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MISSING = object()
_KINDS: dict[str, Callable[..., Param]] = {"int": Int, "float": Float, "bool": Bool, "str": Text}


@dataclass(frozen=True)
class _Argument:
    """`by_name` and `by_place`: how a call may give it."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    by_name: bool
    by_place: bool


def params_of(arguments: ast.arguments) -> tuple[Param, ...]:
    """A parameter for each argument beyond self; those whose kind has no field in a form stay at their defaults.

    Raises BadParameter for one without a default, and for a name that a form has already.
    """
    found = [_param(each) for each in _arguments(arguments)]
    return tuple(param for param in found if param is not None)


def inputs_of(arguments: ast.arguments) -> Ports:
    """A port for each argument beyond self: one whose default is None may stay free, others with a default have none.

    Raises BadParameter for what can not be a port.
    """
    if arguments.vararg is not None:
        raise BadParameter(f"*{arguments.vararg.arg} has no ports.", fix="Name each input of forward.")
    found = [port for each in _arguments(arguments) if (port := _port(each)) is not None]
    if len(found) > MOST_INPUTS:
        raise BadParameter(f"forward has more than {MOST_INPUTS} inputs.", fix="Split the layer.")
    return tuple(found)


def _arguments(arguments: ast.arguments) -> Iterator[_Argument]:
    """All but self."""
    placed = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(placed) - len(arguments.defaults)) + list(arguments.defaults)
    for place, (each, default) in enumerate(zip(placed, defaults, strict=True)):
        if place:
            yield _Argument(each.arg, each.annotation, default, place >= len(arguments.posonlyargs), True)
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _Argument(each.arg, each.annotation, default, True, False)


def _param(argument: _Argument) -> Param | None:
    if argument.default is None:
        words = f"The argument '{argument.name}' has no default, so a new node would have no value for it."
        raise BadParameter(words, fix=f"Write {argument.name}: int = 64, say.")
    default = _literal(argument.default)
    if default is _MISSING or not argument.by_name:
        return None
    made = _made(argument, default)
    if made is not None and (argument.name in OWN or not _NAME.fullmatch(argument.name)):
        raise BadParameter(f"'{argument.name}' can not be the name of an argument here.", fix="Choose another name.")
    return made


def _made(argument: _Argument, default: Any) -> Param | None:
    """The parameter, where the default is one that it takes."""
    kind, choices, optional = _kind(argument.annotation, default)
    more: dict[str, Any] = {"help": f"The argument {argument.name} of the class.", "optional": optional}
    try:
        if choices:
            made: Param = Choice(argument.name, default, choices, **more)
        elif kind in _KINDS:
            value = float(default) if kind == "float" and type(default) is int else default
            made = _KINDS[kind](argument.name, value, **more)
        else:
            return None
        made.check(default)
    except (BadParameter, TypeError, ValueError, OverflowError):
        return None
    return made


def _kind(annotation: ast.expr | None, default: Any) -> tuple[str, tuple[str, ...], bool]:
    """The kind by name, words to choose from, and whether None is a value; without annotation as the default is."""
    if annotation is None:
        return type(default).__name__, (), False
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = _expression(annotation.value)
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr) and _is_none(annotation.right):
        return *_kind(annotation.left, default)[:2], True
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) in ("Literal", "typing.Literal"):
        return "", _words(annotation.slice), False
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) in ("Optional", "typing.Optional"):
        return *_kind(annotation.slice, default)[:2], True
    return (annotation.id if isinstance(annotation, ast.Name) else ""), (), False


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_none(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and tree.value is None


def _words(tree: ast.expr) -> tuple[str, ...]:
    items = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    values = [item.value for item in items if isinstance(item, ast.Constant)]
    return tuple(value for value in values if isinstance(value, str)) if len(values) == len(items) else ()


def _literal(tree: ast.expr) -> Any:
    """The value that is written there; a marker for what is computed."""
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return _MISSING
    return value if value is None or isinstance(value, bool | int | float | str) else _MISSING


def _port(argument: _Argument) -> Port | None:
    optional = argument.default is not None
    if argument.default is not None and (_literal(argument.default) is not None or not argument.by_name):
        return None
    if not optional and not argument.by_place:
        raise BadParameter(f"'{argument.name}' can be given by name alone.", fix="Put it before the *.")
    if not _NAME.fullmatch(argument.name):
        raise BadParameter(f"'{argument.name}' can not be the name of a port.", fix="Use plain letters, digits and _.")
    words = f"The argument {argument.name} of forward."
    return Port(argument.name, "...", dtype="any", optional=optional, help=words)
