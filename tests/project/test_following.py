"""Edits of nodes while a run goes on: frozen, another rate, another share of dropout; with an engine that is none."""

from __future__ import annotations

import pytest

from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.project.carrying import plan_message, tuning_groups
from nnstudio.project.events import Trouble
from nnstudio.project.run import Run
from nnstudio.project.session import Session, SessionEvent
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from tests.graph.drawings import classifier


def with_dropout() -> Document:
    """A classifier with a Linear and a Dropout in front of its head."""
    document = classifier()
    document.disconnect(document.links_into("head", "x")[0])
    for before, behind in (("flatten", "linear"), ("linear", "dropout"), ("dropout", "head")):
        if behind not in document:
            document.add({"linear": "Linear", "dropout": "Dropout"}[behind], behind)
        document.connect(before, behind)
    document.history.clear()
    return document


class Training:
    """A run that goes on."""

    def __init__(self, document: Document | None = None) -> None:
        self.engine = FakeEngine()
        self.document = document or with_dropout()
        self.session = Session(self.document, self.engine)
        self.engine.on_event = self.session.handle
        self.heard: list[SessionEvent] = []
        self.session.subscribe(self.heard.append)
        self.engine.start()
        self.session.train()
        self.engine.state("training")

    @property
    def layers(self) -> list[tuple[str, dict[str, object]]]:
        asked = [request for request in self.engine.asked if isinstance(request, msg.ChangeLayer)]
        return [(request.layer, request.values) for request in asked]

    @property
    def groups(self) -> list[tuple[msg.Group, ...]]:
        return [request.plan.groups for request in self.engine.asked if isinstance(request, msg.ChangePlan)]


def in_a_block(document: Document) -> Node:
    """The Linear and its Dropout in a block that is there three times, once and in a repeated instance."""
    block = document.make_block(["linear", "dropout"])
    document.rename(block, "one")
    again = document.place(block.block)
    document.rename(again, "more")
    document.set(again, repeat=2)
    link = document.links_into("head", "x")[0]
    document.disconnect(link)
    document.connect("one", "more")
    document.connect("more", "head")
    return document.node(block.id)


def test_the_plan_tells_of_frozen_nodes_and_rates_of_their_own() -> None:
    document = with_dropout()
    assert plan_message(document).groups == ()
    document.tune(["linear"], frozen=True)
    document.tune(["head"], lr=0.5)
    assert set(tuning_groups(document)) == {msg.Group("linear", None, True), msg.Group("head", 0.5)}
    assert plan_message(document).groups == tuning_groups(document)


def test_a_block_is_told_before_what_is_inside_which_takes_over_what_holds_for_it() -> None:
    document = with_dropout()
    block = in_a_block(document)
    document.tune([block], frozen=True)
    document.tune([document.sheet(block.block).node("linear")], lr=0.5)
    assert tuning_groups(document) == (
        msg.Group("one", None, True),
        msg.Group("one.linear", 0.5, True),
        msg.Group("more.0.linear", 0.5),
        msg.Group("more.1.linear", 0.5),
    )


def test_freezing_takes_effect_in_a_run_and_so_does_undo() -> None:
    training = Training()
    training.document.tune(["linear", "head"], frozen=True)
    training.document.undo()
    assert [{group.prefix for group in groups} for groups in training.groups] == [{"linear", "head"}, set()]
    assert not any(isinstance(event, Trouble) for event in training.heard)


def test_a_node_with_another_name_by_now_is_frozen_under_that_of_the_run() -> None:
    training = Training()
    training.document.rename("linear", "first")
    training.document.make_block(["first", "dropout"])
    training.document.tune(["n5"], frozen=True)
    training.document.add("Linear", "linear")
    training.document.tune(["linear"], frozen=True)  # another one: the run knows nothing of it
    assert training.groups == [(msg.Group("linear", None, True),)]


def test_dropout_is_changed_in_the_run_and_changed_back_by_undo() -> None:
    training = Training()
    training.document.set("dropout", p=0.25)
    training.document.undo()
    training.document.redo()
    assert training.layers == [("dropout", {"p": 0.25}), ("dropout", {"p": 0.5}), ("dropout", {"p": 0.25})]


def test_one_step_of_editing_is_sent_once_and_other_parameters_not_at_all() -> None:
    training = Training()
    with training.document.transaction("Twice"):
        training.document.set("dropout", p=0.25)
        training.document.set("dropout", p=0.75)
    training.document.set("linear", out_features=8)
    training.document.mute("dropout")
    training.document.mute("dropout", False)
    training.document.remove("dropout")
    assert training.layers == [("dropout", {"p": 0.75})]


def test_in_a_block_every_place_is_changed_under_the_name_it_had() -> None:
    document = with_dropout()
    block = in_a_block(document)
    training = Training(document)
    document.rename(block, "another")
    document.set(document.sheet(block.block).node("dropout"), p=0.1)
    assert training.layers == [
        ("one.dropout", {"p": 0.1}),
        ("more.0.dropout", {"p": 0.1}),
        ("more.1.dropout", {"p": 0.1}),
    ]


def test_a_value_that_an_instance_sets_is_changed_at_its_places_alone() -> None:
    document = with_dropout()
    block = in_a_block(document)
    document.promote(document.sheet(block.block).node("dropout"), "p", "share")
    training = Training(document)
    document.set("more", share=0.9)
    assert training.layers == [("more.0.dropout", {"p": 0.9}), ("more.1.dropout", {"p": 0.9})]


def test_an_edit_before_the_run_goes_is_sent_once_it_does() -> None:
    training = Training()
    training.session.train()
    training.document.set("dropout", p=0.25)
    assert training.layers == []
    training.engine.state("training")
    assert training.layers == [("dropout", {"p": 0.25})]
    training.engine.state("finished", 1, 10)
    training.document.set("dropout", p=0.75)
    assert len(training.layers) == 1


def test_a_run_that_went_back_is_told_again() -> None:
    training = Training()
    training.document.set("dropout", p=0.25)
    told = msg.RunState(run=training.engine.run, state="paused", epoch=0, step=0, message="NaN.", kind="nan")
    training.engine.on_event(told)
    assert training.layers == [("dropout", {"p": 0.25})] * 2


@pytest.mark.parametrize("edit", [{"frozen": True}, {"lr": 0.5}])
def test_a_race_is_not_changed_and_that_is_said(edit: dict[str, object]) -> None:
    training = Training()
    training.session.steering.runs = (training.session.run, Run(state="training"))
    training.session.steering._plan = None  # as after StartRace
    training.document.tune(["linear"], **edit)
    training.document.set("dropout", p=0.25)
    assert (training.groups, training.layers) == ([], [])
    words = [event.message for event in training.heard if isinstance(event, Trouble)]
    assert words == ["A race can not be changed: the plan holds from the next run on."] * 2
