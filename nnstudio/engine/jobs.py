"""Work on data beside the run: previews, figures, looking into files, downloads. Each can be given up."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from nnstudio.data.files.inspect import inspect
from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.web.download import fetch
from nnstudio.engine.data.datasets import is_well, load
from nnstudio.engine.data.figures import figures
from nnstudio.engine.data.preview import preview
from nnstudio.engine.model.memory import free_memory
from nnstudio.engine.model.words import in_words
from nnstudio.errors import Cancelled, EngineError, NNStudioError
from nnstudio.protocol import messages as msg

DataRequest: TypeAlias = msg.PreviewData | msg.CheckData | msg.SummarizeData | msg.InspectFile | msg.FetchData
WORKERS = 2
DOWNLOADS = 4
"""At once, beside the rest: a download does not keep a preview waiting."""
TELL_EVERY = 0.1
"""Seconds between two DataProgress events of one job."""


class Jobs:
    """`given_up` says whether the work of a key is not wanted any more."""

    def __init__(self, send: Callable[[msg.AnyMessage], None], given_up: Callable[[str], bool]) -> None:
        self._send = send
        self._given_up = given_up
        self._workers = ThreadPoolExecutor(WORKERS, "data")
        self._downloads = ThreadPoolExecutor(DOWNLOADS, "download")

    def put(self, request: DataRequest) -> None:
        """Do it soon, beside the run, and answer."""
        workers = self._downloads if isinstance(request, msg.FetchData) else self._workers
        workers.submit(self._do, request)

    def _do(self, request: DataRequest) -> None:
        """Exactly one reply, whatever happens."""
        try:
            self._send(self._reply(request))
        except Exception as error:  # noqa: BLE001  # a bug in one request must not end the engine
            self._send(refusal(request.id, error))

    def _reply(self, request: DataRequest) -> msg.AnyReply:
        match request:
            case msg.PreviewData():
                return preview(request, self.loading(request.data, request.key))
            case msg.CheckData():
                if not is_well(request.data):
                    load(request.data, self.loading(request.data, request.key))
                return msg.Done(request=request.id)
            case msg.SummarizeData():
                return figures(request, self.loading(request.data, request.key))
            case msg.FetchData():
                fetch(dataset(request.data.dataset), self.loading(request.data, request.key))
                return msg.Done(request=request.id)
            case msg.InspectFile():
                loading = self.loading(msg.DataRef(""), request.key)
                name, params, facts = inspect(request.path, request.dataset, request.reading, loading)
                return msg.Inspected(request=request.id, dataset=name, params=params, facts=facts)
        raise EngineError(f"{type(request).__name__} is not answered here.")

    def loading(self, data: msg.DataRef, key: str) -> Loading:
        """What the loader of that data gets: it tells how far it is, and ends with Cancelled when it is given up."""
        next_time = perf_counter() + TELL_EVERY

        def tell(done: int, total: int, what: str) -> None:
            nonlocal next_time
            if self._given_up(key):
                raise Cancelled
            now = perf_counter()
            if now >= next_time:
                next_time = now + TELL_EVERY
                self._send(msg.DataProgress(key=key, done=done, total=total, what=what))

        tell(0, 0, "")
        return Loading(data.seed, Path(data.folder) if data.folder else None, tell, free_memory())


def refusal(request: int, error: Exception) -> msg.Failed:
    """The reply to a request that could not be done."""
    if not isinstance(error, NNStudioError):
        traceback.print_exc(file=sys.stderr)
    told = in_words(error)
    return msg.Failed(request=request, message=told.message, fix=told.fix, line=told.line, kind=told.kind)
