import time

import numpy as np
import pytest
import torch

from nnstudio.engine.looking import stream as stream_module
from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.run import Run
from nnstudio.errors import DataError, EngineError
from nnstudio.probes.spec import Found, Probe
from nnstudio.protocol import messages as msg


def nosy(look, options):
    """Does everything that could disturb a run."""
    x, label = look.test["point"][:50], look.test["label"][:50]
    assert not look.model.training
    assert not torch.is_grad_enabled()
    torch.rand(100)
    look.model.train()
    with torch.enable_grad():
        look.model.compute_loss(look.model.eval()(x), label).backward()
    return Found({"head": look.trace([x])["head"].numpy()}, {"seed": torch.initial_seed()})


def slow(look, options):
    time.sleep(options["seconds"])
    return Found()


def broken(look, options):
    raise ZeroDivisionError("oh")


def empty(look, options):
    raise DataError("There is nothing to see.")


def untold(look, options):
    return Found({"a": np.array([object()])})


@pytest.fixture
def sent(monkeypatch):
    declared = {look.__name__: Probe(look.__name__, "", look) for look in (nosy, slow, broken, empty, untold)}
    monkeypatch.setattr(stream_module, "probes", lambda: declared)
    return []


def subscribe(stream, number, probe, **options):
    stream.subscribe(msg.Subscribe(subscription=number, probe=probe, options=options))


def train(model, stream, sent, epochs, pauses=()):
    subject = make_subject(model)
    run = Run(1, subject, msg.Plan(epochs=epochs), sent.append, stream)
    run.go()
    while run.state == "training":
        run.advance()
        if run.trainer.steps in pauses and run.state == "training":
            run.pause()
            while stream.stale:
                stream.show_stale(subject)
            run.go()
    assert run.state == "finished", sent[-1]
    return run


def losses(sent):
    return np.concatenate([event.losses.numpy() for event in sent if isinstance(event, msg.Progress)])


def frames(sent, number):
    return [event for event in sent if isinstance(event, msg.ProbeFrame) and event.subscription == number]


def test_probes_do_not_change_the_run(moons, sent):
    alone = Stream(sent.append)
    train(moons, alone, sent, 10)
    plain = losses(sent)
    sent.clear()
    watched = Stream(sent.append)
    subscribe(watched, 1, "nosy")
    # With a wake of zero every step is followed by a frame.
    watched._set_wake = lambda: setattr(watched, "wake", 0.0)
    run = train(moons, watched, sent, 10, pauses=(7, 8, 30))
    assert len(frames(sent, 1)) > 50
    assert not any(frame.problem for frame in frames(sent, 1))
    assert np.array_equal(losses(sent), plain)
    assert len(plain) == run.total_steps
    assert all(module.training for module in run.subject.model.modules())


@pytest.mark.parametrize(("more", "budget"), [(0, 0.04), (5, 0.08), (20, 0.1)])
def test_probes_get_no_more_than_their_share(moons_subject, sent, monkeypatch, more, budget):
    """By a clock of our own, so that a busy machine makes no difference: a step takes 1 ms, each probe its own time."""
    now = 0.0
    seconds = {1: 0.004, 2: 0.02, 3: 0.0001} | dict.fromkeys(range(4, 4 + more), 0.01)

    def looked(wanted, subject):
        nonlocal now
        number = wanted.request.subscription
        now += seconds[number]
        return msg.ProbeFrame(subscription=number, step=0)

    monkeypatch.setattr(stream_module, "perf_counter", lambda: now)
    monkeypatch.setattr(stream_module, "frame", looked)
    stream = Stream(sent.append)
    for number in seconds:
        subscribe(stream, number, "slow")
    stream.run_begins()
    while now < 60.0:
        now += 0.001
        if now >= stream.wake:
            stream.run_due(moons_subject)
    shown = {number: len(frames(sent, number)) for number in seconds}
    spent = sum(shown[number] * cost for number, cost in seconds.items())
    assert 0.5 * budget < spent / now < 1.05 * budget
    # the cheapest leaves its share to the others, and is shown the most
    assert shown[3] > shown[1] > shown[2] > 10


def test_a_frame_that_had_to_wait_for_the_processor_is_no_measure():
    request = msg.Subscribe(subscription=1, probe="slow", options={})
    wanted = stream_module.Subscription(request, Probe("slow", "", slow))
    for seconds in (0.002, 0.3, 0.003):
        wanted.took(seconds)
    assert wanted.cost == 0.003


def test_who_takes_the_processor_when_a_frame_is_sent_is_not_its_cost(moons_subject, sent, monkeypatch):
    now = 0.0

    def looked(wanted, subject):
        nonlocal now
        now += 0.002
        return msg.ProbeFrame(subscription=1, step=0)

    def send(event):
        nonlocal now
        now += 0.5
        sent.append(event)

    monkeypatch.setattr(stream_module, "perf_counter", lambda: now)
    monkeypatch.setattr(stream_module, "thread_time", lambda: 0.0)
    monkeypatch.setattr(stream_module, "frame", looked)
    stream = Stream(send)
    subscribe(stream, 1, "slow")
    stream.show_stale(moons_subject)
    assert stream._wanted[1].cost == pytest.approx(0.002)


def test_a_probe_that_fails_says_so_in_its_frame(moons_subject, sent):
    stream = Stream(sent.append)
    for number, probe in enumerate(("broken", "empty", "untold")):
        subscribe(stream, number, probe)
    while stream.stale:
        stream.show_stale(moons_subject)
    assert [frame.problem for frame in sent] == [
        "ZeroDivisionError: oh.",
        "There is nothing to see.",
        "Arrays of object do not travel.",
    ]


def test_frames_when_nothing_runs(moons_subject, sent):
    stream = Stream(sent.append)
    subscribe(stream, 1, "nosy")
    stream.show_stale(moons_subject)
    assert not stream.stale
    subscribe(stream, 1, "slow", seconds=0)
    assert stream.stale
    stream.show_stale(moons_subject)
    stream.changed()
    moons_subject.step = 5
    stream.show_stale(moons_subject)
    assert [frame.step for frame in sent] == [0, 0, 5]
    stream.unsubscribe(1)
    stream.unsubscribe(1)
    stream.changed()
    assert not stream.stale


def test_a_probe_that_does_not_exist(sent):
    with pytest.raises(EngineError, match="no probe 'nope'"):
        subscribe(Stream(sent.append), 1, "nope")
