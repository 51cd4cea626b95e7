"""The runs of this project: those of this window, and those recorded earlier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from nnstudio.project.run import Run
from nnstudio.protocol.messages import CheckpointSaved
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.header import tool_button
from nnstudio.ui.panels.spec import Panel, PanelType
from nnstudio.ui.runs import menus
from nnstudio.ui.runs.columns import NAME
from nnstudio.ui.runs.deeds import Deeds
from nnstudio.ui.runs.library import Library
from nnstudio.ui.runs.table import RunTable


class RunsPanel(Panel):
    """A table, and what is done with its rows. `deeds` gets the window's hands once there is one."""

    title = str(QT_TRANSLATE_NOOP("panels", "Runs"))
    icon = "runs"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.library = Library(bridge, self)
        self.deeds = Deeds(bridge, self.library, self)
        self.table = RunTable()
        self.set_body(self.table)
        self._looked: object = None
        self._make_buttons()
        self.table.chosen.connect(self._show_possible)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.delete_wanted.connect(self._delete)
        self.table.runs.shown.connect(self.deeds.show)
        self.table.runs.named.connect(self.deeds.rename)
        for signal in (bridge.run_changed, bridge.session_changed, bridge.engine_changed, bridge.history_changed):
            signal.connect(self._on_news)
        bridge.runs_changed.connect(self.schedule)
        bridge.checkpoint_chosen.connect(self._offer)
        self.show_empty(self._advice())
        self.schedule()

    def refresh(self) -> None:
        self._look_once()
        session = self.session
        runs = session.steering.shelf.runs if session else []
        leads = session.steering.runs if session else ()
        self.table.take(runs, leads)
        self.set_badge(f"{len(runs):,}" if runs else "")
        self._show_possible()
        if runs:
            self.show_body()
        else:
            self.show_empty(self._advice())

    def rows(self) -> Iterable[Sequence[object]]:
        """The columns that are shown, in the order of the rows."""
        shown = [column for n, column in enumerate(self.table.runs.columns) if not self.table.isColumnHidden(n)]
        yield [column.title for column in shown]
        proxy = self.table.sorted
        for row in range(proxy.rowCount()):
            run = self.table.runs.runs[proxy.mapToSource(proxy.index(row, 0)).row()]
            yield [column.text(run) if column.key == NAME else column.value(run) for column in shown]

    # Inside

    def _advice(self) -> str:
        return self.tr("Press Train: every run is listed here, and can be compared, resumed and branched from.")

    def _look_once(self) -> None:
        """List what is recorded, when another project is shown, it is called otherwise, or a run is over."""
        if self.session is None:
            return
        known = (self.session, self.session.document.title, self.session.steering.active)
        if known != self._looked:
            self._looked = known
            self.library.look()

    def _on_news(self, _what: object = None) -> None:
        self.schedule()

    def _make_buttons(self) -> None:
        self.go_on = self._button("train", self.tr("Resume from a checkpoint"))
        self.folder = self._button("open", self.tr("Open the folder"))
        self.delete = self._button("delete", self.tr("Delete"))
        self.go_on.clicked.connect(self._open_checkpoints)
        self.folder.clicked.connect(lambda: self.deeds.open_folder(self.table.selected()[0]))
        self.delete.clicked.connect(self._delete)

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = tool_button(icon, tip)
        self.header.add_control(button, always=True)
        return button

    def _show_possible(self) -> None:
        """Each button is possible for what is chosen, or its tip says why it is not."""
        chosen = self.table.selected()
        none = "" if chosen else self.tr("Choose a run first.")
        single = none or ("" if len(chosen) == 1 else self.tr("Choose one run alone."))
        _possible(self.go_on, single or self.deeds.why_not_go_on(chosen[0]))
        _possible(self.folder, single or self.deeds.why_no_folder(chosen[0]))
        _possible(self.delete, none or next(filter(None, map(self.deeds.why_not_delete, chosen)), ""))

    def _open_menu(self, at: QPoint) -> None:
        chosen = self.table.selected()
        if chosen:
            menu = self._menu()
            menus.fill_run(menu, self.deeds, chosen, self.table.edit_name)
            menu.popup(self.table.viewport().mapToGlobal(at))

    def offer_checkpoints(self) -> None:
        """What can be gone on from: of the chosen run, or of the newest that has a checkpoint."""
        self.refresh()
        if self.session is not None and not any(run.checkpoints for run in self.table.selected()[:1]):
            runs = self.session.steering.shelf.runs
            self.table.select([run for run in runs if run.checkpoints][:1])
        if self.table.selected():
            self._open_checkpoints()

    def _open_checkpoints(self) -> None:
        menu = self._menu()
        menus.fill_checkpoints(menu, self.deeds, self.table.selected()[0], branch=False)
        menu.popup(self.go_on.mapToGlobal(QPoint(0, self.go_on.height())))

    def _offer(self, run: Run, saved: CheckpointSaved, at: QPoint) -> None:
        menu = self._menu()
        menus.fill_checkpoint(menu, self.deeds, run, saved)
        menu.popup(at)

    def _delete(self) -> None:
        chosen = self.table.selected()
        if not any(map(self.deeds.why_not_delete, chosen)):
            self.deeds.delete_all(chosen)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu


def _possible(button: QToolButton, reason: str) -> None:
    button.setEnabled(not reason)
    button.setToolTip(reason or button.accessibleName())


RUNS = PanelType(
    key="runs",
    title=RunsPanel.title,
    icon=RunsPanel.icon,
    group="middle",
    order=40,
    make=RunsPanel,
    several=False,
    at_once=True,
    summary=str(QT_TRANSLATE_NOOP("panels", "All runs of this project: to compare, resume, branch and use again.")),
)
