import msgspec
import numpy as np
import pytest
import torch

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model import memory
from nnstudio.engine.model.build import build
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training import run as run_module
from nnstudio.engine.training.run import Run
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg


@pytest.fixture
def start():
    def start(model, **plan):
        sent = []
        plan = msg.Plan(**plan)
        subject = make_subject(model, seed=plan.seed)
        run = Run(1, subject, plan, sent.append, Stream(sent.append))
        run.go()
        return run, sent

    return start


def finish(run):
    while run.state == "training":
        run.advance()


def of(sent, kind):
    return [event for event in sent if isinstance(event, kind)]


def losses(sent):
    return np.concatenate([event.losses.numpy() for event in of(sent, msg.Progress)])


def states(sent):
    return [event.state for event in of(sent, msg.RunState)]


def test_a_run_tells_everything(moons, start):
    run, sent = start(moons, epochs=3)
    finish(run)
    steps = run.trainer.feed.steps_per_epoch
    assert states(sent) == ["training", "finished"]
    assert isinstance(sent[-1], msg.RunState)
    assert (sent[-1].epoch, sent[-1].step) == (3, 3 * steps)
    assert len(losses(sent)) == 3 * steps
    progress = of(sent, msg.Progress)
    assert progress[-1].step == progress[-1].total_steps == 3 * steps
    assert all(len(p.losses.numpy()) == len(p.accuracies.numpy()) for p in progress)
    epochs = of(sent, msg.EpochDone)
    assert [(e.epoch, e.step) for e in epochs] == [(1, steps), (2, 2 * steps), (3, 3 * steps)]
    last = run.trainer.data.train_samples - 32 * (steps - 1)
    sizes = np.array([*[32] * (steps - 1), last])
    assert epochs[1].train_loss == pytest.approx(losses(sent)[steps : 2 * steps] @ sizes / sizes.sum(), rel=1e-5)
    assert epochs[2].test_loss == pytest.approx(run.trainer.test().loss)
    assert epochs[0].seconds > 0


def test_the_weights_at_the_end_are_the_trained_ones(moons, start):
    run, sent = start(moons, epochs=2)
    finish(run)
    (event,) = of(sent, msg.Weights)
    built = build(msgspec.structs.replace(moons, weights=event.data), seed=99)
    assert built.misfits == ()
    for name, tensor in run.subject.model.state_dict().items():
        assert torch.equal(built.module.state_dict()[name], tensor)


def test_pausing_and_single_steps_change_nothing(moons, start):
    run, plain = start(moons, epochs=4)
    finish(run)
    run, sent = start(moons, epochs=4)
    run.advance()
    run.pause()
    run.pause()
    for times in (1, 1, 6, 3):
        for _ in range(times):
            run.step()
        finish(run)
        assert run.state == "paused"
    assert run.trainer.steps == 12
    run.go()
    finish(run)
    assert run.state == "finished"
    assert np.array_equal(losses(sent), losses(plain))
    assert states(sent) == ["training", "paused"] * 5 + ["training", "finished"]
    assert len(of(sent, msg.Weights)) == 6

    def figures(events):
        return [(e.train_loss, e.test_loss, e.test_accuracy) for e in of(events, msg.EpochDone)]

    assert figures(sent) == figures(plain)


def test_to_the_end_of_the_epoch(moons, start):
    run, sent = start(moons, epochs=3)
    each = run.trainer.feed.steps_per_epoch
    run.advance()
    run.pause()
    run.step(epoch=True)
    finish(run)
    assert (run.trainer.steps, run.state) == (each, "paused")
    assert len(of(sent, msg.EpochDone)) == 1
    run.step(epoch=True)
    finish(run)
    assert run.trainer.steps == 2 * each
    run.step()
    run.step(epoch=True)
    run.step()
    finish(run)
    assert run.state == "finished"


def test_steps_are_for_paused_runs_and_resuming_ends_them(moons, start):
    run, _ = start(moons, epochs=3)
    run.advance()
    with pytest.raises(EngineError, match="Pause it first"):
        run.step()
    run.pause()
    run.step()
    run.go()
    finish(run)
    assert run.state == "finished"


def test_stopping_keeps_the_weights(moons, start):
    run, sent = start(moons)
    run.advance()
    run.stop()
    run.stop()
    assert states(sent) == ["training", "stopped"]
    assert len(of(sent, msg.Weights)) == 1
    assert len(losses(sent)) == 1
    assert not run.active


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_before_the_first_step_there_are_no_trained_weights(moons, start, end):
    run, sent = start(moons)
    getattr(run, end)()
    assert of(sent, msg.Weights) == []


def test_a_target_without_a_field_has_no_accuracy(moons, start):
    """It went through a layer first, so no field of the data set is what the prediction is compared to."""
    run, sent = start(msgspec.structs.replace(moons, target=""), epochs=1)
    finish(run)
    assert run.state == "finished"
    assert of(sent, msg.EpochDone)[0].test_accuracy is None


def test_a_model_that_fails_ends_the_run_with_the_line(moons, start):
    source = moons.source.replace("nn.Linear(16, 2)", "nn.Linear(17, 2)")
    run, sent = start(msgspec.structs.replace(moons, source=source))
    finish(run)
    assert run.state == "failed"
    assert "Line 18, head = self.head(dropout): mat1 and mat2 shapes cannot be multiplied" in sent[-1].message
    assert sent[-1].line == 18


def test_events_come_seldom(moons, start, monkeypatch):
    monkeypatch.setattr(run_module, "WEIGHTS_EVERY", 0.1)
    clock = [0.0]
    monkeypatch.setattr(run_module, "perf_counter", lambda: clock.__setitem__(0, clock[0] + 0.0005) or clock[0])
    run, sent = start(moons, epochs=40)
    finish(run)
    seconds = clock[0]
    assert len(of(sent, msg.Progress)) <= seconds / run_module.REPORT_EVERY + 1
    assert len(of(sent, msg.Progress)) >= seconds / run_module.REPORT_EVERY / 2
    assert seconds / 0.1 / 2 <= len(of(sent, msg.Weights)) <= seconds / 0.1 + 1
    assert len(losses(sent)) == run.total_steps


def test_the_last_epoch_has_all_figures_and_a_watched_one_each(moons, start):
    run, sent = start(moons, epochs=3, monitor="f1")
    finish(run)
    first, second, last = (event.metrics for event in of(sent, msg.EpochDone))
    assert set(first) == set(second) == {"f1"}
    assert set(last) == {"f1", "precision", "recall", "auc"}


def test_a_pause_at_the_end_of_an_epoch_has_all_figures(moons, start):
    run, sent = start(moons, epochs=3)
    run.pause()
    run.step(epoch=True)
    finish(run)
    (event,) = of(sent, msg.EpochDone)
    assert set(event.metrics) == {"precision", "recall", "f1", "auc"}


def test_a_changed_plan_holds_from_the_next_step_and_is_told(moons, start):
    run, sent = start(moons, epochs=3)
    for _ in range(4):
        run.advance()
    plan = msgspec.structs.replace(run.plan, lr=0.0, batch_size=64)
    run.change(plan)
    assert [(e.what, e.before, e.after, e.step) for e in of(sent, msg.Changed)] == [
        ("lr", "0.001", "0", 4),
        ("batch_size", "32", "64", 4),
    ]
    weight = run.subject.model.head.weight.detach().clone()
    finish(run)
    assert run.trainer.steps == 4 + 3 + 2 * 5
    assert torch.equal(run.subject.model.head.weight, weight)
    last = of(sent, msg.Progress)[-1]
    assert (last.lr, last.step, last.total_steps) == (0.0, 17, 17)


def test_a_plan_can_be_changed_in_a_pause_and_a_refusal_changes_nothing(moons, start):
    run, sent = start(moons)
    run.advance()
    run.pause()
    before = run.plan
    for wrong in ({"seed": 7}, {"batch_size": 1}):
        with pytest.raises(EngineError):
            run.change(msgspec.structs.replace(before, lr=1.0, **wrong))
    assert run.plan == run.trainer.plan == before
    assert of(sent, msg.Changed) == []
    run.change(msgspec.structs.replace(before, epochs=2))
    run.go()
    finish(run)
    assert (run.state, run.trainer.epoch) == ("finished", 2)


def test_fewer_epochs_than_are_done_end_a_run_when_it_goes_on(moons, start):
    run, _ = start(moons)
    run.pause()
    for _ in range(2):
        run.step(epoch=True)
        finish(run)
    run.change(msgspec.structs.replace(run.plan, epochs=1))
    assert run.state == "paused"
    run.go()
    assert (run.state, run.trainer.steps) == ("finished", 20)


def test_a_step_of_an_epoch_ends_with_it_also_at_another_batch_size(moons, start):
    run, _ = start(moons)
    run.pause()
    run.step(epoch=True)
    run.advance()
    run.change(msgspec.structs.replace(run.plan, batch_size=8))
    finish(run)
    assert (run.state, run.trainer.steps, run.trainer.epoch_ended) == ("paused", 1 + 36, True)


def test_a_plateau_lowers_the_rate(moons, start):
    run, _ = start(moons, lr=0.5, epochs=3, schedule="plateau", schedule_params={"patience": 0, "threshold": 1.0})
    finish(run)
    assert run.trainer.updater.lr == pytest.approx(0.0005)


def test_what_the_network_has_not_can_not_be_watched(moons, start):
    with pytest.raises(EngineError, match="no figure 'r2' to go by") as told:
        start(moons, epochs=3, monitor="r2", early_stopping=2)
    assert "test_accuracy" in told.value.fix
    assert "f1" in told.value.fix
    run, _ = start(moons, epochs=3, monitor="r2")  # nothing goes by it
    with pytest.raises(EngineError, match="no figure 'perplexity'"):
        run.change(msgspec.structs.replace(run.plan, monitor="perplexity", restore_best=True))
    assert run.plan.monitor == "r2"
    numbers = msgspec.structs.replace(moons, task="values")
    with pytest.raises(EngineError, match="no figure 'test_accuracy'") as told:
        start(numbers, epochs=3, monitor="test_accuracy", early_stopping=2)
    assert told.value.fix.endswith("test_loss, train_loss, mse, mae, r2.")


def test_the_best_weights_come_back_only_where_they_are_wanted_at_the_end(small, start):
    run, sent = start(small, epochs=6, lr=0.05, restore_best=True)
    while run.trainer.epoch < 4:
        run.advance()
    assert run.account.best
    run.account.watch.best = 0.0  # nothing is better any more
    run.change(msgspec.structs.replace(run.plan, restore_best=False))
    finish(run)
    assert run.trainer.test().loss == of(sent, msg.EpochDone)[-1].test_loss


def test_weights_of_an_earlier_epoch_are_not_kept_as_the_best(small, start):
    run, sent = start(small, epochs=5, lr=0.05, restore_best=True)
    while run.trainer.epoch < 3:
        run.advance()
    run.change(msgspec.structs.replace(run.plan, restore_best=False))
    run.account.watch.best = 9.0  # the epoch that comes is better
    while run.trainer.epoch < 4:
        run.advance()
    run.account.watch.best = 0.0
    run.change(msgspec.structs.replace(run.plan, restore_best=True))
    finish(run)
    assert run.trainer.test().loss == of(sent, msg.EpochDone)[-1].test_loss


def test_a_run_whose_weights_can_not_be_sent_does_not_end_for_that(moons, start, monkeypatch):
    monkeypatch.setattr(memory, "SMALL", 0)
    monkeypatch.setattr(memory, "free_memory", lambda: 0)
    monkeypatch.setattr(run_module, "WEIGHTS_EVERY", 0.0)
    run, sent = start(moons, epochs=3)
    finish(run)
    assert states(sent) == ["training", "finished"]
    assert of(sent, msg.Weights) == []
    (notice,) = of(sent, msg.Notice)
    assert "The drawing does not get the weights of this run." in notice.message
