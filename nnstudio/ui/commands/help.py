"""What a person can be told."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    shell = place.shell
    return (
        Command(
            "welcome", "help", tr("&Welcome"), tr("Examples as pictures, and the last projects"),
            lambda: shell.asides.show_welcome(), "", "info",
        ),
        Command(
            "commands", "help", tr("&Commands…"), tr("Find anything that can be done by typing what it is called"),
            lambda: shell.asides.show_commands(), "Ctrl+Shift+P", "search",
        ),
        Command(
            "shortcuts", "help", tr("&Keyboard Shortcuts"), tr("Every key that does something"),
            lambda: shell.asides.show_shortcuts(), "F1", "help",
        ),
        Command(
            "hints", "help", tr("Show &Hints Again"), tr("Notes beside what they explain, from the beginning"),
            lambda: shell.asides.show_hints_again(), "", "info",
        ),
        Command(
            "about", "help", tr("&About NNStudio"), tr("Version and licence"),
            lambda: shell.asides.show_about(), "", "info",
        ),
    )  # fmt: skip


topic = Topic(90, _commands)
