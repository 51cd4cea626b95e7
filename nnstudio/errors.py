"""Every error NNStudio raises on purpose.

    NNStudioError
    ├── CatalogueError          a declaration is asked for something it does not have
    │   ├── UnknownLayer        no layer of that type
    │   ├── UnknownDataset      no data set of that name
    │   └── BadParameter        a value that its parameter cannot take
    ├── ShapeError              shapes that do not fit; names the port and a fix
    ├── DocumentError           an edit that the document refuses
    │   ├── NoSuchNode          the node is not (or no longer) there
    │   ├── BadName             not an identifier, taken, or reserved
    │   └── LinkRefused         a wire that may not exist; names the rule
    ├── StorageError            a project file that cannot be read or written
    ├── CompileError            the drawing has problems, so there is no model to run
    ├── DataError               data that cannot be loaded or does not fit the model
    │   └── Cancelled           work on data that somebody has given up
    ├── ProtocolError           a frame that is not a message of ours
    ├── EngineError             the engine refused or failed; carries the engine's own words
    │   └── EngineDied          the engine process is gone
    │       └── EngineClosed    it was ended because somebody wanted that
    ├── PictureError            a picture of the drawing that cannot be made or written
    └── UsageError              a command line that makes no sense

Messages are whole sentences for the person at the screen: what happened, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping


class NNStudioError(Exception):
    """Base of all. `fix` is what the person can do, or an empty string."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class CatalogueError(NNStudioError):
    """A declaration is asked for something it does not have."""


class UnknownLayer(CatalogueError):
    """No layer of that type is declared."""


class UnknownDataset(CatalogueError):
    """No data set of that name is declared."""


class BadParameter(CatalogueError):
    """A value that its parameter cannot take."""

    def __init__(self, message: str, *, name: str = "", fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.name = name


class ShapeError(NNStudioError):
    """Shapes that do not fit. `port` names the input at fault, or is empty for the whole node.

    A known cure is one of: `insert`, a layer to put in before the port; `sets`, parameters of the node; `upstream`,
    parameters of the nearest node before the port that has them.
    """

    def __init__(
        self,
        message: str,
        *,
        port: str = "",
        fix: str = "",
        insert: str = "",
        sets: Mapping[str, object] | None = None,
        upstream: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, fix=fix)
        self.port = port
        self.insert = insert
        self.sets = sets or {}
        self.upstream = upstream or {}


class DocumentError(NNStudioError):
    """An edit that the document refuses; nothing was changed."""


class NoSuchNode(DocumentError):
    """The node is not, or no longer, in the document."""


class BadName(DocumentError):
    """A node name that is no identifier, is taken, or means something else in the source."""


class LinkRefused(DocumentError):
    """A wire that may not exist. `rule` is the name of the rule, as in graph.rules."""

    def __init__(self, message: str, *, rule: str, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.rule = rule


class StorageError(NNStudioError):
    """A project file that cannot be read or written."""


class CompileError(NNStudioError):
    """The drawing has problems, so there is no model to run."""


class DataError(NNStudioError):
    """Data that cannot be loaded or does not fit the model.

    `kind` says what a program can do about it: "file" (a person's own file is gone or has changed), "download" (the
    data set has to be fetched first), "offline" (nobody answers), "disk", "memory", or nothing in particular.
    """

    def __init__(self, message: str, *, fix: str = "", kind: str = "") -> None:
        super().__init__(message, fix=fix)
        self.kind = kind


class Cancelled(DataError):
    """Work on data that somebody has given up; nothing is half done."""

    def __init__(self, message: str = "Given up.", *, fix: str = "") -> None:
        super().__init__(message, fix=fix, kind="cancelled")


def is_cancelled(error: BaseException) -> bool:
    """Whether it only says that somebody has given up the work, here or in the engine: no failure to tell of."""
    return getattr(error, "kind", "") == "cancelled"


class ProtocolError(NNStudioError):
    """A frame that is not a message of ours."""


class EngineError(NNStudioError):
    """The engine refused or failed. `line` is the line of the model's source, or 0; `kind` is as in DataError."""

    def __init__(self, message: str, *, fix: str = "", line: int = 0, kind: str = "") -> None:
        super().__init__(message, fix=fix)
        self.line = line
        self.kind = kind


class EngineDied(EngineError):
    """The engine process is gone."""


class EngineClosed(EngineDied):
    """The engine was ended because somebody wanted that: no failure to tell of."""


class PictureError(NNStudioError):
    """A picture of the drawing that cannot be made or written."""


class UsageError(NNStudioError):
    """A command line that makes no sense."""
