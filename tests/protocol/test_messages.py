import msgspec
import numpy as np
import pytest

from nnstudio.errors import ProtocolError
from nnstudio.protocol import messages as msg


def test_requests_travel_unchanged(model):
    for request in (
        msg.Start(id=3, model=model, plan=msg.Plan(optimizer="SGD", lr=0.5)),
        msg.Subscribe(id=4, subscription=1, probe="boundary", options={"size": 30, "names": ["a", "b"], "x": None}),
        msg.Shutdown(),
    ):
        assert msg.decode_request(msg.encode(request)) == request


def test_replies_and_events_travel_unchanged():
    array = msg.Array.of(np.arange(6, dtype=np.float32).reshape(2, 3))
    frame = msg.ProbeFrame(subscription=2, step=9, arrays={"a": array}, facts={"loss": 0.5})
    back = msg.decode_message(msg.encode(frame))
    assert back == frame
    assert np.array_equal(back.arrays["a"].numpy(), [[0, 1, 2], [3, 4, 5]])


def test_a_reply_is_no_request_and_nonsense_is_neither(model):
    reply = msg.encode(msg.Done(request=1))
    with pytest.raises(ProtocolError):
        msg.decode_request(reply)
    with pytest.raises(ProtocolError):
        msg.decode_message(msg.encode(msg.Load(model=model)))
    for frame in (b"", b"\x00", b"garbage", msgspec.msgpack.encode({"type": "Done"}), b"\x80\x04K\x01."):
        with pytest.raises(ProtocolError):
            msg.decode_message(frame)


@pytest.mark.parametrize(
    "array",
    [
        msg.Array("float32", (2,), b"1234"),
        msg.Array("object", (1,), b"12345678"),
        msg.Array("float32", (-1,), b"1234"),
        msg.Array("float32", (1,), b"123"),
    ],
)
def test_arrays_that_lie_are_refused(array):
    with pytest.raises(ProtocolError):
        array.numpy()


def test_objects_do_not_travel():
    with pytest.raises(ProtocolError):
        msg.Array.of(np.array([object()]))


def test_an_array_that_is_not_contiguous_keeps_its_order():
    array = np.arange(6, dtype=np.int64).reshape(2, 3).T
    assert np.array_equal(msg.Array.of(array).numpy(), array)
