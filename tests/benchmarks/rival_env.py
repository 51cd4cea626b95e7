"""Rivals in environments of their own: they need other versions than we do, and must not come among ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGES = ("NodeGraphQt==0.6.44", "PySide6-Essentials==6.7.3", "setuptools==80.9.0")
"""NodeGraphQt needs another Qt, and asks setuptools for distutils."""
_BUILD = Path(__file__).parents[2] / "build"


def python(name: str = "nodegraphqt", packages: tuple[str, ...] = PACKAGES) -> tuple[Path | None, str]:
    """The interpreter of that environment, made at the first call; or why there is none."""
    home = _BUILD / f"rival-{name}"
    inside = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = home / "installed.txt"
    if stamp.exists() and stamp.read_text() == "\n".join(packages):
        return inside, ""
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            return None, (done.stderr.strip().splitlines() or ["it can not be installed"])[-1]
    stamp.write_text("\n".join(packages))
    return inside, ""
