"""Work on data beside the run: it answers once, tells how far it is, and can be given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from time import sleep

import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import datasets
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.engine import jobs
from nnstudio.engine.data.datasets import _kept as datasets_kept
from nnstudio.engine.jobs import Jobs
from nnstudio.params import Values
from nnstudio.protocol import messages as msg

begun = threading.Event()


def _slowly(values: Values, loading: Loading) -> Loaded:
    for done in range(2000):
        loading.tell(done, 2000, "slow")
        begun.set()
        sleep(0.005)
    return Loaded({"x": np.zeros((2, 1), np.float32)})


class Ear:
    def __init__(self) -> None:
        self.heard: list[msg.AnyMessage] = []
        self.given_up: set[str] = set()
        self.answered = threading.Event()
        self.jobs = Jobs(self._take, self.given_up.__contains__)

    def _take(self, message: msg.AnyMessage) -> None:
        self.heard.append(message)
        if isinstance(message, msg.Reply):
            self.answered.set()

    def ask(self, request: jobs.DataRequest) -> msg.AnyMessage:
        self.jobs.put(request)
        assert self.answered.wait(20)
        return self.heard[-1]


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    monkeypatch.setattr(jobs, "TELL_EVERY", 0.0)
    datasets()["slow"] = DatasetType("slow", "Slow", "For tests.", (Field("x", (1,)),), 2, _slowly)
    begun.clear()
    yield Ear()
    del datasets()["slow"]


def test_a_preview_is_answered(ear: Ear) -> None:
    reply = ear.ask(msg.PreviewData(id=7, data=msg.DataRef("moons"), count=5, key="k"))
    assert isinstance(reply, msg.DataPreview)
    assert (reply.request, reply.samples) == (7, 400)


def test_what_is_given_up_ends_at_once_and_says_so(ear: Ear) -> None:
    ear.jobs.put(msg.PreviewData(id=3, data=msg.DataRef("slow"), key="k"))
    assert begun.wait(10)
    ear.given_up.add("k")
    assert ear.answered.wait(5)
    assert ear.heard[-1] == msg.Failed(request=3, message="Given up.", kind="cancelled")
    told = [event for event in ear.heard if isinstance(event, msg.DataProgress)]
    assert {(event.key, event.total, event.what) for event in told[1:]} == {("k", 2000, "slow")}


def test_what_was_given_up_before_it_began_is_not_begun(ear: Ear) -> None:
    ear.given_up.add("k")
    reply = ear.ask(msg.PreviewData(id=3, data=msg.DataRef("slow"), key="k"))
    assert isinstance(reply, msg.Failed)
    assert not begun.is_set()


def test_a_check_is_done_or_fails(ear: Ear) -> None:
    assert ear.ask(msg.CheckData(id=7, data=msg.DataRef("moons"))) == msg.Done(request=7)
    ear.answered.clear()
    refused = ear.ask(msg.CheckData(id=8, data=msg.DataRef("table")))
    assert isinstance(refused, msg.Failed)
    assert refused.kind == "file"


def test_a_failure_is_told_with_its_kind(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "free_memory", lambda: 10)
    datasets_kept.clear()  # what other tests have left would give way to this
    reply = ear.ask(msg.PreviewData(id=3, data=msg.DataRef("moons", {"samples": 123})))
    assert isinstance(reply, msg.Failed)
    assert (reply.kind, reply.message) == ("memory", "'Moons' needs 3.9 kB of memory, and 10 bytes are free.")


def test_an_answer_that_can_not_be_sent_is_a_failure(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    take = ear._take
    monkeypatch.setattr(ear.jobs, "_send", lambda message: (msg.encode(message), take(message)))
    monkeypatch.setattr(jobs, "inspect", lambda *_: ("table", {"path": "\ud800"}, {}))
    reply = ear.ask(msg.InspectFile(id=5, path="a"))
    assert isinstance(reply, msg.Failed)
    assert (reply.request, reply.message.partition(":")[0]) == (5, "A Inspected can not be sent")
