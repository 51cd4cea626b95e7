"""Painting points."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    return (
        Command(
            "paint", "edit", tr("Paint Points"), tr("Paint the points that a network learns from, class by class"),
            lambda: place.shell.show_panel("paint"), "Ctrl+Alt+P", "paint", line=True,
        ),
    )  # fmt: skip


topic = Topic(28, _commands)
