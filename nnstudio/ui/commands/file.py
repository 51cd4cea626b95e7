"""Projects: begin, open, write, leave."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr
from nnstudio.ui.projects.drawing_export import DrawingExport


def _commands(place: Place) -> tuple[Command, ...]:
    do, shell = place.projects, place.shell
    drawing = DrawingExport(place)
    return (
        Command("new", "file", tr("&New"), tr("Begin an empty project in a tab of its own"), do.new, "Ctrl+N", "new"),
        Command("open", "file", tr("&Open…"), tr("Open a project"), do.ask_and_open, "Ctrl+O", "open"),
        Command(
            "import", "file", tr("&Import Data…"), tr("Learn from a file of your own: a table, text or arrays"),
            lambda: shell.importing.ask(), "Ctrl+I", "data", line=True,
        ),
        Command(
            "import_folder", "file", tr("Import I&mages…"), tr("Learn from a folder that has a folder for each class"),
            lambda: shell.importing.ask_folder(), "Ctrl+Shift+I",
        ),
        Command("save", "file", tr("&Save"), tr("Write the project"), do.save, "Ctrl+S", "save", line=True),
        Command(
            "save_as", "file", tr("Save &As…"), tr("Write the project to another file"), do.ask_and_save,
            "Ctrl+Shift+S",
        ),
        Command(
            "export_light", "file/drawing", tr("&Light…"), tr("Write the drawing as SVG, PNG or PDF, in light colours"),
            lambda: drawing.ask("light"), enabled=drawing.possible,
        ),
        Command(
            "export_dark", "file/drawing", tr("&Dark…"), tr("Write the drawing as SVG, PNG or PDF, in dark colours"),
            lambda: drawing.ask("dark"), enabled=drawing.possible,
        ),
        Command(
            "export_transparent", "file/drawing", tr("&Transparent Background"),
            tr("Leave out what is behind the drawing, as for a slide"), drawing.toggle_ground,
            checked=lambda: drawing.transparent, line=True,
        ),
        Command(
            "recover", "file", tr("Reco&ver…"), tr("Show what a crash has left unsaved"),
            lambda: shell.recovering.ask(), "", "", lambda: shell.recovering.something_left,
        ),
        Command(
            "close_tab", "file", tr("&Close"), tr("Close the project; unsaved work is asked about"), do.close, "Ctrl+W",
            "close", line=True,
        ),
        Command("quit", "file", tr("&Quit"), tr("Close the window"), shell.close, "Ctrl+Q"),
    )  # fmt: skip


topic = Topic(10, _commands, lambda: {"file/drawing": tr("Export &Drawing")})
