"""What stands on the canvas can be read: strong enough against its ground, cut off nowhere, struck out by no wire."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.looks import COLORS
from nnstudio.ui import hues, theme
from nnstudio.ui.canvas.items.card_paint import MUTED_OPACITY
from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.metrics import CARD_WIDTH, fitting_px, in_two, measure
from nnstudio.ui.canvas.overview import overview

ENOUGH = 4.5
THEMES = ("dark", "light", "high-contrast")
FAR = 0.3


def contrast(one: QColor, other: QColor) -> float:
    return theme.contrast(one.name(), other.name())


@pytest.mark.parametrize("name", THEMES)
def test_names_can_be_read_from_far_away(qapp, name):
    theme.apply(qapp, name)
    text, raised = theme.color("text"), theme.color("raised")
    for hue in [(family, "") for family in theme.FAMILY_HUES] + [("", color) for color in COLORS]:
        ground = theme.mix(raised, hues.card_color(*hue), overview._NAMED)
        assert contrast(text, ground) >= ENOUGH, hue


@pytest.mark.parametrize("name", THEMES)
def test_a_muted_card_can_be_read(qapp, name):
    theme.apply(qapp, name)
    paper = theme.color("canvas")
    text, card = (theme.mix(paper, theme.color(each), MUTED_OPACITY) for each in ("text", "raised"))
    assert contrast(text, card) >= ENOUGH


def test_names_of_ports_that_may_stay_free_can_be_read(make_desk):
    """They are told apart by their rings."""
    document = Document("rec")
    document.add("LSTM", "lstm", (0, 0))
    desk = make_desk(document)
    desk.view.reset_zoom()
    item = desk.item("lstm")
    spot = item.plan.spot("h0", False)
    assert spot.optional
    at = desk.view.mapFromScene(item.pos() + QPointF(10, spot.at.y() - 6))
    image = desk.view.viewport().grab().toImage()
    word = [image.pixelColor(at + QPoint(x, y)) for x in range(14) for y in range(12)]
    assert max(contrast(color, theme.color("raised")) for color in word) >= ENOUGH


def test_words_beside_a_sample_stay_on_the_card():
    words = ("“a class whose name does not end”", "sample 1,234,567,890")
    image = QImage(300, 100, QImage.Format.Format_ARGB32)
    image.fill(QColor("black"))
    room = QRectF(10, 10, 156, 56)
    for array in (np.array([0.5, 0.2]), np.ones((1, 8, 8))):
        painter = QPainter(image)
        Thumbnail(array, given=True, told=words).paint(painter, room)
        painter.end()
    beyond = [image.pixelColor(x, y) for x in range(int(room.right()) + 2, 300) for y in range(100)]
    assert set(map(QColor.name, beyond)) == {"#000000"}


def test_a_text_a_little_too_long_is_written_smaller():
    text = "out_channels 16 · kernel 3×3"
    assert fitting_px(text, measure(11).horizontalAdvance(text)) == 11
    assert fitting_px(text, measure(10).horizontalAdvance(text)) == 10
    assert fitting_px(text, 1) == 9


def test_a_fault_says_all_in_two_lines(desk):
    document = desk.document
    document.add("Conv2d", "conv", (0, 400))
    document.connect("conv", "head", replace=True)
    document.add("Dataset", "digits", (-300, 400), dataset="digits")
    document.connect("digits.image", "conv")
    lines = desk.item("head").card.note
    assert " ".join(lines) == "Gets N×16×8×8 and needs a vector."
    assert len(lines) == 2
    assert all(measure(11).horizontalAdvance(line) <= CARD_WIDTH for line in lines)
    assert in_two("short", CARD_WIDTH) == ("short",)
    assert in_two("", CARD_WIDTH) == ()
    assert in_two("x" * 99, CARD_WIDTH) == ("x" * 99,)


def test_no_lane_goes_along_the_title_of_a_frame(desk):
    def lane() -> float:
        desk.view.canvas.wires.settle()
        link = next(link for link in desk.document.links if link.target == desk.id("head"))
        return desk.view.canvas.links[link].route.middle.y()

    before = lane()
    top = desk.item("head").card_rect.top() - 44
    frame = desk.document.add_frame((208, top), (480, 160), "The second row")
    title = desk.view.canvas.marks.items[frame.id].header_rect
    assert title.top() < before < title.bottom(), "or this test shows nothing"
    assert not title.top() <= lane() <= title.bottom()
    desk.document.change_mark(frame.id, at=(208, top - 20))
    moved = desk.view.canvas.marks.items[frame.id].header_rect
    assert not moved.top() <= lane() <= moved.bottom()
    desk.document.remove_marks(frame.id)
    assert lane() == before


# From far away


def seen(desk, zoom: float = FAR) -> QImage:
    desk.view.navigator.set_zoom(zoom)
    QApplication.processEvents()
    desk.view.canvas.faces.hasty = False
    return desk.view.viewport().grab().toImage()


def colors_along(desk, image: QImage, name: str) -> list[str]:
    """Of the wire into a node, where it is far from any card."""
    link = next(link for link in desk.document.links if link.target == desk.id(name))
    path = desk.view.canvas.links[link].path
    places = [desk.view.mapFromScene(path.pointAtPercent(share / 100)) for share in range(30, 70)]
    return [image.pixelColor(at).name() for at in places]


def test_a_wire_that_swings_out_is_there_whole(desk):
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    desk.document.set_way(link, [(900, 900), (200, 900)])
    paper = {theme.color("canvas").name(), theme.color("grid_dot").name()}
    along = colors_along(desk, seen(desk), "head")
    assert sum(color in paper for color in along) < 4


def test_a_wrong_wire_is_dashed_there_too(desk):
    document = desk.document
    document.add("Dataset", "digits", (-800, 500), dataset="digits")
    document.connect("digits.image", "head", replace=True)
    desk.view.fit_all()
    paper = {theme.color("canvas").name(), theme.color("grid_dot").name()}
    gaps = sum(color in paper for color in colors_along(desk, seen(desk), "head"))
    assert 5 < gaps < 35


def test_a_comment_is_before_the_wires_there_too(desk):
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    middle = desk.view.canvas.links[link].route.middle
    comment = desk.document.add_comment((middle.x() - 120, middle.y() - 60), (240, 120), "")
    assert comment is not None
    image = seen(desk)
    at = desk.view.mapFromScene(middle)
    around = {image.pixelColor(at + QPoint(0, y)).name() for y in range(-3, 4)}
    assert len(around) == 1, "no wire is seen"


def test_nothing_is_struck_out_by_the_mini_map(desk):
    """A wire that swings out below counts as well as a card."""
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    desk.document.set_way(link, [(700, 560), (-60, 560), (-60, 300)])
    desk.view.resize(700, 480)
    desk.key(Qt.Key.Key_Home)
    corner = QRectF(desk.view.minimap.geometry())
    path = desk.view.viewportTransform().map(desk.view.canvas.links[link].path)
    assert not any(corner.contains(path.pointAtPercent(share / 100)) for share in range(101))


@pytest.mark.parametrize("name", sorted(examples()))
def test_no_wire_of_an_example_goes_under_a_card(make_desk, name):
    desk = make_desk(storage.load(examples()[name]))
    cards = [item.card_rect.adjusted(2, 2, -2, -2) for item in desk.view.canvas.nodes.values()]
    for wire in desk.view.canvas.links.values():
        places = [wire.path.pointAtPercent(share / 60) for share in range(61)]
        assert not any(card.contains(at) for card in cards for at in places), wire.link
