"""Steps that come in crowds are told together; anything else, and the last of a crowd, always."""

import pytest
from PySide6.QtCore import QObject

from nnstudio.protocol import messages as msg
from nnstudio.ui.run.pulse import Pulse
from tests.ui.studio import classifier, open_studio


@pytest.fixture
def crowd(qtbot):
    bridge, parent = open_studio(classifier()).bridge, QObject()
    pulse, told = Pulse(bridge, parent), []
    pulse.told.connect(lambda run: told.append((run.state, run.step)))
    yield bridge, told
    parent.deleteLater()


def go_on(bridge, step: int) -> None:
    bridge.session.run.step = step
    bridge.epoch_done.emit(msg.EpochDone(run=1, epoch=step, step=step, train_loss=1.0, test_loss=1.0))
    bridge.run_changed.emit(bridge.session.run)


def test_a_crowd_is_told_by_its_first_and_its_last(qtbot, crowd):
    bridge, told = crowd
    for step in range(1, 101):
        go_on(bridge, step)
    assert told == [("idle", 1)]
    qtbot.waitUntil(lambda: told[-1] == ("idle", 100), timeout=2000)
    assert len(told) <= 3


def test_another_state_is_told_at_once(crowd):
    bridge, told = crowd
    for step in (1, 2):
        go_on(bridge, step)
    bridge.session.run.state = "paused"
    bridge.run_changed.emit(bridge.session.run)
    assert told == [("idle", 1), ("paused", 2)]
