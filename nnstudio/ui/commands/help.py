"""What a person can be told."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    shell = place.shell
    return (
        Command(
            "shortcuts", "help", tr("&Keyboard Shortcuts"), tr("Every key that does something"),
            lambda: shell.asides.show_shortcuts(), "F1", "help",
        ),
        Command(
            "about", "help", tr("&About NNStudio"), tr("Version and licence"),
            lambda: shell.asides.show_about(), "", "info",
        ),
    )  # fmt: skip


topic = Topic(90, _commands)
