"""Files that are there whole or not at all, and what a process that died in writing one has left."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnstudio.runs.living import exists

_PASSING = re.compile(r"\.nnstudio-(\d+)-[0-9a-f]+")


def passing_name() -> str:
    """For a file or folder that is to be renamed or removed soon; it tells whose it is."""
    return f".nnstudio-{os.getpid()}-{secrets.token_hex(4)}"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where to write what becomes `path` when it is done. Raises OSError, and leaves no rest then.

    Who may read it is as for any new file, also where what writes it makes one for its owner alone.
    """
    part = path.with_name(passing_name())
    try:
        part.touch()
        mode = part.stat().st_mode
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if part.stat().st_mode != mode:
            part.chmod(mode)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def check_file(path: Path) -> None:
    """Raises OSError where it is not there, and where it is no file: to read from a pipe may take for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "It is no file", str(path))


def write_whole(path: Path, data: bytes) -> None:
    """The new content, or the old one where that fails. Raises OSError."""
    with whole_file(path) as part:
        part.write_bytes(data)


def clear_leftovers(folder: Path) -> None:
    """Remove what processes that are gone were about to write in a folder. What can not be removed stays."""
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            match = _PASSING.fullmatch(path.name)
            if match is not None and not exists(int(match[1])):
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
