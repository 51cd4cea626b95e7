"""Blocks: make, dissolve, go inside."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    canvas, bridge, shell = place.canvas, place.bridge, place.shell

    def chosen() -> bool:
        return bool(canvas.chosen_blocks())

    return (
        Command(
            "make_block", "block", tr("&Make Block"), tr("Put the chosen nodes into a block of their own"),
            canvas.make_block, "Ctrl+G", "block", lambda: bool(bridge.selection), canvas=True,
        ),
        Command(
            "dissolve_block", "block", tr("&Dissolve Block"),
            tr("Put what is inside the chosen blocks in their places"),
            canvas.dissolve_block, "Ctrl+Shift+G", "", chosen, canvas=True,
        ),
        Command(
            "enter_block", "block", tr("&Go Inside"),
            tr("Show what is inside the chosen block; so does a double click"),
            canvas.enter_block, "Ctrl+Down", "chevron-right", chosen, canvas=True, line=True,
        ),
        Command(
            "leave_block", "block", tr("&Leave Block"), tr("Go back to the drawing that the block is used in"),
            canvas.leave_block, "Ctrl+Up", "chevron-left", lambda: bool(bridge.path), canvas=True,
        ),
        Command(
            "rename_block", "block", tr("&Rename Block"), tr("Give the chosen block's definition another name"),
            shell.rename_block, "Shift+F2", "", lambda: chosen() or bool(bridge.path), line=True,
        ),
        Command(
            "unlink_block", "block", tr("Make &Independent"),
            tr("Give this copy a definition of its own, so that edits inside it change no other copy"),
            canvas.unlink_block, "", "", canvas.can_unlink,
        ),
    )  # fmt: skip


topic = Topic(30, _commands)
