"""Pictures of the drawing: sized to what it holds, text as text, nothing of the hands, colours of their own."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgRenderer

from nnstudio.errors import PictureError
from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.card_paint import MUTED_OPACITY
from nnstudio.ui.canvas.items.flowing import Flow
from nnstudio.ui.canvas.items.thumbnails import thumbnail_of
from nnstudio.ui.canvas.picture import picture_file
from nnstudio.ui.canvas.picture.picture import MARGIN, Picture
from nnstudio.ui.canvas.picture.picture_file import KINDS, Painting, Style, kind_of

SVG = "{http://www.w3.org/2000/svg}"


def write(desk, path: Path, **style: object) -> Path:
    painting = Painting(Picture(desk.view.canvas), kind_of(path), desk.document.title, Style(**style))
    for _ in painting.steps():
        pass
    assert painting.write(path) == path.stat().st_size > 0
    return path


def texts(path: Path) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ElementTree.parse(path).iter(f"{SVG}text")]


def rendered(path: Path) -> QImage:
    renderer = QSvgRenderer(str(path))
    image = QImage(renderer.defaultSize(), QImage.Format.Format_ARGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def test_an_svg_says_every_name_and_shape_as_text(desk, tmp_path):
    path = write(desk, tmp_path / "x.svg")
    said = texts(path)
    assert {node.name for node in desk.document.nodes.values()} <= set(said)
    assert {"Tanh", "CrossEntropyLoss", "label N · 2 classes"} <= set(said)
    assert "<image" not in path.read_text(), "icons are lines"
    fonts = {text.get("font-family") for text in ElementTree.parse(path).iter(f"{SVG}text")}
    assert all(family.endswith("sans-serif") for family in fonts)


def test_it_is_sized_to_what_it_holds(desk, tmp_path):
    area = desk.view.canvas.content_rect()
    root = ElementTree.parse(write(desk, tmp_path / "x.svg")).getroot()
    width, height = float(root.get("width")), float(root.get("height"))
    assert area.width() + 2 * MARGIN <= width < area.width() + 2 * MARGIN + 200
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    desk.document.move({desk.id("free"): (464, 2000)})
    assert float(ElementTree.parse(write(desk, tmp_path / "y.svg")).getroot().get("height")) > 2000
    for scale in (1, 2):
        image = QImage(str(write(desk, tmp_path / "x.png", scale=scale)))
        assert image.width() == width * scale


def test_special_letters_are_sound_xml(make_desk, tmp_path):
    document = Document('<b> & "quotes" \x01 \u0000')
    document.add("Linear", "size", out_features=2)
    document.add_comment((0, 200), (240, 96), "a < b & c > d \x07 “x” \x1f 日本")
    document.add_frame((-40, -40), (400, 400), "<frame> & ]]> \x1b")
    said = " ".join(texts(write(make_desk(document), tmp_path / "x.svg")))
    for words in ("size", "a < b & c > d", "<frame> & ]]>"):
        assert words in said


def test_a_pdf_is_one_page_of_its_size(desk, tmp_path):
    data = write(desk, tmp_path / "x.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") == 1
    area = Picture(desk.view.canvas).area
    assert f"/MediaBox [0 0 {area.width() * 0.75:.6f} {area.height() * 0.75:.6f}]".encode() in data
    assert b"/FontFile" in data or b"/Font" in data, "text is text"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_colours_are_those_asked_for_whatever_the_window_wears(desk, tmp_path, name):
    before = theme.color("canvas").name()
    tokens = {"light": theme.LIGHT, "dark": theme.DARK}[name]
    png = QImage(str(write(desk, tmp_path / "x.png", theme=name, scale=1)))
    svg = rendered(write(desk, tmp_path / "x.svg", theme=name))
    for image in (png, svg):
        assert image.pixelColor(2, 2).name().upper() == tokens.canvas
        card = Picture(desk.view.canvas).area.topLeft()
        at = desk.item("linear").pos() - card
        assert image.pixelColor(int(at.x()) + 150, int(at.y()) + 38).name().upper() == tokens.raised
    assert theme.color("canvas").name() == before


def test_without_a_background(desk, tmp_path):
    assert QImage(str(write(desk, tmp_path / "x.png", transparent=True))).pixelColor(2, 2).alpha() == 0
    assert rendered(write(desk, tmp_path / "x.svg", transparent=True)).pixelColor(2, 2) == QColor("magenta")


def test_nothing_of_the_hands_is_in_it(desk, tmp_path):
    desk.document.add_frame((-40, -40), (800, 600), "All")
    desk.document.add_comment((900, 0), (200, 60), "Words")
    plain = [write(desk, tmp_path / f"a.{kind}").read_bytes() for kind in ("svg", "png")]
    desk.view.canvas.choose(desk.view.canvas.nodes, desk.view.canvas.wires.items)
    desk.view.canvas.choose([*desk.view.canvas.nodes, "m1", "m2"])
    next(iter(desk.view.canvas.wires.items.values())).hoverEnterEvent(None)
    assert [write(desk, tmp_path / f"b.{kind}").read_bytes() for kind in ("svg", "png")] == plain


def test_live_pictures_are_in_it(desk, tmp_path):
    desk.item("linear").set_picture(thumbnail_of(np.random.default_rng(0).random((4, 8, 8))))
    path = write(desk, tmp_path / "x.svg")
    assert len(list(ElementTree.parse(path).iter(f"{SVG}image"))) == 4


def test_faults_frames_comments_and_muted_nodes_are_in_it(desk, tmp_path):
    desk.document.set_looks([desk.id("tanh")], color="red", note="a note")
    desk.document.mute("tanh")
    desk.document.remove(desk.id("linear"))
    desk.document.add_frame((200, -40), (400, 300), "The middle")
    desk.document.add_comment((900, 0), (240, 60), "# Why\nBecause")
    desk.bridge.recompiled.emit(desk.bridge.session.compiled)
    path = write(desk, tmp_path / "x.svg")
    said = texts(path)
    assert {"!", "The middle", "Why", "Because"} <= set(said)
    assert f'opacity="{MUTED_OPACITY}"' in path.read_text()


def test_what_comes_later_is_not_in_it(desk, tmp_path):
    """Painting may take its time, and the document goes on meanwhile."""
    painting = Painting(Picture(desk.view.canvas), "svg", "", Style())
    steps = painting.steps()
    next(steps)
    desk.document.rename("free", "renamed")
    desk.document.remove("tanh")
    assert theme.current().tokens is theme.DARK
    for _ in steps:
        pass
    painting.write(tmp_path / "x.svg")
    assert {"free", "tanh"} <= set(texts(tmp_path / "x.svg"))


def test_an_empty_drawing_is_refused(make_desk):
    with pytest.raises(PictureError, match="empty"):
        Painting(Picture(make_desk(Document()).view.canvas), "svg", "", Style())


def test_a_png_that_is_too_large_is_refused_and_an_svg_of_it_is_not(desk, tmp_path):
    desk.document.move({desk.id("free"): (90_000, 90_000)})
    with pytest.raises(PictureError, match="too large for a PNG"):
        write(desk, tmp_path / "x.png")
    assert not (tmp_path / "x.png").exists()
    write(desk, tmp_path / "x.svg")
    data = write(desk, tmp_path / "x.pdf").read_bytes()
    assert b"/MediaBox [0 0 14400" in data or b" 14400" in data.split(b"/MediaBox", 1)[1][:60]


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_leaves_the_old_file(desk, tmp_path, monkeypatch, kind):
    path = tmp_path / f"x.{kind}"
    path.write_bytes(b"old")
    with pytest.raises(PictureError, match="can not be written"):
        write(desk, tmp_path / "no" / f"x.{kind}")
    painting = Painting(Picture(desk.view.canvas), kind, "", Style())
    list(painting.steps())
    monkeypatch.setattr(picture_file.QSaveFile, "commit", lambda self: False)
    with pytest.raises(PictureError):
        painting.write(path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [path.name]


@pytest.mark.parametrize(
    ("kind", "data"), [("svg", b"<svg"), ("svg", b"<html/>"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")]
)
def test_what_can_not_be_read_again_is_told(desk, tmp_path, monkeypatch, kind, data):
    painting = Painting(Picture(desk.view.canvas), kind, "", Style())
    list(painting.steps())
    monkeypatch.setattr(painting._target, "data", lambda: data)
    with pytest.raises(PictureError, match=r"read again|no sound picture"):
        painting.write(tmp_path / f"x.{kind}")


def test_lines_stay_lines_in_a_buffer(desk):
    """An icon is painted as lines wherever there are lines, and from the kept pixels on a screen."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture = Picture(desk.view.canvas)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    assert picture.count == sum(1 for _ in picture.steps(painter))
    painter.end()
    assert b"/Subtype /Image" not in buffer.data().data()
    assert picture.area.contains(QRectF(desk.view.canvas.content_rect()))


def test_the_gradient_flow_that_is_shown_is_in_it(desk, tmp_path):
    link = next(link for link in desk.document.links if link.target == desk.id("head"))
    desk.view.canvas.links[link].set_flow(Flow(0.5, 1.0))
    assert "∂ 0.50" in texts(write(desk, tmp_path / "x.svg"))
