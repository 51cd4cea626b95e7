"""Where cards are: lay out, align, distribute, snap to the grid."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr

_MENU = "edit/arrange"


def _commands(place: Place) -> tuple[Command, ...]:
    arranger, bridge = place.canvas.arranger, place.bridge
    return (
        Command(
            "lay_out", _MENU, tr("Lay &Out"),
            tr("Put the chosen nodes in order from left to right; all of them where fewer than two are chosen"),
            arranger.lay_out, "Ctrl+L", "layout", lambda: bool(bridge.sheet.nodes), canvas=True, line=True,
        ),
        *_aligning(place),
        *_distributing(place),
        Command(
            "snap", _MENU, tr("S&nap to Grid"), tr("Put the chosen nodes on the nearest lines of the grid"),
            arranger.snap, "Alt+Shift+G", "snap", lambda: bool(bridge.selection), canvas=True,
        ),
    )  # fmt: skip


def _aligning(place: Place) -> list[Command]:
    rows = {
        "left": (tr("Align &Left"), tr("Bring the left edges of the chosen nodes on one line"), "Alt+Shift+Left"),
        "center": (tr("Align &Centers"), tr("Put the chosen nodes one above the other"), "Alt+Shift+C"),
        "right": (tr("Align &Right"), tr("Bring the right edges of the chosen nodes on one line"), "Alt+Shift+Right"),
        "top": (tr("Align &Top"), tr("Bring the top edges of the chosen nodes on one line"), "Alt+Shift+Up"),
        "middle": (tr("Align &Middles"), tr("Put the chosen nodes side by side"), "Alt+Shift+M"),
        "bottom": (tr("Align &Bottom"), tr("Bring the lower edges of the chosen nodes on one line"), "Alt+Shift+Down"),
    }
    return [
        Command(
            f"align_{edge}", _MENU, text, tip, lambda edge=edge: place.canvas.arranger.align(edge),  # type: ignore[misc]  # bound at once
            key, f"align-{edge}", lambda: len(place.bridge.selection) > 1, canvas=True, line=edge in ("left", "top"),
        )
        for edge, (text, tip, key) in rows.items()
    ]  # fmt: skip


def _distributing(place: Place) -> list[Command]:
    rows = {
        "horizontal": (tr("Distribute &Horizontally"), tr("The same gap between the chosen nodes, from left to right")),
        "vertical": (tr("Distribute &Vertically"), tr("The same gap between the chosen nodes, from top to bottom")),
    }
    return [
        Command(
            f"distribute_{axis}", _MENU, text, tip, lambda axis=axis: place.canvas.arranger.distribute(axis),  # type: ignore[misc]  # bound at once
            f"Alt+Shift+{axis[0].upper()}", f"distribute-{axis}", lambda: len(place.bridge.selection) > 2,
            canvas=True, line=axis == "horizontal",
        )
        for axis, (text, tip) in rows.items()
    ]  # fmt: skip


topic = Topic(25, _commands, lambda: {_MENU: tr("Arra&nge")})
