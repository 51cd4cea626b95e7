"""Engines that are none of ours: small scripts that speak, or misspeak, the protocol."""

import sys
import threading
import time

import pytest

from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, EngineClient

GREETING = """
import os, sys
from nnstudio.protocol import messages as msg
from nnstudio.protocol.channel import knock
channel = knock(sys.stdin.buffer)
send = lambda message: channel.send(msg.encode(message))
ready = msg.EngineReady(torch="none", devices=("cpu",), probes=(), exports=(), pid=os.getpid())
"""

ECHO = """
send(ready)
while True:
    try:
        request = msg.decode_request(channel.receive())
    except EOFError:
        break
    if isinstance(request, msg.Shutdown):
        break
    if isinstance(request, msg.Pause):
        send(msg.Failed(request=request.id, message="No.", fix="Ask another.", line=7))
    elif isinstance(request, msg.Resume):
        os.kill(os.getpid(), 9)
    elif not isinstance(request, msg.Stop):  # a Stop is never answered
        send(msg.Done(request=request.id))
    if isinstance(request, msg.Subscribe):
        send(msg.ProbeFrame(subscription=request.subscription, step=os.getpid(), facts=request.options))
"""


def script(text: str) -> list[str]:
    """The command of an engine that runs the text."""
    return [sys.executable, "-c", text]


class Ear:
    """Keeps what a client hears, with the time; `wait` until something has been heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, object]] = []
        self._news = threading.Condition()

    def __call__(self, event: object) -> None:
        with self._news:
            self.heard.append((time.monotonic(), event))
            self._news.notify_all()

    def of(self, kind: type) -> list:
        return [event for _, event in self.heard if isinstance(event, kind)]

    def wait(self, wanted, count: int = 1, timeout: float = 20.0) -> tuple[float, object]:
        """The time and event of the `count`-th event that `wanted` accepts."""
        end = time.monotonic() + timeout
        with self._news:
            while True:
                fitting = [item for item in self.heard if wanted(item[1])]
                if len(fitting) >= count:
                    return fitting[count - 1]
                left = end - time.monotonic()
                assert left > 0, f"not heard in time; heard: {[event for _, event in self.heard][-5:]}"
                self._news.wait(left)

    def wait_state(self, state: str, count: int = 1, timeout: float = 20.0) -> tuple[float, EngineChange]:
        return self.wait(lambda e: isinstance(e, EngineChange) and e.state == state, count, timeout)


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def start_client(ear):
    """Starts a client of a scripted engine; all are closed at the end."""
    clients = []

    def start(text: str = GREETING + ECHO, **more) -> EngineClient:
        client = EngineClient(ear, script(text), **more)
        clients.append(client)
        client.start()
        return client

    yield start
    for client in clients:
        client.close()


@pytest.fixture
def greeting():
    return GREETING


@pytest.fixture
def model():
    return msg.Model("source", "Net", msg.DataRef("moons"), inputs=("point",), weights=b"w" * 10)
