"""The ways of wires."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    canvas = place.canvas

    def wires() -> bool:
        return canvas.canvas.is_open and bool(canvas.canvas.chosen_links)

    def one() -> bool:
        return wires() and len(canvas.canvas.chosen_links) == 1

    return (
        Command(
            "insert_into_wire", "edit/wires", tr("Insert La&yer…"), tr("Put a layer into the chosen wire"),
            lambda: canvas.adder.ask_into(canvas.canvas.chosen_links[0]), "", "", one, canvas=True, line=True,
        ),
        Command(
            "add_dots", "edit/wires", tr("Add Reroute &Point"),
            tr("A point on each chosen wire, to lead it by; so does a double click on a wire"),
            canvas.add_dots, "", "", wires, canvas=True,
        ),
        Command(
            "straighten", "edit/wires", tr("Strai&ghten Wires"), tr("Take all reroute points off the chosen wires"),
            canvas.straighten, "", "", lambda: canvas.canvas.is_open and bool(canvas.led_wires()), canvas=True,
        ),
    )  # fmt: skip


topic = Topic(25, _commands)
