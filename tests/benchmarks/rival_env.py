"""NodeGraphQt in an environment of its own: it needs another Qt than we do, and must not come into ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGES = ("NodeGraphQt==0.6.44", "PySide6-Essentials==6.7.3", "setuptools==80.9.0")
"""It asks setuptools for distutils."""
_HOME = Path(__file__).parents[2] / "build" / "rival-nodegraphqt"


def python() -> tuple[Path | None, str]:
    """Its interpreter, made at the first call; or why there is none."""
    inside = _HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = _HOME / "installed.txt"
    if stamp.exists() and stamp.read_text() == "\n".join(PACKAGES):
        return inside, ""
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(_HOME)],
        [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            return None, (done.stderr.strip().splitlines() or ["it can not be installed"])[-1]
    stamp.write_text("\n".join(PACKAGES))
    return inside, ""
