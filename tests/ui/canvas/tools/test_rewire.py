"""Wires led another way on the canvas, and nodes that come and go with their wires kept."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF

from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Link
from nnstudio.ui.canvas.boxes.wish import Wish
from nnstudio.ui.canvas.layout import room_between, room_for
from tests.ui.canvas.conftest import Desk


def choose(desk: Desk, *names: str) -> None:
    desk.view.canvas.choose(map(desk.id, names))


def wire(desk: Desk, source: str, target: str) -> Link:
    ends = desk.id(source), desk.id(target)
    return next(link for link in desk.document.links if (link.source, link.target) == ends)


@pytest.fixture
def joined(make_desk: Callable[[Document], Desk]) -> Desk:
    """p, q and r into one Concatenate."""
    document = Document()
    document.add("Concatenate", "cat", (400, 0))
    for place, name in enumerate("pqr"):
        document.connect(document.add("ReLU", name, (0, 200.0 * place)), "cat")
    return make_desk(document)


def order(desk: Desk) -> str:
    return "".join(desk.document.node(link.source).name for link in desk.document.links_into("cat", "x"))


def test_delete_and_rejoin(desk: Desk) -> None:
    choose(desk, "tanh")
    desk.view.rewire.delete_rejoined()
    assert "linear.y→head.x" in desk.links() & desk.drawn_links()
    assert desk.document.history.undo_name == "Delete tanh"


def test_pull_out(desk: Desk) -> None:
    choose(desk, "tanh")
    desk.view.rewire.pull_out()
    assert "linear.y→head.x" in desk.links()
    assert not desk.document.links_of("tanh")
    assert desk.document.history.undo_name == "Pull out tanh"


def test_a_node_goes_into_a_wire_and_others_make_room(desk: Desk) -> None:
    link = wire(desk, "linear", "tanh")
    assert desk.view.edits.may_insert(desk.id("free"), link)
    assert not desk.view.edits.may_insert(desk.id("loss"), link)
    desk.view.edits.insert_node(desk.id("free"), link, QPointF(380, 4))
    assert {"linear.y→free.x", "free.y→tanh.x"} <= desk.links()
    assert desk.document.node("free").at == (464, 0)
    assert desk.document.node("tanh").at == (464 + 232, 0)
    assert desk.document.node("head").at == (232, 192)
    assert desk.document.history.undo_name == "Insert free"
    desk.document.undo()
    assert desk.document.node("tanh").at == (464, 0)


def test_a_locked_neighbour_stays(desk: Desk) -> None:
    desk.document.set_looks(["tanh"], locked=True)
    desk.view.edits.insert_node(desk.id("free"), wire(desk, "linear", "tanh"), QPointF(464, 0))
    assert desk.document.node("tanh").at == (464, 0)


def test_no_more_room_than_needed() -> None:
    link = Link("a", "y", "b", "x")
    places = {"a": (0.0, 0.0), "b": (400.0, 0.0), "c": (640.0, 40.0), "d": (640.0, 300.0), "e": (640.0, -300.0)}
    at, moved = room_for(QPointF(232, 0), link, places, {"b", "c", "d"})
    assert at == QPointF(232, 0)
    assert moved == {"b": (464.0, 0.0), "c": (704.0, 40.0), "d": (704.0, 300.0)}
    assert room_for(QPointF(232, 200), link, places, {"b", "c", "d"}) == (QPointF(232, 200), {})


def test_no_more_room_is_made_than_a_card_takes() -> None:
    link = Link("a", "y", "b", "x")
    places = {"a": (0.0, 0.0), "b": (400.0, 0.0), "c": (640.0, 40.0), "d": (640.0, 300.0), "e": (640.0, -300.0)}
    at, moved = room_between(link, places, {"b", "c", "d"})
    assert at == QPointF(232, 0)
    assert moved == {"b": (464.0, 0.0), "c": (704.0, 40.0), "d": (704.0, 300.0)}
    assert room_between(link, {**places, "b": (600.0, 0.0)}, {"b"}) == (QPointF(300, 0), {})
    assert room_between(link, {"a": (0.0, 0.0), "b": (100.0, 300.0)}, {"b"}) == (QPointF(232, 0), {})


def test_what_is_behind_makes_room_and_what_is_locked_stays(desk: Desk) -> None:
    desk.document.set_looks(["loss"], locked=True)
    desk.document.move({"loss": (700, 192)})
    desk.view.edits.insert("ReLU", wire(desk, "linear", "tanh"))
    assert desk.document.node("relu").at == (464, 0)
    assert desk.document.node("tanh").at == (464 + 232, 0)
    assert desk.document.node("loss").at == (464, 192)
    assert desk.document.node("head").at == (232, 192)


def test_two_wires_swap_and_stay_chosen(joined: Desk) -> None:
    joined.view.canvas.choose((), (wire(joined, "p", "cat"), wire(joined, "r", "cat")))
    joined.view.rewire.swap()
    assert order(joined) == "rqp"
    assert len(joined.view.canvas.chosen_links) == 2
    assert joined.document.history.undo_name == "Swap wires"


def test_one_wire_is_not_swapped(joined: Desk) -> None:
    joined.view.canvas.choose((), (wire(joined, "p", "cat"),))
    joined.view.rewire.swap()
    assert order(joined) == "pqr"
    assert joined.troubles[0].fix


def test_a_wire_that_is_there_twice_moves_on(joined: Desk) -> None:
    joined.document.connect("p", "cat", slot=0)
    joined.view.canvas.choose((), (wire(joined, "p", "cat"),))
    steps = joined.steps
    for expected in ("pqpr", "pqrp", "qprp", "qrpp", "qrpp"):
        joined.view.rewire.later()
        assert order(joined) == expected
    for expected in ("qprp", "pqrp", "pqpr", "ppqr", "ppqr"):
        joined.view.rewire.earlier()
        assert order(joined) == expected
    assert joined.steps == steps + 8


def test_earlier_and_later(joined: Desk) -> None:
    joined.view.canvas.choose((), (wire(joined, "r", "cat"),))
    joined.view.rewire.earlier()
    assert order(joined) == "prq"
    joined.view.rewire.earlier()
    assert order(joined) == "rpq"
    joined.view.rewire.earlier()
    assert order(joined) == "rpq"
    joined.view.rewire.later()
    assert order(joined) == "prq"
    assert joined.drawn_links() == joined.links()
    joined.view.canvas.choose()
    joined.view.rewire.later()
    assert "order" in joined.troubles[0].message


def test_swap_inputs(joined: Desk) -> None:
    choose(joined, "cat")
    joined.view.rewire.swap_inputs()
    assert "3 come in" in joined.troubles[0].message
    joined.document.disconnect(wire(joined, "q", "cat"))
    joined.view.rewire.swap_inputs()
    assert order(joined) == "rp"


def test_replaced_by_what_is_chosen_in_the_search(desk: Desk) -> None:
    wishes: list[Wish] = []
    desk.view.search_requested.connect(wishes.append)
    choose(desk, "tanh")
    desk.view.rewire.ask_replacement()
    assert wishes[0].replaced == (desk.id("tanh"),)
    desk.view.rewire.replace(wishes[0].replaced, "Sigmoid")
    assert {"linear.y→sigmoid.x", "sigmoid.y→head.x"} <= desk.links() & desk.drawn_links()
    assert desk.view.canvas.chosen == (desk.id("sigmoid"),)
    assert desk.document.history.undo_name == "Replace tanh with Sigmoid"
    assert desk.troubles == []


def test_wires_that_did_not_fit_are_told(joined: Desk) -> None:
    joined.view.rewire.replace((joined.id("cat"),), "Linear")
    assert joined.troubles[0].message == "2 wires did not fit Linear."


def test_a_copy_uses_another_definition(desk: Desk) -> None:
    for name in ("linear", "head"):
        choose(desk, name)
        desk.view.make_block()
    instances = [node for node in desk.document.nodes.values() if node.block]
    desk.view.canvas.choose((instances[0].id,))
    menu = desk.view.rewire.definition_menu(desk.view)
    assert menu is not None
    (action,) = menu.actions()
    action.trigger()
    assert len(desk.document.instances(instances[1].block)) == 2
    assert desk.view.rewire.definition_menu(desk.view) is not None
    choose(desk, "tanh")
    assert desk.view.rewire.definition_menu(desk.view) is None
    desk.view.rewire.ask_definition()
    assert desk.troubles
