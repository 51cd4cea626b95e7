"""The examples that come with NNStudio: project files that open ready to train."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from nnstudio import paths
from nnstudio.errors import UsageError

SUFFIX = ".nnstudio.json"
PREFIX = "example:"
ABOUT = "about.json"
"""Beside the examples: what each shows, in the order in which they are offered."""


@dataclass(frozen=True)
class Example:
    """One example as it is offered to a person."""

    name: str
    path: Path
    title: str
    summary: str = ""
    tags: tuple[str, ...] = ()

    def picture(self, theme: str) -> Path:
        """A drawing of it, "dark" or "light"; `nnstudio.picturing` makes them."""
        return paths.resource("pictures", "examples", f"{self.name}-{theme}.png")


class _About(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    title: str
    summary: str
    tags: tuple[str, ...] = ()


def examples() -> dict[str, Path]:
    """All examples by name."""
    folder = paths.resource("examples")
    found = {path.name.removesuffix(SUFFIX): path for path in folder.glob(f"*{SUFFIX}")}
    return dict(sorted(found.items()))


def offered() -> list[Example]:
    """All examples with what they show; those that nobody has described come last, under their names."""
    found = examples()
    told = [
        Example(each.name, found.pop(each.name), each.title, each.summary, each.tags)
        for each in msgspec.json.decode(paths.resource("examples", ABOUT).read_bytes(), type=list[_About])
        if each.name in found
    ]
    return [*told, *(Example(name, path, name.replace("-", " ")) for name, path in found.items())]


def resolve(reference: str) -> Path:
    """The file that a person means: a path, or `example:NAME`. Raises UsageError for an example that is not there."""
    if not reference.startswith(PREFIX):
        return Path(reference)
    name = reference.removeprefix(PREFIX)
    found = examples().get(name)
    if found is None:
        raise UsageError(f"There is no example '{name}'.", fix=f"There are: {', '.join(examples())}.")
    return found


def is_example(path: Path) -> bool:
    """Whether a file is one of the examples, which are opened as new projects and never written over."""
    return path.resolve().parent == paths.resource("examples").resolve()
