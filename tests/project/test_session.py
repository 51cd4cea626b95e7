"""One open project: compiled, saved, trained; with an engine that is none, and with a real one."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from nnstudio.errors import CompileError, DocumentError, EngineError, StorageError, UsageError
from nnstudio.examples import resolve
from nnstudio.graph import changes as ch
from nnstudio.graph import storage, weights
from nnstudio.graph.document import Document
from nnstudio.graph.training import EpochRow, Trained
from nnstudio.headless import Headless
from nnstudio.project.carrying import plan_message
from nnstudio.project.session import HistoryMoved, Recompiled, Run, Saved, Session, SessionEvent, StartsAnew
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.protocol.fake import FakeEngine
from tests.graph.drawings import taken_back


def example(name: str = "xor", **plan: object) -> Document:
    document = storage.load(resolve(f"example:{name}"))
    document.set_plan(**plan)
    document.history.clear()
    return document


class Open:
    """A session whose engine is a fake, with all that it tells."""

    def __init__(self, document: Document | None = None, path: Path | None = None, *, up: bool = True) -> None:
        self.fake = FakeEngine()
        self.session = Session(example() if document is None else document, self.fake, path)
        self.fake.on_event = self.session.handle
        self.heard: list[SessionEvent] = []
        self.session.subscribe(self.heard.append)
        assert self.session.compiled.facts or not self.document.nodes
        if up:
            self.fake.start()
            self.heard.clear()

    @property
    def document(self) -> Document:
        return self.session.document

    def told(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.heard)

    def asked(self, kind: type) -> list[msg.AnyRequest]:
        return [request for request in self.fake.asked if isinstance(request, kind)]


# The drawing


def test_an_edit_is_compiled_and_told_once() -> None:
    opened = Open()
    opened.document.set("hidden1", out_features=5)
    kinds = [type(event) for event in opened.heard]
    assert kinds == [ch.ParamSet, Recompiled, HistoryMoved]
    assert "nn.Linear(2, 5)" in opened.session.compiled.source


def test_several_edits_in_one_step_are_compiled_once() -> None:
    opened = Open()
    with opened.document.transaction("Two"):
        opened.document.set("hidden1", out_features=5)
        opened.document.rename("head", "last")
        assert opened.told(Recompiled) == 0
    assert opened.told(Recompiled) == 1
    opened.document.undo()
    assert opened.told(Recompiled) == 2


def test_looks_and_plan_need_no_compiling() -> None:
    opened = Open()
    before = opened.session.compiled
    opened.document.move({"head": (1.0, 2.0)})
    opened.document.set_plan(epochs=3)
    opened.document.set_trained(Trained(b""))
    assert opened.told(Recompiled) == 0
    assert opened.told(HistoryMoved) == 3
    assert opened.session.compiled is before


@pytest.mark.parametrize("edit", ["mute", "rename", "retitle", "disconnect", "add", "remove"])
def test_every_other_edit_is_compiled(edit: str) -> None:
    opened = Open()
    document = opened.document
    edits = {
        "mute": lambda: document.mute("tanh1"),
        "rename": lambda: document.rename("head", "last"),
        "retitle": lambda: document.retitle("another"),
        "disconnect": lambda: document.disconnect(document.links[0]),
        "add": lambda: document.add("ReLU"),
        "remove": lambda: document.remove("tanh1"),
    }
    edits[edit]()
    assert opened.told(Recompiled) == 1


def test_an_edit_taken_back_is_compiled_again() -> None:
    opened = Open()
    before = opened.session.compiled.source
    with taken_back(opened.document, "Bad"):
        opened.document.remove("head")
    assert opened.session.compiled.source == before


def test_a_problem_is_mended_in_one_step() -> None:
    document = example("digits-cnn")
    flatten = next(node for node in document.nodes.values() if node.type == "Flatten")
    into, out = document.links_of(flatten)
    with document.transaction("Take out"):
        document.remove(flatten)
        document.connect(into.source, out.target)
    opened = Open(document)
    problem = next(problem for problem in opened.session.compiled.problems if problem.remedy)
    opened.session.apply_fix(problem)
    assert opened.session.compiled.errors == ()
    assert problem.remedy is not None
    assert document.history.undo_name == problem.remedy.label
    document.undo()
    assert opened.session.compiled.errors != ()


def test_a_problem_without_a_cure() -> None:
    opened = Open(Document())
    before = storage.graph_bytes(opened.document)
    with pytest.raises(DocumentError):
        opened.session.apply_fix(opened.session.compiled.problems[0])
    assert storage.graph_bytes(opened.document) == before


# Saving


def test_dirty_until_saved_and_clean_again_after_undo(tmp_path: Path) -> None:
    opened = Open()
    session, document = opened.session, opened.document
    assert not session.dirty
    document.set("hidden1", out_features=5)
    assert session.dirty
    document.undo()
    assert not session.dirty
    document.redo()
    path = session.save(tmp_path / "p.nnstudio")
    assert not session.dirty
    assert isinstance(opened.heard[-1], Saved)
    document.undo()
    assert session.dirty
    document.redo()
    assert not session.dirty
    assert session.path == path
    assert session.save() == path


def test_another_edit_at_the_same_depth_is_dirty(tmp_path: Path) -> None:
    """Steps come and go; none may be taken for the saved one because it has its place or its looks."""
    session = Open().session
    document = session.document
    for number in range(40):
        document.set("hidden1", out_features=5 + number % 2)
        session.save(tmp_path / "p.nnstudio.json")
        document.undo()
        document.set("hidden2", out_features=5 + number % 2)
        document.undo()
        document.set("head", bias=False)
        assert session.dirty, number
        document.undo()


def test_equal_steps_after_other_ones_are_dirty(tmp_path: Path) -> None:
    session = Open().session
    document = session.document
    document.set("hidden1", out_features=5)
    document.set("head", bias=False)
    session.save(tmp_path / "p.nnstudio.json")
    document.undo()
    document.undo()
    document.set("hidden1", out_features=6)
    document.set("head", bias=False)
    assert session.dirty


def test_weights_are_something_to_save(tmp_path: Path) -> None:
    opened = Open()
    opened.document.set_trained(Trained(b"w"))
    assert opened.session.dirty
    opened.session.save(tmp_path / "p.nnstudio")
    assert not opened.session.dirty


def test_saving_needs_a_name_that_works(tmp_path: Path) -> None:
    opened = Open()
    with pytest.raises(UsageError, match="Save As"):
        opened.session.save()
    opened.document.set("hidden1", out_features=5)
    with pytest.raises(StorageError):
        opened.session.save(tmp_path / "missing" / "p.nnstudio")
    assert opened.session.path is None
    assert opened.session.dirty
    assert opened.told(Saved) == 0


# The run


def test_training_is_refused_while_there_are_problems() -> None:
    opened = Open()
    opened.document.disconnect(opened.document.links_into("hidden1", "x")[0])
    with pytest.raises(CompileError, match="hidden1"):
        opened.session.train()
    with pytest.raises(CompileError):
        opened.session.export("python", Path("x.py"))
    assert opened.fake.asked == []
    assert opened.session.run.state == "idle"


def test_training_is_refused_without_a_loss() -> None:
    opened = Open()
    opened.document.remove("loss")
    with pytest.raises(CompileError, match=r"no loss.*Add a loss"):
        opened.session.train()
    assert opened.session.run.state == "idle"


def test_a_run_is_recorded_and_leaves_weights(tmp_path: Path) -> None:
    opened = Open(example(lr=0.5, epochs=4, batch_size=7, seed=3, optimizer="SGD", momentum=0.9))
    opened.session.train()
    assert opened.session.run == Run(state="starting")
    assert opened.session.run.active
    (start,) = opened.asked(msg.Start)
    assert isinstance(start, msg.Start)
    assert start.plan == plan_message(opened.document)
    assert (start.plan.optimizer, start.plan.lr, start.plan.batch_size) == ("SGD", 0.5, 7)
    assert (start.plan.epochs, start.plan.seed) == (4, 3)
    assert start.plan.optimizer_params == {"momentum": 0.9, "dampening": 0.0, "nesterov": False}
    assert start.model.data == msg.DataRef("xor", {"samples": 400, "noise": 0.02}, 3, 0.2)
    opened.fake.play(epochs=4, steps_per_epoch=10, weights=b"trained")
    run = opened.session.run
    assert (run.state, run.active, run.epoch, run.step, run.total_steps) == ("finished", False, 4, 40, 40)
    assert (len(run.losses), len(run.accuracies), [row.epoch for row in run.epochs]) == (40, 40, [1, 2, 3, 4])
    assert run.losses == sorted(run.losses, reverse=True)
    trained = opened.document.trained
    assert trained == Trained(b"trained", tuple(run.epochs), seed=3)
    assert opened.session.dirty
    path = opened.session.save(tmp_path / "p.nnstudio")
    again = Open(storage.load(path), path)
    assert again.document.trained == trained
    assert again.session.run.epochs == run.epochs
    assert again.session.model().weights == b"trained"
    assert again.session.model(trained=False).weights == b""


def test_a_run_is_paused_stepped_and_stopped() -> None:
    opened = Open()
    opened.session.train()
    opened.fake.state("training")
    opened.session.pause()
    opened.fake.state("paused", 1, 3)
    assert (opened.session.run.state, opened.session.run.active, opened.session.run.step) == ("paused", True, 3)
    opened.session.step()
    opened.session.step(epoch=True)
    opened.session.resume()
    opened.session.stop()
    opened.fake.state("stopped", 1, 4)
    assert not opened.session.run.active
    kinds = [type(request).__name__ for request in opened.fake.asked]
    assert kinds == ["Start", "Pause", "Step", "Step", "Resume", "Stop"]


def test_a_failed_run_tells_why() -> None:
    opened = Open()
    opened.session.train()
    opened.fake.state("training")
    opened.fake.state("failed", 1, 7, "The loss became NaN.", "Lower the learning rate.")
    run = opened.session.run
    assert (run.state, run.message, run.fix) == ("failed", "The loss became NaN.", "Lower the learning rate.")


def test_an_engine_lost_in_the_middle_fails_the_run_alone() -> None:
    opened = Open()
    before = storage.graph_bytes(opened.document)
    opened.session.train()
    opened.fake.state("training")
    opened.fake.die()
    assert opened.session.run.state == "failed"
    assert "killed" in opened.session.run.message
    assert opened.session.run.fix
    assert opened.session.engine_state.state == "ready"
    assert storage.graph_bytes(opened.document) == before
    assert not opened.session.dirty
    opened.session.train()
    opened.fake.play(epochs=2)
    assert opened.session.run.state == "finished"
    opened.fake.die(for_good=True)
    assert opened.session.run.state == "finished", "that run was over"


def test_what_an_earlier_run_has_to_say_is_dropped() -> None:
    """As when training is started anew in the middle of a run, or another project is opened."""
    opened = Open()
    opened.session.train()
    opened.fake.state("training")
    opened.session.train()
    late = msg.RunState(run=1, state="stopped", epoch=1, step=5)
    opened.session.handle(late)
    opened.session.handle(msg.Weights(run=1, epoch=1, data=b"old"))
    assert opened.session.run.state == "starting"
    assert opened.document.trained is None
    opened.fake.play(epochs=2, weights=b"new")
    assert opened.session.run.number == 2
    assert len(opened.session.run.epochs) == 2
    assert opened.document.trained is not None
    other = Open(Document())
    for event in (late, msg.Weights(run=1, epoch=1, data=b"old"), late):
        other.session.handle(event)
    assert (other.session.run, other.document.trained) == (Run(), None)


def test_nothing_is_believed_before_the_engine_has_answered() -> None:
    opened = Open()
    waiting: Future[msg.AnyReply] = Future()
    opened.fake.ask = lambda request: waiting  # type: ignore[method-assign]
    opened.session.train()
    opened.session.handle(msg.RunState(run=7, state="stopped", epoch=0, step=0))
    assert opened.session.run.state == "starting"
    waiting.set_result(msg.Started(request=1, run=8, steps_per_epoch=1, train_samples=1, test_samples=1, threads=1))
    opened.session.handle(msg.RunState(run=8, state="training", epoch=0, step=0))
    assert opened.session.run.state == "training"


def test_a_run_that_the_engine_refuses_is_over() -> None:
    opened = Open()
    opened.fake.refuse = EngineError("There is no such data.", fix="Choose other data.")
    future = opened.session.train()
    error = future.exception(0)
    assert isinstance(error, EngineError)
    opened.session.steering.start_failed(error)
    run = opened.session.run
    assert (run.state, run.message, run.fix) == ("failed", "There is no such data.", "Choose other data.")


def test_a_run_that_never_began_is_not_listed() -> None:
    opened = Open()
    opened.fake.refuse = EngineError("No.")
    future = opened.session.train()
    error = future.exception()
    assert isinstance(error, EngineError)
    opened.session.steering.start_failed(error)
    assert opened.session.run.state == "failed"
    assert opened.session.steering.shelf.runs == []


def test_a_run_that_waits_for_its_data_is_stopped_by_giving_them_up() -> None:
    opened = Open()
    opened.session.train()
    opened.session.stop()
    assert opened.fake.asked[-2:] == [msg.Cancel(key=msg.MODEL_KEY), msg.Stop()]
    opened.session.steering.start_failed(EngineError("Given up.", kind="cancelled"))
    assert (opened.session.run.state, opened.session.run.message) == ("stopped", "")


def test_closing_stops_a_run_and_the_listening() -> None:
    opened = Open()
    opened.session.train()
    opened.session.close()
    assert isinstance(opened.fake.asked[-1], msg.Stop)
    opened.heard.clear()
    opened.document.add("ReLU")
    assert opened.heard == []
    opened.session.close()


# Looking


def test_show_asks_only_when_there_is_something_new() -> None:
    opened = Open()
    opened.session.show()
    opened.session.show()
    assert len(opened.asked(msg.Load)) == 1
    opened.document.move({"head": (5.0, 5.0)})
    opened.session.show()
    assert len(opened.asked(msg.Load)) == 1
    opened.document.set("hidden1", out_features=5)
    opened.document.set("hidden1", out_features=6)
    opened.session.show()
    *_, last = opened.asked(msg.Load)
    assert len(opened.asked(msg.Load)) == 2
    assert isinstance(last, msg.Load)
    assert "nn.Linear(2, 6)" in last.model.source


def test_what_was_taken_away_and_comes_back_is_looked_at_again() -> None:
    opened = Open()
    opened.session.show()
    opened.document.remove("hidden1")
    opened.session.show()  # not possible without it
    opened.document.undo()
    opened.session.show()
    first, second = opened.asked(msg.Load)
    assert isinstance(first, msg.Load)
    assert isinstance(second, msg.Load)
    assert first.model == second.model
    opened.session.show()
    assert len(opened.asked(msg.Load)) == 2


def test_show_waits_for_the_last_look() -> None:
    opened = Open()
    waiting: Future[msg.AnyReply] = Future()
    asked: list[msg.AnyRequest] = []

    def ask(request: msg.AnyRequest) -> Future[msg.AnyReply]:
        asked.append(request)
        return waiting

    opened.fake.ask = ask  # type: ignore[method-assign]
    opened.session.show()
    for size in range(3, 8):
        opened.document.set("hidden1", out_features=size)
        opened.session.show()
    assert len(asked) == 1
    waiting.set_result(msg.Done(request=1))
    opened.session.show()
    assert len(asked) == 2
    assert isinstance(asked[1], msg.Load)
    assert "nn.Linear(2, 7)" in asked[1].model.source


def test_show_does_nothing_when_it_can_not() -> None:
    asleep = Open(up=False)
    asleep.session.show()
    assert asleep.fake.asked == []
    opened = Open()
    opened.session.train()
    opened.session.show()
    opened.fake.play(epochs=1)
    opened.document.disconnect(opened.document.links_into("hidden1", "x")[0])
    opened.session.show()
    assert opened.asked(msg.Load) == []


def test_a_new_engine_is_shown_the_drawing_again() -> None:
    opened = Open()
    opened.session.show()
    opened.fake.die()
    opened.session.show()
    assert len(opened.asked(msg.Load)) == 2


# A real engine


def test_a_real_run_learns_saves_and_exports(tmp_path: Path) -> None:
    with Headless(example(epochs=30, seed=1)) as headless:
        headless.train()
        run = headless.session.run
        assert (run.state, len(run.epochs), len(run.losses)) == ("finished", 30, 300)
        assert (run.epochs[-1].test_accuracy or 0) > max(0.8, run.epochs[0].test_accuracy or 1)
        assert run.epochs[-1].test_loss < run.epochs[0].test_loss
        path = headless.session.save(tmp_path / "xor.nnstudio")
        again = storage.load(path)
        assert again.trained == headless.session.document.trained
        assert again.trained is not None
        assert len(again.trained.epochs) == 30
        reply = headless.wait(headless.session.export("python", tmp_path / "xor.py"))
        assert isinstance(reply, msg.Exported)
        assert reply.difference == 0.0
    assert Open(again).session.run.epochs == run.epochs
    assert Open(again).session.model().weights == again.trained.weights
    done = subprocess.run([sys.executable, str(tmp_path / "xor.py")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"hidden1 +\(\d+, 8\)", done.stdout)
    ast.parse((tmp_path / "xor.py").read_text())


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_killed_engine_costs_the_run_and_nothing_else() -> None:
    document = example(epochs=100_000)
    with Headless(document) as headless:
        session = headless.session
        headless.start()
        headless.until(lambda: len(session.run.epochs) > 3)
        before = storage.graph_bytes(document)
        first = headless.engine.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        killed = time.monotonic()
        headless.until(lambda: not session.run.active, timeout=30)
        took = time.monotonic() - killed
        assert session.run.state == "failed"
        assert "engine" in session.run.message.lower()
        assert "kill" in session.run.message.lower() or "9" in session.run.message
        assert took < 1.0
        assert storage.graph_bytes(document) == before
        headless.until(lambda: session.engine_state.state == "ready", timeout=60)
        assert headless.engine.pid != first
        document.set_plan(epochs=5)
        headless.train()
        assert session.run.state == "finished"
        assert len(session.run.epochs) == 5


def test_training_anew_in_the_middle_of_a_run() -> None:
    document = example(epochs=100_000)
    with Headless(document) as headless:
        headless.start()
        headless.until(lambda: len(headless.session.run.losses) > 20)
        document.set_plan(epochs=3)
        headless.train()
        run = headless.session.run
        assert (run.state, len(run.epochs), len(run.losses), run.step) == ("finished", 3, 30, 30)
        assert document.trained is not None
        assert document.trained.epochs == tuple(run.epochs)


def test_waiting_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    headless = Headless(example())  # not started
    headless.nudge()
    assert next(headless.events(timeout=5)) is None
    with pytest.raises(EngineError, match="nothing for"):
        next(headless.events(timeout=0.01))
    with pytest.raises(EngineError, match="nothing for"):
        headless.until(lambda: False, timeout=0.01)
    with pytest.raises(EngineError, match="not done after"):
        headless.until(lambda: False, timeout=0)
    with pytest.raises(EngineError, match="not answered"):
        headless.wait(Future(), timeout=0.01)
    headless._heard.put(EngineChange("stopped", "It died three times."))
    with pytest.raises(EngineError, match="three times"):
        headless.until(lambda: False, timeout=5)


def test_a_refused_start_fails_the_run() -> None:
    headless = Headless(example())
    fake = FakeEngine()
    headless.session.engine = fake
    fake.start()
    fake.refuse = EngineError("No memory.")
    with pytest.raises(EngineError, match="No memory"):
        headless.train()
    assert headless.session.run.state == "failed"


def test_epochs_of_a_loaded_project_are_those_of_its_run() -> None:
    document = example()
    document.set_trained(Trained(b"w", (EpochRow(1, 0.5, 0.6),)))
    assert Open(document).session.run.epochs == [EpochRow(1, 0.5, 0.6)]


# What the reviewers broke


def test_weights_keep_the_split_they_were_trained_with() -> None:
    opened = Open(example(seed=3, test_split=0.3))
    opened.session.train()
    opened.session.handle(msg.RunState(run=1, state="training", epoch=0, step=0))
    opened.session.handle(msg.Weights(run=1, epoch=1, data=b"weights"))
    opened.document.set_plan(seed=4, test_split=0.1)
    kept, fresh = opened.session.model().data, opened.session.model(trained=False).data
    assert (kept.seed, kept.test_split) == (3, 0.3)
    assert (fresh.seed, fresh.test_split) == (4, 0.1)


def test_everybody_hears_of_a_compilation_that_somebody_asked_for_in_between() -> None:
    opened = Open()
    opened.document.subscribe(lambda change: opened.session.compiled and None)
    opened.document.remove("tanh1")
    assert opened.told(Recompiled) == 1


def test_renaming_in_the_middle_of_a_run_keeps_its_weights() -> None:
    opened = Open()
    opened.session.train()
    opened.session.handle(msg.RunState(run=1, state="training", epoch=0, step=0))
    opened.document.rename("head", "answer")
    opened.session.handle(msg.Weights(run=1, epoch=1, data=safetensors.numpy.save({"head.bias": np.zeros(2)})))
    assert opened.document.trained is not None
    assert set(weights.shapes(opened.document.trained.weights)) == {"answer.bias"}


def test_nodes_that_start_anew_are_told() -> None:
    opened = Open()
    facts = opened.session.compiled.facts.items()
    state = {
        f"{opened.document.nodes[key].name}.{part}": np.zeros(shape)
        for key, found in facts
        for part, shape in found.weights.items()
    }
    opened.document.set_trained(Trained(safetensors.numpy.save(state)))
    assert opened.session.starting_anew == ()
    opened.document.rename("hidden1", "first")
    assert opened.session.starting_anew == ()
    opened.document.set("hidden2", out_features=5)
    assert [event for event in opened.heard if isinstance(event, StartsAnew)] == [StartsAnew(("hidden2", "head"))]
    opened.document.undo()
    assert opened.session.starting_anew == ()


def test_training_on_takes_the_weights_and_counts_the_epochs_on() -> None:
    opened = Open()
    opened.document.set_trained(Trained(b"kept", (EpochRow(1, 0.5, 0.6), EpochRow(2, 0.4, 0.5)), seed=7))
    opened.session.steering.train(anew=False)
    request = opened.asked(msg.Start)[-1]
    assert isinstance(request, msg.Start)
    assert (request.model.weights, request.model.data.seed) == (b"kept", 7)
    opened.fake.play(2)
    assert [row.epoch for row in opened.session.run.epochs] == [3, 4]
    assert opened.document.trained is not None
    assert [row.epoch for row in opened.document.trained.epochs] == [1, 2, 3, 4]
    opened.session.train()
    assert opened.session.run.earlier == ()


def test_runs_of_this_window_are_on_the_shelf_with_their_plans() -> None:
    opened = Open()
    for rate in (0.1, 0.2):
        opened.document.set_plan(lr=rate)
        opened.session.train()
        opened.fake.play(2)
    runs = opened.session.steering.shelf.runs
    assert [run.plan.lr for run in runs if run.plan] == [0.2, 0.1]
    assert runs[0] is opened.session.run
    assert all(len(run.losses) == 20 and run.began for run in runs)
    assert runs[0].hue != runs[1].hue


def test_a_run_that_is_going_is_something_to_lose() -> None:
    opened = Open()
    opened.session.train()
    assert not opened.session.dirty
    opened.session.handle(msg.RunState(run=1, state="training", epoch=1, step=3))
    assert opened.session.dirty


def test_frames_of_the_project_before_are_not_shown() -> None:
    first = Open()
    second = Session(example("moons"), first.fake)
    heard: list[SessionEvent] = []
    second.subscribe(heard.append)
    first.fake.on_event = second.handle
    second.join(first.session.engine_state)
    first.session.show()
    second.handle(msg.ProbeFrame(subscription=1, step=7, subject=first.fake.subject))
    assert heard == []
    second.show()
    ours = msg.ProbeFrame(subscription=1, step=0, subject=first.fake.subject)
    second.handle(ours)
    assert heard == [ours]
