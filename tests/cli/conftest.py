from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from nnstudio import headless
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, EngineClient, Heard


class Lent:
    """A real engine that one command after the other has for its own: to start one takes seconds."""

    def __init__(self) -> None:
        self._tell: Callable[[Heard], None] = lambda event: None
        self._ready: Future[msg.EngineReady] = Future()
        self.client = EngineClient(self._hear)

    def __call__(self, on_event: Callable[[Heard], None]) -> Lent:
        self._tell = on_event
        return self

    def start(self) -> None:
        self.client.start()
        ready = self._ready.result(100)
        self._tell(EngineChange("ready"))
        self._tell(ready)

    def close(self) -> None:
        self._tell = lambda event: None
        self.client.ask(msg.Stop()).result(100)

    @property
    def pid(self) -> int | None:
        return self.client.pid

    def ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]:
        return self.client.ask(request)

    def subscribe(self, probe: str, options: Mapping[str, msg.Option]) -> int:
        return self.client.subscribe(probe, options)

    def update(self, subscription: int, options: Mapping[str, msg.Option]) -> None:
        self.client.update(subscription, options)

    def unsubscribe(self, subscription: int) -> None:
        self.client.unsubscribe(subscription)

    def _hear(self, event: Heard) -> None:
        if isinstance(event, msg.EngineReady):
            self._ready.set_result(event)
        elif not (isinstance(event, EngineChange) and event.state in ("starting", "ready")):
            self._tell(event)


@pytest.fixture(scope="session")
def _lent() -> Iterator[Lent]:
    lent = Lent()
    yield lent
    lent.client.close()


@pytest.fixture
def engine(_lent: Lent, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commands share one engine."""
    monkeypatch.setattr(headless, "EngineClient", _lent)
    return _lent


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A project with a problem."""
    document = storage.load(resolve("example:xor"))
    document.disconnect(document.links_into("hidden1", "x")[0])
    storage.save(document, tmp_path / "broken.nnstudio.json")
    return tmp_path / "broken.nnstudio.json"
