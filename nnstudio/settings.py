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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from weakref import WeakMethod

from nnstudio import paths
from nnstudio.errors import UsageError

THEMES = ("system", "dark", "light", "high-contrast")
RECENT_KEPT = 10
PLAN_CLOSED = ("schedule", "stopping", "initialization")
"""Parts of the plan's form that are closed until a person opens them."""
LONGEST_LIST = 1000
"""More entries in a list of the settings file are no person's wishes."""


@dataclass(frozen=True)
class About:
    """What a person is told of one setting. `choices` is empty where anything of the type goes.

    One that is `shown` stands on the page of settings; the others are what the program remembers by itself.
    """

    label: str
    help: str
    choices: tuple[str, ...] = ()
    shown: bool = True
    kind: str = "text"
    """"text", "texts", "flag", "number" or "table" (texts by texts)."""
    low: float = 0
    high: float = 0
    """Between which a number lies."""


def _text(default: str, about: About) -> Any:
    return field(default=default, metadata={"about": about})


def _texts(label: str, help: str, default: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"about": About(label, help, shown=False, kind="texts")})


def _flag(default: bool, label: str, help: str) -> Any:
    return field(default=default, metadata={"about": About(label, help, kind="flag")})


def _number(default: int, label: str, help: str, low: int, high: int) -> Any:
    return field(default=default, metadata={"about": About(label, help, kind="number", low=low, high=high)})


def _table(label: str, help: str) -> Any:
    about = About(label, help, shown=False, kind="table")
    return field(default_factory=lambda: MappingProxyType({}), metadata={"about": about})


Listener = Callable[[str], None]
"""Called with the name of a setting that has changed."""


@dataclass
class Settings:
    """All settings. Assigning a value that its setting does not take raises UsageError."""

    theme: str = _text("system", About("Theme", "Colours of the window; system follows the desktop.", THEMES))
    recent_kept: int = _number(RECENT_KEPT, "Recent projects", "How many of the last ones are listed.", 0, 50)
    hints: bool = _flag(True, "Hints", "Small notes beside what they explain, each shown once.")
    guides: bool = _flag(True, "Snap to neighbours", "A dragged card is drawn to the edges and middles of others.")
    keep_runs: bool = _flag(True, "Keep runs", "Losses and checkpoints of every run, in a folder of its own.")
    runs_folder: str = _text("", About("Folder of runs", "Where runs are kept; empty: NNStudio/runs in the documents."))
    tensorboard: bool = _flag(False, "TensorBoard", "Runs that are kept are written for TensorBoard too, if installed.")
    shortcuts: Mapping[str, str] = _table("Keys", "Those of commands that were given others, by command.")
    hints_seen: tuple[str, ...] = _texts("Hints seen", "They are not shown again.")
    recent_commands: tuple[str, ...] = _texts("Recent commands", "Chosen in the list of commands, newest first.")
    recent_files: tuple[str, ...] = _texts("Last projects", "The last ones opened, newest first.")
    device: str = _text("cpu", About("Device", "What networks are trained on, as torch names it.", shown=False))
    plan_closed: tuple[str, ...] = _texts("Closed parts of the plan", "They show their heading alone.", PLAN_CLOSED)
    window_geometry: str = _text(
        "", About("Window place", "Where the window stood, in Qt's form (base64).", shown=False)
    )
    window_state: str = _text(
        "", About("Window arrangement", "How the docks stood, in Qt's form (base64).", shown=False)
    )
    further_views: tuple[str, ...] = _texts("Further views", "Panels open more than once, with their pins.")
    path: Path | None = field(default=None, compare=False, repr=False)
    """The file they are kept in; None keeps nothing."""
    listeners: list[WeakMethod[Listener]] = field(default_factory=list, init=False, compare=False, repr=False)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in ("path", "listeners"):
            value = _checked(name, value)
        before = getattr(self, name, None)
        super().__setattr__(name, value)
        if before != value and name not in ("path", "listeners"):
            self._tell(name)

    def subscribe(self, tell: Listener) -> None:
        """A method hears of every change from now on, as long as its object lives."""
        self.listeners.append(WeakMethod(tell))

    def _tell(self, name: str) -> None:
        for held in tuple(getattr(self, "listeners", ())):
            tell = held()
            if tell is None:
                self.listeners.remove(held)
            else:
                tell(name)

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
        except (OSError, ValueError, RecursionError):
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
        text = json.dumps({name: _plain(getattr(self, name)) for name in about()}, indent=2, sort_keys=True)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)

    def keep(self) -> None:
        """Write them if that is possible: a full disk does not keep anybody from working."""
        with contextlib.suppress(OSError):
            self.save()

    def remember(self, file: Path) -> None:
        """A project was opened or saved: it is the newest of the recent ones."""
        known = [name for name in self.recent_files if name != str(file)]
        self.recent_files = (str(file), *known)[: self.recent_kept]

    def forget(self, file: Path) -> None:
        """A project is no longer offered among the recent ones."""
        self.recent_files = tuple(name for name in self.recent_files if name != str(file))


@cache
def about() -> Mapping[str, About]:
    """Label, help and choices of every setting, by name."""
    return MappingProxyType(
        {item.name: item.metadata["about"] for item in fields(Settings) if "about" in item.metadata}
    )


def _checked(name: str, value: object) -> object:
    known = about().get(name)
    if known is None:
        raise UsageError(f"There is no setting '{name}'.", fix=f"There are: {', '.join(about())}.")
    wanted, taken = _KINDS[known.kind](known, value)
    if taken is None:
        raise UsageError(f"{known.label} takes {wanted}, not {value!r}.")
    return taken


def _check_text(known: About, value: object) -> tuple[str, object]:
    wanted = f"one of {', '.join(known.choices)}" if known.choices else "a text"
    fits = isinstance(value, str) and (not known.choices or value in known.choices)
    return wanted, value if fits else None


def _check_texts(known: About, value: object) -> tuple[str, object]:
    taken = tuple(value)[:LONGEST_LIST] if isinstance(value, list | tuple) else (None,)
    return "a list of texts", taken if all(isinstance(item, str) for item in taken) else None


def _check_flag(known: About, value: object) -> tuple[str, object]:
    return "true or false", value if isinstance(value, bool) else None


def _check_number(known: About, value: object) -> tuple[str, object]:
    fits = isinstance(value, int) and not isinstance(value, bool) and known.low <= value <= known.high
    return f"a whole number from {known.low:g} to {known.high:g}", value if fits else None


def _check_table(known: About, value: object) -> tuple[str, object]:
    pairs = dict(value) if isinstance(value, Mapping) else {None: None}
    fits = all(isinstance(text, str) for pair in pairs.items() for text in pair)
    return "texts by names", MappingProxyType(pairs) if fits and len(pairs) <= LONGEST_LIST else None


_KINDS: dict[str, Callable[[About, object], tuple[str, object]]] = {
    "text": _check_text,
    "texts": _check_texts,
    "flag": _check_flag,
    "number": _check_number,
    "table": _check_table,
}
"""What is wanted, and the value as it is kept; None for one that does not fit."""


def _plain(value: object) -> object:
    """As JSON takes it."""
    return dict(value) if isinstance(value, Mapping) else value


def _put_aside(path: Path) -> None:
    """Keep what could not be read, so that nothing a person wrote is lost."""
    with contextlib.suppress(OSError):
        os.replace(path, path.with_name(path.name + ".bad"))
