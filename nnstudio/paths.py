"""Finds the program's own resources and the user's folders, wherever the program is installed.

Nobody else builds such a path by hand: resources lie in three different places (source tree, wheel, frozen
app), and tests must be able to move every user folder away with one variable.
"""

import os
import sys
from functools import cache
from pathlib import Path

from platformdirs import PlatformDirs

APP_NAME = "NNStudio"

# Set to a folder, it holds all the user's folders. Tests and portable installations use it.
HOME_VARIABLE = "NNSTUDIO_HOME"

_PACKAGE = Path(__file__).resolve().parent


@cache
def resources_dir() -> Path:
    """The folder with icons, themes, examples, lessons and small data."""
    candidates = _resource_candidates()
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    # The first is where it should have been; a caller that opens a file there names the missing path.
    return candidates[0]


def resource(*parts: str) -> Path:
    """The path of one resource, for example `resource("examples", "digits-cnn.nnstudio.json")`."""
    return resources_dir().joinpath(*parts)


def data_dir() -> Path:
    """Where recovery files and downloaded data sets live. Made if missing."""
    return _user_dir("data")


def config_dir() -> Path:
    """Where the settings live. Made if missing."""
    return _user_dir("config")


def cache_dir() -> Path:
    """Where things live that can be made again. Made if missing."""
    return _user_dir("cache")


def log_dir() -> Path:
    """Where the log files live. Made if missing."""
    return _user_dir("log")


def runs_dir() -> Path:
    """Where runs are recorded, unless the person has chosen another folder: among the documents. Made if missing."""
    return _user_dir("runs")


def _resource_candidates() -> list[Path]:
    """The places to look, the most particular first."""
    candidates = []
    frozen_root = getattr(sys, "_MEIPASS", None)  # set by PyInstaller in a frozen app
    if frozen_root:
        candidates += [Path(frozen_root) / "resources", Path(frozen_root) / "nnstudio" / "_resources"]
    # The wheel's copy comes before the source tree's: beside an installed package, a folder that happens to
    # be called "resources" could be anybody's.
    candidates += [_PACKAGE / "_resources", _PACKAGE.parent / "resources"]
    return candidates


def _user_dir(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    folder = Path(home).expanduser() / kind if home else _platform_dir(kind)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _platform_dir(kind: str) -> Path:
    dirs = PlatformDirs(APP_NAME, appauthor=False)
    folders = {
        "data": dirs.user_data_path,
        "config": dirs.user_config_path,
        "cache": dirs.user_cache_path,
        "log": dirs.user_log_path,
        "runs": dirs.user_documents_path / APP_NAME / "runs",
    }
    return folders[kind]
