import gc
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QAction, QIcon, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton

from nnstudio import paths
from nnstudio.ui import icons, theme

WANTED = """
    train pause step stop undo redo new open save fit zoom-in zoom-out search close chevron-down chevron-right
    check warning error info plus delete export device camera freeze sun moon layout minimap
    data linear convolution pooling recurrent embedding attention transformer activation normalization
    regularization reshape merge loss
    loss-curve features predictions boundary code problems nnstudio
""".split()  # noqa: SIM905


@pytest.fixture(autouse=True)
def look(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("NNSTUDIO_HOME", str(tmp_path))
    theme.apply(qapp, "dark")
    yield
    theme.apply(qapp, "dark")


def ink(image: QImage) -> set[str]:
    """The colours of the pixels that are fully covered."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in (image.pixelColor(*at) for at in places) if color.alpha() == 255}


def test_the_set_is_complete():
    assert set(WANTED) <= set(icons.names())


def test_every_family_has_an_icon():
    assert set(theme.FAMILY_HUES) <= set(icons.names())


@pytest.mark.parametrize("name", icons.names())
def test_every_file_is_sound_and_draws_something(qapp, name):
    file = paths.resource("icons", f"{name}.svg")
    root = ElementTree.parse(file).getroot()  # our own files
    assert QSvgRenderer(str(file)).isValid()
    if name != icons.APP_ICON:
        assert root.get("viewBox") == "0 0 16 16"
        assert "#" not in file.read_text()  # no colour of its own
    image = icons.icon(name).pixmap(QSize(32, 32), 1.0).toImage()
    assert len(ink(image)) >= 1


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_pixmaps_have_the_pixels_of_their_scale(qapp, scale):
    drawn = icons.icon("train").pixmap(QSize(16, 16), scale)
    assert drawn.size() == QSize(16, 16) * scale
    assert drawn.devicePixelRatio() == scale


def test_icons_follow_the_theme_without_being_set_again(qapp):
    action = QAction(icons.icon("stop"), "Stop")
    dark = ink(action.icon().pixmap(QSize(16, 16), 1.0).toImage())
    theme.apply(qapp, "light")
    light = ink(action.icon().pixmap(QSize(16, 16), 1.0).toImage())
    assert dark == {theme.DARK.text.lower()}
    assert light == {theme.LIGHT.text.lower()}


def test_colours_and_the_disabled_look(qapp):
    def shades(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
        return ink(icon.pixmap(QSize(16, 16), 1.0, mode).toImage())

    assert shades(icons.icon("stop", "accent")) == {theme.DARK.accent.lower()}
    assert shades(icons.icon("stop", theme.color("bad"))) == {theme.DARK.bad.lower()}
    assert shades(icons.icon("stop", "family:data")) == {theme.FAMILY_HUES["data"].lower()}
    assert shades(icons.icon("stop"), QIcon.Mode.Disabled) == {theme.DARK.disabled.lower()}


def test_icons_are_shared():
    assert icons.icon("train") is icons.icon("train")


def test_a_missing_name_raises_with_the_list():
    with pytest.raises(KeyError, match="chevron-down"):
        icons.icon("unicorn")


def test_paint_draws_on_a_painter(qapp):
    image = QImage(24, 24, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    icons.paint(painter, QRectF(0, 0, 24, 24), "stop", theme.family_color("linear"))
    painter.end()
    assert theme.family_color("linear").name() in ink(image)


def test_engines_outlive_the_widgets_and_copies(qapp):
    for round_ in range(50):
        button = QPushButton(icons.icon(icons.names()[round_]), "x")
        copy = QIcon(button.icon())
        button.grab()
        copy.addPixmap(copy.pixmap(16))  # makes Qt clone the engine
        button.deleteLater()
        del button, copy
        qapp.processEvents()
    gc.collect()
    assert not icons.icon("train").pixmap(16).isNull()
