import io
import multiprocessing.connection
import os
import threading

import pytest

from nnstudio.errors import ProtocolError
from nnstudio.protocol import channel as ch


@pytest.fixture
def ends():
    left, right = (ch.Channel(end) for end in multiprocessing.connection.Pipe())
    yield left, right
    left.close()
    right.close()


def test_frames_arrive_whole_and_in_order(ends):
    left, right = ends
    frames = [b"", b"a", bytes(100_000), b"z"]
    writer = threading.Thread(target=lambda: [left.send(frame) for frame in frames])
    writer.start()
    assert [right.receive() for _ in frames] == frames
    writer.join()


def test_the_end_is_an_eof(ends):
    left, right = ends
    left.close()
    assert right.waiting(1.0)
    with pytest.raises(EOFError):
        right.receive()
    with pytest.raises(OSError, match="closed"):
        left.send(b"late")


def test_frames_above_the_limit_are_refused_at_both_ends(ends, monkeypatch):
    left, right = ends
    left.send(bytes(2000))
    monkeypatch.setattr(ch, "MAX_FRAME", 1000)
    with pytest.raises(ProtocolError, match="too large"):
        left.send(bytes(1001))
    with pytest.raises(ProtocolError, match="larger"):
        right.receive()


def test_a_pickle_stays_bytes(ends):
    left, right = ends
    left._connection.send(print)  # what a hostile engine might do
    assert isinstance(right.receive(), bytes)


def test_only_who_knows_the_key_comes_in():
    door = ch.Door()
    inside = []
    admitting = threading.Thread(target=lambda: inside.append(door.admit(lambda: True)))
    admitting.start()
    caller = ch.knock(io.BytesIO(door.invitation))
    admitting.join(5)
    caller.send(b"hello")
    assert inside[0].receive() == b"hello"
    caller.close()
    inside[0].close()
    door.close()

    door = ch.Door()
    address = door.invitation.split(b"\n")[0]
    refused = []
    stranger = threading.Thread(target=lambda: refused.append(_error(address + b"\n" + b"00" * 32 + b"\n")))
    stranger.start()
    with pytest.raises(EOFError):
        door.admit(lambda: True)
    stranger.join(5)
    door.close()
    assert refused[0] is not None


def test_nobody_waits_for_a_dead_engine():
    door = ch.Door()
    with pytest.raises(EOFError):
        door.admit(lambda: False)
    door.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no socket files")
def test_a_closed_door_leaves_no_files():
    door = ch.Door()
    address = door.invitation.decode().split("\n")[0]
    folder = os.path.dirname(address)
    assert os.stat(folder).st_mode & 0o777 == 0o700
    door.close()
    assert not os.path.exists(folder)


def test_without_an_invitation_there_is_a_word_why():
    with pytest.raises(ProtocolError, match="invitation"):
        ch.knock(io.BytesIO(b""))


def _error(invitation: bytes) -> Exception | None:
    try:
        ch.knock(io.BytesIO(invitation)).close()
    except (ProtocolError, OSError, EOFError, multiprocessing.AuthenticationError) as error:
        return error
    return None
