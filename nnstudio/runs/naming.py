"""What a run's folder is called: when it began, and of which project."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

LONGEST = 60
_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
"""What one of the usual file systems does not take."""


def folder_name(title: str, when: datetime) -> str:
    """For example "2026-11-25 19.20.11 digits". The title may be anything."""
    return f"{when:%Y-%m-%d %H.%M.%S} {clean_name(title)}"


def clean_name(title: str) -> str:
    """The title as part of a file's name; never empty."""
    return " ".join(_REFUSED.sub(" ", title).split())[:LONGEST].strip(" .") or "run"


def free_folder(wanted: Path, promised: Collection[Path] = ()) -> Path:
    """That folder, or one with a number behind it where there is one of the name already, or is going to be."""
    folder, number = wanted, 1
    while folder in promised or folder.exists():
        number += 1
        folder = wanted.with_name(f"{wanted.name} {number}")
    return folder
