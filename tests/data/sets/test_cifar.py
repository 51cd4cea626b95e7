"""CIFAR-10 in its binary form, from a folder and from the archive; what is broken is told with its place."""

import gzip
import io
import tarfile
import tracemalloc

import numpy as np
import pytest

from nnstudio.data.files import cifar
from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.spec import check_loaded
from nnstudio.errors import DataError

CIFAR10 = dataset("cifar10")
NAMES = (*cifar.TRAIN, *cifar.TEST)


def batch(number, count=20):
    """Each batch has pictures of a grey of its own, whose upper left red pixel counts them."""
    records = np.full((count, cifar.RECORD), 10 * number, np.uint8)
    records[:, 0] = np.arange(count) % 10
    records[:, 1] = np.arange(count)
    return records.tobytes()


def put_folder(folder):
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(batch(number))


def put_archive(path, order=NAMES):
    with tarfile.open(path, "w:gz") as archive:
        for name in (*order, "readme.html"):
            content = batch(NAMES.index(name)) if name in NAMES else b"<html>"
            member = tarfile.TarInfo(f"{cifar.FOLDER}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def load(source, **values):
    checked = CIFAR10.params.check({"files": str(source), **values})
    loaded = CIFAR10.load(checked, Loading())
    check_loaded(CIFAR10, checked, loaded)
    return loaded.arrays


def greys(found):
    return (found["image"][:, 1, 5, 5] * 255 / 10).round().astype(int).tolist()


def test_a_folder_and_the_archive_give_the_same_in_the_order_of_their_names(tmp_path):
    put_folder(tmp_path / cifar.FOLDER)
    put_archive(tmp_path / "shuffled.tar.gz", NAMES[::-1])
    for values in ({}, {"part": "test"}, {"part": "both"}, {"samples": 25}):
        one, other = load(tmp_path, **values), load(tmp_path / "shuffled.tar.gz", **values)
        third = load(tmp_path / cifar.FOLDER / "data_batch_2.bin", **values)
        assert all(np.array_equal(one[name], each[name]) for each in (other, third) for name in one)
    assert greys(load(tmp_path, part="both")) == [n for n in range(6) for _ in range(20)]
    assert greys(load(tmp_path, samples=25)) == [0] * 20 + [1] * 5
    assert load(tmp_path, part="test")["label"].tolist() == [n % 10 for n in range(20)]


def test_colours_and_rows_are_where_they_belong(tmp_path):
    record = np.zeros(cifar.RECORD, np.uint8)
    record[0], record[1 + 1024 + 32] = 7, 255  # green, second row
    (tmp_path / "test_batch.bin").write_bytes(record.tobytes() * 10)
    found = load(tmp_path, part="test")
    assert found["label"][0] == 7
    assert np.argwhere(found["image"][0]).tolist() == [[1, 1, 0]]


def test_the_archive_in_a_folder_is_taken_and_may_lack_batches(tmp_path):
    put_archive(tmp_path / cifar.ARCHIVE, NAMES[1:3])
    assert greys(load(tmp_path)) == [1] * 20 + [2] * 20
    with pytest.raises(DataError, match=r"no test_batch\.bin"):
        load(tmp_path, part="test")


def test_an_archive_is_read_only_as_far_as_needed(tmp_path):
    put_archive(tmp_path / "x.tar.gz")
    plain = gzip.decompress((tmp_path / "x.tar.gz").read_bytes())
    (tmp_path / "cut.tar").write_bytes(plain[: 2 * 20 * cifar.RECORD])
    assert len(load(tmp_path / "cut.tar", samples=20)["label"]) == 20


def broken(tmp_path, name):
    put_archive(tmp_path / "x.tar.gz")
    archive = (tmp_path / "x.tar.gz").read_bytes()
    match name:
        case "text":
            return b"no archive at all, but long enough to be looked at" * 30
        case "empty":
            return b""
        case "cut":
            return archive[: len(archive) // 2]
        case "packed wrongly":
            return archive[:200] + bytes(100) + archive[300:]
    raise AssertionError(name)


@pytest.mark.parametrize("name", ["text", "empty", "cut", "packed wrongly"])
def test_broken_archives_are_told(tmp_path, name):
    path = tmp_path / "broken.tar.gz"
    path.write_bytes(broken(tmp_path, name))
    with pytest.raises(DataError, match=r"no sound archive|can not be unpacked"):
        load(path)


def test_broken_batches_are_told_with_their_place(tmp_path):
    put_folder(tmp_path)
    (tmp_path / "data_batch_1.bin").write_bytes(batch(0)[:-5])
    with pytest.raises(DataError, match=r"data_batch_1\.bin ends within a record, after byte 61,455"):
        load(tmp_path)
    wrong = bytearray(batch(0))
    wrong[3 * cifar.RECORD] = 99
    (tmp_path / "data_batch_1.bin").write_bytes(wrong)
    with pytest.raises(DataError, match="record 4 has the class 99"):
        load(tmp_path)
    with pytest.raises(DataError, match="no data_batch_1"):
        load(tmp_path / "nothing")


def test_a_link_in_an_archive_leads_nowhere(tmp_path):
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("data_batch_1.bin")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(DataError, match="no data_batch_1"):
        load(tmp_path / "x.tar.gz")


def test_an_archive_that_unpacks_to_very_much_is_refused_at_once(tmp_path):
    member = tarfile.TarInfo("readme.html")
    member.size = 2**40
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(member.tobuf() + bytes(1_000_000)))
    with pytest.raises(DataError, match="not the archive of CIFAR-10"):
        load(tmp_path / "x.tar.gz")


def test_a_note_that_unpacks_to_very_much_is_not_read(tmp_path):
    """Python's tarfile would take it whole into memory, before the file that it is about."""
    note = tarfile.TarInfo("note")
    note.type, note.size = tarfile.XHDTYPE, 50_000_000
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(note.tobuf(tarfile.USTAR_FORMAT) + bytes(note.size), 1))
    tracemalloc.start()
    with pytest.raises(DataError, match="a note of 50,000,000 bytes"):
        load(tmp_path / "x.tar.gz")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
