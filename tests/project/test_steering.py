"""A plan that is edited while a run goes on; with an engine that is none."""

from __future__ import annotations

import pytest

from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.carrying import plan_message
from nnstudio.project.events import Asked, Trouble
from nnstudio.project.run import Run
from nnstudio.project.session import Session, SessionEvent
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine


class Training:
    """A run that goes on."""

    def __init__(self, state: str = "training") -> None:
        self.engine = FakeEngine()
        self.session = Session(storage.load(resolve("example:xor")), self.engine)
        self.engine.on_event = self.session.handle
        self.heard: list[SessionEvent] = []
        self.session.subscribe(self.heard.append)
        self.engine.start()
        self.session.train()
        if state != "starting":
            self.engine.state(state)

    @property
    def document(self) -> Document:
        return self.session.document

    @property
    def sent(self) -> list[msg.Plan]:
        """The plans that the run was to go on by."""
        return [request.plan for request in self.engine.asked if isinstance(request, msg.ChangePlan)]

    @property
    def words(self) -> list[str]:
        return [event.message for event in self.heard if isinstance(event, Trouble)]


@pytest.mark.parametrize("state", ["training", "paused"])
def test_an_edited_plan_is_sent_and_so_are_undo_and_redo(state: str) -> None:
    training = Training(state)
    training.document.set_plan(lr=0.5)
    training.document.undo()
    training.document.redo()
    assert [plan.lr for plan in training.sent] == [0.5, 0.01, 0.5]
    assert training.sent[0] == plan_message(training.document)
    assert training.words == []
    assert sum(isinstance(event, Asked) for event in training.heard) == 3


def test_one_step_of_editing_is_sent_once_and_what_is_taken_back_not_at_all() -> None:
    training = Training()
    with training.document.transaction("Both"):
        training.document.set_plan(optimizer="SGD")
        training.document.set_plan(momentum=0.9)
    with training.document.transaction("Nothing"):
        training.document.set_plan(lr=0.5)
        training.document.set_plan(lr=0.01)
    training.document.move({"head": (1.0, 2.0)})
    (plan,) = training.sent
    assert (plan.optimizer, plan.optimizer_params["momentum"]) == ("SGD", 0.9)


@pytest.mark.parametrize("name", ["seed", "test_split", "init_linear"])
def test_what_a_run_can_not_change_is_said_and_left_out(name: str) -> None:
    training = Training()
    begun = plan_message(training.document)
    training.document.set_plan(**{name: {"seed": 7, "test_split": 0.5, "init_linear": "zeros"}[name]})
    assert training.sent == []
    assert training.words == [f"{name} holds from the next run on."]
    training.document.undo()  # to what the run began with
    training.document.redo()
    assert training.words == [f"{name} holds from the next run on."] * 2
    training.session.steering.device = "cuda:0"
    training.document.set_plan(lr=0.5)
    (plan,) = training.sent
    assert (plan.seed, plan.initialization, plan.device) == (begun.seed, begun.initialization, "cpu")
    assert len(training.words) == 2


def test_an_edit_while_the_run_is_starting_is_sent_once_it_goes() -> None:
    training = Training("starting")
    training.document.set_plan(lr=0.5)
    assert training.sent == []
    training.engine.state("training")
    training.engine.state("paused", 1, 3)
    assert [plan.lr for plan in training.sent] == [0.5]


def test_a_plan_without_a_run_is_sent_to_nobody() -> None:
    training = Training()
    training.engine.state("finished", 1, 10)
    training.document.set_plan(lr=0.5, seed=3)
    assert (training.sent, training.words) == ([], [])


def test_a_race_is_not_changed() -> None:
    training = Training()
    training.session.steering.runs = (training.session.run, Run(state="training"))
    training.session.steering._plan = None  # as after StartRace
    training.document.set_plan(lr=0.5)
    assert training.sent == []
    assert training.words == ["A race can not be changed: the plan holds from the next run on."]


def test_the_device_goes_with_the_plan() -> None:
    training = Training()
    training.session.steering.device = "cuda:0"
    training.session.train()
    devices = [request.plan.device for request in training.engine.asked if isinstance(request, msg.Start)]
    assert devices == ["cpu", "cuda:0"]
