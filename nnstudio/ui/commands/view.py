"""What of the drawing and of the window is seen, and in which colours."""

from __future__ import annotations

from nnstudio.settings import THEMES
from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    canvas, shell, bridge = place.canvas, place.shell, place.bridge
    return (
        Command(
            "fit_all", "view", tr("Fit &All"), tr("Show the whole drawing"), canvas.fit_all, "Home", "fit",
            canvas=True,
        ),
        Command(
            "fit_selection", "view", tr("Fit &Selection"), tr("Show the chosen nodes"), canvas.fit_selection, "F", "",
            lambda: bool(bridge.selection), canvas=True,
        ),
        Command(
            "zoom_in", "view", tr("Zoom &In"), tr("Nearer"), canvas.zoom_in, "Ctrl++; Ctrl+=; +; =", "zoom-in",
            line=True,
        ),
        Command(
            "zoom_out", "view", tr("Zoom &Out"), tr("Farther"), canvas.zoom_out, "Ctrl+-; -", "zoom-out",
        ),
        Command(
            "zoom_reset", "view", tr("&100 %"), tr("As large as drawn"), canvas.reset_zoom, "Ctrl+0",
        ),
        Command(
            "minimap", "view", tr("&Mini Map"), tr("Show or hide the small overview"), canvas.toggle_minimap, "",
            "minimap", checked=lambda: canvas.minimap_wanted, line=True,
        ),
        Command(
            "guides", "view", tr("Snap to Neigh&bours"),
            tr("A dragged card is drawn to the edges and middles of others; with Shift it goes to the grid"),
            lambda: shell.liking.toggle_guides(), checked=lambda: canvas.guided,
        ),
        Command(
            "flow", "view", tr("Gradient Flo&w"), tr("Show on the wires how large the loss's gradient is there"),
            canvas.flow.toggle, "G", "gradients", checked=lambda: canvas.flow.on, canvas=True,
        ),
        *_themes(place),
        Command(
            "next_pane", "view", tr("&Next Pane"), tr("Go to the next part of the window"), shell.next_pane, "F6",
            line=True,
        ),
        Command(
            "previous_pane", "view", tr("Previous Pan&e"), tr("Go to the part of the window before"),
            lambda: shell.next_pane(-1), "Shift+F6",
        ),
        Command(
            "reset_layout", "view", tr("&Reset Layout"), tr("Put every panel back in its place"), shell.reset_layout,
            "", "layout",
        ),
    )  # fmt: skip


def _themes(place: Place) -> list[Command]:
    words = {
        "system": tr("&System"),
        "dark": tr("&Dark"),
        "light": tr("&Light"),
        "high-contrast": tr("&High Contrast"),
    }
    return [_theme(place, mode, words[mode]) for mode in THEMES]


def _theme(place: Place, mode: str, words: str) -> Command:
    return Command(
        f"theme_{mode}", "view/theme", words, tr("Colours of the window"), lambda: place.shell.set_theme(mode),
        checked=lambda: place.shell.theme_mode() == mode, one_of="theme", line=mode == THEMES[0],
    )  # fmt: skip


topic = Topic(40, _commands, lambda: {"view/theme": tr("&Theme")})
