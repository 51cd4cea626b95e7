"""Copy, cut, paste and duplicate on the canvas, with the keys and the system's clipboard."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from nnstudio.graph import storage
from nnstudio.graph.document import Document
from tests.ui.canvas.conftest import Desk, small_network

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _empty_clipboard(qapp) -> Iterator[None]:
    QGuiApplication.clipboard().clear()
    yield
    QGuiApplication.clipboard().clear()


def choose(desk: Desk, *names: str) -> None:
    desk.view.canvas.choose(map(desk.id, names))


def chosen(desk: Desk) -> set[str]:
    return {desk.document.node(key).name for key in desk.view.canvas.chosen}


def test_by_the_keys(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.view.clipboard, "_mouse", lambda: None)
    choose(desk, "tanh")
    desk.key(Qt.Key.Key_C, CTRL)
    desk.key(Qt.Key.Key_V, CTRL)
    assert chosen(desk) == {"tanh2"}
    desk.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert "linear.y→tanh3.x" in desk.links()
    desk.key(Qt.Key.Key_D, CTRL)
    assert chosen(desk) == {"tanh4"}
    desk.key(Qt.Key.Key_D, CTRL | SHIFT)
    choose(desk, "tanh")
    desk.key(Qt.Key.Key_X, CTRL)
    assert "linear.y→head.x" in desk.links()
    choose(desk, "linear")
    desk.key(Qt.Key.Key_Delete, CTRL)
    assert any(link.startswith("data.") and link.endswith("→head.x") for link in desk.links())


def test_what_is_copied_is_a_project_in_plain_text(desk: Desk) -> None:
    choose(desk, "linear", "tanh")
    desk.view.clipboard.copy()
    opened = storage.document_from(QGuiApplication.clipboard().text().encode())
    assert sorted(node.name for node in opened.nodes.values()) == ["linear", "tanh"]
    assert desk.steps == 11


def test_pasted_nodes_are_chosen_and_step_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.view.clipboard, "_mouse", lambda: None)
    choose(desk, "linear", "tanh")
    desk.view.clipboard.copy()
    for _ in range(2):
        desk.view.clipboard.paste()
    assert chosen(desk) == {"linear3", "tanh3"}
    assert {"linear2.y→tanh2.x", "linear3.y→tanh3.x"} <= desk.links()
    assert "data.features→linear2.x" not in desk.links()
    first, second, third = (desk.document.node(name).at for name in ("linear", "linear2", "linear3"))
    assert second == (first[0] + 24, first[1] + 24)
    assert third == (second[0] + 24, second[1] + 24)
    assert desk.document.history.undo_name == "Paste 2 nodes"


def test_pasted_under_the_mouse(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(desk, "head")
    desk.view.clipboard.copy()
    at = desk.view.mapToScene(QPoint(900, 500))
    monkeypatch.setattr(desk.view.clipboard, "_mouse", lambda: at)
    desk.view.clipboard.paste()
    desk.view.clipboard.paste()
    first, second = (desk.item(name).pos() for name in ("head2", "head3"))
    assert abs(first.x() + 88 - at.x()) <= 8
    assert (second - first).toTuple() == (24, 24)


def test_with_wires_from_outside(desk: Desk) -> None:
    choose(desk, "linear")
    desk.view.clipboard.copy()
    desk.view.clipboard.paste_connected()
    assert any(link.startswith("data.") and link.endswith("→linear2.x") for link in desk.links())
    choose(desk, "head")
    desk.view.clipboard.duplicate_connected()
    assert "tanh.y→head2.x" in desk.links()
    assert desk.document.history.undo_name == "Duplicate head"


def test_cut_rejoins_and_comes_back(desk: Desk) -> None:
    before, links = storage.graph_bytes(desk.document), desk.links()
    choose(desk, "tanh")
    desk.view.clipboard.cut()
    assert "linear.y→head.x" in desk.links()
    assert desk.links() == desk.drawn_links()
    assert desk.document.history.undo_name == "Cut tanh"
    desk.document.undo()
    assert (storage.graph_bytes(desk.document), desk.links()) == (before, links)


def test_between_projects(desk: Desk) -> None:
    choose(desk, "linear", "tanh")
    desk.view.clipboard.copy()
    desk.open(Document("other"))
    desk.view.clipboard.paste()
    assert desk.links() == {"linear.y→tanh.x"}


def test_a_project_file_is_pasted_whole(desk: Desk) -> None:
    QGuiApplication.clipboard().setText(storage.graph_bytes(small_network()).decode())
    desk.view.clipboard.paste()
    assert len(desk.document.nodes) == 12
    assert chosen(desk) == {node.name for node in list(desk.document.nodes.values())[6:]}


@pytest.mark.parametrize("text", ["", "Hello", '{"nnstudio": 1}', "[" * 9999])
def test_what_is_no_drawing_is_told(desk: Desk, text: str) -> None:
    before = storage.graph_bytes(desk.document)
    QGuiApplication.clipboard().setText(text)
    desk.view.clipboard.paste()
    assert len(desk.troubles) == 1
    assert desk.troubles[0].fix
    assert storage.graph_bytes(desk.document) == before


def test_a_loss_is_not_pasted_into_a_block(desk: Desk) -> None:
    choose(desk, "loss")
    desk.view.clipboard.copy()
    choose(desk, "linear")
    desk.view.make_block()
    desk.view.enter_block()
    steps = desk.steps
    desk.view.clipboard.paste()
    assert "'loss' can not be here" in desk.troubles[0].message
    assert desk.steps == steps


def test_nothing_chosen_leaves_the_clipboard_alone(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("mine")
    desk.view.canvas.choose()
    for act in (desk.view.clipboard.copy, desk.view.clipboard.cut, desk.view.clipboard.duplicate):
        act()
    assert QGuiApplication.clipboard().text() == "mine"
    assert desk.steps == 11


def test_a_frame_takes_along_what_lies_in_it(desk: Desk) -> None:
    frame = desk.document.add_frame((200, -60), (520, 200), "Front")
    desk.view.canvas.choose((frame.id,))
    desk.view.clipboard.copy()
    desk.view.clipboard.paste()
    assert {"linear2.y→tanh2.x"} <= desk.links()
    assert [mark.title for mark in desk.document.marks.values()] == ["Front", "Front"]
    assert len(desk.view.canvas.chosen_things) == 3
    assert desk.document.history.undo_name == "Paste 3 things"
    desk.view.clipboard.cut()
    assert len(desk.document.marks) == 1
    assert desk.document.history.undo_name == "Cut 3 things"
    desk.view.canvas.choose((frame.id,))
    desk.view.rewire.delete_rejoined()
    assert desk.document.marks == {}
    assert "linear" in desk.document


def test_order_of_many_wires_is_copied(make_desk: Callable[[Document], Desk]) -> None:
    document = Document()
    cat = document.add("Concatenate", "cat")
    for name in ("p", "q", "r"):
        document.connect(document.add("ReLU", name), cat, slot=0)
    desk = make_desk(document)
    desk.view.select_all()
    desk.view.clipboard.duplicate()
    names = [document.node(link.source).name for link in document.links_into("cat2", "x")]
    assert names == ["r2", "q2", "p2"]
