"""Runs in trouble are told with a button that helps."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.project.carrying import plan_message
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.ui.notices import Notice, Notices
from nnstudio.ui.runs.deeds import Deeds
from nnstudio.ui.runs.library import Library
from nnstudio.ui.runs.rescue import Rescue
from tests.runs.folders import kept_run
from tests.ui.studio import Studio, classifier, open_studio, settle, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def notices(qtbot: QtBot, studio: Studio) -> Notices:
    host = QWidget()
    host.resize(800, 500)
    shown(qtbot, host)
    notices = Notices(host, studio.bridge)
    library = Library(studio.bridge, host)
    rescue = Rescue(studio.bridge, notices, Deeds(studio.bridge, library, host), library)
    assert rescue.parent() is notices
    return notices


def trouble(studio: Studio, kind: str, message: str = "The loss became NaN at step 5.", step: int = 4) -> None:
    """The run of this project stands still after so many steps."""
    studio.bridge.session.train()
    studio.engine.state("training")
    event = msg.RunState(
        run=studio.engine.run, state="paused", epoch=min(step, 1), step=step, message=message, fix="X.", kind=kind
    )
    studio.engine.on_event(event)
    settle(studio.bridge)


def button(notice: Notice) -> str:
    return notice.action_button.text() if notice.action_button else ""


def test_a_loss_that_is_no_number_is_told_and_the_rate_halved(notices: Notices, studio: Studio) -> None:
    studio.document.set_plan(lr=0.5)
    trouble(studio, "nan")
    (notice,) = notices.shown
    assert (notice.kind, notice.message, notice.fix) == ("error", "The loss became NaN at step 5.", "X.")
    assert button(notice) == "Halve the learning rate to 0.25, and resume"
    assert notice.action_button is not None
    notice.action_button.click()
    change, resume = studio.engine.asked[-2:]
    assert isinstance(change, msg.ChangePlan)
    assert change.plan.lr == 0.25
    assert isinstance(resume, msg.Resume)
    studio.document.undo()
    assert studio.document.plan.lr == 0.5


def test_the_rate_is_halved_also_where_the_first_step_was_too_large(notices: Notices, studio: Studio) -> None:
    trouble(studio, "nan", "The loss became NaN (not a number) at step 2.", step=0)
    (notice,) = notices.shown
    assert button(notice).startswith("Halve the learning rate")


def test_a_first_loss_that_is_no_number_is_not_blamed_on_the_rate(notices: Notices, studio: Studio) -> None:
    trouble(studio, "data", "The loss is NaN from the first step on.", step=0)
    (notice,) = notices.shown
    assert button(notice) == ""


def test_too_little_memory_is_told_and_the_batch_halved(notices: Notices, studio: Studio) -> None:
    studio.document.set_plan(batch_size=64)
    trouble(studio, "memory", "The memory ran out.")
    (notice,) = notices.shown
    assert button(notice) == "Halve the batch size to 32, and resume"
    assert notice.action_button is not None
    notice.action_button.click()
    change = studio.engine.asked[-2]
    assert isinstance(change, msg.ChangePlan)
    assert change.plan.batch_size == 32


def test_a_batch_of_one_can_not_be_halved(notices: Notices, studio: Studio) -> None:
    studio.document.set_plan(batch_size=1)
    trouble(studio, "memory", "The memory ran out.")
    assert [button(notice) for notice in notices.shown] == [""]


def test_the_button_follows_the_plan(notices: Notices, studio: Studio) -> None:
    studio.document.set_plan(lr=0.5)
    trouble(studio, "nan")
    (notice,) = notices.shown
    studio.document.set_plan(lr=0.01)  # typed, so nothing is to be halved any more
    assert button(notice) == "Resume with the changed plan"
    studio.document.undo()
    assert button(notice) == "Halve the learning rate to 0.25, and resume"
    studio.document.set_plan(lr=0.01)
    assert notice.action_button is not None
    notice.action_button.click()
    assert isinstance(studio.engine.asked[-1], msg.Resume)
    assert studio.document.plan.lr == 0.01


def test_the_word_goes_when_the_run_goes_on(notices: Notices, studio: Studio) -> None:
    trouble(studio, "nan")
    assert len(notices.shown) == 1
    studio.engine.state("training", 1, 4)
    settle(studio.bridge)
    assert notices.shown == []


def test_what_began_anew_is_told_once(notices: Notices, studio: Studio) -> None:
    studio.document.set_trained(Trained(b""))
    studio.engine.replies[msg.Start] = lambda request, number: msg.Started(
        request=number, run=1, steps_per_epoch=10, train_samples=320, test_samples=80, threads=1, fresh=("head",)
    )
    studio.bridge.session.steering.train(anew=False)
    studio.engine.run = 1
    for step in (0, 5):
        studio.engine.state("training", 1, step)
        settle(studio.bridge)
    assert [notice.message for notice in notices.shown] == ["These nodes begin anew: 'head'."]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_after_the_engines_end_the_run_is_offered_from_its_last_checkpoint(
    qtbot: QtBot, notices: Notices, studio: Studio, tmp_path: Path, elsewhere: bool
) -> None:
    """At once, or when its project is shown again."""
    document, source = studio.document, studio.bridge.session.compiled.source
    folder = kept_run(tmp_path / "runs", document.title, plan_message(document), source, {"head.bias": (10,)})
    studio.engine.replies[msg.Start] = lambda request, number: msg.Started(
        request=number, run=1, steps_per_epoch=10, train_samples=320, test_samples=80, threads=1, folder=str(folder)
    )
    studio.bridge.session.train()
    studio.engine.run = 1
    studio.engine.state("training", 3, 25)
    settle(studio.bridge)
    first = studio.bridge.session
    if elsewhere:
        studio.bridge.open(Session(Document("another"), studio.engine))
    studio.engine.die()
    settle(studio.bridge)
    studio.bridge.show(first)
    words = "The run ended with the engine, at step 25."
    qtbot.waitUntil(lambda: any(notice.message == words for notice in notices.shown), timeout=3000)
    notice = next(notice for notice in notices.shown if notice.message == words)
    assert button(notice) == "Resume from step 20"
    assert notice.action_button is not None
    starts = sum(isinstance(each, msg.Start) for each in studio.engine.asked)
    notice.action_button.click()
    qtbot.waitUntil(lambda: sum(isinstance(each, msg.Start) for each in studio.engine.asked) == starts + 1)
    request = studio.engine.asked[-1]
    assert isinstance(request, msg.Start)
    assert request.keeping.resume.endswith("last.safetensors")
