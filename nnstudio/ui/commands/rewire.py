"""Wires led another way, and nodes that come and go with their wires kept."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    rewire, bridge, canvas = place.canvas.rewire, place.bridge, place.canvas

    def chosen() -> bool:
        return bool(bridge.selection)

    return (
        Command(
            "replace", "edit", tr("Replace With…"),
            tr("Put another layer in the place of the chosen one; wires and values stay where they fit"),
            rewire.ask_replacement, "Ctrl+R", "swap", chosen, canvas=True, line=True,
        ),
        Command(
            "pull_out", "edit/wires", tr("Pull &Out"),
            tr("Take the chosen nodes out of their wires, which are joined without them"), rewire.pull_out,
            "Alt+Shift+O", "", chosen, canvas=True, line=True,
        ),
        Command(
            "swap_wires", "edit/wires", tr("S&wap Wires"), tr("Let the two chosen wires change their ends"),
            rewire.swap, "Ctrl+Shift+X", "", canvas=True,
        ),
        Command(
            "swap_inputs", "edit/wires", tr("Swap I&nputs"),
            tr("Let what comes in at the two inputs of a node change places"),
            rewire.swap_inputs, "X", "", lambda: len(bridge.selection) == 1, canvas=True,
        ),
        Command(
            "wire_earlier", "edit/wires", tr("Wire Ea&rlier"),
            tr("Move the chosen wire up in the order of those that end at the same input"), rewire.earlier,
            "Alt+Up", "chevron-up", canvas=True,
        ),
        Command(
            "wire_later", "edit/wires", tr("Wire La&ter"),
            tr("Move the chosen wire down in the order of those that end at the same input"), rewire.later,
            "Alt+Down", "chevron-down", canvas=True,
        ),
        Command(
            "use_definition", "block", tr("&Use Definition Of…"),
            tr("Link this copy to another block whose ports suit"), rewire.ask_definition, "", "",
            lambda: len(canvas.chosen_blocks()) == 1 == len(bridge.selection), canvas=True,
        ),
    )  # fmt: skip


topic = Topic(24, _commands, lambda: {"edit/wires": tr("W&ires")})
