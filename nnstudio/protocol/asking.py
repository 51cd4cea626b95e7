"""What the window's side needs of an engine: protocol.client.EngineClient, or the fake."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from typing import Protocol

from nnstudio.errors import EngineClosed, NNStudioError
from nnstudio.protocol import messages as msg


class Engine(Protocol):
    """Answers requests, and sends frames to subscriptions."""

    def ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]: ...
    def subscribe(self, probe: str, options: Mapping[str, msg.Option]) -> int: ...
    def update(self, subscription: int, options: Mapping[str, msg.Option]) -> None: ...
    def unsubscribe(self, subscription: int) -> None: ...


def outcome(asked: Future[msg.AnyReply]) -> tuple[msg.AnyReply | None, NNStudioError | None]:
    """What came of it: the reply, or why there is none; neither while there is no answer. It never waits."""
    if not asked.done():
        return None, None
    try:
        return asked.result(), None
    except CancelledError:
        return None, EngineClosed("The engine was closed.")
    except NNStudioError as error:
        return None, error
