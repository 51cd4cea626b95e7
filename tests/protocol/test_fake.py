import numpy as np
import pytest

from nnstudio.errors import EngineDied, EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange, EngineClient
from nnstudio.protocol.fake import FakeEngine


def test_it_has_the_interface_of_the_client():
    public = {name for name in vars(EngineClient) if not name.startswith("_")}
    assert public <= set(dir(FakeEngine()))


def test_a_scripted_run_and_frames():
    heard = []
    fake = FakeEngine(heard.append)
    with pytest.raises(EngineDied):
        fake.ask(msg.Pause()).result(0)
    fake.start()
    assert fake.ready
    assert isinstance(fake.ask(msg.Pause()).result(0), msg.Done)
    number = fake.subscribe("boundary", {})
    fake.update(number, {"size": 3})
    assert fake.subscriptions[number].options == {"size": 3}
    fake.frame("boundary", {"z": np.zeros((3, 3), np.float32)}, step=4)
    fake.play(epochs=2)
    kinds = [type(event).__name__ for event in heard]
    assert kinds[:4] == ["EngineChange", "EngineChange", "EngineReady", "ProbeFrame"]
    assert kinds[4:] == ["RunState", *["Progress", "EpochDone"] * 2, "Weights", "RunState"]
    assert all(event == msg.decode_message(msg.encode(event)) for event in heard if not isinstance(event, EngineChange))


def test_it_refuses_and_dies_when_told():
    heard = []
    fake = FakeEngine(heard.append)
    fake.start()
    fake.refuse = EngineError("No.")
    with pytest.raises(EngineError, match="No"):
        fake.ask(msg.Pause()).result(0)
    fake.die()
    assert fake.ready
    fake.die(for_good=True)
    assert not fake.ready
    states = [event.state for event in heard if isinstance(event, EngineChange)]
    assert states == ["starting", "ready", "lost", "starting", "ready", "stopped"]
