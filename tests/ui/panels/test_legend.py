"""What points stand for: no two classes look the same."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from nnstudio.ui.panels.parts.legend import Key, symbol_path
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
