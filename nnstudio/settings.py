"""What the program remembers of a person's wishes: typed, named, and kept as JSON in the user's folder.

    settings = Settings.load()
    settings.theme = "light"
    settings.save()

A damaged file never stops the program: it is put aside as `settings.json.bad`, and the defaults hold.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from nnstudio import paths
from nnstudio.errors import UsageError

THEMES = ("system", "dark", "light", "high-contrast")
RECENT_KEPT = 10


@dataclass(frozen=True)
class About:
    """What a person is told of one setting. `choices` is empty where anything of the type goes."""

    label: str
    help: str
    choices: tuple[str, ...] = ()


def _text(default: str, about: About) -> Any:
    return field(default=default, metadata={"about": about})


def _texts(about: About) -> Any:
    return field(default=(), metadata={"about": about})


@dataclass
class Settings:
    """All settings. Assigning a value that its setting does not take raises UsageError."""

    theme: str = _text("system", About("Theme", "Colours of the window; system follows the desktop.", THEMES))
    recent_files: tuple[str, ...] = _texts(About("Recent projects", "The last ones opened, newest first."))
    window_geometry: str = _text("", About("Window place", "Where the window stood, in Qt's form (base64)."))
    window_state: str = _text("", About("Window arrangement", "How the docks stood, in Qt's form (base64)."))
    path: Path | None = field(default=None, compare=False, repr=False)
    """The file they are kept in; None keeps nothing."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "path":
            value = _checked(name, value)
        super().__setattr__(name, value)

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """The settings as they were left, or the defaults."""
        path = path or paths.config_dir() / "settings.json"
        settings = cls(path=path)
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(values, dict):
                raise ValueError("not an object")
        except FileNotFoundError:
            return settings
        except (OSError, ValueError):
            _put_aside(path)
            return settings
        for name in about():
            # One value that is out of date does not cost the others.
            with contextlib.suppress(UsageError):
                setattr(settings, name, values.get(name, getattr(settings, name)))
        return settings

    def save(self) -> None:
        """Write them, whole or not at all. Raises OSError."""
        if self.path is None:
            return
        text = json.dumps({name: getattr(self, name) for name in about()}, indent=2, sort_keys=True)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)

    def remember(self, file: Path) -> None:
        """A project was opened or saved: it is the newest of the recent ones."""
        known = [name for name in self.recent_files if name != str(file)]
        self.recent_files = (str(file), *known)[:RECENT_KEPT]

    def forget_missing(self) -> None:
        """Recent projects that are gone are no longer offered."""
        self.recent_files = tuple(name for name in self.recent_files if Path(name).is_file())


def about() -> dict[str, About]:
    """Label, help and choices of every setting, by name."""
    return {item.name: item.metadata["about"] for item in fields(Settings) if "about" in item.metadata}


def _checked(name: str, value: object) -> object:
    known = about().get(name)
    if known is None:
        raise UsageError(f"There is no setting '{name}'.", fix=f"There are: {', '.join(about())}.")
    if name == "recent_files":
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)[:RECENT_KEPT]
        raise UsageError(f"{known.label} takes a list of texts, not {value!r}.")
    if not isinstance(value, str) or (known.choices and value not in known.choices):
        wanted = f"one of {', '.join(known.choices)}" if known.choices else "a text"
        raise UsageError(f"{known.label} takes {wanted}, not {value!r}.")
    return value


def _put_aside(path: Path) -> None:
    """Keep what could not be read, so that nothing a person wrote is lost."""
    with contextlib.suppress(OSError):
        os.replace(path, path.with_name(path.name + ".bad"))
