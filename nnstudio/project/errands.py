"""Work on data that the engine does for somebody: previews, figures, looking into files, downloads.

Each has a key, by which it is given up, and by which `messages.DataProgress` tells how far it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.graph.document import Document
from nnstudio.project.carrying import data_ref
from nnstudio.protocol import messages as msg

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Errand:
    """One piece of work. The future gets the reply, or EngineError, whose `kind` is as in messages.Failed."""

    key: str
    future: Future[msg.AnyReply]


class Errands:
    """Of one project. `ask` is the engine's."""

    def __init__(self, document: Document, ask: Callable[[msg.AnyRequest], Future[msg.AnyReply]]) -> None:
        self._document = document
        self._ask = ask

    def data(self, node: str) -> msg.DataRef:
        """The data of a Dataset node, as split now: as trained where there are weights. Raises NoSuchNode."""
        return data_ref(self._document, node, self._document.trained or self._document.plan)

    def preview(self, data: msg.DataRef, part: str = "all", start: int = 0, count: int = 64) -> Errand:
        """Some samples; the reply is DataPreview."""
        key = _new_key()
        return self._go(key, msg.PreviewData(data=data, part=part, start=start, count=count, key=key))

    def summarize(self, data: msg.DataRef, points: int = 2000) -> Errand:
        """Figures over all samples; the reply is DataSummary."""
        key = _new_key()
        return self._go(key, msg.SummarizeData(data=data, points=points, key=key))

    def inspect(self, path: Path, dataset: str = "", reading: Mapping[str, Any] | None = None) -> Errand:
        """How a file or folder can be read; the reply is Inspected."""
        key = _new_key()
        request = msg.InspectFile(path=str(path), dataset=dataset, reading=dict(reading or {}), key=key)
        return self._go(key, request)

    def check(self, data: msg.DataRef) -> Errand:
        """Whether data can be had, as of a file that may be gone or another; the reply is Done."""
        key = _new_key()
        return self._go(key, msg.CheckData(data=data, key=key))

    def fetch(self, data: msg.DataRef) -> Errand:
        """Download what the data set needs; the reply is Done."""
        key = _new_key()
        return self._go(key, msg.FetchData(data=data, key=key))

    def cancel(self, key: str) -> None:
        """Give up the work of that key, as messages.MODEL_KEY. Its future fails with the kind "cancelled".

        Work that is done already stays so.
        """
        self._ask(msg.Cancel(key=key))

    def _go(self, key: str, request: msg.AnyRequest) -> Errand:
        return Errand(key, self._ask(request))


def _new_key() -> str:
    return f"data-{next(_numbers)}"
