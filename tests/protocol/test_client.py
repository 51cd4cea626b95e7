import glob
import os
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from nnstudio.errors import EngineClosed, EngineDied, EngineError, ProtocolError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, EngineClient
from nnstudio.protocol.process import death_words


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_start_and_ask_return_at_once_and_the_answer_comes(start_client, ear):
    before = time.monotonic()
    client = start_client()
    future = client.ask(msg.Unsubscribe(subscription=1))
    assert time.monotonic() - before < 0.1
    assert not client.ready
    assert isinstance(future.result(10), msg.Done)
    assert client.ready
    assert client.pid == ear.of(msg.EngineReady)[0].pid
    assert [change.state for change in ear.of(EngineChange)] == ["starting", "ready"]


def test_each_future_gets_its_own_answer(start_client):
    client = start_client()
    futures = [client.ask(msg.Unsubscribe(subscription=i)) for i in range(200)]
    assert len({future.result(10).request for future in futures}) == 200


def test_a_refusal_is_an_error_with_fix_and_line(start_client):
    with pytest.raises(EngineError) as caught:
        start_client().ask(msg.Pause()).result(10)
    assert (caught.value.message, caught.value.fix, caught.value.line) == ("No.", "Ask another.", 7)


def test_a_killed_engine_is_noticed_and_replaced(start_client, ear):
    client = start_client()
    number = client.subscribe("x", {"a": 1})
    gone = client.subscribe("x", {})
    client.unsubscribe(gone)
    client.update(number, {"a": 2})
    ear.wait(lambda e: isinstance(e, msg.ProbeFrame) and e.facts == {"a": 2})
    pid = client.pid
    waiting = client.ask(msg.Stop())
    time.sleep(0.2)
    killed = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    noticed, change = ear.wait_state("lost")
    assert noticed - killed < 0.5
    assert "killed (signal 9)" in change.message
    with pytest.raises(EngineDied, match="killed"):
        waiting.result(1)

    ear.wait_state("ready", 2)
    assert client.pid not in (None, pid)
    _, frame = ear.wait(lambda e: isinstance(e, msg.ProbeFrame) and e.step == client.pid)
    assert (frame.subscription, frame.facts) == (number, {"a": 2})
    assert not [e for e in ear.of(msg.ProbeFrame) if e.step == client.pid and e.subscription == gone]


def test_what_was_asked_in_time_for_the_next_engine_is_answered_by_it(start_client, ear):
    client = start_client()
    ear.wait_state("ready")
    os.kill(client.pid, signal.SIGKILL)
    ear.wait_state("lost")
    assert isinstance(client.ask(msg.Unsubscribe(subscription=1)).result(10), msg.Done)


def test_ready_is_told_before_what_it_offers(start_client, ear):
    client = start_client()
    ear.wait(lambda e: isinstance(e, msg.EngineReady))
    kinds = [e.state if isinstance(e, EngineChange) else type(e).__name__ for _, e in ear.heard]
    assert kinds == ["starting", "ready", "EngineReady"]
    assert client.ready


SLOW_FIRST = """
import time, pathlib
first = not pathlib.Path({mark!r}).exists()
pathlib.Path({mark!r}).touch()
if first:
    time.sleep(60)
"""


def test_what_was_queued_for_an_engine_that_dies_in_starting_dies_too(start_client, ear, greeting, tmp_path, model):
    """A Start among it would train by itself, with nobody knowing."""
    mark = tmp_path / "started"
    tell_all = """
send(ready)
while True:
    request = msg.decode_request(channel.receive())
    kind = type(request).__name__
    send(msg.ProbeFrame(subscription=0, step=0, problem=kind))
    send(msg.Done(request=request.id))
"""
    client = start_client(greeting + SLOW_FIRST.format(mark=str(mark)) + tell_all)
    queued = client.ask(msg.Start(model=model, plan=msg.Plan()))
    client.subscribe("x", {})
    while not mark.exists():
        time.sleep(0.01)
    os.kill(client.pid, signal.SIGKILL)
    ear.wait_state("lost")
    assert queued.done(), "what is still open when the death is told is for the next engine"
    with pytest.raises(EngineDied, match="killed"):
        queued.result(0)
    ear.wait_state("ready")
    assert isinstance(client.ask(msg.Unsubscribe(subscription=9)).result(10), msg.Done)
    assert [frame.problem for frame in ear.of(msg.ProbeFrame)] == ["Subscribe", "Unsubscribe"]


def test_it_gives_up_after_three_deaths_and_can_be_started_again(start_client, ear):
    client = start_client("raise SystemExit('The disk is full.')")
    early = client.ask(msg.Unsubscribe(subscription=1))
    _, change = ear.wait_state("stopped")
    assert "The disk is full." in change.message
    assert "status 1" in change.message
    assert "3 times within 20 s" in change.message
    with pytest.raises(EngineDied):
        early.result(5)
    with pytest.raises(EngineDied):
        client.ask(msg.Pause()).result(1)
    assert [c.state for c in ear.of(EngineChange)] == ["starting", "lost", "starting", "lost", "starting", "stopped"]
    client.start()
    ear.wait_state("stopped", 2)


def test_an_engine_that_talks_nonsense_is_ended(start_client, ear, greeting):
    client = start_client(greeting + "send(ready); channel.send(b'garbage'); import time; time.sleep(60)")
    _, change = ear.wait_state("lost")
    assert "no message of ours" in change.message
    pids = {event.pid for event in ear.of(msg.EngineReady)}
    client.close()
    assert not any(map(alive, pids))


def test_a_frame_above_the_limit_fails_its_request_only(start_client, ear, monkeypatch, model):
    client = start_client()
    ear.wait_state("ready")
    monkeypatch.setattr("nnstudio.protocol.channel.MAX_FRAME", 50)
    with pytest.raises(ProtocolError, match="too large"):
        client.ask(msg.Load(model=model)).result(5)
    assert isinstance(client.ask(msg.Unsubscribe(subscription=1)).result(5), msg.Done)


def test_a_request_that_can_not_be_sent_fails_alone(start_client, ear):
    client = start_client()
    ear.wait_state("ready")
    for odd in ("\ud800", 2**64):  # a name of a file that is no UTF-8, and a number that no frame holds
        request = msg.InspectFile(path="a", reading={"odd": odd})
        with pytest.raises(ProtocolError, match="A InspectFile can not be sent"):
            client.ask(request).result(5)
    assert isinstance(client.ask(msg.Unsubscribe(subscription=1)).result(5), msg.Done)


def test_an_engine_that_cannot_be_started(ear):
    client = EngineClient(ear, ["/no/such/program"])
    client.start()
    _, change = ear.wait_state("stopped")
    assert "could not be started" in change.message
    client.close()


def test_closing_leaves_nothing(start_client, ear, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client = start_client()
    ear.wait_state("ready")
    assert glob.glob(f"{tmp_path}/*") == []
    pid, waiting = client.pid, client.ask(msg.Stop())
    before = time.monotonic()
    client.close()
    client.close()
    assert time.monotonic() - before < 1.0
    assert not alive(pid)
    assert client.pid is None
    for future, error in ((waiting, EngineClosed), (client.ask(msg.Pause()), EngineDied)):
        with pytest.raises(error):
            future.result(1)


def test_closing_while_it_starts(start_client):
    client = start_client("import time; time.sleep(60)")
    deadline = time.monotonic() + 5
    while client.pid is None and time.monotonic() < deadline:
        time.sleep(0.01)
    pid = client.pid
    client.close()
    assert not alive(pid)


def test_a_stubborn_engine_is_killed(start_client, ear, greeting):
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); send(ready); time.sleep(60)"
    client = start_client(greeting + stubborn)
    ear.wait_state("ready")
    pid = client.pid
    client.close()
    assert not alive(pid)


def test_output_goes_to_the_log(start_client, ear, tmp_path):
    log = tmp_path / "engine.log"
    start_client("print('hello'); raise SystemExit(3)", log=log)
    ear.wait_state("stopped")
    assert log.read_text().count("hello") == 3


def test_a_listener_that_fails_costs_nothing(greeting):
    client = EngineClient(lambda event: 1 / 0)
    client._command = (sys.executable, "-c", greeting + "send(ready); channel.receive()")
    client.start()
    deadline = time.monotonic() + 10
    while not client.ready and time.monotonic() < deadline:
        time.sleep(0.01)
    assert client.ready
    client.close()


def test_the_window_side_loads_no_torch():
    code = "import sys, nnstudio.protocol.client, nnstudio.protocol.fake; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("status", "words"),
    [(-9, "killed"), (-11, "crashed"), (-15, "told to end"), (0, "by itself"), (1, "No space."), (0xC0000005, "0xc00")],
)
def test_every_death_has_words(status, words):
    assert words in death_words(status, "No space.")
