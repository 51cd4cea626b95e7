"""The zip around a project: `manifest.json` with the SHA-256 of each part, `graph.json`, and what a run left.

Caps hold while reading, before anything is unpacked: count of parts, their sizes, and how far a part may be compressed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import msgspec

from nnstudio.errors import StorageError
from nnstudio.graph.training import EpochRow, Trained

FORMAT = 1
MAX_FILE_BYTES = 2 * 2**30
MAX_PART_BYTES = {"manifest.json": 2**20, "graph.json": 16 * 2**20, "history.json": 64 * 2**20}
MAX_WEIGHTS_BYTES = 2 * 2**30
MAX_RATIO = 400
"""Weights of a constant compress far; a bomb far more."""

_PARTS = ("graph.json", "weights.safetensors", "history.json", "thumbnail.png")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    parts: dict[str, str]


def is_zip(data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04"


def read_capped(path: Path) -> bytes:
    """The bytes of a file of sane size. Raises StorageError and OSError."""
    if path.is_dir():
        raise StorageError(f"'{path.name}' is a folder.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise StorageError(f"'{path.name}' is larger than {MAX_FILE_BYTES >> 30} GB.")
    return path.read_bytes()


def pack(graph: bytes, trained: Trained | None) -> bytes:
    """A zip of the parts; the same parts give the same bytes."""
    parts = {"graph.json": graph}
    if trained is not None:
        parts["weights.safetensors"] = trained.weights
        parts["history.json"] = msgspec.json.encode({"epochs": trained.epochs})
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    manifest = json.dumps({"format": FORMAT, "parts": hashes}, indent=2).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in {"manifest.json": manifest, **parts}.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, data)
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[bytes, Trained | None]:
    """The drawing, and what a run left. Raises StorageError for anything that is not exactly a project."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            parts = _parts(zipped)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise StorageError(f"its zip is damaged ({error}).", fix="Try the .bak file beside it.") from error
    if "graph.json" not in parts:
        raise StorageError("it has no graph.json.")
    if "weights.safetensors" not in parts:
        return parts["graph.json"], None
    return parts["graph.json"], Trained(parts["weights.safetensors"], _epochs(parts.get("history.json", b"")))


def _parts(zipped: zipfile.ZipFile) -> dict[str, bytes]:
    infos = zipped.infolist()
    names = [info.filename for info in infos]
    if len(set(names)) != len(names) or not set(names) <= {"manifest.json", *_PARTS}:
        raise StorageError("it holds parts that no project has.")
    if "manifest.json" not in names:
        raise StorageError("it has no manifest.")
    parts = {info.filename: _read(zipped, info) for info in infos}
    manifest = _manifest(parts.pop("manifest.json"))
    for name, data in parts.items():
        if manifest.parts.get(name) != hashlib.sha256(data).hexdigest():
            raise StorageError(f"its part {name} is damaged.", fix="Try the .bak file beside it.")
    return parts


def _read(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    cap = MAX_PART_BYTES.get(info.filename, MAX_WEIGHTS_BYTES)
    if info.file_size > cap or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
        raise StorageError(f"its part {info.filename} unpacks to {info.file_size:,} bytes, which can not be right.")
    with zipped.open(info) as part:
        data = part.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise StorageError(f"its part {info.filename} is not as long as it says.")
    return data


def _manifest(data: bytes) -> _Manifest:
    try:
        manifest = msgspec.json.decode(data, type=_Manifest)
    except msgspec.MsgspecError as error:
        raise StorageError(f"its manifest is damaged ({error}).") from error
    if manifest.format != FORMAT:
        raise StorageError(f"its format is {manifest.format}, which this version does not know.", fix="Get the newest version.")
    return manifest


class _History(msgspec.Struct):
    epochs: tuple[EpochRow, ...] = ()


def _epochs(data: bytes) -> tuple[EpochRow, ...]:
    try:
        return msgspec.json.decode(data, type=_History).epochs if data else ()
    except msgspec.MsgspecError as error:
        raise StorageError(f"its history is damaged ({error}).") from error
