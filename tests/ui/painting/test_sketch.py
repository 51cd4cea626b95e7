"""What a network gets to see of a drawing: as large, where and as thick as the data's own."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnstudio.ui.painting.sketch import Line, Manner, Sketch
from nnstudio.ui.painting.sketch_board import SketchBoard

MNIST = Manner((1, 28, 28), plain=True, centred=True, extent=20.0, stroke=2.5, middle=(14.0, 14.0), by_mass=True)
"""As figures of MNIST tell: 20 pixels high, the centre of mass in the middle."""


def line(*points: tuple[float, float], width: float = 2.5, color: tuple[float, ...] = (1.0,)) -> Line:
    return Line(points, width, color)


def box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(pixels[0].max(1) > 0.2), np.flatnonzero(pixels[0].max(0) > 0.2)
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def mass(pixels: np.ndarray) -> tuple[float, float]:
    rows, columns = np.mgrid[:28, :28] + 0.5
    return float((pixels[0] * columns).sum() / pixels.sum()), float((pixels[0] * rows).sum() / pixels.sum())


@pytest.mark.parametrize("at", [(3.0, 3.0), (20.0, 15.0)])
@pytest.mark.parametrize("size", [4.0, 9.0, 12.0])
def test_a_drawing_is_brought_to_the_size_and_place_of_the_data(qapp, at, size):
    x, y = at
    seven = line((x, y), (x + size * 0.6, y), (x + size * 0.2, y + size))
    pixels = Sketch(MNIST, (seven,)).pixels()
    left, top, right, bottom = box(pixels)
    assert max(right - left, bottom - top) == pytest.approx(20, abs=1.5)
    assert mass(pixels) == pytest.approx((14.0, 14.0), abs=0.15)


def test_lines_are_as_thick_however_small_the_drawing(qapp):
    sums = [Sketch(MNIST, (line((14, 4), (14, 4 + size)),)).pixels().sum() for size in (5.0, 10.0, 20.0)]
    assert sums == pytest.approx([sums[0]] * 3, rel=0.03)
    assert sums[0] == pytest.approx(2.5 * 20, rel=0.1)


def test_centred_by_the_box_where_the_data_are(qapp):
    manner = Manner((1, 8, 8), plain=True, centred=True, extent=8.0, stroke=1.5, middle=(4.0, 4.0))
    pixels = Sketch(manner, (line((1, 1), (1, 3), (2, 3), width=1.5),)).pixels()
    left, top, right, bottom = box(pixels)
    assert (top, bottom) == (0, 8)
    assert abs((left + right) / 2 - 4) <= 0.5


def test_unfitted_it_stays_where_it_was_drawn(qapp):
    sketch = Sketch(MNIST, (line((3, 3), (3, 9)),))
    assert box(sketch.pixels(fitted=False))[0] < 4
    away = Manner((1, 28, 28), plain=True, centred=False, extent=20.0, stroke=2.5, middle=(14.0, 14.0))
    assert np.array_equal(Sketch(away, sketch.lines).pixels(), sketch.pixels(fitted=False))


def test_a_dot_and_a_wiped_drawing_do_no_harm(qapp):
    dot = Sketch(MNIST, (line((2, 2)),)).pixels()
    assert mass(dot) == pytest.approx((14.0, 14.0), abs=0.2)
    wiped = Sketch(MNIST, (line((5, 5), (5, 15)), line((5, 0), (5, 28), width=12.0, color=(0.0,)))).pixels()
    assert np.abs(wiped).max() < 0.05
    assert not Sketch(MNIST).pixels().any()


def test_levels_are_those_of_the_data(qapp):
    paper = Manner((1, 20, 20), low=-1.0, high=3.0, ground=(3.0,), plain=True)
    assert paper.ink == (-1.0,)
    pixels = Sketch(paper, (line((10, 2), (10, 18), width=4.0, color=paper.ink),)).pixels()
    assert (pixels.min(), pixels.max()) == pytest.approx((-1.0, 3.0), abs=0.02)


def test_over_a_picture_only_what_is_drawn_changes(qapp):
    base = np.random.default_rng(0).random((3, 16, 16)).astype(np.float32)
    manner = Manner((3, 16, 16), ground=(0.0, 0.0, 0.0))
    pixels = Sketch(manner, (line((4, 0), (4, 16), width=2.0, color=(1.0, 0.0, 0.5)),), base).pixels()
    assert np.array_equal(pixels[:, :, 8:], base[:, :, 8:])
    assert pixels[:, 8, 4] == pytest.approx([1.0, 0.0, 0.5], abs=0.01)


def test_the_board_undoes_and_does_again(qtbot, qapp):
    board = SketchBoard()
    qtbot.addWidget(board)
    board.resize(112, 112)
    board.start(MNIST)
    for across in (30, 60, 90):
        QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=QPoint(across, 20))
        QTest.mouseMove(board, QPoint(across, 90))
        QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=QPoint(across, 90))
    assert [len(line.points) for line in board.sketch.lines] == [2, 2, 2]
    assert board.sketch.lines[0].points[0] == pytest.approx((7.5, 5.0))
    board.undo()
    board.undo()
    assert len(board.sketch.lines) == 1
    board.redo()
    assert len(board.sketch.lines) == 2
    board.lay(None)
    assert board.sketch.blank
    board.undo()
    assert len(board.sketch.lines) == 2
    QTest.mousePress(board, Qt.MouseButton.RightButton, pos=QPoint(60, 50))
    QTest.mouseRelease(board, Qt.MouseButton.RightButton, pos=QPoint(60, 50))
    assert board.sketch.lines[-1].color == MNIST.ground
    assert not board.can_redo


def test_escape_gives_a_line_up(qtbot, qapp):
    board = SketchBoard()
    qtbot.addWidget(board)
    board.start(MNIST)
    QTest.mousePress(board, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert not board.sketch.blank
    QTest.keyClick(board, Qt.Key.Key_Escape)
    QTest.mouseRelease(board, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert board.sketch.blank
    assert not board.can_undo


def test_the_pen_has_a_few_widths(qtbot, qapp):
    board = SketchBoard()
    qtbot.addWidget(board)
    board.start(MNIST)
    widths = []
    for _ in range(6):
        QTest.keyClick(board, Qt.Key.Key_BracketRight)
        QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=QPointF(board.rect().center()).toPoint())
        widths.append(board.sketch.lines[-1].width)
    assert widths == sorted(widths)
    assert not board.thicker
    assert board.thinner
