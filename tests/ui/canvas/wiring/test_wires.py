"""Wires find their way late and all at once; in the end they lie as if the drawing had just been opened."""

from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from nnstudio.errors import NNStudioError
from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.canvas.wiring.routing import Obstacles, heeds_others, route

NAMES = list("abcdefg")
PLACES = st.tuples(st.integers(-4, 8).map(lambda x: 116.0 * x), st.integers(-3, 5).map(lambda y: 64.0 * y))
ONE = st.sampled_from(NAMES)
EDITS = st.one_of(
    st.tuples(st.just("add"), ONE, st.sampled_from(["ReLU", "Linear", "Add", "Concatenate", "Dataset"]), PLACES),
    st.tuples(st.just("connect"), ONE, ONE),
    st.tuples(st.just("connect"), ONE, ONE),
    st.tuples(st.just("move"), st.lists(ONE, min_size=1, max_size=3), PLACES),
    st.tuples(st.just("drag"), st.lists(ONE, min_size=1, max_size=3), PLACES, st.booleans()),
    st.tuples(st.just("remove"), st.lists(ONE, min_size=1, max_size=4)),
    st.tuples(st.just("lead"), st.integers(0, 9), st.lists(PLACES, max_size=2)),
    st.tuples(st.just("mute"), ONE),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
    st.tuples(st.just("look")),
)


class Editor:
    """Does to a drawing what hands do, on a scene."""

    def __init__(self, document: Document, scene: CanvasScene) -> None:
        self.document, self.scene = document, scene

    def do(self, kind: str, *details: object) -> None:
        with suppress(NNStudioError):  # refused: then the drawing stays as it is
            getattr(self, kind)(*details)

    def ids(self, names: list[str]) -> list[str]:
        known = {node.name: node.id for node in self.document.nodes.values()}
        return list(dict.fromkeys(known[name] for name in names if name in known))

    def add(self, name: str, kind: str, at: tuple[float, float]) -> None:
        if not self.ids([name]):
            self.document.add(kind, name, at=at)

    def connect(self, source: str, target: str) -> None:
        if len(ends := self.ids([source, target])) == 2:
            self.document.connect(*ends)

    def move(self, names: list[str], at: tuple[float, float]) -> None:
        keys = self.ids(names)
        self.document.move({key: (at[0] + 40.0 * n, at[1] + 72.0 * n) for n, key in enumerate(keys)})

    def drag(self, names: list[str], shift: tuple[float, float], drop: bool) -> None:
        """As the gesture does: the items go first, and back, and then the document moves."""
        keys = self.ids(names)
        before = {key: self.scene.nodes[key].pos() for key in keys}
        self.scene.ignore_obstacles(before)
        for key, at in before.items():
            self.scene.nodes[key].setPos(at + QPointF(*shift))
        self.scene.follow(before)
        for key, at in before.items():
            self.scene.nodes[key].setPos(at)
        self.scene.moved(keys)
        if drop:
            self.document.move({key: (at.x() + shift[0], at.y() + shift[1]) for key, at in before.items()})

    def remove(self, names: list[str]) -> None:
        if keys := self.ids(names):
            self.document.remove(*keys)

    def mute(self, name: str) -> None:
        for key in self.ids([name]):
            self.document.mute(key, not self.document.node(key).muted)

    def lead(self, number: int, points: list[tuple[float, float]]) -> None:
        for link in list(self.document.links)[number : number + 1]:
            self.document.set_way(link, points)

    def undo(self) -> None:
        self.document.undo()

    def redo(self) -> None:
        self.document.redo()

    def look(self) -> None:
        self.scene.wires.settle()


def picture(scene: CanvasScene) -> dict[object, object]:
    """Everything that is seen of the wires and the cards."""
    seen: dict[object, object] = {}
    for link, wire in scene.links.items():
        path = wire.path
        points = [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]
        seen[link] = (points, wire.text, wire.problem, wire.boundingRect())
    for key, item in scene.nodes.items():
        seen[key] = (item.card, item.card_rect, item.taken_rect)
    return seen


def opened(document: Document) -> tuple[Bridge, CanvasScene]:
    bridge = Bridge()
    scene = CanvasScene(bridge)
    bridge.open(Session(document, FakeEngine()))
    return bridge, scene


@pytest.mark.usefixtures("qapp")
@settings(max_examples=25, deadline=None)
@given(st.lists(EDITS, min_size=3, max_size=25))
def test_after_any_edits_all_lies_as_in_a_drawing_just_opened(edits):
    document = Document("edited")
    bridge, scene = opened(document)
    editor = Editor(document, scene)
    for number, name in enumerate(NAMES[:5]):
        editor.add(name, "ReLU", (232.0 * number, 0.0))
    for edit in edits:
        editor.do(*edit)
    fresh_bridge, fresh = opened(document)
    assert picture(scene) == picture(fresh)
    assert scene.content_rect() == fresh.content_rect()
    del bridge, fresh_bridge


def test_a_step_of_many_changes_looks_at_the_cards_once(qapp, monkeypatch):
    made = []
    monkeypatch.setattr("nnstudio.ui.canvas.wiring.wires.Obstacles", lambda *boxes: made.append(1) or Obstacles(*boxes))
    document = Document("many")
    bridge, scene = opened(document)
    with document.transaction("build"):
        nodes = [document.add("ReLU", at=(232.0 * (n % 8), 160.0 * (n // 8))) for n in range(80)]
        for before, after in pairwise(nodes):
            document.connect(before, after)
    qapp.processEvents()
    document.remove(*nodes)
    qapp.processEvents()
    made.clear()
    document.undo()
    qapp.processEvents()
    assert len(scene.links) == 79
    assert len(made) == 1
    del bridge


def test_wires_join_cards_that_move_each_its_own_way(qapp):
    """As while a drawing is laid out anew; and keep their shape where both cards move as one."""
    document = Document("pair")
    keys = [document.add("ReLU", at=(300.0 * n, 0.0)).id for n in range(2)]
    document.connect(*keys)
    bridge, scene = opened(document)
    (wire,) = scene.links.values()
    before = wire.path.translated(40, 64)
    for shifts in (((40, 64), (40, 64)), ((-60, 10), (200, 90))):
        scene.ignore_obstacles(keys)
        for key, shift, home in zip(keys, shifts, (0, 300), strict=True):
            scene.nodes[key].setPos(home + shift[0], shift[1])
        scene.follow(keys)
        assert wire.ends == tuple(scene.nodes[k].port_at(p, p == "y") for k, p in zip(keys, "yx", strict=True))
        before = before if shifts[0] == shifts[1] else wire.path
        assert wire.path == before
    del bridge


def test_only_wires_that_pass_a_card_are_drawn_anew(qapp):
    """A card that moves between others in the left half leaves those in the right half alone."""
    document = Document("halves")
    for half, left in (("a", 0.0), ("b", 3000.0)):
        ends = [document.add("ReLU", f"{half}{n}", at=(left + 900.0 * n, 0.0)) for n in range(2)]
        document.connect(*ends)
    between = document.add("ReLU", "between", at=(400.0, 300.0))
    bridge, scene = opened(document)
    qapp.processEvents()
    before = {link: wire.path for link, wire in scene.links.items()}
    document.move({between.id: (400.0, 0.0)})
    qapp.processEvents()
    changed = {document.node(link.source).name for link, path in before.items() if scene.links[link].path != path}
    assert changed == {"a0"}
    del bridge


def test_wires_are_there_before_anything_is_painted(desk, qapp):
    wires = desk.view.canvas.wires.items
    with desk.document.transaction("connect"):
        link = desk.document.connect(desk.id("tanh"), desk.id("free"))
        assert wires[link].path.isEmpty()
        desk.view.viewport().repaint()
        assert not wires[link].path.isEmpty()


RECTS = st.builds(QRectF, st.integers(0, 300), st.integers(0, 300), st.integers(1, 120), st.integers(1, 90))


def walked(cards, left, right, y, down):
    """The lane, found step by step."""
    for _ in range(len(cards) + 1):
        hit = [c for c in cards if c.right() > left and c.left() < right and c.top() - 12 < y < c.bottom() + 12]
        if not hit:
            return y
        y = max(c.bottom() for c in hit) + 12 if down else min(c.top() for c in hit) - 12
    raise AssertionError("no way out")


@given(st.lists(RECTS, max_size=12), st.integers(0, 300), st.integers(1, 200), st.integers(-50, 400), st.booleans())
def test_a_lane_is_the_nearest_that_is_free(cards, left, width, y, down):
    assert Obstacles(cards).free_lane(left, left + width, y, down) == walked(cards, left, left + width, y, down)


@given(st.lists(RECTS, max_size=12), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1))
def test_a_point_in_a_card_is_a_hit(cards, points):
    inside = any(c.left() < x < c.right() and c.top() < y < c.bottom() for c in cards for x, y in points)
    assert Obstacles(cards).hit_by(np.array(points, dtype=float)) == inside


@given(st.lists(RECTS, max_size=6), st.tuples(*[st.integers(-200, 500)] * 4))
def test_a_way_that_heeds_nobody_does_not_depend_on_others(cards, ends):
    start, end = QPointF(*ends[:2]), QPointF(*ends[2:])
    source, target = QRectF(start.x() - 176, start.y() - 28, 176, 60), QRectF(end.x(), end.y() - 28, 176, 60)
    if not heeds_others(start, end):
        alone = route(start, end, source, target, Obstacles())
        assert route(start, end, source, target, Obstacles(cards)).path == alone.path


def test_short_wires_go_round_a_card_in_between_too():
    source, target, between = QRectF(0, 0, 176, 60), QRectF(416, 0, 176, 60), QRectF(208, 8, 176, 60)
    way = route(QPointF(176, 28), QPointF(416, 28), source, target, Obstacles([source, target, between]))
    assert not any(between.contains(way.path.pointAtPercent(i / 100)) for i in range(101))
