"""The docks of the window: palette, inspector and three groups of panels, and how they stand.

Docks in a group have no title bar but their tab; one that stands alone or floats gets a slim title. Palette and
inspector have a thin edge at the top to be moved by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QTabWidget, QWidget

from nnstudio.compiler.result import Compiled
from nnstudio.ui import buttons, icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.dock_tabs import DockTabs
from nnstudio.ui.panel_docks import PIN, PanelDock, Panels, parted
from nnstudio.ui.panels.runs import RunsPanel
from nnstudio.ui.panels.spec import GROUPS, panel_types

AREAS = Qt.DockWidgetArea
SHARES = {"left": 0.293, "middle": 0.389, "right": 0.318}
"""How the groups share the width."""
PALETTE_WIDTH, INSPECTOR_WIDTH, PANEL_HEIGHT = 195, 268, 238
PANEL_SHARE = 0.3
"""Most of the window's height that the panels take at first."""
FLOATING = QSize(560, 320)
"""A further view that has no room beside the others."""
EDGE, SLIM = 8, 30
AnyDock = TypeVar("AnyDock", bound=QDockWidget)


class TitleBar(QWidget):
    """A title as high as it has to be: nothing in a group, an edge at the sides, a line of text when alone."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._height = EDGE
        self._label = QLabel(dock.windowTitle(), textFormat=Qt.TextFormat.PlainText)
        self._label.setProperty("class", "heading")
        dock.windowTitleChanged.connect(self._label.setText)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 6, 0)
        row.setSpacing(2)
        row.addWidget(self._label, 1)
        self._buttons = (
            buttons.small("float", self.tr("Float or dock"), lambda: dock.setFloating(not dock.isFloating())),
            buttons.small("close", self.tr("Close"), dock.close),
        )
        for button in self._buttons:
            row.addWidget(button)

    def set_height(self, height: int) -> None:
        """0, EDGE or SLIM."""
        for widget in (self._label, *self._buttons):
            widget.setVisible(height == SLIM)
        self.setToolTip(self.tr("Drag to move, double-click to float") if height == EDGE else "")
        if height != self._height:
            self._height = height
            self.updateGeometry()
        self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        return QSize(40, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height)


class Docks(QObject):
    """Makes the docks and arranges them."""

    def __init__(
        self, window: QMainWindow, bridge: Bridge, palette: QWidget, inspector: QWidget, outline: QWidget
    ) -> None:
        super().__init__(window)
        self._window, self._bridge = window, bridge
        self.panels = Panels()
        self.groups: dict[str, list[PanelDock]] = {name: [] for name in GROUPS}
        self._brought: set[str] = set()
        """Keys of those that are open only because the project suits them."""
        self._tabs = DockTabs(window, self)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._fit_titles)
        window.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.GroupedDragging
            | QMainWindow.DockOption.AnimatedDocks
        )
        window.setTabPosition(AREAS.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.palette = self._dock("palette", self.tr("Layers"), palette)
        self.inspector = self._dock("inspector", self.tr("Inspector"), inspector)
        self.outline = self._dock("outline", self.tr("Outline"), outline)
        self.outline.toggleViewAction().setIcon(icons.icon("outline"))
        self._make_panels()
        self.arrange()

    def __iter__(self) -> Iterator[QDockWidget]:
        yield self.palette
        yield self.inspector
        yield self.outline
        yield from self.panels.docks.values()

    def show_outline(self) -> None:
        """Bring the outline to the front."""
        self.outline.show()
        self.outline.raise_()

    @property
    def runs(self) -> RunsPanel:
        """The panel of runs, whose deeds need the window."""
        panel = self.panels["runs"]
        assert isinstance(panel, RunsPanel)
        return panel

    def show_panel(self, key: str) -> None:
        """Bring a panel to the front."""
        dock = self._dock_of(key)
        if dock is not None:
            dock.show()
            dock.raise_()

    def raise_suited(self, compiled: Compiled) -> None:
        """Open the panels that are made for such a project, and bring the first of each group to the front."""
        for docks in self.groups.values():
            suited = [dock for dock in docks if dock.declared.suits(compiled)]
            for dock in docks:
                self._bring(dock, dock in suited)
            if suited:
                self._raise(suited[0])
                QTimer.singleShot(0, suited[0], partial(self._raise, suited[0]))  # one just shown has no tab before

    def _raise(self, dock: PanelDock) -> None:
        """Bring one to the front that lies among others."""
        if not dock.isFloating() and self._window.tabifiedDockWidgets(dock):
            dock.raise_()

    def _bring(self, dock: PanelDock, suited: bool) -> None:
        """Open one that is not open at first where the project suits it, and close it again behind that project."""
        if suited and not dock.declared.open and dock.isHidden():
            self._brought.add(dock.key)
            dock.show()
        elif not suited and dock.key in self._brought:
            self._brought.discard(dock.key)
            dock.hide()

    def open_another(self, key: str) -> None:
        """Another view of a panel, at the right of the others; where there is no room, as a window of its own."""
        dock = self._add_view(key, self.panels.free_number(key))
        dock.panel()  # now: Qt lays a dock without a size out of sight, where it would never be seen and made
        self._window.addDockWidget(AREAS.BottomDockWidgetArea, dock, Qt.Orientation.Horizontal)
        dock.show()
        if self._window.minimumSizeHint().width() > self._window.width():
            self._float(dock)
        self._timer.start()

    def _float(self, dock: PanelDock) -> None:
        """Over the canvas, as large as a panel, and none right upon another."""
        dock.setFloating(True)
        dock.resize(FLOATING)
        step = SLIM * (dock.number - 2)
        middle = self._window.mapToGlobal(self._window.rect().center()) - dock.rect().center()
        dock.move(middle + QPoint(step, step))

    def make_views(self, keys: Iterable[str]) -> None:
        """Further views as they were open before, for the window to arrange; what is none is passed over."""
        for text in keys:
            key, _, pinned = text.partition(PIN)
            with suppress(ValueError, StopIteration):
                own, number = parted(key)
                if number > 1 and key not in self.panels.docks:
                    self._add_view(own, number).want_pinned(pinned)

    def _add_view(self, key: str, number: int) -> PanelDock:
        declared = next(each for each in panel_types() if each.key == key and each.several)
        dock = self._dress(PanelDock(self._window, self._bridge, declared, number))
        dock.another_asked.connect(self.open_another)
        dock.closed.connect(self._forget_closed)
        self.panels.docks[dock.key] = dock
        return dock

    def _forget_closed(self) -> None:
        dock = self.sender()
        if isinstance(dock, PanelDock) and self.panels.docks.pop(dock.key, None) is not None:
            self._window.removeDockWidget(dock)
            dock.deleteLater()

    def _close_views(self) -> None:
        for key in self.panels.further:
            self.panels.docks[key].close()

    def arrange(self) -> None:
        """Put every dock in its place, and close what was opened beside them."""
        window = self._window
        self._close_views()
        for dock in self:
            dock.setFloating(False)
            window.removeDockWidget(dock)
        window.addDockWidget(AREAS.LeftDockWidgetArea, self.palette)
        window.addDockWidget(AREAS.RightDockWidgetArea, self.inspector)
        before: QDockWidget | None = None
        for docks in filter(None, self.groups.values()):
            window.addDockWidget(AREAS.BottomDockWidgetArea, docks[0])
            if before is not None:
                window.splitDockWidget(before, docks[0], Qt.Orientation.Horizontal)
            before = docks[0]
        # Only now: beside a dock with tabs, Qt adds a tab instead of splitting.
        for docks in self.groups.values():
            for dock in docks[1:]:
                window.tabifyDockWidget(docks[0], dock)
        window.tabifyDockWidget(self.palette, self.outline)
        for dock in self:
            wanted = dock.declared.open if isinstance(dock, PanelDock) else dock is not self.outline
            dock.setVisible(wanted)  # the others come when they are asked for
        self._brought.clear()
        for docks in filter(None, self.groups.values()):
            docks[0].raise_()
        self.resize()
        self._timer.start()

    def resize(self) -> None:
        """Give every dock its first size; it takes hold once the window is shown."""
        window = self._window
        firsts = {name: docks[0] for name, docks in self.groups.items() if docks}
        widths = [round(SHARES[name] * window.width()) for name in firsts]
        window.resizeDocks(list(firsts.values()), widths, Qt.Orientation.Horizontal)
        window.resizeDocks([self.palette, self.inspector], [PALETTE_WIDTH, INSPECTOR_WIDTH], Qt.Orientation.Horizontal)
        height = max(PANEL_HEIGHT, round(PANEL_SHARE * window.height()) - 40)
        window.resizeDocks(list(firsts.values()), [height] * len(firsts), Qt.Orientation.Vertical)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A dock that was moved, tabbed or floated may need another title."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move):
            self._timer.start()
        return super().eventFilter(watched, event)

    def _dock_of(self, key: str) -> QDockWidget | None:
        """The dock that a panel is in."""
        return next((dock for dock in self if dock.objectName() == f"panel.{key}"), None)

    def _dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        return self._dress(dock)

    def _dress(self, dock: AnyDock) -> AnyDock:
        dock.setTitleBarWidget(TitleBar(dock))
        dock.topLevelChanged.connect(lambda _: self._timer.start())
        dock.dockLocationChanged.connect(lambda _: self._timer.start())
        dock.installEventFilter(self)
        return dock

    def _make_panels(self) -> None:
        for declared in panel_types():
            dock = self._dress(PanelDock(self._window, self._bridge, declared))
            dock.another_asked.connect(self.open_another)
            self.panels.docks[declared.key] = dock
            self.groups[declared.group].append(dock)

    def _fit_titles(self) -> None:
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._timer.start(100)
            return
        self._timer.setInterval(0)
        self._tabs.watch()
        for dock in self:
            bar = dock.titleBarWidget()
            assert isinstance(bar, TitleBar)
            if dock.isFloating():
                bar.set_height(SLIM)
            elif dock in (self.palette, self.inspector) and not self._window.tabifiedDockWidgets(dock):
                bar.set_height(EDGE)
            else:
                bar.set_height(0 if self._window.tabifiedDockWidgets(dock) else SLIM)
