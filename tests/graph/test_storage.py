"""Saving and loading: the same bytes again, whole or not at all, and the last good one beside it."""

from __future__ import annotations

import json
import math
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.errors import StorageError
from nnstudio.examples import examples
from nnstudio.graph import archive, storage
from nnstudio.graph.document import Document
from nnstudio.graph.training import EpochRow, Trained
from tests.graph.drawings import classifier, defaults, documents, holds, sheets, written

FORMS = ["p.nnstudio", "p.nnstudio.json"]
SHARES = st.none() | st.floats(0, 1)
ROWS = st.builds(EpochRow, st.integers(1, 10**6), st.floats(), st.floats(), SHARES, SHARES, st.floats(0, 1e6))
TRAINED = st.none() | st.builds(Trained, st.binary(max_size=200), st.lists(ROWS, max_size=4).map(tuple))
ANY_TMP = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", FORMS)
@given(document=documents(), trained=TRAINED)
@ANY_TMP
def test_save_load_save_gives_the_same_bytes(
    name: str, tmp_path: Path, document: Document, trained: Trained | None
) -> None:
    document.set_trained(trained)
    first, second = tmp_path / f"1{name}", tmp_path / f"2{name}"
    storage.save(document, first)
    again = storage.load(first)
    storage.save(again, second)
    assert first.read_bytes() == second.read_bytes()
    assert written(again) == written(document)
    assert dict(again.blocks) == dict(document.blocks)
    for sheet in sheets(document):
        assert dict(again.sheet(sheet.block).nodes) == dict(sheet.nodes)
    assert (again.title, again.plan) == (document.title, document.plan)
    for node in document.nodes.values():
        for port in node.inputs:
            assert again.links_into(node.id, port.name) == document.links_into(node, port.name)
    holds(again)
    assert again.history.done == []
    _same_run(again.trained, None if name.endswith(".json") else trained)


def _same_run(found: Trained | None, trained: Trained | None) -> None:
    if found is None or trained is None:
        assert found is trained
        return
    assert found.weights == trained.weights
    for row, expected in zip(found.epochs, trained.epochs, strict=True):
        assert (row.epoch, row.train_accuracy, row.test_accuracy) == (
            expected.epoch,
            expected.train_accuracy,
            expected.test_accuracy,
        )
        for loss, told in ((row.train_loss, expected.train_loss), (row.test_loss, expected.test_loss)):
            assert loss == told if math.isfinite(told) else math.isnan(loss)


@given(document=documents())
def test_edits_after_loading_go_on_as_in_the_original(document: Document) -> None:
    again = storage.document_from(written(document))
    node = again.add("ReLU")
    assert node.id not in document.nodes
    assert again.undo()
    assert written(again) == written(document)


@pytest.mark.parametrize("name", examples())
def test_examples_are_written_as_they_are(name: str) -> None:
    path = examples()[name]
    assert written(storage.load(path)) == path.read_bytes()


def test_the_file_is_as_the_design_says() -> None:
    document = classifier()
    document.mute("head")
    document.move({"flatten": (1.5, -2.0)})
    project = json.loads(written(document))
    assert list(project) == ["nnstudio", "title", "nodes", "links", "blocks", "notes", "training"]
    params = dict(document.node("flatten").params)
    assert project["nodes"][1] == {"id": "n2", "type": "Flatten", "name": "flatten", "params": params, "at": [1.5, -2]}
    assert project["nodes"][2]["muted"] is True
    assert project["links"][0] == {"from": "n1.image", "to": "n2.x"}
    assert project["training"] == json.loads(json.dumps(defaults()))
    assert written(document).count(b"\n") == 19, "one line for each node and wire"


def test_the_order_of_edits_does_not_show() -> None:
    one, other = classifier(), classifier()
    link = other.links_into("head", "x")[0]
    other.disconnect(link)
    other.connect("flatten", "head")
    other.set("head", bias=False)
    other.set("head", bias=True)
    assert written(one) == written(other)


def test_what_is_left_out_takes_its_default() -> None:
    project = {"nnstudio": 1, "title": "t", "links": [], "nodes": [_node("n5", "Linear")]}
    document = storage.document_from(json.dumps(project).encode())
    assert document.node("n5").params == {"out_features": 64, "bias": True}
    assert document.plan == Document().plan
    assert document.add("ReLU").id == "n6"


def _node(key: str, kind: str) -> dict[str, object]:
    return {"id": key, "type": kind, "name": f"node_{key}", "params": {}, "at": [0, 0]}


@pytest.mark.parametrize("value", [b"\0" * 4_000_000, b"\x00\x00\xc0\x7f" * 10**6])
def test_weights_of_a_constant_can_be_read_again(tmp_path: Path, value: bytes) -> None:
    """They compress better than any bomb."""
    document = classifier()
    document.set_trained(Trained(value))
    storage.save(document, tmp_path / "p.nnstudio")
    found = storage.load(tmp_path / "p.nnstudio").trained
    assert found is not None
    assert found.weights == value


def test_a_loss_that_is_no_number_can_be_read_again(tmp_path: Path) -> None:
    document = classifier()
    document.set_trained(Trained(b"w", (EpochRow(1, 0.5, math.inf), EpochRow(2, 0.25, math.nan))))
    storage.save(document, tmp_path / "p.nnstudio")
    found = storage.load(tmp_path / "p.nnstudio").trained
    assert found is not None
    assert [row.train_loss for row in found.epochs] == [0.5, 0.25]
    assert all(math.isnan(row.test_loss) for row in found.epochs)


def test_the_zip_holds_nothing_of_the_moment(tmp_path: Path) -> None:
    document = classifier()
    document.set_trained(Trained(b"weights", (EpochRow(1, 1.0, 1.0),)))
    storage.save(document, tmp_path / "p.nnstudio")
    with zipfile.ZipFile(tmp_path / "p.nnstudio") as zipped:
        names = zipped.namelist()
        manifest = json.loads(zipped.read("manifest.json"))
        assert {info.date_time for info in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names == ["manifest.json", "graph.json", "weights.safetensors", "history.json"]
    assert set(manifest["parts"]) == set(names[1:])


# Whole or not at all


@pytest.mark.parametrize("name", FORMS)
def test_the_bak_is_the_one_before(tmp_path: Path, name: str) -> None:
    path, document = tmp_path / name, classifier()
    storage.save(document, path)
    first = path.read_bytes()
    assert not _bak(path).exists()
    document.retitle("second")
    storage.save(document, path)
    second = path.read_bytes()
    assert _bak(path).read_bytes() == first
    document.retitle("third")
    storage.save(document, path)
    assert _bak(path).read_bytes() == second
    assert storage.load(path).title == "third"
    assert sorted(file.name for file in tmp_path.glob("*nnstudio*") if file.is_file()) == [name, f"{name}.bak"]


def _bak(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


@pytest.mark.parametrize("damaged", [b"", b"{", b"PK\x03\x04nothing", b'{"nnstudio": 1}'])
def test_a_damaged_file_never_takes_the_place_of_a_good_bak(tmp_path: Path, damaged: bytes) -> None:
    path, document = tmp_path / "p.nnstudio", classifier()
    storage.save(document, path)
    good = path.read_bytes()
    storage.save(document, path)
    path.write_bytes(damaged)
    storage.save(document, path)
    assert _bak(path).read_bytes() == good
    assert path.read_bytes() == good


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_crash_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, after: int, error: BaseException
) -> None:
    path, document = tmp_path / "p.nnstudio", classifier()
    storage.save(document, path)
    old = path.read_bytes()
    document.retitle("new")
    # One file is written for the .bak and one for itself; each is synced, and so is its folder after that.
    monkeypatch.setattr(os, call, _failing(getattr(os, call), after * (2 if call == "fsync" else 1), error))
    with pytest.raises(StorageError if isinstance(error, OSError) else KeyboardInterrupt) as failed:
        storage.save(document, path)
    if isinstance(failed.value, StorageError):
        assert "'p.nnstudio' could not be written: No space left on device." in str(failed.value)
    assert path.read_bytes() == old
    assert {file.name for file in tmp_path.iterdir()} - {"nnstudio-home"} <= {"p.nnstudio", "p.nnstudio.bak"}
    if after:
        assert _bak(path).read_bytes() == old


def _failing(call: Callable[..., object], after: int, error: BaseException) -> Callable[..., object]:
    left = [after]

    def fail(*arguments: object, **more: object) -> object:
        if left[0] == 0:
            raise error
        left[0] -= 1
        return call(*arguments, **more)

    return fail


def test_the_data_is_on_the_disk_before_its_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    for name in ("fsync", "replace"):
        original = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *given, name=name, original=original: (calls.append(name), original(*given))
        )
    storage.save(classifier(), tmp_path / "p.nnstudio.json")
    assert calls == ["fsync", "replace", "fsync"]


def test_a_file_system_without_folder_sync_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.fsync

    def files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        original(handle)

    monkeypatch.setattr(os, "fsync", files_only)
    storage.save(classifier(), tmp_path / "p.nnstudio.json")
    assert storage.load(tmp_path / "p.nnstudio.json").title == "small"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_who_may_read_the_file_may_still(tmp_path: Path) -> None:
    path = tmp_path / "p.nnstudio"
    storage.save(classifier(), path)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    storage.save(classifier(), path)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (path, _bak(path))] == [0o640, 0o640]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real" / "p.nnstudio", tmp_path / "link.nnstudio"
    target.parent.mkdir()
    storage.save(classifier(), target)
    link.symlink_to(target)
    document = storage.load(link)
    document.retitle("through the link")
    storage.save(document, link)
    assert link.is_symlink()
    assert storage.load(target).title == "through the link"


@pytest.mark.parametrize("name", ["missing/p.nnstudio", "folder", "x" * 300, "a\0b"])
def test_what_can_not_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError) as failed:
        storage.save(classifier(), tmp_path / name)
    assert Path(name).name in failed.value.message
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    for name, target in (("a.nnstudio", "b.nnstudio"), ("b.nnstudio", "a.nnstudio")):
        (tmp_path / name).symlink_to(tmp_path / target)
    with pytest.raises(StorageError, match=r"'a\.nnstudio' could not be written"):
        storage.save(classifier(), tmp_path / "a.nnstudio")
    with pytest.raises(StorageError, match=r"'a\.nnstudio' could not be read"):
        storage.load(tmp_path / "a.nnstudio")


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, document = tmp_path / "p.nnstudio", classifier()
    storage.save(document, path)
    old = path.read_bytes()
    monkeypatch.setattr(storage, "MAX_NODES", 3)
    with pytest.raises(StorageError, match=r"'p\.nnstudio' could not be written: .* larger"):
        storage.save(document, path)
    monkeypatch.setattr(storage, "MAX_NODES", 4)
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 100)
    with pytest.raises(StorageError, match="larger"):
        storage.save(document, path)
    assert path.read_bytes() == old
