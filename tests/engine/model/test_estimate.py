"""What a training would take is told beforehand, near enough; and what can not fit is refused with the figures."""

import re

import msgspec
import pytest
import torch

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model import estimate as estimate_module
from nnstudio.engine.model.build import build
from nnstudio.engine.model.estimate import Estimates, estimate, held, needs_of, refuse_to_look, refuse_to_train
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.run import Run
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

GB = 10**9


@pytest.fixture
def free(monkeypatch):
    """Sets how many bytes are free."""
    return lambda size: monkeypatch.setattr(estimate_module, "free_on", lambda device: size)


def weights_of(model):
    return sum(parameter.nbytes for parameter in build(model, device="meta").module.parameters())


def large(model, width):
    return msgspec.structs.replace(
        model, source=model.source.replace("(2, 16)", f"(2, {width})").replace("16", str(width))
    )


def test_memory_by_what_it_is_for(digits):
    plan, whole = msg.Plan(batch_size=32), weights_of(digits)
    needs = needs_of(digits, plan)
    assert needs.memory["weights"] == needs.memory["gradients"] == whole
    assert needs.memory["optimizer"] == 2 * whole
    convolved, image, scores = (32 * each * 4 for each in (16 * 8 * 8, 64, 10))
    assert needs.memory["activations"] == pytest.approx(3 * convolved + image + scores, rel=0.1)
    samples = 1797
    assert needs.memory["data"] >= samples * (64 * 4 + 8)
    assert needs.samples == samples - round(samples * 0.2)


def test_work_and_time(digits):
    told = estimate(digits, msg.Plan(batch_size=32))
    assert told.flops == 3 * 32 * 2 * (16 * 9 * 64 + 1024 * 10)
    assert told.parameters == weights_of(digits) // 4
    assert 0 < told.step_seconds < 10
    assert told.epoch_seconds == pytest.approx(45 * told.step_seconds)


def test_frozen_weights_have_no_gradient(digits):
    plan = msg.Plan(groups=(msg.Group("head", frozen=True),))
    head = 4 * (1024 * 10 + 10)
    memory = needs_of(digits, plan).memory
    assert memory["gradients"] == memory["weights"] - head
    assert memory["optimizer"] == 2 * (memory["weights"] - head)


def test_a_batch_is_no_larger_than_all_samples(digits):
    assert needs_of(digits, msg.Plan(batch_size=10**6)).memory["activations"] < 100e6


def test_the_data_that_are_loaded_are_not_missing_from_what_is_free(digits, free):
    subject = make_subject(digits)
    free(1000)
    needs = needs_of(digits, msg.Plan())
    assert needs.memory["data"] == subject.data.bytes
    assert needs.free == 1000 + subject.data.bytes


def test_a_training_that_can_not_fit_is_refused_with_the_figures(moons, free):
    free(int(1.2 * GB))
    model = large(moons, 4 * 10**7)
    with pytest.raises(EngineError) as caught:
        refuse_to_train(model, msg.Plan(batch_size=2))
    told = caught.value
    assert told.kind == "memory"
    assert re.fullmatch(
        r"Training needs about \d\.\d GB \(weights 1\.4, gradients 1\.1, optimizer 2\.2, activations \d\.\d\), "
        r"and 1\.2 GB are free\.",
        told.message,
    )
    assert told.fix == "Make the layers or batch_size smaller, or take SGD."
    with pytest.raises(EngineError, match="gradients") as caught:
        refuse_to_train(model, msg.Plan(optimizer="SGD", batch_size=2))
    assert caught.value.fix == "Make the layers or batch_size smaller."
    free(20 * GB)
    refuse_to_train(model, msg.Plan(batch_size=2))


def test_a_model_that_can_not_be_held_is_not_looked_at(moons, free):
    free(GB)
    refuse_to_look(moons)
    with pytest.raises(
        EngineError, match=r"^This network needs about 2\.\d GB of memory, and 1\.0 GB are free\."
    ) as told:
        refuse_to_look(large(moons, 8 * 10**7))
    assert told.value.kind == "memory"


def test_what_is_wrong_with_a_model_is_told_elsewhere(digits):
    broken = msgspec.structs.replace(digits, source="nonsense(")
    refuse_to_train(broken, msg.Plan())
    refuse_to_look(broken)
    with pytest.raises(EngineError, match="not valid Python"):
        estimate(broken, msg.Plan())


def test_asking_leaves_the_random_numbers_alone(moons):
    before = torch.get_rng_state()
    estimate(moons, msg.Plan(seed=12345))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_run_teaches_how_long_its_steps_take(moons):
    plan, sent = msg.Plan(epochs=2), []
    run = Run(1, make_subject(moons, plan=plan), plan, sent.append, Stream(sent.append))
    run.go()
    while run.state == "training":
        run.advance()
    estimates = Estimates()
    told = estimates.answer(msg.Estimate(id=7, model=moons, plan=plan), run)
    assert told.request == 7
    assert told.step_seconds == run.teller.step_seconds > 0
    assert estimates.answer(msg.Estimate(model=moons, plan=plan), None).step_seconds == run.teller.step_seconds
    other = msgspec.structs.replace(plan, batch_size=77)
    assert estimates.answer(msg.Estimate(model=moons, plan=other), None).step_seconds != run.teller.step_seconds
    weights = sum(parameter.nbytes for parameter in run.trainer.model.parameters())
    assert 4 * weights <= held(run) < 4 * weights + 200
