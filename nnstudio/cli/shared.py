"""What commands have in common: their arguments, and how a project and a folder are found."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from nnstudio.errors import UsageError
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document

Argument: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True)
class Command:
    """`call` gives the exit status; its docstring is the help."""

    name: str
    call: Callable[[argparse.Namespace], int]
    arguments: tuple[Argument, ...] = ()
    for_terminals: bool = False
    """Whether it prints for a person only at a terminal: JSON lines otherwise, as with --json."""


FILE: Argument = (("file",), {"metavar": "FILE", "help": "a project file, or example:NAME"})
JSON: Argument = (("--json",), {"action": "store_true", "help": "print one JSON object a line"})
ALLOW: Argument = (
    ("--allow-code",),
    {"action": "store_true", "help": "let the code run that the project carries, this once"},
)


def load(reference: str) -> Document:
    """The project of that name. Raises UsageError and StorageError."""
    return storage.load(existing(reference))


def existing(reference: str) -> Path:
    """Where the project lies. Raises UsageError."""
    path = resolve(reference)
    if not os.path.exists(path):  # Path.exists raises for a name that is too long
        raise UsageError(f"There is no file '{reference}'.", fix="Give a project file, or example:NAME.")
    return path


def folder(out: str | None, option: str = "--out") -> Path | None:
    """Made before the training, so that none is lost for want of it. Raises UsageError."""
    if not out:
        return None
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise bad_folder(out, error, option) from error
    return Path(out)


def bad_folder(out: str, error: OSError, option: str = "--out") -> UsageError:
    """Why results can not go there."""
    return UsageError(
        f"'{out}' can not be a folder to write to: {error.strerror or error}.", fix=f"Give another to {option}."
    )
