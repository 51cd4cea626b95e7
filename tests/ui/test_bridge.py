"""Events of the engine as signals of the window."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nnstudio.graph.document import Document
from nnstudio.protocol import messages as msg
from tests.ui.studio import open_studio, settle


def test_how_far_work_on_data_is_has_a_signal_of_its_own(qtbot: QtBot) -> None:
    studio = open_studio(Document())
    told: list[msg.DataProgress] = []
    changes: list[object] = []
    studio.bridge.data_progress.connect(told.append)
    studio.bridge.document_changed.connect(changes.append)
    progress = msg.DataProgress(key="data-1", done=3, total=10, what="Reading")
    studio.engine.on_event(progress)
    settle(studio.bridge)
    assert told == [progress]
    assert changes == []
