"""Several projects at one engine: each run is heard by the project that began it, frames by the one in front."""

from __future__ import annotations

from nnstudio.desk import Desk
from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.project.session import Session, SessionEvent
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.protocol.fake import FakeEngine


class Open:
    """Two projects at one engine; the first is in front."""

    def __init__(self) -> None:
        self.engine, self.desk = FakeEngine(), Desk()
        self.engine.on_event = self.desk.handle
        self.one, self.two = (Session(storage.load(examples()[name]), self.engine) for name in ("digits-cnn", "moons"))
        self.heard: dict[Session, list[SessionEvent]] = {self.one: [], self.two: []}
        for session, heard in self.heard.items():
            session.subscribe(heard.append)
            self.desk.put(session)
        self.desk.bring(self.one)
        self.engine.start()

    def kinds(self, session: Session) -> list[str]:
        return [type(event).__name__ for event in self.heard[session] if isinstance(event, msg.Event)]


def test_a_run_goes_on_behind_another_project() -> None:
    opened = Open()
    opened.one.train()
    opened.desk.bring(opened.two)
    opened.engine.play(epochs=2, weights=b"trained")
    assert opened.one.run.state == "finished"
    assert len(opened.one.run.losses) == 20
    assert opened.one.document.trained is not None
    assert opened.two.run.state == "idle"
    assert opened.two.document.trained is None
    assert "Progress" not in opened.kinds(opened.two)


def test_who_trains_is_known() -> None:
    opened = Open()
    assert opened.desk.training is None
    opened.one.train()
    assert opened.desk.training is opened.one
    assert opened.desk.training_beside(opened.one) is None
    assert opened.desk.training_beside(opened.two) is opened.one


def test_frames_are_for_the_project_in_front_alone_and_of_its_own_model() -> None:
    opened = Open()
    number = opened.engine.subscribe("activations", {})
    opened.desk.show()
    opened.engine.frame("activations")
    assert opened.kinds(opened.one).count("ProbeFrame") == 1
    opened.desk.bring(opened.two)
    opened.engine.frame("activations")
    assert opened.kinds(opened.one).count("ProbeFrame") == 1
    assert "ProbeFrame" not in opened.kinds(opened.two)
    opened.desk.show()
    opened.engine.frame("activations")
    assert opened.kinds(opened.two).count("ProbeFrame") == 1
    opened.engine.unsubscribe(number)


def test_the_project_one_comes_back_to_is_given_to_the_engine_again() -> None:
    opened = Open()
    opened.desk.show()
    opened.desk.bring(opened.two)
    opened.desk.show()
    opened.desk.bring(opened.one)
    opened.desk.show()
    loads = [request for request in opened.engine.asked if isinstance(request, msg.Load)]
    assert [load.model.data.dataset for load in loads] == ["digits", "moons", "digits"]


def test_nothing_is_loaded_while_another_trains_and_it_is_once_that_ends() -> None:
    opened = Open()
    opened.one.train()
    opened.desk.bring(opened.two)
    opened.desk.show()
    assert not [request for request in opened.engine.asked if isinstance(request, msg.Load)]
    opened.engine.play(epochs=1)
    opened.desk.show()
    assert [request for request in opened.engine.asked if isinstance(request, msg.Load)]


def test_a_run_behind_shows_its_frames_again_when_one_comes_back() -> None:
    opened = Open()
    opened.engine.subscribe("activations", {})
    opened.one.train()
    opened.desk.bring(opened.two)
    opened.desk.bring(opened.one)
    opened.engine.frame("activations")
    assert opened.kinds(opened.one).count("ProbeFrame") == 1
    assert not [request for request in opened.engine.asked if isinstance(request, msg.Load)]


def test_the_engine_is_known_to_a_project_that_comes_later() -> None:
    opened = Open()
    late = Session(storage.load(examples()["xor"]), opened.engine)
    opened.desk.put(late)
    assert late.engine_state.state == "ready"
    opened.desk.handle(EngineChange("lost", "gone"))
    assert {session.engine_state.state for session in opened.desk.sessions} == {"lost"}


def test_the_engines_end_ends_the_run_of_the_project_behind() -> None:
    opened = Open()
    opened.one.train()
    opened.desk.bring(opened.two)
    opened.engine.state("training")
    opened.engine.die()
    assert opened.one.run.state == "failed"
    assert opened.two.run.state == "idle"


def test_runs_of_two_engines_with_one_number_are_not_mixed_up() -> None:
    opened = Open()
    opened.one.train()
    opened.engine.play(epochs=1, weights=b"one")
    opened.engine.die()
    opened.engine.run = 0
    opened.desk.bring(opened.two)
    opened.two.train()
    opened.engine.play(epochs=3, weights=b"two")
    assert len(opened.one.run.epochs) == 1
    assert len(opened.two.run.epochs) == 3
    assert opened.one.document.trained is not None
    assert opened.one.document.trained.weights == b"one"
    late = msg.CheckpointSaved(run=1, step=30, epoch=3, path="two/last.safetensors", reason="end")
    opened.desk.handle(late)  # written when the run was over
    assert (opened.one.run.checkpoints, opened.two.run.checkpoints) == ([], [late])


def test_closing_a_project_that_trains_stops_its_run() -> None:
    opened = Open()
    opened.one.train()
    opened.desk.bring(opened.two)
    opened.desk.take(opened.one)
    assert isinstance(opened.engine.asked[-1], msg.Stop)
    assert opened.desk.training is None
    opened.engine.play(epochs=1)
    assert opened.two.run.state in ("idle", "finished")


def test_projects_change_places() -> None:
    opened = Open()
    opened.desk.move(opened.two, 0)
    assert opened.desk.sessions == [opened.two, opened.one]
