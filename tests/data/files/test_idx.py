"""IDX files: what they hold comes back; what is broken is told with its place."""

import gzip
import os
import struct

import numpy as np
import pytest

from nnstudio.data.files import idx
from nnstudio.data.loading import Loading
from nnstudio.errors import Cancelled, DataError

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def packed(array, kind="u1"):
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, CODES[kind], array.ndim]) + sizes + array.astype(f">{kind}").tobytes()


def put(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_was_written_is_read(tmp_path, kind, pack):
    array = np.arange(24).reshape(4, 3, 2)
    path = put(tmp_path / "x", pack(packed(array, kind)))
    found = idx.read(path, Loading())
    assert found.dtype == np.dtype(kind)
    assert found.dtype.isnative
    assert np.array_equal(found, array)
    assert idx.header(path).shape == (4, 3, 2)
    assert np.array_equal(idx.read(path, Loading(), 2), array[:2])
    assert np.array_equal(idx.read(path, Loading(), 99), array)


SOUND = packed(np.arange(100).reshape(10, 10))
BROKEN = {
    "empty": (b"", "no IDX file"),
    "text": (b"a,b,c\n1,2,3\n", "begins with the bytes 61 2c 62 2c"),
    "wrong kind": (b"\0\0\x07\x01" + SOUND[4:], "no IDX file"),
    "no axes": (b"\0\0\x08\x00", "no IDX file"),
    "too many axes": (b"\0\0\x08\xff" + bytes(2000), "no IDX file"),
    "cut header": (SOUND[:9], "ends in its header, after byte 9"),
    "cut": (SOUND[:-1], "ends after byte 111; its header promises 112"),
    "too long": (SOUND + b"x", "goes on after byte 112"),
    "huge": (b"\0\0\x08\x04" + b"\xff" * 16, "of memory"),
    "promises much": (b"\0\0\x08\x01\x40\x00\x00\x00abc", "ends after byte 11"),
    "cut gzip": (gzip.compress(SOUND)[:-12], "can not be unpacked"),
    "wrong gzip": (gzip.compress(SOUND)[:-8] + bytes(8), "can not be unpacked"),
    "no gzip": (b"\x1f\x8bnothing", "can not be unpacked"),
    "bomb": (gzip.compress(SOUND + bytes(10_000_000)), "goes on after byte 112"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_told_with_their_place(tmp_path, name):
    content, words = BROKEN[name]
    path = put(tmp_path / "broken", content)
    with pytest.raises(DataError, match=words) as caught:
        idx.read(path, Loading(memory=2**31))
    assert str(path) in caught.value.message or path.name in caught.value.message


def test_what_is_no_file_is_told(tmp_path):
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(DataError) as caught:
            idx.read(path, Loading())
        assert caught.value.kind == "file"
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    os.mkfifo(tmp_path / "pipe")
    for path in (loop, tmp_path / "pipe"):
        with pytest.raises(DataError, match=path.name):
            idx.read(path, Loading())


def test_reading_can_be_given_up(tmp_path):
    def tell(done, total, what):
        raise Cancelled

    with pytest.raises(Cancelled):
        idx.read(put(tmp_path / "x", SOUND), Loading(tell=tell))
