"""A run leaves a folder that is sound at every moment, and from which it goes on to the last bit."""

import errno
import hashlib
import json
import math
import os
import threading
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.records import checkpoint, keeping, scribe
from nnstudio.engine.records.keeping import make_keeper
from nnstudio.engine.records.resuming import go_on, resumed
from nnstudio.engine.records.scribe import wait_until_written
from nnstudio.engine.training.run import Run
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.runs.reading import list_runs, read_run, source_of


@pytest.fixture
def begin(moons, tmp_path):
    """A run of the moons that is about to take its first step, and what it sends."""

    def begin(plan=None, *, folder="run", paused=True, model=moons, **keeping):
        sent = []
        where = str(tmp_path / "runs" / folder) if folder else ""
        keeping = msg.Keeping(folder=where, title="moons", drawing="{}", **keeping)
        asked = msg.Entrant(model, plan or msg.Plan(epochs=3), keeping)
        entrant, snapshot = resumed(asked)
        subject = make_subject(entrant.model, plan=entrant.plan)
        keeper = make_keeper(1, entrant, subject.data, sent.append)
        run = Run(1, subject, entrant.plan, sent.append, Stream(sent.append), keeper)
        if snapshot is not None:
            go_on(run, snapshot, None if asked.keeping.own_plan else asked.plan)
        run.begin(paused=paused)
        return run, sent

    return begin


def finish(run):
    run.go()
    while run.state == "training":
        run.advance()
    wait_until_written()


def of(sent, kind):
    return [event for event in sent if isinstance(event, kind)]


def losses(sent):
    return np.concatenate([event.losses.numpy() for event in of(sent, msg.Progress)])


def rows(run):
    """Without how long they took, and without figures that are made where there is time."""
    return [msgspec.structs.replace(row, seconds=0.0, metrics={}) for row in run.epochs]


def test_the_folder_tells_the_whole_run(begin, moons, tmp_path):
    run, sent = begin()
    finish(run)
    kept = read_run(tmp_path / "runs" / "run")
    record = kept.record
    np.testing.assert_array_equal(kept.losses, losses(sent))
    assert [(row.epoch, row.step, row.test_loss) for row in kept.epochs] == [
        (done.epoch, done.step, done.test_loss) for done in of(sent, msg.EpochDone)
    ]
    assert record.state == kept.state == "finished"
    assert (record.title, record.plan, record.data) == ("moons", run.plan, moons.data)
    assert record.step == record.total_steps == len(kept.losses) == 3 * record.steps_per_epoch
    assert record.parameters == sum(weight.numel() for weight in run.subject.model.parameters())
    assert record.last == kept.epochs[-1]
    assert record.best == min(kept.epochs, key=lambda row: row.test_loss)
    assert 0 < record.seconds < 60
    assert record.source_hash == hashlib.sha256(moons.source.encode()).hexdigest()
    assert record.versions["torch"] == torch.__version__
    assert source_of(kept.folder) == moons.source
    assert (kept.folder / "drawing.nnstudio.json").read_text() == "{}"
    assert {row.file for row in kept.checkpoints} >= {"last.safetensors", "best.safetensors"}
    assert sorted(path.name for path in kept.folder.rglob("*.safetensors")) == sorted(
        row.file for row in kept.checkpoints
    )


def test_the_data_hash_is_of_the_data(begin, tmp_path, moons):
    hashes = set()
    for seed in (0, 0, 1):
        data = msgspec.structs.replace(moons.data, seed=seed)
        run, _ = begin(msg.Plan(epochs=1), folder=f"run{len(hashes)}", model=msgspec.structs.replace(moons, data=data))
        finish(run)
        hashes.add(list_runs(tmp_path / "runs")[0].record.data_hash)
    assert len(hashes) == 2
    assert all(len(each) == 64 for each in hashes)


def test_large_data_are_hashed_beside(begin, tmp_path, monkeypatch):
    monkeypatch.setattr(scribe, "SMALL_DATA", 10)
    run, _ = begin(msg.Plan(epochs=1))
    finish(run)
    for thread in threading.enumerate():
        if thread.name == "hash":
            thread.join()
    wait_until_written()
    assert len(read_run(tmp_path / "runs" / "run").record.data_hash) == 64


def test_nothing_is_on_the_disk_before_the_first_step(begin, tmp_path):
    run, _ = begin()
    run.stop()
    wait_until_written()
    assert not (tmp_path / "runs").exists()
    with pytest.raises(EngineError, match="Nothing has been trained"):
        run.save()


def test_unrecorded_runs_leave_nothing(begin, tmp_path):
    run, sent = begin(folder="")
    finish(run)
    assert run.state == "finished"
    assert not (tmp_path / "runs").exists()
    with pytest.raises(EngineError, match="not recorded"):
        run.save()
    assert of(sent, msg.CheckpointSaved) == []


def test_a_folder_of_the_name_is_left_alone(begin, tmp_path):
    for _ in range(2):
        run, _ = begin(msg.Plan(epochs=1))
        finish(run)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["run", "run 2"]


def test_a_folder_that_is_taken_meanwhile_is_left_alone(begin, tmp_path):
    """By another window, which began a run of that name in the same second."""
    run, sent = begin()
    (tmp_path / "runs" / "run").mkdir(parents=True)
    (tmp_path / "runs" / "run" / "record.json").write_text("theirs")
    finish(run)
    ours = tmp_path / "runs" / "run 2"
    assert (tmp_path / "runs" / "run" / "record.json").read_text() == "theirs"
    assert (read_run(ours).state, run.keeper.folder) == ("finished", str(ours))
    assert {Path(each.path).parent.parent for each in of(sent, msg.CheckpointSaved)} == {ours}
    assert not of(sent, msg.Notice)


def test_checkpoints_by_the_plan_and_when_asked(begin, tmp_path):
    run, sent = begin(msg.Plan(epochs=5, checkpoint_every=2))
    run.step()
    run.advance()
    run.save()
    finish(run)
    saved = {(event.reason, event.step) for event in of(sent, msg.CheckpointSaved)}
    per_epoch = run.trainer.feed.steps_per_epoch
    assert saved >= {("asked", 1), ("every", 2 * per_epoch), ("every", 4 * per_epoch), ("end", 5 * per_epoch)}
    files = {path.name for path in (tmp_path / "runs" / "run" / "checkpoints").iterdir()}
    assert files >= {"step-1.safetensors", "epoch-2.safetensors", "epoch-4.safetensors", "last.safetensors"}


@pytest.mark.parametrize("at", [1, 13, 20, 27])
def test_going_on_from_a_checkpoint_changes_nothing(begin, tmp_path, at):
    plan = msg.Plan(epochs=3, early_stopping=50, checkpoint_every=1)
    whole, _ = begin(plan, folder="whole")
    finish(whole)
    run, _ = begin(plan, folder="first")
    for _ in range(at):
        run.step()
        run.advance()
    run.stop()
    wait_until_written()
    (saved,) = [each for each in read_run(tmp_path / "runs" / "first").checkpoints if each.reason == "end"]
    assert saved.step == at
    path = tmp_path / "runs" / "first" / "checkpoints" / saved.file
    again, sent = begin(msg.Plan(lr=99.0), folder="again", resume=str(path), own_plan=True)
    assert again.trainer.steps == at
    finish(again)
    one, other = (read_run(tmp_path / "runs" / name) for name in ("whole", "again"))
    np.testing.assert_array_equal(one.losses, other.losses)
    assert rows(one) == rows(other)
    assert len(losses(sent)) == len(one.losses) - at
    assert other.record.resumed == str(path)
    for name, tensor in whole.subject.model.state_dict().items():
        assert torch.equal(tensor, again.subject.model.state_dict()[name])


def test_what_came_before_is_blank_where_its_folder_is_gone(begin, tmp_path):
    run, _ = begin()
    for _ in range(3):
        run.step()
        run.advance()
    run.stop()
    wait_until_written()
    path = (tmp_path / "runs" / "run" / "checkpoints" / "last.safetensors").rename(tmp_path / "mine.safetensors")
    again, sent = begin(folder="again", resume=str(path), own_plan=True)
    finish(again)
    kept = read_run(tmp_path / "runs" / "again")
    assert np.isnan(kept.losses[:3]).all()
    np.testing.assert_array_equal(kept.losses[3:], losses(sent))


def test_a_branch_goes_by_another_plan_and_says_so(begin, tmp_path):
    plan = msg.Plan(epochs=2, optimizer="SGD", lr=0.1, seed=3)
    first, _ = begin(plan)
    for _ in range(15):
        first.step()
        first.advance()
    first.stop()
    wait_until_written()
    path = str(tmp_path / "runs" / "run" / "checkpoints" / "last.safetensors")
    asked = msgspec.structs.replace(plan, lr=0.5, epochs=3, seed=8)
    branch, sent = begin(asked, folder="branch", resume=path, paused=False)
    assert {(each.what, each.before, each.after, each.step) for each in of(sent, msg.Changed)} == {
        ("lr", "0.1", "0.5", 15),
        ("epochs", "2", "3", 15),
    }
    finish(branch)
    kept = read_run(tmp_path / "runs" / "branch")
    assert sorted((row.what, row.step) for row in kept.changes) == [("epochs", 15), ("lr", 15)]
    assert kept.record.plan == msgspec.structs.replace(asked, seed=3)
    assert len(kept.losses) == 30
    assert {event.lr for event in of(sent, msg.Progress)} == {0.5}


def test_nothing_is_left_to_do_at_the_end(begin, tmp_path):
    run, _ = begin(msg.Plan(epochs=1))
    finish(run)
    path = tmp_path / "runs" / "run" / "checkpoints" / "last.safetensors"
    with pytest.raises(EngineError, match="at its end"):
        begin(folder="again", resume=str(path), own_plan=True)


def test_other_data_and_other_networks_are_refused(begin, tmp_path, moons, digits):
    run, _ = begin(msg.Plan(epochs=1))
    run.step()
    run.advance()
    run.stop()
    wait_until_written()
    resume = {"resume": str(tmp_path / "runs" / "run" / "checkpoints" / "last.safetensors"), "own_plan": True}
    with pytest.raises(EngineError, match="other data"):
        begin(model=digits, **resume)
    wider = msgspec.structs.replace(moons, source=moons.source.replace("16", "17"))
    with pytest.raises(EngineError, match="another network"):
        begin(model=wider, **resume)
    more = msg.DataRef("moons", {"samples": 500})
    with pytest.raises(EngineError, match="other data"):
        begin(model=msgspec.structs.replace(moons, data=more), **resume)


def test_a_full_disk_is_told_once_and_the_run_goes_on(begin, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "WRITE_EVERY", 0.0)
    monkeypatch.setattr("nnstudio.engine.training.run.REPORT_EVERY", 0.0)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("nnstudio.engine.records.recording.write_whole", full)
    run, sent = begin()
    finish(run)
    assert run.state == "finished"
    (notice,) = of(sent, msg.Notice)
    assert "no longer recorded" in notice.message
    assert "No space left" in notice.message
    with pytest.raises(EngineError, match="no longer recorded") as told:
        run.save()
    assert told.value.fix.startswith("Make room")


def test_a_run_that_could_not_be_recorded_whole_is_over_all_the_same(begin, tmp_path, monkeypatch):
    run, sent = begin()
    run.step()
    run.advance()
    wait_until_written()
    with monkeypatch.context() as patch:
        patch.setattr("nnstudio.engine.records.checkpoint.write", lambda *_: os.write(-1, b""))
        run.save()
        wait_until_written()
    assert read_run(tmp_path / "runs" / "run").state == "paused"
    run.stop()
    wait_until_written()
    assert len(of(sent, msg.Notice)) == 1
    assert read_run(tmp_path / "runs" / "run").state == "stopped"


def test_a_run_that_goes_back_forgets_what_came_after(begin, tmp_path):
    run, _ = begin(msg.Plan(epochs=2))
    run.step(epoch=True)
    while run.state == "training":
        run.advance()
    snapshot = run.snapshot()
    first = run.trainer.steps
    run.step()
    run.advance()
    wait_until_written()
    assert len(read_run(tmp_path / "runs" / "run").losses) == first + 1
    run.account.restore(snapshot, run.trainer, run.subject)
    finish(run)
    kept = read_run(tmp_path / "runs" / "run")
    assert [row.epoch for row in kept.epochs] == [1, 2]
    assert len(kept.losses) == run.total_steps
    assert np.isfinite(kept.losses).all()


def test_a_missing_tensorboard_is_told_once(begin, tmp_path, monkeypatch):
    monkeypatch.setattr("nnstudio.engine.records.boards.PACKAGE", "nnstudio_is_not_a_board")
    run, sent = begin(tensorboard=True)
    finish(run)
    (notice,) = of(sent, msg.Notice)
    assert "TensorBoard" in notice.message
    assert "pip install" in notice.fix
    assert read_run(tmp_path / "runs" / "run").state == "finished"


def test_tensorboard_gets_the_scalars(begin, tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run, sent = begin(tensorboard=True)
    finish(run)
    assert of(sent, msg.Notice) == []
    events = accumulator.EventAccumulator(str(tmp_path / "runs" / "run" / "tensorboard"))
    events.Reload()
    assert [each.step for each in events.Scalars("loss/test")] == [1, 2, 3]
    assert events.Scalars("loss/step")[-1].step == run.total_steps
    assert events.Scalars("lr")[0].value == pytest.approx(run.plan.lr)


def test_a_snapshot_that_can_not_be_taken_ends_no_run(begin, monkeypatch):
    def odd(_):
        raise TypeError("set at .model can not be kept")

    monkeypatch.setattr("nnstudio.engine.training.trainer.Trainer.present", odd)
    monkeypatch.setattr("nnstudio.engine.training.safety.Safety.keep", lambda self: None)
    run, sent = begin()
    finish(run)
    assert run.state == "finished"
    (notice,) = of(sent, msg.Notice)
    assert "no longer recorded" in notice.message
    assert run.keeper.due == math.inf


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_without_memory_for_a_snapshot_the_run_is_recorded_all_the_same(begin, tmp_path, monkeypatch, error):
    def no_room(_):
        raise error

    monkeypatch.setattr("nnstudio.engine.training.trainer.Trainer.present", no_room)
    run, sent = begin()
    finish(run)
    assert run.state == "finished"
    (notice,) = of(sent, msg.Notice)
    assert notice.message == "There is no checkpoint of the last steps. The memory ran out."
    with pytest.raises(EngineError, match="memory"):
        run.save()
    kept = read_run(tmp_path / "runs" / "run")
    assert (kept.state, len(kept.epochs), kept.checkpoints) == ("finished", 3, ())


def test_snapshots_take_a_small_share_of_the_time_that_a_run_goes(begin, monkeypatch):
    """Of epochs of one step, each of which is the best so far; and a long pause is no reason for more of them.

    A draft of the best one costs next to nothing; it is made a snapshot when it is written.
    """
    clock = [0.0]
    monkeypatch.setattr(keeping, "perf_counter", lambda: clock[0])
    run, _ = begin(folder="")
    taken = run.snapshot()
    spent = [0.0]

    def snapshot():
        clock[0] += 0.001
        spent[0] += 0.001
        return taken

    class Scribe:
        broken = busy = False
        cost = 0.0

        def begin(self, step): ...

        def note(self, **facts): ...

        def write(self, leaf, waiting): ...

    keeper = keeping.Keeper(Scribe())
    keeper.begin(run.trainer)
    for _ in range(3):
        before, began = spent[0], clock[0]
        keeper.take(msg.RunState(run=1, state="training", epoch=0, step=0))
        for _ in range(10_000):
            clock[0] += 0.001
            keeper.keep_best(lambda: snapshot)
            if clock[0] >= keeper.due:
                keeper.report(clock[0], snapshot)
        assert 0.0003 < (spent[0] - before) / (clock[0] - began) < 0.012
        keeper.take(msg.RunState(run=1, state="paused", epoch=0, step=0))
        clock[0] += 3600


def best_of(folder):
    """What is kept as the best epoch: the record's, the checkpoint's row, and the file itself."""
    kept = read_run(folder)
    (row,) = [row for row in kept.checkpoints if row.reason == "best"]
    return kept.record.best, row, checkpoint.read(folder / "checkpoints" / row.file)


@pytest.mark.parametrize("slow", ["a draft", "a snapshot", ""])
def test_the_best_checkpoint_is_of_the_best_epoch(begin, tmp_path, monkeypatch, slow):
    """Of many short ones, also where the machine was busy for a moment."""
    clock = [0.0]
    monkeypatch.setattr(keeping, "perf_counter", lambda: clock[0])
    run, _ = begin(msg.Plan(epochs=100, batch_size=10_000, optimizer="SGD", lr=0.05))  # of one step each
    draft, snapshot = run.account.draft, run.snapshot

    def once_slow(take, what):
        def taken(*of):
            clock[0] += 0.3 if run.trainer.steps == 3 and slow == what else 0.0005
            return take(*of)

        return taken

    run.account.draft, run.snapshot = once_slow(draft, "a draft"), once_slow(snapshot, "a snapshot")
    finish(run)
    best, row, file = best_of(tmp_path / "runs" / "run")
    assert best == min(read_run(tmp_path / "runs" / "run").epochs, key=lambda epoch: epoch.test_loss)
    assert best.epoch == row.epoch == file.epoch == run.account.watch.best_epoch > 6
    assert best.step == row.step == file.step
    assert best.test_loss == row.test_loss == file.facts["watch"]["best"]


@pytest.mark.parametrize("optimizer", ["SGD", "AdamW", "LBFGS"])
def test_the_best_checkpoint_is_what_a_snapshot_of_then_would_be(begin, tmp_path, optimizer):
    """To the last bit, though the run has gone on since; also where the optimizer keeps others with each step."""
    run, _ = begin(msg.Plan(epochs=6, optimizer=optimizer, lr=0.1))
    draft, then = run.account.draft, []

    def both(*of):
        then.append(run.snapshot())
        return draft(*of)

    run.account.draft = both
    finish(run)
    _, _, file = best_of(tmp_path / "runs" / "run")
    assert file.facts == then[-1].facts
    assert file.trainer.facts == checkpoint_facts(then[-1])
    assert file.trainer.tensors.keys() == then[-1].trainer.tensors.keys()
    for name, tensor in then[-1].trainer.tensors.items():
        assert torch.equal(file.trainer.tensors[name], tensor), name


def checkpoint_facts(snapshot):
    """As JSON has them."""
    return json.loads(json.dumps(snapshot.trainer.facts))


def test_an_improvement_after_another_optimizer_is_kept_too(begin, tmp_path):
    run, _ = begin(msg.Plan(epochs=8, optimizer="SGD", lr=0.01))
    while run.trainer.epoch < 3:
        run.step(epoch=True)
        run.advance()
    run.change(msgspec.structs.replace(run.plan, optimizer="Adam", lr=0.02))
    finish(run)
    best, row, file = best_of(tmp_path / "runs" / "run")
    assert best.epoch == row.epoch == file.epoch > 3
    assert file.plan.optimizer == "Adam"


def test_going_on_from_the_best_epoch_changes_nothing(begin, tmp_path):
    plan = msg.Plan(epochs=6, lr=0.1)
    run, _ = begin(plan)
    while run.trainer.epoch < 3:  # the best so far, and the file of that moment
        run.step(epoch=True)
        run.advance()
    run.stop()
    wait_until_written()
    best, row, _ = best_of(tmp_path / "runs" / "run")
    path = tmp_path / "runs" / "run" / "checkpoints" / row.file
    again, _ = begin(plan, folder="again", resume=str(path), own_plan=True)
    assert again.trainer.epoch == best.epoch
    finish(again)
    whole, _ = begin(plan, folder="whole")
    finish(whole)
    for name, tensor in whole.subject.model.state_dict().items():
        assert torch.equal(tensor, again.subject.model.state_dict()[name])
