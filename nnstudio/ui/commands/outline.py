"""The project as a tree of words."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    return (
        Command(
            "outline", "view", tr("O&utline"),
            tr("Go to the list of all nodes, which the keyboard walks and a screen reader reads"),
            place.shell.show_outline, "Ctrl+Shift+O", "outline", line=True,
        ),
    )  # fmt: skip


topic = Topic(41, _commands)
