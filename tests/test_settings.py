"""Settings survive a restart, refuse nonsense, and never stop the program."""

import json
from pathlib import Path

import pytest

from nnstudio import paths
from nnstudio.errors import UsageError
from nnstudio.settings import RECENT_KEPT, Settings, about


def test_defaults_are_kept_in_the_users_folder() -> None:
    settings = Settings.load()
    assert settings.theme == "system"
    assert settings.path == paths.config_dir() / "settings.json"


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.json"
    settings = Settings.load(file)
    settings.theme = "high-contrast"
    settings.window_state = "AAAA"
    settings.remember(tmp_path / "a.nnstudio")
    settings.save()
    assert Settings.load(file) == settings
    assert [entry.name for entry in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '"dark"', "\x00\xff", "[" * 100_000])
def test_a_damaged_file_is_put_aside(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(text.encode("latin-1"))
    settings = Settings.load(file)
    assert settings == Settings()
    assert (tmp_path / "settings.json.bad").read_bytes() == text.encode("latin-1")
    settings.save()
    assert json.loads(file.read_text())["theme"] == "system"


def test_one_bad_value_does_not_cost_the_others(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"theme": "pink", "recent_files": ["x"], "window_state": 4, "new": 1}))
    settings = Settings.load(file)
    assert (settings.theme, settings.recent_files, settings.window_state) == ("system", ("x",), "")


def test_nonsense_is_refused_with_what_is_wanted() -> None:
    settings = Settings()
    with pytest.raises(UsageError, match="Theme takes one of system, dark"):
        settings.theme = "pink"
    with pytest.raises(UsageError, match="no setting 'colour'"):
        settings.colour = "red"
    assert settings.theme == "system"


def test_every_setting_has_label_and_help() -> None:
    assert {"theme", "recent_files", "window_geometry", "window_state", "shortcuts"} <= set(about())
    assert all(item.label and item.help.endswith(".") for item in about().values())


def test_recent_files_newest_first_without_doubles(tmp_path: Path) -> None:
    settings = Settings()
    for number in range(RECENT_KEPT + 3):
        settings.remember(tmp_path / f"{number}.nnstudio")
    settings.remember(tmp_path / "5.nnstudio")
    assert settings.recent_files[0].endswith("5.nnstudio")
    assert len(settings.recent_files) == len(set(settings.recent_files)) == RECENT_KEPT


def test_recent_files_can_be_forgotten(tmp_path: Path) -> None:
    here, gone = tmp_path / "here.nnstudio", tmp_path / "gone.nnstudio"
    here.touch()
    settings = Settings()
    settings.remember(gone)
    settings.remember(here)
    settings.forget(gone)
    assert settings.recent_files == (str(here),)


def test_nothing_is_written_without_a_file() -> None:
    Settings().save()
