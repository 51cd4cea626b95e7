"""CIFAR-10: small colour photographs in ten classes, fetched once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import numpy as np

from nnstudio.data.files import cifar
from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Download, Field, Loaded, RemoteFile
from nnstudio.data.web.given import files_param, given, source, stamp_of
from nnstudio.params import Choice, Int, ParamSet, Values

PARTS = {"train": cifar.TRAIN, "test": cifar.TEST, "both": (*cifar.TRAIN, *cifar.TEST)}
_COUNTS = {"train": 50_000, "test": 10_000, "both": 60_000}
_SAMPLES = 5_000
_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def _load(values: Values, loading: Loading) -> Loaded:
    """The first pictures of the files, in their order, 0 to 1; nothing in them is drawn by lot."""
    most = min(cast(int, values["samples"]), _COUNTS[str(values["part"])])
    loading.need(5 * most * cifar.RECORD, "The pictures")
    records = cifar.read(source(values, loading, "cifar10"), PARTS[str(values["part"])], most, loading)
    image = np.empty((len(records), *cifar.SHAPE), np.float32)
    image[:] = records[:, 1:].reshape(image.shape)
    image /= 255
    return Loaded({"image": image, "label": records[:, 0].astype(np.int64)})


def _samples(values: Values) -> int:
    """Only loading tells how many a person's own files hold."""
    return 0 if given(values) else min(cast(int, values["samples"]), _COUNTS[str(values["part"])])


def _candidates(values: Values) -> Iterable[Path]:
    own = given(values) or Path()
    if own.suffix == ".bin":
        own = own.parent
    elif own.is_file():
        return [own]
    names = PARTS[str(values["part"])]
    return [own / cifar.ARCHIVE, *(folder / name for folder in (own, own / cifar.FOLDER) for name in names)]


CIFAR10 = DatasetType(
    name="cifar10",
    title="CIFAR-10",
    summary="60,000 small photographs in ten classes, colour, 32×32 pixels. Fetched once.",
    fields=(
        Field("image", cifar.SHAPE, "float32", kind="image"),
        Field("label", (), "int64", kind="label", names=_NAMES),
    ),
    samples=_samples,
    load=_load,
    params=ParamSet(
        (
            Int("samples", _SAMPLES, "How many pictures at most.", low=10, high=60_000, telling=True),
            Choice("part", "train", PARTS, "The 50,000 pictures to train with, the 10,000 to test with, or both."),
            files_param("Folder or archive of CIFAR-10 in its binary form"),
        )
    ),
    group="images",
    download=Download(
        (
            RemoteFile(
                cifar.ARCHIVE,
                (
                    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                    "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/cifar-10-binary.tar.gz",
                ),
                170_052_171,
                "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            ),
        )
    ),
    stamp=stamp_of(_candidates),
    source="A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009."
    " www.cs.toronto.edu/~kriz/cifar.html",
    licence="None given; free to use with the citation. The photographs are from the web.",
    help="What part of these samples is kept for testing is set in the project's training plan, as for all data.",
    aliases=("photos", "photographs", "colour", "objects", "cifar-10"),
)
