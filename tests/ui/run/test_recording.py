"""Runs are kept as the settings say, and what is kept can be seen."""

import pytest
from PySide6.QtGui import QDesktopServices

from nnstudio import paths
from nnstudio.protocol import messages as msg
from nnstudio.settings import Settings
from nnstudio.ui.run.recording import Recording
from nnstudio.ui.run.run_control import RunControl
from tests.ui.studio import classifier, open_studio, settle


@pytest.fixture
def studio(qapp):
    return open_studio(classifier())


def started(studio):
    studio.bridge.session.train()
    return next(each for each in reversed(studio.engine.asked) if isinstance(each, msg.Start)).keeping


def test_runs_are_kept_as_the_settings_say(studio, tmp_path):
    settings = Settings()
    recording = Recording(studio.bridge, settings)
    kept = started(studio)
    assert kept.folder.startswith(str(paths.runs_dir()))
    assert kept.title == "digits cnn"
    assert '"conv"' in kept.drawing
    settings.runs_folder, settings.tensorboard = str(tmp_path), True
    kept = started(studio)
    assert kept.folder.startswith(str(tmp_path))
    assert kept.tensorboard
    settings.keep_runs = False
    assert started(studio).folder == ""
    del recording


def test_the_folder_of_runs_is_shown_or_said_to_be_missing(studio, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    settings = Settings()
    recording = Recording(studio.bridge, settings)
    recording.open_folder()
    assert shown == [str(paths.runs_dir())]
    settings.runs_folder = str(tmp_path / "gone")
    recording.open_folder()
    settle(studio.bridge)
    assert str(tmp_path / "gone") in studio.told[-1].message


def test_a_checkpoint_can_be_asked_for_where_the_run_is_kept(studio):
    control = RunControl(studio.bridge)
    studio.bridge.session.train()
    studio.engine.play(1)
    studio.engine.state("paused", 1, 10)
    settle(studio.bridge)
    assert not control.can_save()  # the engine has not said where it is kept
    studio.bridge.session.run.folder = "somewhere"
    assert control.can_save()
    control.save_checkpoint()
    assert isinstance(studio.engine.asked[-1], msg.SaveCheckpoint)


def test_what_the_engine_notices_is_told(studio):
    studio.bridge.session.train()
    studio.engine.play(1)
    studio.engine.on_event(msg.Notice(run=studio.engine.run, message="It is no longer recorded.", fix="Make room."))
    settle(studio.bridge)
    assert [(each.message, each.fix) for each in studio.told] == [("It is no longer recorded.", "Make room.")]
