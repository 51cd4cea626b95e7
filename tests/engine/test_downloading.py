"""Fetching through the real engine process: progress, giving up, and the state of what waits for it."""

import sys
import threading

import pytest

from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineClient
from tests.data.web.server import CONTENT, serving


@pytest.fixture
def server():
    with serving() as served:
        yield served


class Downloading:
    """An engine that knows the data set `tiny`, and what it tells of its work."""

    def __init__(self, url, folder):
        self.progress, self.news = [], threading.Condition()
        self.data = msg.DataRef("tiny", folder=str(folder))
        self.client = EngineClient(self._hear, [sys.executable, "-m", "tests.engine.downloading_engine", url])
        self.client.start()

    def _hear(self, event):
        if isinstance(event, msg.DataProgress):
            with self.news:
                self.progress.append(event)
                self.news.notify_all()

    def fetch(self, key):
        return self.client.ask(msg.FetchData(data=self.data, key=key))

    def wait(self, wanted):
        with self.news:
            assert self.news.wait_for(lambda: any(map(wanted, self.progress)), 30)


@pytest.fixture
def engine(server, tmp_path):
    made = Downloading(server.url("slow"), tmp_path)
    yield made
    made.client.close()


def test_a_download_tells_how_far_it_is_is_given_up_and_goes_on(engine, server, tmp_path):
    first = engine.fetch("a")
    engine.wait(lambda event: event.key == "a" and 0 < event.done < event.total == len(CONTENT))
    assert "Tiny" in engine.progress[-1].what
    load = engine.client.ask(msg.PreviewData(data=engine.data, key="b"))  # not kept waiting
    with pytest.raises(EngineError, match="not on this computer") as caught:
        load.result(10)
    assert caught.value.kind == "download"
    engine.client.ask(msg.Cancel(key="a")).result(10)
    with pytest.raises(EngineError) as caught:
        first.result(10)
    assert caught.value.kind == "cancelled"
    server.more.set()
    assert isinstance(engine.fetch("c").result(20), msg.Done)
    assert (tmp_path / "tiny" / "tiny.bin").read_bytes() == CONTENT
    assert isinstance(engine.fetch("d").result(10), msg.Done)  # it is there
