"""Fetching from a server on this computer: resumed, checked, given up, refused; and what is told where it fails."""

import errno
import hashlib
import os
import socket
import threading
from functools import partial

import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset, datasets
from nnstudio.data.web import download, fetched
from nnstudio.data.web.transfer import Transfer
from nnstudio.errors import Cancelled, DataError
from tests.data.web import server as source
from tests.data.web.server import CONTENT, HTTP, serving

fetch = partial(download.fetch, schemes=HTTP)


@pytest.fixture
def server():
    with serving() as served:
        yield served


def part(folder):
    return folder / "tiny" / "tiny.bin.part"


def whole(folder):
    return folder / "tiny" / "tiny.bin"


def put_part(folder, content):
    part(folder).parent.mkdir()
    part(folder).write_bytes(content)


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def refused(kind, folder, match, **more):
    with pytest.raises(DataError, match=match) as caught:
        fetch(kind, Loading(folder=folder, **more))
    assert not whole(folder).exists()
    return caught.value


def test_a_file_arrives_whole_with_its_progress(server, tmp_path):
    told = []
    kind = source.fetched(server.url("whole"))
    assert fetched.missing(kind, tmp_path)
    fetch(kind, Loading(folder=tmp_path, tell=lambda *each: told.append(each)))
    assert whole(tmp_path).read_bytes() == CONTENT
    assert not part(tmp_path).exists()
    assert not fetched.missing(kind, tmp_path)
    assert {(total, what) for _, total, what in told} == {(len(CONTENT), "Fetching Tiny")}
    done = [each[0] for each in told]
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    kind = source.fetched(server.url("whole"))
    fetch(kind, Loading(folder=tmp_path))
    fetch(kind, Loading(folder=tmp_path))
    assert len(server.asked) == 1


def test_goes_on_where_it_ended(server, tmp_path):
    put_part(tmp_path, CONTENT[:123_456])
    fetch(source.fetched(server.url("resumable")), Loading(folder=tmp_path))
    assert server.asked == [("resumable", "bytes=123456-")]
    assert whole(tmp_path).read_bytes() == CONTENT


def test_begins_anew_where_the_server_can_not_go_on(server, tmp_path):
    put_part(tmp_path, b"x" * 1000)
    fetch(source.fetched(server.url("whole")), Loading(folder=tmp_path))
    assert whole(tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("rest", [b"x" * 1000, b"x" * len(CONTENT), b"x" * (len(CONTENT) + 1)])
def test_a_rest_that_is_of_no_use_is_thrown_away(server, tmp_path, rest):
    put_part(tmp_path, rest)
    fetch(source.fetched(server.url("resumable")), Loading(folder=tmp_path))
    assert whole(tmp_path).read_bytes() == CONTENT


def test_a_part_from_elsewhere_than_asked_is_refused(server, tmp_path):
    put_part(tmp_path, CONTENT[:1000])
    refused(source.fetched(server.url("lying")), tmp_path, "9,000,010 bytes")
    assert part(tmp_path).stat().st_size == 1000


def test_the_next_place_goes_on_where_one_broke_off(server, tmp_path):
    fetch(source.fetched(server.url("short"), server.url("resumable")), Loading(folder=tmp_path))
    assert server.asked == [("short", None), ("resumable", "bytes=100000-")]
    assert whole(tmp_path).read_bytes() == CONTENT


def test_what_breaks_off_is_kept_for_the_next_try(server, tmp_path):
    error = refused(source.fetched(server.url("short")), tmp_path, "broke off")
    assert "goes on from there" in error.fix
    assert part(tmp_path).read_bytes() == CONTENT[:100_000]


def test_a_wrong_file_is_told_and_thrown_away(server, tmp_path):
    error = refused(source.fetched(server.url("wrong")), tmp_path, "not the file it should be")
    assert "127.0.0.1" in error.message
    assert not part(tmp_path).exists()


def test_the_next_place_is_tried(server, tmp_path):
    ways = ("nothing", "wrong", "page", "whole")
    fetch(source.fetched(*map(server.url, ways)), Loading(folder=tmp_path))
    assert tuple(way for way, _ in server.asked) == ways
    assert whole(tmp_path).read_bytes() == CONTENT


def test_never_more_is_read_than_declared(server, tmp_path):
    refused(source.fetched(server.url("endless")), tmp_path, "gives more than 300,000 bytes")
    assert part(tmp_path).stat().st_size == 0


def test_another_length_is_refused_before_it_is_read(server, tmp_path):
    refused(source.fetched(server.url("page")), tmp_path, "gives 19 bytes")
    assert not part(tmp_path).exists()


def test_a_refusal_is_told(server, tmp_path):
    refused(source.fetched(server.url("nothing")), tmp_path, "127.0.0.1 refuses: 404")


def test_a_move_is_followed(server, tmp_path):
    put_part(tmp_path, CONTENT[:1000])
    fetch(source.fetched(server.url("elsewhere")), Loading(folder=tmp_path))
    assert server.asked[-1] == ("resumable", "bytes=1000-")
    assert whole(tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("way", ["file", "unsafe"])
def test_a_move_to_what_is_not_allowed_is_not_followed(server, tmp_path, way):
    refused(source.fetched(server.url(way)), tmp_path, "only http is safe|is not allowed")
    assert [asked for asked, _ in server.asked] == [way]


def test_the_program_fetches_by_https_alone(server, tmp_path):
    kind = source.fetched(server.url("whole"))
    with pytest.raises(DataError, match="only https is safe"):
        download.fetch(kind, Loading(folder=tmp_path))
    assert not server.asked
    addresses = [
        url for each in datasets().values() if each.download for file in each.download.files for url in file.urls
    ]
    assert addresses
    assert all(url.startswith("https://") for url in addresses)


def test_offline_says_what_is_needed_and_what_to_do(tmp_path):
    urls = [f"http://127.0.0.1:{closed_port()}/x", f"http://localhost:{closed_port()}/x"]
    error = refused(
        source.fetched(*urls), tmp_path, "There is no connection to 127.0.0.1 or localhost; Tiny needs 300 kB"
    )
    assert error.kind == "offline"
    assert "files you already have" in error.fix


def test_is_given_up_at_once_while_a_server_says_nothing(server, tmp_path):
    kind, wanted, seen = source.fetched(server.url("slow")), threading.Event(), threading.Event()

    def tell(done, total, what):
        if done >= 150_000:
            seen.set()
        if wanted.is_set():
            raise Cancelled

    failures = []

    def work():
        try:
            fetch(kind, Loading(folder=tmp_path, tell=tell))
        except Cancelled as error:
            failures.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    assert seen.wait(5)
    wanted.set()
    worker.join(5)
    assert not worker.is_alive()
    assert failures
    assert part(tmp_path).read_bytes() == CONTENT[:150_000]
    fetch(source.fetched(server.url("resumable")), Loading(folder=tmp_path))
    assert server.asked[-1] == ("resumable", "bytes=150000-")


def test_two_do_not_fetch_the_same_at_once(server, tmp_path):
    kind, seen = source.fetched(server.url("slow")), threading.Event()
    tell = lambda done, total, what: seen.set() if done else None  # noqa: E731  # short
    worker = threading.Thread(target=lambda: fetch(kind, Loading(folder=tmp_path, tell=tell)))
    worker.start()
    assert seen.wait(5)
    refused(kind, tmp_path, "being fetched already")
    server.more.set()
    worker.join(5)
    assert whole(tmp_path).read_bytes() == CONTENT


def test_too_small_a_disk_is_told_before(server, tmp_path, monkeypatch):
    usage = download.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    error = refused(source.fetched(server.url("whole")), tmp_path, "needs 300 kB on the disk, and 1.0 kB are free")
    assert error.kind == "disk"
    assert not server.asked


def test_a_disk_that_gets_full_is_told_and_what_came_is_kept(server, tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(download.os, "fsync", full)
    error = refused(source.fetched(server.url("whole"), server.url("whole")), tmp_path, "the disk is full")
    assert "goes on from there" in error.fix
    assert len(server.asked) == 1
    assert part(tmp_path).exists()


def test_removing_takes_all_and_only_that(server, tmp_path):
    kind = source.fetched(server.url("whole"))
    fetch(kind, Loading(folder=tmp_path))
    part(tmp_path).write_bytes(b"half")
    other = tmp_path / "tiny" / "mine.txt"
    other.write_text("mine")
    fetched.remove(kind, tmp_path)
    assert list((tmp_path / "tiny").iterdir()) == [other]
    other.unlink()
    fetched.remove(kind, tmp_path)
    assert not (tmp_path / "tiny").exists()


def test_what_is_not_there_is_told_with_its_size_and_the_way_out(tmp_path):
    mnist = dataset("mnist")
    with pytest.raises(DataError, match=r"MNIST is not on this computer: 11\.6 MB to fetch once") as caught:
        fetched.check_there(mnist, mnist.params.check({}), tmp_path)
    assert caught.value.kind == "download"
    assert "Download" in caught.value.fix
    fetched.check_there(mnist, mnist.params.check({"files": "/somewhere"}), tmp_path)


def test_the_stamp_changes_with_the_files(server, tmp_path):
    kind = source.fetched(server.url("whole"))
    before = fetched.stamp(kind, tmp_path)
    fetch(kind, Loading(folder=tmp_path))
    there = fetched.stamp(kind, tmp_path)
    os.utime(whole(tmp_path), (1, 1))
    assert len({before, there, fetched.stamp(kind, tmp_path)}) == 3


def test_a_reader_that_nobody_listens_to_ends(server):
    with Transfer(server.url("endless"), 0, HTTP) as transfer:
        transfer.answer(lambda: None)
    transfer.join(5)
    assert not transfer.is_alive()


@pytest.mark.parametrize("name", [name for name, kind in datasets().items() if kind.download])
def test_every_download_is_declared_in_full(name):
    kind = dataset(name)
    for file in kind.download.files:
        assert len(bytes.fromhex(file.sha256)) == hashlib.sha256().digest_size
        assert file.size > 0
        assert file.urls
    assert len({file.name for file in kind.download.files}) == len(kind.download.files)
    assert "files" in kind.params
    assert all([kind.source, kind.licence, kind.summary, kind.stamp])


def test_what_the_disk_refuses_is_told(server, tmp_path):
    part(tmp_path).mkdir(parents=True)  # a folder where the file is to be
    error = refused(source.fetched(server.url("whole")), tmp_path, "can not be written to")
    assert error.kind == "disk"
    (tmp_path / "file").write_text("x")
    kind = source.fetched(server.url("whole"))
    with pytest.raises(DataError, match="can not be written to"):
        fetch(kind, Loading(folder=tmp_path / "file"))
