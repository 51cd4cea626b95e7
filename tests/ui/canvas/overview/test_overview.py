"""From far away: only what is in view is painted, and what is carried moves."""

from itertools import pairwise

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QImage

from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.canvas.overview.far import Patch

FAR = 0.3


def wide() -> Document:
    """A pair here and a pair far away, joined by a wire that is longer than any patch."""
    document = Document("wide")
    places = {"here": (0, 0), "beside": (232, 0), "there": (9000, 4000), "last": (9232, 4000)}
    nodes = [document.add("ReLU", name, at=at) for name, at in places.items()]
    for before, after in pairwise(nodes):
        document.connect(before, after)
    return document


def shot(desk) -> QImage:
    return desk.view.viewport().grab().toImage()


def is_card(image: QImage, at: QPoint) -> bool:
    """Whether a card's colour is there, and not the paper's."""
    return image.pixelColor(at) not in (QColor(theme.color("canvas")), QColor(theme.color("line")))


def corner(desk, name: str) -> QPoint:
    """A place on the card beside its name."""
    return desk.view.mapFromScene(desk.item(name).card_rect.topLeft() + QPointF(8, 8))


def test_cards_are_seen_wherever_one_looks(make_desk, qapp):
    desk = make_desk(wide())
    desk.view.navigator.set_zoom(FAR)
    for name, other in (("here", "there"), ("last", "beside")):
        desk.view.centerOn(desk.item(name))
        qapp.processEvents()
        assert is_card(shot(desk), corner(desk, name))
        assert not desk.view.viewport().rect().contains(corner(desk, other))


def test_only_parts_in_view_are_painted(make_desk, qapp, monkeypatch):
    desk = make_desk(wide())
    painted = []
    monkeypatch.setattr(Patch, "paint_cards", lambda patch, painter, strength: painted.append(QRectF(patch.bounds)))
    desk.view.navigator.set_zoom(FAR)
    desk.view.centerOn(desk.item("there"))
    painted.clear()
    desk.view.viewport().repaint()
    assert painted
    assert not any(bounds.intersects(desk.item("here").card_rect) for bounds in painted if bounds.width() < 2000)


def test_a_drag_is_seen(make_desk, qapp):
    desk = make_desk(wide())
    desk.view.navigator.set_zoom(FAR)
    desk.view.centerOn(desk.item("here"))
    qapp.processEvents()
    first, grip = corner(desk, "here"), desk.header("here")
    desk.press(grip)
    for step in (QPoint(20, 60), QPoint(40, 120)):
        desk.move(grip + step)
        qapp.processEvents()
        image, now = shot(desk), corner(desk, "here")
        assert now.y() - first.y() >= step.y() - 4
        assert is_card(image, now)
        assert not is_card(image, first)
        assert is_card(image, corner(desk, "beside"))
    desk.release(grip + QPoint(40, 120))
    qapp.processEvents()
    assert is_card(shot(desk), corner(desk, "here"))
    assert not is_card(shot(desk), first)


def test_several_cards_are_carried_as_one_and_their_outer_wires_follow(make_desk, qapp):
    desk = make_desk(wide())
    desk.view.canvas.choose([desk.id("here"), desk.id("beside")])
    desk.view.navigator.set_zoom(FAR)
    desk.view.centerOn(desk.item("here"))
    qapp.processEvents()
    grip = desk.header("beside")
    desk.press(grip)
    desk.move(grip + QPoint(0, 90))
    before = shot(desk)
    desk.move(grip + QPoint(0, 120))
    image = shot(desk)
    for name in ("here", "beside"):
        assert is_card(image, corner(desk, name))
    wire = next(wire for link, wire in desk.view.canvas.links.items() if link.target == desk.id("there"))
    assert wire.ends[0] == desk.item("beside").port_at("y", True)
    assert before != image
    desk.release(grip)


def test_another_drawing_is_fitted_by_what_it_holds_and_not_by_the_one_before(make_desk, qapp):
    small = Document("small")
    small.connect(small.add("ReLU", "one", at=(0, 0)), small.add("ReLU", "two", at=(232, 0)))
    desk = make_desk(small)
    desk.view.fit_all()
    alone = desk.view.zoom
    desk.open(wide())
    qapp.processEvents()
    assert desk.view.zoom < alone
    desk.open(small)
    assert desk.view.zoom == alone
