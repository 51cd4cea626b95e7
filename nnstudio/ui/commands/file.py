"""Projects: begin, open, write, leave."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    do, shell = place.projects, place.shell
    return (
        Command("new", "file", tr("&New"), tr("Begin an empty project in a tab of its own"), do.new, "Ctrl+N", "new"),
        Command("open", "file", tr("&Open…"), tr("Open a project"), do.ask_and_open, "Ctrl+O", "open"),
        Command("save", "file", tr("&Save"), tr("Write the project"), do.save, "Ctrl+S", "save", line=True),
        Command(
            "save_as", "file", tr("Save &As…"), tr("Write the project to another file"), do.ask_and_save,
            "Ctrl+Shift+S",
        ),
        Command(
            "close_tab", "file", tr("&Close"), tr("Close the project; unsaved work is asked about"), do.close, "Ctrl+W",
            "close", line=True,
        ),
        Command("quit", "file", tr("&Quit"), tr("Close the window"), shell.close, "Ctrl+Q"),
    )  # fmt: skip


topic = Topic(10, _commands)
