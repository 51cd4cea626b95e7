"""A checkpoint comes back as it was, or is refused with one sentence."""

import contextlib
import json
import math

import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.engine.records import checkpoint
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.training.state import pack, unpack
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

SNAPSHOT = Snapshot(
    plan=msg.Plan(lr=0.1, groups=(msg.Group("linear1", frozen=True),)),
    data=msg.DataRef("moons", {"samples": 300}, seed=3),
    source_hash="ab",
    step=7,
    epoch=2,
    trainer=pack({"steps": 7, "model": {"w": torch.arange(6.0).reshape(2, 3)}, "flags": (True, None, 0.1)}),
    facts={"watch": {"best": math.inf}},
    best={"w": torch.ones(2, 3)},
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("checkpoints") / "last.safetensors"
    checkpoint.write(SNAPSHOT, path)
    return path


def test_what_is_written_is_read(written):
    read = checkpoint.read(written)
    for name in ("plan", "data", "source_hash", "step", "epoch", "facts"):
        assert getattr(read, name) == getattr(SNAPSHOT, name)
    tree = unpack(read.trainer)
    assert torch.equal(tree["model"]["w"], torch.arange(6.0).reshape(2, 3))
    assert (tree["steps"], tree["flags"]) == (7, (True, None, 0.1))
    assert torch.equal(read.best["w"], torch.ones(2, 3))
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(EngineError, match="There is no checkpoint"):
        checkpoint.read(tmp_path / "gone.safetensors")
    with pytest.raises(EngineError, match="can not be read"):
        checkpoint.read(tmp_path)


@given(data=st.data())
def test_damage_is_refused(written, tmp_path_factory, data):
    whole = written.read_bytes()
    path = tmp_path_factory.mktemp("damaged") / "a.safetensors"
    at = data.draw(st.integers(0, len(whole) - 1))
    header = 8 + int.from_bytes(whole[:8], "little")
    if data.draw(st.booleans()):
        path.write_bytes(whole[:at])
    else:
        at %= header  # of numbers, nobody can know
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[at + 1 :])
        with contextlib.suppress(EngineError):
            checkpoint.read(path)
        return
    with pytest.raises(EngineError, match="no checkpoint, or a damaged one"):
        checkpoint.read(path)


def test_other_safetensors_files_and_newer_ones_are_refused(tmp_path, written):
    path = tmp_path / "weights.safetensors"
    safetensors.torch.save_file({"w": torch.ones(1)}, path)
    with pytest.raises(EngineError, match="no checkpoint"):
        checkpoint.read(path)
    with safetensors.safe_open(written, "pt") as file:
        head = json.loads(file.metadata()["nnstudio"])
    metadata = {"nnstudio": json.dumps(head | {"format": 99}), "trainer": "{}", "run": "{}"}
    safetensors.torch.save_file({"w": torch.ones(1)}, path, metadata)
    with pytest.raises(EngineError, match="newer NNStudio"):
        checkpoint.read(path)
