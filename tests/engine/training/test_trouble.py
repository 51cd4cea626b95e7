"""Losses that are no numbers, and memory that runs out: the run stands at the last good step, and can go on."""

import dataclasses
import math

import msgspec
import numpy as np
import pytest
import torch

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model import memory
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.records.resuming import go_on
from nnstudio.engine.training import safety
from nnstudio.engine.training.run import Run
from nnstudio.engine.training.trainer import Trainer
from nnstudio.project.run import Run as Seen
from nnstudio.protocol import messages as msg

COUNTING = (
    "        return self.loss(head, label)",
    """        self.count += self.training
        if self.failing and self.training == self.in_training and self.count > self.after:
            if isinstance(self.failing, float):
                return self.loss(head, label) * self.failing
            raise self.failing
        return self.loss(head, label)""",
)


@pytest.fixture(scope="module")
def failing(moons):
    """After so many steps it fails in the way that is set, as long as that is set."""
    source = moons.source.replace(*COUNTING).replace(
        "        self.loss = nn.CrossEntropyLoss()",
        """        self.loss = nn.CrossEntropyLoss()
        self.register_buffer("count", torch.tensor(0))
        self.failing, self.after, self.in_training = None, 0, True""",
    )
    return msgspec.structs.replace(moons, source=source)


class Course:
    """A run, what it sends, and what the window makes of that."""

    def __init__(self, model, plan, data=None, restored=None):
        self.sent, self.seen = [], Seen()
        subject = make_subject(model, plan=plan)
        subject.data = data or subject.data
        self.run = Run(1, subject, plan, self.take, Stream(self.take))
        if restored is not None:
            go_on(self.run, restored, None)
        self.seen.take_started(
            msg.Started(request=0, run=1, steps_per_epoch=10, train_samples=320, test_samples=80, threads=1)
        )
        self.run.begin()

    def take(self, event):
        self.sent.append(event)
        take = {
            msg.RunState: self.seen.take_state,
            msg.Progress: self.seen.take_progress,
            msg.EpochDone: self.seen.take_epoch,
            msg.Changed: self.seen.take_change,
        }.get(type(event))
        if take:
            take(event)

    def go(self, steps=math.inf):
        while self.run.state == "training" and self.run.trainer.steps < steps:
            self.run.advance()
        return self

    def fail(self, how, after=0, *, in_training=True):
        model = self.run.subject.model
        model.failing, model.after, model.in_training = how, after, in_training
        return self

    def change(self, **values):
        self.run.change(msgspec.structs.replace(self.run.plan, **values))

    def resume(self):
        self.run.go()
        return self.go()

    @property
    def state(self):
        """The last that was told."""
        return next(event for event in reversed(self.sent) if isinstance(event, msg.RunState))

    def stands(self, kind, step, *words):
        told = self.state
        assert (told.state, told.kind, told.step) == ("paused", kind, step), told
        assert all(word in f"{told.message} {told.fix}" for word in words), (told.message, told.fix)
        assert self.run.trainer.steps == step == len(self.seen.losses) == len(self.seen.accuracies)
        assert np.isfinite(self.seen.losses).all()
        assert [row.epoch for row in self.seen.epochs] == list(range(1, step // 10 + 1))
        return True


def facts(run):
    """All that it goes on by, without how long it took."""
    state = run.snapshot()
    told = state.facts | {"sums": {**state.facts["sums"], "seconds": 0}, "trainer": state.trainer.facts}
    return told, {name: tensor.tolist() for name, tensor in state.trainer.tensors.items()}


PLAN = msg.Plan(
    epochs=3, lr=0.05, schedule="plateau", schedule_params={"patience": 0}, early_stopping=9, monitor="f1", seed=2
)


_whole = []


@pytest.fixture
def whole(failing):
    """A run that meets no trouble; made once, inside a test, which has one thread."""
    if not _whole:
        _whole.append(Course(failing, PLAN).go().seen)
    return _whole[0]


@pytest.mark.parametrize(
    ("after", "good", "kept"),
    [(25, 24, "seldom"), (25, 24, "always"), (10, 9, "always"), (11, 10, "seldom"), (1, 0, "seldom")],
)
def test_it_stands_at_the_last_step_that_gave_a_finite_loss(failing, whole, monkeypatch, kept, after, good):
    monkeypatch.setattr(safety, "SHORTEST", 1e9 if kept == "seldom" else 0.0)
    monkeypatch.setattr(safety, "SHARE", 1e9)
    course = Course(failing, PLAN).fail(math.nan, after).go()
    course.stands("nan", good, f"NaN (not a number) at step {after + 1}", "Lower the learning rate, which is 0.05")
    plain = Course(failing, PLAN).go(good)
    plain.run.pause()
    assert facts(course.run) == facts(plain.run)
    course.fail(None).resume()
    assert course.run.state == "finished"
    assert course.seen.losses == whole.losses
    assert [row.test_loss for row in course.seen.epochs] == [row.test_loss for row in whole.epochs]


def test_a_rate_that_is_too_high_is_lowered_and_the_run_goes_on(moons):
    course = Course(moons, msg.Plan(optimizer="SGD", lr=1e30, epochs=4)).go()
    step = course.state.step
    assert course.stands("nan", step, "The loss became", "which is 1e+30, and resume.")
    course.resume()  # nothing was changed: the same again
    assert course.stands("nan", step)
    course.change(lr=0.1)
    course.resume()
    assert course.run.state == "finished"
    assert np.isfinite(course.seen.losses).all()
    assert len(course.seen.losses) == 40


def test_after_a_change_it_stands_where_that_was_made(moons):
    plan = msg.Plan(optimizer="SGD", lr=0.1, epochs=4)
    whole = Course(moons, plan).go()
    course = Course(moons, plan).go(17)
    course.change(lr=1e38)
    course.go().stands("nan", 17, "which is 1e+38")
    course.change(lr=0.1)
    course.resume()
    assert course.seen.losses == whole.seen.losses  # as if nothing had been
    assert [(each.before, each.after, each.step) for each in course.seen.changes] == [
        ("0.1", "1e+38", 17),
        ("1e+38", "0.1", 17),
    ]


def test_the_present_plan_holds_where_it_goes_back_behind_a_change(failing):
    course = Course(failing, msg.Plan(epochs=3)).go(15)
    course.fail(math.inf, 15).change(batch_size=20)  # whose first loss is none
    course.go()
    assert course.state.kind == "nan"
    assert "infinite at step 16" in course.state.message
    assert (course.run.trainer.steps, course.run.trainer.feed.batch_size) == (14, 20)
    assert [(each.what, each.after, each.step) for each in course.seen.changes] == [("batch_size", "20", 14)]


def test_a_typed_weight_that_does_no_good_is_taken_back(moons):
    course = Course(moons, msg.Plan(epochs=3)).go(15)
    course.run.change_weight(msg.ChangeWeight(name="head.weight", index=(0, 0), value=msg.Array.of(np.float32(3e38))))
    course.go()
    step = course.state.step
    assert course.state.kind == "nan"
    assert step in (14, 15)
    assert all(torch.isfinite(p).all() for p in course.run.subject.model.parameters())


def test_from_the_first_step_on(failing):
    course = Course(failing, PLAN).fail(math.nan).go()
    assert course.stands("data", 0, "step 1", "from the first step on")
    course.run.stop()
    assert course.run.state == "stopped"


def test_where_it_went_on_from_no_smaller_rate_helps(failing):
    """The next loss follows from the weights of the checkpoint alone."""
    course = Course(failing, PLAN).go(15)
    checkpoint = course.run.snapshot()
    later = Course(failing, PLAN, restored=checkpoint).fail(math.inf).go()
    assert (later.state.step, later.state.kind) == (15, "data")
    assert "from step 15 on" in later.state.fix
    assert "an earlier checkpoint" in later.state.fix


def test_data_that_are_no_numbers_are_named(moons, moons_data):
    point = moons_data.train["point"].clone()
    point[3, 1] = math.inf
    data = dataclasses.replace(moons_data, train={**moons_data.train, "point": point})
    course = Course(moons, msg.Plan(lr=0.0), data).go()
    assert course.stands("data", max(course.state.step, 0), "numbers in 'point' that are NaN or infinite")


def test_weights_that_only_the_test_shows_to_be_none(moons):
    course = Course(moons, msg.Plan(optimizer="SGD", lr=0.1, epochs=4)).go(19)
    course.run.trainer.updater._optimizers[0].param_groups[0]["lr"] = math.inf
    course.go()
    assert course.stands("nan", 19, "The weights became NaN (not a number) or infinite at step 20")


def test_a_layer_that_fails_of_such_weights(failing):
    course = Course(failing, PLAN).go(12)
    torch.nn.init.constant_(course.run.subject.model.head.weight, math.nan)
    course.fail(ValueError("no number"), 12)
    course.go()
    assert course.stands("nan", 11)


@pytest.mark.parametrize(
    ("after", "in_training", "step", "error"),
    [
        (14, True, 14, torch.OutOfMemoryError("CUDA out of memory")),
        (20, False, 19, MemoryError()),
        (0, True, 0, RuntimeError("DefaultCPUAllocator: can't allocate memory")),
    ],
)
def test_memory_that_runs_out_loses_nothing(failing, whole, error, after, in_training, step):
    course = Course(failing, PLAN).fail(error, after - (not in_training), in_training=in_training).go()
    assert course.stands("memory", step, "The memory ran out.", "Lower batch_size, which is 32, and resume.")
    course.fail(None).resume()
    assert course.seen.losses == whole.losses


def test_a_smaller_batch_needs_less_memory(failing):
    line = "        self.count += self.training\n"
    source = failing.source.replace(
        line, f"{line}        if len(head) > 40 and self.training:\n            raise MemoryError\n"
    )
    course = Course(msgspec.structs.replace(failing, source=source), msg.Plan(epochs=2)).go(3)
    course.change(batch_size=64)
    course.go()
    assert course.stands("memory", 3, "which is 64")
    course.change(batch_size=16)
    assert course.resume().run.state == "finished"


def test_other_errors_end_the_run_with_all_losses_told(failing):
    course = Course(failing, PLAN).fail(ValueError("no such thing"), 7).go()
    assert course.state.state == "failed"
    assert "no such thing" in course.state.message
    assert len(course.seen.losses) == 7


@pytest.mark.parametrize("end", ["pause", "stop", "save", "change"])
def test_what_is_found_in_between_is_met_as_well(failing, end):
    course = Course(failing, PLAN)
    course.run._next_report = course.run.safety.due = math.inf
    course.go(3).fail(math.nan, 3).go(5)
    assert course.run.state == "training"
    if end == "change":
        course.change(lr=0.01)
    elif end == "save":
        with pytest.raises(Exception, match="The loss became NaN"):
            course.run.save()
    else:
        getattr(course.run, end)()
    if end == "stop":
        assert (course.state.state, course.state.step) == ("stopped", 2)
        assert all(torch.isfinite(p).all() for p in course.run.subject.model.parameters())
        return
    course.go()
    assert course.stands("nan", 2)
    assert course.run.plan.lr == (0.01 if end == "change" else 0.05)


def test_without_memory_for_a_way_back_it_ends(failing, monkeypatch):
    monkeypatch.setattr(safety, "SHORTEST", 0.0)
    monkeypatch.setattr(safety, "SHARE", 1e9)
    monkeypatch.setattr(memory, "SMALL", 0)
    monkeypatch.setattr(memory, "free_memory", lambda: 0)
    course = Course(failing, PLAN).fail(math.nan, 5).go()
    assert (course.state.state, course.state.kind) == ("failed", "nan")
    assert "start again" in course.state.fix


def test_keeping_costs_its_share_and_no_more(moons, monkeypatch):
    clock, kept = [0.0], []
    monkeypatch.setattr(safety, "perf_counter", lambda: clock[0])
    subject = make_subject(moons)

    class Slow:
        def snapshot(self, trainer, subject):
            clock[0] += 0.01
            kept.append(trainer.steps)
            return Run(1, subject, msg.Plan(), lambda event: None, Stream(print)).snapshot()

    trainer = Trainer(subject.model, moons, msg.Plan(), subject.data)
    guard = safety.Safety(Slow(), trainer, subject)
    guard.set_off()
    while clock[0] < 20.0:
        clock[0] += 0.001
        if clock[0] >= guard.due:
            guard.keep()
    assert 0.5 * safety.SHARE < 0.01 * len(kept) / clock[0] <= 1.1 * safety.SHARE


def test_a_state_that_does_not_fit_into_the_memory_is_none(failing, monkeypatch):
    course = Course(failing, PLAN).go(3)
    monkeypatch.setattr(course.run.trainer, "state", lambda: torch.empty(2**60))
    course.run.safety.due = course.run._due = 0.0
    assert course.go(6).run.state == "training"
    course.fail(math.nan, 6).go()
    assert course.state.state == "failed"
