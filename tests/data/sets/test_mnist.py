"""MNIST and those of its form: the files a person has already, and the real test files where they lie beside."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.spec import check_loaded
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import DataError
from nnstudio.protocol.messages import DataRef
from tests.data.files.test_idx import packed

REAL = Path(__file__).parents[4] / "shared" / "data"
MNIST = dataset("mnist")


def write(folder, part, images, labels, end="-idx{0}-ubyte.gz"):
    for what, axes, array in (("images", 3, images), ("labels", 1, labels)):
        content = packed(np.asarray(array))
        name = f"{part}-{what}{end.format(axes)}"
        (folder / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)


def some(count, start=0):
    images = np.arange(start, start + count)[:, None, None] % 256 + np.zeros((1, 28, 28), int)
    return images, np.arange(start, start + count) % 10


def load(folder, **values):
    checked = MNIST.params.check({"files": str(folder), **values})
    loaded = MNIST.load(checked, Loading())
    check_loaded(MNIST, checked, loaded)
    return loaded.arrays


@pytest.mark.parametrize("end", ["-idx{0}-ubyte.gz", "-idx{0}-ubyte", ".idx{0}-ubyte"])
def test_own_files_are_read_whatever_their_ending(tmp_path, end):
    write(tmp_path, "train", *some(30), end=end)
    found = load(tmp_path)
    assert found["image"].shape == (30, 1, 28, 28)
    assert found["image"][:, 0, 3, 3] == pytest.approx(np.arange(30) / 255)
    assert found["label"].tolist() == [n % 10 for n in range(30)]


def test_both_parts_follow_each_other_and_samples_counts_both(tmp_path):
    write(tmp_path, "train", *some(30))
    write(tmp_path, "t10k", *some(20, start=100))
    assert len(load(tmp_path, part="test")["label"]) == 20
    both = load(tmp_path, part="both", samples=40)
    assert (both["image"][:, 0, 0, 0] * 255).round().tolist() == [*range(30), *range(100, 110)]
    assert len(load(tmp_path, part="both", samples=12)["label"]) == 12


def test_a_file_stands_for_its_folder(tmp_path):
    write(tmp_path, "train", *some(30))
    assert len(load(tmp_path / "train-labels-idx1-ubyte.gz")["label"]) == 30


def test_what_does_not_belong_together_is_told(tmp_path):
    images, labels = some(30)
    for wrong, words in (
        ((images, labels[:20]), "holds 20 labels for the 30 pictures"),
        ((images[:, :14], labels), "holds 30×14×28 numbers"),
        ((images, labels + 5), "holds the label 14"),
    ):
        write(tmp_path, "train", *wrong)
        with pytest.raises(DataError, match=words):
            load(tmp_path)


def test_a_part_that_is_not_there_is_told(tmp_path):
    write(tmp_path, "t10k", *some(20))
    with pytest.raises(DataError, match=r"no train-images-idx3-ubyte\.gz") as caught:
        load(tmp_path)
    assert "Set part" in caught.value.fix


def test_the_declared_count_and_memory():
    assert MNIST.samples_for() == 10_000
    assert MNIST.samples_for({"part": "test", "samples": 70_000}) == 10_000
    assert MNIST.samples_for({"part": "both", "samples": 70_000}) == 70_000
    assert MNIST.samples_for({"files": "/x"}) == 0
    assert MNIST.bytes_for() == 10_000 * (784 * 4 + 8)


def test_pictures_that_do_not_fit_are_refused_with_the_number(tmp_path):
    write(tmp_path, "train", *some(300))
    with pytest.raises(DataError, match=r"1\.2 MB of memory, and 100 kB are free"):
        MNIST.load(MNIST.params.check({"files": str(tmp_path)}), Loading(memory=100_000))


def test_the_engine_takes_own_files_and_notices_when_they_change(tmp_path):
    write(tmp_path, "train", *some(30))
    ref = DataRef("mnist", {"files": str(tmp_path)})
    first = engine.load(ref)
    assert engine.load(ref) is first
    write(tmp_path, "train", *some(40))
    assert engine.load(ref).train_samples == 32
    (tmp_path / "train-images-idx3-ubyte.gz").unlink()
    with pytest.raises(DataError) as caught:
        engine.load(ref)
    assert caught.value.kind == "file"
    with pytest.raises(DataError, match="not there any more") as caught:
        engine.load(DataRef("mnist", {"files": str(tmp_path / "gone")}))
    assert caught.value.kind == "file"


def test_the_engine_says_what_has_to_be_fetched_and_notices_its_arrival_and_removal(tmp_path, monkeypatch):
    ref = DataRef("mnist", folder=str(tmp_path))
    with pytest.raises(DataError, match="not on this computer") as caught:
        engine.load(ref)
    assert caught.value.kind == "download"
    folder = tmp_path / "mnist"
    folder.mkdir()
    write(folder, "train", *some(30))
    write(folder, "t10k", *some(30))
    for file in MNIST.download.files:  # small ones stand for those that were fetched
        monkeypatch.setitem(file.__dict__, "size", (folder / file.name).stat().st_size)
    assert engine.load(ref).train_samples == 24
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match="not on this computer"):
        engine.load(ref)


@pytest.mark.skipif(not (REAL / "t10k-images-idx3-ubyte.gz").exists(), reason=f"no MNIST test files in {REAL}")
def test_the_real_test_files():
    for file in MNIST.download.files[2:]:
        content = (REAL / file.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    found = load(REAL, part="test")
    assert found["image"].shape == (10_000, 1, 28, 28)
    assert found["label"][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert found["image"].mean() == pytest.approx(0.1325, abs=1e-3)
