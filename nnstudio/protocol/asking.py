"""What the window's side needs of an engine: protocol.client.EngineClient, or the fake."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Protocol

from nnstudio.protocol import messages as msg


class Engine(Protocol):
    """Answers requests, and sends frames to subscriptions."""

    def ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]: ...
    def subscribe(self, probe: str, options: Mapping[str, msg.Option]) -> int: ...
    def update(self, subscription: int, options: Mapping[str, msg.Option]) -> None: ...
    def unsubscribe(self, subscription: int) -> None: ...
