"""Optimizers, schedules, clipping and precision against the loop that one would write with torch alone."""

import inspect

import msgspec
import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from nnstudio.engine.data.datasets import load
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training import optimizing
from nnstudio.engine.training.trainer import Trainer
from nnstudio.engine.training.updating import Updater
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.training.registry import optimizers, schedule

STEPS = 12
OWN = {
    "SGD": {"momentum": 0.9, "nesterov": True},
    "Adam": {"betas": [0.8, 0.99], "amsgrad": True},
    "AdamW": {"eps": 1e-6},
    "RMSprop": {"momentum": 0.5, "centered": True},
    "Adagrad": {"lr_decay": 0.01, "initial_accumulator_value": 0.1},
    "Adadelta": {"rho": 0.8},
    "NAdam": {"momentum_decay": 0.01},
    "RAdam": {"betas": [0.5, 0.9]},
    "LBFGS": {"max_iter": 4, "line_search_fn": "strong_wolfe"},
    "Muon": {"momentum": 0.8, "ns_steps": 3},
}


def trained(model, plan, steps=STEPS):
    subject = make_subject(model, seed=plan.seed)
    run = Trainer(subject.model, model, plan, subject.data)
    for _ in range(steps):
        run.step()
    return run


def by_hand(model, plan, make, steps=STEPS, before=None):
    """The loop as in torch's tutorials; `make` gives the optimizers, `before` is done ahead of each step of them."""
    data = load(model.data)
    net = make_subject(model, seed=plan.seed).model
    made = make(net)
    shuffle = torch.Generator().manual_seed(plan.seed)
    x, y, losses = data.train["point"], data.train["label"], []
    while len(losses) < steps:
        for rows in torch.randperm(len(x), generator=shuffle).split(plan.batch_size)[: steps - len(losses)]:

            def closure(rows=rows):
                for optimizer in made:
                    optimizer.zero_grad()
                loss = net.compute_loss(net(x[rows]), y[rows])
                loss.backward()
                return loss

            if plan.optimizer == "LBFGS":
                losses.append(made[0].step(closure).item())
                continue
            losses.append(closure().item())
            if before:
                before(net)
            for optimizer in made:
                optimizer.step()
    return net, losses


def same(run, net, losses):
    assert np.array_equal(run.take().losses, np.float32(losses))
    ours, theirs = run.model.state_dict(), net.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def torchs(plan, net):
    """torch's own classes, with what a person would give them."""
    kind, own = optimizers()[plan.optimizer], dict(plan.optimizer_params)
    own = {name: tuple(value) if isinstance(value, list) else value for name, value in own.items()}
    if kind.weight_decay is not None:
        own["weight_decay"] = plan.weight_decay
    form = {"fused": True} if kind.fused else {}
    if plan.optimizer != "Muon":
        return [getattr(torch.optim, plan.optimizer)(net.parameters(), lr=plan.lr, **own, **form)]
    hidden = [net.first.weight, net.second.weight]
    rest = [net.first.bias, net.second.bias, net.head.weight, net.head.bias]
    return [torch.optim.Muon(hidden, lr=plan.lr, **own), torch.optim.AdamW(rest, lr=plan.lr, fused=True)]


@pytest.mark.parametrize("chosen", ["usual", "own"])
@pytest.mark.parametrize("name", optimizers())
def test_each_optimizer_is_torchs_to_the_last_bit(small, name, chosen):
    kind = optimizers()[name]
    own = OWN[name] if chosen == "own" else {}
    decay = 0.02 if chosen == "own" else kind.weight_decay or 0.0
    plan = msg.Plan(optimizer=name, lr=kind.lr, weight_decay=decay, optimizer_params=own, seed=3)
    same(trained(small, plan), *by_hand(small, plan, lambda net: torchs(plan, net)))


@pytest.mark.parametrize("name", optimizers())
def test_defaults_are_torchs(name):
    kind = optimizers()[name]
    theirs = {key: p.default for key, p in inspect.signature(getattr(torch.optim, name)).parameters.items()}
    ours = optimizing.arguments(kind, msg.Plan(lr=kind.lr, weight_decay=kind.weight_decay or 0.0))
    assert ours == {key: theirs[key] for key in ours}


def test_an_optimizer_that_this_torch_has_not(small, monkeypatch):
    monkeypatch.delattr(torch.optim, "Muon")
    with pytest.raises(EngineError, match="has no Muon"):
        trained(small, msg.Plan(optimizer="Muon"), 0)


def test_muon_without_a_hidden_layer_is_refused():
    lone = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 2))
    with pytest.raises(EngineError, match="Muon is for the matrices of hidden layers"):
        Updater(msg.Plan(optimizer="Muon"), lone)


def test_a_closure_tells_the_loss_before_the_step_also_where_it_is_no_number(small):
    run = trained(small, msg.Plan(optimizer="LBFGS", lr=1e30, optimizer_params={"line_search_fn": "none"}), 4)
    first, *_, last = run.take().losses
    assert np.isfinite(first)
    assert not np.isfinite(last)


SCHEDULES = {
    "cosine": lambda o, lr, n, per: lr_scheduler.CosineAnnealingLR(o, n, eta_min=lr * 0.1),
    "linear": lambda o, lr, n, per: lr_scheduler.LinearLR(o, 1.0, 0.1, n),
    "step": lambda o, lr, n, per: lr_scheduler.StepLR(o, 2 * per, 0.3),
    "one_cycle": lambda o, lr, n, per: lr_scheduler.OneCycleLR(o, lr, n, pct_start=0.4, cycle_momentum=False),
}
VALUES = {
    "cosine": {"final_factor": 0.1},
    "linear": {"final_factor": 0.1},
    "step": {"step_size": 2, "gamma": 0.3},
    "one_cycle": {"pct_start": 0.4},
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_learning_rate_goes_as_torchs_schedulers_let_it(small, name):
    plan = msg.Plan(lr=0.2, optimizer="SGD", schedule=name, schedule_params=VALUES[name], epochs=6, batch_size=80)
    run = trained(small, plan, 0)
    steps = run.total_steps
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=plan.lr)
    theirs = SCHEDULES[name](optimizer, plan.lr, steps, run.feed.steps_per_epoch)
    for number in range(steps):
        run.step()
        assert run.updater.lr == pytest.approx(optimizer.param_groups[0]["lr"], abs=1e-6), number
        optimizer.step()
        theirs.step() if number < steps - 1 else None
    assert schedule(name).factor is not None


def test_a_plateau_is_torchs(small):
    values = {"factor": 0.5, "patience": 1, "cooldown": 1, "min_lr": 0.02}
    plan = msg.Plan(optimizer="Muon", lr=0.2, schedule="plateau", schedule_params=values)
    run = trained(small, plan, 0)
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=plan.lr)
    theirs = lr_scheduler.ReduceLROnPlateau(optimizer, **values)
    seen = []
    for loss in (3.0, 2.0, 2.5, 2.1, 2.2, 2.3, 2.4, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5):
        run.updater.epoch_done(loss)
        theirs.step(loss)
        run.step()
        seen.append(run.updater.lr)
        assert run.updater.lr == optimizer.param_groups[0]["lr"]
    assert sorted(set(seen)) == [0.02, 0.025, 0.05, 0.1, 0.2]


@pytest.mark.parametrize(
    ("given", "by_torch"),
    [
        ({"clip_norm": 0.05}, lambda net: nn.utils.clip_grad_norm_(net.parameters(), 0.05)),
        ({"clip_value": 0.01}, lambda net: nn.utils.clip_grad_value_(net.parameters(), 0.01)),
    ],
)
def test_gradients_are_clipped_as_torch_does(small, given, by_torch):
    plan = msg.Plan(optimizer="SGD", lr=0.5, **given)
    run = trained(small, plan)
    net, losses = by_hand(small, plan, lambda net: [torch.optim.SGD(net.parameters(), lr=0.5)], before=by_torch)
    same(run, net, losses)
    assert not np.array_equal(losses, trained(small, msg.Plan(optimizer="SGD", lr=0.5)).take().losses)


def test_bfloat16_goes_through_autocast(small):
    plan = msg.Plan(precision="bfloat16", lr=0.01)
    run = trained(small, plan)
    figures = run.take()
    assert np.isfinite(figures.losses).all()
    assert len(figures.accuracies) == STEPS
    assert not np.array_equal(figures.losses, trained(small, msg.Plan(lr=0.01)).take().losses)
    assert {p.dtype for p in run.model.parameters()} == {torch.float32}
    outputs = run.updater.take_step(lambda: run._look(*run.feed.next()[:2]))[1]
    assert outputs[0].dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("plan", "match"),
    [
        ({"precision": "float16"}, "float16 is for CUDA"),
        ({"precision": "float8"}, "no precision 'float8'"),
        ({"optimizer": "Magic"}, "no optimizer 'Magic'"),
        ({"optimizer_params": {"betas": 3}}, "betas"),
        ({"schedule": "zigzag"}, "no schedule 'zigzag'"),
        ({"schedule": "cosine", "schedule_params": {"final_factor": 7}}, "final_factor"),
        ({"optimizer": "LBFGS", "groups": (msg.Group("head", lr=0.1),)}, "one learning rate"),
        ({"groups": tuple(msg.Group(name, frozen=True) for name in ("first", "second", "head"))}, "All weights are"),
    ],
)
def test_what_can_not_be_is_refused_with_words(small, plan, match):
    with pytest.raises(EngineError, match=match):
        trained(small, msg.Plan(**plan), 0)


def test_frozen_weights_and_own_rates_are_param_groups(small):
    groups = (msg.Group("first", frozen=True), msg.Group("head", lr=0.3))
    plan = msg.Plan(optimizer="SGD", lr=0.1, groups=groups, optimizer_params={"momentum": 0.9})
    run = trained(small, plan)

    def make(net):
        net.first.requires_grad_(False)
        return [
            torch.optim.SGD(
                [{"params": net.second.parameters()}, {"params": net.head.parameters(), "lr": 0.3}],
                lr=0.1,
                momentum=0.9,
            )
        ]

    same(run, *by_hand(small, plan, make))
    assert all(p.grad is None for p in run.model.first.parameters())


def test_the_schedule_goes_for_own_rates_too(small):
    plan = msg.Plan(lr=0.1, schedule="linear", groups=(msg.Group("head", lr=0.4),), epochs=2, batch_size=80)
    run = trained(small, plan, 5)
    assert [group["lr"] for group in run.updater._optimizers[0].param_groups] == pytest.approx([0.05, 0.2])


def test_the_longest_prefix_counts_and_is_no_part_of_a_name(small):
    groups = (msg.Group("first", frozen=True), msg.Group("first.bias"), msg.Group("hea", frozen=True))
    run = trained(small, msg.Plan(groups=groups), 0)
    assert [name for name, p in run.model.named_parameters() if not p.requires_grad] == ["first.weight"]


def test_what_the_source_freezes_stays_frozen(small):
    source = small.source.replace("nn.Linear(2, 8)", "nn.Linear(2, 8).requires_grad_(False)")
    run = trained(msgspec.structs.replace(small, source=source), msg.Plan(groups=(msg.Group("first"),)), 2)
    assert not run.model.first.weight.requires_grad


@pytest.mark.parametrize(
    "plan",
    [
        {"optimizer": "LBFGS", "lr": 0.5, "optimizer_params": {"max_iter": 3}},
        {"optimizer": "Muon", "lr": 0.01},
        {"optimizer": "RMSprop", "schedule": "plateau", "schedule_params": {"patience": 0}, "lr": 0.01},
        {"groups": (msg.Group("first", frozen=True), msg.Group("head", lr=0.3)), "clip_norm": 0.1},
    ],
)
def test_it_goes_on_from_a_state_to_the_last_bit(small, plan):
    plan = msg.Plan(**plan, batch_size=100)

    def stepped(run, steps):
        for _ in range(steps):
            run.step()
            if run.epoch_ended:
                run.updater.epoch_done(5.0)
        return run.take().losses

    whole = stepped(trained(small, plan, 0), 14)
    first = trained(small, plan, 0)
    stepped(first, 9)
    state = first.state()
    for _ in range(2):  # twice: what goes on does not touch what was kept
        fresh = Trainer(make_subject(small, seed=77).model, small, plan, load(small.data))
        fresh.restore(state)
        assert np.array_equal(stepped(fresh, 5), whole[9:])
