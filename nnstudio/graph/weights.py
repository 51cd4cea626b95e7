"""Looks into a safetensors file without torch: which tensors it holds, and the same under other names.

The format is eight bytes with the header's length, the header as JSON (name to dtype, shape and place), then the
numbers; see github.com/huggingface/safetensors. Only the header is ever understood here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_LENGTH = 8
_LONGEST = 100 * 2**20
_METADATA = "__metadata__"


def shapes(data: bytes) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor by name; nothing for a file that is not one."""
    header = _header(data)
    return {name: tuple(entry.get("shape", ())) for name, entry in header.items() if name != _METADATA}


def mapped(data: bytes, rename: Callable[[str], str]) -> bytes:
    """The same with every tensor under the name that `rename` gives; where two would have one name, nothing changes.

    A file that is not one comes back as it is.
    """
    header = _header(data)
    names = {name: name if name == _METADATA else rename(name) for name in header}
    if all(old == new for old, new in names.items()) or len(set(names.values())) != len(names):
        return data
    text = json.dumps({names[name]: entry for name, entry in header.items()}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)  # the numbers begin at a multiple of eight
    begin = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    return len(text).to_bytes(_LENGTH, "little") + text + data[begin:]


def without(data: bytes, drop: Callable[[str], bool]) -> bytes:
    """The same without the tensors that `drop` names; a file that is not one comes back as it is."""
    header = _header(data)
    kept = {name: entry for name, entry in header.items() if name == _METADATA or not drop(name)}
    if len(kept) == len(header):
        return data
    begin = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    numbers = b""
    for name, entry in sorted(kept.items(), key=lambda item: item[1].get("data_offsets", [0])):
        if name != _METADATA:
            first, last = entry["data_offsets"]
            kept[name] = {**entry, "data_offsets": [len(numbers), len(numbers) + last - first]}
            numbers += data[begin + first : begin + last]
    text = json.dumps(kept, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)
    return len(text).to_bytes(_LENGTH, "little") + text + numbers


@dataclass(frozen=True)
class Renaming:
    """New names for the tensors of some nodes of one drawing, wherever that drawing is used.

    `leads` are the ways to it, each the names of the instances passed: the main drawing is at (), the inside of the
    instance "block" at ("block",), where its tensors are "block.conv.weight" or, repeated, "block.0.conv.weight".
    """

    names: tuple[tuple[str, str], ...]
    leads: frozenset[tuple[str, ...]] = frozenset({()})

    def __call__(self, tensor: str) -> str:
        """The new name of a tensor; its own where it is of another node."""
        parts = tensor.split(".")
        for start in self._starts(parts):
            rest = ".".join(parts[start:])
            for old, new in self.names:
                if rest == old or rest.startswith(f"{old}."):
                    return ".".join([*parts[:start], new + rest[len(old) :]])
        return tensor

    def inverse(self) -> Renaming:
        """From the new names to the old ones."""
        return Renaming(tuple((new, old) for old, new in self.names), self.leads)

    def _starts(self, parts: list[str]) -> Iterator[int]:
        """Where, in the parts of a tensor's name, those begin that lie in the drawing."""
        passed: tuple[str, ...] = ()
        for place, part in enumerate(parts):
            if part.isdigit():
                continue
            if passed in self.leads:
                yield place
            passed = (*passed, part)


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
