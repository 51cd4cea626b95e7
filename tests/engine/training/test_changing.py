"""Going on by another plan: what is told of it, and that it does what torch would do."""

import msgspec
import numpy as np
import pytest
import torch

from nnstudio.engine.data.datasets import load
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.changing import check_changeable, differences
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

PLAN = msg.Plan(optimizer="SGD", lr=0.1, optimizer_params={"momentum": 0.9}, seed=3)


def other(plan=PLAN, **values):
    return msgspec.structs.replace(plan, **values)


@pytest.fixture
def begun(small):
    def begun(plan=PLAN, steps=4):
        subject = make_subject(small, plan=plan)
        run = Trainer(subject.model, small, plan, subject.data)
        for _ in range(steps):
            run.step()
        return run

    return begun


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({}, []),
        ({"lr": 0.01}, [("lr", "0.1", "0.01")]),
        ({"lr": 1e-5 / 3}, [("lr", "0.1", "3.3333333333333337e-06")]),
        ({"batch_size": 64, "epochs": 5}, [("batch_size", "32", "64"), ("epochs", "10", "5")]),
        ({"clip_norm": 1.0}, [("clip_norm", "none", "1")]),
        ({"restore_best": True}, [("restore_best", "off", "on")]),
        ({"optimizer_params": {"momentum": 0.5}}, [("momentum", "0.9", "0.5")]),
        ({"optimizer_params": {"momentum": 0.9, "nesterov": False}}, []),  # its default, now said
        (
            {"optimizer": "Adam", "optimizer_params": {"betas": [0.8, 0.999]}},
            [("optimizer", "SGD", "Adam"), ("betas", "0.9, 0.999", "0.8, 0.999")],
        ),
        (
            {"schedule": "step", "schedule_params": {"gamma": 0.1}},
            [("schedule", "constant", "step"), ("gamma", "0.5", "0.1")],
        ),
        (
            {"groups": (msg.Group("head", frozen=True), msg.Group("first", lr=0.5))},
            [("head.frozen", "off", "on"), ("first.lr", "none", "0.5")],
        ),
    ],
)
def test_differences_are_told_in_words(new, told):
    found = differences(PLAN, other(**new))
    assert sorted((each.what, each.before, each.after) for each in found) == sorted(told)


@pytest.mark.parametrize(
    ("name", "value"), [("seed", 4), ("initialization", {"linear": "zeros"}), ("device", "cuda:0")]
)
def test_what_holds_for_a_whole_run_is_refused(name, value):
    with pytest.raises(EngineError, match=f"The {name} of a run can not be changed"):
        check_changeable(PLAN, other(lr=1.0, **{name: value}))
    check_changeable(PLAN, other(lr=1.0, optimizer="Adam"))


def test_it_is_as_if_the_settings_of_torchs_optimizer_were_set(small, begun):
    run = begun()
    changed = {"lr": 0.02, "momentum": 0.5, "nesterov": True, "weight_decay": 0.1}
    run.change(
        other(lr=0.02, weight_decay=0.1, optimizer_params={"momentum": 0.5, "nesterov": True}),
    )
    by_torch = begun()
    by_torch.updater._optimizers[0].param_groups[0].update(changed)
    for _ in range(5):
        run.step()
        by_torch.step()
    assert np.array_equal(run.take().losses, by_torch.take().losses)
    assert run.updater.lr == 0.02


def test_a_changed_rate_holds_in_the_next_step(begun):
    run = begun(other(schedule="linear"))
    weight = run.model.first.weight
    before = weight.detach().clone()
    run.change(other(lr=0.0, schedule="constant"))
    run.step()
    assert torch.equal(weight, before)


@pytest.mark.parametrize(
    ("plan", "new"),
    [
        ({"optimizer": "Adam"}, {"optimizer_params": {"amsgrad": True}}),
        ({"optimizer": "RMSprop"}, {"optimizer_params": {"momentum": 0.9, "centered": True}}),
        ({"optimizer": "SGD"}, {"optimizer_params": {"momentum": 0.9}}),
        ({"optimizer": "LBFGS", "lr": 0.1}, {"optimizer_params": {"history_size": 3}}),
        ({"optimizer": "Muon", "lr": 0.01}, {"groups": (msg.Group("first", frozen=True),), "optimizer": "Adam"}),
        ({"optimizer": "LBFGS", "lr": 0.1}, {"groups": (msg.Group("first", frozen=True),)}),
        ({"schedule": "plateau"}, {"schedule": "one_cycle"}),
        ({"schedule": "cosine"}, {"epochs": 1}),
        ({"precision": "float32"}, {"precision": "bfloat16"}),
    ],
)
def test_it_goes_on_and_its_state_with_it(small, begun, plan, new):
    plan = other(optimizer_params={}, **plan) if "optimizer" in plan else other(**plan)
    changed = other(plan, **new)
    run = begun(plan, steps=3)
    run.change(changed)
    run.step()
    state = run.state()
    again = Trainer(make_subject(small, seed=9).model, small, changed, load(small.data))
    again.restore(state)
    run.take()
    for _ in range(3):
        run.step()
        again.step()
    losses = run.take().losses
    assert np.isfinite(losses).all()
    assert np.array_equal(losses, again.take().losses)


def test_freezing_and_thawing_keep_what_is_learned_of_the_rest(begun):
    run = begun(other(optimizer="Adam", optimizer_params={}))
    first, head = run.model.first.weight, run.model.head.weight
    run.change(other(run.plan, groups=(msg.Group("first", frozen=True),)))
    before = first.detach().clone()
    run.step()
    assert torch.equal(first, before)
    assert first.grad is None
    run.change(other(run.plan, groups=()))
    run.step()
    assert not torch.equal(first, before)
    state = run.updater._optimizers[0].state
    assert (state[head]["step"].item(), state[first]["step"].item()) == (6, 1)


def test_a_plateau_keeps_its_count_and_its_fall(begun):
    values = {"factor": 0.5, "patience": 1}
    run = begun(other(schedule="plateau", schedule_params=values, lr=0.4))
    for loss in (1.0, 1.0, 1.0, 1.0):
        run.updater.epoch_done(loss)
    assert run.updater.lr == 0.2
    run.change(other(run.plan, weight_decay=0.1))
    assert run.updater.lr == 0.2
    run.updater.epoch_done(1.0)
    assert run.updater.lr == 0.1
    run.change(other(run.plan, lr=0.3))  # what the person says holds at once
    assert run.updater.lr == 0.3


def test_a_plateau_s_fall_stays_with_each_rate(begun):
    """Where all layers have rates of their own, none of them is the plan's."""
    groups = (msg.Group("first", lr=0.4), msg.Group("second", lr=0.2), msg.Group("head", lr=0.1))
    values = {"factor": 0.5, "patience": 0, "min_lr": 0.1}
    run = begun(other(schedule="plateau", schedule_params=values, groups=groups))

    def rates():
        return [group["lr"] for group in run.updater._optimizers[0].param_groups]

    for loss in (1.0, 1.0):
        run.updater.epoch_done(loss)
    assert rates() == [0.2, 0.1, 0.1]
    run.change(other(run.plan, weight_decay=0.1))
    assert rates() == [0.2, 0.1, 0.1]
    run.change(other(run.plan, groups=(groups[0], groups[1], msg.Group("head", lr=0.3))))
    assert rates() == [0.2, 0.1, 0.3]


@pytest.mark.parametrize(
    ("new", "match"),
    [
        ({"optimizer": "Magic"}, "no optimizer"),
        ({"precision": "float16"}, "float16 is for"),
        ({"optimizer_params": {"momentum": 7}}, "momentum"),
        ({"groups": tuple(msg.Group(n, frozen=True) for n in ("first", "second", "head"))}, "frozen"),
    ],
)
def test_what_is_refused_leaves_all_as_it_was(begun, new, match):
    run, plain = begun(), begun()
    with pytest.raises(EngineError, match=match):
        run.change(other(lr=9.0, **new))
    assert run.plan == PLAN
    for _ in range(4):
        run.step()
        plain.step()
    assert np.array_equal(run.take().losses, plain.take().losses)


def test_fewer_epochs_than_are_done_leave_nothing_to_do(begun):
    run = begun(steps=25)
    run.change(other(epochs=1))
    assert run.total_steps == 30  # to the end of the epoch that has begun


def test_a_batch_that_is_too_small_for_the_model_is_refused(moons, moons_data):
    subject = make_subject(moons)
    run = Trainer(subject.model, moons, PLAN, moons_data)
    with pytest.raises(EngineError, match="BatchNorm needs more than one sample"):
        run.change(other(batch_size=1))
    assert run.plan == PLAN
