"""The docks that panels lie in: a panel is made when somebody first sees it, and can be opened several times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.node_choice import NodeChoice
from nnstudio.ui.panels.spec import Panel, PanelType

MARK, PIN = "#", "@"
"""Between a panel's key and the number of a further view of it, and before the node that is pinned there, as in
"features#2@conv1".
"""


class PanelDock(QDockWidget):
    """One view of a panel. `number` is 1, or higher for a further view, which is gone for good when it is closed."""

    closed = Signal()

    def __init__(self, window: QMainWindow, bridge: Bridge, declared: PanelType, number: int = 1) -> None:
        label = declared.label() if number == 1 else f"{declared.label()} {number}"
        super().__init__(label, window)
        self.declared, self.number = declared, number
        self._window, self._bridge, self._label = window, bridge, label
        self._panel: Panel | None = None
        self._in_front = False
        self._wanted = ""
        self.setObjectName(f"panel.{self.key}")
        self.setWidget(QWidget())
        self.toggleViewAction().setIcon(icons.icon(declared.icon))
        self.toggleViewAction().setToolTip(declared.tip())
        self.visibilityChanged.connect(self._come_forward)
        self.topLevelChanged.connect(self._float)
        if declared.at_once and number == 1:
            self.panel()

    @property
    def key(self) -> str:
        return self.declared.key if self.number == 1 else f"{self.declared.key}{MARK}{self.number}"

    @property
    def mark(self) -> str:
        """What tells it from other views of the same panel, and what the panel wants known."""
        number = "" if self.number == 1 else str(self.number)
        return " ".join(filter(None, (number, self._panel.badge if self._panel else "")))

    @property
    def made(self) -> bool:
        """Whether the panel is there yet."""
        return self._panel is not None

    def panel(self) -> Panel:
        """The panel, made now if it is not there yet."""
        if self._panel is None:
            self._panel = self.declared.make(self._bridge)
            before = self.widget()
            self.setWidget(self._panel)
            before.deleteLater()
            self._panel.badge_changed.connect(self._show_badge)
            self._panel.another_asked.connect(self._ask_for_another)
            self._panel.header.set_several(self.declared.several)
            for choice in self._choices():
                choice.want_pinned(self._wanted)
            behind = bool(self._window.tabifiedDockWidgets(self)) and not self._in_front
            self._panel.come_forward(not behind)
            self._show_badge(self._panel.badge)
        return self._panel

    @property
    def pinned(self) -> str:
        """The name of the node that is pinned, if one is."""
        return next((choice.pinned for choice in self._choices() if choice.pinned), "") if self.made else self._wanted

    def want_pinned(self, name: str) -> None:
        """Pin the node of that name, once the panel is there."""
        self._wanted = name

    def _choices(self) -> list[NodeChoice]:
        return self._panel.findChildren(NodeChoice) if self._panel is not None else []

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    another_asked = Signal(str)
    """By its key: somebody wants to see another node, or another moment, beside this one."""

    def _ask_for_another(self) -> None:
        self.another_asked.emit(self.declared.key)

    def _float(self, floating: bool) -> None:
        """Taken from behind another tab it is seen, although Qt does not tell that it has come forward."""
        if floating and self.isVisible():
            self._come_forward(True)

    def _come_forward(self, in_front: bool) -> None:
        self._in_front = in_front
        if in_front or self.made:
            self.panel().come_forward(in_front)

    def _show_badge(self, badge: str) -> None:
        self.setWindowTitle(f"{self._label} {badge}".strip())
        self.toggleViewAction().setText(self._label)


class Panels(Mapping[str, Panel]):
    """The panels by key; one that nobody has seen yet is made when it is asked for."""

    def __init__(self) -> None:
        self.docks: dict[str, PanelDock] = {}

    def __getitem__(self, key: str) -> Panel:
        return self.docks[key].panel()

    def __iter__(self) -> Iterator[str]:
        return iter(self.docks)

    def __len__(self) -> int:
        return len(self.docks)

    @property
    def made(self) -> list[Panel]:
        """Those that are there already."""
        return [dock.panel() for dock in self.docks.values() if dock.made]

    def free_number(self, key: str) -> int:
        """For another view of a panel."""
        taken = {dock.number for dock in self.docks.values() if dock.declared.key == key}
        return next(number for number in range(1, len(taken) + 2) if number not in taken)

    @property
    def further(self) -> list[str]:
        """Keys of the further views that are open."""
        return [key for key in self.docks if MARK in key]

    @property
    def kept(self) -> list[str]:
        """The further views with the nodes that are pinned, for another start."""
        pins = {key: self.docks[key].pinned for key in self.further}
        return [f"{key}{PIN}{node}" if node else key for key, node in pins.items()]


def parted(key: str) -> tuple[str, int]:
    """The panel's own key, and the number of the view. Raises ValueError for what is no such key."""
    own, _, number = key.partition(MARK)
    return own, int(number or 1)
