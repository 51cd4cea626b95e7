"""MNIST and two that have its form: 70,000 grey pictures of 28×28 pixels in ten classes, fetched once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.files import idx
from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Download, Field, Loaded, RemoteFile
from nnstudio.data.web.given import files_param, given, source, stamp_of
from nnstudio.params import Choice, Int, ParamSet, Values

PARTS = {"train": ("train",), "test": ("t10k",), "both": ("train", "t10k")}
"""How the parts are called in the names of the files."""
_COUNTS = {"train": 60_000, "test": 10_000, "both": 70_000}
_SIDE, _CLASSES = 28, 10
_ENDINGS = ("idx{0}-ubyte.gz", "idx{0}-ubyte")
_SAMPLES = 10_000


def _load(name: str, values: Values, loading: Loading) -> Loaded:
    """The first pictures of the files, in their order, 0 to 1; nothing in them is drawn by lot."""
    folder, wanted = source(values, loading, name), cast(int, values["samples"])
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = []
    for part in PARTS[str(values["part"])]:
        left = wanted - sum(len(labels) for _, labels in pairs)
        if left:
            pairs.append(_part(folder, part, left, loading))
    count = sum(len(labels) for _, labels in pairs)
    image = np.empty((count, 1, _SIDE, _SIDE), np.float32)
    np.concatenate([images for images, _ in pairs], out=image[:, 0], casting="unsafe")
    image /= 255
    return Loaded({"image": image, "label": np.concatenate([labels for _, labels in pairs]).astype(np.int64)})


def _part(folder: Path, part: str, most: int, loading: Loading) -> tuple[NDArray[Any], NDArray[Any]]:
    """Pictures and labels of one part. Raises DataError where they are not what they should be."""
    pictures, answers = _find(folder, part, "images", 3), _find(folder, part, "labels", 1)
    shape, labelled = idx.header(pictures).shape, idx.header(answers).shape
    if shape[1:] != (_SIDE, _SIDE):
        told = "×".join(map(str, shape))
        raise idx.broken(f"{pictures} holds {told} numbers, and not pictures of {_SIDE}×{_SIDE}.")
    if labelled != shape[:1]:
        told = "×".join(map(str, labelled))
        raise idx.broken(f"{answers} holds {told} labels for the {shape[0]:,} pictures in {pictures.name}.")
    count = min(most, shape[0])
    loading.need(5 * count * _SIDE**2, "The pictures")
    images, labels = idx.read(pictures, loading, count), idx.read(answers, loading, count)
    if labels.size and not 0 <= labels.min() <= labels.max() < _CLASSES:
        raise idx.broken(f"{answers} holds the label {labels.max()}, and there are only 0 to {_CLASSES - 1}.")
    return images, labels


def _find(folder: Path, part: str, what: str, axes: int) -> Path:
    """The file with that part. Raises DataError."""
    found = [path for path in _candidates(folder, part, what, axes) if path.is_file()]
    if found:
        return found[0]
    fix = "Set part to what you have, or choose the folder that holds the files."
    raise idx.broken(f"There is no {part}-{what}-idx{axes}-ubyte.gz in {folder}.", fix)


def _candidates(folder: Path, part: str, what: str, axes: int) -> Iterable[Path]:
    """Packed or not, with a hyphen or a dot; a file stands for the folder it lies in."""
    folder = folder if folder.is_dir() else folder.parent
    for ending in _ENDINGS:
        for mark in "-.":
            yield folder / f"{part}-{what}{mark}{ending.format(axes)}"


def _all_candidates(values: Values) -> Iterable[Path]:
    folder = given(values) or Path()
    for part in PARTS[str(values["part"])]:
        yield from _candidates(folder, part, "images", 3)
        yield from _candidates(folder, part, "labels", 1)


def _samples(values: Values) -> int:
    """Only loading tells how many a person's own files hold."""
    return 0 if given(values) else min(cast(int, values["samples"]), _COUNTS[str(values["part"])])


def _files(mirrors: tuple[str, ...], *files: tuple[str, int, str]) -> Download:
    return Download(
        tuple(RemoteFile(name, tuple(each + name for each in mirrors), size, sha256) for name, size, sha256 in files)
    )


def _mnist(name: str, title: str, names: tuple[str, ...], download: Download, **words: Any) -> DatasetType:
    """The declaration of one of them: all differ in nothing but their files and words."""
    return DatasetType(
        name=name,
        title=title,
        fields=(
            Field("image", (1, _SIDE, _SIDE), "float32", kind="image"),
            Field("label", (), "int64", kind="label", names=names),
        ),
        samples=_samples,
        load=lambda values, loading: _load(name, values, loading),
        params=ParamSet(
            (
                Int("samples", _SAMPLES, "How many pictures at most.", low=10, high=70_000, telling=True),
                Choice("part", "train", PARTS, "The 60,000 pictures to train with, the 10,000 to test with, or both."),
                files_param("Folder with the IDX files"),
            )
        ),
        group="images",
        download=download,
        stamp=stamp_of(_all_candidates),
        help="What part of these samples is kept for testing is set in the project's training plan, as for all data.",
        **words,
    )


MNIST = _mnist(
    "mnist",
    "MNIST",
    tuple("0123456789"),
    _files(
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
        (
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        ("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        ("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        ("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    summary="70,000 handwritten digits, grey, 28×28 pixels. Fetched once.",
    source="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits, 1998.",
    licence="CC BY-SA 3.0",
    aliases=("digits", "handwriting", "numbers"),
)
FASHION_MNIST = _mnist(
    "fashion_mnist",
    "Fashion-MNIST",
    ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    _files(
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        ),
        (
            "train-images-idx3-ubyte.gz",
            26_421_880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        ("train-labels-idx1-ubyte.gz", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        ("t10k-images-idx3-ubyte.gz", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        ("t10k-labels-idx1-ubyte.gz", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
    summary="70,000 articles of clothing, grey, 28×28 pixels: MNIST's form, and harder. Fetched once.",
    source="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, 2017, arxiv.org/abs/1708.07747. Zalando SE.",
    licence="MIT",
    aliases=("clothes", "zalando", "fashion"),
)
KMNIST = _mnist(
    "kmnist",
    "KMNIST",
    ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    _files(
        ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        (
            "train-images-idx3-ubyte.gz",
            18_165_135,
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        ),
        ("train-labels-idx1-ubyte.gz", 29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        ("t10k-images-idx3-ubyte.gz", 3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        ("t10k-labels-idx1-ubyte.gz", 5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ),
    summary="70,000 characters of old Japanese handwriting, grey, 28×28 pixels. Fetched once.",
    source="KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset (created by NIJL and others),"
    " doi.org/10.20676/00000341.",
    licence="CC BY-SA 4.0",
    aliases=("kuzushiji", "japanese", "hiragana"),
)
