"""Every command of the window as one row of a table: text, shortcut, what it calls, when it is possible.

Menus and shortcuts are built from the table, and so is the list of shortcuts in the Help menu.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from nnstudio.settings import THEMES
from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.projects import Projects
from nnstudio.ui.run_control import RunControl


@dataclass(frozen=True)
class Command:
    """One command. `enabled` may be asked at any time; `canvas` means that its shortcut works on the canvas only.

    `named` gives a text that follows from the state, as "Undo Add conv"; `line` draws a line above it in the menu.
    """

    key: str
    menu: str
    text: str
    tip: str
    call: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    enabled: Callable[[], bool] = lambda: True
    named: Callable[[], str] | None = None
    checked: Callable[[], bool] | None = None
    canvas: bool = False
    line: bool = False


@dataclass(frozen=True)
class Place:
    """What the commands act on. `canvas` is the view of the drawing, `shell` the window around it."""

    bridge: Bridge
    projects: Projects
    run: RunControl
    canvas: Any
    shell: Any


class Actions(QObject):
    """The table, and the actions made from it. `refresh` brings texts and possibilities up to date."""

    def __init__(self, place: Place, window: QWidget) -> None:
        super().__init__(window)
        self._place = place
        self.table: tuple[Command, ...] = (
            *self._file(),
            *self._edit(),
            *self._block(),
            *self._view(),
            *self._theme(),
            *self._train(),
            *self._help(),
        )
        self._actions = {command.key: self._make(command, window) for command in self.table}
        self._group_themes(window)
        bridge = place.bridge
        for signal in (bridge.session_changed, bridge.history_changed, bridge.selection_changed):
            signal.connect(self.refresh)
        for signal in (bridge.run_changed, bridge.engine_changed, bridge.sheet_changed):
            signal.connect(self.refresh)
        self.refresh()

    def action(self, key: str) -> QAction:
        """The action of a command."""
        return self._actions[key]

    def refresh(self, *_: object) -> None:
        """Texts, ticks and possibilities as they are now."""
        for command in self.table:
            action = self._actions[command.key]
            action.setEnabled(command.enabled())
            if command.named is not None:
                action.setText(command.named())
            if command.checked is not None:
                action.setChecked(command.checked())

    # The table

    def _file(self) -> tuple[Command, ...]:
        do, shell = self._place.projects, self._place.shell
        tr = self.tr
        return (
            Command("new", "file", tr("&New"), tr("Begin an empty project"), do.new, "Ctrl+N", "new"),
            Command("open", "file", tr("&Open…"), tr("Open a project"), do.ask_and_open, "Ctrl+O", "open"),
            Command("save", "file", tr("&Save"), tr("Write the project"), do.save, "Ctrl+S", "save", line=True),
            Command(
                "save_as", "file", tr("Save &As…"), tr("Write the project to another file"), do.ask_and_save,
                "Ctrl+Shift+S",
            ),
            Command("quit", "file", tr("&Quit"), tr("Close the window"), shell.close, "Ctrl+Q", line=True),
        )  # fmt: skip

    def _edit(self) -> tuple[Command, ...]:
        canvas, bridge, tr = self._place.canvas, self._place.bridge, self.tr

        def document() -> Any:
            return bridge.session.document

        def undo_text() -> str:
            return tr("Undo {0}").format(document().history.undo_name).strip()

        def redo_text() -> str:
            return tr("Redo {0}").format(document().history.redo_name).strip()

        def chosen() -> bool:
            return bool(bridge.selection)

        def some() -> bool:
            return bool(bridge.sheet.nodes)

        return (
            Command(
                "undo", "edit", tr("Undo"), tr("Take back the last step"), bridge.undo, "Ctrl+Z", "undo",
                lambda: bool(document().history.undo_name), undo_text,
            ),
            Command(
                "redo", "edit", tr("Redo"), tr("Do the step again"), bridge.redo, "Ctrl+Shift+Z", "redo",
                lambda: bool(document().history.redo_name), redo_text,
            ),
            Command(
                "duplicate", "edit", tr("&Duplicate"), tr("Copy the chosen nodes beside themselves"),
                canvas.duplicate_selection, "Ctrl+D", "", chosen, canvas=True, line=True,
            ),
            Command(
                "delete", "edit", tr("D&elete"), tr("Take out the chosen nodes and wires"), canvas.delete_selection,
                "Del", "delete", canvas=True,
            ),
            Command(
                "mute", "edit", tr("&Mute"), tr("Leave the chosen nodes out, or take them in again"),
                canvas.toggle_mute, "M", "mute", chosen, canvas=True,
            ),
            Command(
                "rename", "edit", tr("&Rename"), tr("Give the chosen node another name"),
                self._place.shell.rename_node, "F2", "", lambda: len(bridge.selection) == 1,
            ),
            Command(
                "select_all", "edit", tr("Select &All"), tr("Choose every node"), canvas.select_all, "Ctrl+A", "", some,
                canvas=True, line=True,
            ),
            Command(
                "search", "edit", tr("&Search Layers"), tr("Look for a layer in the list at the left"),
                self._place.shell.search_layers, "/", "search",
            ),
        )  # fmt: skip

    def _block(self) -> tuple[Command, ...]:
        canvas, bridge, tr = self._place.canvas, self._place.bridge, self.tr

        def chosen() -> bool:
            return bool(canvas.chosen_blocks())

        return (
            Command(
                "make_block", "block", tr("&Make Block"), tr("Put the chosen nodes into a block of their own"),
                canvas.make_block, "Ctrl+G", "block", lambda: bool(bridge.selection), canvas=True,
            ),
            Command(
                "dissolve_block", "block", tr("&Dissolve Block"),
                tr("Put what is inside the chosen block in its place"),
                canvas.dissolve_block, "Ctrl+Shift+G", "", chosen, canvas=True,
            ),
            Command(
                "enter_block", "block", tr("&Go Inside"),
                tr("Show what is inside the chosen block; so does a double click"),
                canvas.enter_block, "Ctrl+Down", "chevron-right", chosen, canvas=True, line=True,
            ),
            Command(
                "leave_block", "block", tr("&Leave Block"), tr("Go back to the drawing that the block is used in"),
                canvas.leave_block, "Ctrl+Up", "chevron-left", lambda: bool(bridge.path),
                canvas=True,
            ),
            Command(
                "rename_block", "block", tr("&Rename Block"), tr("Give the chosen block's definition another name"),
                self._place.shell.rename_block, "Shift+F2", "", lambda: chosen() or bool(bridge.path), line=True,
            ),
            Command(
                "unlink_block", "block", tr("Make &Independent"),
                tr("Give this copy a definition of its own, so that edits inside it change no other copy"),
                canvas.unlink_block, "", "", canvas.can_unlink,
            ),
        )  # fmt: skip

    def _view(self) -> tuple[Command, ...]:
        canvas, shell, tr = self._place.canvas, self._place.shell, self.tr
        bridge = self._place.bridge
        return (
            Command("fit_all", "view", tr("Fit &All"), tr("Show the whole drawing"), canvas.fit_all, "Home", "fit",
                    canvas=True),
            Command("fit_selection", "view", tr("Fit &Selection"), tr("Show the chosen nodes"), canvas.fit_selection,
                    "F", "", lambda: bool(bridge.selection), canvas=True),
            Command("zoom_in", "view", tr("Zoom &In"), tr("Nearer"), canvas.zoom_in, "Ctrl++", "zoom-in", line=True),
            Command("zoom_out", "view", tr("Zoom &Out"), tr("Farther"), canvas.zoom_out, "Ctrl+-", "zoom-out"),
            Command("zoom_reset", "view", tr("&100 %"), tr("As large as drawn"), canvas.reset_zoom, "Ctrl+0"),
            Command("minimap", "view", tr("&Mini Map"), tr("Show or hide the small overview"), canvas.toggle_minimap,
                    "", "minimap", checked=lambda: canvas.minimap_wanted, line=True),
            Command("next_pane", "view", tr("&Next Pane"), tr("Go to the next part of the window"), shell.next_pane,
                    "F6", line=True),
            Command("reset_layout", "view", tr("&Reset Layout"), tr("Put every panel back in its place"),
                    shell.reset_layout, "", "layout"),
        )  # fmt: skip

    def _theme(self) -> tuple[Command, ...]:
        shell = self._place.shell
        words = {
            "system": self.tr("&System"),
            "dark": self.tr("&Dark"),
            "light": self.tr("&Light"),
            "high-contrast": self.tr("&High Contrast"),
        }
        return tuple(
            Command(
                f"theme_{mode}", "view/theme", words[mode], self.tr("Colours of the window"),
                lambda mode=mode: shell.set_theme(mode),  # type: ignore[misc]  # bound at once
                checked=lambda mode=mode: shell.theme_mode() == mode,  # type: ignore[misc]
            )
            for mode in THEMES
        )  # fmt: skip

    def _train(self) -> tuple[Command, ...]:
        run, tr = self._place.run, self.tr

        def pause_text() -> str:
            return tr("Resume") if run.run.state == "paused" else tr("Pause")

        return (
            Command("train", "train", tr("&Train"), tr("Train from the beginning"), run.train, "Ctrl+Return", "train",
                    run.can_train),
            Command("pause", "train", tr("Pause"), tr("Stand still between two steps, or go on"), run.pause_or_resume,
                    "F8", "pause", run.can_pause, pause_text),
            Command("step", "train", tr("Step &Batch"), tr("While paused: one more batch"), run.step, "F9", "step",
                    run.can_step),
            Command("step_epoch", "train", tr("Step &Epoch"), tr("While paused: on to the end of the epoch"),
                    lambda: run.step(epoch=True), "Shift+F9", "", run.can_step),
            Command("stop", "train", tr("&Stop"), tr("End the run; its weights stay"), run.stop, "Shift+F8", "stop",
                    run.can_stop),
            Command("restart_engine", "train", tr("&Restart Engine"),
                    tr("End the process that computes, and start it again; the drawing stays"), run.restart_engine,
                    line=True),
        )  # fmt: skip

    def _help(self) -> tuple[Command, ...]:
        shell, tr = self._place.shell, self.tr
        return (
            Command("shortcuts", "help", tr("&Keyboard Shortcuts"), tr("Every key that does something"),
                    shell.show_shortcuts, "F1", "help"),
            Command("about", "help", tr("&About NNStudio"), tr("Version and licence"), shell.show_about, "", "info"),
        )  # fmt: skip

    # From rows to actions

    def _make(self, command: Command, window: QWidget) -> QAction:
        action = QAction(command.text, window)
        action.setObjectName(command.key)
        action.setToolTip(command.tip)
        action.setStatusTip(command.tip)
        if command.icon:
            action.setIcon(icons.icon(command.icon))
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda: self._run(command))
        if command.canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._place.canvas.addAction(action)
        else:
            window.addAction(action)
        return action

    def _run(self, command: Command) -> None:
        command.call()
        self.refresh()

    def _group_themes(self, window: QWidget) -> None:
        group = QActionGroup(window)
        for mode in THEMES:
            group.addAction(self._actions[f"theme_{mode}"])
