"""The zip around a project: `manifest.json` with the SHA-256 of each part, `graph.json`, and what a run left.

Caps hold while reading, before anything is unpacked: count of parts, their sizes, and how far a part may be compressed.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import stat
import zipfile
from pathlib import Path

import msgspec

from nnstudio.errors import StorageError
from nnstudio.graph.training import EpochRow, Trained

FORMAT = 1
MAX_FILE_BYTES = 2 * 2**30
MAX_GRAPH_BYTES = 16 * 2**20
MAX_PART_BYTES = {"manifest.json": 2**20, "graph.json": MAX_GRAPH_BYTES, "history.json": 64 * 2**20}
MAX_WEIGHTS_BYTES = 2 * 2**30
MAX_RATIO = 400
"""How far a part may be compressed: no drawing and no history comes near it. Weights are not compressed at all."""

_DAMAGED = "Try the .bak file beside it."
_PARTS = ("graph.json", "weights.safetensors", "history.json", "thumbnail.png")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    parts: dict[str, str]


class _Row(msgspec.Struct):
    """An EpochRow; what is not finite is null, as JSON has no other word for it."""

    epoch: int
    train_loss: float | None
    test_loss: float | None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0
    metrics: dict[str, float | None] = {}


class _History(msgspec.Struct):
    epochs: tuple[_Row, ...] = ()
    seed: int = 0
    test_split: float = 0.2


def is_zip(data: bytes) -> bool:
    """Whether the data begins as a zip does."""
    return data[:4] == b"PK\x03\x04"


def read_capped(path: Path) -> bytes:
    """The bytes of a file of sane size. Raises StorageError and OSError."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise StorageError(f"'{path.name}' is a folder.", fix="Choose a project file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(f"'{path.name}' is a device or a pipe, not a file.")
    if status.st_size > MAX_FILE_BYTES:
        raise StorageError(f"'{path.name}' is larger than {MAX_FILE_BYTES >> 30} GB.")
    with path.open("rb") as file:
        return file.read(status.st_size)


def pack(graph: bytes, trained: Trained | None) -> bytes:
    """A zip of the parts; the same parts give the same bytes."""
    parts = {"graph.json": graph}
    if trained is not None:
        parts["weights.safetensors"] = trained.weights
        parts["history.json"] = msgspec.json.encode(_kept(trained))  # writes NaN and infinity as null
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    manifest = json.dumps({"format": FORMAT, "parts": hashes}, indent=2).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in {"manifest.json": manifest, **parts}.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            if name.endswith(".json"):
                info.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(info, data)
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[bytes, Trained | None]:
    """The drawing, and what a run left. Raises StorageError for anything that is not exactly a project."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            parts = _parts(zipped, len(data))
    except StorageError:
        raise
    except Exception as error:  # Python's zipfile and zlib raise nearly anything for a zip that was made to hurt
        words = f"{error}".rstrip(".") or type(error).__name__
        raise StorageError(f"its zip is damaged ({words}).", fix=_DAMAGED) from error
    if "graph.json" not in parts:
        raise StorageError("it has no graph.json.")
    if "weights.safetensors" not in parts:
        return parts["graph.json"], None
    history = _history(parts.get("history.json", b""))
    epochs = tuple(map(_epoch, history.epochs))
    return parts["graph.json"], Trained(parts["weights.safetensors"], epochs, history.seed, history.test_split)


def _parts(zipped: zipfile.ZipFile, size: int) -> dict[str, bytes]:
    infos = zipped.infolist()
    names = [info.filename for info in infos]
    if len(set(names)) != len(names) or not set(names) <= {"manifest.json", *_PARTS}:
        raise StorageError("it holds parts that no project has.")
    if sum(info.compress_size for info in infos) > size:
        raise StorageError("its parts are longer than the whole.", fix=_DAMAGED)
    if "manifest.json" not in names:
        raise StorageError("it has no manifest.")
    parts = {info.filename: _read(zipped, info) for info in infos}
    manifest = _manifest(parts.pop("manifest.json"))
    missing = sorted(manifest.parts.keys() - parts.keys())
    if missing:
        raise StorageError(f"its part {missing[0][:64]} is missing.", fix=_DAMAGED)
    for name, data in parts.items():
        if manifest.parts.get(name) != hashlib.sha256(data).hexdigest():
            raise StorageError(f"its part {name} is damaged.", fix=_DAMAGED)
    return parts


def _read(zipped: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise StorageError(f"its part {info.filename} is packed in a way that no project is.")
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
        known = f"its format is {manifest.format}, which this version does not know."
        raise StorageError(known, fix="Get the newest version.")
    return manifest


def _kept(trained: Trained) -> dict[str, object]:
    return {"epochs": trained.epochs, "seed": trained.seed, "test_split": trained.test_split}


def _history(data: bytes) -> _History:
    try:
        history = msgspec.json.decode(data, type=_History) if data else _History()
    except msgspec.MsgspecError as error:
        raise StorageError(f"its history is damaged ({error}).") from error
    if not (0 <= history.seed < 2**31 and 0.0 < history.test_split < 1.0):
        raise StorageError("its history tells of no possible split.")
    return history


def _epoch(row: _Row) -> EpochRow:
    losses = [math.nan if loss is None else loss for loss in (row.train_loss, row.test_loss)]
    metrics = {name: math.nan if value is None else value for name, value in row.metrics.items()}
    return EpochRow(row.epoch, losses[0], losses[1], row.train_accuracy, row.test_accuracy, row.seconds, metrics)
