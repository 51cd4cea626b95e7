"""A data set that is fetched, in the inspector: what it costs, how far it is, what is there, and own files instead."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio import paths
from nnstudio.compiler.result import Problem
from nnstudio.data.registry import dataset
from nnstudio.errors import DataError, EngineDied, EngineError
from nnstudio.graph.document import Document
from nnstudio.protocol import messages as msg
from nnstudio.ui.data.fetch import Fetch
from nnstudio.ui.data.source import DataSource
from nnstudio.ui.downloads.choosing import Choosing
from nnstudio.ui.downloads.part import DownloadPart
from nnstudio.ui.inspector.inspector import Inspector
from tests.ui.studio import Answers, Studio, open_studio, settle, shown

MNIST = dataset("mnist")


class Waiting:
    """An engine that answers a request of one type when the test says so; all others as it does."""

    def __init__(self, studio: Studio, kind: type[msg.AnyRequest]) -> None:
        self.asked: list[msg.AnyRequest] = []
        self.futures: list[Future[msg.AnyReply]] = []
        answer = studio.engine.ask

        def ask(request: msg.AnyRequest) -> Future[msg.AnyReply]:
            if not isinstance(request, kind):
                return answer(request)
            self.asked.append(request)
            self.futures.append(Future())
            return self.futures[-1]

        studio.engine.ask = ask  # type: ignore[method-assign]  # for this test
        studio.bridge.session.errands._ask = ask  # the session has bound the other one


@pytest.fixture
def studio(qapp: object) -> Studio:
    document = Document()
    document.add("Dataset", "mnist", dataset="mnist")
    document.add("Dataset", "digits", dataset="digits")
    return open_studio(document)


@pytest.fixture
def inspector(qtbot: QtBot, studio: Studio) -> Inspector:
    made = Inspector(studio.bridge)
    made.resize(268, 700)
    shown(qtbot, made)
    choose(studio, "mnist")
    return made


@pytest.fixture
def part(inspector: Inspector) -> DownloadPart:
    return inspector.node_page.download


def choose(studio: Studio, name: str) -> None:
    studio.bridge.select((studio.document.node(name).id,))
    settle(studio.bridge)


def fetched(name: str = "mnist") -> Path:
    """Files of the right lengths, as they lie once they were fetched."""
    folder = paths.data_dir() / "datasets" / name
    folder.mkdir(parents=True)
    for file in MNIST.download.files if MNIST.download else ():
        with (folder / file.name).open("wb") as made:
            made.truncate(file.size)
    return folder


def texts(part: DownloadPart) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in part.findChildren(QLabel) if not label.isHidden() and label.text())


def buttons(part: DownloadPart) -> list[str]:
    every = (part.download, part.cancel, part.choose, part.remove, part.let_go)
    return [button.text() for button in every if not button.isHidden()]


def test_size_licence_and_source_stand_there_before_anything_is_fetched(part: DownloadPart, studio: Studio) -> None:
    seen = texts(part)
    for words in ("Not on this computer", "11.6 MB to download once.", "CC BY-SA 3.0", "LeCun", "amazonaws.com"):
        assert words in seen
    assert buttons(part) == ["Download 11.6 MB", "Use Files I Already Have…"]
    assert not [request for request in studio.engine.asked if isinstance(request, msg.FetchData)]


def problems(studio: Studio) -> list[Problem]:
    settle(studio.bridge)
    found = studio.bridge.session.compiled.problems_of(studio.document.node("mnist").id)
    return [problem for problem in found if problem.severity == "error"]


def test_data_that_are_not_there_are_told_at_the_node_with_the_way_to_them(
    qtbot: QtBot, inspector: Inspector, part: DownloadPart, studio: Studio
) -> None:
    choosing = Choosing(studio.bridge, inspector, Answers(), inspector)  # type: ignore[arg-type]  # asks nobody
    (problem,) = problems(studio)
    assert problem.message == "MNIST is not on this computer: 11.6 MB to fetch once."
    seen = [label.text() for label in inspector.node_page.findChildren(QLabel) if label.isVisible()]
    assert not [text for text in seen if "to fetch once" in text]  # the part says it, and once is enough
    choose(studio, "digits")
    studio.bridge.session.apply_fix(problem)
    assert choosing.node is studio.document.node("mnist")
    assert studio.bridge.selection == (studio.document.node("mnist").id,)
    fetched()
    part._downloads.turned.emit("mnist")
    assert not problems(studio)


def test_other_data_sets_have_no_such_part(part: DownloadPart, studio: Studio) -> None:
    choose(studio, "digits")
    assert part.isHidden()


def test_progress_then_there(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    waiting = Waiting(studio, msg.FetchData)
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    (asked,) = waiting.asked
    assert isinstance(asked, msg.FetchData)
    assert asked.data.dataset == "mnist"
    assert Path(asked.data.folder) == paths.data_dir() / "datasets"
    assert buttons(part) == ["Cancel"]
    studio.engine.on_event(msg.DataProgress(key=asked.key, done=5_000_000, total=11_594_722, what="Fetching MNIST"))
    studio.engine.on_event(msg.DataProgress(key="another", done=1, total=2))
    settle(studio.bridge)
    assert "5.0 MB of 11.6 MB" in texts(part)
    assert part.bar.value() == 431
    fetched()
    loads = len(studio.engine.asked)
    waiting.futures[0].set_result(msg.Done(request=1))
    settle(studio.bridge)
    assert "On this computer" in texts(part)
    assert buttons(part) == ["Remove from Disk"]
    qtbot.waitUntil(lambda: len(studio.engine.asked) >= loads)


def test_cancel(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    waiting = Waiting(studio, msg.FetchData)
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(part.cancel, Qt.MouseButton.LeftButton)
    assert studio.engine.asked[-1] == msg.Cancel(key=waiting.asked[0].key)  # type: ignore[union-attr]
    half = paths.data_dir() / "datasets" / "mnist"
    half.mkdir(parents=True)
    (half / "train-images-idx3-ubyte.gz.part").write_bytes(bytes(4_600_000))
    waiting.futures[0].set_exception(EngineError("Given up.", kind="cancelled"))
    settle(studio.bridge)
    assert "11.6 MB to download, of which 4.6 MB are here already." in texts(part)
    assert buttons(part)[0] == "Download 7.0 MB"
    assert not studio.told


def test_offline_is_told_and_tried_again(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    waiting = Waiting(studio, msg.FetchData)
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    waiting.futures[0].set_exception(EngineError("There is no connection to X.", fix="Go online.", kind="offline"))
    settle(studio.bridge)
    assert "There is no connection to X.\nGo online." in texts(part)
    assert buttons(part) == ["Try Again", "Use Files I Already Have…"]
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    assert len(waiting.asked) == 2
    assert "no connection" not in texts(part)


def test_an_engine_that_ends_leaves_the_way_to_try_again(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    waiting = Waiting(studio, msg.FetchData)
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    waiting.futures[0].set_exception(EngineDied("The engine was killed.", fix="It is being started again."))
    settle(studio.bridge)
    assert buttons(part)[0] == "Try Again"


def test_two_nodes_of_one_data_set_fetch_it_once(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    waiting = Waiting(studio, msg.FetchData)
    studio.document.add("Dataset", "again", dataset="mnist")
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    choose(studio, "again")
    assert buttons(part) == ["Cancel"]
    part._start()
    assert len(waiting.asked) == 1


def test_removing(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    folder = fetched()
    choose(studio, "digits")
    choose(studio, "mnist")
    qtbot.mouseClick(part.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Not on this computer" in texts(part))
    assert not folder.exists()


def test_what_can_not_be_removed_is_told(
    qtbot: QtBot, part: DownloadPart, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched()
    choose(studio, "digits")
    choose(studio, "mnist")

    def refuse(*_: object) -> None:
        raise DataError("MNIST could not be removed: Permission denied.")

    monkeypatch.setattr("nnstudio.data.web.fetched.remove", refuse)
    qtbot.mouseClick(part.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(studio.told))
    assert "could not be removed" in studio.told[0].message
    assert buttons(part) == ["Remove from Disk"]


def test_own_files_are_looked_into_and_can_be_let_go(
    qtbot: QtBot, inspector: Inspector, part: DownloadPart, studio: Studio, tmp_path: Path
) -> None:
    waiting = Waiting(studio, msg.CheckData)
    answers = Answers(ask_own_files=tmp_path / "t10k-images-idx3-ubyte.gz")
    choosing = Choosing(studio.bridge, inspector, answers, inspector)  # type: ignore[arg-type]  # stands in
    qtbot.mouseClick(part.choose, Qt.MouseButton.LeftButton)
    assert answers.asked == [("ask_own_files", (Path.home(), "MNIST"))]
    assert studio.param("mnist", "files") == str(tmp_path / "t10k-images-idx3-ubyte.gz")
    assert studio.document.history.undo_name == "Use own files"
    assert "Looking into your files…" in texts(part)
    settle(studio.bridge)
    wrong = EngineError("There is no train-images in it.", fix="Set part to what you have.", kind="file")
    waiting.futures[-1].set_exception(wrong)
    settle(studio.bridge)
    assert "Your files can not be used\nt10k-images-idx3-ubyte.gz\nThere is no train-images in it." in texts(part)
    assert [problem.message for problem in problems(studio)] == ["There is no train-images in it."]
    studio.document.set("mnist", part="test")
    waiting.futures[-1].set_result(msg.DataPreview(request=1, arrays={}, samples=10_000))
    settle(studio.bridge)
    assert "Your own files" in texts(part)
    assert "10,000 samples" in texts(part)
    assert not problems(studio)
    assert buttons(part) == ["Choose Other Files…", "Use the Download"]
    qtbot.mouseClick(part.let_go, Qt.MouseButton.LeftButton)
    assert studio.param("mnist", "files") == ""
    assert "Not on this computer" in texts(part)
    studio.document.undo()
    assert studio.param("mnist", "files")
    assert choosing.possible()


def test_the_commands_mean_the_chosen_node_or_the_first_that_fits(
    inspector: Inspector, part: DownloadPart, studio: Studio
) -> None:
    choosing = Choosing(studio.bridge, inspector, Answers(ask_own_files=None), inspector)  # type: ignore[arg-type]  # as above
    choose(studio, "digits")
    assert choosing.possible()
    assert choosing.word == "missing"
    choosing.show()
    settle(studio.bridge)
    assert studio.bridge.selection == (studio.document.node("mnist").id,)
    choosing.ask()
    assert studio.param("mnist", "files") == ""
    choosing.cancel()  # nothing is going
    studio.document.set("mnist", dataset="moons")
    assert not choosing.possible()
    assert "mnist or cifar10" in choosing.why_not()
    assert choosing.word == ""
    for act in (choosing.show, choosing.cancel, choosing.ask, choosing.remove):
        act()


def test_no_text_is_cut_off(part: DownloadPart, studio: Studio, qtbot: QtBot) -> None:
    for name in ("mnist", "fashion_mnist", "kmnist", "cifar10", "shakespeare"):
        studio.document.set("mnist", dataset=name)
        settle(studio.bridge)
        assert part.minimumSizeHint().width() <= 240
        for label in part.findChildren(QLabel):
            if not label.isHidden() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()


def test_commands_learn_when_a_download_begins_and_ends(qtbot: QtBot, part: DownloadPart, studio: Studio) -> None:
    heard: list[str] = []
    part._downloads.turned.connect(heard.append)
    waiting = Waiting(studio, msg.FetchData)
    qtbot.mouseClick(part.download, Qt.MouseButton.LeftButton)
    key = waiting.asked[0].key  # type: ignore[union-attr]  # FetchData
    for done in (1, 2, 3):
        studio.engine.on_event(msg.DataProgress(key=key, done=done, total=10))
    settle(studio.bridge)
    assert heard == ["mnist"]
    fetched()
    waiting.futures[0].set_result(msg.Done(request=1))
    settle(studio.bridge)
    assert heard == ["mnist", "mnist"]


def test_what_the_data_panel_fetches_the_inspector_shows_too(
    inspector: Inspector, part: DownloadPart, studio: Studio
) -> None:
    waiting = Waiting(studio, msg.FetchData)
    source = DataSource(studio.bridge, inspector)
    fetch = Fetch(studio.bridge, source, inspector)
    heard: list[object] = []
    fetch.progressed.connect(heard.append)
    fetch.ended.connect(lambda: heard.append("ended"))
    assert not fetch.going
    source.look(True)
    assert source.shown is not None
    fetch.begin(source.shown)
    assert fetch.going
    assert buttons(part) == ["Cancel"]
    key = waiting.asked[0].key  # type: ignore[union-attr]  # FetchData
    studio.engine.on_event(msg.DataProgress(key=key, done=3, total=10))
    settle(studio.bridge)
    assert heard[-1] == msg.DataProgress(key="", done=3, total=10)
    fetch.give_up()
    assert studio.engine.asked[-1] == msg.Cancel(key=key)
    waiting.futures[0].set_exception(EngineError("There is no connection to X.", fix="Go online."))
    settle(studio.bridge)
    assert heard[-1] == "ended"
    assert not fetch.going
    assert [told.message for told in studio.told] == ["There is no connection to X."]
    assert buttons(part)[0] == "Try Again"
