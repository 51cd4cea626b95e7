"""The examples that come with NNStudio: project files that open ready to train."""

from __future__ import annotations

from pathlib import Path

from nnstudio import paths
from nnstudio.errors import UsageError

SUFFIX = ".nnstudio.json"
PREFIX = "example:"


def examples() -> dict[str, Path]:
    """All examples by name."""
    folder = paths.resource("examples")
    return {path.name.removesuffix(SUFFIX): path for path in sorted(folder.glob(f"*{SUFFIX}"))}


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
