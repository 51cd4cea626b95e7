"""Looks into a safetensors file without torch: which tensors it holds, and the same under other names.

The format is eight bytes with the header's length, the header as JSON (name to dtype, shape and place), then the
numbers; see github.com/huggingface/safetensors. Only the header is ever read or written here.
"""

from __future__ import annotations

import json
from typing import Any

_LENGTH = 8
_LONGEST = 100 * 2**20


def shapes(data: bytes) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor by name; nothing for a file that is not one."""
    header = _header(data)
    return {name: tuple(entry.get("shape", ())) for name, entry in header.items() if name != "__metadata__"}


def renamed(data: bytes, old: str, new: str) -> bytes:
    """The same with the tensors of node `old` under the name `new`; a file that is not one comes back as it is."""
    header = _header(data)
    prefix = f"{old}."
    if not any(name.startswith(prefix) for name in header):
        return data
    names = {name: f"{new}.{name.removeprefix(prefix)}" if name.startswith(prefix) else name for name in header}
    text = json.dumps({names[name]: entry for name, entry in header.items()}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)  # the numbers begin at a multiple of eight
    begin = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    return len(text).to_bytes(_LENGTH, "little") + text + data[begin:]


def _header(data: bytes) -> dict[str, Any]:
    size = int.from_bytes(data[:_LENGTH], "little")
    if len(data) < _LENGTH or not 2 <= size <= min(_LONGEST, len(data) - _LENGTH):
        return {}
    try:
        header = json.loads(data[_LENGTH : _LENGTH + size])
    except (ValueError, RecursionError):
        return {}
    entries = header.values() if isinstance(header, dict) else (None,)
    return header if all(isinstance(entry, dict) for entry in entries) else {}
