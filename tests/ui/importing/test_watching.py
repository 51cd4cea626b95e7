"""Files that move, go and change: told at their nodes, with one click that leads out, and no wire lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from nnstudio.compiler.result import Problem
from nnstudio.graph.nodes import Link
from nnstudio.ui.inspector import parts
from tests.ui.importing.conftest import Desk
from tests.ui.importing.own import IRIS
from tests.ui.studio import settle


@pytest.fixture
def wired(desk: Desk) -> Desk:
    """A table, wired to a whole network."""
    desk.take(desk.files.put(desk.folder / "iris.csv"))
    document = desk.document
    (data,) = document.nodes.values()
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    document.connect(f"{data.id}.x", "head")
    document.connect("head", "loss.prediction")
    document.connect(f"{data.id}.y", "loss.target")
    settle(desk.window.bridge)
    assert desk.window.bridge.session.compiled.errors == ()
    return desk


def come_back(desk: Desk) -> None:
    """The window comes to the front again."""
    QApplication.sendEvent(desk.window, QEvent(QEvent.Type.WindowActivate))
    settle(desk.window.bridge)


def problem(desk: Desk) -> Problem:
    (found,) = desk.window.bridge.session.compiled.errors
    return found


def mend(desk: Desk) -> None:
    """Click the button at the node, in the inspector."""
    desk.window.bridge.select((problem(desk).node,))
    desk.window.inspector.node_page.findChildren(parts.ProblemCard)[-1].button.click()
    settle(desk.window.bridge)


def links(desk: Desk) -> set[Link]:
    return set(desk.document.links)


def move(desk: Desk, old: Path, new: Path) -> Path:
    desk.files.there[str(new)] = desk.files.there.pop(str(old))
    return new


def test_a_moved_file_is_pointed_at_again(wired: Desk) -> None:
    before, old = links(wired), wired.folder / "iris.csv"
    new = move(wired, old, wired.folder / "elsewhere.csv")
    come_back(wired)
    assert "'iris.csv' is not there any more" in problem(wired).message
    assert problem(wired).remedy.label == "Find the file…"  # type: ignore[union-attr]
    assert "not there" in wired.window.run_control.why_not_train()
    wired.answers["ask_data"] = new
    mend(wired)
    assert wired.window.importing.dialog is None  # the same content: nothing to ask
    assert wired.document.node("iris").params["path"] == str(new)
    assert wired.window.bridge.session.compiled.errors == ()
    assert links(wired) == before
    wired.document.undo()
    assert wired.document.node("iris").params["path"] == str(old)


def test_another_file_is_looked_at_with_the_columns_as_they_were(wired: Desk) -> None:
    wired.document.set("iris", columns=[list(column) for column in (IRIS[0], (*IRIS[1][:2], "unused", ()), IRIS[2])])
    wired.files.there.clear()
    come_back(wired)
    before = links(wired)
    wired.answers["ask_data"] = wired.files.put(wired.folder / "new.csv", sha256="b" * 64)
    mend(wired)
    assert [column.role for column in wired.dialog.columns.model.columns] == ["input", "unused", "target"]
    wired.dialog.ok.click()
    assert wired.document.node("iris").params["sha256"] == "b" * 64
    assert links(wired) == before


def test_a_changed_file_is_read_again_with_one_click(wired: Desk) -> None:
    before = links(wired)
    wired.files.put(wired.folder / "iris.csv", sha256="c" * 64)
    come_back(wired)
    assert "has changed" in problem(wired).message
    assert problem(wired).remedy.label == "Read it again"  # type: ignore[union-attr]
    mend(wired)
    assert wired.document.node("iris").params["sha256"] == "c" * 64
    assert wired.window.bridge.session.compiled.errors == ()
    assert links(wired) == before
    assert wired.document.history.done[-1].name == "Read it again"


def test_a_changed_file_without_a_column_is_looked_at(wired: Desk) -> None:
    wired.files.put(wired.folder / "iris.csv", columns=IRIS[1:], sha256="c" * 64)
    come_back(wired)
    assert problem(wired).remedy.label == "Read it again…"  # type: ignore[union-attr]
    mend(wired)
    assert [column.name for column in wired.dialog.columns.model.columns] == ["petal", "species"]


def test_the_file_beside_the_project_is_offered(wired: Desk) -> None:
    folder = wired.folder / "project"
    folder.mkdir()
    wired.window.projects.save_to(folder / "a.nnstudio.json")
    move(wired, wired.folder / "iris.csv", folder / "iris.csv")
    come_back(wired)
    assert problem(wired).remedy.label == "Use iris.csv beside the project"  # type: ignore[union-attr]
    mend(wired)
    assert wired.document.node("iris").params["path"] == str(folder / "iris.csv")


def test_a_file_that_is_back_is_well(wired: Desk) -> None:
    there = dict(wired.files.there)
    wired.files.there.clear()
    come_back(wired)
    assert problem(wired).node
    wired.files.there.update(there)
    come_back(wired)
    assert wired.window.bridge.session.compiled.errors == ()


def test_it_is_noticed_when_a_project_is_opened(wired: Desk) -> None:
    path = wired.folder / "a.nnstudio.json"
    wired.window.projects.save_to(path)
    wired.files.there.clear()
    wired.window.projects.close()
    assert wired.window.bridge.session.compiled.errors == () or not wired.document.nodes
    wired.window.projects.open(path)
    settle(wired.window.bridge)
    assert "not there any more" in problem(wired).message


def test_it_is_noticed_when_training_starts(wired: Desk) -> None:
    from nnstudio.protocol import messages as msg

    def refuse(request: msg.Start, number: int) -> msg.AnyReply:
        return msg.Failed(request=number, message="'iris.csv' is not there any more.", kind="file")

    wired.studio.engine.replies[msg.Start] = refuse
    wired.files.there.clear()
    wired.window.run_control.train()
    settle(wired.window.bridge)
    assert "not there any more" in problem(wired).message
    assert wired.window.bridge.session.run.state == "failed"


def test_a_node_without_a_file_says_so_and_asks_for_one(desk: Desk) -> None:
    desk.document.add("Dataset", "mine", dataset="table")
    settle(desk.window.bridge)
    found = next(each for each in desk.window.bridge.session.compiled.problems if each.remedy is not None)
    assert (found.message, found.fix) == ("'mine' has no file to read yet.", "Choose a file.")
    desk.answers["ask_data"] = desk.files.put(desk.folder / "iris.csv")
    desk.window.bridge.session.apply_fix(replace(found))
    desk.dialog.ok.click()
    assert desk.document.node("mine").params["path"] == str(desk.folder / "iris.csv")
