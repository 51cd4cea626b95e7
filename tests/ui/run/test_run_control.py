"""Stop and Restart Engine, with an engine that does not answer."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.errors import EngineClosed, EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui.notices import Notices
from nnstudio.ui.run import run_control as module
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.runbar import RunBar
from tests.ui.studio import Studio, classifier, open_studio, settle, shown

STUCK = "The engine does not answer."


class Desk:
    """A run that goes on, in an engine that keeps what it is asked."""

    def __init__(self, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "ANSWER_MS", 40)
        self.studio: Studio = open_studio(classifier())
        self.engine: FakeEngine = self.studio.engine
        self.host = QWidget()
        self.host.resize(800, 500)
        shown(qtbot, self.host)
        self.control = RunControl(self.studio.bridge, self.host)
        self.bar = RunBar(self.studio.bridge, self.control)
        qtbot.addWidget(self.bar)
        self.notices = Notices(self.host, self.studio.bridge)
        self.restarts = 0
        self.control.unanswered.connect(lambda: self.notices.stuck(self.restart))
        self.control.train()
        self.engine.state("training")
        settle(self.studio.bridge)
        self.pending: list[Future[msg.AnyReply]] = []
        monkeypatch.setattr(self.engine, "ask", self._ask)

    def _ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]:
        self.pending.append(Future())
        return self.pending[-1]

    def restart(self) -> None:
        self.restarts += 1

    def told(self) -> list[str]:
        return [notice.message for notice in self.notices.shown]


@pytest.fixture
def desk(qtbot: QtBot, qapp: object, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(qtbot, monkeypatch)


def test_an_unanswered_stop_is_told_with_a_way_out(qtbot: QtBot, desk: Desk) -> None:
    desk.control.stop()
    assert desk.bar.rate.text() == "stopping…"
    assert desk.told() == []
    qtbot.waitUntil(lambda: desk.told() == [STUCK], timeout=2000)
    assert "Restart Engine" in desk.notices.shown[0].fix
    button = desk.notices.shown[0].action_button
    assert button is not None
    button.click()
    assert desk.restarts == 1
    assert desk.told() == []


def test_it_is_asked_once_and_the_word_goes_when_the_run_ends(qtbot: QtBot, desk: Desk) -> None:
    desk.control.stop()
    desk.control.stop()
    assert len(desk.pending) == 1
    qtbot.waitUntil(lambda: desk.told() == [STUCK], timeout=2000)
    desk.engine.state("stopped", 1, 3)
    settle(desk.studio.bridge)
    assert desk.told() == []
    assert desk.bar.rate.text() == "stopped"
    assert not desk.control.stopping


def test_a_run_that_stops_in_time_is_not_talked_about(qtbot: QtBot, desk: Desk) -> None:
    desk.control.stop()
    desk.engine.state("stopped", 1, 3)
    qtbot.wait(120)
    assert desk.told() == []


def test_a_refused_stop_is_told_and_can_be_asked_again(desk: Desk) -> None:
    desk.control.stop()
    desk.pending[0].set_exception(EngineError("Not now."))
    settle(desk.studio.bridge)
    assert desk.told() == ["Not now."]
    assert not desk.control.stopping
    desk.control.stop()
    assert len(desk.pending) == 2


def test_a_restart_that_was_wanted_is_no_error(desk: Desk) -> None:
    desk.control.stop()
    desk.control.pause_or_resume()
    watched: Future[msg.AnyReply] = Future()
    desk.notices.watch(watched)
    for future in (*desk.pending, watched):
        future.set_exception(EngineClosed("The engine was closed."))
    settle(desk.studio.bridge)
    assert desk.told() == []
    assert not desk.control.stopping


def test_a_start_that_was_given_up_is_stopped_and_no_error(desk: Desk) -> None:
    desk.control.train()
    desk.engine.on_event(msg.DataProgress(key=msg.MODEL_KEY, done=3, total=4, what="Reading"))
    settle(desk.studio.bridge)
    assert desk.bar.rate.text() == "loading data · 75 %"
    desk.control.stop()
    desk.pending[0].set_exception(EngineError("Given up.", kind="cancelled"))
    settle(desk.studio.bridge)
    assert desk.told() == []
    assert desk.bar.rate.text() == "stopped"


def test_a_start_that_is_refused_is_told_once(desk: Desk) -> None:
    desk.engine.state("stopped")
    settle(desk.studio.bridge)
    desk.control.train()
    desk.pending[-1].set_exception(EngineError("All weights are frozen.", fix="Unfreeze a layer."))
    settle(desk.studio.bridge)
    assert [notice.text.text() for notice in desk.notices.shown] == ["All weights are frozen."]


def test_panels_see_the_drawing_again_after_a_run_that_was_refused(qtbot: QtBot, qapp: object) -> None:
    studio = open_studio(classifier())
    host = QWidget()
    qtbot.addWidget(host)
    control = RunControl(studio.bridge, host)
    qtbot.waitUntil(lambda: any(isinstance(asked, msg.Load) for asked in studio.engine.asked))
    studio.engine.asked.clear()
    studio.engine.refuse = EngineError("There is no such data.")
    control.train()
    studio.engine.refuse = None
    qtbot.waitUntil(lambda: any(isinstance(asked, msg.Load) for asked in studio.engine.asked))
    assert studio.bridge.session.run.state == "failed"
