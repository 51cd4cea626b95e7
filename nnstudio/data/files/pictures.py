"""Pictures of a person's own: a folder looked into, and loaded in one size."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.files.folder import Listing, Picture, listing
from nnstudio.data.files.source import CHOOSE_AGAIN, changed, chosen, opened, refused, shown
from nnstudio.data.loading import Loading
from nnstudio.data.spec import Field, Loaded
from nnstudio.errors import DataError
from nnstudio.params import Values

COLOURS = ("colour", "grey")
FITS = ("crop", "pad", "stretch")
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP")
MOST_PIXELS = 50_000_000
"""A picture that unpacks to more is refused."""
SMALL = 128
"""Pictures that are all of one size up to this stay as they are."""
USUAL = 64
LOOKED_AT = 1000
SHOWN = 12
_PARTS = frozenset({"train", "test", "val", "valid", "validation", "training", "testing"})
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, struct.error, zlib.error)
"""What Pillow raises for pictures that are cut or wrong."""


def size_of(values: Values) -> tuple[int, int]:
    """Height and width."""
    size = values["size"]
    return cast("tuple[int, int]", size) if isinstance(size, tuple) else (cast(int, size), cast(int, size))


def fields(values: Values) -> tuple[Field, ...]:
    """The picture, and its class where there are some."""
    channels = 1 if values["colour"] == "grey" else 3
    image = Field("image", (channels, *size_of(values)), kind="image")
    names = cast("tuple[str, ...]", values["classes"])
    return (image, Field("label", (), "int64", kind="label", names=names)) if names else (image,)


def stamp(values: Values) -> object:
    """Another one when a picture has come, gone or changed. Raises DataError where the folder is gone."""
    return listing(chosen(values), Loading()).stamp


def load(values: Values, loading: Loading) -> Loaded:
    """All pictures. Raises DataError where they are not those that were chosen, or one is broken."""
    found = listing(chosen(values), loading)
    if values["sha256"] and (found.sha256 != values["sha256"] or found.classes != values["classes"]):
        raise changed(found.path)
    image = fields(values)[0]
    loading.need(image.bytes * len(found.pictures), f"'{shown(found.path.name)}'")
    pixels = np.empty((len(found.pictures), *image.shape), np.float32)
    for place, picture in enumerate(found.pictures):
        loading.tell(place, len(found.pictures), f"Reading pictures of {shown(found.path.name)}")
        pixels[place] = _pixels(found.path / picture.name, values).astype(np.float32) / 255
    if not found.classes:
        return Loaded({"image": pixels})
    return Loaded({"image": pixels, "label": np.array([each.label for each in found.pictures], np.int64)})


def look(path: Path, reading: Mapping[str, Any], loading: Loading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters of the data set "image_folder", and facts. Raises DataError."""
    found = listing(path, loading)
    sizes, grey, broken = _sizes(found, loading)
    if not sizes:
        raise broken[0]
    params = {
        "path": str(path),
        "sha256": found.sha256,
        "bytes": found.bytes,
        "size": reading.get("size") or _usual_size(sizes),
        "colour": reading.get("colour") or ("grey" if grey else "colour"),
        "fit": reading.get("fit") or "crop",
        "classes": found.classes,
        "count": len(found.pictures),
    }
    return params, _facts(found, params, sizes, broken)


def _facts(
    found: Listing, params: dict[str, Any], sizes: Counter[tuple[int, int]], broken: list[DataError]
) -> dict[str, Any]:
    counts = Counter(picture.label for picture in found.pictures)
    heights, widths = sorted(size[0] for size in sizes), sorted(size[1] for size in sizes)
    image = fields(params)[0]
    return {
        "kind": "images",
        "name": shown(found.path.name),
        "bytes": found.bytes,
        "rows": len(found.pictures),
        "memory": image.bytes * len(found.pictures),
        "classes": [[name, counts[label]] for label, name in enumerate(found.classes)],
        "smallest": [heights[0], widths[0]],
        "largest": [heights[-1], widths[-1]],
        "pictures": _shown(found, params),
        "warnings": [*(error.message for error in broken[:5]), *_warnings(found)],
    }


def _warnings(found: Listing) -> list[str]:
    told = []
    if found.others:
        told.append(f"{found.others:,} files are no pictures, and are left out.")
    if found.loose:
        told.append(f"{found.loose:,} pictures lie beside the folders of classes, and are left out.")
    if found.classes and all(name.lower() in _PARTS for name in found.classes):
        told.append(f"The folders are parts, not classes: choose one of them, such as '{found.classes[0]}'.")
    if len(found.pictures) < 2:
        told.append("Two pictures are needed at least: one to train with, one to test with.")
    return told


def _sizes(found: Listing, loading: Loading) -> tuple[Counter[tuple[int, int]], bool, list[DataError]]:
    """How often each size comes among pictures from all over the folder, whether all are grey, and which are broken."""
    sizes: Counter[tuple[int, int]] = Counter()
    broken: list[DataError] = []
    grey = True
    looked = found.pictures[:: max(len(found.pictures) // LOOKED_AT, 1)]
    for place, picture in enumerate(looked):
        loading.tell(place, len(looked), f"Looking at pictures of {shown(found.path.name)}")
        try:
            size, is_grey = _header(found.path / picture.name)
        except DataError as error:
            broken.append(error)
            continue
        sizes[size] += 1
        grey = grey and is_grey
    return sizes, grey, broken


def _usual_size(sizes: Counter[tuple[int, int]]) -> tuple[int, int]:
    if len(sizes) == 1 and max(next(iter(sizes))) <= SMALL:
        return next(iter(sizes))
    return USUAL, USUAL


def _shown(found: Listing, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Some pictures as they will be seen, from all over the folder: `pixels` are bytes, row by row."""
    shown_ones: list[dict[str, Any]] = []
    size = size_of(params)
    smaller = {**params, "size": tuple(max(side * USUAL // max(*size, USUAL), 1) for side in size)}
    for picture in found.pictures[:: -(-len(found.pictures) // SHOWN) or 1]:
        try:
            pixels = _pixels(found.path / picture.name, smaller).transpose(1, 2, 0)
        except DataError:
            continue  # told with its place where the headers are looked at, or by loading
        shown_ones.append(_plain(found, picture, pixels))
    return shown_ones


def _plain(found: Listing, picture: Picture, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    return {
        "name": shown(picture.name, 200),
        "class": found.classes[picture.label] if picture.label >= 0 else "",
        "shape": list(pixels.shape),
        "pixels": np.ascontiguousarray(pixels).tobytes(),
    }


def _header(path: Path) -> tuple[tuple[int, int], bool]:
    """Height and width, and whether it is grey. Raises DataError."""
    from PIL import Image

    with opened(path) as file:
        try:
            with Image.open(file, formats=FORMATS) as picture:
                _check_size(path, picture.size)
                return _upright(picture), picture.mode in ("1", "L", "LA", "I", "I;16")
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise _no_picture(path, error) from None


def _upright(picture: Any) -> tuple[int, int]:
    """Height and width as it is seen: a camera that lay on its side says so in the file."""
    from PIL import ExifTags

    lying = picture.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (picture.width, picture.height) if lying else (picture.height, picture.width)


def _pixels(path: Path, values: Mapping[str, Any]) -> NDArray[np.uint8]:
    """Channels × height × width, 0 to 255. Raises DataError."""
    from PIL import Image, ImageOps

    height, width = size_of(values)
    with opened(path) as file:
        try:
            with Image.open(file, formats=FORMATS) as picture:
                _check_size(path, picture.size)
                picture.draft(None, (width * 2, height * 2))  # a JPEG is unpacked no larger than needed
                whole = ImageOps.exif_transpose(picture)
                fitted = _fitted(_plain_mode(whole, values["colour"]), (width, height), str(values["fit"]))
        except (*_BROKEN, Image.DecompressionBombError) as error:
            raise _no_picture(path, error) from None
    array = np.asarray(fitted, np.uint8)
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def _plain_mode(picture: Any, colour: object) -> Any:
    """In grey or in three colours; what is transparent stands on white."""
    from PIL import Image

    if picture.mode.startswith("I"):  # 16 bits a pixel
        picture = Image.fromarray((np.asarray(picture, np.float64) / 257).clip(0, 255).astype(np.uint8))
    if picture.mode in ("LA", "RGBA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.new("RGBA", clear.size, "white")
        picture.alpha_composite(clear)
    return picture.convert("L" if colour == "grey" else "RGB")


def _fitted(picture: Any, size: tuple[int, int], fit: str) -> Any:
    from PIL import Image, ImageOps

    if picture.size == size:
        return picture
    how = Image.Resampling.BILINEAR
    if fit == "crop":
        return ImageOps.fit(picture, size, how)
    return ImageOps.pad(picture, size, how) if fit == "pad" else picture.resize(size, how)


def _check_size(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS or not all(size):
        raise refused(
            path, f"has {size[0]:,} × {size[1]:,} pixels; {MOST_PIXELS:,} are read at most.", "Make it smaller."
        )


def _no_picture(path: Path, error: Exception) -> DataError:
    words = str(error).split(" <")[0]  # Pillow names the open file
    if "identify" in words:
        words = "it is none of " + ", ".join(FORMATS)
    return refused(path, f"in '{shown(path.parent.name)}' is no picture that can be read: {shown(words, 100)}.",
                   f"Mend it, or take it out of the folder. {CHOOSE_AGAIN}")  # fmt: skip
