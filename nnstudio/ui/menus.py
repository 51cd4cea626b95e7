"""The menu bar, made from the table of commands and from what there is: layers, examples, exports, panels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMainWindow, QMenu

from nnstudio.catalogue import registry
from nnstudio.examples import examples
from nnstudio.protocol import messages as msg
from nnstudio.ui import icons, stock
from nnstudio.ui.actions import Actions
from nnstudio.ui.command import Command, Place, bare, menu_titles
from nnstudio.ui.panels.spec import panel_types

AFTER = {"open": ("recent", "examples"), "save_as": ("export",), "previous_bookmark": ("bookmarks",)}
"""Sub-menus that stand after a command."""
DULL = "dull"


@dataclass(frozen=True)
class Entry:
    """One thing that a menu offers, and the titles of the menus that lead to it."""

    action: QAction
    path: tuple[str, ...]
    icon: QIcon
    """Its own, or that of the menu it stands in."""

    @property
    def name(self) -> str:
        return bare(self.action.text())

    @property
    def key(self) -> str:
        """The command's key; of what is no command its way through the menus."""
        return self.action.objectName() or "/".join((*self.path, self.name))


class Menus(QObject):
    """Builds the menus; the lists that change are filled when they are opened."""

    def __init__(self, window: QMainWindow, actions: Actions, place: Place, toggles: Sequence[QAction]) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._place = place
        self._kinds: tuple[msg.ExportKind, ...] | None = None
        self._lists: list[tuple[QMenu, Callable[[QMenu], None]]] = []
        self.menus: dict[str, QMenu] = {}
        self._build(toggles)
        place.bridge.engine_ready.connect(self._take_kinds)
        if place.bridge.ready is not None:
            self._take_kinds(place.bridge.ready)

    def entries(self) -> list[Entry]:
        """All that the menus offer now, in their order."""
        for menu, fill in self._lists:
            self._refill(menu, fill)
        return [entry for top in self._window.menuBar().actions() for entry in _entries(top, (), QIcon())]

    def _build(self, toggles: Sequence[QAction]) -> None:
        for key, title in self._titles():
            self.menus[key] = self._window.menuBar().addMenu(title)
            self.menus[key].setToolTipsVisible(True)
        self._actions.keymap.menus = dict(_access_keys(self._titles()))
        titles = menu_titles()
        for command in self._actions.table:
            self._add_row(command, titles)
            for name in AFTER.get(command.key, ()):
                self._add_list(name)
        self._fill_add()
        for toggle in toggles:
            self.menus["panels"].addAction(toggle)
        self.menus["panels"].addSeparator()
        self._fill_another(self._sub("panels/another", self.tr("Another &View"), "panels"))

    def _add_row(self, command: Command, titles: Mapping[str, str]) -> None:
        parent, _, inner = command.menu.rpartition("/")
        fresh = bool(parent) and command.menu not in self.menus
        if command.line:
            self.menus[parent if fresh else command.menu].addSeparator()
        if fresh:
            self._sub(command.menu, titles.get(command.menu, inner.title()), parent)
        self.menus[command.menu].addAction(self._actions.action(command.key))

    def _titles(self) -> tuple[tuple[str, str], ...]:
        return (
            ("file", self.tr("&File")),
            ("edit", self.tr("&Edit")),
            ("add", self.tr("&Add")),
            ("block", self.tr("&Block")),
            ("view", self.tr("&View")),
            ("train", self.tr("&Train")),
            ("panels", self.tr("&Panels")),
            ("help", self.tr("&Help")),
        )

    def _add_list(self, name: str) -> None:
        titles = {
            "recent": self.tr("Open &Recent"),
            "examples": self.tr("E&xamples"),
            "export": self.tr("&Export"),
            "bookmarks": self.tr("&Go To"),
        }
        fills: dict[str, Callable[[QMenu], None]] = {
            "recent": self._fill_recent,
            "examples": self._fill_examples,
            "export": self._fill_export,
            "bookmarks": self._fill_bookmarks,
        }
        parent = "view/bookmarks" if name == "bookmarks" else "file"
        self._keep_filled(self._sub(f"{parent}/{name}", titles[name], parent), fills[name])

    def _keep_filled(self, menu: QMenu, fill: Callable[[QMenu], None]) -> None:
        """What is in the menu is asked for anew whenever somebody looks."""
        self._lists.append((menu, fill))
        menu.aboutToShow.connect(lambda: self._refill(menu, fill))
        self._refill(menu, fill)

    def _sub(self, key: str, title: str, parent: str) -> QMenu:
        menu = self.menus[parent].addMenu(title)
        menu.setToolTipsVisible(True)
        self.menus[key] = menu
        return menu

    def _refill(self, menu: QMenu, fill: Callable[[QMenu], None]) -> None:
        menu.clear()
        fill(menu)

    def _fill_recent(self, menu: QMenu) -> None:
        found = self._place.projects.recent()
        for path, text in zip(found, _told_apart(found), strict=True):
            action = menu.addAction(text.replace("&", "&&"))
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self._place.projects.open_recent(path))
        if not found:
            _dull(menu, self.tr("No project was opened yet"))
            return
        menu.addSeparator()
        clear = menu.addAction(self.tr("&Clear List"))
        clear.setToolTip(self.tr("Forget which projects were open; the files stay"))
        clear.triggered.connect(self._place.projects.clear_recent)

    def _fill_bookmarks(self, menu: QMenu) -> None:
        marks = self._place.canvas.bookmarks
        found = marks.all if self._place.bridge.current is not None else ()
        for mark in found:
            action = menu.addAction(mark.name.replace("&", "&&"))
            action.setToolTip(self.tr("Show this place"))
            action.triggered.connect(lambda _=False, name=mark.name: marks.go(name))
        if not found:
            _dull(menu, self.tr("No place was kept yet"))

    def _fill_examples(self, menu: QMenu) -> None:
        found = examples()
        for name, path in found.items():
            action = menu.addAction(name.replace("-", " ").replace("&", "&&"))
            action.setToolTip(self.tr("Open a copy of this example, ready to train"))
            action.triggered.connect(lambda _=False, path=path: self._place.projects.open_example(path))
        if not found:
            _dull(menu, self.tr("No examples were found"))

    def _fill_export(self, menu: QMenu) -> None:
        if self._kinds is None:
            _dull(menu, self.tr("The engine is starting…"))
            return
        for kind in self._kinds:
            action = menu.addAction(f"{kind.title}…".replace("&", "&&"))
            action.setToolTip(kind.summary)
            action.triggered.connect(lambda _=False, kind=kind: self._place.shell.export(kind))

    def _fill_another(self, menu: QMenu) -> None:
        """Each panel that can be open several times."""
        for declared in panel_types():
            if declared.several:
                action = menu.addAction(icons.icon(declared.icon), declared.label().replace("&", "&&"))
                action.setToolTip(self.tr("Another view of this panel, beside it"))
                action.triggered.connect(lambda _=False, key=declared.key: self._place.shell.open_another(key))

    def _fill_add(self) -> None:
        self._family("add/datasets", self.tr(stock.DATASETS), "data")
        for title, items in stock.grouped_data().items():
            self._list(self._sub(f"add/datasets/{title}", self.tr(title), "add/datasets"), items)
        for family, layers in registry.families().items():
            menu = self._family(f"add/{family.key}", self.tr(family.title), family.key)
            self._list(menu, list(map(stock.of_layer, layers)))
        self._keep_filled(self._family("add/block", self.tr(stock.BLOCKS), "block"), self._fill_blocks)

    def _fill_blocks(self, menu: QMenu) -> None:
        found = [*stock.own(self._place.bridge.session.document), *stock.library()]
        self._list(menu, found)
        if not found:
            _dull(menu, self.tr("Make a block of some nodes first"))

    def _family(self, key: str, title: str, icon: str) -> QMenu:
        menu = self._sub(key, title, "add")
        if icon in icons.names():
            menu.setIcon(icons.icon(icon, f"family:{icon}"))
        return menu

    def _list(self, menu: QMenu, items: Sequence[stock.Item]) -> None:
        """What can be added, each as one row."""
        for item in items:
            action = menu.addAction(item.title.replace("&", "&&"))
            action.setToolTip(item.summary)
            action.triggered.connect(lambda _=False, key=item.key: self._place.canvas.add_layer(key))

    def _take_kinds(self, ready: msg.EngineReady) -> None:
        self._kinds = ready.exports
        self._refill(self.menus["file/export"], self._fill_export)


def _access_keys(titles: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for _, title in titles:
        _, mark, letter = title.partition("&")
        if mark:
            yield f"Alt+{letter[0].upper()}", bare(title)


def _entries(action: QAction, path: tuple[str, ...], around: QIcon) -> Iterator[Entry]:
    inner = action.menu()
    icon = around if action.icon().isNull() else action.icon()
    if isinstance(inner, QMenu):
        for each in inner.actions():
            yield from _entries(each, (*path, bare(action.text())), icon)
    elif not action.isSeparator() and action.objectName() != DULL:
        yield Entry(action, path, icon)


def _told_apart(paths: Sequence[Path]) -> list[str]:
    """The names of files; with the folder where two have the same."""
    names = Counter(path.name for path in paths)
    return [path.name if names[path.name] == 1 else f"{path.name} — {path.parent.name}" for path in paths]


def _dull(menu: QMenu, text: str) -> None:
    """A row that only says why there is nothing."""
    action = menu.addAction(text)
    action.setObjectName(DULL)
    action.setEnabled(False)
