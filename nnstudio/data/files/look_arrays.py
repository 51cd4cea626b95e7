"""Looking into a file of arrays: which of them may be inputs and targets, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.files.arrays import LABELS, LAYOUTS, NONE, Arrays, fields, open_arrays, text_of
from nnstudio.data.files.npy import Entry
from nnstudio.data.files.source import fingerprint, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.params.files import LONGEST_STRING

MOST_CLASSES = 1000
_INPUTS = ("x", "x_train", "images", "image", "data", "features", "inputs", "arr_0")
_TARGETS = ("y", "y_train", "labels", "label", "target", "targets", "classes", "arr_1")
_MOST_NUMBERS = 50_000_000
"""Of one sample."""


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
        params |= _target_params(found, source, target, reading, loading)
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
        rows = found.entries[but].shape[0]
        left = {name: entry for name, entry in left.items() if entry.shape[0] == rows and _can_be_told(entry)}
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


def _can_be_told(entry: Entry) -> bool:
    """Several texts a sample are no class."""
    return entry.dtype.kind not in "US" or entry.shape[1:] in ((), (1,))


def _input_params(path: Path, entry: Entry, reading: Mapping[str, Any]) -> dict[str, Any]:
    shape = entry.shape[1:] or (1,)
    if entry.dtype.kind in "US":
        raise refused(path, "holds texts where the network is to see numbers.", "Choose another array as the input.")
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


def _target_params(
    found: Arrays, source: str, target: str, reading: Mapping[str, Any], loading: Loading
) -> dict[str, Any]:
    if found.entries[target].shape[:1] != found.entries[source].shape[:1]:
        words = f"has not as many targets in '{shown(target)}' as inputs in '{shown(source)}'."
        raise refused(found.path, words, "Choose another array as the target, or none.")
    array = found.read(target, loading)
    shape = array.shape[1:] or (1,)
    flat = array.reshape(len(array), -1)
    if array.dtype.kind in "US":
        names = tuple(sorted({text_of(value) for value in np.unique(array)}))
        _check_names(found.path, target, names, array)
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


def _check_names(path: Path, target: str, names: tuple[str, ...], array: NDArray[Any]) -> None:
    """Raise DataError where the texts can not be the names of classes."""
    words = ""
    if array.size != len(array):
        words = f"has {array.size:,} texts for {len(array):,} samples"
    elif max(map(len, names), default=0) > LONGEST_STRING:
        words = f"has a text of more than {LONGEST_STRING} characters, which is no name of a class"
    if words:
        raise refused(path, f"{words}, in '{shown(target)}'.", "Choose another array as the target, or none.")
