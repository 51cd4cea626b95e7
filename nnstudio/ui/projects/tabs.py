"""The tabs over the drawing: one for each open project, with a dot for unsaved work and a sign while it trains."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QIcon, QMouseEvent
from PySide6.QtWidgets import QMenu, QTabBar, QWidget

from nnstudio.project.session import Session
from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.projects.closing import shown_title
from nnstudio.ui.projects.projects import Projects
from nnstudio.ui.run.pulse import Pulse

WIDTH = 240
"""Longest title, in pixels."""
SIGN = 12


class Tabs(QTabBar):
    """Follows the bridge; what is done to a tab is done to its project."""

    _close_wanted = Signal(object)
    """Session: once the click is over, as a tab can not go while its button is pressed."""

    def __init__(self, bridge: Bridge, projects: Projects, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._projects = bridge, projects
        self._sessions: list[Session] = []
        self._following = False
        self._pressed = -1
        self.setProperty("class", "documents")
        self.setAccessibleName(self.tr("Open projects"))
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setMovable(True)
        self.setTabsClosable(True)
        self.setUsesScrollButtons(True)
        self.setIconSize(QSize(SIGN, SIGN))
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectLeftTab)
        self.currentChanged.connect(self._chosen)
        self.tabMoved.connect(self._moved)
        self.tabCloseRequested.connect(lambda index: self._close_wanted.emit(self._sessions[index]))
        self._close_wanted.connect(projects.close, Qt.ConnectionType.QueuedConnection)
        pulse = Pulse(bridge, self)
        for signal in (bridge.projects_changed, bridge.session_changed, bridge.history_changed, pulse.told):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the projects as they are now."""
        self._following = True
        sessions = list(self._bridge.sessions)
        if sessions != self._sessions:
            self._rebuild(sessions)
        for index, session in enumerate(sessions):
            self._dress(index, session)
        if self._bridge.current in sessions:
            self.setCurrentIndex(sessions.index(self._bridge.session))
        self._following = False

    # What Qt calls

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed = self.tabAt(event.position().toPoint())
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:  # some Qt would close the tab too
            index = self.tabAt(event.position().toPoint())
            if index >= 0 and index == self._pressed:
                self._close_wanted.emit(self._sessions[index])
        else:
            super().mouseReleaseEvent(event)
            self.refresh()  # in a drag Qt has its own mind of which tab is the current one

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Beside the tabs: one more."""
        if self.tabAt(event.position().toPoint()) < 0 and event.button() == Qt.MouseButton.LeftButton:
            self._projects.new()
        else:
            super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.tabAt(event.pos()) if by_mouse else self.currentIndex()
        if index >= 0:
            at = event.pos() if by_mouse else self.tabRect(index).center()
            self.menu_for(self._sessions[index]).popup(self.mapToGlobal(at))

    def menu_for(self, session: Session) -> QMenu:
        """What can be done to a tab."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("&Close"), lambda: self._projects.close(session))
        others = menu.addAction(self.tr("Close &Others"), lambda: self._projects.close_others(session))
        others.setEnabled(self.count() > 1)
        menu.addSeparator()
        copy = menu.addAction(self.tr("Copy &Path"), lambda: QGuiApplication.clipboard().setText(str(session.path)))
        copy.setEnabled(session.path is not None)
        return menu

    # Inside

    def _rebuild(self, sessions: list[Session]) -> None:
        """Tabs that stay keep their places, so that nothing jumps."""
        for index in reversed(range(len(self._sessions))):
            if self._sessions[index] not in sessions:
                self.removeTab(index)
                del self._sessions[index]
        for index, session in enumerate(sessions):
            if session not in self._sessions:
                self.insertTab(index, "")
                self._sessions.insert(index, session)
            elif self._sessions.index(session) != index:
                old = self._sessions.index(session)
                self.moveTab(old, index)
                self._sessions.insert(index, self._sessions.pop(old))

    def _dress(self, index: int, session: Session) -> None:
        title, dot = shown_title(session), " •" if session.dirty else ""
        short = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, WIDTH)
        text = f"{short}{dot}".replace("&", "&&")
        if text != self.tabText(index):
            self.setTabText(index, text)
        lines = [self._run_words(session), str(session.path or self.tr("Not saved to a file yet"))]
        tip = "\n".join(filter(None, (title if short != title else "", *lines)))
        if tip != self.tabToolTip(index):
            self.setTabToolTip(index, tip)
            unsaved = self.tr("not saved") if dot else ""
            self.setAccessibleTabName(index, ", ".join(filter(None, (title, unsaved, lines[0]))))
        self._sign(index, session.run.state)

    def _sign(self, index: int, state: str) -> None:
        """A small picture while the project trains."""
        name = {"starting": "train", "training": "train", "paused": "pause"}.get(state, "")
        if self.tabData(index) != name:
            self.setTabData(index, name)
            self.setTabIcon(index, icons.icon(name, "accent") if name else QIcon())

    def _run_words(self, session: Session) -> str:
        run = session.run
        if not run.active:
            return ""
        return self.tr("Training is paused") if run.state == "paused" else self.tr("In training")

    def _chosen(self, index: int) -> None:
        if not self._following and 0 <= index < len(self._sessions):
            self._bridge.show(self._sessions[index])

    def _moved(self, old: int, new: int) -> None:
        if not self._following:
            session = self._sessions.pop(old)
            self._sessions.insert(new, session)
            self._bridge.move(session, new)
