"""What points stand for: no two classes look the same."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from nnstudio.ui import colormaps
from nnstudio.ui.panels.parts.legend import Key, ScaleBar, symbol_path
from nnstudio.ui.panels.parts.plane import SYMBOLS
from nnstudio.ui.panels.parts.shades import shade, token


def test_every_symbol_has_a_shape_of_its_own() -> None:
    paths = [symbol_path(symbol, QPointF(0, 0), 4.0) for symbol in SYMBOLS]
    assert all(paths.count(path) == 1 for path in paths)
    assert all(max(abs(path.boundingRect().left()), path.boundingRect().right()) < 5.5 for path in paths)


def test_a_class_has_in_the_legend_the_colour_of_its_points() -> None:
    for many in (False, True):
        assert [Key("", token(label, many)).shade for label in (0, 1)] == [shade(label, many) for label in (0, 1)]
    assert shade(0, many=False) != shade(0, many=True)


def test_a_scale_without_room_cuts_its_words_and_tells_them_in_the_tip(qtbot) -> None:
    scale = ScaleBar()
    qtbot.addWidget(scale)
    scale.show()
    scale.set_scale("same signs", "different signs", colormaps.viridis())
    scale.resize(scale.sizeHint())
    whole = scale._shared()
    assert (whole[0], scale.toolTip()) == (ScaleBar.LONG, "")
    scale.resize(scale.minimumSizeHint())
    bar, rooms = scale._shared()
    assert bar == ScaleBar.SHORT
    assert bar + sum(rooms) <= scale.width()
    assert min(rooms) >= ScaleBar.LEAST - 1
    assert scale.toolTip() == "same signs – different signs"
    scale.grab()
    scale.set_scale("0", "1", colormaps.viridis())
    assert scale.minimumSizeHint().width() <= scale.width()
