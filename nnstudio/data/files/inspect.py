"""What kind of file it is, and how it can be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnstudio.data.files import look_table
from nnstudio.data.loading import Loading


def inspect(
    path: str, dataset: str, reading: Mapping[str, Any], loading: Loading
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The data set that reads it, its parameters, and facts for a person. Raises DataError."""
    where = Path(os.path.abspath(path))
    kind = "parquet" if where.suffix == ".parquet" else "text"
    params, facts = look_table.look(where, reading, loading, kind)
    return "table", params, facts
