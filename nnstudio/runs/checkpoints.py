"""Looks into a checkpoint without torch: how the run was trained, and the weights of its network.

A checkpoint is a safetensors file whose metadata tell the rest; see nnstudio.engine.records.checkpoint.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec

from nnstudio.errors import StorageError
from nnstudio.protocol.messages import DataRef, Plan
from nnstudio.runs.whole import check_file

FORMAT = 1
KEY = "nnstudio"
MODEL = "model."
"""How the names of the network's own tensors begin."""
_LENGTH = 8
_LONGEST = 100 * 2**20
_FIX = "Choose another checkpoint."


class Head(msgspec.Struct, frozen=True):
    """By which plan and on which data the run was trained, and how far it was."""

    plan: Plan
    data: DataRef
    source_hash: str = ""
    step: Annotated[int, msgspec.Meta(ge=0)] = 0
    epoch: Annotated[int, msgspec.Meta(ge=0)] = 0
    format: int = FORMAT


def read_head(path: Path) -> Head:
    """What it was. Raises StorageError where it is gone or damaged, or newer than this program."""
    try:
        check_file(path)
        with path.open("rb") as file:
            text = _header(file.read(_LENGTH), file.read).get("__metadata__", {}).get(KEY, "")
        head = msgspec.json.decode(text, type=Head)
    except OSError as error:
        raise _gone(path, error) from error
    except (ValueError, AttributeError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise StorageError(f"'{path}' is no checkpoint, or a damaged one.", fix=_FIX) from error
    if head.format > FORMAT:
        raise StorageError(f"'{path}' was written by a newer NNStudio.", fix="Update NNStudio.")
    return head


def read_weights(path: Path) -> bytes:
    """The network's tensors alone, as a safetensors file. Raises StorageError."""
    try:
        check_file(path)
        data = path.read_bytes()
        rest = memoryview(data)[_LENGTH:]
        header = _header(data[:_LENGTH], lambda size: bytes(rest[:size]))
        return _weights(header, rest[int.from_bytes(data[:_LENGTH], "little") :])
    except OSError as error:
        raise _gone(path, error) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StorageError(f"'{path}' is no checkpoint, or a damaged one.", fix=_FIX) from error


def _weights(header: dict[str, Any], numbers: memoryview) -> bytes:
    kept: dict[str, Any] = {}
    parts: list[memoryview] = []
    length = 0
    mine = {name: entry for name, entry in header.items() if name.startswith(MODEL)}
    for name, entry in sorted(mine.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = entry["data_offsets"]
        if not 0 <= first <= last <= len(numbers):
            raise ValueError("a tensor lies outside of the file")
        kept[name.removeprefix(MODEL)] = {**entry, "data_offsets": [length, length + last - first]}
        parts.append(numbers[first:last])
        length += last - first
    if not kept:
        raise ValueError("there are no weights")
    text = json.dumps(kept, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)  # the numbers begin at a multiple of eight
    return b"".join([len(text).to_bytes(_LENGTH, "little"), text, *parts])


def _header(length: bytes, read: Any) -> dict[str, Any]:
    size = int.from_bytes(length, "little")
    if len(length) < _LENGTH or not 2 <= size <= _LONGEST:
        raise ValueError("this is no safetensors file")
    header = json.loads(read(size))
    if not isinstance(header, dict):
        raise ValueError("this is no safetensors file")
    return header


def _gone(path: Path, error: OSError) -> StorageError:
    return StorageError(f"The checkpoint '{path}' can not be read: {error.strerror or error}.", fix=_FIX)
