"""The drawing without a mouse: from node to node, to the side, and wires by a list."""

from __future__ import annotations

from functools import partial

from nnstudio.ui.canvas.tools.walking import FAR
from nnstudio.ui.command import Command, Place, Topic, tr

_SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def _walks(place: Place) -> list[Command]:
    words = {
        "left": (tr("&Before"), tr("Choose the node that the chosen one takes from, or the next one to the left")),
        "right": (tr("Be&hind"), tr("Choose the node behind the chosen one, or the next one to the right")),
        "up": (tr("&Above"), tr("Choose the next node above")),
        "down": (tr("Be&low"), tr("Choose the next node below")),
    }
    return [
        Command(
            f"walk_{side}", "edit/walk", text, tip, partial(place.canvas.walker.walk, *_SIDES[side]), side.title(),
            enabled=lambda: bool(place.bridge.sheet.nodes), canvas=True, line=side == "left",
        )
        for side, (text, tip) in words.items()
    ]  # fmt: skip


def _nudges(place: Place) -> list[Command]:
    words = {"left": tr("&Left"), "right": tr("&Right"), "up": tr("&Up"), "down": tr("&Down")}
    more = {
        "left": tr("Far L&eft"), "right": tr("Far R&ight"), "up": tr("Far U&p"), "down": tr("Far D&own"),
    }  # fmt: skip
    tip, far = (
        tr("Move what is chosen to the next line of the grid"),
        tr("Move what is chosen by five lines of the grid"),
    )
    return [*_moves(place, "nudge", words, tip, "Shift", 1), *_moves(place, "push", more, far, "Ctrl+Shift", FAR)]


def _moves(place: Place, key: str, words: dict[str, str], tip: str, held: str, steps: int) -> list[Command]:
    nudge, canvas = place.canvas.walker.nudge, place.canvas.canvas
    return [
        Command(
            f"{key}_{side}", "edit/move", text, tip, partial(nudge, _SIDES[side][0] * steps, _SIDES[side][1] * steps),
            f"{held}+{side.title()}", enabled=lambda: bool(canvas.chosen_things), canvas=True, line=side == "left",
        )
        for side, text in words.items()
    ]  # fmt: skip


def _commands(place: Place) -> tuple[Command, ...]:
    connect = Command(
        "connect_to", "edit/wires", tr("&Connect To…"),
        tr("Choose from a list what to connect the chosen node to"), place.canvas.linker.ask, "C", "",
        lambda: bool(place.bridge.selection), canvas=True, line=True,
    )  # fmt: skip
    return (connect, *_walks(place), *_nudges(place))


topic = Topic(27, _commands, lambda: {"edit/walk": tr("G&o To"), "edit/move": tr("Mo&ve")})
