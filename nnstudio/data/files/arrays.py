"""Files of arrays of a person's own (NPY, NPZ, IDX): looked into, and loaded as inputs and targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data import idx
from nnstudio.data.files import npy
from nnstudio.data.files.npy import Entry
from nnstudio.data.files.source import changed, check_size, chosen, fingerprint, head, refused, shown, status
from nnstudio.data.loading import Loading, bytes_text
from nnstudio.data.spec import Field, Loaded
from nnstudio.errors import DataError
from nnstudio.params import Values

LAYOUTS = ("as it is", "grey pictures", "channels last")
SCALES = ("as they are", "divided by 255")
TARGET_KINDS = ("class", "number")
NONE = ""
MOST_CLASSES = 1000
_INPUTS = ("x", "x_train", "images", "image", "data", "features", "inputs", "arr_0")
_TARGETS = ("y", "y_train", "labels", "label", "target", "targets", "classes", "arr_1")
_MOST_NUMBERS = 50_000_000
"""Of one sample."""


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
        with _own():
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


def look(path: Path, reading: Mapping[str, Any], loading: Loading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters of the data set "array_file", and facts. Raises DataError."""
    labels = Path(str(reading["labels"])) if reading.get("labels") else _beside(path)
    found = open_arrays(path, labels)
    print_ = fingerprint(path, loading)
    source = _chosen(found, reading, "input", _INPUTS, None)
    target = _chosen(found, reading, "target", _TARGETS, source)
    _check_labels(found, source)
    params = {
        "path": str(path),
        "sha256": print_.sha256,
        "bytes": print_.size,
        "labels": str(labels) if labels is not None else "",
        "labels_sha256": fingerprint(labels, loading).sha256 if labels is not None else "",
        "input": source,
        "target": target,
        **_input_params(path, found.entries[source], reading),
    }
    if target:
        params |= _target_params(found, target, reading, loading)
    return params, _facts(found, params, print_.size)


def _check_labels(found: Arrays, source: str) -> None:
    """Raise DataError where the other file has more or fewer labels than there are inputs."""
    if found.labels is None:
        return
    labels, inputs = (found.entries[name].shape[:1] for name in (LABELS, source))
    if labels != inputs:
        words = f"has {sum(labels):,} labels for {sum(inputs):,} inputs."
        raise refused(found.labels, words, "Choose the labels that belong to it.")


def _facts(found: Arrays, params: dict[str, Any], size: int) -> dict[str, Any]:
    rows = params["count"]
    full = {"target_kind": "class", "names": (), "classes": 0, "target_shape": (1,), **params}
    return {
        "kind": "arrays",
        "name": shown(found.path.name),
        "bytes": size,
        "rows": rows,
        "memory": rows * sum(field.bytes for field in fields(full)),
        "arrays": [[name, list(entry.shape), str(entry.dtype)] for name, entry in found.entries.items()],
        "warnings": [] if params["target"] else ["No array is the target: there is nothing to tell from the input."],
    }


def _entries(path: Path) -> dict[str, Entry]:
    if _is_idx(path):
        with _own():
            found = idx.header(path)
        _check_idx(path, found)
        return {ONLY: Entry(NONE, found.shape, found.dtype)}
    return {entry.name or ONLY: entry for entry in npy.entries(path)}


@contextmanager
def _own() -> Iterator[None]:
    """What is wrong with the file is something that a person can mend by choosing another."""
    try:
        yield
    except DataError as error:
        error.kind = error.kind or "file"
        raise


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
    return is_idx(start)


def is_idx(start: bytes) -> bool:
    """Whether a file that begins so is in the form of MNIST."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in idx.TYPES and 0 < start[3] <= npy.MOST_AXES


def unpacked_head(path: Path, size: int) -> bytes:
    """The first bytes of what gzip has packed. Raises DataError."""
    with _own(), idx.opened(path) as file:
        return file.read(size)


def _beside(path: Path) -> Path | None:
    """The labels that lie beside a file of pictures, where both are called as those of MNIST are."""
    for of_pictures, of_labels in (("images-idx3", "labels-idx1"), ("images.idx3", "labels.idx1")):
        if of_pictures in path.name:
            for suffix in ("", ".gz"):
                name = path.name.removesuffix(".gz").replace(of_pictures, of_labels) + suffix
                if path.with_name(name).is_file():
                    return path.with_name(name)
    return None


def _chosen(found: Arrays, reading: Mapping[str, Any], what: str, names: tuple[str, ...], but: str | None) -> str:
    asked = reading.get(what)
    if isinstance(asked, str) and (asked in found.entries or (asked == NONE and what == "target")):
        return asked
    left = {name: entry for name, entry in found.entries.items() if name != but and entry.shape}
    if but is not None:
        left = {name: entry for name, entry in left.items() if entry.shape[0] == found.entries[but].shape[0]}
        if LABELS in left:
            return LABELS
    good = {name: entry for name, entry in left.items() if but is not None or entry.dtype.kind in "biuf"}
    named = next((name for wanted in names for name in good if name.lower() == wanted), None)
    if named:
        return named
    if but is not None:
        return next(iter(good), NONE)
    if not good:
        raise refused(found.path, "has no array of numbers with one entry for each sample.")
    return max(good, key=lambda name: (name != LABELS, good[name].bytes))


def _input_params(path: Path, entry: Entry, reading: Mapping[str, Any]) -> dict[str, Any]:
    shape = entry.shape[1:] or (1,)
    if not entry.shape or entry.shape[0] < 1 or 0 in shape or np.prod(shape, dtype=float) > _MOST_NUMBERS:
        raise refused(path, f"holds samples of the shape {shown(str(entry.shape))}, from which nothing can be learned.")
    pictures = entry.dtype == np.uint8
    guessed = "as it is"
    if len(shape) == 2 and pictures:
        guessed = "grey pictures"
    elif len(shape) == 3 and shape[-1] in (1, 3, 4) and shape[0] not in (1, 3):
        guessed = "channels last"
    asked = reading.get("layout")
    fits = {"grey pictures": 2, "channels last": 3}.get(str(asked), len(shape)) == len(shape)
    return {
        "shape": shape,
        "count": entry.shape[0],
        "layout": asked if asked in LAYOUTS and fits else guessed,
        "scale": reading.get("scale") or ("divided by 255" if pictures else "as they are"),
    }


def _target_params(found: Arrays, target: str, reading: Mapping[str, Any], loading: Loading) -> dict[str, Any]:
    array = found.read(target, loading)
    shape = array.shape[1:] or (1,)
    flat = array.reshape(len(array), -1)
    if array.dtype.kind in "US":
        names = tuple(sorted({str(_text(value)) for value in np.unique(array)}))
        return {"target_kind": "class", "names": names, "classes": len(names), "target_shape": (1,)}
    whole = flat.shape[1] == 1 and array.size and array.dtype.kind in "biu" and int(array.min()) >= 0
    fits = bool(whole and int(array.max()) < MOST_CLASSES)
    asked = reading.get("target_kind")
    return {
        "target_kind": "class" if fits and asked != "number" else "number",
        "classes": int(array.max()) + 1 if fits else 0,
        "names": (),
        "target_shape": shape,
    }


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
        places = {text: place for place, text in enumerate(field.names)}
        texts = [str(_text(value)) for value in array.ravel()]
        strange = next((text for text in texts if text not in places), None)
        if strange is not None:
            raise refused(found.path, f"has '{shown(strange)}' in '{shown(name)}', which is none of its classes.")
        return np.array([places[text] for text in texts], np.int64)
    labels = array.astype(np.int64).reshape(len(array))
    if len(labels) and not 0 <= labels.min() <= labels.max() < field.classes:
        raise refused(found.path, f"has the class {labels.max()} in '{shown(name)}'; there are {field.classes}.")
    return labels


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


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
