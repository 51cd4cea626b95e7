"""Looks into a safetensors file without torch: which tensors it holds, and the same under other names.

The format is eight bytes with the header's length, the header as JSON (name to dtype, shape and place), then the
numbers; see github.com/huggingface/safetensors. Only the header is ever understood here.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

from nnstudio.errors import BadParameter

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
class Tensor:
    """Where a tensor lies in a file: the bytes from `begin` to `end`, row by row."""

    kind: str
    """As the format calls it: "F32", "I64" ..."""
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of one number; 0 for a kind that is not known here."""
        return struct.calcsize(f"<{_KINDS[self.kind]}") if self.kind in _KINDS else 0

    def packed(self, values: Sequence[float]) -> bytes:
        """Numbers as they stand in the file. Raises BadParameter where one can not be."""
        letter = _KINDS.get(self.kind, "")
        try:
            if not letter or not all(map(isfinite, values)):
                raise ValueError
            numbers = values if letter in "fde" else [_whole(value) for value in values]
            return struct.pack(f"<{len(values)}{letter}", *numbers)
        except (struct.error, OverflowError, ValueError) as error:
            raise BadParameter(f"A weight of {self.kind} takes finite numbers that it can hold.") from error


_KINDS = {"F32": "f", "F64": "d", "F16": "e", "I64": "q", "I32": "i", "U8": "B"}


def _whole(value: float) -> int:
    if value != int(value):
        raise ValueError("it is no whole number")
    return int(value)


def tensor(data: bytes, name: str) -> Tensor | None:
    """Where the tensor of that name lies in a file; None where there is none."""
    entry = _header(data).get(name)
    if entry is None or name == _METADATA:
        return None
    begin = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    try:
        first, last = map(int, entry["data_offsets"])
        found = Tensor(str(entry["dtype"]), tuple(map(int, entry["shape"])), begin + first, begin + last)
    except (KeyError, TypeError, ValueError):
        return None
    whole = found.size * prod(found.shape) == last - first and begin <= found.begin <= found.end <= len(data)
    return found if whole and found.size else None


def patched(data: bytes, name: str, place: int, old: bytes, new: bytes) -> bytes:
    """The same with other bytes in one tensor, from a place in it on; unchanged where the old ones are not there."""
    found = tensor(data, name)
    if found is None or place < 0 or len(old) != len(new):
        return data
    begin = found.begin + place
    end = begin + len(old)
    if end > found.end or data[begin:end] != old:
        return data
    return data[:begin] + new + data[end:]


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
