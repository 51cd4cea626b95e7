"""A folder of pictures: which there are, and of which class each is."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from nnstudio.data.files.source import refused, shown, status
from nnstudio.data.loading import Loading
from nnstudio.params.files import LONGEST_STRING

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp")
MOST_FILES = 1_000_000
MOST_CLASSES = 1000
_DEEPEST = 8
_TELL_EVERY = 500


@dataclass(frozen=True)
class Picture:
    """`name` is its path from the folder, with slashes; `label` the number of its class, or -1."""

    name: str
    size: int
    changed: int
    label: int = -1


@dataclass(frozen=True)
class Listing:
    """All pictures in order, and the names of the classes: the sub-folders. `others` are files left out."""

    path: Path
    pictures: tuple[Picture, ...]
    classes: tuple[str, ...] = ()
    others: int = 0
    loose: int = 0
    """Pictures beside the sub-folders, which are of no class."""

    @property
    def bytes(self) -> int:
        return sum(picture.size for picture in self.pictures)

    @property
    def sha256(self) -> str:
        """Of the names and sizes."""
        lines = (f"{picture.name}\0{picture.size}\n" for picture in self.pictures)
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def stamp(self) -> object:
        """Another one when a picture has come, gone or changed."""
        return hash(tuple((picture.name, picture.size, picture.changed) for picture in self.pictures))


@dataclass
class _Walk:
    """One way through the folders. Links are followed, but no folder is entered twice."""

    loading: Loading
    entered: set[tuple[int, int]] = field(default_factory=set)
    others: int = 0
    count: int = 0

    def pictures(self, folder: Path, prefix: str, deep: int = 0) -> Iterator[Picture]:
        """Those in the folder and below, in order."""
        for entry in self.entries(folder):
            found = _stat(entry)
            if found is None:
                self.others += 1
            elif stat.S_ISDIR(found.st_mode):
                if deep < _DEEPEST and self.enter(found):
                    yield from self.pictures(Path(entry.path), f"{prefix}{entry.name}/", deep + 1)
            elif stat.S_ISREG(found.st_mode) and entry.name.lower().endswith(SUFFIXES):
                yield Picture(prefix + entry.name, found.st_size, found.st_mtime_ns)
            else:
                self.others += 1

    def entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """What is in it, without what is hidden, in order of the names. Raises DataError."""
        try:
            with os.scandir(folder) as found:
                listed = [self._counted(entry) for entry in found if not entry.name.startswith((".", "__MACOSX"))]
        except OSError as error:
            raise refused(folder, f"can not be looked into: {error.strerror or error}.") from None
        return sorted(listed, key=lambda entry: entry.name)

    def enter(self, found: os.stat_result) -> bool:
        """Whether it is a folder that nobody has been in."""
        key = (found.st_dev, found.st_ino)
        fresh = key not in self.entered
        self.entered.add(key)
        return fresh

    def _counted(self, entry: os.DirEntry[str]) -> os.DirEntry[str]:
        self.count += 1
        if self.count % _TELL_EVERY == 0:
            self.loading.tell(self.count, 0, "Looking for pictures")
        if self.count > MOST_FILES:
            raise refused(Path(entry.path).parent, f"holds more than {MOST_FILES:,} files.", "Choose a smaller folder.")
        return entry


def listing(path: Path, loading: Loading) -> Listing:
    """The pictures in a folder. A folder with nothing in it but one other is that other. Raises DataError."""
    root = status(path)
    if not stat.S_ISDIR(root.st_mode):
        raise refused(path, "is a file, not a folder.", "Choose the folder that the pictures are in.")
    walk = _Walk(loading)
    walk.enter(root)
    prefix = ""
    for _ in range(_DEEPEST):
        entries = walk.entries(path / prefix)
        folders = [entry for entry in entries if _is_dir(entry)]
        loose = any(entry.name.lower().endswith(SUFFIXES) for entry in entries)
        if loose or len(folders) != 1 or not any(map(_is_dir, walk.entries(Path(folders[0].path)))):
            break
        prefix += f"{folders[0].name}/"
    return _listed(path, prefix, walk)


def _listed(path: Path, prefix: str, walk: _Walk) -> Listing:
    loose: list[Picture] = []
    found: dict[str, list[Picture]] = {}
    for entry in walk.entries(path / prefix):
        status_ = _stat(entry)
        if status_ is not None and stat.S_ISDIR(status_.st_mode):
            if walk.enter(status_):
                pictures = list(walk.pictures(Path(entry.path), f"{prefix}{entry.name}/"))
                found.update({entry.name: pictures} if pictures else {})
        elif status_ is not None and stat.S_ISREG(status_.st_mode) and entry.name.lower().endswith(SUFFIXES):
            loose.append(Picture(prefix + entry.name, status_.st_size, status_.st_mtime_ns))
        else:
            walk.others += 1
    if not found and not loose:
        fix = f"Choose a folder with pictures ({', '.join(suffix[1:] for suffix in SUFFIXES)}) or with folders of them."
        raise refused(path, "has no pictures in it.", fix)
    if len(found) < 2:
        every = sorted(chain(loose, *found.values()), key=lambda picture: picture.name)
        return Listing(path, tuple(every), (), walk.others)
    return _by_class(path, found, walk.others, len(loose))


def _by_class(path: Path, found: dict[str, list[Picture]], others: int, loose: int) -> Listing:
    if len(found) > MOST_CLASSES:
        raise refused(path, f"has {len(found):,} folders of pictures; there are {MOST_CLASSES:,} classes at most.")
    names = tuple(shown(name, LONGEST_STRING) for name in found)
    if len(set(names)) < len(names):
        raise refused(path, "has folders whose names differ only in signs that can not be shown.", "Rename them.")
    pictures = tuple(
        Picture(picture.name, picture.size, picture.changed, label)
        for label, each in enumerate(found.values())
        for picture in each
    )
    return Listing(path, pictures, names, others, loose)


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    """None for a link that leads nowhere or round in a circle."""
    try:
        return entry.stat()
    except OSError:
        return None


def _is_dir(entry: os.DirEntry[str]) -> bool:
    found = _stat(entry)
    return found is not None and stat.S_ISDIR(found.st_mode)
