"""Which time goes to which node, with clocks that only the tests turn, and that nothing is left behind."""

import sys

import pytest
import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.errors import DataError
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.probes import backward_clock, forward_clock
from nnstudio.probes.backward_clock import owners_of
from nnstudio.probes.forward_clock import forward_times
from nnstudio.probes.profile import PROFILE
from nnstudio.probes.variables import loss_variables
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from tests.classics.drawing import Pen, inside
from tests.probes.small import chain, look_at


def subject_of(document: Document) -> Subject:
    return make_subject(Session(document, FakeEngine()).model(), seed=0)


def blocks() -> Document:
    """A convolution, a block that is repeated twice, a sum with what came before, and a loss."""
    document = Document("blocks")
    block, pen = inside(document, "Part")
    pen.layer("Conv2d", "conv", out_channels=4, padding="same")
    pen.layer("ReLU", "relu")
    pen.layer("Output", "y")
    pen = Pen(document)
    pen.start("Dataset", "digits", dataset="digits")
    stem = pen.layer("Conv2d", "stem", out_channels=4, padding="same")
    pen.block(block, "part", repeat=2)
    pen.join("Add", stem, name="both")
    pen.layer("Flatten", "flatten")
    pen.layer("Linear", "head", out_features=10)
    pen.layer("CrossEntropyLoss", "loss")
    document.connect("digits.label", "loss.target")
    return document


@pytest.fixture(scope="module")
def net() -> Subject:
    return subject_of(blocks())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that pass only where a test says so."""
    seconds = [0.0]
    for module in (forward_clock, backward_clock):
        monkeypatch.setattr(module, "now", lambda _device: seconds[0])
    return seconds


def slow_down(clock: list[float], module: nn.Module, by: float) -> torch.utils.hooks.RemovableHandle:
    return module.register_forward_hook(lambda *_: clock.__setitem__(0, clock[0] + by))


def test_forward_goes_to_the_line_in_which_it_passes_also_inside_of_a_block(net: Subject, clock: list[float]) -> None:
    slow = {"stem": 3.0, "part.0.conv": 5.0, "part.1.relu": 7.0, "head": 1.0, "loss": 2.0}
    handles = [slow_down(clock, net.model.get_submodule(path), by) for path, by in slow.items()]
    rows = {name: tensor[:4] for name, tensor in net.data.train.items()}
    try:
        with looking(net.model):
            times = forward_times(net.look(), rows)
    finally:
        for handle in handles:
            handle.remove()
    assert {name: seconds for name, seconds in times.items() if seconds} == {
        "stem": 3.0,
        "part.0.conv": 5.0,
        "part.1.relu": 7.0,
        "part": 12.0,
        "head": 1.0,
        "": 2.0,
    }
    assert {"both", "flatten", "part.1.conv"} <= set(times)


def test_backward_goes_to_the_variable_that_autograd_s_operation_made(net: Subject) -> None:
    rows = {name: tensor[:4] for name, tensor in net.data.train.items()}
    look = net.look()
    with looking(net.model), torch.enable_grad():
        traced = look.trace([rows["image"]])
        between, loss = loss_variables(look, traced, rows)
        given = backward_clock._given(net.model)
        made = {name: tensor for name, tensor in {**traced, **between}.items() if name not in given}
        assert loss is not None
        owners = owners_of(made, loss)
    found: dict[str, set[str]] = {}
    for operation, owner in owners.items():
        found.setdefault(owner, set()).add(operation.name().removesuffix("Backward0"))
    assert found.pop("head") >= {"Addmm"}
    assert found == {
        "stem": {"Convolution"},
        "part.0.conv": {"Convolution"},
        "part.0.relu": {"Relu"},
        "part.1.conv": {"Convolution"},
        "part.1.relu": {"Relu"},
        "both": {"Add"},
        "flatten": {"View"},
        "": {"NllLoss", "LogSoftmax"},
    } or found["flatten"] == {"UnsafeView"}


@pytest.mark.parametrize("name", ["digits-cnn", "moons", "backprop-five-nodes"])
def test_every_node_is_measured(name: str) -> None:
    document = storage.load(resolve(f"example:{name}"))
    subject = subject_of(document)
    with looking(subject.model):
        found = PROFILE.look(subject.look(), {"batch": 8})
    names = found.facts["names"]
    assert isinstance(names, list)
    layers = {node.name for node in document.nodes.values() if node.type != "Dataset" and not node.layer.is_loss}
    assert set(names) == layers | {""}
    assert len(found.arrays["forward"]) == len(found.arrays["backward"]) == len(names)
    assert found.arrays["forward"].sum() > 0
    assert found.arrays["backward"].sum() > 0
    assert found.facts["batch"] in range(1, 9)


def test_nothing_is_left_behind(net: Subject) -> None:
    state = {name: tensor.clone() for name, tensor in net.model.state_dict().items()}
    before = sys.gettrace(), sys.getprofile(), torch.get_rng_state()
    with looking(net.model):
        PROFILE.look(net.look(), {"batch": 4})
    assert (sys.gettrace(), sys.getprofile()) == before[:2]
    assert torch.equal(torch.get_rng_state(), before[2])
    assert all(weight.grad is None for weight in net.model.parameters())
    assert all(torch.equal(tensor, state[name]) for name, tensor in net.model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.model.modules())


def test_without_a_loss_there_is_no_way_back() -> None:
    document = Document("no loss")
    document.add("Input", "x", shape=(4,))
    document.add("Linear", "head", out_features=2)
    document.connect("x", "head")
    subject = subject_of(document)
    with looking(subject.model):
        found = PROFILE.look(subject.look(), {})
    assert set(found.arrays) == {"forward"}
    assert found.facts["names"] == ["head"]


def test_an_empty_training_set_is_told() -> None:
    data = {"point": torch.ones(3, 2), "label": torch.zeros(3, dtype=torch.int64)}
    none = {name: tensor[:0] for name, tensor in data.items()}
    with pytest.raises(DataError, match="no sample to measure"):
        PROFILE.look(look_at(chain(out=nn.Linear(2, 2)), none, data, field="point"), {})
