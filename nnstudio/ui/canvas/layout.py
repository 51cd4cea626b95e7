"""Where a new card goes, and what cards cover."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

from PySide6.QtCore import QPointF, QRectF, QSizeF

from nnstudio.graph.nodes import Link, Position
from nnstudio.ui.canvas.metrics import CARD_WIDTH, GRID, HEADER, LINE, STEP_X, STEP_Y, snapped

NEW_CARD = QSizeF(CARD_WIDTH, HEADER + 2 * LINE + 8)
"""About as large as a card is before it has a picture."""
_ROOM = 16.0
_PLACES = 48
"""How many places along the longer side of the view are tried."""


def free_place(wish: QPointF, cards: Iterable[QRectF]) -> QPointF:
    """The nearest place at or below the wish, on the grid, where a new card overlaps none."""
    at = snapped(wish)
    taken = sorted((card.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM) for card in cards), key=QRectF.top)
    for card in taken:
        if card.intersects(QRectF(at, NEW_CARD)):
            at.setY(_up_to_grid(card.bottom()))
    return at


def free_near(seen: QRectF, size: QSizeF, cards: Sequence[QRectF]) -> QPointF:
    """The place nearest to the middle where something of a size covers no card: in what is seen, else around it."""
    for times in (0, 1, 3):
        across, down = times * seen.width(), times * seen.height()
        found = free_in(seen.adjusted(-across, -down, across, down), size, cards)
        if found is not None:
            return found
    return snapped(seen.center() - QPointF(size.width(), size.height()) / 2)


def free_in(seen: QRectF, size: QSizeF, cards: Iterable[QRectF]) -> QPointF | None:
    """The same in an area alone; None where there is none."""
    step = GRID * math.ceil(max(seen.width(), seen.height(), GRID) / (_PLACES * GRID))
    middle = snapped(seen.center() - QPointF(size.width(), size.height()) / 2)
    across, down = (max(int((whole - part) / 2 / step), 0) for whole, part in
                    ((seen.width(), size.width()), (seen.height(), size.height())))  # fmt: skip
    taken = set[tuple[int, int]]()
    for card in cards:
        area = card.adjusted(-_ROOM - size.width(), -_ROOM - size.height(), _ROOM, _ROOM).translated(-middle)
        taken.update(
            product(_steps(area.left(), area.right(), step, across), _steps(area.top(), area.bottom(), step, down))
        )
    free = set(product(range(-across, across + 1), range(-down, down + 1))) - taken
    right, below = min(free, key=lambda place: (math.hypot(*place), place), default=(None, None))
    return middle + QPointF(right, below) * step if right is not None and below is not None else None


def _steps(first: float, last: float, step: float, most: int) -> range:
    """How many steps from the middle lie between two coordinates, within the view."""
    return range(max(math.floor(first / step) + 1, -most), min(math.ceil(last / step) - 1, most) + 1)


def right_of(card: QRectF, cards: Iterable[QRectF]) -> QPointF:
    """The place for the card that follows another."""
    return free_place(QPointF(card.left() + STEP_X, card.top()), cards)


def room_between(
    link: Link, places: Mapping[str, Position], behind: Collection[str]
) -> tuple[QPointF, dict[str, Position]]:
    """The place for a card that is put into a wire, and where the cards behind it move to make room.

    It is halfway where there is room. Else it follows the card that the wire begins at, and what is in its way goes
    right by as much as it takes, with all that is beside or behind that.
    """
    start, end = places[link.source], places[link.target]
    new = QPointF(start[0] + STEP_X, start[1])
    row = {key: x for key, (x, y) in places.items() if abs(y - start[1]) < STEP_Y / 2 and x > start[0]}
    missing = new.x() + STEP_X - min(row.values(), default=math.inf)
    if missing <= 0:
        return (QPointF((start[0] + end[0]) / 2, start[1]) if link.target in row else new), {}
    first = min(row.values())
    moved = {key: at for key, at in places.items() if at[0] >= first and (key in row or key in behind)}
    return new, {key: (x + missing, y) for key, (x, y) in moved.items()}


def room_for(
    wish: QPointF, link: Link, places: Mapping[str, Position], behind: Collection[str]
) -> tuple[QPointF, dict[str, Position]]:
    """The place nearest to the wish for a card in a wire, and where the cards behind it move to make room.

    It stands clear of where the wire begins; what is in its way, and all that is behind and beside that, goes right.
    """
    at, source = snapped(wish), places[link.source]
    if _in_row(source, at) and source[0] - STEP_X < at.x() < source[0] + STEP_X:
        at.setX(_up_to_grid(source[0] + STEP_X))
    end = at.x() + STEP_X
    row = {key: x for key, (x, y) in places.items() if _in_row((x, y), at) and key != link.source}
    blocking = [x for x in row.values() if at.x() - CARD_WIDTH < x < end]
    if not blocking:
        return at, {}
    first = min(blocking)
    moved = {key: place for key, place in places.items() if place[0] >= first and (key in behind or key in row)}
    return at, {key: (x + end - first, y) for key, (x, y) in moved.items()}


def _in_row(place: Position, at: QPointF) -> bool:
    return abs(place[1] - at.y()) < STEP_Y / 2


def under_mouse(at: QPointF) -> QPointF:
    """The corner of a card that is held by the middle of its header."""
    return snapped(at - QPointF(CARD_WIDTH / 2, HEADER / 2))


def around(cards: Iterable[QRectF]) -> QRectF:
    """The smallest rectangle that holds all cards."""
    covered = QRectF()
    for card in cards:
        covered = covered.united(card)
    return covered


def _up_to_grid(value: float) -> float:
    return float(-(-value // GRID) * GRID)
