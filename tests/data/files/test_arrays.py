"""Files of arrays of one's own."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef
from tests.data.files.looking import arrays, load, looked

NUMBERS = np.random.default_rng(0).normal(size=(20, 3))
PIXELS = np.random.default_rng(1).integers(0, 256, (20, 6, 5, 3)).astype(np.uint8)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def test_one_array_is_the_input(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", NUMBERS)
    given = arrays(tmp_path / "a.npy")
    assert set(given) == {"x"}
    assert np.array_equal(given["x"], NUMBERS.astype(np.float32))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_of_several_the_largest_is_the_input_and_one_as_long_the_target(tmp_path: Path, save: object) -> None:
    save(tmp_path / "a.npz", extra=np.zeros((3, 3)), y=np.arange(20) % 4, features=NUMBERS)  # type: ignore[operator]
    params, facts = looked(tmp_path / "a.npz")
    assert (params["input"], params["target"], params["classes"]) == ("features", "y", 4)
    assert [array[0] for array in facts["arrays"]] == ["extra", "y", "features"]
    assert load("array_file", params).arrays["y"].tolist() == [i % 4 for i in range(20)]


def test_which_is_which_can_be_said(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=NUMBERS, b=NUMBERS[:, :1] * 2)
    params, _ = looked(tmp_path / "a.npz", input="b", target="a")
    given = load("array_file", params).arrays
    assert (given["x"].shape, given["y"].shape) == ((20, 1), (20, 3))
    assert looked(tmp_path / "a.npz", target="")[0]["target"] == ""


def test_pictures_are_channels_first_and_from_zero_to_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=PIXELS)
    params, _ = looked(tmp_path / "a.npz")
    assert (params["layout"], params["scale"]) == ("channels last", "divided by 255")
    image = load("array_file", params).arrays["x"]
    assert np.allclose(image, PIXELS.transpose(0, 3, 1, 2) / 255)
    field = dataset("array_file").field("x", params)
    assert (field.shape, field.kind) == ((3, 6, 5), "image")
    assert arrays(tmp_path / "a.npz", layout="as it is")["x"].shape == (20, 6, 5, 3)


def test_an_array_by_columns_is_read_by_rows(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.asfortranarray(NUMBERS))
    assert np.array_equal(arrays(tmp_path / "a.npy")["x"], NUMBERS.astype(np.float32))


def test_texts_are_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=NUMBERS, y=np.array(["dog", "cat"] * 10))
    params, _ = looked(tmp_path / "a.npz")
    assert params["names"] == ("cat", "dog")
    assert load("array_file", params).arrays["y"][:2].tolist() == [1, 0]


def test_a_text_that_is_no_class_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=NUMBERS, y=np.array(["dog", "cat"] * 10))
    params, _ = looked(tmp_path / "a.npz")
    with pytest.raises(DataError, match="has 'dog' in 'y', which is none of its classes"):
        load("array_file", {**params, "names": ("cat", "cow")})


def test_texts_that_can_be_no_classes_are_told_or_passed_over(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=NUMBERS, y=np.array([["dog", "cat"]] * 20), z=np.array(["k" * 201, "m"] * 10))
    with pytest.raises(DataError, match="a text of more than 200 characters"):
        looked(tmp_path / "a.npz")
    assert looked(tmp_path / "a.npz", target="")[0]["target"] == ""
    with pytest.raises(DataError, match="has 40 texts for 20 samples, in 'y'"):
        looked(tmp_path / "a.npz", target="y")
    with pytest.raises(DataError, match="holds texts where the network is to see numbers"):
        looked(tmp_path / "a.npz", input="z", target="")


def test_a_target_that_is_not_as_long_is_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=NUMBERS, one=np.array(3), few=np.arange(3))
    for target in ("one", "few"):
        with pytest.raises(DataError, match=f"has not as many targets in '{target}' as inputs in 'x'"):
            looked(tmp_path / "a.npz", target=target)


@pytest.mark.parametrize("packed", [False, True])
def test_labels_beside_pictures_of_mnist_are_found(tmp_path: Path, packed: bool) -> None:
    suffix = ".gz" if packed else ""
    for name, array in (
        ("t-images-idx3-ubyte", PIXELS[..., 0]),
        ("t-labels-idx1-ubyte", np.arange(20, dtype=np.uint8)),
    ):
        data = idx(np.ascontiguousarray(array))
        (tmp_path / (name + suffix)).write_bytes(gzip.compress(data) if packed else data)
    path = tmp_path / f"t-images-idx3-ubyte{suffix}"
    params, _ = looked(path)
    given = load("array_file", params).arrays
    assert given["x"].shape == (20, 1, 6, 5)
    assert given["y"].tolist() == list(range(20))
    (tmp_path / f"t-labels-idx1-ubyte{suffix}").write_bytes(gzip.compress(idx(np.zeros(20, np.uint8))))
    with pytest.raises(DataError, match=r"t-labels-idx1-ubyte.* has changed"):
        load("array_file", params)


def test_memory_is_counted_before(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", NUMBERS)
    params, _ = looked(tmp_path / "a.npy")
    with pytest.raises(DataError, match="100 bytes are free"):
        load("array_file", params, Loading(memory=100))


def test_a_drawing_knows_its_fields_before_a_file_is_chosen() -> None:
    assert [field.shape for field in dataset("array_file").fields_for()] == [(1,)]
    with pytest.raises(DataError, match="No file chosen yet"):
        engine.load(DataRef("array_file"))
