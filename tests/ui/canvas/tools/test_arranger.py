"""Lay out with Ctrl+L: animated, one step, stopped with Escape and by edits from elsewhere; align and distribute."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPointF, Qt

from nnstudio.graph.document import Document
from nnstudio.ui.canvas.menus import menu_for
from nnstudio.ui.canvas.tools import arranger as arranging


@pytest.fixture
def messy(make_desk):
    """The small network, with its cards thrown together."""
    from tests.ui.canvas.conftest import small_network

    document = small_network()
    document.move({node.id: (13.0 * node.order, 7.0 * node.order) for node in document.nodes.values()})
    document.history.clear()
    return make_desk(document)


def places(desk) -> dict[str, tuple[float, float]]:
    return {node.name: node.at for node in desk.document.nodes.values()}


def shown(desk) -> dict[str, tuple[float, float]]:
    return {item.node.name: item.pos().toTuple() for item in desk.view.canvas.nodes.values()}


def arrived(desk, qtbot) -> None:
    qtbot.waitUntil(lambda: not desk.view.arranger.active, timeout=5000)


def overlaps(desk) -> list[tuple[str, str]]:
    rects = [(item.node.name, item.card_rect) for item in desk.view.canvas.nodes.values()]
    return [(a, b) for i, (a, one) in enumerate(rects) for b, other in rects[:i] if one.intersects(other)]


def test_it_moves_before_the_eyes_and_is_one_step(messy, qtbot):
    before = places(messy)
    messy.view.arranger.lay_out()
    qtbot.waitUntil(lambda: shown(messy) != before)
    assert messy.view.arranger.moving
    assert places(messy) == before
    arrived(messy, qtbot)
    assert shown(messy) == places(messy) != before
    assert overlaps(messy) == []
    row = [places(messy)[name] for name in ("data", "linear", "tanh", "head", "loss")]
    assert row == [(row[0][0] + 232 * i, row[0][1]) for i in range(5)]
    assert messy.document.history.undo_name == "Lay out"
    assert messy.steps == 1
    messy.document.undo()
    assert places(messy) == shown(messy) == before


def test_laying_out_again_changes_nothing(messy, qtbot):
    messy.view.arranger.lay_out()
    arrived(messy, qtbot)
    messy.view.arranger.lay_out()
    assert not messy.view.arranger.active
    assert messy.steps == 1


def test_escape_puts_everything_back(messy, qtbot):
    before = places(messy)
    messy.view.canvas.choose([messy.id("free")])
    messy.view.arranger.lay_out()
    qtbot.waitUntil(lambda: shown(messy) != before)
    messy.key(Qt.Key.Key_Escape)
    assert shown(messy) == places(messy) == before
    assert not messy.view.arranger.active
    assert messy.steps == 0
    assert messy.view.canvas.chosen == (messy.id("free"),), "Escape ended the layout and nothing else"


def test_an_edit_from_elsewhere_ends_it(messy, qtbot):
    before = places(messy)
    messy.view.arranger.lay_out()
    qtbot.waitUntil(lambda: shown(messy) != before)
    messy.document.remove("free")
    del before["free"]
    assert shown(messy) == places(messy) == before
    assert messy.steps == 1


def test_a_press_of_the_mouse_takes_it_to_its_end(messy, qtbot):
    before = places(messy)
    messy.view.arranger.lay_out()
    qtbot.waitUntil(lambda: shown(messy) != before)
    messy.click(messy.view.viewport().rect().bottomRight())
    assert not messy.view.arranger.active
    assert shown(messy) == places(messy) != before


def test_without_motion_it_is_there_at_once(messy, monkeypatch):
    monkeypatch.setattr(messy.view.arranger, "_animated", lambda: False)
    messy.view.arranger.lay_out()
    assert messy.steps == 1
    assert overlaps(messy) == []


def test_only_the_chosen_ones_and_no_locked_one_move(messy, qtbot):
    messy.document.set_looks(["tanh"], locked=True)
    before = places(messy)
    messy.view.canvas.choose([messy.id(name) for name in ("linear", "tanh", "head")])
    messy.view.arranger.lay_out()
    arrived(messy, qtbot)
    moved = {name for name, at in places(messy).items() if at != before[name]}
    assert moved == {"linear", "head"}
    x, _y = places(messy)["tanh"]
    assert places(messy)["linear"][0] == pytest.approx(x - 232, abs=8)
    assert not [pair for pair in overlaps(messy) if {"linear", "head"} & set(pair)]


def test_many_nodes_are_laid_out_beside_the_window(make_desk, qtbot, monkeypatch):
    monkeypatch.setattr(arranging, "AT_ONCE", 5)
    desk = make_desk(chain(40))
    before = places(desk)
    desk.view.arranger.lay_out()
    assert desk.view.arranger.active
    assert not desk.view.arranger.moving
    assert places(desk) == before
    arrived(desk, qtbot)
    assert places(desk) != before
    assert overlaps(desk) == []


@pytest.mark.parametrize("how", ["escape", "edit"])
def test_work_beside_the_window_can_be_stopped(make_desk, qtbot, monkeypatch, how):
    monkeypatch.setattr(arranging, "AT_ONCE", 5)
    desk = make_desk(chain(40))
    before = places(desk)
    desk.view.arranger.lay_out()
    if how == "escape":
        desk.key(Qt.Key.Key_Escape)
    else:
        desk.document.set_plan(lr=0.5)
        assert desk.view.arranger.active, "the plan is no part of the drawing"
        desk.document.rename("a0", "b")
        before["b"] = before.pop("a0")
    assert not desk.view.arranger.active
    qtbot.wait(100)
    assert places(desk) == before


def test_another_project_ends_it(messy, qtbot):
    messy.view.arranger.lay_out()
    messy.open(Document())
    assert not messy.view.arranger.active
    qtbot.wait(50)
    assert messy.steps == 0


def test_an_empty_drawing_is_left_alone(make_desk):
    desk = make_desk(Document())
    desk.view.arranger.lay_out()
    assert desk.steps == 0


def test_frames_comments_and_ways_go_along(messy, qtbot):
    frame = messy.document.add_frame((-40, -60), (900, 700), "all")
    comment = messy.document.add_comment((13, -160), (160, 96), "data")
    link = messy.document.links_into("linear", "x")[0]
    messy.document.set_way(link, [(500, 500)])
    left, top = messy.document.mark(comment.id).at
    x, y = places(messy)["data"]
    messy.view.arranger.lay_out()
    arrived(messy, qtbot)
    around = messy.document.mark(frame.id)
    for item in messy.view.canvas.nodes.values():
        assert around.at[0] < item.x()
        assert item.card_rect.right() < around.at[0] + around.size[0]
    assert messy.document.ways == {}
    new = places(messy)["data"]
    assert messy.document.mark(comment.id).at == (left + new[0] - x, top + new[1] - y)
    messy.document.undo()
    assert messy.document.mark(frame.id) == frame
    assert dict(messy.document.ways) == {link: ((500.0, 500.0),)}


def test_align_distribute_and_snap_are_one_step_each(messy):
    arranger, names = messy.view.arranger, ("data", "linear", "tanh")
    messy.view.canvas.choose([messy.id(name) for name in names])
    arranger.align("left")
    assert len({places(messy)[name][0] for name in names}) == 1
    assert messy.document.history.undo_name == "Align"
    messy.document.move({messy.id("tanh"): (13, 641)})
    arranger.distribute("vertical")
    rects = [messy.item(name).card_rect for name in names]
    assert rects[1].top() - rects[0].bottom() == pytest.approx(rects[2].top() - rects[1].bottom())
    arranger.snap()
    assert all(value % 8 == 0 for name in names for value in places(messy)[name])
    assert [step.name for step in messy.document.history.done] == ["Align", "Move tanh", "Distribute", "Snap to grid"]


def test_nothing_to_align_is_no_step(messy):
    messy.view.arranger.align("left")
    messy.view.arranger.snap()
    assert messy.steps == 0


def chain(count: int) -> Document:
    document = Document("chain")
    nodes = [document.add("ReLU", f"a{i}") for i in range(count)]
    for source, target in itertools.pairwise(nodes):
        document.connect(source, target)
    document.history.clear()
    return document


def test_the_menu_for_several_nodes_arranges_them(messy):
    messy.view.canvas.choose([messy.id(name) for name in ("data", "linear", "tanh")])
    menu = menu_for(messy.view, messy.view.hit_at(messy.header("tanh")), QPointF())
    inner = next(action.menu() for action in menu.actions() if action.text() == "Arrange")
    words = [action.text().split("\t")[0] for action in inner.actions() if not action.isSeparator()]
    assert words[0] == "Lay out"
    assert {"Align top", "Distribute vertically", "Snap to grid"} <= set(words)
    next(action for action in inner.actions() if action.text() == "Align top").trigger()
    assert len({places(messy)[name][1] for name in ("data", "linear", "tanh")}) == 1
    messy.view.canvas.choose([messy.id("tanh")])
    menu = menu_for(messy.view, messy.view.hit_at(messy.header("tanh")), QPointF())
    assert "Arrange" not in [action.text() for action in menu.actions()]
    menu.deleteLater()
