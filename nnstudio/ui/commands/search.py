"""What is looked for: something to add."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    canvas = place.canvas
    return (
        Command(
            "add_layer", "add", tr("Search and Add…"),
            tr("Type what to add; it follows the chosen node. A double click or Space on the canvas asks the same"),
            canvas.adder.ask_next, "Tab; Shift+A", "search", canvas=True,
        ),
    )  # fmt: skip


topic = Topic(25, _commands)
