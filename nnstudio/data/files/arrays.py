"""Files of arrays of a person's own (NPY, NPZ, IDX): looked into, and loaded as inputs and targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.files import idx, npy
from nnstudio.data.files.npy import Entry
from nnstudio.data.files.source import (
    CHOOSE_AGAIN,
    changed,
    check_size,
    chosen,
    fingerprint,
    head,
    refused,
    shown,
    status,
)
from nnstudio.data.loading import Loading, bytes_text
from nnstudio.data.spec import Field, Loaded
from nnstudio.params import Values

LAYOUTS = ("as it is", "grey pictures", "channels last")
SCALES = ("as they are", "divided by 255")
TARGET_KINDS = ("class", "number")
NONE = ""


@dataclass(frozen=True)
class Arrays:
    """The arrays of one file, and of the file of labels beside it."""

    path: Path
    labels: Path | None
    entries: Mapping[str, Entry]

    def read(self, name: str, loading: Loading) -> NDArray[Any]:
        """One of them. Raises DataError."""
        path = self.labels if name == LABELS and self.labels is not None else self.path
        entry = self.entries[name]
        if not _is_idx(path):
            return npy.read(path, entry, loading)
        return idx.read(path, loading)


LABELS = "labels in the other file"
"""The name of the array that a file of labels holds."""
ONLY = "array"
"""The name of the only array of a file."""


def fields(values: Values) -> tuple[Field, ...]:
    """The input, and the target where one is chosen."""
    shape = cast("tuple[int, ...]", values["shape"])
    layout = values["layout"]
    if layout == "grey pictures":
        shape = (1, *shape)
    elif layout == "channels last":
        shape = (shape[-1], *shape[:-1])
    kind = "vector" if len(shape) == 1 else "image" if len(shape) == 3 else "sequence" if len(shape) == 2 else "any"
    found = (Field("x", shape, kind=kind),)
    if values["target"] == NONE:
        return found
    if values["target_kind"] == "class":
        classes, names = cast(int, values["classes"]), cast("tuple[str, ...]", values["names"])
        return (*found, Field("y", (), "int64", kind="label", names=names, size=classes))
    return (*found, Field("y", cast("tuple[int, ...]", values["target_shape"])))


def stamp(values: Values) -> object:
    """Another one when a file has changed. Raises DataError where one is gone."""
    paths = [chosen(values)] + ([Path(str(values["labels"]))] if values["labels"] else [])
    return tuple((found.st_mtime_ns, found.st_size) for found in map(status, paths))


def load(values: Values, loading: Loading) -> Loaded:
    """The input and the target. Raises DataError where the files are not those that were chosen, or broken."""
    path = chosen(values)
    check_size(path, values)
    fingerprint(path, loading).check(path, values)
    labels = Path(str(values["labels"])) if values["labels"] else None
    wanted = values["labels_sha256"]
    if labels is not None and wanted and fingerprint(labels, loading).sha256 != wanted:
        raise changed(labels)
    found = open_arrays(path, labels)
    declared = {field.name: field for field in fields(values)}
    arrays = {"x": _input(found, values, declared["x"], loading)}
    if "y" in declared:
        arrays["y"] = _target(found, values, declared["y"], loading)
        if len(arrays["y"]) != len(arrays["x"]):
            raise refused(path, f"has {len(arrays['x']):,} inputs and {len(arrays['y']):,} targets.")
    return Loaded(arrays)


def open_arrays(path: Path, labels: Path | None) -> Arrays:
    """What arrays there are. Raises DataError."""
    found = dict(_entries(path))
    if labels is not None:
        found[LABELS] = next(iter(_entries(labels).values()))
    return Arrays(path, labels, found)


def _entries(path: Path) -> dict[str, Entry]:
    if _is_idx(path):
        found = idx.header(path)
        _check_idx(path, found)
        return {ONLY: Entry(NONE, found.shape, found.dtype)}
    return {entry.name or ONLY: entry for entry in npy.entries(path)}


def _check_idx(path: Path, found: idx.Header) -> None:
    """What it promises against how long it is, before memory is taken."""
    length = path.stat().st_size
    if head(path, 2) == b"\x1f\x8b":
        if found.bytes > max(npy.MUCH, npy.MOST_TIMES * length):
            raise refused(path, f"claims to unpack to {bytes_text(found.bytes)}, which no ordinary data do.")
    elif length != found.length + found.bytes:
        words = f"has {length:,} bytes, and its header promises {found.length + found.bytes:,}."
        raise refused(path, words, "Get the file again.")


def _is_idx(path: Path) -> bool:
    start = head(path, 4)
    if start.startswith(b"\x1f\x8b"):
        start = unpacked_head(path, 4)
    return idx.is_idx(start)


def unpacked_head(path: Path, size: int) -> bytes:
    """The first bytes of what gzip has packed. Raises DataError."""
    with idx.opened(path) as file:
        return file.read(size)


def _input(found: Arrays, values: Values, field: Field, loading: Loading) -> NDArray[Any]:
    name = str(values["input"])
    entry = _entry(found, name)
    rows = entry.shape[0] if entry.shape else 0
    loading.need(rows * field.bytes + entry.bytes, f"'{shown(found.path.name)}'")
    if (entry.shape[1:] or (1,)) != values["shape"]:
        raise changed(found.path)
    array = found.read(name, loading).astype(np.float32).reshape(rows, *cast("tuple[int, ...]", values["shape"]))
    if values["layout"] == "channels last":
        array = np.ascontiguousarray(np.moveaxis(array, -1, 1))
    if values["scale"] == "divided by 255":
        array /= 255
    _check_finite(found.path, name, array)
    return array.reshape(rows, *field.shape)


def _target(found: Arrays, values: Values, field: Field, loading: Loading) -> NDArray[Any]:
    name = str(values["target"])
    _entry(found, name)
    array = found.read(name, loading)
    if field.kind != "label":
        array = array.astype(np.float32).reshape(len(array), *field.shape)
        _check_finite(found.path, name, array)
        return array
    if array.dtype.kind in "US":
        return _named(found.path, name, array, field)
    labels = array.astype(np.int64).reshape(len(array))
    wrong = labels[(labels < 0) | (labels >= field.classes)]
    if len(wrong):
        raise refused(found.path, f"has the class {wrong[0]} in '{shown(name)}'; there are {field.classes}.")
    return labels


def _named(path: Path, name: str, array: NDArray[Any], field: Field) -> NDArray[np.int64]:
    """Which class each text is the name of. Raises DataError for one that is none."""
    places = {text: place for place, text in enumerate(field.names)}
    texts = [text_of(value) for value in array.ravel()]
    unknown = next((text for text in texts if text not in places), None)
    if unknown is not None:
        raise refused(path, f"has '{shown(unknown)}' in '{shown(name)}', which is none of its classes.", CHOOSE_AGAIN)
    return np.array([places[text] for text in texts], np.int64)


def _entry(found: Arrays, name: str) -> Entry:
    if name not in found.entries:
        known = ", ".join(shown(each) for each in list(found.entries)[:10])
        raise refused(found.path, f"has no array '{shown(name)}'.", f"It has: {known}.")
    return found.entries[name]


def _check_finite(path: Path, name: str, array: NDArray[Any]) -> None:
    """NaN and infinity would end every training."""
    good = np.isfinite(array)
    if not good.all():
        place = ", ".join(str(int(axis[0])) for axis in np.nonzero(~good))
        raise refused(path, f"has a value in '{shown(name)}' at [{place}] that is no finite number.", "Mend the file.")


def text_of(value: Any) -> str:
    """Without halves of characters, which no project file can hold."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.encode("utf-8", "replace").decode()
