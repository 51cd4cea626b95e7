"""Samples, a page at a time: only those that are looked at are asked for, however many there are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.project.errands import Errand
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data.source import Known

KEPT = 48
"""Pages that stay."""
AT_ONCE = 2
"""Pages that are asked for at the same time."""
PAGE_BYTES = 2**18
FEWEST, MOST = 16, 256
"""Samples in a page."""
CALM_MS = 15
"""While one scrolls, only where one comes to rest is asked for."""


@dataclass(frozen=True)
class Sample:
    """One sample: its fields, and which one of the source it is (-1 where nobody knows)."""

    values: Mapping[str, Any]
    index: int


@dataclass(frozen=True)
class Page:
    """Samples that follow each other; none where the engine had not got all their fields."""

    arrays: Mapping[str, NDArray[Any]]
    index: NDArray[np.int64] | None

    def sample(self, place: int) -> Sample | None:
        if not self.arrays or any(place >= len(array) for array in self.arrays.values()):
            return None
        index = int(self.index[place]) if self.index is not None and place < len(self.index) else -1
        return Sample({name: array[place] for name, array in self.arrays.items()}, index)


class Pages(QObject):
    """The samples of one part of some data. `rows` is how many there are."""

    reset = Signal()
    """Other samples."""
    arrived = Signal(int, int)
    """First and last row that are known now."""
    failed = Signal(object)
    """NNStudioError."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.known: Known | None = None
        self.part = "all"
        self.rows = 0
        self.size = FEWEST
        self._wanted = (0, -1)
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._flying: dict[int, Errand] = {}
        self._timer = QTimer(self, singleShot=True, interval=CALM_MS)
        self._timer.timeout.connect(self._ask)

    def open(self, known: Known | None, part: str) -> None:
        """Show a part of other data, or nothing."""
        if known is self.known and part == self.part:
            return
        self._let_go()
        self.known, self.part = known, part
        self.rows = _rows(known, part) if known is not None else 0
        bytes_each = sum(field.bytes for field in known.fields) if known is not None else 1
        self.size = min(max(PAGE_BYTES // max(bytes_each, 1), FEWEST), MOST)
        self.reset.emit()

    def put(self, known: Known, part: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Show samples that are here already."""
        self._let_go()
        self.known, self.part = known, part
        self.rows = self.size = max((len(array) for array in arrays.values()), default=0)
        self.size = max(self.size, 1)
        self._pages[0] = Page(arrays, None)
        self.reset.emit()

    def sample(self, row: int) -> Sample | None:
        """A sample, or None while it is not here."""
        page = self._pages.get(row // self.size)
        return page.sample(row % self.size) if page is not None else None

    def want(self, first: int, last: int) -> None:
        """These rows are looked at; the ones that are missing are asked for, and no others any more."""
        first, last = max(first, 0), min(last, self.rows - 1)
        self._wanted = (first, last)
        for number in range(first // self.size, last // self.size + 1):
            if number in self._pages:
                self._pages.move_to_end(number)
            elif not self._timer.isActive():
                self._timer.start()

    # Inside

    def _ask(self) -> None:
        first, last = self._wanted
        if self.known is None or last < first:
            return
        missing = [n for n in range(first // self.size, last // self.size + 1) if n not in self._pages]
        for number in [number for number in missing if number not in self._flying]:
            if len(self._flying) >= AT_ONCE:
                return
            self._fetch(self.known, number)

    def _fetch(self, known: Known, number: int) -> None:
        start = number * self.size
        errands = known.shown.session.errands
        errand = errands.preview(known.shown.ref, self.part, start, min(self.size, self.rows - start))
        self._flying[number] = errand
        self._bridge.when(errand.future, partial(self._take, known, errand, number))

    def _take(self, known: Known, errand: Errand, number: int, future: Future[msg.AnyReply]) -> None:
        if self._flying.get(number) is not errand:
            return  # other samples are shown by now
        del self._flying[number]
        self._bridge.answered(known.shown.session, future)
        reply, error = outcome(future)
        if error is not None:
            self.failed.emit(error)
            return
        if isinstance(reply, msg.DataPreview):
            index = reply.index.numpy() if reply.index is not None else None
            whole = reply.arrays.keys() >= {field.name for field in known.fields}
            arrays = {name: array.numpy() for name, array in reply.arrays.items()} if whole else {}
            self._pages[number] = Page(arrays, index)
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
            start = number * self.size
            self.arrived.emit(start, min(start + self.size, self.rows) - 1)
        self._ask()

    def _let_go(self) -> None:
        if self.known is not None:
            for errand in self._flying.values():
                self.known.shown.session.errands.cancel(errand.key)
        self._flying.clear()
        self._pages.clear()
        self._wanted = (0, -1)


def _rows(known: Known, part: str) -> int:
    batch = min(known.shown.batch, known.train)
    return {"all": known.samples, "train": known.train, "test": known.test, "batch": batch}[part]
