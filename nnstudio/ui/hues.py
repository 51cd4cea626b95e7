"""The colours that a person may give to nodes, frames and comments, by the names in `graph.looks`."""

from __future__ import annotations

from PySide6.QtGui import QColor

from nnstudio.ui import theme

HUES = {
    "blue": "#0072B2",
    "green": "#009E73",
    "yellow": "#F0E442",
    "orange": "#E69F00",
    "red": "#D55E00",
    "pink": "#CC79A7",
    "grey": "#999999",
}
# The few hues that would drown in a theme's background, in a tone that does not.
_ON_DARK = {"blue": "#2F86C9"}
_ON_LIGHT = {"yellow": "#B8A900"}
_IN_HEADERS = 0.27
"""How much of a chosen colour is in a node's header."""


def mark_color(name: str) -> QColor:
    """The colour of that name in the theme in force; without one it is muted."""
    tuned = _ON_DARK if theme.current().tokens.dark else _ON_LIGHT
    return theme.color(tuned.get(name) or HUES.get(name, "muted"))


def card_color(family: str, chosen: str) -> QColor:
    """The colour of a node: the one that a person chose, or the family's."""
    return mark_color(chosen) if chosen else theme.family_color(family)


def header_color(family: str, chosen: str) -> QColor:
    """The background of a node's header; of a chosen colour there is more in it than of the family's."""
    if not chosen:
        return theme.header_color(family)
    return theme.mix(theme.color("raised"), mark_color(chosen), _IN_HEADERS)


def prose(px: int = theme.BASE_PX) -> str:
    """A style sheet for a field in which a person writes sentences, where fields for code have a font of one width."""
    families = ", ".join(f'"{family}"' for family in theme.base_font().families())
    return f"font-family: {families}; font-size: {px}px;"
