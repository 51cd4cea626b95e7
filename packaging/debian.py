"""The system's part of the set-up: finds the shared libraries Qt lacks and adds their Debian packages.

Without them Qt ends with one line about a "platform plugin", which tells nobody what to install.
Standard library only, like dev.py, which is the way in.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator, Sequence

SILENCE = 10
"""Seconds after which a log is told that something still goes on."""

# What Qt's window, drawing and SVG parts are linked to and do not bring themselves, by Debian package.
PACKAGE_OF_LIBRARY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}

# The parts of Qt the window uses, below PySide6/Qt.
QT_PARTS = (
    "lib/libQt6Gui.so.6",
    "lib/libQt6Widgets.so.6",
    "lib/libQt6Svg.so.6",
    "lib/libQt6OpenGL.so.6",
    "lib/libQt6DBus.so.6",
    "plugins/platforms/libqxcb.so",
    "plugins/platforms/libqoffscreen.so",
    "plugins/xcbglintegrations/libqxcb-glx-integration.so",
)


def say(text: str, end: str = "\n") -> None:
    """Tell the person something; standard output belongs to the commands that are run."""
    print(text, end=end, file=sys.stderr, flush=True)


@contextlib.contextmanager
def stage(title: str) -> Iterator[Callable[[str], None]]:
    """One line for one part of the set-up, with the seconds it took.

    Gives what is to be called about every second with what goes on. A terminal shows it in place, a log every 10 s.
    """
    line = f"[set-up] {title} ..."
    say(line, end="")
    started, shown = time.monotonic(), 0
    in_place = sys.stderr.isatty()

    def tell(news: str) -> None:
        nonlocal shown
        seconds = int(time.monotonic() - started)
        if seconds < shown + (1 if in_place else SILENCE):
            return
        shown = seconds
        text = f"{line} {seconds} s  {news}".rstrip()
        width = shutil.get_terminal_size().columns - 1
        say(f"\r\033[K{text[:width]}" if in_place else f"\n{text}", end="")

    try:
        yield tell
    finally:
        seconds_taken = f" {time.monotonic() - started:.1f} s"
        if shown:
            say(("\r\033[K" if in_place else "\n") + line, end="")
        say(seconds_taken)


def add_system_libraries(venv: Path) -> None:
    """Add the libraries Qt needs and Debian lacks; say what to do where that cannot be done from here."""
    missing = missing_libraries(venv)
    if not missing:
        return
    packages, unknown = packages_for(missing)
    if not shutil.which("apt-get"):
        packages, unknown = [], missing
    if unknown:
        say("Qt needs libraries that this system lacks. Please install: " + ", ".join(unknown))
    if packages and not apt_install(packages):
        say(f"Qt needs system libraries that could not be installed from here. Run: {apt_command(packages)}")


def missing_libraries(venv: Path) -> list[str]:
    """The shared libraries that Qt's parts are linked to and the system does not have."""
    if not (sys.platform.startswith("linux") and shutil.which("ldd")):
        return []
    parts = [path for part in QT_PARTS for path in venv.glob(f"lib/python3*/site-packages/PySide6/Qt/{part}")]
    if not parts:
        return []
    return parse_missing(capture(["ldd", *map(str, parts)]).stdout)


def parse_missing(ldd_output: str) -> list[str]:
    """The names that `ldd` did not find, each once, sorted."""
    lines = (line.split("=>") for line in ldd_output.splitlines() if "not found" in line)
    return sorted({fields[0].strip() for fields in lines if len(fields) == 2})


def packages_for(libraries: Sequence[str]) -> tuple[list[str], list[str]]:
    """The Debian packages that hold these libraries, and the libraries no package is known for."""
    packages = sorted({PACKAGE_OF_LIBRARY[name] for name in libraries if name in PACKAGE_OF_LIBRARY})
    return packages, [name for name in libraries if name not in PACKAGE_OF_LIBRARY]


def apt_command(packages: Sequence[str]) -> str:
    """The command a person types to install these packages."""
    return "sudo apt-get update && sudo apt-get install --yes --no-install-recommends " + " ".join(packages)


def apt_install(packages: Sequence[str]) -> bool:
    """Install Debian packages where that needs no password; false where it did not happen."""
    prefix = root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        return False
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    with stage("installing system packages " + " ".join(packages)):
        capture([*apt, "update"])  # old lists may still do, so only the installation counts
        result = capture([*apt, "install", "--yes", "--no-install-recommends", *packages])
    if result.returncode != 0:
        say(tail(result.stdout))
    return result.returncode == 0


def root_prefix() -> list[str] | None:
    """What to put before a command to run it as root; None where a password would be asked."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    return sudo if shutil.which("sudo") and runs([*sudo, "true"]) else None


def capture(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in silence and keep what it says, in English: the answers are looked through."""
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C"},
        text=True,
        errors="replace",
        check=False,
    )


def runs(command: Sequence[str]) -> bool:
    """Whether a command can be run and ends well."""
    try:
        return capture(command).returncode == 0
    except OSError:
        return False


def tail(text: str, lines: int = 15) -> str:
    """The end of a log, where the reason usually is."""
    return "\n".join(text.rstrip().splitlines()[-lines:])
