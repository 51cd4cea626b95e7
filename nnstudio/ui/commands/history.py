"""Back and forth through the steps of a project."""

from __future__ import annotations

from nnstudio.graph.history import History
from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    bridge = place.bridge

    def history() -> History:
        return bridge.session.document.history

    return (
        Command(
            "undo", "edit", tr("Undo"), tr("Take back the last step"), bridge.undo, "Ctrl+Z", "undo",
            lambda: bool(history().undo_name), lambda: tr("Undo {0}").format(history().undo_name).strip(),
        ),
        Command(
            "redo", "edit", tr("Redo"), tr("Do the step again"), bridge.redo, "Ctrl+Shift+Z; Ctrl+Y", "redo",
            lambda: bool(history().redo_name), lambda: tr("Redo {0}").format(history().redo_name).strip(),
        ),
    )  # fmt: skip


topic = Topic(18, _commands)
