"""What is done to the chosen nodes and wires."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    canvas, bridge, shell = place.canvas, place.bridge, place.shell

    def chosen() -> bool:
        return bool(bridge.selection)

    return (
        Command(
            "delete", "edit", tr("D&elete"), tr("Take out what is chosen; what lies in a frame stays"),
            canvas.delete_selection, "Del; Backspace", "delete", canvas=True, line=True,
        ),
        Command(
            "delete_rejoin", "edit", tr("Delete and Re&join"),
            tr("Take out the chosen nodes, and join the wires that led to and from them"),
            canvas.rewire.delete_rejoined, "Ctrl+Del", "", lambda: bool(canvas.marking.has_chosen), canvas=True,
        ),
        Command(
            "mute", "edit", tr("&Mute"), tr("Leave the chosen nodes out, or take them in again"),
            canvas.toggle_mute, "M", "mute", chosen, canvas=True,
        ),
        Command(
            "freeze", "edit", tr("Free&ze"),
            tr("Training leaves the weights of the chosen nodes as they are, or changes them again"),
            canvas.toggle_frozen, "Shift+F", "frozen", canvas.may_freeze, canvas=True,
            named=lambda: tr("Unfree&ze") if canvas.all_frozen() else tr("Free&ze"),
            why=lambda: tr("Choose a node with weights first."),
        ),
        Command(
            "rename", "edit", tr("&Rename"), tr("Give the chosen node another name"), shell.rename_node, "F2", "",
            lambda: len(bridge.selection) == 1,
        ),
        Command(
            "select_all", "edit", tr("Select &All"), tr("Choose all nodes, frames and comments"),
            canvas.select_all, "Ctrl+A", "", lambda: bool(bridge.sheet.nodes or bridge.sheet.marks),
            canvas=True, line=True,
        ),
        Command(
            "search", "edit", tr("&Search Layers"), tr("Look for a layer in the list at the left"),
            shell.search_layers, "/", "search",
        ),
    )  # fmt: skip


topic = Topic(20, _commands)
