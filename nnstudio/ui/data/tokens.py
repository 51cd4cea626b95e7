"""Paints tokens: each on a quiet tint of its own, with marks for what can not be seen, and chips for start and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from nnstudio.data.spec import Field
from nnstudio.ui import theme
from nnstudio.ui.data.words import MARKS, class_text, edge_text, of_characters, token_text

LINE = 20.0
INSET = 4.0
"""Around a word; a letter has a quarter of it."""
GAP = 3.0
TINTS = ("linear", "merge")
"""Families whose hues alternate, a breath of each."""
STRENGTH = (0.20, 0.16)
DOT = "·"
"""Stands for padding."""


@dataclass(frozen=True)
class Piece:
    """A token as it is painted: `kind` is token, mark (what can not be seen), padding or edge (start and end)."""

    text: str
    kind: str
    place: int


@dataclass(frozen=True)
class Laid:
    """A token at its place."""

    piece: Piece
    rect: QRectF


def pieces(field: Field, values: Any, names: Sequence[str]) -> list[Piece]:
    """A sample's tokens, in their order."""
    return [_piece(field, int(value), names, place) for place, value in enumerate(np.asarray(values).reshape(-1))]


def lay_out(found: Sequence[Piece], room: QRectF, metrics: QFontMetricsF, *, letters: bool) -> list[Laid]:
    """Tokens in lines as wide as the room, as many as it is high; where they do not all fit, an ellipsis ends them."""
    inset, gap = (INSET / 4, 0.0) if letters else (INSET, GAP)
    laid: list[Laid] = []
    left, top = room.left(), room.top()
    for piece in found:
        edge = piece.kind == "edge"
        width = metrics.horizontalAdvance(piece.text) + 2 * (INSET + 1 if edge else inset)
        if left + width > room.right() and left > room.left():
            left, top = room.left(), top + LINE
        if top + LINE > room.bottom() + 1:
            return _shortened(laid, room, metrics)
        before = GAP if edge and left > room.left() and not gap else 0.0
        laid.append(Laid(piece, QRectF(left + before, top, width, LINE)))
        left += before + width + (GAP if edge else gap)
    return laid


def grounds(on: str = "surface") -> list[QColor]:
    """What tokens stand on, one after the other, where all stands on that colour of the theme."""
    return [theme.mix(theme.color(on), theme.family_color(f), s) for f, s in zip(TINTS, STRENGTH, strict=True)]


def paint(painter: QPainter, laid: Sequence[Laid]) -> None:
    """Paint tokens where they lie."""
    shades = grounds()
    for each in laid:
        rect = each.rect.adjusted(0.5, 2, -0.5, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if each.piece.kind == "edge":
            painter.setPen(theme.color("muted"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        elif each.piece.kind in ("token", "mark"):
            painter.setBrush(shades[each.piece.place % 2])
            painter.drawRoundedRect(rect, 2, 2)
        painter.setPen(_ink(each.piece.kind))
        painter.drawText(each.rect, Qt.AlignmentFlag.AlignCenter, each.piece.text)


def longest_width(field: Field, names: Sequence[str], metrics: QFontMetricsF) -> float:
    """About how wide a full sample is."""
    count = int(np.prod(field.shape))
    if of_characters(field, names):
        return count * (metrics.averageCharWidth() + INSET / 2 + 1)
    mean = sum(map(len, names)) / len(names) if names else 3
    return count * (mean * metrics.averageCharWidth() + 2 * INSET + GAP)


def at(laid: Sequence[Laid], point: QPointF) -> Piece | None:
    """The token there."""
    return next((each.piece for each in laid if each.rect.contains(point)), None)


def described(field: Field, values: Any, names: Sequence[str], piece: Piece) -> str:
    """A token in words: `token 3 · 'a' · 27`."""
    value = int(np.asarray(values).reshape(-1)[piece.place])
    return f"{piece.place} · {class_text(value, names)!r} · {value}"


def _piece(field: Field, value: int, names: Sequence[str], place: int) -> Piece:
    if value == field.padding:
        return Piece(DOT, "padding", place)
    if value in (field.start, field.end):
        return Piece(edge_text(field, value, names), "edge", place)
    text = token_text(value, names)
    return Piece(text, "mark" if text in MARKS.values() else "token", place)


def _ink(kind: str) -> QColor:
    return theme.color({"token": "text", "padding": "disabled"}.get(kind, "muted"))


def _shortened(laid: list[Laid], room: QRectF, metrics: QFontMetricsF) -> list[Laid]:
    """The same with the last tokens given up for an ellipsis."""
    if not laid:
        return laid
    width = metrics.horizontalAdvance("…") + 2
    kept = list(laid)
    while len(kept) > 1 and kept[-1].rect.right() + width > room.right():
        kept.pop()
    last = kept[-1].rect
    kept.append(Laid(Piece("…", "padding", -1), QRectF(last.right(), last.top(), width, LINE)))
    return kept


def lines_of(width: float, room: float, most: int) -> int:
    """How many lines so much text takes, and no more than `most`."""
    return min(max(int(np.ceil(width / max(room, 1.0))), 1), most)


def shown(field: Field, values: Any, names: Sequence[str]) -> Iterator[Piece]:
    """The tokens without the padding that ends them but for one, which says that there is some."""
    found = pieces(field, values, names)
    last = max((piece.place for piece in found if piece.kind != "padding"), default=-1)
    yield from found[: last + 1]
    rest = len(found) - last - 1
    if rest:
        yield Piece(DOT * min(rest, 3), "padding", last + 1)
