"""Unsaved work outlives a crash of the window: a real process is killed, and a window started after it offers it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.project.recovery import Contents, Keeper, Origin
from nnstudio.settings import Settings
from nnstudio.ui.projects.projects import Projects
from nnstudio.ui.projects.recovering import STEPS, Recovering
from nnstudio.ui.projects.recovery_page import RecoveryPage
from tests.ui.studio import Answers, Studio, classifier, open_studio, settle, shown
from tests.ui.test_window import make


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(Document())


class Room(QWidget):
    """As much of a window as recovery needs: a whole one takes a second to make."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.bridge, self.told = studio.bridge, studio.told
        self.dialogs = Answers(ask_unsaved="discard")
        self.projects = Projects(self, studio.bridge, Settings(), self.dialogs)  # type: ignore[arg-type]  # a stand-in
        self.recovery_page = RecoveryPage()
        QVBoxLayout(self).addWidget(self.recovery_page)
        self.recovering = Recovering(studio.bridge, self.projects, self.recovery_page)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.recovering.close()


def enter(qtbot: QtBot, studio: Studio) -> Room:
    room = Room(studio)
    shown(qtbot, room)
    settle(studio.bridge)
    return room


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[Room]:
    room = enter(qtbot, studio)
    yield room
    room.close()


def folder() -> Path:
    return paths.data_dir() / "recovery"


def files() -> list[Path]:
    return sorted(folder().glob("*.recovery"))


def leave(*documents: Document, path: Path | None = None) -> None:
    """As a window does that is killed."""
    keeper = Keeper(folder())
    for number, document in enumerate(documents):
        keeper.write(number, Origin(document.title, str(path) if path else None), Contents.of(document))
    assert keeper._lock is not None
    os.close(keeper._lock)


def test_twenty_steps_are_written_at_once(qtbot: QtBot, window: Room, studio: Studio) -> None:
    for _ in range(STEPS - 1):
        studio.document.add("ReLU")
    settle(studio.bridge)
    assert files() == []
    studio.document.add("ReLU")
    qtbot.waitUntil(lambda: len(files()) == 1)
    studio.document.undo()
    window.recovering.keep_all()
    qtbot.waitUntil(lambda: files()[0].read_bytes().count(b'"ReLU"') == STEPS - 1)


def test_saving_and_closing_take_it_away(qtbot: QtBot, window: Room, studio: Studio, tmp_path: Path) -> None:
    studio.document.add("ReLU")
    window.projects.add(classifier())
    studio.document.retitle("two")
    window.recovering.keep_all()
    qtbot.waitUntil(lambda: len(files()) == 2)
    window.recovering.keep_all()
    window.projects.save_to(tmp_path / "two.nnstudio")
    qtbot.waitUntil(lambda: len(files()) == 1)
    window.projects.close_others(window.bridge.session)
    qtbot.waitUntil(lambda: files() == [])


def test_a_window_that_is_closed_leaves_nothing(qtbot: QtBot, studio: Studio) -> None:
    window = enter(qtbot, studio)
    studio.document.add("ReLU")
    window.recovering.keep_all()
    qtbot.waitUntil(lambda: len(files()) == 1)
    window.close()
    qtbot.waitUntil(lambda: list(folder().iterdir()) == [])


def test_nothing_left_nothing_offered(window: Room) -> None:
    settle(window.bridge)
    assert window.recovery_page.isHidden()
    assert not window.recovering.something_left
    assert not folder().exists()


def test_restored_work_is_unsaved_and_knows_its_file(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "net.nnstudio.json"
    storage.save(Document("before"), path)
    before = path.read_bytes()
    leave(classifier(), path=path)
    window = enter(qtbot, studio)
    qtbot.waitUntil(window.recovery_page.isVisible)
    texts = [label.text() for label in window.recovery_page.findChildren(QLabel)]
    assert "digits cnn" in texts
    assert str(path) in texts
    old = files()
    qtbot.mouseClick(window.recovery_page.restore_buttons[0], Qt.MouseButton.LeftButton)
    session = window.bridge.session
    assert (session.document.title, session.path, session.dirty) == ("digits cnn", path, True)
    assert len(window.bridge.sessions) == 1
    assert path.read_bytes() == before
    assert window.recovery_page.isHidden()
    qtbot.waitUntil(lambda: len(files()) == 1 and files() != old)
    window.dialogs.answers["ask_overwrite"] = True
    assert window.projects.save()
    assert storage.load(path).title == "digits cnn"
    window.close()


def test_discard_and_later(qtbot: QtBot, studio: Studio) -> None:
    leave(Document("one"), Document("two"), Document("three"))
    window = enter(qtbot, studio)
    page = window.recovery_page
    qtbot.waitUntil(page.isVisible)
    qtbot.mouseClick(page.discard_buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(files()) == 2)
    assert len(page.restore_buttons) == 2
    qtbot.mouseClick(page.put_off, Qt.MouseButton.LeftButton)
    assert page.isHidden()
    window.recovering.ask()
    assert page.isVisible()
    window.close()
    again = enter(qtbot, open_studio(Document()))
    qtbot.waitUntil(again.recovery_page.isVisible)
    qtbot.mouseClick(again.recovery_page.restore_all, Qt.MouseButton.LeftButton)
    assert sorted(session.document.title for session in again.bridge.sessions) == ["one", "two"]
    assert all(session.dirty for session in again.bridge.sessions)
    again.close()
    qtbot.waitUntil(lambda: files() == [])


def test_a_damaged_file_does_not_stop_the_start(qtbot: QtBot, studio: Studio) -> None:
    leave(Document("good"), Document("bad"))
    files()[1].write_bytes(b"nonsense")
    files()[0].write_bytes(files()[0].read_bytes()[:-30])
    window = enter(qtbot, studio)
    qtbot.waitUntil(window.recovery_page.isVisible)
    assert "could not be read" in window.told[0].message
    window.recovery_page.restore_buttons[0].click()
    assert "'good' could not be restored" in window.told[-1].message
    assert window.projects.nothing_open
    assert len(list(folder().glob("*.bad"))) == 2
    window.close()


def test_a_file_that_is_gone_by_now_is_told_plainly(qtbot: QtBot, studio: Studio) -> None:
    leave(Document("gone"))
    window = enter(qtbot, studio)
    qtbot.waitUntil(window.recovery_page.isVisible)
    files()[0].unlink()
    window.recovery_page.restore_buttons[0].click()
    notice = window.told[-1]
    assert (notice.message, notice.fix) == ("'gone' could not be restored: No such file or directory.", "")
    window.close()


def test_a_full_disk_is_told_once(qtbot: QtBot, window: Room, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "write_whole", full)
        for _ in range(2):
            studio.document.add("ReLU")
            window.recovering.keep_all()
            qtbot.waitUntil(lambda: bool(window.told))
            settle(studio.bridge)
    assert [notice.message for notice in window.told] == [
        "What is unsaved can not be kept for the case of a crash: No space left on device."
    ]

    def kept() -> bool:
        window.recovering.keep_all()  # does nothing before it knows that the last try failed
        return len(files()) == 1

    qtbot.waitUntil(kept)


def test_a_file_that_changed_meanwhile_is_not_written_over_unasked(window: Room, tmp_path: Path) -> None:
    path = tmp_path / "net.nnstudio.json"
    window.projects.add(classifier())
    assert window.projects.save_to(path)
    storage.save(Document("another program's"), path)
    window.bridge.session.document.retitle("mine")
    answers = window.dialogs.answers
    answers["ask_overwrite"] = False
    assert not window.projects.save()
    assert window.dialogs.asked[-1] == ("ask_overwrite", ("net.nnstudio.json",))
    assert storage.load(path).title == "another program's"
    assert window.bridge.session.dirty
    answers["ask_overwrite"] = True
    assert window.projects.save()
    assert storage.load(path).title == "mine"
    assert storage.load(path.with_name(path.name + ".bak")).title == "another program's"


def test_the_real_window_offers_and_restores(qtbot: QtBot, studio: Studio) -> None:
    leave(Document("one"), Document("two"))
    window = make(qtbot, studio)
    page = window.recovery_page
    qtbot.waitUntil(page.isVisible)
    files()[0].write_bytes(files()[0].read_bytes()[:-30])
    qtbot.mouseClick(page.restore_all, Qt.MouseButton.LeftButton)
    assert [session.document.title for session in window.bridge.sessions] == ["two"]
    assert "'one' could not be restored" in window.notices.shown[-1].message
    assert window.isWindowModified()
    window.close()
    qtbot.waitUntil(lambda: files() == [])


EDITS = """
import sys
from pathlib import Path
from nnstudio import app
from nnstudio.protocol.fake import FakeEngine
from nnstudio.settings import Settings
program, window = app.open_window(Path(sys.argv[1]), engine=FakeEngine(), settings=Settings())
document = window.bridge.session.document
for number in range(25):
    document.add("Linear", f"added{number}", out_features=number + 1, at=(10.0 * number, 5.5))
document.retitle("nearly lost")
window.recovering.keep_all()
program.exec()
"""


@pytest.mark.slow
def test_a_killed_window_loses_nothing(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "mine.nnstudio.json"
    storage.save(classifier(), path)
    before = path.read_bytes()
    process = subprocess.Popen([sys.executable, "-c", EDITS, str(path)])
    try:
        _wait_for(lambda: any(b"nearly lost" in file.read_bytes() for file in files()))
        running = make(qtbot, open_studio(Document()))  # a second window, while the first one runs
        settle(running.bridge)
        assert not running.recovering.something_left
        running.close()
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    window = make(qtbot, studio)
    qtbot.waitUntil(window.recovery_page.isVisible)
    window.recovery_page.restore_buttons[0].click()
    expected = storage.load(path)
    for number in range(25):
        expected.add("Linear", f"added{number}", out_features=number + 1, at=(10.0 * number, 5.5))
    expected.retitle("nearly lost")
    assert storage.graph_bytes(studio.document) == storage.graph_bytes(expected)
    assert studio.bridge.session.path == path
    assert path.read_bytes() == before
    window.close()


def _wait_for(condition: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")
