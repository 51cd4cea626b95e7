"""Runs side by side, as a table for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nnstudio.reports.lines import words

_QUIET = ("event", "rank", "folder", "message")


def table(records: Iterable[Mapping[str, Any]]) -> str:
    """A line for each, with those columns that one of them has something for; numbers stand to the right."""
    rows = [{**record, **record.get("metrics", {}), "metrics": None} for record in records]
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name not in _QUIET]
    names = [name for name in names if any(row.get(name) not in (None, "") for row in rows)]
    columns = [_column(name, [row.get(name) for row in rows]) for name in names]
    return "\n".join("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))


def _column(name: str, values: list[object]) -> list[str]:
    """The name and the values, all as wide as the widest."""
    cells = [name.replace("_", " "), *("" if value is None else words(value) for value in values)]
    width = max(map(len, cells))
    numbers = all(value is None or isinstance(value, int | float) for value in values)
    return [cell.rjust(width) if numbers else cell.ljust(width) for cell in cells]
