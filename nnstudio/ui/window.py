"""The window: docks and menus around the drawing, nothing else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from nnstudio.errors import EngineDied
from nnstudio.protocol import messages as msg
from nnstudio.settings import Settings
from nnstudio.ui import icons, theme, walking
from nnstudio.ui.actions import Actions
from nnstudio.ui.adding import Adding
from nnstudio.ui.asides import Asides
from nnstudio.ui.breadcrumb import Breadcrumb
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.command import Place
from nnstudio.ui.dialogs import Dialogs
from nnstudio.ui.docks import Docks
from nnstudio.ui.downloads.choosing import Choosing
from nnstudio.ui.importing.importing import Importing
from nnstudio.ui.importing.watching import Watching
from nnstudio.ui.inspector.inspector import Inspector
from nnstudio.ui.liking import Liking
from nnstudio.ui.menus import Menus
from nnstudio.ui.notices import Notice, Notices
from nnstudio.ui.outline.outline import Outline
from nnstudio.ui.palette.palette import Palette
from nnstudio.ui.projects.closing import shown_title
from nnstudio.ui.projects.dropping import Dropping
from nnstudio.ui.projects.elsewhere import Elsewhere
from nnstudio.ui.projects.projects import Projects, file_stem
from nnstudio.ui.projects.recovering import Recovering
from nnstudio.ui.projects.recovery_page import RecoveryPage
from nnstudio.ui.projects.tabs import Tabs
from nnstudio.ui.racing.racing import Racing
from nnstudio.ui.run.planning import Planning
from nnstudio.ui.run.recording import Recording
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.runbar import RunBar
from nnstudio.ui.run.walk_control import WalkControl
from nnstudio.ui.run.walkbar import WalkBar
from nnstudio.ui.runs.rescue import Rescue
from nnstudio.ui.statusbar import StatusBar

STATE_VERSION = 1
"""Raise it when docks change so much that an old arrangement would make no sense."""
SIZE = (1440, 900)
SMALLEST = (1024, 640)


class MainWindow(QMainWindow):
    """Puts the rooms together and remembers how they stood."""

    def __init__(self, bridge: Bridge, settings: Settings, dialogs: Dialogs | None = None) -> None:
        super().__init__()
        self.bridge = bridge
        self._settings = settings
        self._arranged = False
        self.setWindowIcon(icons.app_icon())
        self.setAcceptDrops(True)
        self.resize(*SIZE)
        self.projects = Projects(self, bridge, settings, dialogs or Dialogs())
        self.run_control = RunControl(bridge, self)
        self.walk_control = WalkControl(bridge, self.run_control, self)
        self.recording = Recording(bridge, settings, self)
        self.canvas = CanvasView(bridge)
        self.breadcrumb = Breadcrumb(bridge)
        self.palette_view = Palette(bridge)
        self.inspector = Inspector(bridge)
        self.runbar = RunBar(bridge, self.run_control)
        self.walkbar = WalkBar(bridge, self.walk_control)
        self.status = StatusBar(bridge)
        self.tabs = Tabs(bridge, self.projects)
        self.recovery_page = RecoveryPage()
        self._make_centre()
        self.addToolBar(self.runbar)
        self.setStatusBar(self.status)
        self.outline = Outline(bridge, self.canvas)
        self.docks = Docks(self, bridge, self.palette_view, self.inspector, self.outline)
        self.notices = Notices(self.ground, bridge)
        self.elsewhere = Elsewhere(bridge, self.notices, self.run_control)
        self.docks.runs.deeds.attach(self.run_control, self.projects.open_example, self.notices.offer)
        self.rescue = Rescue(bridge, self.notices, self.docks.runs.deeds, self.docks.runs.library)
        self.importing = Importing(bridge, self.canvas, self.projects.dialogs, self)
        self.watching = Watching(bridge, self)
        self.dropping = Dropping(self.projects, self.importing, self.notices)
        self.recovering = Recovering(bridge, self.projects, self.recovery_page)
        self.choosing = Choosing(bridge, self.inspector, self.projects.dialogs, self)
        self.racing = Racing(bridge, self.run_control, self.runbar.estimating, self)
        place = Place(bridge, self.projects, self.run_control, self.canvas, self)
        self.liking = Liking(self.canvas, settings)
        plan_forms = (self.runbar.plan_popup.form, self.inspector.project_page.plan_form)
        self.planning = Planning(bridge, settings, self.runbar.device, plan_forms)
        self.actions_table = Actions(place, self, settings=settings)
        self.runbar.step.menu().addAction(self.actions_table.action("step_operation"))
        self.menu_list = Menus(self, self.actions_table, place, [dock.toggleViewAction() for dock in self.docks])
        self.asides = Asides(place, settings, self.actions_table, self.menu_list)
        self._connect()
        self.setMinimumSize(*SMALLEST)
        self._restore()
        self._raise_suited()
        self.refresh_title()

    # What commands call

    def search_layers(self) -> None:
        """Go to the palette's search."""
        self.docks.palette.show()
        self.palette_view.focus_search()

    def show_outline(self) -> None:
        """Go to the outline."""
        self.docks.show_outline()
        self.outline.tree.setFocus()

    def show_panel(self, key: str) -> None:
        """Go to a panel."""
        self.docks.show_panel(key)
        self.docks.panels[key].setFocus()

    def open_another(self, key: str) -> None:
        """Another view of a panel, beside it."""
        self.docks.open_another(key)

    def show_checkpoints(self) -> None:
        """Go to the runs, and offer what can be gone on from."""
        self.show_panel("runs")
        self.docks.runs.offer_checkpoints()

    def rename_node(self) -> None:
        """Edit the name of the chosen node."""
        self.docks.inspector.show()
        self.inspector.focus_name()

    def rename_block(self) -> None:
        """Edit the name of the chosen block, or of the one that is shown."""
        self.docks.inspector.show()
        self.inspector.focus_block_name()

    def next_pane(self, by: int = 1) -> None:
        """Go to the next part of the window, from the bar at its top to that at its bottom, or to the one before."""
        above = (self.runbar, self.tabs, self.recovery_page, self.breadcrumb)
        middle = (
            self.palette_view,
            self.outline,
            *(self.asides.in_front() or [self.canvas]),
            self.walkbar,
            *self.notices.shown,
            self.inspector,
        )
        walking.step((*above, *middle, *self.docks.panels.made, self.status, self.asides.guide.bubble), by)

    def reset_layout(self) -> None:
        """Every dock back in its place."""
        self.docks.arrange()
        self._raise_suited()
        QTimer.singleShot(0, self, self._arrange)

    def set_theme(self, mode: str) -> None:
        """Dress the program, and remember it."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._settings.theme = mode
        theme.apply(app, mode)
        self._keep()

    def theme_mode(self) -> str:
        return theme.current().mode

    def export(self, kind: msg.ExportKind) -> None:
        """Ask where, write there, and tell what came of it."""
        self.inspector.commit()
        session = self.bridge.session
        folder = session.path.parent if session.path else Path.home()
        suggested = folder / f"{file_stem(session.document.title)}{kind.suffix}"
        path = self.projects.dialogs.ask_export(self, suggested, kind.title)
        future = self.run_control.export(kind, path) if path else None
        if future is not None:
            writing = self.notices.info(self.tr("Writing {0}…").format(kind.title))
            done, failed = partial(self._exported, writing), partial(self._not_exported, kind.title, writing)
            self.notices.watch(future, done, failed)

    def refresh_title(self, *_: object) -> None:
        """The project's title, with the system's own mark while there is something to save."""
        session = self.bridge.session
        title = shown_title(session).replace("[*]", "[*][*]")  # Qt's word for the mark, and for itself
        self.setWindowTitle(f"{title}[*] — NNStudio")
        self.setWindowFilePath(str(session.path or ""))
        self.setWindowModified(session.dirty)

    # What Qt calls

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.projects.may_leave():
            event.ignore()
            return
        self._settings.window_geometry = _text(self.saveGeometry())
        self._settings.window_state = _text(self.saveState(STATE_VERSION))
        self._settings.further_views = tuple(self.docks.panels.kept)
        self._keep()
        self.recovering.close()
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            QTimer.singleShot(0, self, self._arrange)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dropping.take_drag(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropping.take_drop(event)

    # Inside

    def _make_centre(self) -> None:
        self._centre = QWidget()
        self.ground = QWidget()
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.recovery_page)
        column.addWidget(self.breadcrumb)
        column.addWidget(self.ground, 1)
        column.addWidget(self.walkbar)
        ground = QVBoxLayout(self.ground)
        ground.setContentsMargins(0, 0, 0, 0)
        ground.addWidget(self.canvas)
        self.setCentralWidget(self._centre)

    def _connect(self) -> None:
        self.adding = Adding(self.palette_view, self.canvas)
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.canvas.node_activated.connect(lambda _: self.rename_node())
        self.status.problems_asked.connect(lambda: self.docks.show_panel("problems"))
        self.run_control.about_to_train.connect(self.inspector.commit)
        self.run_control.checkpoints_wanted.connect(self.show_checkpoints)
        self.run_control.unanswered.connect(lambda: self.notices.stuck(self.run_control.restart_engine))
        self.projects.about_to_save.connect(self.inspector.commit)
        self.projects.about_to_save.connect(self.canvas.marking.writing.end)
        self.bridge.session_changed.connect(self._raise_suited)
        self.bridge.panel_wanted.connect(self.show_panel)
        self.bridge.command_wanted.connect(self.actions_table.trigger)
        self.actions_table.keys_changed.connect(self.runbar.refresh)
        self.inspector.downloads.turned.connect(self.actions_table.refresh)
        for signal in (self.bridge.session_changed, self.bridge.history_changed, self.bridge.projects_changed):
            signal.connect(self.refresh_title)

    def _raise_suited(self, *_: object) -> None:
        """Another project: the panels made for such data come to the front."""
        self.docks.raise_suited(self.bridge.session.compiled)

    def _exported(self, writing: Notice, reply: msg.Exported) -> None:
        self.notices.close(writing)
        difference = self.tr("Checked: it differs from the model by at most {0}.").format(f"{reply.difference:.2g}")
        written = self.tr("Written: {0}.").format(", ".join(reply.files))
        self.notices.good(written, f"{difference} {reply.detail}".strip())

    def _not_exported(self, title: str, writing: Notice, error: BaseException) -> None:
        self.notices.close(writing)
        if isinstance(error, EngineDied):  # how it ended is told anyway
            words = self.tr("Not written: {0}. The engine ended.").format(title)
            self.notices.error(words, self.tr("Export it again."))
        else:
            self.notices.report(error)

    def _arrange(self) -> None:
        """Sizes take hold only in a window that is shown; then the drawing fits anew."""
        self.docks.resize()
        QTimer.singleShot(0, self.canvas, self.canvas.fit_all)

    def _restore(self) -> None:
        geometry, state = self._settings.window_geometry, self._settings.window_state
        if geometry:
            self.restoreGeometry(_bytes(geometry))
        self.docks.make_views(self._settings.further_views)
        self._arranged = bool(state) and self.restoreState(_bytes(state), STATE_VERSION)

    def _keep(self) -> None:
        self._settings.keep()


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))
