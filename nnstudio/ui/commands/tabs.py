"""Tabs: from one open project to the next."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    do = place.projects
    return (
        Command(
            "next_tab", "view", tr("Ne&xt Project"), tr("Show the project in the next tab"), lambda: do.step(1),
            "Ctrl+Tab; Ctrl+PgDown", line=True,
        ),
        Command(
            "previous_tab", "view", tr("Pre&vious Project"), tr("Show the project in the tab before"),
            lambda: do.step(-1), "Ctrl+Shift+Tab; Ctrl+PgUp",
        ),
    )  # fmt: skip


topic = Topic(45, _commands)
"""After the rows of View."""
