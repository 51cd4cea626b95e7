"""What is looked for: something to add, and what is there already."""

from __future__ import annotations

from collections.abc import Callable

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    canvas = place.canvas

    def found(go: Callable[[], object]) -> Callable[[], None]:
        """What is found is seen: no page lies over it."""

        def show() -> None:
            place.shell.asides.leave_welcome()
            go()

        return show

    return (
        Command(
            "add_layer", "add", tr("Search and Add…"),
            tr("Type what to add; it follows the chosen node. A double click or Space on the canvas asks the same"),
            canvas.adder.ask_next, "Tab; Shift+A", "search", canvas=True,
        ),
        Command(
            "find", "edit", tr("&Find…"),
            tr("Look for nodes, values, notes, frames and comments in the whole project"), found(canvas.find_bar.begin),
            "Ctrl+F", "search", line=True,
        ),
        Command(
            "find_next", "edit/find", tr("Find &Next"), tr("Go to the next node that was found"),
            found(lambda: canvas.find_bar.go(1)), "F3",
        ),
        Command(
            "find_previous", "edit/find", tr("Find &Previous"), tr("Go to the node found before"),
            found(lambda: canvas.find_bar.go(-1)), "Shift+F3",
        ),
    )  # fmt: skip


topic = Topic(25, _commands, lambda: {"edit/find": tr("Find A&gain")})
