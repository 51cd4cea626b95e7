import msgspec
import numpy as np
import pytest
import torch

from nnstudio.engine.looking.stream import Stream, frame
from nnstudio.engine.main import hello
from nnstudio.engine.model import devices, weights
from nnstudio.engine.model.build import build
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.model.words import in_words
from nnstudio.engine.training.run import Run
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU")


def test_the_cpu_is_there_and_what_is_not_is_named():
    assert devices.devices()[0] == "cpu"
    assert hello().devices == devices.devices()
    assert devices.device_named("cpu") == torch.device("cpu")
    for name in ("cuda:99", "tpu", "", "cuda:x"):
        with pytest.raises(EngineError, match=f"no device '{name}'.*cpu"):
            devices.device_named(name)


def test_what_is_found_is_offered(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert devices.devices() == ("cpu", "cuda:0", "cuda:1", "mps")
    assert devices.device_named("cuda") == torch.device("cuda:0")
    with pytest.raises(EngineError, match="There are: cpu, cuda:0, cuda:1, mps"):
        devices.device_named("cuda:2")


def test_a_run_is_refused_where_its_device_is_not_there(moons):
    with pytest.raises(EngineError, match="no device 'cuda:99'"):
        make_subject(moons, plan=msg.Plan(device="cuda:99"))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 4.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried ..."),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)."),
    ],
)
def test_memory_that_runs_out_is_known_on_each_device(error):
    assert in_words(error).kind == "memory"


def test_other_errors_are_none_of_memory():
    assert in_words(RuntimeError("mat1 and mat2 shapes cannot be multiplied")).kind == ""


@needs_gpu
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_on_a_gpu_all_is_there_from_the_first_batch_to_the_export(moons, precision):
    plan = msg.Plan(device="cuda:0", precision=precision, epochs=2)
    subject = make_subject(moons, plan=plan)
    on_cpu = make_subject(moons, plan=msg.Plan())
    assert all(tensor.device.type == "cuda" for tensor in (*subject.data.train.values(), *subject.model.parameters()))
    assert torch.equal(subject.model.linear1.weight.cpu(), on_cpu.model.linear1.weight)
    sent = []
    run = Run(1, subject, plan, sent.append, Stream(sent.append))
    run.go()
    while run.state == "training":
        run.advance()
    assert run.state == "finished"
    losses = np.concatenate([event.losses.numpy() for event in sent if isinstance(event, msg.Progress)])
    assert np.isfinite(losses).all()
    (told,) = (event for event in sent if isinstance(event, msg.Weights))
    assert build(msgspec.structs.replace(moons, weights=told.data)).misfits == ()
    for probe in ("activations", "boundary", "predictions", "gradients", "flow", "batch"):
        stream = Stream(sent.append)
        stream.subscribe(msg.Subscribe(subscription=1, probe=probe))
        assert frame(stream._wanted[1], subject).problem == ""
    assert weights.save(subject.model)


@needs_gpu
def test_a_state_from_a_gpu_goes_on(moons):
    plan = msg.Plan(device="cuda:0", precision="float16")
    subject = make_subject(moons, plan=plan)
    run = Trainer(subject.model, moons, plan, subject.data)
    run.step()
    state = run.state()
    assert all(tensor.device.type == "cpu" for tensor in state.tensors.values())
    run.restore(state)
    run.step()
    assert run.steps == 2
