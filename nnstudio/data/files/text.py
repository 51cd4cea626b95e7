"""A text of a person's own: looked into, and loaded as windows of tokens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from nnstudio.data.files import dialect
from nnstudio.data.files.source import Counted, Fingerprint, check_size, chosen, head, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.data.spec import Field, Loaded
from nnstudio.data.text import tokens
from nnstudio.params import Values

MOST_TOKENS = 5000
SHOWN_LINES = 50
SHOWN_LENGTH = 200
_PER_BYTE = 12
"""Bytes of memory for a byte of text: the text itself and its tokens."""


def fields(values: Values) -> tuple[Field, ...]:
    """Windows of tokens, whose names are known from looking into the text."""
    names = cast("tuple[str, ...]", values["vocabulary"])
    return tokens.window_fields(values, names=names or tokens.ASCII)


def load(values: Values, loading: Loading) -> Loaded:
    """Its windows. Raises DataError where the file is not the one that was chosen, or is too short."""
    path = chosen(values)
    check_size(path, values)
    text, found = _text(path, str(values["encoding"]), loading)
    found.check(path, values)
    names = cast("tuple[str, ...]", values["vocabulary"]) or tokens.ASCII
    return tokens.windows(tokens.encoded(text, str(values["by"]), names, loading), values, loading)


def look(path: Path, reading: Mapping[str, Any], loading: Loading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters of the data set "text_file", and facts. Raises DataError."""
    encoding = str(reading.get("encoding") or dialect.guess_encoding(path, head(path)))
    by, most = str(reading.get("by") or "characters"), int(reading.get("most") or MOST_TOKENS)
    text, found = _text(path, encoding, loading)
    if not text.strip():
        raise refused(path, "has nothing but white space in it.", "Choose a text.")
    names = tokens.vocabulary(text, by, most, loading)
    count = len(tokens.encoded(text, by, names, loading))
    params = {
        "path": str(path),
        "sha256": found.sha256,
        "bytes": found.size,
        "encoding": encoding,
        "by": by,
        "most": most,
        "vocabulary": names,
        **{name: reading[name] for name in ("context", "predict", "step") if name in reading},
    }
    lines = text[: SHOWN_LINES * SHOWN_LENGTH].splitlines()[:SHOWN_LINES]
    facts = {
        "kind": "text",
        "name": shown(path.name),
        "bytes": found.size,
        "characters": len(text),
        "lines": text.count("\n") + (not text.endswith("\n")),
        "tokens": count,
        "vocabulary": len(names),
        "memory": 8 * count,
        "preview": [line[:SHOWN_LENGTH] for line in lines],
        "warnings": [],
    }
    return params, facts


def _text(path: Path, encoding: str, loading: Loading) -> tuple[str, Fingerprint]:
    """All of it, with lines that end as on Unix. Raises DataError."""
    source = Counted(path, loading, encoding)
    try:
        loading.need(source.size * _PER_BYTE, f"'{path.name}'")
        data = bytearray()
        while block := source.read():
            data += block
    finally:
        source.close()
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refused(path, f"is not in UTF-8: see line {line:,}.", dialect.OTHER_ENCODING) from None
    return text.replace("\r\n", "\n").replace("\r", "\n"), source.fingerprint
