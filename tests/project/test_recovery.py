"""What is unsaved outlives the program: found when its window is gone, and only then; damage stops nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nnstudio.errors import StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.project.recovery import CHEAP, Contents, Keeper, Leftovers, Origin


def drawing(title: str = "net") -> Document:
    document = Document(title)
    document.add("Linear", "head", out_features=3)
    document.add("ReLU", "relu")
    document.connect("head", "relu")
    return document


def keep(folder: Path, document: Document, *, number: int = 1, path: str | None = None) -> Keeper:
    keeper = Keeper(folder)
    keeper.write(number, Origin(document.title, path), Contents.of(document))
    return keeper


def abandon(keeper: Keeper) -> None:
    """As the system does when the process ends."""
    assert keeper._lock is not None
    os.close(keeper._lock)
    keeper._lock = None


def test_what_was_left_is_found_as_it_was(tmp_path: Path) -> None:
    document = drawing()
    document.set_trained(Trained(b"weights", seed=4))
    abandon(keep(tmp_path, document, path="/home/me/net.nnstudio"))
    (left,) = Leftovers(tmp_path).look()
    assert (left.title, left.path) == ("net", Path("/home/me/net.nnstudio"))
    again = left.load()
    assert storage.graph_bytes(again) == storage.graph_bytes(document)
    assert again.trained == document.trained


def test_a_window_that_runs_keeps_its_files_to_itself(tmp_path: Path) -> None:
    keeper = keep(tmp_path, drawing())
    assert Leftovers(tmp_path).look() == []
    abandon(keeper)
    first, second = Leftovers(tmp_path), Leftovers(tmp_path)
    assert len(first.look()) == 1
    assert second.look() == []
    assert len(first.look()) == 1
    first.release()
    assert len(second.look()) == 1


def test_saved_and_closed_leaves_nothing(tmp_path: Path) -> None:
    keeper = keep(tmp_path, drawing())
    keeper.write(2, Origin("two"), Contents.of(drawing("two")))
    keeper.remove(1)
    keeper.remove(1)
    assert len(list(tmp_path.glob("*.recovery"))) == 1
    keeper.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_over_and_the_newest_comes_first(tmp_path: Path) -> None:
    keeper = keep(tmp_path, drawing("old"))
    keeper.write(2, Origin("other"), Contents.of(drawing("other")))
    keeper.write(1, Origin("new"), Contents.of(drawing("new")))
    abandon(keeper)
    assert [left.title for left in Leftovers(tmp_path).look()] == ["new", "other"]


def test_discarded_is_gone_and_its_lock_too(tmp_path: Path) -> None:
    abandon(keep(tmp_path, drawing()))
    leftovers = Leftovers(tmp_path)
    leftovers.look()[0].discard()
    leftovers.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"{}\n",
        b'{"title": 3}\n{}',
        b'{"title": "x", "format": 2}\n{}',
        b"\xff" * 70_000,
        b"[]\n",
        b'{"title": "x", "time": 1e300}\n{}',
        b'{"title": "x", "time": -1}\n{}',
        b'{"title": "x", "path": "/a\\u0000b"}\n{}',
        b'{"title": "x", "path": ""}\n{}',
    ],
)
def test_a_damaged_file_is_put_aside(tmp_path: Path, data: bytes) -> None:
    keeper = keep(tmp_path, drawing())
    keeper.write(2, Origin("good"), Contents.of(drawing("good")))
    abandon(keeper)
    bad = next(file for file in tmp_path.glob("*-1.recovery"))
    bad.write_bytes(data)
    leftovers = Leftovers(tmp_path)
    assert [left.title for left in leftovers.look()] == ["good"]
    assert leftovers.bad == [bad.with_name(bad.name + ".bad")]
    assert leftovers.bad[0].read_bytes() == data


def test_a_damaged_drawing_is_told_when_it_is_read(tmp_path: Path) -> None:
    abandon(keep(tmp_path, drawing()))
    file = next(tmp_path.glob("*.recovery"))
    file.write_bytes(file.read_bytes()[:-40])
    (left,) = Leftovers(tmp_path).look()
    with pytest.raises(StorageError):
        left.load()
    assert left.put_aside().exists()
    assert not file.exists()


def test_large_weights_are_not_written_and_come_from_the_projects_file(tmp_path: Path) -> None:
    document = drawing()
    document.set_trained(Trained(os.urandom(CHEAP + 1)))
    saved = tmp_path / "net.nnstudio"
    storage.save(document, saved)
    document.add("Tanh")
    folder = tmp_path / "recovery"
    abandon(keep(folder, document, path=str(saved)))
    assert next(folder.glob("*.recovery")).stat().st_size < 10_000
    (left,) = Leftovers(folder).look()
    again = left.load()
    assert len(again.nodes) == 3
    assert again.trained == document.trained
    assert replace(left, path=tmp_path / "gone").load().trained is None


def test_locks_whose_folder_is_gone_are_let_go(tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    abandon(keep(folder, drawing()))
    leftovers = Leftovers(folder)
    leftovers.look()
    shutil.rmtree(folder)
    folder.write_text("a file")
    leftovers.release()
    assert leftovers._locks == {}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    leftovers = Leftovers(tmp_path / "none")
    assert leftovers.look() == []
    leftovers.release()
    Keeper(tmp_path / "none").close()
    assert not (tmp_path / "none").exists()
