"""The tabs of docks that lie on one another: where there is no room for all names, those behind show their icons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

from nnstudio.ui import icons
from nnstudio.ui.panel_docks import PanelDock
from nnstudio.ui.panels.parts import tips

SIDE = 14
"""Of an icon."""
AROUND, FIRST = 14, 7
"""Pixels that the theme puts around a name, and before the first one."""


@dataclass(frozen=True)
class _Look:
    text: str
    icon: str = ""
    color: str = "muted"


class DockTabs(QObject):
    """Qt makes these bars, and writes the docks' titles on them again and again: so each is looked at as it is painted.

    What is told of a panel besides its name, as a count of problems, stays where only its icon is shown.
    """

    def __init__(self, window: QMainWindow, docks: Iterable[QDockWidget]) -> None:
        """`docks` are those that there are at any time."""
        super().__init__(window)
        self._window, self._docks = window, docks

    def watch(self) -> None:
        """There may be other bars than before."""
        for bar in self._window.findChildren(QTabBar):
            if self._docks_on(bar) and bar.iconSize() != QSize(SIDE, SIDE):  # not seen yet
                bar.setIconSize(QSize(SIDE, SIDE))
                bar.installEventFilter(self)
                bar.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QTabBar):
            self._dress(watched)
        return super().eventFilter(watched, event)

    def _dress(self, bar: QTabBar) -> None:
        docks = self._docks_on(bar)
        metrics = bar.fontMetrics()
        needed = FIRST + sum(metrics.horizontalAdvance(dock.windowTitle()) + AROUND for dock in docks.values())
        for place, dock in docks.items():
            look = _look_of(dock, front=place == bar.currentIndex()) if needed > bar.width() else _named(dock)
            icon = icons.icon(look.icon, look.color, SIDE) if look.icon else QIcon()
            if bar.tabIcon(place).cacheKey() != icon.cacheKey():
                bar.setTabIcon(place, icon)
            if bar.tabText(place) != look.text:
                bar.setTabText(place, look.text)
            self._tell(bar, place, dock)

    def _tell(self, bar: QTabBar, place: int, dock: QDockWidget) -> None:
        tip = dock.windowTitle()
        if isinstance(dock, PanelDock):
            tip = tips.plain(f"{tip}\n{dock.declared.tip()}")
        if bar.tabToolTip(place) != tip:
            bar.setTabToolTip(place, tip)
            bar.setAccessibleTabName(place, dock.windowTitle())

    def _docks_on(self, bar: QTabBar) -> dict[int, QDockWidget]:
        """By the place of their tab, which Qt marks with the dock's address."""
        docks = {shiboken6.getCppPointer(dock)[0]: dock for dock in self._docks}
        data = {place: bar.tabData(place) for place in range(bar.count())}
        return {place: docks[address] for place, address in data.items() if address in docks}


def _named(dock: QDockWidget) -> _Look:
    return _Look(dock.windowTitle().replace("&", "&&"))


def _look_of(dock: QDockWidget, *, front: bool) -> _Look:
    """Where there is no room for all names."""
    if not isinstance(dock, PanelDock):
        return _named(dock)
    if front:
        return _Look(_named(dock).text, dock.declared.icon, "text")
    return _Look(dock.mark, dock.declared.icon)
