"""What all edits of the canvas stand on: the drawing that is edited, and refusals that are told, not raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

from PySide6.QtCore import QObject, Signal

from nnstudio.errors import LinkRefused, NNStudioError
from nnstudio.graph.document import Sheet
from nnstudio.graph.marking import counted
from nnstudio.graph.marks import Mark
from nnstudio.graph.nodes import Node
from nnstudio.project.session import Trouble
from nnstudio.ui.bridge import Bridge


def told(edit: Callable[..., Any]) -> Callable[..., Any]:
    """Errors go to the person instead of the caller."""

    @wraps(edit)
    def run(self: TellingEdits, *args: object, **more: object) -> Any:
        with self.telling():
            return edit(self, *args, **more)

    return run


class TellingEdits(QObject):
    """Nodes are given as ids, and what is to be added by its key in `stock`."""

    added = Signal(str, str)
    """A person has put something in: its key in `stock`, and the type of the node that it follows, if it does."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge

    @property
    def sheet(self) -> Sheet:
        """The drawing that is edited."""
        return self._bridge.sheet

    @contextmanager
    def telling(self) -> Iterator[None]:
        """An NNStudioError inside is shown to the person."""
        try:
            yield
        except NNStudioError as error:
            self.tell(error.message, error.fix, passing=isinstance(error, LinkRefused))

    def tell(self, message: str, fix: str = "", *, passing: bool = True) -> None:
        """Say something to the person; what is `passing` goes by itself."""
        self._bridge.trouble.emit(Trouble(message, fix, passing))

    def _parted(self, things: Iterable[str]) -> tuple[list[str], list[str]]:
        """Frames and comments, and nodes."""
        keys, marks = list(things), self.sheet.marks
        return [key for key in keys if key in marks], [key for key in keys if key not in marks]

    def _named(self, verb: str, nodes: Sequence[Node], marks: Sequence[Mark] = ()) -> str:
        """What a step is called that does this to nodes, frames and comments."""
        if nodes and marks:
            return self.tr("{} {} things").format(verb, len(nodes) + len(marks))
        if marks:
            return f"{verb} {' and '.join(counted(marks))}"
        return f"{verb} {nodes[0].name}" if len(nodes) == 1 else self.tr("{} {} nodes").format(verb, len(nodes))
