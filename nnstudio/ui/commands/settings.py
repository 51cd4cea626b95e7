"""What the person likes."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    shell = place.shell
    return (
        Command(
            "settings", "edit", tr("Se&ttings…"), tr("Colours, hints and the keys of every command"),
            lambda: shell.asides.show_settings(), "Ctrl+,", "settings", line=True,
        ),
        Command(
            "change_keys", "edit", tr("Change &Keys…"), tr("Give commands other keys"),
            lambda: shell.asides.show_keyboard(),
        ),
    )  # fmt: skip


topic = Topic(29, _commands)
