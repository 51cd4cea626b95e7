"""Numbers as a person types or pastes them: one, or a matrix as JSON, CSV, or the cells of another table."""

from __future__ import annotations

import json
import re

import numpy as np
from numpy.typing import NDArray

from nnstudio.ui.canvas.texts import digits, tr

Matrix = NDArray[np.float64]
LARGEST = float(np.finfo(np.float32).max)
_MOST_LETTERS = 100_000


class NoNumbers(ValueError):
    """A text says something else; the message is one sentence for the person."""


def number(text: str) -> float:
    """One number. Raises NoNumbers."""
    written = text.strip().replace("−", "-")
    try:
        value = float(written)
    except ValueError:
        raise NoNumbers(tr("“{0}” is not a number.").format(_short(text))) from None
    if not abs(value) <= LARGEST:
        raise NoNumbers(tr("A weight must be a finite number that fits into 32 bits."))
    return value


def matrix(text: str) -> Matrix:
    """Rows of numbers, all of one length. Raises NoNumbers."""
    if len(text) > _MOST_LETTERS:
        raise NoNumbers(tr("The clipboard holds more than a small matrix."))
    rows = _json_rows(text) if text.lstrip().startswith("[") else _cells(text)
    if not rows or not rows[0]:
        raise NoNumbers(tr("The clipboard holds no numbers."))
    if len({len(row) for row in rows}) > 1:
        raise NoNumbers(tr("The rows on the clipboard have different lengths."))
    return np.array([[number(cell) for cell in row] for row in rows])


def number_text(value: float) -> str:
    """In four digits, as a line of figures has room for."""
    return digits(float(value), ".4g")


def cell_text(value: float) -> str:
    """In three digits, as a cell has room for."""
    return digits(float(value), ".3g")


def table_text(values: Matrix) -> str:
    """Cells that another program's table takes, and `matrix` reads."""
    return "\n".join("\t".join(f"{value:.9g}" for value in row) for row in values)


def _cells(text: str) -> list[list[str]]:
    """Tab, semicolon, comma or space between the numbers; a comma in a number where it can be nothing else."""
    lines = [line for line in text.splitlines() if line.strip()]
    for sign in ("\t", ";"):
        if sign in text:
            return [[cell.replace(",", ".") for cell in line.strip("\n").split(sign)] for line in lines]
    return [re.split(r"\s*,\s*|\s+", line.strip().strip(",")) for line in lines]


def _json_rows(text: str) -> list[list[str]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NoNumbers(tr("What begins with [ on the clipboard is no proper JSON.")) from None
    rows = found if found and all(isinstance(row, list) for row in found) else [found]
    return [[str(cell) for cell in row] for row in rows]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 24 else f"{words[:23]}…"
