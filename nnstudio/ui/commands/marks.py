"""Frames, comments, and how nodes look; nothing of it changes what is computed."""

from __future__ import annotations

from nnstudio.graph.looks import COLORS
from nnstudio.ui.canvas.texts import color_title
from nnstudio.ui.command import Command, Place, Topic, tr

_MENU = "edit/looks"


def _commands(place: Place) -> tuple[Command, ...]:
    marking, bridge = place.canvas.marking, place.bridge

    def nodes() -> bool:
        return bool(bridge.selection)

    return (
        Command(
            "frame", _MENU, tr("&Frame"), tr("Put a frame with a title around what is chosen, or an empty one"),
            marking.add_frame, "Ctrl+Shift+F", "frame", canvas=True, line=True,
        ),
        Command(
            "comment", _MENU, tr("Add &Comment"), tr("Write a comment, in Markdown, into the drawing"),
            marking.add_comment, "Shift+C", "comment", canvas=True,
        ),
        *_colors(place),
        Command(
            "note", _MENU, tr("Edit &Note"), tr("Write a note at the chosen node; its tip shows it"),
            marking.edit_note, "N", "note", nodes, canvas=True,
        ),
        Command(
            "collapse", _MENU, tr("Co&llapse"), tr("Show only headers and ports of the chosen nodes, or all again"),
            marking.toggle_collapsed, "H", "", nodes, checked=lambda: marking.are_all(lambda looks: looks.collapsed),
            canvas=True,
        ),
        Command(
            "lock", _MENU, tr("Loc&k Position"), tr("Keep the chosen nodes where they are, or let them move again"),
            marking.toggle_locked, "L", "lock", nodes, checked=lambda: marking.are_all(lambda looks: looks.locked),
            canvas=True,
        ),
    )  # fmt: skip


def _colors(place: Place) -> list[Command]:
    return [_color(place, name) for name in ("", *COLORS)]


def _color(place: Place, name: str) -> Command:
    marking = place.canvas.marking
    return Command(
        f"color_{name or 'usual'}", f"{_MENU}/color", color_title(name),
        tr("Colour of the chosen nodes, frames and comments"), lambda: marking.set_color(name),
        icon="dot" if name else "", tint=f"mark:{name}" if name else "", enabled=lambda: marking.has_chosen,
        checked=lambda: marking.colors() == {name},
    )  # fmt: skip


topic = Topic(25, _commands, lambda: {_MENU: tr("&Looks and Notes"), f"{_MENU}/color": tr("C&olour")})
