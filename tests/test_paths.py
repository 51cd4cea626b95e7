"""Resources are found wherever the program lies, and user folders go where they are told."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnstudio import paths


@pytest.fixture(autouse=True)
def _forget_found_resources() -> Iterator[None]:
    paths.resources_dir.cache_clear()
    yield
    paths.resources_dir.cache_clear()


@pytest.mark.parametrize("folder", ["package/_resources", "resources"])
def test_resources_of_a_wheel_and_of_a_source_tree(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "package")
    assert paths.resource("icons", "add.svg") == tmp_path / folder / "icons" / "add.svg"


def test_resources_of_a_frozen_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources_dir() == tmp_path / "resources"


def test_one_variable_moves_every_user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    folders = [paths.data_dir(), paths.config_dir(), paths.cache_dir(), paths.log_dir()]
    assert all(folder.is_dir() and folder.parent == tmp_path / "home" for folder in folders)
    assert len(set(folders)) == len(folders)
