"""Parameter values as text and back, as people write them: `3 × 3`, `1e-3`, `16, 7, 7`."""

from __future__ import annotations

import json
import re
from typing import Any

from PySide6.QtCore import QCoreApplication

from nnstudio.catalogue.tensors import N, Shape
from nnstudio.params import (
    FloatParam,
    FloatsParam,
    IntParam,
    PaddingParam,
    Param,
    ShapeParam,
    SizeParam,
    TensorParam,
    Value,
)

_WHOLE = re.compile(r"[+-]?(\d+|\d{1,3}([, \u00a0\u202f])\d{3}(\2\d{3})*)")
"""A whole number; a comma or a space only between groups of three."""
_BRACKETS = re.compile(r"\((.*)\)|\[(.*)\]|([^()\[\]]*)")
_BETWEEN = re.compile(r"\s*[×x*,;\s]\s*", re.IGNORECASE)


def to_text(param: Param, value: Value) -> str:
    """The value as an editor shows it; None is an empty text."""
    if value is None:
        return ""
    if isinstance(param, TensorParam):
        return _tensor_text(value)
    if isinstance(param, SizeParam) and not isinstance(value, str):
        sizes = value if isinstance(value, tuple) else (value,) * param.axes
        return " × ".join(map(str, sizes))
    if isinstance(param, FloatsParam) and isinstance(value, tuple):
        return ", ".join(float_text(float(item)) for item in value)  # type: ignore[arg-type]  # numbers
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return float_text(value)
    return str(value)


def from_text(param: Param, text: str) -> object:
    """What the text means to the parameter; a text that means nothing comes back, for `check` to refuse."""
    text = text.strip()
    if not text and param.optional:
        return None
    if isinstance(param, PaddingParam) and text.lower() in param.words:
        return text.lower()
    if isinstance(param, TensorParam):
        return _tensor(text)
    if isinstance(param, IntParam):
        return _number(re.sub(r"[^\d+-]", "", text), int, text) if _WHOLE.fullmatch(text) else text
    if isinstance(param, FloatParam):
        return _number(text.replace(",", ".") if "." not in text else text, float, text)
    if isinstance(param, FloatsParam):
        return [_number(part, float, part) for part in re.split(r"\s*[,;\s]\s*", text.strip("()[] "))]
    if isinstance(param, SizeParam | ShapeParam):
        return _sizes(param, text)
    return text


def float_text(value: float) -> str:
    """The shortest text that gives the same number back: `0.001`, `1e-5`, `2`."""
    text = repr(value).removesuffix(".0")
    return re.sub(r"e([+-])0*(\d)", lambda found: f"e{found[1].replace('+', '')}{found[2]}", text)


def shape_words(shape: Shape) -> str:
    """`N × 1 × 28 × 28`, with room to breathe."""
    return " × ".join("N" if size == N else str(size) for size in shape) or "one number"


def count_text(number: float) -> str:
    """`160`, `113 K`, `1.8 M`: large counts in a few characters."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("K", 1e3)):
        if number >= 0.9995 * size:
            share = number / size
            return f"{share:.3g} {unit}" if share < 999.5 else f"{share:.0f} {unit}"
    return f"{number:.0f}"


def parameter_words(count: int) -> str:
    """`1 parameter`, `2,610 parameters`."""
    words = QCoreApplication.translate("Inspector", "1 parameter" if count == 1 else "{0} parameters")
    return words.format(f"{count:,}")


def _tensor_text(value: Value) -> str:
    """As JSON, each number as short as it can be: `[[1, 2.5], [3, 4]]`."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_tensor_text, value))}]"
    return float_text(value) if isinstance(value, float) else str(value)


def _tensor(text: str) -> Any:
    """Numbers in JSON; brackets around one row may be left out."""
    for written in (text, f"[{text}]"):
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            continue
    return text


def _sizes(param: Param, text: str) -> object:
    found = _BRACKETS.fullmatch(text)
    bare = next((inside for inside in found.groups() if inside), "").strip() if found else ""
    parts = _BETWEEN.split(bare) if bare else []
    numbers = [_number(part, int, text) for part in parts]
    if not numbers or text in numbers:
        return text
    if isinstance(param, SizeParam) and len(numbers) == 1:
        return numbers[0]
    return tuple(numbers)


def _number(text: str, kind: type, otherwise: str) -> object:
    try:
        return kind(text)
    except ValueError:
        return otherwise
