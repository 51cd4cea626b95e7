"""The real engine process, through the real client."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import msgspec
import numpy as np
import pytest
import safetensors.numpy

from nnstudio.errors import EngineDied, EngineError
from nnstudio.graph import weights as graph_weights
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, EngineClient


class Ear:
    def __init__(self):
        self.heard = []
        self._news = threading.Condition()

    def __call__(self, event):
        with self._news:
            self.heard.append((time.monotonic(), event))
            self._news.notify_all()

    def clear(self):
        with self._news:
            self.heard.clear()

    def of(self, kind):
        return [event for _, event in list(self.heard) if isinstance(event, kind)]

    def wait(self, wanted, count=1, timeout=30.0):
        end = time.monotonic() + timeout
        with self._news:
            while True:
                fitting = [item for item in self.heard if wanted(item[1])]
                if len(fitting) >= count:
                    return fitting[count - 1]
                assert time.monotonic() < end, [event for _, event in self.heard][-3:]
                self._news.wait(0.1)

    def wait_run(self, state, count=1):
        return self.wait(lambda e: isinstance(e, msg.RunState) and e.state == state, count)[1]

    def wait_engine(self, state, count=1):
        return self.wait(lambda e: isinstance(e, EngineChange) and e.state == state, count)

    def losses(self):
        return np.concatenate([event.losses.numpy() for event in self.of(msg.Progress)])


@pytest.fixture(scope="module")
def shared():
    ear = Ear()
    client = EngineClient(ear)
    client.start()
    ready = ear.wait(lambda e: isinstance(e, msg.EngineReady))[1]
    yield client, ear, ready
    client.close()


@pytest.fixture
def engine(shared):
    """A client and its ear, with nothing running."""
    client, ear, _ = shared
    client.ask(msg.Stop()).result(10)
    ear.clear()
    return client, ear


def ask(client, request):
    return client.ask(request).result(30)


LONG = msg.Plan(epochs=100_000)


def test_what_the_engine_offers(shared):
    client, _, ready = shared
    assert ready.pid == client.pid
    assert ready.devices[0] == "cpu"
    assert ready.torch[0].isdigit()
    assert "activations" in ready.probes


def test_a_whole_session(engine, moons):
    client, ear = engine
    assert ask(client, msg.Describe(model=moons)).shapes["head"] == (2, 2)
    preview = ask(client, msg.PreviewData(data=moons.data, count=5))
    assert preview.arrays["point"].numpy().shape == (5, 2)
    assert preview.samples > 100
    number = client.subscribe("boundary", {})
    ask(client, msg.Load(model=moons))
    first = ear.wait(lambda e: isinstance(e, msg.ProbeFrame))[1]
    assert (first.subscription, first.step, first.problem) == (number, 0, "")
    started = ask(client, msg.Start(model=moons, plan=msg.Plan(epochs=5)))
    end = ear.wait_run("finished")
    assert end.run == started.run
    assert end.step == started.steps_per_epoch * 5 == len(ear.losses())
    ear.wait(lambda e: isinstance(e, msg.ProbeFrame) and e.step == end.step)
    assert len(ear.of(msg.EpochDone)) == 5
    client.unsubscribe(number)


def test_requests_in_mid_run_do_not_change_it(engine, moons, tmp_path):
    client, ear = engine
    plan = msg.Plan(epochs=60, seed=2)
    steps = ask(client, msg.Start(model=moons, plan=plan)).steps_per_epoch
    ear.wait_run("finished")
    plain = ear.losses()
    ear.clear()
    ask(client, msg.Start(model=moons, plan=plan))
    number = client.subscribe("predictions", {})
    ask(client, msg.Describe(model=moons))
    ask(client, msg.Pause())
    paused = ear.wait_run("paused")
    assert paused.step < len(plain)
    ask(client, msg.Pause())
    ask(client, msg.Step())
    ask(client, msg.Export(kind="safetensors", path=str(tmp_path / "m.safetensors"), model=moons))
    ask(client, msg.Step(epoch=True))
    at = paused.step
    ear.wait(lambda e: isinstance(e, msg.RunState) and e.state == "paused" and e.step > at and e.step % steps == 0)
    with pytest.raises(EngineError, match="run is going"):
        ask(client, msg.Load(model=moons))
    ask(client, msg.Resume())
    ask(client, msg.Resume())
    ear.wait_run("finished")
    client.unsubscribe(number)
    assert np.array_equal(ear.losses(), plain)


def test_a_race_is_steered_as_one_run(engine, moons):
    client, ear = engine
    entrants = tuple(msg.Entrant(moons, msg.Plan(epochs=100_000, seed=seed)) for seed in range(3))
    told = ask(client, msg.StartRace(entrants=entrants))
    numbers = [each.run for each in told.runs]
    ear.wait(lambda e: isinstance(e, msg.Progress) and e.run == numbers[2])
    ask(client, msg.Stop(run=numbers[1]))
    assert ear.wait_run("stopped").run == numbers[1]
    ask(client, msg.Pause())
    paused = [ear.wait_run("paused", count).run for count in (1, 2)]
    assert paused == [numbers[0], numbers[2]]
    with pytest.raises(EngineError, match="run is going"):
        ask(client, msg.Load(model=moons))
    ask(client, msg.Step(epoch=True))
    ear.wait_run("paused", 4)
    ask(client, msg.Stop())
    ear.wait_run("stopped", 3)
    with pytest.raises(EngineError, match="No run is going"):
        ask(client, msg.Pause())


def test_a_batch_is_recorded_while_the_run_stands_still_and_by_nobody_else(engine, moons):
    client, ear = engine
    plan = msg.Plan(epochs=60, seed=2)
    ask(client, msg.Start(model=moons, plan=plan))
    ear.wait_run("finished")
    plain = ear.losses()
    assert ask(client, msg.Record()).step == len(plain), "of the model as it was left"
    ear.clear()
    ask(client, msg.Start(model=moons, plan=LONG))
    with pytest.raises(EngineError, match="going on"):
        ask(client, msg.Record())
    ask(client, msg.Start(model=moons, plan=plan))
    ask(client, msg.Pause())
    paused = ear.wait(lambda e: isinstance(e, msg.RunState) and e.state == "paused")[1]
    recorded = [ask(client, msg.Record(sample=n)) for n in (0, 3)]
    assert [(each.step, each.sample, each.samples) for each in recorded] == [(paused.step, 0, 32), (paused.step, 3, 32)]
    assert recorded[0].loss == recorded[1].loss == pytest.approx(plain[paused.step], abs=0)
    ask(client, msg.Resume())
    finished = ear.wait_run("finished")
    mine = [event for event in ear.of(msg.Progress) if event.run == finished.run]
    assert np.array_equal(np.concatenate([event.losses.numpy() for event in mine]), plain)


def test_an_export_without_weights_has_those_of_the_run(engine, moons, tmp_path):
    client, ear = engine
    ask(client, msg.Start(model=moons, plan=LONG))
    time.sleep(0.3)
    ask(client, msg.Pause())
    ear.wait(lambda e: isinstance(e, msg.Weights))
    trained = safetensors.numpy.load(ear.of(msg.Weights)[-1].data)
    done = ask(client, msg.Export(kind="safetensors", path=str(tmp_path / "m.safetensors"), model=moons))
    assert done.difference == 0.0
    written = safetensors.numpy.load_file(done.files[0])
    assert np.array_equal(written["linear1.weight"], trained["linear1.weight"])


def test_a_paused_start_stands_before_its_first_step(engine, moons):
    client, ear = engine
    started = client.ask(msg.Start(model=moons, plan=msg.Plan(epochs=2, batch_size=32), paused=True)).result(30)
    assert ear.wait_run("paused").step == 0
    client.ask(msg.Step()).result(10)
    assert ear.wait(lambda e: isinstance(e, msg.RunState) and (e.run, e.state, e.step) == (started.run, "paused", 1))
    client.ask(msg.Stop()).result(10)
    assert len(ear.losses()) == 1


def test_training_on_tells_what_began_anew(engine, moons):
    client, ear = engine
    plan = msg.Plan(epochs=1, batch_size=32)
    assert client.ask(msg.Start(model=moons, plan=plan)).result(30).fresh == ()
    ear.wait_run("finished")
    kept = ear.of(msg.Weights)[-1].data
    smaller = graph_weights.without(kept, lambda name: name.startswith("head"))
    other = msgspec.structs.replace(moons, weights=smaller)
    assert client.ask(msg.Start(model=other, plan=plan)).result(30).fresh == ("head",)
    ear.wait_run("finished", 2)


def test_a_plan_is_changed_in_mid_run_and_trouble_is_met(engine, moons):
    client, ear = engine
    plan = msg.Plan(optimizer="SGD", lr=0.01, epochs=100_000)
    ask(client, msg.Start(model=moons, plan=plan))
    ear.wait(lambda e: isinstance(e, msg.Progress))
    ask(client, msg.ChangePlan(plan=msgspec.structs.replace(plan, lr=1e38)))
    changed = ear.wait(lambda e: isinstance(e, msg.Changed))[1]
    assert (changed.what, changed.before, changed.after) == ("lr", "0.01", "1e+38")
    stands = ear.wait_run("paused")
    assert (stands.kind, stands.step) == ("nan", changed.step)
    assert stands.fix.endswith("and resume.")
    with pytest.raises(EngineError, match="seed of a run"):
        ask(client, msg.ChangePlan(plan=msgspec.structs.replace(plan, seed=3)))
    ask(client, msg.ChangePlan(plan=msgspec.structs.replace(plan, epochs=changed.step // 10 + 3)))
    ask(client, msg.Resume())
    done = ear.wait_run("finished")
    assert done.step == done.epoch * 10 > stands.step
    assert ear.of(msg.Progress)[-1].lr == 0.01


def test_layers_and_weights_are_changed_between_two_steps(engine, moons):
    client, ear = engine
    ask(client, msg.Start(model=moons, plan=LONG, paused=True))
    ear.wait_run("paused")
    ask(client, msg.ChangeLayer(layer="dropout", values={"p": 0.75}))
    value = msg.Array.of(np.array(2.5, np.float32))
    ask(client, msg.ChangeWeight(name="linear1.weight", value=value, index=(0, 1)))
    ear.wait(lambda e: isinstance(e, msg.Changed), 2)
    share, number = ear.of(msg.Changed)
    assert (share.what, share.before, share.after) == ("dropout.p", "0.3", "0.75")
    assert (number.what, number.after, number.step) == ("linear1.weight[0, 1]", "2.5", 0)
    kept = ear.wait(lambda e: isinstance(e, msg.Weights))[1].data
    assert safetensors.numpy.load(kept)["linear1.weight"][0, 1] == 2.5
    with pytest.raises(EngineError, match="no layer 'dropout9'"):
        ask(client, msg.ChangeLayer(layer="dropout9", values={"p": 0.75}))
    ask(client, msg.Stop())
    with pytest.raises(EngineError, match="No run is going"):
        ask(client, msg.ChangeLayer(layer="dropout", values={"p": 0.75}))


def test_weights_of_the_model_that_is_looked_at_are_changed_and_told(engine, moons):
    client, ear = engine
    ask(client, msg.Load(model=moons))
    number = client.subscribe("activations", {})
    ear.wait(lambda e: isinstance(e, msg.ProbeFrame))
    whole = msg.Array.of(np.full((2, 16), 0.5, np.float32))
    told = ask(client, msg.ChangeWeight(name="head.weight", value=whole, tell=True))
    assert (safetensors.numpy.load(told.data)["head.weight"] == 0.5).all()
    frames = [ear.wait(lambda e: isinstance(e, msg.ProbeFrame), count)[1].arrays["head"].numpy() for count in (1, 2)]
    assert not np.array_equal(*frames)
    assert ear.of(msg.Changed) == []
    client.unsubscribe(number)


def test_one_run_after_another(engine, moons):
    client, ear = engine
    first = ask(client, msg.Start(model=moons, plan=LONG))
    second = ask(client, msg.Start(model=moons, plan=LONG))
    assert second.run == first.run + 1
    assert ear.wait_run("stopped").run == first.run
    assert ear.of(msg.Weights) == []
    ear.wait(lambda e: isinstance(e, msg.Progress) and e.run == second.run)
    ask(client, msg.Stop())
    assert ear.wait_run("stopped", 2).run == second.run
    assert len(ear.of(msg.Weights)) == 1
    ask(client, msg.Load(model=moons))


def test_errors_are_answers_and_the_engine_lives(engine, moons):
    client, _ = engine
    pid = client.pid
    replace = msgspec.structs.replace
    wrong = replace(moons, source=moons.source.replace("nn.Linear(16, 2)", "nn.Linear(17, 2)"))
    with pytest.raises(EngineError, match="Line 18, head = self") as caught:
        ask(client, msg.Describe(model=wrong))
    assert caught.value.line == 18
    for request, words in (
        (msg.Load(model=replace(moons, source="x = = 1")), "not valid Python"),
        (msg.Load(model=replace(moons, data=msg.DataRef("nope"))), "no data set 'nope'"),
        (msg.Load(model=replace(moons, inputs=("image",))), "no 'image'"),
        (msg.Load(model=replace(moons, data=msg.DataRef("moons", {"nope": 1}))), "no parameter 'nope'"),
        (msg.Load(model=replace(moons, weights=b"bad")), "damaged"),
        (msg.Start(model=replace(moons, class_name="Nope"), plan=LONG), "no module called Nope"),
        (msg.Subscribe(subscription=900, probe="nope"), "no probe 'nope'"),
        (msg.Export(kind="nope", path="/tmp/nope", model=moons), "no export 'nope'"),
        (msg.Pause(), "No run is going"),
        (msg.Step(), "No run is going"),
    ):
        with pytest.raises(EngineError, match=words):
            ask(client, request)
    assert client.pid == pid
    assert ask(client, msg.Describe(model=moons)).flops > 0


def test_ctrl_c_is_for_the_window(engine, moons):
    client, ear = engine
    ask(client, msg.Start(model=moons, plan=LONG))
    os.kill(client.pid, signal.SIGINT)
    ask(client, msg.Stop())
    assert ear.wait_run("stopped")


def test_garbage_is_answered_and_forgotten(engine, moons):
    client, _ = engine
    client._channel.send(b"garbage")
    assert ask(client, msg.Describe(model=moons)).flops > 0


def test_killed_in_mid_training(moons):
    ear = Ear()
    client = EngineClient(ear)
    client.start()
    number = client.subscribe("boundary", {})
    try:
        ask(client, msg.Start(model=moons, plan=LONG))
        ear.wait(lambda e: isinstance(e, msg.ProbeFrame))
        killed = time.monotonic()
        os.kill(client.pid, signal.SIGKILL)
        noticed, change = ear.wait_engine("lost")
        assert noticed - killed < 0.5
        assert "killed (signal 9)" in change.message
        ear.wait_engine("ready", 2)
        ear.clear()
        ask(client, msg.Load(model=moons))
        frame = ear.wait(lambda e: isinstance(e, msg.ProbeFrame))[1]
        assert (frame.subscription, frame.problem) == (number, "")
        with pytest.raises(EngineError, match="No run"):
            ask(client, msg.Pause())
    finally:
        client.close()
    with pytest.raises(EngineDied):
        ask(client, msg.Pause())


HOLDER = """
import os, sys, time
from nnstudio.protocol.client import EngineClient
from nnstudio.protocol import messages as msg

client = EngineClient(lambda event: None)
client.start()
if sys.argv[1] == "asleep":
    model = msg.Model("import time\\ntime.sleep(60)", "M", msg.DataRef("moons"), inputs=("point",))
    client.ask(msg.Describe(model=model))
while not (client.ready if sys.argv[1] == "asleep" else client.pid):
    time.sleep(0.01)
time.sleep(0.3)
print(client.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("engine_is", ["starting", "asleep"])
def test_no_orphan_when_the_window_is_killed(engine_is):
    command = [sys.executable, "-c", textwrap.dedent(HOLDER), engine_is]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=30)
    pid = int(done.stdout)
    end = time.monotonic() + 2
    while _running(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _running(pid)


def _running(pid: int) -> bool:
    """A process without a parent that cares may stay as a zombie: it does not run."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
