"""A project's file: what is in it, and whether it is still the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nnstudio.errors import UsageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.filing import Filing


def test_a_file_that_another_program_wrote_is_noticed(tmp_path: Path) -> None:
    path, document = tmp_path / "a.nnstudio.json", Document("a")
    filing = Filing(document, None)
    assert not filing.changed_outside
    filing.save(path)
    assert not filing.changed_outside
    storage.save(Document("longer title"), path)
    assert filing.changed_outside
    filing.save(path)
    assert not filing.changed_outside
    os.utime(path, (1, 1))
    assert filing.changed_outside
    path.unlink()
    assert not filing.changed_outside


def test_restored_work_is_unsaved_until_it_is_saved(tmp_path: Path) -> None:
    path, document = tmp_path / "a.nnstudio.json", Document("a")
    storage.save(document, path)
    filing = Filing(document, path)
    assert not filing.dirty
    filing.count_as_unsaved(filing.stamp)
    assert filing.dirty
    document.add("ReLU")
    document.undo()
    assert filing.dirty
    filing.save(None)
    assert not filing.dirty


def test_no_file_no_saving() -> None:
    with pytest.raises(UsageError):
        Filing(Document(), None).save(None)
