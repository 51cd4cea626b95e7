"""Copies: by the clipboard, and beside."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    clipboard, marking = place.canvas.clipboard, place.canvas.marking

    def chosen() -> bool:
        return bool(marking.has_chosen)

    return (
        Command(
            "cut", "edit", tr("C&ut"), tr("Move what is chosen to the clipboard; wires rejoin where they can"),
            clipboard.cut, "Ctrl+X", "cut", chosen, canvas=True, line=True,
        ),
        Command(
            "copy", "edit", tr("&Copy"), tr("Copy what is chosen, as text that any editor can take"),
            clipboard.copy, "Ctrl+C", "copy", chosen, canvas=True,
        ),
        Command(
            "paste", "edit", tr("&Paste"), tr("Put in what was copied, here or in another project"),
            clipboard.paste, "Ctrl+V", "paste", canvas=True,
        ),
        Command(
            "paste_connected", "edit", tr("Paste With Wires"),
            tr("Paste, and take from the same nodes as what was copied"), clipboard.paste_connected, "Ctrl+Shift+V",
            canvas=True,
        ),
        Command(
            "duplicate", "edit", tr("&Duplicate"), tr("Copy what is chosen, right beside it"), clipboard.duplicate,
            "Ctrl+D", "", chosen, canvas=True,
        ),
        Command(
            "duplicate_connected", "edit", tr("Duplicate With Wires"),
            tr("Copy the chosen nodes, and let the copies take from the same nodes"), clipboard.duplicate_connected,
            "Ctrl+Shift+D", "", chosen, canvas=True,
        ),
    )  # fmt: skip


topic = Topic(19, _commands)
